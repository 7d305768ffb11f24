package models

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// sameForm refuses a model that gives other numbers than the one this run began with: f32 and bf16 weights depend on the processor's instructions,
// and documents of one run must not be judged by two forms.
func (s *Set) sameForm(name string, spec Spec, form string) error {
	if s.opt.Run == "" {
		return nil
	}
	file := filepath.Join(s.opt.Run, "models", digest(name + "\x00" + spec.Model.Hub + "\x00" + spec.Path + "\x00" + spec.Model.URL + "\x00" + spec.Model.Weights)[:16])
	have, err := once(file, form+"\n")
	if err != nil {
		return fmt.Errorf("the run's note of its models: %w", err)
	}
	if have != form+"\n" {
		return fmt.Errorf("this run has used it as %q, and here it would be %q: numbers would differ within one run; go on on a machine like the first, or use weights: int8, which are the same everywhere", have[:len(have)-1], form)
	}
	return nil
}

// once writes a small file unless it is there, whole or not at all, and returns what is in it then. Of several processes that come at the same time one wins.
func once(file, content string) (string, error) {
	data, err := os.ReadFile(file)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return string(data), err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return "", err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(content)
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return "", err
	}
	if err := os.Link(tmp.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := os.Rename(tmp.Name(), file); err != nil {
			return "", err
		}
	}
	data, err = os.ReadFile(file)
	return string(data), err
}
