package shard

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// A packer makes one member or frame.
type packer func(t testing.TB, data []byte, level int) []byte

func packGzip(t testing.TB, data []byte, level int) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level%10)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// packBGZF makes a member as bgzip does: its size stands in an extra field of the header.
func packBGZF(t testing.TB, data []byte, level int) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level%10)
	if err != nil {
		t.Fatal(err)
	}
	w.Extra = []byte("BC\x02\x00\x00\x00")
	w.Write(data)
	w.Close()
	out := b.Bytes()
	binary.LittleEndian.PutUint16(out[16:], uint16(len(out)-1))
	return out
}

// packZstd makes a frame with a checksum, every third of them with a skippable one before it.
func packZstd(t testing.TB, data []byte, level int) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithZeroFrames(true))
	if err != nil {
		t.Fatal(err)
	}
	var b []byte
	if level%3 == 0 {
		b = []byte{0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'}
	}
	return w.EncodeAll(data, b)
}

// scattered makes lines of very different lengths, some of them blank, some damaged, and some without an id.
func scattered(r *rand.Rand, n int, ids bool) []byte {
	var b bytes.Buffer
	for i := range n {
		b.WriteByte('{')
		if ids && (i == 0 || r.IntN(20) > 0) {
			fmt.Fprintf(&b, `"id":"d%d",`, i)
		}
		b.WriteString(`"text":"`)
		words := r.IntN(12)
		if r.IntN(30) == 0 {
			words = 400
		}
		for range words {
			fmt.Fprintf(&b, "%x ", r.Uint32())
		}
		b.WriteString([]string{"\"}\n", "\"}\r\n", "\"}\n\n", "\"}\n \t\n", "\"}\n"}[r.IntN(5)])
		if r.IntN(40) == 0 {
			b.WriteString("{broken\n")
		}
	}
	if r.IntN(2) == 0 {
		return bytes.TrimRight(b.Bytes(), " \t\r\n")
	}
	return b.Bytes()
}

// packed cuts data anywhere into members, some empty, and returns where they start.
func packed(t testing.TB, r *rand.Rand, data []byte, size int, pack packer) (file []byte, starts []int64) {
	for len(data) > 0 {
		n := 0
		switch r.IntN(8) {
		case 0:
		case 1: // at the end of a line
			n = bytes.IndexByte(data, '\n') + 1
		default:
			n = min(1+r.IntN(size), len(data))
		}
		member := pack(t, data[:n], 1+r.IntN(20))
		starts = append(starts, int64(len(file)))
		if isSkippable(member) {
			starts[len(starts)-1] += 11
		}
		file = append(file, member...)
		data = data[n:]
	}
	return file, starts
}

// A seen record is a document or damage, and where it was said to be.
type seen struct {
	what           string
	record, offset int64
}

func look(t testing.TB, data []byte, name string, parts []Part, opt Options) (list []seen, err error) {
	t.Helper()
	for _, p := range parts {
		opt.Damaged = func(d Damage) {
			list = append(list, seen{fmt.Sprintf("damaged: %s: %q", d.Reason, d.Raw), d.Record, d.Offset})
		}
		r, err := Open(t.Context(), blob.Bytes(data), name, p, opt)
		if err != nil {
			return list, err
		}
		docs := make([]stages.Document, 1)
		for err == nil {
			var n int
			if n, err = r.Read(docs); n == 1 {
				at := r.Positions()[0]
				list = append(list, seen{string(AppendJSON(nil, &docs[0])), at.Record, at.Offset})
			}
		}
		r.Close()
		if err != io.EOF {
			return list, err
		}
	}
	return list, nil
}

// same compares what parts hold with what the whole holds. Where a part was not counted it may not know numbers and, of a compressed file, offsets; where it
// says one it is the right one.
func same(t testing.TB, data []byte, name string, parts []Part, opt Options) {
	t.Helper()
	whole := parts[0]
	whole.Start, whole.End = 0, int64(len(data))
	want, err := look(t, data, name, []Part{whole}, opt)
	if err != nil {
		t.Fatal(err)
	}
	got, err := look(t, data, name, parts, opt)
	if err != nil {
		t.Fatalf("%d parts: %v", len(parts), err)
	}
	counted := true
	for _, p := range parts {
		counted = counted && p.First >= 0
	}
	for i := range min(len(got), len(want)) {
		g, w := got[i], want[i]
		if g.record < 0 && !counted {
			g.record = w.record
		}
		if !counted && parts[0].Kind.Compression != Plain {
			g.offset = w.offset
		}
		if g != w {
			t.Fatalf("%d parts %s: record %d of %d is\n%.300v, want\n%.300v", len(parts), cuts(parts), i, len(want), g, w)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d parts %s hold %d records, the whole %d", len(parts), cuts(parts), len(got), len(want))
	}
}

func cuts(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprint(&b, " ", p.Start)
	}
	return b.String()
}

var packers = []struct {
	name string
	c    Compression
	pack packer
}{{"f.jsonl.gz", Gzip, packGzip}, {"f.jsonl.bgz", Gzip, packBGZF}, {"f.jsonl.zst", Zstd, packZstd}}

// hurt damages a file in a few places.
func hurt(r *rand.Rand, file []byte) []byte {
	file = bytes.Clone(file)
	for range r.IntN(4) {
		at := r.IntN(len(file))
		switch r.IntN(5) {
		case 0: // a hole
			file = slices.Delete(file, at, min(len(file), at+r.IntN(300)))
		case 1: // garbage
			file = slices.Insert(file, at, []byte("some garbage that belongs nowhere")...)
		case 2: // cut short
			if at > len(file)/2 {
				file = file[:at]
			}
		default:
			file[at] ^= 1 << r.IntN(8)
		}
		if len(file) < 100 {
			break
		}
	}
	return file
}

// Cut at any of its members, in any number of parts, a file is the same file, damaged or not.
func TestAnyMembers(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 24
	}
	for _, p := range packers {
		t.Run(p.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			for round := range rounds {
				data := scattered(r, 1+r.IntN(200), true)
				file, starts := packed(t, r, data, 1+r.IntN(3000), p.pack)
				sound := soundMember
				if p.c == Zstd {
					z, err := newZstdStream(newInput(t.Context(), blob.Bytes(nil), ""), 0)
					if err != nil {
						t.Fatal(err)
					}
					sound = z.summed
				}
				if round%2 == 1 {
					whole := file
					file = hurt(r, file)
					// Members keep their places up to the first damage, and behind the last.
					moved := int64(len(file) - len(whole))
					for _, s := range starts {
						starts = append(starts, s+moved)
					}
				}
				magic := map[Compression][]byte{Gzip: gzipMagic, Zstd: zstdMagic}[p.c]
				parts := []Part{{Kind: Kind{JSONL, p.c}}}
				slices.Sort(starts)
				few := 1 + r.IntN(20)
				for _, s := range slices.Compact(starts) {
					if s <= 0 || s >= int64(len(file)) || r.IntN(few) > 0 || !bytes.HasPrefix(file[s:], magic) || !sound(file[s:min(len(file), int(s)+probe)]) {
						continue
					}
					parts[len(parts)-1].End = s
					parts = append(parts, Part{Kind: Kind{JSONL, p.c}, Start: s, First: -1, Base: -1})
				}
				parts[len(parts)-1].End = int64(len(file))
				same(t, file, p.name, parts, Options{MaxRecord: map[bool]int64{true: 2000}[r.IntN(4) == 0]})
			}
		})
	}
}

// The planned parts of files of many members, with ids and without, damaged and not, are the whole.
func TestMemberPartsOfLines(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 6
	}
	for _, p := range packers {
		for _, form := range []Format{JSONL, Lines} {
			t.Run(fmt.Sprint(p.name, " ", form), func(t *testing.T) {
				r := rand.New(rand.NewPCG(3, 4))
				cut, counted := 0, 0
				for round := range rounds {
					ids := r.IntN(2) == 0
					data := scattered(r, 500, ids)
					if r.IntN(4) == 0 {
						data = append(bytes.Clone(utf8BOM), data...)
					}
					file, _ := packed(t, r, data, 4000, p.pack)
					if round%2 == 1 {
						file = hurt(r, file)
					}
					if round%5 == 0 && p.c == Gzip {
						file = append(file, make([]byte, 700)...)
					}
					opt := Options{Kind: Kind{form, p.c}, MaxRecord: 3000}
					parts, err := Parts(t.Context(), blob.Bytes(file), p.name, 2000+r.Int64N(20_000), opt)
					if err != nil {
						t.Fatal(err)
					}
					if len(parts) > 1 {
						cut++
					}
					at := int64(0)
					for _, p := range parts {
						if p.Start != at || p.End <= p.Start {
							t.Fatalf("a part from %d to %d, the one before ended at %d", p.Start, p.End, at)
						}
						at = p.End
						if p.First > 0 {
							counted++
						}
						if (form == Lines || !ids && round%2 == 0) && p.First < 0 {
							t.Fatalf("the part from %d is not counted", p.Start)
						}
					}
					if at != int64(len(file)) {
						t.Fatalf("the parts end at %d of %d", at, len(file))
					}
					same(t, file, p.name, parts, opt)
				}
				if cut < rounds*3/4 || counted == 0 {
					t.Errorf("%d of %d files were cut, %d parts counted", cut, rounds, counted)
				}
			})
		}
	}
}
