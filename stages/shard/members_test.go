package shard

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// readParts reads a file part by part: ids, texts, damage.
func readParts(t *testing.T, data []byte, parts []Part) (out []string) {
	t.Helper()
	for _, p := range parts {
		r, err := Open(t.Context(), blob.Bytes(data), "f.warc.gz", p, Options{Damaged: func(d Damage) { out = append(out, "damaged: "+d.Reason) }})
		if err != nil {
			t.Fatal(err)
		}
		docs := make([]stages.Document, 1)
		for {
			n, err := r.Read(docs)
			for i := range n {
				out = append(out, docs[i].ID+" "+docs[i].Text)
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		r.Close()
	}
	return out
}

// A crawl cut at its members is the same crawl.
func TestMemberParts(t *testing.T) {
	var each, one [][]byte
	for i := range 400 {
		each = append(each, gz(response(fmt.Sprint(i), "Content-Type: text/html", "<p>"+strings.Repeat(fmt.Sprint(i*7919), 50+i*13%900), 0)))
		one = append(one, response(fmt.Sprint(i), "Content-Type: text/html", "<p>"+strings.Repeat(fmt.Sprint(i*7919), 50+i*13%900), 0))
	}
	crawl := bytes.Join(each, nil)
	broken := bytes.Clone(crawl)
	for i := len(broken) / 3; i < len(broken)/3+60; i++ {
		broken[i] ^= 0x55
	}
	noIDs := bytes.Join([][]byte{gz(bytes.Replace(one[0], []byte("WARC-Record-ID"), []byte("WARC-Recor-did"), 1)), crawl}, nil)
	for name, c := range map[string]struct {
		data []byte
		cut  bool
	}{
		"a member for each record":            {crawl, true},
		"damaged":                             {broken, true},
		"zeros at the end":                    {append(bytes.Clone(crawl), make([]byte, 1000)...), true},
		"one member":                          {gz(bytes.Join(one, nil)), false},
		"the first record has no id":          {noIDs, false},
		"small":                               {each[0], false},
		"gzip within a member is no member":   {bytes.Join([][]byte{each[0], gz(response("in", "Content-Type: text/plain", string(crawl), 0))}, nil), false},
		"records that members cut":            {bytes.Join([][]byte{gz(bytes.Join(one, nil)[:30000]), gz(bytes.Join(one, nil)[30000:])}, nil), false},
		"members of several records each":     {bytes.Join([][]byte{gz(bytes.Join(one[:100], nil)), gz(bytes.Join(one[100:300], nil)), gz(bytes.Join(one[300:], nil))}, nil), true},
		"a lone record without an id, behind": {bytes.Join([][]byte{crawl, gz(bytes.Replace(one[0], []byte("WARC-Record-ID"), []byte("WARC-Recor-did"), 1))}, nil), true},
	} {
		t.Run(name, func(t *testing.T) {
			whole, err := Parts(t.Context(), blob.Bytes(c.data), "f.warc.gz", 0, Options{})
			if err != nil || len(whole) != 1 {
				t.Fatalf("%d parts, %v", len(whole), err)
			}
			want := readParts(t, c.data, whole)
			for _, target := range []int64{20_000, 50_000, 100_000} {
				parts, err := Parts(t.Context(), blob.Bytes(c.data), "f.warc.gz", target, Options{})
				if err != nil || len(parts) > 1 != c.cut {
					t.Fatalf("target %d: %d parts, %v; want it cut: %v", target, len(parts), err, c.cut)
				}
				at := int64(0)
				for _, p := range parts {
					if p.Start != at || p.End <= p.Start {
						t.Errorf("target %d: a part from %d to %d, the one before ended at %d", target, p.Start, p.End, at)
					}
					at = p.End
				}
				got := readParts(t, c.data, parts)
				if strings.Join(got, "\n") != strings.Join(want, "\n") || at != int64(len(c.data)) {
					t.Errorf("target %d: %d parts to %d of %d have %d records, the whole %d", target, len(parts), at, len(c.data), len(got), len(want))
					for i := range min(len(got), len(want)) {
						if got[i] != want[i] {
							t.Fatalf("record %d: got %.200q, want %.200q", i, got[i], want[i])
						}
					}
				}
			}
		})
	}
}
