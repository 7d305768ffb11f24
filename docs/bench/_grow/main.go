// Command grow writes a corpus of any size from the real one in ../shared/data/corpus, to see how a run scales: each copy of a document
// has another id and a share of its words swapped for others of the same file, so that copies are no near-duplicates.
//
//	go run ./docs/bench/_grow -from ../shared/data/corpus -to /scratch/grown -gb 10
//
// It is deterministic: the same size gives the same bytes.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

func main() {
	from := flag.String("from", "../shared/data/corpus", "folder of .jsonl.zst files")
	to := flag.String("to", "", "folder to write")
	gb := flag.Float64("gb", 1, "decoded size in GB")
	swap := flag.Float64("swap", 0.3, "share of words swapped in each copy")
	shard := flag.Int64("shard", 64<<20, "decoded bytes of a shard")
	flag.Parse()
	if err := grow(*from, *to, int64(*gb*1e9), *swap, *shard); err != nil {
		log.Fatal(err)
	}
}

type record struct {
	ID      string `json:"id"`
	Text    string `json:"text"`
	Source  string `json:"source,omitempty"`
	Licence string `json:"licence,omitempty"`
}

func grow(from, to string, want int64, swap float64, shard int64) error {
	files, err := filepath.Glob(filepath.Join(from, "*.jsonl.zst"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no .jsonl.zst in %s: %v", from, err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	corpus := make([][]record, len(files))
	for i, name := range files {
		if corpus[i], err = read(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	w := &writer{dir: to, limit: shard}
	random := rand.New(rand.NewPCG(1, 2))
	for copy := 0; w.total < want; copy++ {
		for _, docs := range corpus {
			words := strings.Fields(docs[random.IntN(len(docs))].Text)
			for _, d := range docs {
				d.ID = fmt.Sprintf("%d/%s", copy, d.ID)
				d.Text = swapped(d.Text, &words, swap, random)
				if err := w.write(d); err != nil {
					return err
				}
			}
			if w.total >= want {
				break
			}
		}
	}
	return w.close()
}

// swapped replaces a share of the words by words of the documents before, and remembers the text's own.
func swapped(text string, words *[]string, share float64, random *rand.Rand) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		for i, w := range strings.SplitAfter(line, " ") {
			if len(*words) > 0 && random.Float64() < share && strings.HasSuffix(w, " ") && i > 0 {
				b.WriteString((*words)[random.IntN(len(*words))])
				b.WriteByte(' ')
				continue
			}
			b.WriteString(w)
		}
	}
	if f := strings.Fields(text); len(f) > 0 {
		*words = f
	}
	return b.String()
}

func read(name string) ([]record, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	zr, err := zstd.NewReader(f)
	if err != nil {
		return nil, err
	}
	defer zr.Close()
	var docs []record
	dec := json.NewDecoder(bufio.NewReader(zr))
	for dec.More() {
		var d record
		if err := dec.Decode(&d); err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}

type writer struct {
	dir          string
	limit, total int64
	size         int64
	n            int
	f            *os.File
	zw           *zstd.Encoder
}

func (w *writer) write(d record) error {
	if w.f == nil {
		var err error
		if w.f, err = os.Create(filepath.Join(w.dir, fmt.Sprintf("grown-%05d.jsonl.zst", w.n))); err != nil {
			return err
		}
		if w.zw, err = zstd.NewWriter(w.f, zstd.WithEncoderLevel(zstd.SpeedFastest)); err != nil {
			return err
		}
		w.n++
	}
	line, err := json.Marshal(d)
	if err != nil {
		return err
	}
	n, err := w.zw.Write(append(line, '\n'))
	w.size += int64(n)
	w.total += int64(n)
	if err == nil && w.size >= w.limit {
		err = w.close()
	}
	return err
}

func (w *writer) close() error {
	if w.f == nil {
		return nil
	}
	err := w.zw.Close()
	if cerr := w.f.Close(); err == nil {
		err = cerr
	}
	w.f, w.size = nil, 0
	return err
}
