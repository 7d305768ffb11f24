package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestReadmeChinese holds README.zh-CN.md in step with README.md: the same blocks in the same order, and as many headings. With -update the blocks
// are copied, which works while there are as many; prose is translated by hand.
func TestReadmeChinese(t *testing.T) {
	english, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const name = "../../README.zh-CN.md"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	chinese := string(data)
	want, got := blocksOf(string(english)), blocksOf(chinese)
	if a, b := headings(string(english)), headings(chinese); len(a) != len(b) {
		t.Errorf("README.md has the %d headings\n%s\nREADME.zh-CN.md the %d\n%s\nTranslate the new section into README.zh-CN.md at its place, its block as it is, or remove the one that is gone",
			len(a), strings.Join(a, "\n"), len(b), strings.Join(b, "\n"))
	}
	if len(want) != len(got) {
		t.Fatalf("README.md has %d blocks, README.zh-CN.md %d; the first that differs is\n%s\nPut an empty block of the same kind at its place in README.zh-CN.md (or remove the one that is gone), then run: go test ./cmd/winnow -run TestReadmeChinese -update",
			len(want), len(got), firstDifference(want, got))
	}
	var fresh strings.Builder
	at := 0
	for i, b := range got {
		if b.kind != want[i].kind {
			t.Fatalf("block %d of README.md is of kind %q, of README.zh-CN.md %q: put the blocks of README.zh-CN.md in the order of README.md\n%s", i+1, want[i].kind, b.kind, b.body)
		}
		if b.body != want[i].body && !*update {
			t.Errorf("block %d of README.zh-CN.md is not that of README.md. Run: go test ./cmd/winnow -run TestReadmeChinese -update; then see whether the prose around it still holds. It says\n%s\nREADME.md says\n%s",
				i+1, b.body, want[i].body)
		}
		fresh.WriteString(chinese[at:b.start] + want[i].body)
		at = b.end
	}
	fresh.WriteString(chinese[at:])
	if *update && fresh.String() != chinese {
		if err := os.WriteFile(name, []byte(fresh.String()), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
	}
}

func headings(page string) (out []string) {
	code := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if !code && strings.HasPrefix(line, "#") {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

// firstDifference returns the first block that stands in one page and not at its place in the other.
func firstDifference(a, b []fenced) string {
	for i, x := range a {
		if i >= len(b) || x.body != b[i].body {
			return x.body
		}
	}
	return b[len(a)].body
}

func TestHeadings(t *testing.T) {
	got := headings("# a\n\n```sh\n# no heading\n```\n\n## b\ntext # c\n")
	if !slices.Equal(got, []string{"# a", "## b"}) {
		t.Errorf("got %q", got)
	}
}
