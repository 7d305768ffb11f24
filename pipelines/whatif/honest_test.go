package whatif

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/report"
	"github.com/winnow-data/winnow/pipelines/run"
)

// versionsSet removes the longest of the versions below.
const versionsSet = "length.words.max=195"

// versions is a recipe that reads versions of one text, each so many words long, and another one, and keeps the longest.
func versions(t *testing.T, list ...int) string {
	t.Helper()
	words := strings.Fields(strings.Repeat("the mill stands by the river and grinds what the fields have given in a good year ", 20))
	for i := range words {
		words[i] += fmt.Sprint(i)
	}
	dir := t.TempDir()
	var lines strings.Builder
	for _, n := range list {
		fmt.Fprintf(&lines, "{\"id\":\"of %d words\",\"text\":%q}\n", n, strings.Join(words[:n], " "))
	}
	fmt.Fprintf(&lines, "{\"id\":\"other\",\"text\":%q}\n", strings.Join(words[205:], " "))
	in := filepath.Join(dir, "in.jsonl")
	if err := os.WriteFile(in, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return "name: t\ninput: " + in + "\nstages:\n  - length: {words: {max: 1000}}\n  - dedup_minhash: {keep: longest}\noutput: {path: out, format: jsonl}\n"
}

// ranOnce is a run that has ended.
type ranOnce struct {
	dir  string
	data *report.Data
}

// twoVersions runs the recipe of versions, and what versionsSet makes of it.
func twoVersions(t *testing.T, list ...int) (was, now ranOnce) {
	t.Helper()
	text := versions(t, list...)
	was.dir, was.data = ran(t, text, 1)
	now.dir, now.data = ran(t, text, 1, versionsSet)
	return was, now
}

// TestComebackHasASize: a document that a dedup gives back counts with its bytes, its source and its language, as in the rerun.
func TestComebackHasASize(t *testing.T) {
	was, now := twoVersions(t, 200, 190)
	a := ask(t, was.dir, 0, versionsSet)
	agree(t, versionsSet, a, false, was.data, now.data)
	bytes := now.data.Totals.Kept.Bytes
	if a.Kept.Now != 2 || a.Bytes.Now != bytes || a.Bytes.Low > bytes || a.Bytes.High < bytes || a.Bytes.Low == a.Bytes.High {
		t.Errorf("kept %+v, bytes %+v; the rerun keeps %d bytes", a.Kept, a.Bytes, bytes)
	}
	for what, of := range map[string]struct {
		got  []Group
		want []report.Group
	}{"source": {a.Sources, now.data.Sources}, "language": {a.Languages, now.data.Languages}} {
		if len(of.got) != 1 || len(of.want) != 1 || of.got[0].Now != 2 || of.got[0].BytesNow != of.want[0].After.Bytes {
			t.Errorf("%s: %+v, the rerun %+v", what, of.got, of.want)
		}
	}
}

// TestLongestComesBack: of several that come back for one, the size is that of the longest where the stage keeps it, and the interval holds all.
func TestLongestComesBack(t *testing.T) {
	was, now := twoVersions(t, 200, 185, 190)
	a := ask(t, was.dir, 0, versionsSet)
	if bytes := now.data.Totals.Kept.Bytes; a.Bytes.Now != bytes || a.Bytes.High <= bytes {
		t.Errorf("bytes %+v; the rerun keeps %d", a.Bytes, bytes)
	}
}

// TestAnotherVersion: signals that the rules of this winnow do not measure are told by the versions, without the list of columns.
func TestAnotherVersion(t *testing.T) {
	was, _ := twoVersions(t, 200)
	name := filepath.Join(was.dir, run.Folder, "plan.json")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	old := strings.Replace(string(data), `- length:`, `- gopher_quality: {drop: false}\n  - length:`, 1)
	at := strings.Index(old, `"winnow":`)
	old = old[:at] + `"winnow": "v0.0.7"` + old[at+strings.IndexByte(old[at:], ','):]
	if err := os.WriteFile(name, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	_, problems, err := Ask(t.Context(), was.dir, []string{versionsSet}, Options{})
	if err == nil || !strings.Contains(err.Error(), "another version of winnow: by v0.0.7") || !strings.Contains(err.Error(), "column gopher_quality.words is missing") || len(err.Error()) > 600 {
		t.Errorf("%v %v", err, problems)
	}
}
