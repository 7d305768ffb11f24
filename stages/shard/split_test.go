package shard

import (
	"bytes"
	"encoding/binary"
	"errors"
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

// packZstd makes a frame, every third of them with a skippable one before it.
func packZstd(t testing.TB, data []byte, level int) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(level%2 == 0))
	if err != nil {
		t.Fatal(err)
	}
	var b []byte
	if level%3 == 0 {
		b = []byte{0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'}
	}
	out := w.EncodeAll(data, b)
	if len(data) == 0 { // EncodeAll makes no frame of nothing
		out = append(out, 0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0)
	}
	return out
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
					sound = z.sound
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

// What only looks like a member is not believed: bytes packed twice, or of a large record.
func TestFalseMembers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	lines := scattered(r, 300, true)
	inner, _ := packed(t, r, lines, 4000, packGzip)
	frames, _ := packed(t, r, lines, 4000, packZstd)
	raw := func(b []byte) []byte { // one frame of raw blocks
		out := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0x38}
		for len(b) > 0 {
			n := min(len(b), 100_000)
			h := n << 3
			if n == len(b) {
				h |= 1
			}
			out = append(append(out, byte(h), byte(h>>8), byte(h>>16)), b[:n]...)
			b = b[n:]
		}
		return out
	}
	stored := func(b []byte) []byte {
		var out bytes.Buffer
		w, _ := gzip.NewWriterLevel(&out, 0)
		w.Write(b)
		w.Close()
		return out.Bytes()
	}
	skip := func(b []byte) []byte {
		return append(binary.LittleEndian.AppendUint32([]byte{0x50, 0x2a, 0x4d, 0x18}, uint32(len(b))), b...)
	}
	for name, c := range map[string]struct {
		c    Compression
		data []byte
	}{
		"stored members":      {Gzip, bytes.Join([][]byte{packGzip(t, lines, 1), stored(append(bytes.Clone(inner), '\n')), packGzip(t, lines, 1)}, nil)},
		"stored single":       {Gzip, bytes.Join([][]byte{packGzip(t, lines, 1), stored(append(packGzip(t, lines, 1), '\n')), packGzip(t, lines, 1)}, nil)},
		"raw frames":          {Zstd, bytes.Join([][]byte{packZstd(t, lines, 1), raw(append(bytes.Clone(frames), '\n')), packZstd(t, lines, 1)}, nil)},
		"in a skippable":      {Zstd, bytes.Join([][]byte{packZstd(t, lines, 1), skip(append(packZstd(t, lines, 1), "rest"...)), packZstd(t, lines, 1)}, nil)},
		"magic in the header": {Gzip, bytes.Join([][]byte{packGzip(t, lines, 1), {0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0, 0x1f, 0x8b, 8, 7, 0}, packGzip(t, lines, 1)[10:], packGzip(t, lines, 1)}, nil)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []Format{JSONL, Lines} {
				opt := Options{Kind: Kind{kind, c.c}}
				for target := int64(6000); target < 100_000; target = target*5/2 + 7 {
					parts, err := Parts(t.Context(), blob.Bytes(c.data), "f", target, opt)
					if err != nil {
						t.Fatal(err)
					}
					same(t, c.data, "f", parts, opt)
				}
			}
		})
	}
}

// A border within a member, which no plan should make, is an error that trying again does not mend: never records twice or lost.
func TestStraddledBorder(t *testing.T) {
	inner := packGzip(t, scattered(rand.New(rand.NewPCG(7, 8)), 300, true), 1)
	var outer bytes.Buffer
	w, _ := gzip.NewWriterLevel(&outer, 0)
	w.Write([]byte(`{"text":"x"}` + "\n"))
	w.Write(inner)
	w.Close()
	file := append(outer.Bytes(), gz([]byte("{\"text\":\"y\"}\n"))...)
	at := int64(bytes.Index(file[1:], inner[:20]) + 1)
	_, err := look(t, file, "f", []Part{{Kind: Kind{JSONL, Gzip}, End: at}}, Options{})
	var s *straddled
	if !errors.As(err, &s) || !stages.IsFinal(err) || s.at != at {
		t.Errorf("gzip lines: got %v", err)
	}
	pages := plainCrawl(3, false)
	_, err = look(t, pages, "f", []Part{{Kind: Kind{Format: WARC}, End: int64(len(pages) / 2)}}, Options{})
	if !errors.As(err, &s) || !stages.IsFinal(err) {
		t.Errorf("plain WARC: got %v", err)
	}
	crawl := append(gz(pages), gz(plainCrawl(1, false))...)
	_, err = look(t, crawl, "f", []Part{{Kind: Kind{WARC, Gzip}, End: int64(len(gz(pages)) - 5)}}, Options{})
	if !errors.As(err, &s) || !stages.IsFinal(err) {
		t.Errorf("WARC.gz: got %v", err)
	}
}

// A part starts with a frame of which nothing can be decoded: the damage ends the last line of the part before, and nothing is read twice.
func TestDamagedBorder(t *testing.T) {
	whole := packZstd(t, bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz"), 50), 1)
	broken := bytes.Clone(whole)
	for i := 10; i < len(broken)-4; i++ { // the block's header stays
		broken[i] ^= 0xff
	}
	for _, head := range []string{"{\"text\":\"a\"}\n", "{\"text\":\"cut", "{\"text\":\"" + strings.Repeat("x", 300_000)} {
		for _, second := range [][]byte{broken, bytes.Join([][]byte{broken, broken}, nil)} {
			first := packZstd(t, []byte(head), 1)
			file := bytes.Join([][]byte{first, second, packZstd(t, []byte("{\"text\":\"b\"}\n{\"text\":\"c\"}\n"), 1)}, nil)
			kind := Kind{JSONL, Zstd}
			parts := []Part{{Kind: kind, End: int64(len(first))}, {Kind: kind, Start: int64(len(first)), End: int64(len(file)), First: -1, Base: -1}}
			same(t, file, "f", parts, Options{MaxRecord: 1000})
			if list, err := look(t, file, "f", parts, Options{MaxRecord: 1000}); err != nil || !strings.Contains(fmt.Sprint(list), "damaged") || !strings.Contains(list[len(list)-1].what, `"text":"c"`) {
				t.Errorf("%.20s: got %.300v, %v", head, list, err)
			}
		}
	}
}

// metered counts what is read of an object.
type metered struct {
	blob.Object
	read *int64
}

func (m metered) ReadAt(p []byte, off int64) (int, error) {
	n, err := m.Object.ReadAt(p, off)
	*m.read += int64(n)
	return n, err
}

// Planning reads little of a file, however large it is and whether it has members or not.
func TestPlanningReadsLittle(t *testing.T) {
	r := rand.New(rand.NewChaCha8([32]byte{9}))
	noise := make([]byte, 1<<20)
	for i := range noise {
		noise[i] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[r.IntN(64)]
	}
	line := append(append([]byte(`{"id":"a","text":"`), noise[:100_000]...), "\"}\n"...)
	one := bytes.Repeat(line, 400)
	for name, file := range map[string][]byte{
		"f.jsonl.gz":  packGzip(t, one, 1),
		"f.jsonl.zst": bytes.Repeat(packZstd(t, line, 1), 300),
	} {
		var read int64
		parts, err := Parts(t.Context(), metered{blob.Bytes(file), &read}, name, 8<<20, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if most := int64(len(parts)+2) * (memberSearch + memberChain); read > most || read > 3*memberSearch && len(parts) == 1 {
			t.Errorf("%s of %d bytes: %d were read for %d parts, at most %d expected", name, len(file), read, len(parts), most)
		}
		if many := name == "f.jsonl.zst"; many != (len(parts) > 1) {
			t.Errorf("%s: %d parts", name, len(parts))
		}
	}
}

// An error of the world while a plan is made is an error, not a file without members.
func TestPlanningFails(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	file, _ := packed(t, r, scattered(r, 3000, false), 3000, packGzip)
	pages := plainCrawl(300, false)
	mem := blob.Memory()
	for name, data := range map[string][]byte{"a.jsonl.gz": file, "a.warc": pages} {
		if err := blob.Put(t.Context(), mem, name, data); err != nil {
			t.Fatal(err)
		}
		failed := 0
		for at := int64(1); ; at++ {
			obj, err := blob.Faulty(mem, blob.Plan{FailAt: at}).Open(t.Context(), name)
			if err != nil {
				continue
			}
			kind := Kind{JSONL, Gzip}
			if name == "a.warc" {
				kind = Kind{Format: WARC}
			}
			parts, err := Parts(t.Context(), obj, name, 100_000, Options{Kind: kind})
			if err == nil && len(parts) > 1 {
				break
			}
			if err != nil {
				failed++
			}
			if at > 500 {
				t.Fatal("it never succeeds")
			}
		}
		if failed < 3 {
			t.Errorf("%s: %d reads failed", name, failed)
		}
	}
}

// FuzzMembers holds parts of random files against the whole.
func FuzzMembers(f *testing.F) {
	f.Add(uint64(1), uint8(0), uint16(3000), uint16(5000), false)
	f.Add(uint64(2), uint8(1), uint16(100), uint16(1000), true)
	f.Add(uint64(3), uint8(2), uint16(9), uint16(700), true)
	f.Fuzz(func(t *testing.T, seed uint64, packing uint8, member, target uint16, damage bool) {
		p := packers[int(packing)%len(packers)]
		r := rand.New(rand.NewPCG(seed, 0))
		data := scattered(r, 100, r.IntN(2) == 0)
		file, _ := packed(t, r, data, int(member)+8, p.pack)
		if damage {
			file = hurt(r, file)
		}
		opt := Options{Kind: Kind{[]Format{JSONL, Lines}[r.IntN(2)], p.c}, MaxRecord: 3000}
		parts, err := Parts(t.Context(), blob.Bytes(file), p.name, int64(target)+100, opt)
		if err != nil {
			t.Fatal(err)
		}
		same(t, file, p.name, parts, opt)
	})
}

// Members that decode to no text hold no lines.
func TestMembersOfNoText(t *testing.T) {
	r := rand.New(rand.NewChaCha8([32]byte{3}))
	noise := make([]byte, 5000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	for _, p := range packers {
		text := p.pack(t, []byte("{\"text\":\"x\"}\n"), 1)
		file := bytes.Join([][]byte{text, p.pack(t, noise, 1), text}, nil)
		at, err := nextMember(t.Context(), blob.Bytes(file), "f", p.c, 1, Options{})
		if want := int64(len(file) - len(text)); err != nil || at != want {
			t.Errorf("%s: got %d, %v; want %d", p.name, at, err, want)
		}
	}
}
