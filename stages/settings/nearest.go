package settings

import (
	"slices"
	"strings"
)

const maxNearest = 3 // names at the same distance; more are no help

// Nearest returns the known names that s most likely was meant to be: those at the smallest Damerau-Levenshtein distance (optimal string
// alignment: insert, delete, replace, swap neighbours), in the order of known, if at most a third of the longer name's characters differ.
// Names that differ in case alone come before all others; more than three at one distance are no help and none is returned.
func Nearest(s string, known []string) []string {
	const longest = 64 // characters; a longer name is no typo
	a := []rune(s)
	if len(a) == 0 || len(a) > longest {
		return nil
	}
	var names []string
	for _, k := range known {
		if strings.EqualFold(s, k) {
			names = append(names, k)
		}
	}
	if len(names) > 0 {
		return names
	}
	best := longest
	for _, k := range known {
		b := []rune(k)
		d := distance(a, b)
		if d > max(1, max(len(a), len(b))/3) || d >= len(b) || d > best {
			continue
		}
		if d < best {
			best, names = d, nil
		}
		if !slices.Contains(names, k) {
			names = append(names, k)
		}
	}
	if len(names) > maxNearest {
		return nil
	}
	return names
}

func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
