package report

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/pipelines/stats"
	"github.com/winnow-data/winnow/stages/text"
)

var look = flag.String("look", "", "folder that the pages of the fixture are written to, to be looked at")

// show writes a page to the folder that -look names.
func show(t *testing.T, name string, page []byte) {
	t.Helper()
	if *look == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*look, name), page, 0o600); err != nil {
		t.Fatal(err)
	}
}

// browse opens a page in headless Chromium and returns the document as it stands afterwards and what the console said.
func browse(t *testing.T, page []byte) (dom string, console []string) {
	t.Helper()
	var browser string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if p, err := exec.LookPath(name); err == nil {
			browser = p
			break
		}
	}
	if browser == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium")
		}
		t.Skip("no Chromium")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "page.html")
	if err := os.WriteFile(path, page, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--dump-dom", "file://"+path)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, log.Bytes())
	}
	for _, line := range strings.Split(log.String(), "\n") {
		if strings.Contains(line, ":CONSOLE") {
			console = append(console, line)
		}
	}
	return out.String(), console
}

// The console is heard at all: a page that asks for a picture against its own policy is told so.
func TestBrowserHearsTheConsole(t *testing.T) {
	_, console := browse(t, []byte(`<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none'"><img src="http://example.invalid/x.png">`))
	if len(console) == 0 {
		t.Error("the console said nothing")
	}
}

func TestPageInBrowser(t *testing.T) {
	for name, m := range map[string]Material{"run": fixture(t, 1000), "hostile": hostileMaterial(12)} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Build(m).HTML(&b); err != nil {
				t.Fatal(err)
			}
			show(t, name+".html", b.Bytes())
			checkPage(t, b.Bytes())
			dom, console := browse(t, b.Bytes())
			if len(console) > 0 {
				t.Errorf("the console said %q", console)
			}
			// The whole page was understood, to its end, and nothing was added to it.
			for _, want := range []string{`<section id="funnel">`, `<section id="thresholds">`, `<section id="reproduce">`, "</footer>"} {
				if !strings.Contains(dom, want) {
					t.Errorf("the document lacks %s", want)
				}
			}
			if strings.Contains(dom, "<script") || strings.Contains(dom, "<img") {
				t.Error("the document holds an element that is not ours")
			}
		})
	}
}

func TestStatsInBrowser(t *testing.T) {
	s := stats.New(stats.Options{Mask: func(s string) string { return s }})
	var v text.View
	docs := corpus(t, 1500)
	for i := range docs {
		v.Reset(docs[i].Body())
		s.Add(&docs[i], &v)
	}
	d := Describe("corpus", s)
	d.Winnow, d.Files = "0.1.0", []File{{Name: "corpus/peps.jsonl.zst", Bytes: 3394449, Rows: 1500}}
	var b bytes.Buffer
	if err := d.HTML(&b); err != nil {
		t.Fatal(err)
	}
	show(t, "stats.html", b.Bytes())
	checkPage(t, b.Bytes())
	dom, console := browse(t, b.Bytes())
	if len(console) > 0 {
		t.Errorf("the console said %q", console)
	}
	for _, want := range []string{`<section id="columns">`, `<section id="repeats">`, "</footer>"} {
		if !strings.Contains(dom, want) {
			t.Errorf("the document lacks %s", want)
		}
	}
}
