package dedup_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

func spec(t testing.TB, name string) stages.Spec {
	t.Helper()
	for _, s := range dedup.Catalog {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no stage %s", name)
	return stages.Spec{}
}

// doc makes a document from "id|text|field=value|…"; a field of name source is the source.
func doc(s string) stages.Document {
	part := strings.Split(s, "|")
	d := stages.Document{ID: part[0], Text: part[1]}
	for _, f := range part[2:] {
		name, value, _ := strings.Cut(f, "=")
		if name == "source" {
			d.Source = value
			continue
		}
		d.Fields.SetText(name, value)
	}
	return d
}

func docsOf(s ...string) []stages.Document {
	var out []stages.Document
	for _, s := range s {
		out = append(out, doc(s))
	}
	return out
}

func TestExact(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*dedup.Exact)
		docs []stages.Document
		want []string // ids that stay
		kept map[string]string
	}{
		"nothing": {nil, nil, []string{}, nil},
		"first is the least id, numbers by value": {
			nil,
			docsOf("a#10|x", "a#9|x", "b#1|y", "a#011|x"),
			[]string{"a#9", "b#1"},
			map[string]string{"a#10": "a#9", "a#011": "a#9"},
		},
		"longest ties by the rest of the record": {
			func(e *dedup.Exact) { e.Of, e.Keep = "url", dedup.Keep{Policy: "longest"} },
			docsOf("a|xx|url=u", "b|xxx|url=u", "c|éé|url=u", "d|no url"),
			[]string{"b", "d"},
			map[string]string{"a": "b", "c": "b"},
		},
		"newest": {
			func(e *dedup.Exact) { e.Keep = dedup.Keep{Policy: "newest", Field: "date"} },
			docsOf("a|x|date=2024-02-01", "b|x|date=2024-02-01T00:00:01Z", "c|x|date=1999", "d|x", "e|x|date=soon"),
			[]string{"b"},
			nil,
		},
		"best": {
			func(e *dedup.Exact) { e.Keep = dedup.Keep{Policy: "best", Field: "score"} },
			docsOf("a|x|score=-3", "b|x|score=10", "c|x|score=9.5", "d|x|score=NaN"),
			[]string{"b"},
			nil,
		},
		"normalize": {
			func(e *dedup.Exact) { e.Normalize = true },
			docsOf("a|The  Fox\n", "b|the fox", "c|the fox.", "d|caf\u00e9", "e|cafe\u0301"),
			[]string{"a", "c", "d"},
			nil,
		},
		"without normalize": {
			nil,
			docsOf("a|The  Fox", "b|the fox"),
			[]string{"a", "b"},
			nil,
		},
		"within": {
			func(e *dedup.Exact) { e.Within = "site" },
			docsOf("a|x|site=1", "b|x|site=2", "c|x|site=1", "d|x", "e|x"),
			[]string{"a", "b", "d"},
			map[string]string{"c": "a", "e": "d"},
		},
		"only from": {
			func(e *dedup.Exact) { e.OnlyFrom = "web" },
			docsOf("a|x|source=web", "b|x|source=books", "c|x|source=books", "d|y|source=web", "e|y|source=web", "f|z|source=books", "g|z|source=books"),
			[]string{"b", "c", "d", "f", "g"},
			map[string]string{"a": "b", "e": "d"},
		},
		"a field that is missing or empty": {
			func(e *dedup.Exact) { e.Of = "url" },
			docsOf("a|x", "b|x", "c|x|url=", "d|x|url="),
			[]string{"a", "b", "c", "d"},
			nil,
		},
		"blank texts are not special": {
			nil,
			docsOf("a| ", "b| ", "c|\t"),
			[]string{"a", "c"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			make := stagetest.New(spec(t, "dedup_exact"), c.set)
			for _, o := range []stagetest.Options{{}, {Tasks: 3, Batch: 1, Shuffle: 1, Memory: 1}} {
				got, err := stagetest.Run(t.Context(), make, c.docs, o)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got.IDs(), c.want) && len(c.want)+len(got.Docs) > 0 {
					t.Errorf("kept %q, want %q", got.IDs(), c.want)
				}
				for i, d := range c.docs {
					v := got.Outcomes[i].Verdict
					if want, ok := c.kept[d.ID]; ok && (v.Kept != want || v.Rule != "duplicate" || v.Value != 1) {
						t.Errorf("%s: %+v, want kept %s", d.ID, v, want)
					}
				}
			}
		})
	}
}

func TestExactSettings(t *testing.T) {
	for want, set := range map[string]func(*dedup.Exact){
		"of":            func(e *dedup.Exact) { e.Of = "" },
		"not one of":    func(e *dedup.Exact) { e.Keep.Policy = "shortest" },
		"takes no":      func(e *dedup.Exact) { e.Keep = dedup.Keep{Policy: "first", Field: "x"} },
		"needs the fie": func(e *dedup.Exact) { e.Keep = dedup.Keep{Policy: "best"} },
	} {
		if _, err := stagetest.New(spec(t, "dedup_exact"), set)(nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// rowsOf returns the survivors as comparable rows, sorted.
func rowsOf(docs []stages.Document) []string {
	var out []string
	for _, d := range docs {
		out = append(out, fmt.Sprintf("%q %q %q %s", d.ID, d.Source, d.Text, d.Fields))
	}
	slices.Sort(out)
	return out
}

// TestExactIgnoresSharding deals documents that tie in all but one thing to tasks in many ways: the same rows stay.
func TestExactIgnoresSharding(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var docs []stages.Document
	for i := range 600 {
		d := doc(fmt.Sprintf("id%d|text %d|n=%d|url=u%d", rng.IntN(3), rng.IntN(40), rng.IntN(5), rng.IntN(50)))
		d.Source = fmt.Sprint("s", i%3)
		docs = append(docs, d)
	}
	for name, set := range map[string]func(*dedup.Exact){
		"first":   nil,
		"longest": func(e *dedup.Exact) { e.Keep = dedup.Keep{Policy: "longest"}; e.Of = "url" },
		"best":    func(e *dedup.Exact) { e.Keep = dedup.Keep{Policy: "best", Field: "n"}; e.Of = "url" },
		"only":    func(e *dedup.Exact) { e.OnlyFrom = "s1" },
	} {
		t.Run(name, func(t *testing.T) {
			make := stagetest.New(spec(t, "dedup_exact"), set)
			var want []string
			for run := range 6 {
				order := rng.Perm(len(docs))
				mixed := []stages.Document{}
				for _, i := range order {
					mixed = append(mixed, docs[i])
				}
				o := stagetest.Options{Tasks: 1 + 3*run, Batch: 1 + 100*run, Shuffle: uint64(run), Memory: int64(run) << 20}
				got, err := stagetest.Run(t.Context(), make, mixed, o)
				if err != nil {
					t.Fatal(err)
				}
				rows := rowsOf(got.Docs)
				if want == nil {
					want = rows
				}
				if !slices.Equal(rows, want) {
					t.Errorf("run %d: other rows stay: %d, want %d", run, len(rows), len(want))
				}
				if len(rows) == len(docs) || len(rows) < 40 {
					t.Errorf("%d of %d documents stay", len(rows), len(docs))
				}
			}
		})
	}
}

func TestExactSummary(t *testing.T) {
	docs := docsOf("a|x|source=s", "b|x|source=t", "c|x|source=t", "d|y|source=t", "e|y|source=u")
	got, err := stagetest.Run(t.Context(), stagetest.New[dedup.Exact](spec(t, "dedup_exact"), nil), docs, stagetest.Options{Tasks: 2})
	if err != nil {
		t.Fatal(err)
	}
	fact := got.Facts["cut"][0]["duplicates"].(map[string]any)
	for key, want := range map[string]any{
		"documents": 5.0, "clusters": 2.0, "members": 5.0, "removed": 3.0, "sizes": []any{1.0, 1.0}, "alarms": []any{"t", "u"},
		"largest": []any{
			map[string]any{"kept": "a", "size": 3.0, "removed": 2.0},
			map[string]any{"kept": "d", "size": 2.0, "removed": 1.0},
		},
	} {
		if !reflect.DeepEqual(fact[key], want) {
			t.Errorf("%s is %v, want %v", key, fact[key], want)
		}
	}
}

// TestFaults lets every kind of operation fail at several moments: the run must stop with that error, and never go on without the file.
func TestFaults(t *testing.T) {
	docs := docsOf("a|x", "b|x", "c|y", "d|y", "e|z", "f|one two three four five", "g|one two three four five")
	full := errors.New("disk full")
	for _, name := range []string{"dedup_exact", "dedup_exact@datatrove", "dedup_minhash", "dedup_minhash@datatrove"} {
		make := func(env *stages.Env) (any, error) {
			c := spec(t, name).New()
			if p, ok := c.(stages.Provisioner); ok {
				return c, p.Provision(env)
			}
			return c, nil
		}
		for _, op := range []string{"create", "write", "close", "open", "read"} {
			for at := range 60 {
				n := 0
				fault := func(o string) error {
					if o != op {
						return nil
					}
					if n++; n == at+1 {
						return full
					}
					return nil
				}
				_, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{Tasks: 2, Fault: fault})
				if n > at && !errors.Is(err, full) {
					t.Errorf("%s: %s number %d fails, and the error is %v", name, op, at+1, err)
				}
			}
		}
	}
}
