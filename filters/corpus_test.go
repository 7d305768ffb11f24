package filters

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

// ruleOf is what chain returns, without the value.
func ruleOf(why string) string {
	if i := strings.LastIndexByte(why, ' '); i > 0 {
		return why[:i]
	}
	return why
}

// Chapters of the Bible in 45 languages: at least 95 % survive, and no language loses more than a tenth but those whose edition has no
// punctuation at all.
func TestBibleSurvives(t *testing.T) {
	unpunctuated := map[string]bool{"syr": true, "gd": true}
	var v text.View
	kept, all := map[string]int{}, map[string]int{}
	survivors, chapters := 0, 0
	realdata.Lines(t, "data/corpus/bible.jsonl.zst", func(b []byte) {
		var d struct{ ID, Text, Language string }
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatal(err)
		}
		language := languageOf(d.Language)
		why := chain(t, &v, d.Text, language)
		all[language]++
		chapters++
		if why == "" {
			kept[language]++
			survivors++
		}
		if unpunctuated[language] && ruleOf(why) != "c4: sentences" {
			t.Errorf("%s, without punctuation: got %q", d.ID, why)
		}
	})
	for language, n := range all {
		if share := float64(kept[language]) / float64(n); !unpunctuated[language] && !(share >= 0.9) {
			t.Errorf("%s: %d of %d chapters survive", language, kept[language], n)
		}
	}
	t.Logf("%d of %d chapters survive", survivors, chapters)
	if !(float64(survivors) >= 0.95*float64(chapters)) {
		t.Errorf("%d of %d chapters survive, want 95 %%", survivors, chapters)
	}
}

// Tang and Song poems, every twentieth. Most are shorter than the 50 words that Gopher asks for, 75 characters: a bound, and meant. Of the
// longer ones at least 95 % survive.
func TestPoemsSurvive(t *testing.T) {
	var v text.View
	drops := map[string]int{}
	n, short := 0, 0
	realdata.Lines(t, "data/corpus/zh-poetry.jsonl.zst", func(b []byte) {
		if n++; n%20 != 0 {
			return
		}
		var d struct{ Text string }
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatal(err)
		}
		v.Reset(d.Text)
		if v.WordCount() < 50 {
			short++
			return
		}
		drops[ruleOf(chain(t, &v, d.Text, "zh"))]++
	})
	long := 0
	for _, c := range drops {
		long += c
	}
	t.Logf("%d poems under 50 words; of %d others: %v", short, long, drops)
	if !(float64(drops[""]) >= 0.95*float64(long)) {
		t.Errorf("of %d poems of at least 50 words %d survive, want 95 %%: %v", long, drops[""], drops)
	}
}

// Pages of fifteen sentences from news and the web, 75 languages: in each at least 95 % survive. The Serbian file holds markup of
// MediaWiki's language converter, -{ }-, on most pages.
func TestOrdinaryPagesSurvive(t *testing.T) {
	const sentences = 15
	h, err := os.Open(realdata.Path(t, "data/langid/lingua-testdata.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	z, err := gzip.NewReader(h)
	if err != nil {
		t.Fatal(err)
	}
	var v text.View
	languages := 0
	for archive := tar.NewReader(z); ; {
		f, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		language, ok := strings.CutSuffix(path.Base(f.Name), ".txt")
		if !ok || !strings.Contains(f.Name, "/sentences/") {
			continue
		}
		languages++
		var lines []string
		for r := bufio.NewScanner(archive); r.Scan(); {
			lines = append(lines, r.Text())
		}
		pages, drops := len(lines)/sentences, map[string]int{}
		for p := range pages { // neighbours in the file, which is sorted, come on different pages
			var page []string
			for i := range sentences {
				page = append(page, lines[i*pages+p])
			}
			if why := chain(t, &v, strings.Join(page, "\n"), language); why != "" {
				drops[ruleOf(why)]++
			}
		}
		dropped := 0
		for _, n := range drops {
			dropped += n
		}
		if language == "sr" {
			dropped -= drops["c4: curly_brackets"]
		}
		if pages == 0 || !(float64(dropped) <= 0.05*float64(pages)) {
			t.Errorf("%s: %d of %d pages dropped: %v", language, dropped, pages, drops)
		}
	}
	if languages != 75 {
		t.Errorf("%d languages, want 75", languages)
	}
}
