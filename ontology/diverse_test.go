package ontology

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// poolOf makes a pool of documents in memory.
func poolOf(s *Select, docs []stages.Document) *pool {
	l := &loader{s: s, p: new(pool), number: map[string]int32{}, bound: map[[2]string]int32{}, fields: s.quotaFields()}
	names := table{number: map[string]int32{}}
	for i := range docs {
		c := candidate{id: docs[i].ID, hash: contentOf(&docs[i])}
		tags, _ := getTags(&docs[i])
		for _, tag := range tags {
			c.tags = append(c.tags, names.of(tagName(tag)))
		}
		for _, f := range l.fields {
			v := int32(-1)
			if x, ok := docs[i].Field(f); ok {
				v = names.of(valueName(f, x))
			}
			c.values = append(c.values, v)
		}
		for k := len(l.tag); k < len(names.names); k++ {
			l.tag, l.limit = append(l.tag, 0), append(l.limit, 0)
			l.name(k, names.names[k])
		}
		l.add(&c)
	}
	l.p.ends = []int32{int32(len(docs))}
	return l.p
}

func diverseOrder(t testing.TB, docs []stages.Document, k int) (ids []string) {
	p := poolOf(&Select{Rows: stages.Count(k)}, docs)
	c, err := diverse(t.Context(), p, k)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range c.order {
		ids = append(ids, string(p.id(i)))
	}
	return ids
}

// plain is algorithm 1 as it is written: whole passes over the list.
func plain(docs []stages.Document, s *Select) (ids []string) {
	type row struct {
		d    *stages.Document
		tags []string
	}
	var list []row
	for i := range docs {
		if tags, _ := getTags(&docs[i]); len(tags) > 0 {
			list = append(list, row{&docs[i], tags})
		}
	}
	slices.SortStableFunc(list, func(a, b row) int {
		if d := len(b.tags) - len(a.tags); d != 0 {
			return d
		}
		return strings.Compare(a.d.ID, b.d.ID)
	})
	used := map[string]int{}
	bounds := func(r row) (keys []string, most []int) {
		for f, of := range s.Quota {
			values := r.tags
			if f != tagsField {
				v, _ := r.d.Field(f)
				values = []string{v}
			}
			for _, v := range values {
				b, ok := of[v]
				if !ok {
					b, ok = of[others]
				}
				if ok {
					keys, most = append(keys, f+"="+v), append(most, b.of(int(s.Rows)))
				}
			}
		}
		return keys, most
	}
	for len(ids) < int(s.Rows) {
		seen, rest, before := map[string]bool{}, list[:0:0], len(ids)
		for _, r := range list {
			fresh := slices.ContainsFunc(r.tags, func(t string) bool { return !seen[t] })
			keys, most := bounds(r)
			full := false
			for i, k := range keys {
				full = full || used[k] >= most[i]
			}
			if !fresh || full || len(ids) >= int(s.Rows) {
				rest = append(rest, r)
				continue
			}
			ids = append(ids, r.d.ID)
			for _, k := range keys {
				used[k]++
			}
			for _, t := range r.tags {
				seen[t] = true
			}
		}
		if list = rest; len(ids) == before {
			break
		}
	}
	return ids
}

func randomTagged(rng *rand.Rand, n, tags int) (docs []stages.Document) {
	for i := range n {
		d := stages.Document{ID: fmt.Sprintf("r%03d", i), Text: "x"}
		var list []string
		for range rng.IntN(6) {
			list = append(list, fmt.Sprint("t", min(rng.IntN(tags), rng.IntN(tags))))
		}
		setTags(&d, list)
		d.Fields.SetText("language", []string{"en", "zh", "de"}[rng.IntN(3)])
		docs = append(docs, d)
	}
	rng.Shuffle(n, func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	return docs
}

func TestDiverseAgainstPlain(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 5))
		docs := randomTagged(rng, 1+rng.IntN(120), 1+rng.IntN(30))
		s := &Select{Rows: stages.Count(1 + rng.IntN(100))}
		if seed%2 == 1 {
			s.Quota = Quota{
				"tags": {"t0": {Count: int64(rng.IntN(6))}, "*": {Count: int64(1 + rng.IntN(20))}}, "language": {"zh": {Count: -1, Share: 0.2}},
			}
		}
		p := poolOf(s, docs)
		c, err := diverse(t.Context(), p, int(s.Rows))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range c.order {
			got = append(got, string(p.id(i)))
		}
		if want := plain(docs, s); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %q,\nwant %q", seed, got, want)
		}
		for _, l := range p.limits {
			if l.taken > l.most {
				t.Errorf("seed %d: %+v", seed, l)
			}
		}
	}
}

func FuzzDiverse(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0xFF, 7, 7}, 3, 2)
	f.Fuzz(func(t *testing.T, masks []byte, rows, quota int) {
		var docs []stages.Document
		for i, m := range masks[:min(len(masks), 60)] {
			var tags []string
			for x := range 8 {
				if m&(1<<x) != 0 {
					tags = append(tags, fmt.Sprint(x))
				}
			}
			d := stages.Document{ID: fmt.Sprintf("%02d", i)}
			setTags(&d, tags)
			docs = append(docs, d)
		}
		s := &Select{Rows: stages.Count(1 + rows&63), Quota: Quota{"tags": {"*": {Count: int64(quota & 15)}}}}
		p := poolOf(s, docs)
		c, err := diverse(t.Context(), p, int(s.Rows))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range c.order {
			got = append(got, string(p.id(i)))
		}
		if want := plain(docs, s); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
