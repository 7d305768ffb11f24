package gguf

import (
	"errors"
	"fmt"
	"strings"

	"github.com/winnow-data/winnow/inference/tensor"
)

// maxParts is what the five digits of a part's name can count.
const maxParts = 99_999

// suffix is how the name of part i of n ends, counted from 1 (llama.cpp, gguf-split).
func suffix(i, n int) string { return fmt.Sprintf("-%05d-of-%05d.gguf", i, n) }

// joinParts adds the tensors of the other parts of a split model. The first part carries the metadata.
func (f *File) joinParts() error {
	n, err := f.Meta.Uint("split.count")
	if errors.Is(err, tensor.ErrMissing) || err == nil && n <= 1 {
		return nil
	}
	if err != nil {
		return err
	}
	if n > maxParts {
		return fmt.Errorf("%s: split.count is %d, want at most %d", f.Path, n, maxParts)
	}
	no, err := f.Meta.Uint("split.no")
	if err != nil {
		return err
	}
	stem, ok := strings.CutSuffix(f.Path, suffix(int(no)+1, int(n)))
	switch {
	case no >= n:
		return fmt.Errorf("%s: split.no is %d of a model in %d parts", f.Path, no, n)
	case !ok:
		return fmt.Errorf("%s: split.no: this is part %d of %d, so its name should end in %s for the others to be found", f.Path, no+1, n, suffix(int(no)+1, int(n)))
	case no != 0:
		return fmt.Errorf("%s: split.no: this is part %d of %d; open the first, %s", f.Path, no+1, n, stem+suffix(1, int(n)))
	}
	for i := 2; i <= int(n); i++ {
		if err := f.join(stem+suffix(i, int(n)), i, int(n)); err != nil {
			return err
		}
	}
	if total, err := f.Meta.Int("split.tensors.count"); err == nil && total != int64(len(f.tensors)) {
		return fmt.Errorf("%s: split.tensors.count is %d, but the %d parts hold %d tensors", f.Path, total, n, len(f.tensors))
	}
	return nil
}

// join adds part i of n.
func (f *File) join(path string, i, n int) error {
	part, err := openPart(path)
	if err != nil {
		return fmt.Errorf("part %d of %d: %w", i, n, err)
	}
	f.release = append(f.release, part.release...)
	f.Files = append(f.Files, path)
	no, err := part.Meta.Uint("split.no")
	if err != nil {
		return err
	}
	if count, err := part.Meta.Uint("split.count"); err != nil || count != uint64(n) || no != uint64(i-1) {
		return errors.Join(fmt.Errorf("%s: says that it is part %d of %d, want part %d of %d", path, no+1, count, i, n), err)
	}
	for _, t := range part.tensors {
		if _, twice := f.byName[t.Name]; twice {
			return fmt.Errorf("%s: tensor %s: another part has it too", path, printable(t.Name))
		}
		f.byName[t.Name] = len(f.tensors)
		f.tensors = append(f.tensors, t)
	}
	return nil
}
