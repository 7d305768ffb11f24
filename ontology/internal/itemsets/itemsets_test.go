package itemsets

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
)

// read decodes the lines of a golden file.
func read[T any](t testing.TB, name string) (rows []T) {
	f, err := os.Open(realdata.Path(t, "golden/ontology/"+name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var r T
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

type transaction struct{ Tags []string }

// numbered gives tags numbers in alphabetical order.
func numbered(rows []transaction) (out [][]int32, names []string) {
	seen := map[string]int32{}
	for _, r := range rows {
		for _, tag := range r.Tags {
			seen[tag] = 0
		}
	}
	names = slices.Sorted(maps.Keys(seen))
	for i, n := range names {
		seen[n] = int32(i)
	}
	for _, r := range rows {
		var t []int32
		for _, tag := range r.Tags {
			t = append(t, seen[tag])
		}
		slices.Sort(t)
		out = append(out, slices.Compact(t))
	}
	return out, names
}

func named(items []int32, names []string) string {
	var s []string
	for _, x := range items {
		s = append(s, names[x])
	}
	sort.Strings(s)
	return strings.Join(s, "+")
}

// TestGolden compares sets and rules with mlxtend 0.25.0.
func TestGolden(t *testing.T) {
	type summary struct {
		Set           string
		MinCount      int `json:"min_count"`
		MaxLen        int `json:"max_len"`
		Itemsets      int
		MinConfidence float64        `json:"min_confidence"`
		Rules         map[string]int `json:"rules"`
		OneToOne      map[string]int `json:"one_to_one_rules"`
	}
	for _, s := range read[summary](t, "fpgrowth-summary.jsonl") {
		t.Run(s.Set, func(t *testing.T) {
			rows, names := numbered(read[transaction](t, "fpgrowth-"+s.Set+"-transactions.jsonl"))
			sets := Mine(rows, len(names), s.MinCount, s.MaxLen)
			got := map[string]int{}
			for _, x := range sets {
				got[named(x.Items, names)] = x.Count
			}
			want := map[string]int{}
			for _, r := range read[struct {
				Items []string
				Count int
			}](t, "fpgrowth-"+s.Set+"-itemsets.jsonl") {
				sort.Strings(r.Items)
				want[strings.Join(r.Items, "+")] = r.Count
			}
			if !maps.Equal(got, want) || len(sets) != s.Itemsets {
				t.Errorf("%d sets, want %d, or their counts differ", len(sets), s.Itemsets)
			}
			gotRules, wantRules := map[string]int{}, map[string]int{}
			least := Ratio{int64(s.MinConfidence*1000 + 0.5), 1000}
			for _, r := range Rules(sets, least) {
				gotRules[fmt.Sprint(named(r.If, names), " => ", named(r.Then, names), r.Count, r.IfCount, r.ThenCount)]++
			}
			for _, r := range read[struct {
				Antecedent, Consequent []string
				Count                  int
				AntecedentCount        int `json:"antecedent_count"`
				ConsequentCount        int `json:"consequent_count"`
			}](t, "fpgrowth-"+s.Set+"-rules.jsonl") {
				sort.Strings(r.Antecedent)
				sort.Strings(r.Consequent)
				wantRules[fmt.Sprint(strings.Join(r.Antecedent, "+"), " => ", strings.Join(r.Consequent, "+"), r.Count, r.AntecedentCount, r.ConsequentCount)]++
			}
			if !maps.Equal(gotRules, wantRules) {
				t.Errorf("%d rules, want %d, or they differ", len(gotRules), len(wantRules))
			}
			for confidence, want := range s.Rules {
				var x float64
				if _, err := fmt.Sscan(confidence, &x); err != nil {
					t.Fatal(err)
				}
				all, single := 0, 0
				for _, r := range Rules(sets, Ratio{int64(x*1000 + 0.5), 1000}) {
					if all++; len(r.If) == 1 && len(r.Then) == 1 {
						single++
					}
				}
				if all != want || single != s.OneToOne[confidence] {
					t.Errorf("confidence %s: %d rules, %d of one tag each; want %d, %d", confidence, all, single, want, s.OneToOne[confidence])
				}
			}
		})
	}
}

// brute counts every subset of every transaction.
func brute(rows [][]int32, least, longest int) map[string]int {
	counts := map[string]int{}
	for _, r := range rows {
		for part := 1; part < 1<<len(r); part++ {
			var set []int32
			for i, x := range r {
				if part&(1<<i) != 0 {
					set = append(set, x)
				}
			}
			if longest == 0 || len(set) <= longest {
				counts[key(set)]++
			}
		}
	}
	maps.DeleteFunc(counts, func(_ string, n int) bool { return n < least })
	return counts
}

func compare(t *testing.T, rows [][]int32, items, least, longest int) {
	t.Helper()
	got := map[string]int{}
	for _, s := range Mine(rows, items, least, longest) {
		if _, twice := got[key(s.Items)]; twice {
			t.Fatalf("%v came twice", s.Items)
		}
		got[key(s.Items)] = s.Count
	}
	if want := brute(rows, max(least, 1), longest); !maps.Equal(got, want) {
		t.Fatalf("%v, at least %d, up to %d: %v, want %v", rows, least, longest, got, want)
	}
}

func TestAgainstBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		items := 1 + rng.IntN(9)
		var rows [][]int32
		for range rng.IntN(40) {
			var r []int32
			for x := range items {
				if rng.IntN(x+2) == 0 {
					r = append(r, int32(x))
				}
			}
			rows = append(rows, r)
		}
		compare(t, rows, items, rng.IntN(6), rng.IntN(5))
	}
	compare(t, nil, 0, 1, 0)
	compare(t, [][]int32{{}}, 3, 1, 0)
}

func FuzzMine(f *testing.F) {
	f.Add([]byte{1, 3, 7, 7, 0}, 2, 0)
	f.Fuzz(func(t *testing.T, masks []byte, least, longest int) {
		var rows [][]int32
		for _, m := range masks[:min(len(masks), 64)] {
			var r []int32
			for x := range 8 {
				if m&(1<<x) != 0 {
					r = append(r, int32(x))
				}
			}
			rows = append(rows, r)
		}
		compare(t, rows, 8, least&15, (longest&0xff)%9)
	})
}

func BenchmarkMine(b *testing.B) {
	rows, names := numbered(read[transaction](b, "fpgrowth-tags5k-transactions.jsonl"))
	for b.Loop() {
		if got := Mine(rows, len(names), 40, 3); len(got) != 377 {
			b.Fatal(len(got))
		}
	}
	b.ReportMetric(float64(len(rows))*float64(b.N)/b.Elapsed().Seconds(), "transactions/s")
}
