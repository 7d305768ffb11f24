package inference

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/inference/internal/kernel"
	"github.com/winnow-data/winnow/inference/qwen2"
)

// Open loads a model, a Hugging Face folder or a .gguf file, and serves it. Close the Batcher to get the memory back.
func Open(path string, o Options) (*Batcher, error) {
	if o.Threads < 1 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.Memory == 0 {
		o.Memory = available() / 4
	}
	o.Memory = min(o.Memory, available()) // more is not there
	files, err := filesOf(path)
	if err != nil {
		return nil, err
	}
	m, err := qwen2.Open(path, qwen2.Options{Weights: o.Weights, Threads: o.Threads})
	if err != nil {
		return nil, err
	}
	e, err := newQwen2Engine(m, o.Threads, o.Memory)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	b := newBatcher(e, m.Tokenizer, o)
	b.id = sync.OnceValue(func() string { return identity(files, o.Weights, m.HasBF16(), b) })
	return b, nil
}

// Level names the instruction set that models are computed with on this machine: generic (plain Go), neon, avx2, avx512, avx512-vnni, avx512-vnni-bf16.
func Level() string { return kernel.Level() }

// filesOf lists the files that a model is made of, sorted.
func filesOf(path string) ([]string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("opening a model: %w", err)
	}
	if !st.IsDir() {
		return partsOf(path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("opening a model: %w", err)
	}
	var files []string
	for _, e := range entries {
		switch ext := filepath.Ext(e.Name()); {
		case ext == ".safetensors", ext == ".json", ext == ".jinja", e.Name() == "merges.txt":
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	slices.Sort(files)
	return files, nil
}

// partOf is how the files of a split GGUF model end: -00001-of-00003.gguf.
var partOf = regexp.MustCompile(`-\d{5}(-of-\d{5}\.gguf)$`)

// partsOf lists the files of a model that is one file, or one cut into parts.
func partsOf(path string) ([]string, error) {
	m := partOf.FindStringSubmatchIndex(path)
	if m == nil {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("opening a model: %w", err)
	}
	begin, end := filepath.Base(path[:m[0]]), path[m[2]:m[3]]
	var files []string
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(name, begin+"-") && strings.HasSuffix(name, end) && len(name) == len(filepath.Base(path)) {
			files = append(files, filepath.Join(filepath.Dir(path), name))
		}
	}
	slices.Sort(files)
	return files, nil
}

// version counts changes after which the same model, settings and request may give another reply.
const version = 1

// identity is what all replies depend on besides the request: the bytes of the files (tokenizer and template are among them), the form of the weights
// and, for bf16 alone, the form of the kernels: their last bits differ. The files' names and place do not matter.
func identity(files []string, weights string, bf16 bool, b *Batcher) string {
	h := xxhash.New()
	for _, f := range files {
		sum, err := checksum(f)
		if err != nil {
			sum = err.Error() // gone since it was opened: no other model has this name
		}
		fmt.Fprintf(h, "%s %s\n", filepath.Ext(f), sum)
	}
	if weights == "" {
		weights = "stored"
	}
	parts := []string{"winnow" + strconv.Itoa(version), fmt.Sprintf("%016x", h.Sum64()), weights}
	if bf16 {
		parts = append(parts, kernel.Level())
	}
	if b.tmpl != nil {
		parts = append(parts, b.tmpl.Name())
	}
	return strings.Join(parts, "/")
}

// checksum reads the whole file: 530 MB in the page cache take some 60 ms.
func checksum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := xxhash.New()
	buf := make([]byte, 1<<20)
	size := int64(0)
	for {
		n, err := f.Read(buf)
		h.Write(buf[:n])
		size += int64(n)
		if n == 0 {
			if !errors.Is(err, io.EOF) {
				return "", err
			}
			return fmt.Sprintf("%016x:%d", h.Sum64(), size), nil
		}
	}
}
