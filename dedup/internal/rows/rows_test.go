package rows

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// spill is a temporary file in memory that counts how many are open.
type spill struct {
	bytes.Buffer
	open *int
}

func (s *spill) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(s.Bytes()).ReadAt(p, off)
}
func (s *spill) Seek(int64, int) (int64, error) { return 0, errors.ErrUnsupported }
func (s *spill) Close() error                   { *s.open--; return nil }

func temps(open *int) func() (stages.TempFile, error) {
	return func() (stages.TempFile, error) { *open++; return &spill{open: open}, nil }
}

type table []byte

func (t table) ReadAt(p []byte, off int64) (int, error) { return bytes.NewReader(t).ReadAt(p, off) }
func (t table) Close() error                            { return nil }
func (t table) Size() int64                             { return int64(len(t)) }

// sorted returns the rows of b in order, by the standard library.
func sorted(b []byte, width int) []byte {
	var rows [][]byte
	for i := 0; i < len(b); i += width {
		rows = append(rows, b[i:i+width])
	}
	slices.SortFunc(rows, bytes.Compare)
	return bytes.Join(rows, nil)
}

func TestSorter(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, width := range []int{1, 3, 12, 65} {
		for _, n := range []int{0, 1, 2, 15, 16, 17, 24, 25, 1000, 5000} {
			for _, values := range []int{1, 2, 256} { // distinct bytes: few make equal rows and common prefixes
				in := make([]byte, n*width)
				for i := range in {
					in[i] = byte(rng.IntN(values))
				}
				want := sorted(in, width)
				for _, memory := range []int64{0, int64(100 * width), 1 << 30} {
					open := 0
					s := NewSorter(width, memory, temps(&open))
					for i := 0; i < len(in); i += width {
						if err := s.Add(in[i : i+width]); err != nil {
							t.Fatal(err)
						}
					}
					var got []byte
					if err := s.Each(func(row []byte) error { got = append(got, row...); return nil }); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(got, want) {
						t.Errorf("width %d, %d rows of %d values, memory %d: wrong order", width, n, values, memory)
					}
					if open != 0 {
						t.Errorf("%d spill files left open", open)
					}
				}
			}
		}
	}
}

func TestSorterErrors(t *testing.T) {
	open := 0
	s := NewSorter(4, 0, temps(&open))
	if err := s.Add([]byte("abc")); err == nil {
		t.Error("a row of the wrong width was taken")
	}
	for range 100 {
		if err := s.Add([]byte("abcd")); err != nil {
			t.Fatal(err)
		}
	}
	stop := errors.New("stop")
	if err := s.Each(func([]byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v, want %v", err, stop)
	}
	if open != 0 {
		t.Error("an error of the caller leaves the spill file open")
	}
	full := errors.New("disk full")
	s = NewSorter(4, 0, func() (stages.TempFile, error) { return nil, full })
	var err error
	for range 100 {
		err = errors.Join(err, s.Add([]byte("abcd")))
	}
	if !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}

func TestMergeKeepsTheOrderOfSources(t *testing.T) {
	tables := []string{"", "a1c1", "a1b1c1", "b1"}
	var sources []*Reader
	for _, s := range tables {
		sources = append(sources, NewReader(table(s), 2, 0, int64(len(s)/2), 0))
	}
	var got []byte
	err := Merge(sources, func(source int, row []byte) error {
		got = append(got, row[0], byte('0'+source))
		return nil
	})
	if want := "a1a2b2b3c1c2"; err != nil || string(got) != want {
		t.Errorf("%s %v, want %s", got, err, want)
	}
}

func TestRange(t *testing.T) {
	f := table("a1b1b2b3d1")
	for _, c := range []struct {
		lo, hi   string
		from, to int64
	}{{"", "~", 0, 5}, {"b", "c", 1, 4}, {"c", "d", 4, 4}, {"b2", "b3", 2, 3}, {"e", "f", 5, 5}, {"a1", "a1", 0, 0}} {
		from, to, err := Range(f, 2, []byte(c.lo), []byte(c.hi))
		if err != nil || from != c.from || to != c.to {
			t.Errorf("[%s, %s): %d, %d, %v, want %d, %d", c.lo, c.hi, from, to, err, c.from, c.to)
		}
	}
	if _, to, _ := Range(f, 2, []byte("b"), nil); to != 5 {
		t.Errorf("open end %d, want 5", to)
	}
	if _, _, err := Range(table("abc"), 2, nil, nil); err == nil {
		t.Error("half a row was taken")
	}
}

func TestReaderOfAShortFile(t *testing.T) {
	r := NewReader(table("ab"), 2, 0, 2, 0)
	if _, err := r.Next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v, want %v", err, io.ErrUnexpectedEOF)
	}
}

func FuzzSortRows(f *testing.F) {
	f.Add([]byte("hello, world"), uint8(3))
	f.Add(bytes.Repeat([]byte{0, 0, 1, 0}, 50), uint8(4))
	f.Fuzz(func(t *testing.T, b []byte, w uint8) {
		width := int(w)%32 + 1
		b = slices.Clone(b[:len(b)/width*width])
		want := sorted(b, width)
		sortRows(b, width, 0)
		if !bytes.Equal(b, want) {
			t.Errorf("width %d: got %q, want %q", width, b, want)
		}
	})
}

func BenchmarkSorter(b *testing.B) {
	const width, n = 12, 1 << 17
	rng := rand.New(rand.NewPCG(1, 2))
	in := make([]byte, n*width)
	for i := range in {
		in[i] = byte(rng.Uint32())
	}
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		s := NewSorter(width, 1<<30, nil)
		for i := 0; i < len(in); i += width {
			if err := s.Add(in[i : i+width]); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Each(func([]byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
