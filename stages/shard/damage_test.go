package shard

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// noisy makes lines that compress to about half, so that damage lands in every part of a member.
func noisy(seed uint64, from, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	var b bytes.Buffer
	for i := from; i < from+n; i++ {
		fmt.Fprintf(&b, `{"id":"d%d","text":"`, i)
		for range 20 {
			fmt.Fprintf(&b, "%x ", r.Uint64())
		}
		b.WriteString("\"}\n")
	}
	return b.Bytes()
}

func first(docs []string) (ids []string) {
	for _, d := range docs {
		id, _, _ := strings.Cut(strings.TrimPrefix(d, `{"id":"`), `"`)
		ids = append(ids, id)
	}
	return ids
}

// A file that is cut short yields all whole lines before the cut, and one damage.
func TestTruncated(t *testing.T) {
	for name, pack := range map[string]func(...[]byte) []byte{"f.jsonl.gz": gz, "f.jsonl.zst": zst} {
		data := noisy(1, 0, 2000)
		whole := pack(data)
		for _, cut := range []int{1, 5, len(whole) / 3, len(whole) - 5, len(whole) - 1} {
			docs, damage := readAll(t, blob.Bytes(whole[:cut]), name, Part{}, Options{Kind: Kind{JSONL, map[bool]Compression{true: Gzip, false: Zstd}[name == "f.jsonl.gz"]}})
			if len(damage) != 1 || damage[0].Offset != 0 || !strings.Contains(damage[0].Reason, "member at byte 0") && !strings.Contains(damage[0].Reason, "frame at byte 0") {
				t.Errorf("%s cut at %d of %d: got damages %q, want 1", name, cut, len(whole), reasons(damage))
			}
			for i, id := range first(docs) {
				if id != fmt.Sprint("d", i) {
					t.Fatalf("%s cut at %d: document %d is %s", name, cut, i, id)
				}
			}
			if cut >= len(whole)-5 && len(docs) < 1700 || cut == len(whole)/3 && len(docs) == 0 {
				t.Errorf("%s cut at %d of %d: %d documents", name, cut, len(whole), len(docs))
			}
		}
	}
}

// A flipped byte in one member costs records of that member only.
func TestFlippedMembers(t *testing.T) {
	for name, pack := range map[string]func(...[]byte) []byte{"f.jsonl.gz": gz, "f.jsonl.zst": zst} {
		var members [][]byte
		for i := range 5 {
			members = append(members, pack(noisy(uint64(i), i*100, 100)))
		}
		start := len(members[0]) + len(members[1])
		r := rand.New(rand.NewPCG(7, 7))
		for range 60 {
			in := bytes.Join(members, nil)
			at := start + r.IntN(len(members[2]))
			in[at] ^= 1 << r.IntN(8)
			docs, damage := readAll(t, blob.Bytes(in), name, Part{}, Options{})
			got := first(docs)
			seen := map[string]bool{}
			for _, id := range got {
				seen[id] = true
			}
			for i := range 500 {
				if id := fmt.Sprint("d", i); (i < 200 || i >= 300) && !seen[id] {
					t.Fatalf("%s, byte %d: %s is lost with another member", name, at, id)
				}
			}
			if len(damage) == 0 && len(got) != 500 {
				t.Errorf("%s, byte %d: %d documents and no damage", name, at, len(got))
			}
			for _, d := range damage {
				if d.Offset < int64(start) && !strings.Contains(d.Reason, "byte ") {
					t.Errorf("%s, byte %d: damage at %d: %s", name, at, d.Offset, d.Reason)
				}
			}
		}
	}
}

func TestGarbageBetweenMembers(t *testing.T) {
	for name, pack := range map[string]func(...[]byte) []byte{"f.jsonl.gz": gz, "f.jsonl.zst": zst} {
		in := bytes.Join([][]byte{pack(noisy(1, 0, 3)), []byte("some garbage"), pack(noisy(2, 3, 3)), []byte("more")}, nil)
		docs, damage := readAll(t, blob.Bytes(in), name, Part{}, Options{})
		equal(t, first(docs), "d0", "d1", "d2", "d3", "d4", "d5")
		if len(damage) != 2 || damage[0].Offset != int64(len(pack(noisy(1, 0, 3)))) {
			t.Errorf("%s: got damages %q, want one for each garbage", name, reasons(damage))
		}
	}
}

func reasons(damage []Damage) (list []string) {
	for _, d := range damage {
		list = append(list, fmt.Sprintf("%d at %d: %.200s", d.Record, d.Offset, d.Reason))
	}
	return list
}

// peak runs f and returns by how much the heap has grown at most at the places where f calls its argument.
func peak(f func(sample func())) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, uint64(0)
	f(func() {
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapAlloc)
	})
	return most - min(before, most)
}

// letters gives n bytes of the letter x, without holding them.
type letters int64

func (l *letters) Read(p []byte) (int, error) {
	if *l == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), int64(*l))
	for i := range p[:n] {
		p[i] = 'x'
	}
	*l -= letters(n)
	return int(n), nil
}

// A line of 200 MB is read, or is one damage under a lower limit; a bomb is left without decoding all of it.
func TestHugeLines(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	line := func(w io.Writer, n int64) {
		io.WriteString(w, `{"id":"a","text":"before"}`+"\n"+`{"id":"huge","text":"`)
		l := letters(n)
		io.Copy(w, &l)
		io.WriteString(w, "\"}\n"+`{"id":"b","text":"after"}`+"\n")
	}
	pack := func(name string, n int64) []byte {
		var b bytes.Buffer
		switch name {
		case "gz":
			w, _ := gzip.NewWriterLevel(&b, 1)
			line(w, n)
			w.Close()
		case "zst":
			w, _ := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
			line(w, n)
			w.Close()
		default:
			line(&b, n)
		}
		return b.Bytes()
	}
	for _, name := range []string{"plain", "gz", "zst"} {
		size := map[string]int64{"plain": 200_000_000, "gz": 70_000_000, "zst": 200_000_000}[name]
		in := pack(name, size)
		t.Run(name, func(t *testing.T) {
			docs, damage := readAll(t, blob.Bytes(in), "f.jsonl", Part{}, Options{})
			if got := strings.Join(first(docs), " "); got != "a huge b" || len(damage) != 0 || int64(len(docs[1])) < size {
				t.Errorf("got %s, %d damages", got, len(damage))
			}
		})
		t.Run(name+" over the limit", func(t *testing.T) {
			docs, damage := readAll(t, blob.Bytes(in), "f.jsonl", Part{}, Options{MaxRecord: 1 << 20})
			want := "a b"
			if name != "plain" {
				want = "a" // decodes to more than 200 times its size: the rest of the member is left
			}
			if got := strings.Join(first(docs), " "); got != want || len(damage) != 1 || len(damage[0].Raw) != maxRaw {
				t.Errorf("got %s, %d damages", got, len(damage))
			}
		})
	}
	t.Run("memory", func(t *testing.T) {
		in := append(pack("zst", 1_000_000_000), zst([]byte(`{"id":"c","text":"next frame"}`))...)
		var docs []stages.Document
		most := peak(func(sample func()) {
			r, err := Open(t.Context(), blob.Bytes(in), "f.jsonl.zst", Part{}, Options{MaxRecord: 8 << 20, Damaged: func(Damage) { sample() }})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			docs = make([]stages.Document, 8)
			n, err := r.Read(docs)
			if err != nil {
				t.Fatal(err)
			}
			docs = docs[:n]
			sample()
		})
		if len(docs) != 2 || docs[1].ID != "c" {
			t.Errorf("got %d documents", len(docs))
		}
		if most > 100<<20 {
			t.Errorf("%d MiB were held", most>>20)
		}
	})
}

func TestZstdWindow(t *testing.T) {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(64<<20))
	if err != nil {
		t.Fatal(err)
	}
	w.Write(noisy(1, 0, 50_000))
	w.Close()
	in := append(b.Bytes(), zst(noisy(2, 0, 1))...)
	docs, damage := readAll(t, blob.Bytes(in), "f.jsonl.zst", Part{}, Options{})
	if len(docs) != 50_001 || len(damage) != 0 {
		t.Errorf("default: got %d documents and %d damages", len(docs), len(damage))
	}
	docs, damage = readAll(t, blob.Bytes(in), "f.jsonl.zst", Part{}, Options{Window: 8 << 20})
	if len(docs) != 1 || len(damage) != 1 || !strings.Contains(damage[0].Reason, "a window of 67108864 bytes, at most 8388608") {
		t.Errorf("8 MiB: got %d documents and %d damages", len(docs), len(damage))
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct{ name, in, want, err string }{
		{"a.jsonl", "{}", "jsonl", ""},
		{"a.json", "{}", "jsonl", ""},
		{"a.json", " [1]", "", "it is a JSON array"},
		{"a.jsonl", "[1]", "jsonl", ""},
		{"a", `{"text":1}`, "jsonl", ""},
		{"a.jsonl", "", "jsonl", ""},
		{"a.gz", string(gz([]byte("{}"))), "jsonl.gz", ""},
		{"a.jsonl.gz", "not gzip at all", "jsonl", ""},
		{"a.jsonl.gz", "\x1f\x8b\x01\x00\x00\x02\x03\x04", "jsonl.gz", ""},
		{"a.jsonl", string(zst([]byte("{}"))), "jsonl.zst", ""},
		{"a.warc.gz", string(gz([]byte("WARC/1.0\r\n"))), "warc.gz", ""},
		{"a.wet", "WARC/1.0\r\n", "warc", ""},
		{"a.txt", "WARC/1.0\r\n", "warc", ""},
		{"a.txt", "{ text", "text", ""},
		{"a", "plain words", "text", ""},
		{"a.html", "<html>", "text", ""},
		{"a", "PAR1....", "parquet", ""},
		{"a.parquet", "{}", "", "do not start with PAR1"},
		{"a.gz", string(gz([]byte("PAR1"))), "", "unpack it"},
		{"a.bin", strings.Repeat("\x00\x01", 100), "", "neither its name nor its bytes"},
	} {
		k, err := Detect(t.Context(), blob.Bytes([]byte(c.in)), c.name)
		if c.err == "" && (err != nil || k.String() != c.want) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s %.20q: got %v, %v; want %s%s", c.name, c.in, k, err, c.want, c.err)
		}
	}
}

func TestLabel(t *testing.T) {
	for in, want := range map[string]string{
		"a.jsonl": "a", "d/a.jsonl.zst": "d/a", "a.warc.wet.gz": "a", "a.b.parquet": "a.b", "a": "a", ".jsonl": ".jsonl", "d/.gz": "d/.gz", "a.html": "a.html",
	} {
		if got := Label(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
