package shard

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/blob"
)

// plainCrawl is a WARC file without compression, of whose pages some are WARC files themselves.
func plainCrawl(n int, nested bool) []byte {
	var b bytes.Buffer
	for i := range n {
		body := "<p>" + strings.Repeat(fmt.Sprint(i*7919), 50+i*13%900)
		kind := "text/html"
		if nested && i%5 == 2 {
			body, kind = string(plainCrawl(3, false)), "text/plain"
		}
		b.Write(response(fmt.Sprint(i), "Content-Type: "+kind, body, 0))
	}
	return b.Bytes()
}

// A plain crawl cut between its records is the same crawl, damaged or not.
func TestPlainWARCParts(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	lone := bytes.Replace(response("lone", "Content-Type: text/html", "<p>without an id", 0), []byte("WARC-Record-ID"), []byte("WARC-Recor-did"), 1)
	lying := bytes.Replace(response("lying", "Content-Type: text/html", "<p>a length that lies", 0), []byte("Content-Length: "), []byte("Content-Length: 7"), 1)
	for name, c := range map[string]struct {
		data []byte
		cut  bool
	}{
		"plain":                     {plainCrawl(300, false), true},
		"pages that are WARC":       {plainCrawl(300, true), true},
		"no ids":                    {bytes.ReplaceAll(plainCrawl(300, false), []byte("WARC-Record-ID"), []byte("WARC-Recor-did")), false},
		"a record without an id":    {bytes.Join([][]byte{plainCrawl(300, false), lone, lone}, nil), true},
		"a length that lies":        {bytes.Join([][]byte{plainCrawl(100, false), lying, plainCrawl(200, true)}, nil), true},
		"lines of zeros at its end": {append(plainCrawl(300, false), make([]byte, 5000)...), true},
		"one record":                {plainCrawl(1, false), false},
		"one that holds all":        {response("in", "Content-Type: text/plain", string(plainCrawl(300, false)), 0), false},
	} {
		t.Run(name, func(t *testing.T) {
			for round := range 9 {
				data := c.data
				if round%3 == 2 {
					data = hurt(r, data)
				}
				opt := Options{Kind: Kind{Format: WARC}}
				parts, err := Parts(t.Context(), blob.Bytes(data), "f.warc", 5000+r.Int64N(100_000), opt)
				if err != nil {
					t.Fatal(err)
				}
				if round%3 < 2 && len(parts) > 1 != c.cut {
					t.Fatalf("%d parts; want it cut: %v", len(parts), c.cut)
				}
				same(t, data, "f.warc", parts, opt)
			}
		})
	}
}

// FuzzPlainWARC holds parts of a damaged crawl against the whole.
func FuzzPlainWARC(f *testing.F) {
	f.Add(uint64(1), uint16(5000), []byte("WARC/1.0\r\n"))
	f.Add(uint64(2), uint16(900), []byte("\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: 5\r\n\r\n"))
	f.Fuzz(func(t *testing.T, seed uint64, target uint16, in []byte) {
		r := rand.New(rand.NewPCG(seed, 0))
		data := hurt(r, plainCrawl(40, true))
		at := r.IntN(len(data))
		data = bytes.Join([][]byte{data[:at], in, data[at:]}, nil)
		opt := Options{Kind: Kind{Format: WARC}, MaxRecord: 50_000}
		parts, err := Parts(t.Context(), blob.Bytes(data), "f.warc", int64(target)+10_000, opt)
		if err != nil {
			t.Fatal(err)
		}
		same(t, data, "f.warc", parts, opt)
	})
}

// What looks like a record in a page whose own start is too far away to be seen is believed only if another one follows it.
func TestFarRecord(t *testing.T) {
	inside := "\r\n\r\nWARC/1.0\r\nWARC-Type: response\r\nContent-Length: 5\r\n\r\n"
	page := strings.Repeat("long ", memberSearch/4) + inside + strings.Repeat("more ", 1000)
	data := append(response("a", "Content-Type: text/plain", page, 0), response("b", "Content-Type: text/plain", "short", 0)...)
	at, err := nextPlainRecord(t.Context(), blob.Bytes(data), "f", int64(bytes.Index(data, []byte(inside))))
	if want := bytes.LastIndex(data, []byte("WARC/1.0")); err != nil || at != int64(want) {
		t.Errorf("got %d, %v; want %d", at, err, want)
	}
}
