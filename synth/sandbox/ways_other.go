//go:build !linux || !(amd64 || arm64)

package sandbox

import (
	"errors"
	"iter"
	"os"
)

// ways yields nothing: programs are isolated by Linux alone.
func ways(*Level) iter.Seq[way] { return func(func(way) bool) {} }

func (w way) start(interpreter, string) (*box, error) {
	return nil, errors.New("programs can be isolated on Linux (amd64, arm64) only")
}

func zygoteFilter() []byte { return nil }

func programFilter(bool) []byte { return nil }

func owned(string) error { return nil }

type scratch struct{ path string }

func newScratch(prefix string) (s scratch, err error) {
	s.path, err = os.MkdirTemp("", prefix)
	return s, err
}

func (s scratch) remove() {
	if s.path != "" {
		_ = os.RemoveAll(s.path)
	}
}
