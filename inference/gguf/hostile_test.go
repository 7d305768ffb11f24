package gguf

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/tensor"
)

// A forge writes GGUF files that lie.
type forge struct{ b []byte }

func (f *forge) u32(v uint32) *forge { f.b = binary.LittleEndian.AppendUint32(f.b, v); return f }
func (f *forge) u64(v uint64) *forge { f.b = binary.LittleEndian.AppendUint64(f.b, v); return f }
func (f *forge) str(s string) *forge { f.b = appendString(f.b, s); return f }
func (f *forge) raw(n int) *forge    { f.b = append(f.b, make([]byte, n)...); return f }

// header begins a file of version 3.
func header(tensors, keys uint64) *forge {
	f := &forge{b: []byte("GGUF")}
	return f.u32(3).u64(tensors).u64(keys)
}

// tensor adds a line to the directory; dims as the file has them, columns first.
func (f *forge) tensor(name string, typ uint32, offset uint64, dims ...uint64) *forge {
	f.str(name).u32(uint32(len(dims)))
	for _, d := range dims {
		f.u64(d)
	}
	return f.u32(typ).u64(offset)
}

// pad goes on to the alignment.
func (f *forge) pad() *forge { return f.raw(-len(f.b) & 31) }

const f32, q8 = 0, 8 // ggml's numbers

// A lie is a file and the error that it must get.
type lie struct {
	file *forge
	want string
}

// lies returns every way to lie that we know of.
func lies() map[string]lie {
	return map[string]lie{
		"empty":                  {&forge{}, "magic: needs 4 bytes"},
		"other format":           {(&forge{b: []byte("PK\x03\x04")}).raw(100), `magic: the file begins with "PK\x03\x04"`},
		"header cut":             {&forge{b: []byte("GGUF\x03\x00")}, "version: needs 4 bytes"},
		"big-endian":             {(&forge{b: []byte("GGUF\x00\x00\x00\x03")}).raw(64), "version: this is a big-endian file (version 3)"},
		"version 1":              {(&forge{b: []byte("GGUF")}).u32(1).raw(64), "version: 1, can read 2 and 3"},
		"version 0":              {(&forge{b: []byte("GGUF")}).u32(0).raw(64), "version: 0, can read 2 and 3"},
		"many tensors":           {header(1<<40, 0).raw(100), "tensor_count is 1099511627776, but only 100 bytes are left"},
		"negative tensors":       {header(1<<64-1, 0).raw(100), "tensor_count is 18446744073709551615"},
		"many keys":              {header(0, 1<<63).raw(100), "metadata_kv_count is 9223372036854775808"},
		"key longer than file":   {header(0, 1).u64(1 << 62).raw(50), "metadata key 0: a string of 4611686018427387904 bytes"},
		"empty key":              {header(0, 1).str("").u32(4).u32(1).raw(50), "metadata key 0: a name of 0 bytes"},
		"key not UTF-8":          {header(0, 1).str("a\xff").u32(4).u32(1).raw(50), "metadata key 0: a name of 2 bytes"},
		"kind unknown":           {header(0, 1).str("k").u32(13).raw(50), "key k: kind 13 is not known"},
		"value cut":              {header(0, 2).str("k").u32(10).u64(1).str("k2").u32(10).u32(0), "key k2: needs 8 bytes"},
		"string value cut":       {header(0, 1).str("k").u32(8).u64(1000).raw(20), "key k: a string of 1000 bytes"},
		"key twice":              {header(0, 2).str("k").u32(4).u32(1).str("k").u32(4).u32(1), "key k: is there twice"},
		"array of arrays":        {header(0, 1).str("k").u32(9).u32(9).u64(1).raw(50), "key k: an array of array cannot be read"},
		"array kind unknown":     {header(0, 1).str("k").u32(9).u32(77).u64(1).raw(50), "key k: an array of kind 77 cannot be read"},
		"array longer than file": {header(0, 1).str("k").u32(9).u32(5).u64(1 << 60).raw(50), "key k: an array of 1152921504606846976 int32s, but only 50 bytes"},
		"strings longer":         {header(0, 1).str("k").u32(9).u32(8).u64(7).raw(50), "key k: an array of 7 strings, but only 50 bytes"},
		"string in array lies":   {header(0, 1).str("k").u32(9).u32(8).u64(2).str("a").u64(1 << 63).raw(50), "key k: a string of 9223372036854775808 bytes"},
		"key with escapes":       {header(0, 1).str("\x1b[31m").u32(13).raw(50), `key "\x1b[31m": kind 13`},
		"alignment 0":            {header(0, 1).str("general.alignment").u32(4).u32(0), "general.alignment is 0, want a power of two"},
		"alignment 48":           {header(0, 1).str("general.alignment").u32(4).u32(48), "general.alignment is 48"},
		"alignment a string":     {header(0, 1).str("general.alignment").u32(8).str("32"), "key general.alignment: holds a string, want an integer"},
		"alignment negative":     {header(0, 1).str("general.alignment").u32(5).u32(1<<32 - 32), "key general.alignment: is -32, want 0 or more"},
		"part of a split":        {header(0, 1).str("split.count").u32(4).u32(3), "key split.no: missing"},
		"tensor without name":    {header(1, 0).tensor("", f32, 0, 4).pad().raw(64), "tensor 0: name: a name of 0 bytes"},
		"no dimensions":          {header(1, 0).tensor("a", f32, 0).raw(64), "tensor a: 0 dimensions, want 1 to 4"},
		"five dimensions":        {header(1, 0).tensor("a", f32, 0, 1, 1, 1, 1, 1).raw(64), "tensor a: 5 dimensions, want 1 to 4"},
		"4 billion dimensions":   {header(1, 0).str("a").u32(1<<32 - 1).raw(64), "tensor a: 4294967295 dimensions"},
		"dimension 0":            {header(1, 0).tensor("a", f32, 0, 4, 0).pad().raw(64), "tensor a: shape [0 4]: dimension 0 is 0"},
		"negative dimension":     {header(1, 0).tensor("a", f32, 0, 1<<63).pad().raw(64), "tensor a: dimension 0 is 9223372036854775808"},
		"product overflows":      {header(1, 0).tensor("a", f32, 0, 1<<32, 1<<32).pad().raw(64), "tensor a: shape [4294967296 4294967296]: the number of values overflows"},
		"bytes overflow":         {header(1, 0).tensor("a", f32, 0, 1<<31, 1<<31).pad().raw(64), "overflows"},
		"product wraps to small": {header(1, 0).tensor("a", f32, 0, 1<<33, 1<<31, 2).pad().raw(64), "overflows"},
		"not whole blocks":       {header(1, 0).tensor("a", q8, 0, 33).pad().raw(64), "tensor a: shape [33]: 33 columns are no multiple of the 32 values in a block of Q8_0"},
		"type unknown":           {header(1, 0).tensor("a", 4, 0, 32).pad().raw(64), "tensor a: type number 4 is not known"},
		"type beyond":            {header(1, 0).tensor("a", 1<<31, 0, 32).pad().raw(64), "tensor a: type number 2147483648 is not known"},
		"offset not aligned":     {header(1, 0).tensor("a", f32, 4, 8).pad().raw(128), "tensor a: offset 4 is no multiple of the alignment 32"},
		"offset beyond":          {header(1, 0).tensor("a", f32, 1<<40, 8).pad().raw(128), "tensor a: 32 bytes at offset 1099511627776 do not fit"},
		"offset negative":        {header(1, 0).tensor("a", f32, 1<<64-32, 8).pad().raw(128), "tensor a: 32 bytes at offset 18446744073709551584"},
		"size beyond":            {header(1, 0).tensor("a", f32, 0, 1<<40).pad().raw(128), "tensor a: 4398046511104 bytes at offset 0 do not fit"},
		"data cut":               {header(1, 0).tensor("a", f32, 0, 32).pad().raw(127), "tensor a: needs bytes 0 to 128 of the tensor data, which has 127 (truncated?)"},
		"no data":                {header(1, 0).tensor("a", f32, 0, 8), "tensor a: needs bytes 0 to 32 of the tensor data, which has 0"},
		"name twice":             {header(2, 0).tensor("a", f32, 0, 8).tensor("a", f32, 32, 8).pad().raw(64), "tensor a: the name is there twice"},
		"overlap":                {header(2, 0).tensor("a", f32, 0, 16).tensor("b", f32, 32, 8).pad().raw(128), "tensor b: offset 32 lies inside tensor a"},
		"same place":             {header(2, 0).tensor("a", f32, 0, 8).tensor("b", f32, 0, 8).pad().raw(128), "offset 0 lies inside tensor"},
		"directory cut":          {header(3, 0).tensor("a", f32, 0, 8).tensor("b", f32, 32, 8).raw(40), "tensor 2: name"},
	}
}

// TestHostile: an error that names the field, and memory in proportion to the file.
func TestHostile(t *testing.T) {
	for name, c := range lies() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hostile.gguf")
			if err := os.WriteFile(path, c.file.b, 0o644); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := Open(path)
			runtime.ReadMemStats(&after)
			if err == nil {
				_ = f.Close()
				t.Fatalf("opened; want an error with %q", c.want)
			}
			if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), path+": ") {
				t.Errorf("error %q, want %s: …%s…", err, path, c.want)
			}
			if spent := after.TotalAlloc - before.TotalAlloc; spent > 1<<20 {
				t.Errorf("%d bytes allocated for a file of %d", spent, len(c.file.b))
			}
		})
	}
}

// TestSparseFile: a count that a large but empty file would have room for costs nothing.
func TestSparseFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparse.gguf")
	if err := os.WriteFile(path, header(1<<24, 0).b, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<32); err != nil {
		t.Skipf("no sparse files here: %v", err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Open(path)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "tensor 0: name: a name of 0 bytes") {
		t.Errorf("error %v", err)
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 1<<20 {
		t.Errorf("%d bytes allocated", spent)
	}
}

// TestUnreadableType: a file with a type that we cannot decode can be opened and shown; asking for the tensor is an error.
func TestUnreadableType(t *testing.T) {
	path := filepath.Join(t.TempDir(), "iq.gguf")
	f := header(1, 0).tensor("a", 20, 0, 32).pad().raw(32)
	if err := os.WriteFile(path, f.b, 0o644); err != nil {
		t.Fatal(err)
	}
	g, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if got := g.Tensors()[0].Type; got != tensor.IQ4_NL {
		t.Errorf("type %s, want IQ4_NL", got)
	}
	if _, err := g.Tensor("a"); err == nil || !strings.Contains(err.Error(), "tensor a: type IQ4_NL cannot be read; readable: F32, F16") {
		t.Errorf("error %v", err)
	}
}
