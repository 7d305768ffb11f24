package tally

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

const (
	maxGroups = 256 // sources, languages, scripts that are told apart
	maxName   = 120 // bytes of a source, language or script name
	// Other is the name under which everything beyond the groups that are told apart is counted.
	Other = "(other)"
)

// A Group is the documents of one source, language or script.
type Group struct {
	Name        string  `json:"name"`
	Read        Flow    `json:"read,omitzero"` // sources only
	Made        Flow    `json:"made,omitzero"`
	Kept        Flow    `json:"kept,omitzero"`
	Dropped     Flow    `json:"dropped,omitzero"`
	Quarantined Flow    `json:"quarantined,omitzero"`
	ByStage     []int64 `json:"by_stage,omitempty"` // documents dropped, by stage; nil for none
}

// Before returns what went in: what was kept, dropped or quarantined, less what was made on the way. Bytes and words are those of
// the moment when the document was last seen.
func (g *Group) Before() Flow {
	f := g.Kept
	f.Add(g.Dropped)
	f.Add(g.Quarantined)
	f.Sub(g.Made)
	return f
}

func (g *Group) drop(stage, stages int, f Flow) {
	g.Dropped.Add(f)
	if g.ByStage == nil {
		g.ByStage = make([]int64, stages)
	}
	g.ByStage[stage]++
}

func (g *Group) add(o *Group) {
	g.Read.Add(o.Read)
	g.Made.Add(o.Made)
	g.Kept.Add(o.Kept)
	g.Dropped.Add(o.Dropped)
	g.Quarantined.Add(o.Quarantined)
	g.ByStage = sum(g.ByStage, o.ByStage)
}

// sum adds b to a, either of which may be nil.
func sum(a, b []int64) []int64 {
	if a == nil && b != nil {
		a = make([]int64, len(b))
	}
	for i, n := range b {
		a[i] += n
	}
	return a
}

// An index finds the number of a name. Numbers are given in order of appearance; when maxGroups is reached, or once
// there is an [Other], what is new shares its number: a name that is told apart has all of its documents.
type index struct {
	numbers map[string]int
	last    string
	number  int
}

// at returns the number of a name and the name to keep under it: a copy, clipped.
func (x *index) at(name string) (int, string) {
	if x.numbers != nil && name == x.last {
		return x.number, x.last
	}
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "")
	}
	k, ok := x.numbers[name]
	if !ok {
		if x.numbers == nil {
			x.numbers = map[string]int{}
		}
		if _, closed := x.numbers[Other]; closed || len(x.numbers) >= maxGroups-1 {
			name = Other
		}
		if k, ok = x.numbers[name]; !ok {
			k = len(x.numbers)
			name = strings.Clone(name)
			x.numbers[name] = k
		}
	}
	x.last, x.number = name, k
	return k, name
}

func (t *Tally) source(name string) *Group { return pick(&t.Sources, &t.sources, name) }

func (t *Tally) language(d *stages.Document) *Group {
	return pick(&t.Languages, &t.languages, plain(d.Fields, "language"))
}

func (t *Tally) script(d *stages.Document) *Group {
	return pick(&t.Scripts, &t.scripts, plain(d.Fields, "script"))
}

// licence returns the document's licence, "" for none.
func licence(d *stages.Document) string {
	if s := plain(d.Fields, "licence"); s != "" {
		return s
	}
	return plain(d.Fields, "license")
}

func pick(groups *[]*Group, x *index, name string) *Group {
	k, name := x.at(name)
	if k == len(*groups) {
		*groups = append(*groups, &Group{Name: name})
	}
	return (*groups)[k]
}

// mergeGroups adds o's groups to those of x. A tally with an [Other] may have counted any name there that it does not tell
// apart, so a name stays apart only where both sides know it, or the side that does not has no Other: what a group holds is
// then all of it, and its sum can be held against what was read.
func mergeGroups(groups *[]*Group, x *index, o []*Group) {
	rest := &Group{Name: Other}
	told := make(map[string]bool, len(o))
	for _, g := range o {
		told[g.Name] = true
	}
	if told[Other] {
		kept := (*groups)[:0]
		*x = index{numbers: map[string]int{}}
		for _, g := range *groups {
			if !told[g.Name] {
				rest.add(g)
				continue
			}
			x.numbers[g.Name] = len(kept)
			kept = append(kept, g)
		}
		*groups = kept
	}
	for _, g := range o {
		if g.Name == Other {
			rest.add(g)
			continue
		}
		pick(groups, x, g.Name).add(g)
	}
	if told[Other] {
		pick(groups, x, Other).add(rest)
	}
}

// plain returns a field that is a string, "" for anything else.
func plain(f stages.Fields, name string) string {
	raw, ok := f.Raw(name)
	if !ok || len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}
