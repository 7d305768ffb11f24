package gguf

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/tensor"
)

// TestRoundTrip writes every kind of value and reads it back.
func TestRoundTrip(t *testing.T) {
	f, err := parse(small(t))
	if err != nil {
		t.Fatal(err)
	}
	m := f.Meta
	if s, err := m.String("general.architecture"); s != "qwen2" || err != nil {
		t.Errorf("string %q, %v", s, err)
	}
	for key, want := range map[string]int64{"u8": 1, "i8": -1, "u16": 2, "i16": -2, "u32": 3, "i32": -3, "i64": -4} {
		if n, err := m.Int(key); n != want || err != nil {
			t.Errorf("%s: %d, %v; want %d", key, n, err, want)
		}
		n, err := m.Uint(key)
		if want < 0 && (err == nil || !strings.Contains(err.Error(), "want 0 or more")) || want >= 0 && (err != nil || n != uint64(want)) {
			t.Errorf("%s as unsigned: %d, %v", key, n, err)
		}
		if x, err := m.Float(key); x != float64(want) || err != nil {
			t.Errorf("%s as float: %g, %v", key, x, err)
		}
	}
	if _, err := m.Int("u64"); err == nil || !strings.Contains(err.Error(), "key u64: is 2^63 or more") {
		t.Errorf("u64: %v", err)
	}
	if x, err := m.Float("u64"); x != 1<<63 || err != nil {
		t.Errorf("u64 as float: %g, %v", x, err)
	}
	for key, want := range map[string]float64{"f32": 0.5, "f64": 0.25} {
		if x, err := m.Float(key); x != want || err != nil {
			t.Errorf("%s: %g, %v", key, x, err)
		}
	}
	for key, want := range map[string]bool{"yes": true, "no": false} {
		if b, err := m.Bool(key); b != want || err != nil {
			t.Errorf("%s: %v, %v", key, b, err)
		}
	}
	if w, err := m.Strings("words"); !slices.Equal(w, []string{"a", "", "ccc"}) || err != nil {
		t.Errorf("words: %q, %v", w, err)
	}
	if w, err := m.Strings("none"); len(w) != 0 || err != nil {
		t.Errorf("none: %q, %v", w, err)
	}
	for key, want := range map[string][]int64{"ints": {1, -2}, "uints": {7}, "u8": {1}} {
		if n, err := m.Ints(key); !slices.Equal(n, want) || err != nil {
			t.Errorf("%s: %v, %v", key, n, err)
		}
	}
	if x, err := m.Floats("floats"); !slices.Equal(x, []float64{1.5}) || err != nil {
		t.Errorf("floats: %v, %v", x, err)
	}
	if _, err := m.Strings("ints"); err == nil || err.Error() != "key ints: holds an array of 2 int32s, want an array of strings" {
		t.Errorf("strings of ints: %v", err)
	}
	if _, err := m.String("absent"); !errors.Is(err, tensor.ErrMissing) {
		t.Errorf("an absent key: %v", err)
	}
	if _, err := f.Tensor("absent"); !errors.Is(err, tensor.ErrMissing) {
		t.Errorf("an absent tensor: %v", err)
	}
	checkTensors(t, f)
}

// checkTensors: the values of [small] come back, exactly or as near as the type can.
func checkTensors(t *testing.T, f *File) {
	t.Helper()
	for i, x := range f.Tensors() {
		if !slices.Equal(x.Shape, []int{2, 3, 32}) || x.Rows() != 6 || x.Cols() != 32 {
			t.Errorf("%s: shape %v", x.Name, x.Shape)
		}
		row := make([]float32, 32)
		tolerance := map[tensor.Type]float64{tensor.F32: 0, tensor.F16: 1e-3, tensor.BF16: 1e-2, tensor.Q8_0: 1e-2, tensor.Q4_0: 0.15}[x.Type]
		for r := range x.Rows() {
			x.Row(r, row)
			for c, got := range row {
				want := float32(i+1) * float32(r*32+c-90) / 64
				if d := math.Abs(float64(got - want)); !(d <= tolerance*float64(i+1)*1.6) {
					t.Errorf("%s: row %d, column %d: %g, want %g", x.Name, r, c, got, want)
				}
			}
		}
	}
}

// TestVersion2: the layout is that of version 3.
func TestVersion2(t *testing.T) {
	data := small(t)
	data[4] = 2
	f, err := parse(data)
	if err != nil || f.Version != 2 || len(f.Tensors()) != 5 {
		t.Fatalf("%+v, %v", f, err)
	}
}

// TestAlignment: data begins at the next multiple of what general.alignment says.
func TestAlignment(t *testing.T) {
	for _, alignment := range []uint32{1, 8, 32, 4096} {
		f := header(1, 1).str("general.alignment").u32(uint32(Uint32)).u32(alignment).tensor("a", f32, 0, 3)
		for len(f.b)%int(alignment) != 0 {
			f.b = append(f.b, 0xee)
		}
		f.b = binary.LittleEndian.AppendUint32(f.b, math.Float32bits(7))
		f.raw(8)
		g, err := parse(f.b)
		if err != nil {
			t.Errorf("alignment %d: %v", alignment, err)
			continue
		}
		var row [3]float32
		if g.Tensors()[0].Row(0, row[:]); row[0] != 7 {
			t.Errorf("alignment %d: %g, want 7", alignment, row[0])
		}
	}
}

// TestWriteFails: nothing is left behind.
func TestWriteFails(t *testing.T) {
	rows := func(_, _ int, dst []float32) { clear(dst) }
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		w    Writer
		want string
	}{
		"type":    {t.Context(), Writer{Tensors: []Source{{"a", tensor.Q6_K, []int{256}, rows}}}, "tensor a: type Q6_K cannot be written"},
		"shape":   {t.Context(), Writer{Tensors: []Source{{"a", tensor.Q8_0, []int{33}, rows}}}, "tensor a: shape [33]"},
		"scalar":  {t.Context(), Writer{Tensors: []Source{{"a", tensor.F32, nil, rows}}}, "tensor a: 0 dimensions, want 1 to 4"},
		"value":   {t.Context(), Writer{Meta: []Pair{{"k", struct{}{}}}}, "key k: a struct {} cannot be stored"},
		"stopped": {stopped, Writer{Tensors: []Source{{"a", tensor.Q8_0, []int{32}, rows}}}, "context canceled"},
	} {
		dir := t.TempDir()
		err := c.w.WriteFile(c.ctx, filepath.Join(dir, "out.gguf"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: %v is left behind", name, left)
		}
	}
	if err := (&Writer{}).WriteFile(t.Context(), filepath.Join(t.TempDir(), "no", "folder.gguf")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}

// TestThreads: the bytes do not depend on them, nor on how rows are cut.
func TestThreads(t *testing.T) {
	var first []byte
	for _, threads := range []int{1, 2, 7} {
		w := Writer{Threads: threads, Meta: []Pair{{"k", "v"}}}
		for i, typ := range []tensor.Type{tensor.Q8_0, tensor.F32, tensor.Q4_0} {
			w.Tensors = append(w.Tensors, Source{typ.String(), typ, []int{3000, 288}, func(from, to int, dst []float32) {
				for j := range dst {
					dst[j] = float32((from*288+j)*(2*i+1)%1009) - 500
				}
			}})
		}
		path := filepath.Join(t.TempDir(), "out.gguf")
		if err := w.WriteFile(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		}
		if !bytes.Equal(data, first) {
			t.Errorf("%d threads write other bytes", threads)
		}
	}
}
