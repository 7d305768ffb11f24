package pipelines_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/run"
)

// taughtBy makes rows of every kind: a conversation with a system message and a history, and a text with all that JSON escapes.
const taughtBy = `{"id":"a","messages":[{"role":"system","content":"S"},{"role":"user","content":"1+1?"},{"role":"assistant","content":"2"},{"role":"user","content":"2+2?"}],"g":"4","tries":["It is 4.","5"],"skill":"sum"}
{"id":"b","messages":[{"role":"user","content":"3+3?\n\"é\" <b> \\ \u2028"}],"g":"6","tries":[{"text":"It is 6.\t6","by":"x"},"7 \"é\"\n"],"skill":"sum"}
`

const formatted = `
name: x
input: {path: %q, source: s, messages: messages, gold: g, answers: tries}
stages:
  - check_math
  - pick: {%s: {}}
output: {path: x, rows: %s, format: %s}
`

// shardOf runs a recipe and returns the file that it leaves.
func shardOf(t *testing.T, recipe string) string {
	t.Helper()
	out := t.TempDir()
	curate(t, recipe, out, run.Options{Workers: 1})
	files, err := filepath.Glob(filepath.Join(out, "x-00000.*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	return files[0]
}

func textOf(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestFormats: rows of each kind, written in each layout that holds them, are read by `format:` and written again as the same bytes; so are rows that went through
// winnow's own JSON lines and Parquet.
func TestFormats(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(in, []byte(taughtBy), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"sft", "dpo", "kto"} {
		rows := map[string]int{"sft": 2, "dpo": 2, "kto": 4}[kind]
		for _, format := range []string{"trl", "messages", "sharegpt", "alpaca", "llama-factory"} {
			if format == "messages" && kind != "sft" {
				continue
			}
			t.Run(kind+" "+format, func(t *testing.T) {
				first := shardOf(t, fmt.Sprintf(formatted, in, kind, kind, format))
				want := textOf(t, first)
				if n := strings.Count(want, "\n"); n != rows {
					t.Fatalf("%d rows, want %d:\n%s", n, rows, want)
				}
				form := strings.Replace(format, "llama-factory", "sharegpt", 1)
				again := shardOf(t, fmt.Sprintf("name: x\ninput: {path: %q, format: %s}\noutput: {path: x, rows: %s, format: %s}\n", first, form, kind, format))
				if got := textOf(t, again); got != want {
					t.Errorf("read and written again:\n%s\nwant\n%s", got, want)
				}
				if format != "trl" {
					return
				}
				for _, own := range []string{"jsonl", "parquet", "jsonl.zst"} {
					through := shardOf(t, fmt.Sprintf(formatted, in, kind, kind, own))
					back := shardOf(t, fmt.Sprintf("name: x\ninput: %q\noutput: {path: x, format: %s}\n", through, format))
					if got := textOf(t, back); got != want {
						t.Errorf("through %s:\n%s\nwant\n%s", own, got, want)
					}
				}
			})
		}
	}
}

// TestParquetConversations: what Parquet holds of conversations with answers and their checks is what JSON lines hold.
func TestParquetConversations(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(in, []byte(taughtBy), 0o600); err != nil {
		t.Fatal(err)
	}
	const checked = "name: x\ninput: {path: %q, source: s, messages: messages, gold: g, answers: tries}\nstages:\n  - check_math\noutput: {path: x, format: %s}\n"
	const back = "name: x\ninput: %q\noutput: {path: x, format: jsonl}\n"
	want := textOf(t, shardOf(t, fmt.Sprintf(back, shardOf(t, fmt.Sprintf(checked, in, "jsonl")))))
	got := textOf(t, shardOf(t, fmt.Sprintf(back, shardOf(t, fmt.Sprintf(checked, in, "parquet")))))
	if got != want || !strings.Contains(want, `"why":"4 ≠ 5"`) || strings.Count(want, "\n") != 2 {
		t.Errorf("through Parquet\n%s\nthrough JSON lines\n%s", got, want)
	}
}
