package mixer

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// BenchmarkCount notes documents of 2,000 characters, the pass of a mix that reads words.
func BenchmarkCount(b *testing.B) {
	docs := make([]stages.Document, 500)
	size := 0
	for i := range docs {
		docs[i] = stages.Document{ID: fmt.Sprint(i), Source: "a", Text: strings.Repeat("an ordinary line of words, more or less\n", 50)}
		size += len(docs[i].Text)
	}
	for _, u := range []unit{rows, bytes, words} {
		b.Run(string(u), func(b *testing.B) {
			task := &stages.Task{Files: nowhere{}}
			stage, err := census{unit: u, by: "source"}.pass(task)
			if err != nil {
				b.Fatal(err)
			}
			batch := stages.NewBatch(docs)
			b.SetBytes(int64(size))
			for b.Loop() {
				if err := stage.Apply(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// nowhere keeps no files.
type nowhere struct{ stages.Files }

func (nowhere) Create(string) io.WriteCloser { return discard{io.Discard} }

type discard struct{ io.Writer }

func (discard) Close() error { return nil }
