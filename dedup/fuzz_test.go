package dedup

import (
	"bytes"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// FuzzMinHash runs all phases over documents that the fuzzer writes, one a line: whoever goes has someone who stays, and another deal of
// the documents leaves as many.
func FuzzMinHash(f *testing.F) {
	f.Add("the quick brown fox jumps\nthe quick brown fox jumps!\nother", uint8(9))
	f.Add("\n\n!\n!\n世界人权宣言\n世界人权宣言", uint8(3))
	f.Add("a a a a a a a\na a a a\n\xff\xfe\n\xff\xfe", uint8(255))
	f.Fuzz(func(t *testing.T, s string, flags uint8) {
		if len(s) > 1<<14 {
			return
		}
		var docs []stages.Document
		for i, line := range strings.Split(s, "\n") {
			docs = append(docs, stages.Document{ID: string(rune('a' + i%7)), Text: line, Source: string(rune('x' + i%2))})
		}
		m := minHashDefaults
		m.Bands, m.Rows = 64, 1
		m.Verify = flags&1 == 1
		m.Similarity = float64(flags>>1&7+1) / 8
		if flags&16 > 0 {
			m.OnlyFrom = "x"
		}
		if flags&32 > 0 {
			m.Keep.Policy = "first"
		}
		make := stagetest.New[MinHash](stages.Define("dedup_minhash", m), nil)
		got, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{})
		if err != nil {
			if !m.Verify && strings.Contains(err.Error(), "set verify: true") {
				return
			}
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, d := range got.Docs {
			ids[d.ID] = true
		}
		for i, o := range got.Outcomes {
			v := o.Verdict
			if v.Rule == "" {
				continue
			}
			if !ids[v.Kept] || m.OnlyFrom != "" && docs[i].Source != m.OnlyFrom {
				t.Errorf("document %d: %+v", i, v)
			}
			if v.Why == "jaccard" && v.Value < m.Similarity {
				t.Errorf("document %d: %+v below %v", i, v, m.Similarity)
			}
		}
		again, err := stagetest.Run(t.Context(), make, docs, stagetest.Options{Tasks: 3, Batch: 2, Memory: 1})
		if err != nil || len(again.Docs) != len(got.Docs) {
			t.Errorf("dealt to three tasks %d documents stay, else %d; %v", len(again.Docs), len(got.Docs), err)
		}
	})
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte("\x01\x00\x00\x00\x01\x00\x00\x00\x01ab12345678"))
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseRecord(b)
		if err == nil && len(r.id)+len(r.source)+len(r.rest)+9 != len(b) {
			t.Errorf("%q: parts of %d, %d and %d bytes", b, len(r.id), len(r.source), len(r.rest))
		}
	})
}

func FuzzParseRemoval(f *testing.F) {
	f.Add(bytes.Repeat([]byte{0}, removedWidth))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < removedWidth {
			return
		}
		if r, err := parseRemoval(0, b); err == nil && r.verdict.Why == "" {
			t.Errorf("%q has no reason", b)
		}
	})
}

// FuzzNaturalKey compares the order of keys with that of a plain reading.
func FuzzNaturalKey(f *testing.F) {
	f.Add("a9", "a10")
	f.Add("1.05", "1.5")
	f.Add("x", "x0")
	f.Fuzz(func(t *testing.T, a, b string) {
		key := func(s string) []byte { return naturalKey(nil, s) }
		c := bytes.Compare(key(a), key(b))
		if c != -bytes.Compare(key(b), key(a)) {
			t.Error("not antisymmetric")
		}
		if c == 0 && strings.Map(noZero, a) != strings.Map(noZero, b) {
			t.Errorf("%q and %q have one key", a, b)
		}
	})
}

func noZero(r rune) rune {
	if r == '0' {
		return -1
	}
	return r
}

// TestSurvivorsUnderPressure judges one cluster with room for one body and with room for all: the decisions are the same.
func TestSurvivorsUnderPressure(t *testing.T) {
	run := func(memory int64) (kept []string, loads int) {
		m := minHashDefaults
		m.Bands, m.Rows = 64, 2
		if err := m.Provision(nil); err != nil {
			t.Fatal(err)
		}
		bodies := map[ref]record{}
		s := newSurvivors(&m, memory, func(c candidate) (record, error) { loads++; return bodies[c.ref], nil })
		for i := range 300 {
			group := i % 60
			words := make([]byte, 0, 8*200)
			for w := range 200 - i/60 {
				words = append(words, byte(w), byte(group), 1, 2, 3, 4, 5, 6)
			}
			c := candidate{ref: newRef(0, uint32(i))}
			bodies[c.ref] = record{rest: words}
			b, err := s.body(record{rest: words})
			if err != nil {
				t.Fatal(err)
			}
			f, err := s.find(b)
			if err != nil {
				t.Fatal(err)
			}
			if f.accepted {
				kept = append(kept, f.by.id)
				s.release(b)
				continue
			}
			if _, err := s.keep(c, string(rune('0'+i)), b); err != nil {
				t.Fatal(err)
			}
		}
		return kept, loads
	}
	roomy, loads := run(1 << 30)
	if len(roomy) != 240 || loads != 0 {
		t.Errorf("%d of 300 go, want 240; %d loads, want 0", len(roomy), loads)
	}
	tight, loads := run(1)
	if strings.Join(tight, ",") != strings.Join(roomy, ",") || loads == 0 {
		t.Errorf("short of memory %d go; %d loads", len(tight), loads)
	}
}
