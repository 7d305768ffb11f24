package synth

import (
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
)

// length is how long an answer is, in characters.
func length(a *stages.Answer) int { return utf8.RuneCountInString(a.Text) }

// maxWords bounds what two answers are compared by: the time is its square.
const maxWords = 1000

// wordsOf cuts answers into words at white space, at most maxWords of each.
func wordsOf(answers []stages.Answer) [][]string {
	list := make([][]string, len(answers))
	for k := range answers {
		list[k] = strings.Fields(answers[k].Text)
		list[k] = list[k][:min(len(list[k]), maxWords)]
	}
	return list
}

// distance is the edit distance of two texts in words: how many are put in, taken out or replaced (Levenshtein 1966).
func distance(a, b []string) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			next := diagonal
			if a[i] != b[j] {
				next = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
