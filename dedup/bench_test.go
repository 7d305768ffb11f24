//go:build unix

package dedup_test

import (
	"io"
	"testing"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/stagetest"
)

// BenchmarkScan is MinHash from text, 14 bands of 8 rows, word 5-grams: the pass that signs, with its table of bands. Beside it:
// shared/bench/peers/minhash_speed.py.
func BenchmarkScan(b *testing.B) {
	docs := corpus(b, "data/corpus/powershell-docs.jsonl.zst")
	c, err := stagetest.New(spec(b, "dedup_minhash"), func(m *dedup.MinHash) { m.Bands, m.Rows = 14, 8 })(&stages.Env{})
	if err != nil {
		b.Fatal(err)
	}
	scan := c.(stages.Barrier).Phases()[0]
	b.SetBytes(size(docs))
	b.ReportAllocs()
	start := cpuTime(b)
	for b.Loop() {
		t := &stages.Task{Phase: "scan", Tasks: 1, Env: &stages.Env{Memory: 64 << 20}, Files: discard{}}
		stage, err := scan.Pass(t)
		if err != nil {
			b.Fatal(err)
		}
		if err := stage.Apply(b.Context(), stages.NewBatch(docs)); err != nil {
			b.Fatal(err)
		}
		if err := t.End(); err != nil {
			b.Fatal(err)
		}
	}
	reportCPU(b, start, size(docs))
}

// BenchmarkMinHash and BenchmarkExact are all phases over documents in memory.
func BenchmarkMinHash(b *testing.B) { phases(b, "dedup_minhash") }
func BenchmarkExact(b *testing.B)   { phases(b, "dedup_exact") }

func phases(b *testing.B, name string) {
	docs := corpus(b, "data/corpus/powershell-docs.jsonl.zst")
	make := func(env *stages.Env) (any, error) {
		c := spec(b, name).New()
		if p, ok := c.(stages.Provisioner); ok {
			return c, p.Provision(env)
		}
		return c, nil
	}
	b.SetBytes(size(docs))
	b.ReportAllocs()
	start := cpuTime(b)
	for b.Loop() {
		if _, err := stagetest.Run(b.Context(), make, docs, stagetest.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	reportCPU(b, start, size(docs))
}

// discard are files that nobody reads.
type discard struct{ stages.Files }

func (discard) Create(string) io.WriteCloser { return hole{} }

type hole struct{}

func (hole) Write(p []byte) (int, error) { return len(p), nil }
func (hole) Close() error                { return nil }
