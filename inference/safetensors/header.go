package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/winnow-data/winnow/inference/tensor"
)

const (
	maxHeader = 100_000_000 // bytes, the limit of the reference implementation
	maxDims   = 8
)

var dtypes = map[string]tensor.Type{
	"F32": tensor.F32, "F16": tensor.F16, "BF16": tensor.BF16, "F64": tensor.F64,
	"I8": tensor.I8, "I16": tensor.I16, "I32": tensor.I32, "I64": tensor.I64,
	"U8": tensor.U8, "U16": tensor.U16, "U32": tensor.U32, "U64": tensor.U64, "BOOL": tensor.Bool,
	"F8_E4M3": tensor.F8E4M3, "F8_E5M2": tensor.F8E5M2,
}

// A slot is what the header says of one tensor. Offsets count from the end of the header.
type slot struct {
	DType   string    `json:"dtype"`
	Shape   []int     `json:"shape"`
	Offsets [2]uint64 `json:"data_offsets"`
	name    string
}

// parse reads the header of a file and cuts the data by it.
func parse(data []byte) ([]tensor.Tensor, map[string]string, error) {
	if len(data) < 8 {
		return nil, nil, fmt.Errorf("header length: the file has %d bytes, want at least 8 (truncated?)", len(data))
	}
	n := binary.LittleEndian.Uint64(data)
	if n > maxHeader || n > uint64(len(data)-8) {
		return nil, nil, fmt.Errorf("header length: %d bytes in a file of %d, want at most %d", n, len(data), min(maxHeader, len(data)-8))
	}
	slots, meta, err := decode(data[8 : 8+n])
	if err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	tensors, err := cut(slots, data[8+n:])
	return tensors, meta, err
}

// decode reads the JSON. Names that are there twice are an error, which a map would hide.
func decode(header []byte) ([]slot, map[string]string, error) {
	d := json.NewDecoder(bytes.NewReader(header))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, errors.Join(errors.New("want a JSON object"), err)
	}
	var slots []slot
	var meta map[string]string
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		name := key.(string) // the decoder lets nothing else be a key
		if seen[name] {
			return nil, nil, fmt.Errorf("%q is there twice", name)
		}
		seen[name] = true
		if name == "__metadata__" {
			if err := d.Decode(&meta); err != nil {
				return nil, nil, fmt.Errorf("__metadata__: %w", err)
			}
			continue
		}
		s := slot{name: name}
		if err := d.Decode(&s); err != nil {
			return nil, nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		slots = append(slots, s)
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, err
	}
	if _, err := d.Token(); err != io.EOF { // spaces pad the header; anything else is damage
		return nil, nil, errors.New("there is more after the JSON object")
	}
	return slots, meta, nil
}

// cut checks shapes and ranges, and gives every tensor its piece of the data. As in the reference implementation the ranges must follow
// each other without holes and fill the file.
func cut(slots []slot, data []byte) ([]tensor.Tensor, error) {
	slices.SortFunc(slots, func(a, b slot) int {
		return cmp.Or(cmp.Compare(a.Offsets[0], b.Offsets[0]), cmp.Compare(a.Offsets[1], b.Offsets[1]), cmp.Compare(a.name, b.name))
	})
	tensors := make([]tensor.Tensor, len(slots))
	end := uint64(0)
	for i, s := range slots {
		typ, ok := dtypes[s.DType]
		if !ok {
			return nil, fmt.Errorf("tensor %q: dtype %q is not known; readable: F32, F16, BF16", s.name, s.DType)
		}
		if s.Shape == nil || len(s.Shape) > maxDims {
			return nil, fmt.Errorf("tensor %q: shape has %d dimensions, want a list of at most %d", s.name, len(s.Shape), maxDims)
		}
		size, err := tensor.Size(typ, s.Shape)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", s.name, err)
		}
		from, to := s.Offsets[0], s.Offsets[1]
		switch {
		case to > uint64(len(data)) || from > to:
			return nil, fmt.Errorf("tensor %q: data_offsets [%d, %d] in %d bytes of data (truncated?)", s.name, from, to, len(data))
		case to-from != uint64(size):
			return nil, fmt.Errorf("tensor %q: data_offsets [%d, %d] hold %d bytes, but %s %v needs %d", s.name, from, to, to-from, typ, s.Shape, size)
		case from != end:
			return nil, fmt.Errorf("tensor %q: data_offsets [%d, %d] do not follow the tensor before, which ends at %d", s.name, from, to, end)
		}
		end = to
		tensors[i] = tensor.Tensor{Name: s.name, Type: typ, Shape: s.Shape, Data: data[from:to:to]}
	}
	if end != uint64(len(data)) {
		return nil, fmt.Errorf("the tensors end at byte %d of %d bytes of data", end, len(data))
	}
	return tensors, nil
}
