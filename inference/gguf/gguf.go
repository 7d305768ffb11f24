// Package gguf reads and writes GGUF files, the single-file model format of ggml and llama.cpp: typed metadata, a tensor directory,
// aligned data (specification: docs/gguf.md of ggml). Versions 2 and 3, little-endian; a model split into several files is opened by the first.
//
//	f, err := gguf.Open("model.gguf")
//	defer f.Close()
//	layers, err := f.Meta.Uint("qwen2.block_count")
//	tokens, err := f.Meta.Strings("tokenizer.ggml.tokens")
//	t, err := f.Tensor("blk.0.attn_q.weight")
//
// [Open] maps the file and checks everything in it that says a size: counts against the bytes that are left, shapes against overflow and
// the type's block, offsets against alignment, overlap and the end of the file. What it returns can be read without further
// checks, and a hostile file costs memory in proportion to its own size only.
package gguf

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/winnow-data/winnow/inference/internal/mapped"
	"github.com/winnow-data/winnow/inference/tensor"
)

// defaultAlignment is that of tensor data when general.alignment is absent.
const defaultAlignment = 32

// A File is an open GGUF file. It is immutable and may be used by many goroutines until it is closed.
type File struct {
	Path      string
	Files     []string // Path, and the other parts of a split model
	Version   int      // 2 or 3
	Alignment int      // bytes
	Meta      *Meta

	tensors []tensor.Tensor
	byName  map[string]int
	release []func() error
}

// Open maps a file, or all files of a model that is split, by its first part, and checks them. Errors name the file and the field.
func Open(path string) (*File, error) {
	f, err := openPart(path)
	if err != nil {
		return nil, err
	}
	if err := f.joinParts(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// openPart maps one file.
func openPart(path string) (*File, error) {
	data, release, err := mapped.File(path)
	if err != nil {
		return nil, err
	}
	var f *File
	fault := mapped.Guard(func() { f, err = parse(data) })
	if err := errors.Join(fault, err); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), release())
	}
	f.Path, f.Files, f.Meta.path = path, []string{path}, path
	f.release = append(f.release, release)
	return f, nil
}

// Close unmaps the files. Tensors must not be used afterwards; metadata stays valid.
func (f *File) Close() error {
	var errs []error
	for _, release := range f.release {
		errs = append(errs, release())
	}
	return errors.Join(errs...)
}

// Tensors returns all tensors in the order of the file, those of types that cannot be read included. The slice is the File's own.
func (f *File) Tensors() []tensor.Tensor { return f.tensors }

// Tensor returns the tensor of this name. The error wraps [tensor.ErrMissing] when there is none, and says so when its type is one
// that cannot be read.
func (f *File) Tensor(name string) (tensor.Tensor, error) {
	i, ok := f.byName[name]
	if !ok {
		return tensor.Tensor{}, fmt.Errorf("%s: tensor %s: %w", f.Path, name, tensor.ErrMissing)
	}
	t := f.tensors[i]
	if !t.Type.Readable() {
		return tensor.Tensor{}, fmt.Errorf("%s: tensor %s: type %s cannot be read; readable: %s", f.Path, name, t.Type, tensor.Readable())
	}
	return t, nil
}

// parse reads a whole file from memory. Errors name the field.
func parse(data []byte) (*File, error) {
	r := &reader{data: data}
	version, err := r.head()
	if err != nil {
		return nil, err
	}
	count, keys := r.u64("tensor_count"), r.u64("metadata_kv_count")
	if r.err != nil {
		return nil, r.err
	}
	f := &File{Version: version, Alignment: defaultAlignment}
	if f.Meta, err = parseMeta(r, keys); err != nil {
		return nil, err
	}
	if f.Meta.Has("general.alignment") {
		a, err := f.Meta.Uint("general.alignment")
		if err != nil {
			return nil, err
		}
		if a == 0 || a&(a-1) != 0 || a > 1<<30 {
			return nil, fmt.Errorf("general.alignment is %d, want a power of two up to 2^30", a)
		}
		f.Alignment = int(a)
	}
	return f, f.parseTensors(r, count)
}

// An entry is a line of the tensor directory.
type entry struct {
	index, at, size int // in the directory; from the start of the tensor data, in bytes
}

// parseTensors reads the directory and cuts the data by it.
func (f *File) parseTensors(r *reader, count uint64) error {
	const smallest = 8 + 4 + 8 + 4 + 8 // empty name, one dimension
	if count > uint64(len(r.data)-r.at)/smallest {
		return fmt.Errorf("tensor_count is %d, but only %d bytes are left", count, len(r.data)-r.at)
	}
	f.byName = map[string]int{}
	var entries []entry // grows with what is really there: the count may lie
	for i := range int(count) {
		t, offset, err := r.tensor(i)
		if err != nil {
			return err
		}
		if _, twice := f.byName[t.Name]; twice {
			return fmt.Errorf("tensor %s: the name is there twice", printable(t.Name))
		}
		f.byName[t.Name] = i
		f.tensors = append(f.tensors, t)
		size, err := tensor.Size(t.Type, t.Shape)
		if err != nil {
			return fmt.Errorf("tensor %s: %w", printable(t.Name), err)
		}
		if offset%uint64(f.Alignment) != 0 {
			return fmt.Errorf("tensor %s: offset %d is no multiple of the alignment %d", printable(t.Name), offset, f.Alignment)
		}
		if offset > uint64(len(r.data)) || size > len(r.data) {
			return fmt.Errorf("tensor %s: %d bytes at offset %d do not fit a file of %d bytes (truncated?)", printable(t.Name), size, offset, len(r.data))
		}
		entries = append(entries, entry{i, int(offset), size})
	}
	return f.cut(r, entries)
}

// cut gives every tensor its piece of the data and finds overlaps.
func (f *File) cut(r *reader, entries []entry) error {
	start := (r.at + f.Alignment - 1) / f.Alignment * f.Alignment
	data := r.data[min(start, len(r.data)):]
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
	end := 0
	for i, e := range entries {
		t := &f.tensors[e.index]
		if e.at < end {
			return fmt.Errorf("tensor %s: offset %d lies inside tensor %s", printable(t.Name), e.at, printable(f.tensors[entries[i-1].index].Name))
		}
		end = e.at + e.size
		if end > len(data) {
			return fmt.Errorf("tensor %s: needs bytes %d to %d of the tensor data, which has %d (truncated?)", printable(t.Name), e.at, end, len(data))
		}
		t.Data = data[e.at:end:end]
	}
	return nil
}
