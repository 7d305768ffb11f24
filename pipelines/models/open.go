package models

import (
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/remote"
	"github.com/winnow-data/winnow/inference/tokenizer"
	"github.com/winnow-data/winnow/pipelines/recipe"
)

// A Spec is a model of a recipe, found.
type Spec struct {
	Name    string // in the recipe
	Model   recipe.Model
	Path    string // of the folder or file; "" for an endpoint
	Carried fs.FS  // where Path lies, if not on this machine: the data in the binary
	Memory  int64  // bytes for keys and values; 0: the engine's default
	Threads int
	Getenv  func(string) string
}

// Opened is a model that is open.
type Opened struct {
	Model    inference.Model
	Here     bool // it answers all that a model which runs in this process does
	Recorded bool // its replies come from a record and are not recorded again
}

// Open opens a model: the engine of this binary, an endpoint, or the record of an earlier run.
func Open(s Spec) (Opened, error) {
	switch {
	case s.Model.Replay != "":
		return openReplay(s)
	case s.Model.URL != "":
		m, err := remote.New(remote.Options{
			URL: s.Model.URL, Model: s.Model.Model, KeyEnv: s.Model.KeyEnv, Concurrency: s.Model.Concurrency, RPM: int(s.Model.RPM), TPM: int(s.Model.TPM),
			Timeout: s.Model.Timeout, Price: remote.Price(s.Model.Price), Getenv: s.Getenv,
		})
		return Opened{Model: m}, err
	}
	m, err := inference.Open(s.Path, inference.Options{Weights: s.Model.Weights, Threads: s.Threads, Memory: s.Memory})
	if err != nil {
		return Opened{}, err
	}
	return Opened{Model: m, Here: true}, nil
}

// OpenTokenizer opens the tokenizer of a model's folder or GGUF file, and nothing else of it.
func OpenTokenizer(path string) (t *tokenizer.Tokenizer, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return tokenizer.Open(path)
	}
	if !strings.HasSuffix(path, ".gguf") {
		return nil, fmt.Errorf("%s is neither a folder nor a .gguf file", path)
	}
	f, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	t, err = tokenizer.FromGGUF(f.Meta)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return t, err
}
