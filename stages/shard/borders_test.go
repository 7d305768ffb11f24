package shard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

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

// Frames without checksums are no borders: where one lost bytes nothing but the whole file tells where it ends.
func TestBareFramesStayTogether(t *testing.T) {
	lines := []byte(strings.Repeat("{\"id\":\"a\",\"text\":\"abc\"}\n", 2000))
	for _, sum := range []bool{false, true} {
		w, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(sum))
		if err != nil {
			t.Fatal(err)
		}
		file := bytes.Repeat(w.EncodeAll(lines, nil), 300)
		parts, err := Parts(t.Context(), blob.Bytes(file), "f.jsonl.zst", int64(len(lines)*50), Options{})
		if err != nil || sum != (len(parts) > 1) {
			t.Errorf("checksums %v: %d parts, %v", sum, len(parts), err)
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
