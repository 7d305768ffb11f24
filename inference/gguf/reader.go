package gguf

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/inference/tensor"
)

// maxDims is ggml's GGML_MAX_DIMS, maxName the longest key that the specification allows.
const (
	maxDims = 4
	maxName = 1<<16 - 1
)

// typeIDs maps ggml's numbers (enum ggml_type) to types.
var typeIDs = map[uint32]tensor.Type{
	0: tensor.F32, 1: tensor.F16, 2: tensor.Q4_0, 3: tensor.Q4_1, 6: tensor.Q5_0, 7: tensor.Q5_1, 8: tensor.Q8_0, 9: tensor.Q8_1,
	10: tensor.Q2_K, 11: tensor.Q3_K, 12: tensor.Q4_K, 13: tensor.Q5_K, 14: tensor.Q6_K, 15: tensor.Q8_K,
	16: tensor.IQ2_XXS, 17: tensor.IQ2_XS, 18: tensor.IQ3_XXS, 19: tensor.IQ1_S, 20: tensor.IQ4_NL, 21: tensor.IQ3_S, 22: tensor.IQ2_S,
	23: tensor.IQ4_XS, 24: tensor.I8, 25: tensor.I16, 26: tensor.I32, 27: tensor.I64, 28: tensor.F64, 29: tensor.IQ1_M, 30: tensor.BF16,
	34: tensor.TQ1_0, 35: tensor.TQ2_0, 39: tensor.MXFP4, 40: tensor.NVFP4,
}

// A reader walks over the header. After the first error every number is 0.
type reader struct {
	data []byte
	at   int
	err  error
}

// take returns the next n bytes of a field.
func (r *reader) take(n int, field string) []byte {
	if r.err != nil {
		return nil
	}
	if n > len(r.data)-r.at {
		r.err = fmt.Errorf("%s: needs %d bytes at offset %d, but the file has %d (truncated?)", field, n, r.at, len(r.data))
		return nil
	}
	b := r.data[r.at : r.at+n : r.at+n]
	r.at += n
	return b
}

func (r *reader) u32(field string) uint32 {
	if b := r.take(4, field); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64(field string) uint64 {
	if b := r.take(8, field); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// bytes returns a string of the file: its length, then its bytes.
func (r *reader) bytes(field string) []byte {
	n := r.u64(field)
	if r.err == nil && n > uint64(len(r.data)-r.at) {
		r.err = fmt.Errorf("%s: a string of %d bytes at offset %d in a file of %d", field, n, r.at, len(r.data))
	}
	if r.err != nil {
		return nil
	}
	return r.take(int(n), field)
}

// name returns a key or the name of a tensor.
func (r *reader) name(field string) string {
	b := r.bytes(field)
	if r.err == nil && (len(b) == 0 || len(b) > maxName || !utf8.Valid(b)) {
		r.err = fmt.Errorf("%s: a name of %d bytes at offset %d, want UTF-8 of 1 to %d bytes", field, len(b), r.at-len(b), maxName)
	}
	return string(b)
}

// head checks magic and version.
func (r *reader) head() (version int, err error) {
	magic := r.take(4, "magic")
	if r.err != nil {
		return 0, r.err
	}
	if string(magic) != "GGUF" {
		return 0, fmt.Errorf("magic: the file begins with %q, want \"GGUF\"", magic)
	}
	v := r.u32("version")
	switch {
	case r.err != nil:
		return 0, r.err
	case v == 2 || v == 3:
		return int(v), nil
	case v&0xffff == 0 && v != 0:
		return 0, fmt.Errorf("version: this is a big-endian file (version %d); only little-endian files can be read", v>>24)
	}
	return 0, fmt.Errorf("version: %d, can read 2 and 3", v)
}

// tensor reads line i of the directory.
func (r *reader) tensor(i int) (t tensor.Tensor, offset uint64, err error) {
	t.Name = r.name(fmt.Sprintf("tensor %d: name", i))
	if r.err != nil {
		return t, 0, r.err
	}
	field := "tensor " + printable(t.Name)
	dims := r.u32(field)
	if dims < 1 || dims > maxDims {
		if r.err != nil {
			return t, 0, r.err
		}
		return t, 0, fmt.Errorf("%s: %d dimensions, want 1 to %d", field, dims, maxDims)
	}
	t.Shape = make([]int, dims)
	for d := range t.Shape {
		n := r.u64(field)
		if n > math.MaxInt64 {
			return t, 0, fmt.Errorf("%s: dimension %d is %d", field, d, n)
		}
		t.Shape[len(t.Shape)-1-d] = int(n) // the file stores columns first
	}
	id := r.u32(field)
	offset = r.u64(field)
	if r.err != nil {
		return t, 0, r.err
	}
	var ok bool
	if t.Type, ok = typeIDs[id]; !ok {
		return t, 0, fmt.Errorf("%s: type number %d is not known; readable: %s", field, id, tensor.Readable())
	}
	return t, offset, nil
}

// printable makes a name fit a message, whatever a hostile file put there.
func printable(s string) string {
	if len(s) > 80 {
		s = strings.ToValidUTF8(s[:80], "") + "…"
	}
	if quoted := strconv.Quote(s); len(quoted) != len(s)+2 {
		return quoted
	}
	return s
}
