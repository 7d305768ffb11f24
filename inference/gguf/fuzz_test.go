package gguf

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/winnow-data/winnow/inference/tensor"
)

// small is a complete file with every kind of value and every type that can be written.
func small(t testing.TB) []byte {
	t.Helper()
	w := Writer{Threads: 1, Meta: []Pair{
		{"general.architecture", "qwen2"},
		{"u8", uint8(1)},
		{"i8", int8(-1)},
		{"u16", uint16(2)},
		{"i16", int16(-2)},
		{"u32", uint32(3)},
		{"i32", int32(-3)},
		{"u64", uint64(1 << 63)},
		{"i64", int64(-4)},
		{"f32", float32(0.5)},
		{"f64", 0.25},
		{"yes", true},
		{"no", false},
		{"words", []string{"a", "", "ccc"}},
		{"ints", []int32{1, -2}},
		{"uints", []uint32{7}},
		{"floats", []float32{1.5}},
		{"bools", []bool{true, false}},
		{"none", []string{}},
	}}
	for i, typ := range []tensor.Type{tensor.F32, tensor.F16, tensor.BF16, tensor.Q8_0, tensor.Q4_0} {
		w.Tensors = append(w.Tensors, Source{typ.String(), typ, []int{2, 3, 32}, func(from, to int, dst []float32) {
			for j := range (to - from) * 32 {
				dst[j] = float32(i+1) * float32(from*32+j-90) / 64
			}
		}})
	}
	path := filepath.Join(t.TempDir(), "small.gguf")
	if err := w.WriteFile(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// FuzzParse: whatever the bytes, an error or a file that can be read whole.
func FuzzParse(f *testing.F) {
	whole := small(f)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(header(2, 1).str("general.alignment").u32(4).u32(64).tensor("a", f32, 0, 4, 2).tensor("b", 12, 64, 256).raw(400).b)
	for _, l := range lies() {
		f.Add(l.file.b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := parse(data)
		if err != nil {
			return
		}
		bytes := 0
		for _, x := range g.Tensors() {
			bytes += len(x.Data)
			if !x.Type.Readable() {
				continue
			}
			row := make([]float32, x.Cols())
			for r := range x.Rows() {
				x.Row(r, row)
			}
			if _, err := g.Tensor(x.Name); err != nil {
				t.Error(err)
			}
		}
		if bytes > len(data) {
			t.Errorf("tensors of %d bytes in a file of %d", bytes, len(data))
		}
		for _, v := range g.Meta.Values() {
			readAll(t, g.Meta, v)
		}
	})
}

// readAll asks for a value in every form; exactly the forms of its kind answer.
func readAll(t *testing.T, m *Meta, v Value) {
	t.Helper()
	_, es := m.String(v.Key)
	_, ess := m.Strings(v.Key)
	_, eb := m.Bool(v.Key)
	_, ef := m.Float(v.Key)
	_, efs := m.Floats(v.Key)
	_, _ = m.Uint(v.Key)
	_, _ = m.Ints(v.Key)
	_, _ = m.Int(v.Key)
	for _, c := range []struct {
		form string
		err  error
		want bool
	}{
		{"String", es, v.Kind == String},
		{"Strings", ess, v.Kind == Array && v.Elem == String},
		{"Bool", eb, v.Kind == Bool},
		{"Float", ef, number(v.Kind)},
		{"Floats", efs, number(v.scalar())},
	} {
		if (c.err == nil) != c.want {
			t.Errorf("%s of %s, a %s: error %v", c.form, v.Key, v.Kind, c.err)
		}
	}
}
