package ontology

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// The names of the steps, as tag map and report have them.
const (
	byRule        = "rule"
	byFrequency   = "frequency"
	bySemantic    = "semantic"
	byAssociation = "association"
	byOverlay     = "overlay"
)

// A written is one spelling in lower case: the raw ones that are it, and how many documents have them.
type written struct {
	text  string
	raw   []int32
	count int
}

// rule joins spellings with the same stems, as the overlay corrects it. It returns what of the overlay matched nothing or contradicted itself.
func (s *groups) rule(o *overlay) (unused, conflicts []string) {
	bySpelling := map[string]*written{}
	counts := s.rawCounts()
	for raw := range s.g.raw {
		if s.of[raw] == none && s.by[raw] != "" {
			continue // the paper's order has filtered it
		}
		text := spelling(s.g.raw[raw])
		if text == "" {
			s.of[raw], s.by[raw] = none, byRule
			continue
		}
		w := bySpelling[text]
		if w == nil {
			w = &written{text: text}
			bySpelling[text] = w
		}
		w.raw, w.count = append(w.raw, int32(raw)), w.count+counts[raw]
	}
	byStem := map[string][]*written{}
	for _, text := range slices.Sorted(maps.Keys(bySpelling)) {
		key := stems(text)
		if o.split[text] {
			key = "split\x00" + text
		}
		byStem[key] = append(byStem[key], bySpelling[text])
	}
	named := map[string]int32{} // overlay's name → its group
	for _, key := range slices.Sorted(maps.Keys(byStem)) {
		ws := byStem[key]
		slices.SortFunc(ws, func(a, b *written) int {
			return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(len(a.text), len(b.text)), cmp.Compare(a.text, b.text))
		})
		home, rest, contradictions := o.parted(ws)
		conflicts = append(conflicts, contradictions...)
		s.place(o, home, named)
		for _, w := range rest {
			s.place(o, []*written{w}, named)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(o.lines)) {
		if bySpelling[key] == nil {
			unused = append(unused, o.lines[key])
		}
	}
	return unused, conflicts
}

// rawCounts counts the documents of every raw spelling.
func (s *groups) rawCounts() []int {
	counts := make([]int, len(s.g.raw))
	for _, raw := range s.g.flat {
		counts[raw]++
	}
	return counts
}

// outcome is where an edit sends a spelling: "" nowhere, "b" away, "n" and a name.
func (o *overlay) outcome(text string) string {
	if o.ban[text] {
		return "b"
	}
	if name, ok := o.of(text); ok {
		return "n" + name
	}
	return ""
}

// parted parts spellings with the same stems that the overlay sends to different places. The group goes where its most frequent edited spelling goes, the
// other edited ones go alone.
func (o *overlay) parted(ws []*written) (home, rest []*written, conflicts []string) {
	first, where := "", ""
	for _, w := range ws {
		to := o.outcome(w.text)
		switch {
		case to == "" || to == first:
			home = append(home, w)
		case first == "":
			first, where = to, o.lines[w.text]
			if where == "" {
				where = fmt.Sprintf("the name %q", to[1:])
			}
			home = append(home, w)
		default:
			line := o.lines[w.text]
			if line == "" {
				line = fmt.Sprintf("the name %q", to[1:])
			}
			conflicts = append(conflicts, fmt.Sprintf("%s and %s are of one tag by their stems: each has its own", where, line))
			rest = append(rest, w)
		}
	}
	return home, rest, conflicts
}

// place makes a group of spellings, or adds them to the one that the overlay names.
func (s *groups) place(o *overlay, ws []*written, named map[string]int32) {
	to, split := "", false
	for _, w := range ws {
		if x := o.outcome(w.text); x != "" && to == "" {
			to = x
		}
		split = split || o.split[w.text]
	}
	i := int32(none)
	switch {
	case to == "":
		i = s.add(group{name: ws[0].text, fixed: split, alone: split})
	case to == "b":
		i = s.add(group{name: ws[0].text})
		s.drop(i, byOverlay)
	default:
		var ok bool
		if i, ok = named[to[1:]]; !ok {
			i = s.add(group{name: to[1:], fixed: true, alone: split})
			named[to[1:]] = i
		}
	}
	for _, w := range ws {
		for _, raw := range w.raw {
			s.of[raw] = i
		}
	}
}

// filterRaw drops spellings that fewer than least documents have, unless the overlay names them: the first step in the paper's order.
func (s *groups) filterRaw(o *overlay, least int) (dropped int) {
	for raw, n := range s.rawCounts() {
		if n < least && !o.mentions(spelling(s.g.raw[raw])) {
			s.of[raw], s.by[raw] = none, byFrequency
			dropped++
		}
	}
	return dropped
}

// filter drops tags that fewer than least documents have.
func (s *groups) filter(least int) (dropped int) {
	for _, i := range s.alive() {
		if g := &s.list[i]; g.count < least && !g.fixed {
			s.drop(i, byFrequency)
			dropped++
		}
	}
	return dropped
}
