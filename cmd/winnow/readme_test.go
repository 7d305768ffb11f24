package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the commands of README.md print into it")

// A fenced is a block: what stands between fences in a Markdown page.
type fenced struct {
	kind       string // the word behind the fence
	body       string
	start, end int // of the body, in the page
}

var fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

func blocksOf(page string) []fenced {
	var out []fenced
	for _, m := range fence.FindAllStringSubmatchIndex(page, -1) {
		out = append(out, fenced{page[m[2]:m[3]], page[m[4]:m[5]], m[4], m[5]})
	}
	return out
}

// TestReadme executes every block of README.md, in order, in one folder. `console` holds commands behind "$ " and what they print;
// `yaml` is a file named in its first line; `sh` is run by .ci/run.
//
// A command that runs or installs ./cmd/winnow uses this build. What differs from machine to machine and from run to run (times, memory,
// cores, instruction sets) is not compared.
func TestReadme(t *testing.T) {
	const name = "../../README.md"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	ci, err := os.ReadFile("../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	blocks := blocksOf(page)
	if len(blocks) < 4 {
		t.Fatalf("%d blocks, want at least 4", len(blocks))
	}
	var fresh strings.Builder
	at := 0
	for _, b := range blocks {
		fresh.WriteString(page[at:b.start])
		at = b.end
		body := b.body
		switch b.kind {
		case "console":
			body = session(t, dir, b.body)
			if got, want := steady(body), steady(b.body); got != want && !*update {
				t.Errorf("the commands print\n%s\nthe page says\n%s\n(go test ./cmd/winnow -run TestReadme -update)", body, b.body)
			}
		case "yaml":
			file, ok := strings.CutPrefix(strings.SplitN(b.body, "\n", 2)[0], "# ")
			if !ok || filepath.Base(file) != file {
				t.Fatalf("a yaml block must name its file in the first line:\n%s", b.body)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(b.body), 0o600); err != nil {
				t.Fatal(err)
			}
		case "sh":
			for _, l := range strings.Split(strings.TrimSpace(b.body), "\n") {
				if !strings.Contains(string(ci), l) {
					t.Errorf(".ci/run does not run %q", l)
				}
			}
		default:
			t.Errorf("a block of kind %q is not executed:\n%s", b.kind, b.body)
		}
		fresh.WriteString(body)
	}
	fresh.WriteString(page[at:])
	if *update && fresh.String() != page {
		if err := os.WriteFile(name, []byte(fresh.String()), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
	}
}

// session runs the commands of a block and returns them with what they print.
func session(t *testing.T, dir, body string) string {
	t.Helper()
	var out strings.Builder
	for _, l := range strings.Split(body, "\n") {
		line, ok := strings.CutPrefix(l, "$ ")
		if !ok {
			continue
		}
		command := strings.ReplaceAll(line, "go run ./cmd/winnow", "winnow")
		cmd := exec.Command("bash", "-euo", "pipefail", "-c", command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "NO_COLOR=1")
		printed, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", line, err, printed)
		}
		text := strings.ReplaceAll(string(printed), dir, "~")
		out.WriteString("$ " + line + "\n" + clip(text))
	}
	return out.String()
}

// clip cuts long lines, as a page shows them.
func clip(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if r := []rune(l); len(r) > 150 {
			lines[i] = string(r[:149]) + "…"
		}
	}
	return strings.Join(lines, "\n")
}

var varies = []struct {
	is *regexp.Regexp
	by string
}{
	{regexp.MustCompile(`\b[0-9.]+ ?(ms|µs|s|m[0-9]+s)(\b|$)`), "TIME"},
	{regexp.MustCompile(`\b[0-9.]+ (B|KiB|MiB|GiB)\b`), "SIZE"},
	{regexp.MustCompile(`\b[0-9]+ cores?\b`), "CORES"},
	{regexp.MustCompile(`winnow [^ ]+ ·`), "winnow VERSION ·"},
	{regexp.MustCompile(`instruction sets +[0-9]+`), "instruction sets N"},
	{regexp.MustCompile(`[ \t]+`), " "},
}

// steady takes out of a text what differs from run to run.
func steady(s string) string {
	for _, v := range varies {
		s = v.is.ReplaceAllString(s, v.by)
	}
	return s
}
