package datatrove

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/datatrove"
)

// An exactDoc is a document with what datatrove made of it.
type exactDoc struct {
	ID, Text string
	Filter   struct {
		WordCount   int    `json:"word_count"`
		WordsSHA    string `json:"words_sha256"`
		Quality     Exact  `json:"gopher_quality"`
		Repetition  Exact  `json:"gopher_repetition"`
		C4          Exact
		C4NoTerm    Exact  `json:"c4_noterm"`
		C4Paragraph *Exact `json:"c4_paragraph"`
		FineWeb     Exact
		Language    struct {
			Label   string
			Score   float64
			KeepAny bool `json:"keep_any"`
			KeepEN  bool `json:"keep_en"`
		}
		Chain        Exact
		ChainFineWeb Exact `json:"chain_fineweb"`
	}
}

type Exact struct {
	Keep      bool
	Reason    string
	Error     string
	At        string
	Values    json.RawMessage
	Lines     map[string]int
	Sentences int
	SHA       string `json:"text_sha256"`
}

func ExactDocs(t testing.TB, variant string) []exactDoc {
	var docs []exactDoc
	for _, set := range []string{"ship", "here"} {
		i := len(docs)
		realdata.Lines(t, "golden/datatrove/docs."+set+".jsonl.zst", func(b []byte) {
			var d exactDoc
			if err := json.Unmarshal(b, &d); err != nil {
				t.Fatal(err)
			}
			docs = append(docs, d)
		})
		realdata.Lines(t, "golden/datatrove/filters."+variant+"."+set+".jsonl.zst", func(b []byte) {
			id := docs[i].ID
			if err := json.Unmarshal(b, &docs[i]); err != nil || docs[i].ID != id {
				t.Fatalf("%s, %s: %v", id, docs[i].ID, err)
			}
			i++
		})
	}
	return docs
}

func SHA(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Decided returns the reason by which the filter drops the document, as the run decides: the first rule broken, "error" where it is a measurement
// that is not a number.
func Decided(f stages.Filter, t *text.View) string {
	m := make([]float64, len(f.Rules()))
	f.Measure(t, m)
	for i, r := range f.Rules() {
		if !r.Keep.For(t.Language()).Has(m[i]) {
			if m[i] != m[i] {
				return "error"
			}
			return r.Name
		}
	}
	return ""
}

func (e *Exact) check(t *testing.T, id, what, got string) {
	t.Helper()
	want := e.Reason
	if e.Error != "" {
		want = "error"
	}
	if got != want || (got == "") != e.Keep {
		t.Errorf("%s: %s: dropped by %q, want %q", id, what, got, want)
	}
}

func (e *Exact) values(t *testing.T, id, what string, got any) {
	t.Helper()
	want := reflect.New(reflect.TypeOf(got))
	if e.Values == nil {
		return
	}
	if err := json.Unmarshal(e.Values, want.Interface()); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want.Elem().Interface()) {
		t.Errorf("%s: %s: %+v, want %+v", id, what, got, want.Elem().Interface())
	}
}

func TestExact(t *testing.T) {
	for variant, words := range map[string]datatrove.Words{"en": datatrove.English, "ws": datatrove.Whitespace} {
		t.Run(variant, func(t *testing.T) {
			quality, repetition, fine, paragraphs := GopherQualityDefaults, GopherRepetitionDefaults, FineWebDefaults, C4ParagraphsDefaults
			web, noTerm := C4Defaults, C4Defaults
			quality.Words, repetition.Words, fine.Words, web.Words, noTerm.Words = words, words, words, words, words
			noTerm.NoTerminalPunct = false
			var v text.View
			docs := ExactDocs(t, variant)
			for i := range docs {
				d := &docs[i]
				v.Reset(d.Text)
				checkQuality(t, d, &quality, &v)
				checkRepetition(t, d, &repetition, &v)
				checkFineWeb(t, d, &fine, &v)
				checkC4(t, d.ID, d.Text, &d.Filter.C4, &web, &v)
				checkC4(t, d.ID, d.Text, &d.Filter.C4NoTerm, &noTerm, &v)
				if d.Filter.C4Paragraph != nil {
					d.Filter.C4Paragraph.check(t, d.ID, "c4_paragraphs", Decided(&paragraphs, &v))
				}
			}
			if len(docs) != 1350 {
				t.Errorf("%d documents", len(docs))
			}
		})
	}
}

func checkQuality(t *testing.T, d *exactDoc, f *GopherQuality, v *text.View) {
	d.Filter.Quality.check(t, d.ID, "gopher_quality", Decided(f, v))
	got := f.values(v)
	var stop []string
	w := wordsOf(f.Words, v)
	for _, s := range f.StopWordList {
		for i := range w.len() {
			if string(w.word(i)) == s {
				stop = append(stop, s)
				break
			}
		}
	}
	slices.Sort(stop)
	type values struct {
		Words, Hashes, Ellipses, Lines, Bullets, Alpha int
		NonSymbol                                      int      `json:"non_symbol"`
		NonSymbolLen                                   int      `json:"non_symbol_len"`
		EndEllipses                                    int      `json:"end_ellipses"`
		StopWords                                      []string `json:"stop_words"`
	}
	if len(stop) != got.stopWords {
		t.Errorf("%s: %d stop words, %q", d.ID, got.stopWords, stop)
	}
	if stop == nil {
		stop = []string{}
	}
	d.Filter.Quality.values(t, d.ID, "gopher_quality", values{
		Words: got.words, Hashes: got.hashes, Ellipses: got.ellipses, Lines: got.lines, Bullets: got.bullets, Alpha: got.alpha,
		NonSymbol: got.plain, NonSymbolLen: got.plainRunes, EndEllipses: got.endEllipses, StopWords: stop,
	})
}

func checkRepetition(t *testing.T, d *exactDoc, f *GopherRepetition, v *text.View) {
	d.Filter.Repetition.check(t, d.ID, "gopher_repetition", Decided(f, v))
	got := f.values(v)
	type values struct {
		Len, Paras, Lines int
		ParaDup           [2]int `json:"para_dup"`
		LineDup           [2]int `json:"line_dup"`
		Top2              *int   `json:"top_2"`
		Top3              *int   `json:"top_3"`
		Top4              *int   `json:"top_4"`
		Dup               [6]int `json:"dup_5_to_10"`
	}
	top := func(i int) *int {
		if got.top[i] < 0 {
			return nil
		}
		return &got.top[i]
	}
	d.Filter.Repetition.values(t, d.ID, "gopher_repetition", values{
		Len: got.chars, Paras: got.paras, Lines: got.lines, ParaDup: [2]int{got.paraCopies, got.paraRunes}, LineDup: [2]int{got.lineCopies, got.lineRunes},
		Top2: top(0), Top3: top(1), Top4: top(2), Dup: got.dup,
	})
}

func checkFineWeb(t *testing.T, d *exactDoc, f *FineWeb, v *text.View) {
	d.Filter.FineWeb.check(t, d.ID, "fineweb", Decided(f, v))
	got := f.values(v)
	type values struct {
		Lines, Short, Newlines, Words int
		PunctEnd                      int `json:"punct_end"`
		DupChars                      int `json:"dup_chars"`
		LenNoNewline                  int `json:"len_no_newline"`
	}
	d.Filter.FineWeb.values(t, d.ID, "fineweb", values{
		Lines: got.lines, Short: got.short, Newlines: got.feeds, Words: got.words, PunctEnd: got.ended, DupChars: got.copied, LenNoNewline: got.chars,
	})
}

func checkC4(t *testing.T, id, s string, want *Exact, f *C4, v *text.View) {
	d := stages.Document{Text: s}
	verdict, err := f.Map(&d, v)
	if err != nil {
		t.Fatal(err)
	}
	want.check(t, id, "c4", verdict.Rule)
	if verdict.Rule == "" && SHA(d.Text) != want.SHA {
		t.Errorf("%s: c4: another text comes out: %.200q", id, d.Text)
	}
	if verdict.Rule != "" && d.Text != s {
		t.Errorf("%s: c4: a document that is dropped was edited", id)
	}
	total := 0
	for fate, name := range map[fate]string{
		fateKept: "kept", fateLongWord: "filter-too_long_word", fateNoEnd: "filter-no_terminal_punc",
		fateFewWords: "filter-too_few_words", fateJavascript: "filter-javascript", fatePolicy: "filter-policy",
	} {
		if f.fates[fate] != want.Lines[name] {
			t.Errorf("%s: c4: %d lines %s, want %d", id, f.fates[fate], name, want.Lines[name])
		}
	}
	for _, n := range f.fates {
		total += n
	}
	if total != want.Lines["total"] {
		t.Errorf("%s: c4: %d lines, want %d", id, total, want.Lines["total"])
	}
	if want.Sentences != f.found {
		t.Errorf("%s: c4: %d sentences, want %d", id, f.found, want.Sentences)
	}
}
