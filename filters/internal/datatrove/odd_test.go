package datatrove

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/datatrove"
)

// TestOdd compares with what datatrove 0.10.1 answered, by .filter(doc) with default and with other parameters, on 347 made-up texts: special
// cases, units, addresses, white space of all kinds, scripts, lines at the bounds of C4.
func TestOdd(t *testing.T) {
	quality, unbounded := GopherQualityDefaults, GopherQualityDefaults
	unbounded.DocWords, unbounded.AvgWordLength.Min = stages.Any, math.Inf(-1)
	unbounded.StopWords, unbounded.StopWordList = stages.AtLeast(1), []string{"a", "It", "漢字"}
	repetition, paragraphs, fine, fineOther := GopherRepetitionDefaults, C4ParagraphsDefaults, FineWebDefaults, FineWebDefaults
	fineOther.LinePunctExcludeZero, fineOther.StopChars, fineOther.ShortLineLength = true, []string{"。", ".", "p"}, 10
	web, sentences, loose, lax := C4Defaults, C4Defaults, C4Defaults, C4Defaults
	sentences.SplitParagraph, sentences.NumSentences, sentences.WordsPerLine = false, stages.AtLeast(2), stages.AtLeast(2)
	loose.NumSentences, loose.WordsPerLine, loose.WordLength = stages.Any, stages.Any, stages.Any
	loose.NoTerminalPunct, loose.RemoveCitations, loose.Javascript, loose.Policy = false, false, false, false
	lax.NoTerminalPunct, lax.NumSentences = false, stages.AtLeast(1)
	lax.Without("lorem_ipsum")
	lax.Without("curly_bracket")
	variants := map[string]any{
		"gopher_quality": &quality, "gopher_quality_unbounded": &unbounded, "gopher_repetition": &repetition, "c4_paragraphs": &paragraphs,
		"fineweb": &fine, "fineweb_other": &fineOther, "c4": &web, "c4_sentences": &sentences, "c4_loose": &loose, "c4_lax": &lax,
	}
	h, err := os.Open("testdata/odd.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	z, err := gzip.NewReader(h)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	var v text.View
	n := 0
	for ; lines.Scan(); n++ {
		var d struct {
			ID, Text string
			Words    [2]any
			Filter   map[string]struct {
				Exact
				Text *string
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		v.Reset(d.Text)
		w := wordsOf(datatrove.English, &v)
		if float64(w.len()) != d.Words[0] {
			t.Errorf("%s: %d words, want %v", d.ID, w.len(), d.Words[0])
		}
		for name, c := range variants {
			want := d.Filter[name]
			f, ok := c.(stages.Filter)
			if ok {
				want.check(t, d.ID, name, Decided(f, &v))
				continue
			}
			doc := stages.Document{Text: d.Text}
			verdict, err := c.(stages.Mapper).Map(&doc, &v)
			if err != nil {
				t.Fatal(err)
			}
			want.check(t, d.ID, name, verdict.Rule)
			text := d.Text
			if want.Text != nil {
				text = *want.Text
			}
			if doc.Text != text {
				t.Errorf("%s: %s: %q comes out, want %q", d.ID, name, doc.Text, text)
			}
		}
	}
	if err := lines.Err(); err != nil || n != 347 {
		t.Errorf("%d texts, want 347: %v", n, err)
	}
}
