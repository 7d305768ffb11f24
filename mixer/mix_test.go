package mixer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// corpus makes n documents of each source, of 1 to 40 words, with ids that tell the source.
func corpus(seed uint64, sizes map[string]int) []stages.Document {
	rng := rand.New(rand.NewPCG(seed, 0))
	var docs []stages.Document
	for _, source := range sortedKeys(sizes) {
		for i := range sizes[source] {
			text := strings.Repeat("word ", rng.IntN(40)) + fmt.Sprint("end", rng.Uint64())
			docs = append(docs, stages.Document{ID: fmt.Sprintf("%s-%d", source, i), Source: source, Text: text})
		}
	}
	return docs
}

func runMix(t testing.TB, docs []stages.Document, o stagetest.Options, set func(*Mix)) *stagetest.Result {
	t.Helper()
	r, err := tryMix(t, docs, o, set)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tryMix(t testing.TB, docs []stages.Document, o stagetest.Options, set func(*Mix)) (*stagetest.Result, error) {
	t.Helper()
	return stagetest.Run(t.Context(), stagetest.New(stages.Define("mix", mixDefaults), set), docs, o)
}

// amounts sums what the documents of each source hold.
func amounts(docs []stages.Document, u unit) map[string]int {
	sums := map[string]int{}
	for i := range docs {
		n := 1
		switch u {
		case words:
			n = len(strings.Fields(docs[i].Text))
		case bytes:
			n = len(docs[i].Text)
		}
		sums[docs[i].Source] += n
	}
	return sums
}

func TestMixQuotas(t *testing.T) {
	docs := corpus(1, map[string]int{"a": 3000, "b": 1000, "c": 500})
	all := map[unit]map[string]int{words: amounts(docs, words), rows: amounts(docs, rows), bytes: amounts(docs, bytes)}
	for _, c := range []struct {
		name string
		unit unit
		set  func(*Mix)
		want map[string]float64
	}{
		{"rows by weight", rows, func(m *Mix) { m.Rows, m.Weights = 1000, map[string]float64{"a": .5, "b": .3, "c": .2} }, map[string]float64{"a": 500, "b": 300, "c": 200}},
		{"weights of any scale", rows, func(m *Mix) { m.Rows, m.Weights = 1000, map[string]float64{"a": 5, "b": 3, "c": 2} }, map[string]float64{"a": 500, "b": 300, "c": 200}},
		{"largest remainder", rows, func(m *Mix) { m.Rows, m.Weights = 100, map[string]float64{"a": 1, "b": 1, "c": 1} }, map[string]float64{"a": 34, "b": 33, "c": 33}},
		{"the larger remainder", rows, func(m *Mix) { m.Rows, m.Weights = 10, map[string]float64{"a": .64, "b": .36} }, map[string]float64{"a": 6, "b": 4}},
		{"one document", rows, func(m *Mix) { m.Rows, m.Weights = 1, map[string]float64{"b": 1} }, map[string]float64{"b": 1}},
		{"whole epochs", rows, func(m *Mix) { m.Rows, m.Weights = 1500, map[string]float64{"c": 1} }, map[string]float64{"c": 1500}},
		{"epochs and a part", rows, func(m *Mix) { m.Rows, m.Weights = 1999, map[string]float64{"c": 1} }, map[string]float64{"c": 1999}},
		{"weight 0", rows, func(m *Mix) { m.Rows, m.Weights = 10, map[string]float64{"a": 0, "b": 1} }, map[string]float64{"b": 10}},
		{"the rest as one", rows, func(m *Mix) { m.Rows, m.Weights = 1000, map[string]float64{"a": 1, "*": 1} }, map[string]float64{"a": 500, "b": math.NaN(), "c": math.NaN()}},
		{"words", words, func(m *Mix) { m.Words, m.Weights = 20000, map[string]float64{"a": .5, "b": .5} }, map[string]float64{"a": 10000, "b": 10000}},
		{"bytes", bytes, func(m *Mix) { m.Bytes, m.Weights = 100_000, map[string]float64{"a": .9, "c": .1} }, map[string]float64{"a": 90_000, "c": 10_000}},
		{
			"no budget: as much as weights allow", bytes, func(m *Mix) { m.MaxEpochs, m.Weights = 1, map[string]float64{"a": .5, "c": .5} },
			map[string]float64{"a": float64(all[bytes]["c"]), "c": float64(all[bytes]["c"])},
		},
		{
			"short, allowed", rows, func(m *Mix) { m.Rows, m.Weights, m.Short = 10_000, map[string]float64{"a": .5, "c": .5}, "allow" },
			map[string]float64{"a": 5000, "c": 2000},
		},
		{"nothing set", rows, func(*Mix) {}, map[string]float64{"a": 3000, "b": 1000, "c": 500}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := runMix(t, docs, stagetest.Options{Tasks: 3, Seed: 7}, c.set)
			got := amounts(r.Docs, c.unit)
			slack := 0
			if c.unit == words {
				slack = 40
			} else if c.unit == bytes {
				slack = 250
			}
			for g, want := range c.want {
				if math.IsNaN(want) {
					delete(got, g)
					continue
				}
				// Met with the last document, hence by less than one document too much.
				if over := got[g] - int(want); over < 0 || over > slack {
					t.Errorf("%s: got %d %s, want %v and at most %d more", g, got[g], c.unit, want, slack)
				}
				delete(got, g)
			}
			if len(got) != 0 {
				t.Errorf("groups without a weight: %v", got)
			}
		})
	}
}

func TestMixRest(t *testing.T) {
	docs := corpus(1, map[string]int{"a": 3000, "b": 1000, "c": 500})
	r := runMix(t, docs, stagetest.Options{}, func(m *Mix) { m.Rows, m.Weights = 1000, map[string]float64{"a": 1, "*": 1} })
	got := amounts(r.Docs, rows)
	if got["b"]+got["c"] != 500 || got["b"] < 280 || got["b"] > 385 {
		t.Errorf("rest: got %v, want 500 of b and c together, two thirds of them b", got)
	}
}

// TestMixCopies checks that epochs differ by at most one between the documents of a group, and how copies are called.
func TestMixCopies(t *testing.T) {
	docs := corpus(2, map[string]int{"a": 100})
	docs[3].Fields = stages.Fields{{Name: "x", Raw: []byte("1")}}
	r := runMix(t, docs, stagetest.Options{Tasks: 2}, func(m *Mix) { m.Rows = 250 })
	times := map[string][]string{}
	for i, id := range r.IDs() {
		of, copied, _ := strings.Cut(id, "~")
		times[of] = append(times[of], copied)
		if r.Made[i] != (copied != "") {
			t.Errorf("%s: made is %v", id, r.Made[i])
		}
	}
	thrice := 0
	for of, copies := range times {
		sort.Strings(copies)
		switch {
		case slices.Equal(copies, []string{"", "2"}):
		case slices.Equal(copies, []string{"", "2", "3"}):
			thrice++
		default:
			t.Errorf("%s: copies %q", of, copies)
		}
	}
	if len(times) != 100 || thrice != 50 {
		t.Errorf("%d documents, %d of them three times, want 100 and 50", len(times), thrice)
	}
}

// TestMixOrder checks that neither order nor tasks nor batches change what stays nor its order.
func TestMixOrder(t *testing.T) {
	docs := corpus(3, map[string]int{"a": 700, "b": 300})
	for i := range 50 { // identical documents, in id and words, tie
		docs = append(docs, stages.Document{ID: "same", Source: "b", Text: "the same words"}, docs[i])
	}
	set := func(m *Mix) { m.Rows, m.Weights = 1000, map[string]float64{"a": .4, "b": .6} }
	want := runMix(t, docs, stagetest.Options{Seed: 1}, set)
	if n := len(want.Docs); n != 1000 {
		t.Fatalf("got %d documents, want 1000", n)
	}
	for _, o := range []stagetest.Options{
		{Tasks: 7, Batch: 1, Seed: 1, Shuffle: 1},
		{Tasks: 3, Batch: 1000, Seed: 1, SortTasks: 5, Shuffle: 2},
		{Deal: func(i int) int { return i % 4 }, Seed: 1, Shuffle: 3},
	} {
		mixed := slices.Clone(docs)
		rand.New(rand.NewPCG(o.Shuffle, 9)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		got := runMix(t, mixed, o, set)
		if !reflect.DeepEqual(got.IDs(), want.IDs()) {
			t.Errorf("%+v: other documents, or in another order", o)
		}
		if !reflect.DeepEqual(got.Facts["quota"][0], want.Facts["quota"][0]) {
			t.Errorf("facts %v, want %v", got.Facts["quota"][0], want.Facts["quota"][0])
		}
	}
	if other := runMix(t, docs, stagetest.Options{Seed: 2}, set); reflect.DeepEqual(other.IDs(), want.IDs()) {
		t.Error("another seed gives the same corpus")
	}
}

// TestMixTies checks that a budget that ends among identical documents is met exactly.
func TestMixTies(t *testing.T) {
	docs := slices.Repeat([]stages.Document{{ID: "x", Source: "a", Text: "one two three"}}, 1000)
	for _, n := range []int{1, 333, 999, 1000} {
		r := runMix(t, docs, stagetest.Options{Tasks: 4, Shuffle: 1}, func(m *Mix) { m.Rows = stages.Count(n) })
		if len(r.Docs) != n || r.Dropped()["over_budget"] != 1000-n {
			t.Errorf("%d rows: got %d, dropped %v", n, len(r.Docs), r.Dropped())
		}
		if taken := r.Facts["quota"][0]["mix"].(map[string]any)["taken"]; taken != float64(n) {
			t.Errorf("%d rows: facts say %v", n, taken)
		}
	}
}

func TestMixShuffle(t *testing.T) {
	docs := corpus(4, map[string]int{"a": 2000, "b": 2000})
	r := runMix(t, docs, stagetest.Options{}, func(m *Mix) { m.Rows = 8000 })
	switches, apart := 0, 0
	at := map[string]int{}
	for i := range r.Docs {
		if i > 0 && r.Docs[i].Source != r.Docs[i-1].Source {
			switches++
		}
		of, _, copied := strings.Cut(r.Docs[i].ID, "~")
		if before, ok := at[of]; ok && (i-before > 10 || before-i > 10) {
			apart++
		} else if !copied {
			at[of] = i
		}
		at[of] = i
	}
	if switches < 3700 || switches > 4300 {
		t.Errorf("%d neighbours of different sources in 8000, want about 4000", switches)
	}
	if apart < 3900 {
		t.Errorf("%d of 4000 copies lie more than ten documents from the first, want nearly all", apart)
	}
	still := runMix(t, docs, stagetest.Options{Tasks: 2}, func(m *Mix) { m.Shuffle = false })
	for i := range docs {
		if still.Docs[i].ID != docs[i].ID {
			t.Fatalf("shuffle: false moved document %d", i)
		}
	}
}

func TestMixFacts(t *testing.T) {
	docs := corpus(5, map[string]int{"a": 100, "b": 50, "c": 10})
	r := runMix(t, docs, stagetest.Options{Tasks: 2}, func(m *Mix) { m.Rows, m.Weights = 200, map[string]float64{"a": .4, "b": .6} })
	got := r.Facts["quota"][0]["mix"].(map[string]any)
	want := []map[string]any{
		{"group": "b", "asked": .6, "achieved": .6, "epochs": 2.4, "available": 50., "taken": 120., "unique": 50., "repeated": 70., "documents": 120.},
		{"group": "a", "asked": .4, "achieved": .4, "epochs": .8, "available": 100., "taken": 80., "unique": 80., "repeated": 0., "documents": 80.},
		{"group": "c", "asked": 0., "achieved": 0., "epochs": 0., "available": 10., "taken": 0., "unique": 0., "repeated": 0., "documents": 0.},
	}
	for i, g := range got["groups"].([]any) {
		if !reflect.DeepEqual(g, any(want[i])) {
			t.Errorf("group %d: got %v, want %v", i, g, want[i])
		}
	}
	if got["unit"] != "rows" || got["budget"] != 200. || got["taken"] != 200. || len(got["groups"].([]any)) != 3 {
		t.Errorf("facts %v", got)
	}
	if d := r.Dropped(); d["no_weight"] != 10 || d["over_budget"] != 20 {
		t.Errorf("dropped %v, want 10 without weight and 20 over budget", d)
	}
}

// TestMixFactsRecounted checks what the quota foretells against what the corpus holds, for weights that draw from several groups as one.
func TestMixFactsRecounted(t *testing.T) {
	docs := corpus(6, map[string]int{"a": 900, "b": 400, "c": 77, "d": 1})
	for _, u := range []unit{rows, words, bytes} {
		r := runMix(t, docs, stagetest.Options{Tasks: 3}, func(m *Mix) {
			m.Weights = map[string]float64{"a": 1, "*": 2}
			switch u {
			case rows:
				m.Rows = 1200
			case words:
				m.Words = 20_000
			case bytes:
				m.Bytes = 90_000
			}
		})
		got := amounts(r.Docs, u)
		for _, g := range r.Facts["quota"][0]["mix"].(map[string]any)["groups"].([]any) {
			f := g.(map[string]any)
			if int(f["taken"].(float64)) != got[f["group"].(string)] {
				t.Errorf("%s: facts %v, recounted %v", u, f, got)
			}
		}
	}
}
