// Command _generate writes the data in the binary, ../quickstart/* and ../eval/*, from the project's folder of real inputs:
//
//	go run ./pipelines/recipes/_generate -from ../shared/data -to pipelines/recipes
//
// The output depends on the inputs alone: no clock, no random source. Every document is real text under a licence that lets it be
// passed on (the README of each folder names them), except what no real text may hold: invented personal data, boilerplate, and damage.
//
// The samples show what a corpus meets in the wild, some 1,200 documents in 1.1 MB:
//
//   - crawl/*.warc.gz: real pages, real text inside navigation, pages without a text, mirrors of one page, a damaged record
//   - shards/web-*.jsonl.gz: Common Crawl documents, junk, personal data; the second file lost its tail
//   - shards/docs.jsonl.zst: manuals in up to five versions
//   - shards/books.parquet: many languages and scripts, with typed columns
//   - shards/notes.jsonl: plain lines, some of them broken
//
// For the second quickstart there are problems of GSM8K, and the answers that four models gave as the record of a run.
//
// The benchmarks of the recipes eval-* are as published, but that of GSM8K every third problem stands for all.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	from := flag.String("from", "../shared/data", "folder of real inputs")
	to := flag.String("to", "pipelines/recipes", "folder to write")
	flag.Parse()
	if err := generate(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(from, to string) error {
	files := []struct {
		name string
		make func(from string) ([]byte, int, error)
	}{
		{"quickstart/crawl/crawl-00000.warc.gz", realCrawl},
		{"quickstart/crawl/crawl-00001.warc.gz", wrappedCrawl},
		{"quickstart/shards/web-00000.jsonl.gz", web},
		{"quickstart/shards/web-00001.jsonl.gz", cutOff},
		{"quickstart/shards/docs.jsonl.zst", docs},
		{"quickstart/shards/books.parquet", books},
		{"quickstart/shards/notes.jsonl", notes},
		{"rejection/problems/gsm8k.jsonl.gz", gsm8k},
		{"rejection/replies/openai.jsonl.zst", replies},
		{"eval/gsm8k.jsonl.gz", evalGSM8K},
		{"eval/humaneval.jsonl.gz", evalHumanEval},
		{"eval/ifeval.jsonl.gz", evalIFEval},
	}
	bytes, documents := 0, 0
	for _, f := range files {
		data, n, err := f.make(from)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		name := filepath.Join(to, f.name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
		fmt.Printf("%-40s %5d records %8d bytes\n", f.name, n, len(data))
		bytes, documents = bytes+len(data), documents+n
	}
	fmt.Printf("%-40s %5d records %8d bytes\n", "all", documents, bytes)
	return nil
}
