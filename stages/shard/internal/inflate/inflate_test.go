package inflate

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"

	"github.com/winnow-data/winnow/stages/realdata"
)

// pack makes one member.
func pack(t testing.TB, level int, data []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// samples are texts of many kinds, among them what uses every distance and length.
func samples() map[string][]byte {
	rng := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 200_000)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	few := make([]byte, 300_000)
	for i := range few {
		few[i] = "abcdefgh"[rng.IntN(8)]
	}
	words := new(bytes.Buffer)
	for words.Len() < 500_000 {
		fmt.Fprintf(words, "%x ", rng.IntN(5000)*rng.IntN(50))
	}
	far := append(append(bytes.Clone(noise[:32<<10]), noise[:32<<10]...), noise[:40<<10]...)
	skewed := make([]byte, 400_000) // long codes
	for i := range skewed {
		for skewed[i] = 0; skewed[i] < 60 && rng.IntN(2) == 0; skewed[i]++ {
		}
	}
	return map[string][]byte{
		"empty": nil, "one": {7}, "short": []byte("hello, hello, hello"), "zeros": make([]byte, 300_000), "noise": noise, "few": few,
		"words": words.Bytes(), "far": far, "skewed": skewed, "ab": bytes.Repeat([]byte("ab"), 70_000), "sevens": bytes.Repeat([]byte("abcdefg"), 70_000),
	}
}

// decode reads one member and says how much of the input it took.
func decode(z *Reader, packed []byte, buffer int) (data []byte, used int, err error) {
	src := bytes.NewReader(packed)
	r := bufio.NewReaderSize(src, buffer)
	if err := z.Reset(r); err != nil {
		return nil, 0, err
	}
	data, err = io.ReadAll(z)
	return data, len(packed) - src.Len() - r.Buffered(), err
}

// peer does the same by package gzip.
func peer(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	r.Multistream(false)
	return io.ReadAll(r)
}

func TestMembers(t *testing.T) {
	var z Reader
	for name, data := range samples() {
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, 1, 5, 6, 9} {
			packed := pack(t, level, data)
			for _, buffer := range []int{16, 100, 4096, 64 << 10} {
				got, used, err := decode(&z, append(bytes.Clone(packed), "what follows"...), buffer)
				if err != nil || !bytes.Equal(got, data) || used != len(packed) {
					t.Errorf("%s, level %d, buffer %d: %d bytes, %v, %d of the input used; want %d bytes, %d used", name, level, buffer, len(got), err, used, len(data), len(packed))
				}
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Name, w.Comment, w.Extra = "name", "remark", []byte(strings.Repeat("x", 3000))
	if _, err := w.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var z Reader
	if got, _, err := decode(&z, b.Bytes(), 4096); err != nil || string(got) != "hello" {
		t.Errorf("got %q, %v", got, err)
	}
	for name, change := range map[string]func([]byte){
		"magic": func(b []byte) { b[0] = 0 }, "method": func(b []byte) { b[2] = 7 }, "checksum": func(b []byte) { b[len(b)-5]++ }, "size": func(b []byte) { b[len(b)-1]++ },
		"checksum of the header": func(b []byte) { b[3] |= hasCRC },
	} {
		bad := pack(t, 6, []byte("hello"))
		change(bad)
		_, want := peer(bad)
		if _, _, err := decode(&z, bad, 4096); !errors.Is(err, want) || err == nil {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
}

// TestDamage cuts members at every byte and turns bits: the bytes before the fault and whether there is one are those of package gzip.
func TestDamage(t *testing.T) {
	var z Reader
	rng := rand.New(rand.NewPCG(3, 4))
	for name, data := range samples() {
		data = data[:min(len(data), 3000)]
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, 9} {
			packed := pack(t, level, data)
			for n := range min(len(packed), 400) {
				if got, _, err := decode(&z, packed[:n], 64); err != io.ErrUnexpectedEOF && n > 0 || !bytes.HasPrefix(data, got) {
					t.Fatalf("%s cut to %d bytes: %d bytes, %v", name, n, len(got), err)
				}
			}
			for range 300 {
				bad := bytes.Clone(packed)
				bad[rng.IntN(len(bad))] ^= 1 << rng.IntN(8)
				same(t, &z, bad)
			}
		}
	}
}

// same compares with package gzip what becomes of any bytes.
func same(t *testing.T, z *Reader, packed []byte) {
	t.Helper()
	want, wantErr := peer(packed)
	for _, buffer := range []int{32, 64 << 10} {
		got, _, err := decode(z, packed, buffer)
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
			t.Fatalf("buffer %d: %d bytes, %v; want %d bytes, %v\n%x", buffer, len(got), err, len(want), wantErr, packed[:min(len(packed), 300)])
		}
	}
}

// TestFault says what the source says.
func TestFault(t *testing.T) {
	fault := errors.New("broken cable")
	packed := pack(t, 6, samples()["words"])
	var z Reader
	err := z.Reset(bufio.NewReader(io.MultiReader(bytes.NewReader(packed[:len(packed)/2]), iotest.ErrReader(fault))))
	if err == nil {
		_, err = io.Copy(io.Discard, &z)
	}
	if !errors.Is(err, fault) {
		t.Errorf("got %v, want %v", err, fault)
	}
}

func FuzzSame(f *testing.F) {
	for _, data := range samples() {
		for _, level := range []int{flate.HuffmanOnly, 0, 9} {
			f.Add(pack(f, level, data[:min(len(data), 500)]))
		}
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		if len(packed) > 20 { // the checksum would hide everything
			if data, err := peer(packed); err != nil && len(data) > 0 {
				return
			}
		}
		same(t, new(Reader), packed)
	})
}

func BenchmarkMember(b *testing.B) {
	packed, err := os.ReadFile(realdata.Path(b, "data/web/dolma/cc_en_head-0091.jsonl.gz"))
	if err != nil {
		b.Fatal(err)
	}
	data, err := peer(packed)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ours", func(b *testing.B) {
		var z Reader
		r := bufio.NewReaderSize(nil, 64<<10)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			r.Reset(bytes.NewReader(packed))
			if err := z.Reset(r); err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, &z); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("gzip", func(b *testing.B) {
		z := new(gzip.Reader)
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if err := z.Reset(bytes.NewReader(packed)); err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, z); err != nil {
				b.Fatal(err)
			}
		}
	})
}
