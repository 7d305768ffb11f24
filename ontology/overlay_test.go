package ontology

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

func TestOverlay(t *testing.T) {
	rows := slices.Concat(
		times(6, "Universities"), times(5, "universe"), times(4, "python"), times(3, "Python Coding"), times(1, "py3"), times(9, "misc"), times(2, "spell checks"),
		times(60, "meter", "poem"), times(5, "poem"),
	)
	const text = `
merge: {Python 3: [python, PY3, python-coding, snake language]}
rename: {spell check: proofreading, spell checks: proofreading, Meter: "Poetic Meter"}
split: [universe]
ban: [misc, nothing such]
`
	for _, order := range []string{"ours", "paper"} {
		m := normalizer(t, text, func(n *NormalizeTags) { n.Order, n.MinCount, n.Support = order, 3, 40 })
		docs := tagged(rows...)
		for pass := range 2 { // edits survive a rerun, on the outcome as well
			got, told, r := normalize(t, m, docs, stagetest.Options{Tasks: 2})
			for i, want := range map[int]string{
				0: "universities", 6: "universe", 11: "Python 3", 15: "Python 3", 18: "Python 3", 19: "", 28: "proofreading", 30: "Poetic Meter|poem",
			} {
				if s := strings.Join(got[i], "|"); s != want {
					t.Errorf("%s, pass %d: document %d, %q: %q, want %q", order, pass, i, rows[i], s, want)
				}
			}
			if unused := strings.Join(told.Unused, "; "); pass == 0 && unused != `rename "spell check" to "proofreading"; `+`ban "nothing such"; merge "snake language" into "Python 3"` &&
				unused != `ban "nothing such"; merge "snake language" into "Python 3"; rename "spell check" to "proofreading"` {
				t.Errorf("%s: unused %q", order, unused)
			}
			docs = r.Docs
		}
	}
}

// TestOverlayOfOneStem has two edits that send spellings of one stem to different tags: each is obeyed and the contradiction is told.
func TestOverlayOfOneStem(t *testing.T) {
	rows := slices.Concat(times(3, "universe"), times(2, "university"), times(1, "universes"))
	m := normalizer(t, "rename: {universe: cosmos, university: academia}", nil)
	got, told, _ := normalize(t, m, tagged(rows...), stagetest.Options{})
	if s := fmt.Sprint(got[0], got[3], got[5]); s != "[cosmos] [academia] [cosmos]" || len(told.Conflicts) != 1 {
		t.Errorf("%s, conflicts %q", s, told.Conflicts)
	}
}

func TestOverlayErrors(t *testing.T) {
	for text, want := range map[string]string{
		"merge: {a: [b], c: [B!]}":   `contradicts: merge "b" into "a"`,
		"merge: {Ab: [x], ab: [y]}":  "also called",
		"rename: {a: b}\nban: [A]":   `also in: rename "a" to "b"`,
		"rename: {a: b}\nban: [b]":   "name of a merged or renamed tag",
		"rename: {a: b, b: c, c: a}": "circle",
		"rename: {a: '!'}":           "no letter or digit",
		"ban: ['?']":                 "no letter or digit",
		"split: ['?']":               "no letter or digit",
		"rename: {a: b}\nsplit: [b]": "name of a merged or renamed tag",
		"remane: {a: b}":             "rename",
		"merge: {a: b}":              "list",
		"- x":                        "want",
		"ban: [":                     "tags.yaml:1",
	} {
		_, err := parseOverlay("tags.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	if o, err := parseOverlay("tags.yaml", []byte("rename: {a: b, b: c}\nmerge: {c: [d]}")); err != nil || o.target["a"] != "c" || o.names["b"] != "c" {
		t.Errorf("a chain: %+v, %v", o, err)
	}
	if _, err := parseOverlay("tags.yaml", nil); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}

func FuzzOverlay(f *testing.F) {
	f.Add("merge: {a: [b]}\nrename: {c: d}\nsplit: [e]\nban: [f]")
	f.Fuzz(func(t *testing.T, text string) {
		o, err := parseOverlay("tags.yaml", []byte(text))
		if err != nil {
			return
		}
		for key, name := range o.target {
			if to, ok := o.target[spelling(name)]; ok && to != name {
				t.Errorf("%q goes to %q, which goes to %q", key, name, to)
			}
		}
	})
}

// TestOverlayAgainstMeaning: an edited tag takes others in, even more frequent ones, and goes into none; one that was split off stays alone.
func TestOverlayAgainstMeaning(t *testing.T) {
	m := &scripted{answer: func(stages.Request) stages.Reply { return stages.Reply{Vector: []float32{1, 2}} }}
	o := stagetest.Options{Env: func(e *stages.Env) {
		e.Provide(stages.ModelResource("gte"), func() (any, error) { return m, nil })
	}}
	docs := tagged([]string{"auto"}, []string{"auto"}, []string{"auto"}, []string{"car"}, []string{"lorry"}, []string{"lorry"}, []string{"boat"}, []string{"boat"}, []string{"boat"}, []string{"van"})
	got, _, _ := normalize(t, normalizer(t, "rename: {car: Car, lorry: Truck}\nsplit: [boat]", func(n *NormalizeTags) { n.Model = "gte" }), docs, o)
	if s := fmt.Sprint(got); s != "[[Truck] [Truck] [Truck] [Car] [Truck] [Truck] [boat] [boat] [boat] [Truck]]" {
		t.Errorf("%s", s)
	}
}
