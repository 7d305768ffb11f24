package spacy

import (
	"sort"

	"github.com/winnow-data/winnow/stages/text"
)

// A special case with an affix or an infix in it may come apart when it is no chunk of its own: "x:)" falls into x, : and ). spaCy
// looks for the tokens that such a special case falls into without special cases, and puts its pieces in their place.

// addSequences fills r.sequence: by first token, the rows of tokens.
func (r *rules) addSequences() {
	for key := range r.special {
		start, _ := r.infix(key, 0)
		if r.prefix(key) == 0 && r.suffix(key) == 0 && start < 0 {
			continue
		}
		var row []string
		for _, t := range r.chunk(nil, key, 0, len(key), false) {
			row = append(row, key[t.Start:t.End])
		}
		if len(row) == 1 {
			continue // replaced by itself
		}
		r.sequence[row[0]] = append(r.sequence[row[0]], row)
		for i, token := range row {
			if r.ids[token] == 0 {
				if len(r.ids) == 255 {
					panic("spacy: the tokens of rows need numbers of more than one byte")
				}
				r.ids[token] = uint8(len(r.ids) + 1)
				r.idEnds.add(token)
			}
			if i > 0 {
				r.pairs.add(r.ids[row[i-1]], r.ids[token])
			}
		}
	}
}

// replaceSequences returns the tokens of s with special cases in the place of rows of tokens. Of rows that overlap, the longest one counts
// and then the first; a row with white space in it counts too, and is left as it is. It also returns how many rows there are.
func (r *rules) replaceSequences(tokens []text.Span, s string) (replaced []text.Span, found int) {
	at := func(i int) string { return s[tokens[i].Start:tokens[i].End] }
	var rows [][2]int // tokens from, to
	for i := range tokens {
		for _, row := range r.sequence[at(i)] {
			k := 1
			for k < len(row) && i+k < len(tokens) && at(i+k) == row[k] {
				k++
			}
			if k == len(row) {
				rows = append(rows, [2]int{i, i + k})
			}
		}
	}
	if len(rows) == 0 {
		return tokens, 0
	}
	sort.Slice(rows, func(a, b int) bool {
		if x, y := rows[a][1]-rows[a][0], rows[b][1]-rows[b][0]; x != y {
			return x > y
		}
		return rows[a][0] < rows[b][0]
	})
	seen := make([]bool, len(tokens))
	ends := map[int]int{} // first token → behind the last
	for _, row := range rows {
		if !seen[row[0]] && !seen[row[1]-1] {
			ends[row[0]] = row[1]
		}
		for i := row[0]; i < row[1]; i++ {
			seen[i] = true
		}
	}
	out := make([]text.Span, 0, len(tokens))
	for i := 0; i < len(tokens); i++ {
		end, ok := ends[i]
		if !ok {
			out = append(out, tokens[i])
			continue
		}
		from := int(tokens[i].Start)
		pieces, ok := r.special[s[from:tokens[end-1].End]]
		if !ok {
			out = append(out, tokens[i:end]...)
		}
		for _, p := range pieces {
			out = append(out, span(from, from+len(p)))
			from += len(p)
		}
		i = end - 1
	}
	return out, len(rows)
}
