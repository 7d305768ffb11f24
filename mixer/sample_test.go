package mixer

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

func trySample(t testing.TB, docs []stages.Document, o stagetest.Options, set func(*Sample)) (*stagetest.Result, error) {
	t.Helper()
	return stagetest.Run(t.Context(), stagetest.New(stages.Define("sample", sampleDefaults), set), docs, o)
}

func runSample(t testing.TB, docs []stages.Document, o stagetest.Options, set func(*Sample)) *stagetest.Result {
	t.Helper()
	r, err := trySample(t, docs, o, set)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSample(t *testing.T) {
	docs := corpus(1, map[string]int{"a": 3000, "b": 1000, "c": 5})
	for _, c := range []struct {
		name     string
		set      func(*Sample)
		min, max map[string]int
	}{
		{"everything", func(s *Sample) { s.Share = 1 }, map[string]int{"a": 3000, "b": 1000, "c": 5}, nil},
		// Binomial: 300 ± 5 sigma of 16.4, 100 ± 5 of 9.5.
		{"a share", func(s *Sample) { s.Share = .1 }, map[string]int{"a": 218, "b": 52, "c": 0}, map[string]int{"a": 382, "b": 148, "c": 5}},
		{"a share of each", func(s *Sample) { s.Share, s.By = .1, "source" }, map[string]int{"a": 300, "b": 100, "c": 1}, nil},
		{"rows of each", func(s *Sample) { s.Rows, s.By = 10, "source" }, map[string]int{"a": 10, "b": 10, "c": 5}, nil},
		{"more rows than there are", func(s *Sample) { s.Rows = 10_000 }, map[string]int{"a": 3000, "b": 1000, "c": 5}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := runSample(t, docs, stagetest.Options{Tasks: 3, Shuffle: 1}, c.set)
			got := amounts(r.Docs, rows)
			for g, lo := range c.min {
				hi := lo
				if c.max != nil {
					hi = c.max[g]
				}
				if got[g] < lo || got[g] > hi {
					t.Errorf("%s: %d documents, want %d to %d", g, got[g], lo, hi)
				}
			}
			if dropped := r.Dropped()["not_sampled"]; dropped != len(docs)-len(r.Docs) {
				t.Errorf("%d dropped by not_sampled of %d missing", dropped, len(docs)-len(r.Docs))
			}
		})
	}
	for _, n := range []int{1, 2, 257, 4004, 4005} {
		if r := runSample(t, docs, stagetest.Options{Tasks: 4}, func(s *Sample) { s.Rows = stages.Count(n) }); len(r.Docs) != n {
			t.Errorf("rows: %d gives %d", n, len(r.Docs))
		}
	}
}

func TestSampleOrder(t *testing.T) {
	docs := corpus(2, map[string]int{"a": 500, "b": 500})
	for _, set := range []func(*Sample){func(s *Sample) { s.Share = .3 }, func(s *Sample) { s.Rows = 100 }, func(s *Sample) { s.Rows, s.By = 30, "source" }} {
		want := runSample(t, docs, stagetest.Options{Seed: 1}, set).IDs()
		slices.Sort(want)
		mixed := slices.Clone(docs)
		rand.New(rand.NewPCG(1, 9)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		got := runSample(t, mixed, stagetest.Options{Seed: 1, Tasks: 5, Batch: 3, Shuffle: 1}, set).IDs()
		slices.Sort(got)
		if !reflect.DeepEqual(got, want) {
			t.Error("another order of the documents gives another sample")
		}
		for _, o := range []struct {
			seed uint64
			own  int
		}{{2, 0}, {1, 1}} {
			other := runSample(t, docs, stagetest.Options{Seed: o.seed}, func(s *Sample) { set(s); s.Seed = o.own }).IDs()
			slices.Sort(other)
			if reflect.DeepEqual(other, want) {
				t.Errorf("seeds %v give the same sample", o)
			}
		}
	}
}

func TestSampleErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*Sample)
		want string
	}{
		{"nothing given", func(*Sample) {}, "one of the two"},
		{"both given", func(s *Sample) { s.Rows, s.Share = 1, .5 }, "one of the two"},
		{"share above 1", func(s *Sample) { s.Share = 1.5 }, "share is 1.5"},
		{"negative share", func(s *Sample) { s.Share = -.5 }, "share is -0.5"},
		{"negative rows", func(s *Sample) { s.Rows = -1 }, "rows is -1"},
	} {
		if _, err := trySample(t, nil, stagetest.Options{}, c.set); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}
