package datatrove_test

import (
	"slices"
	"testing"

	"github.com/winnow-data/winnow/filters"
	"github.com/winnow-data/winnow/filters/internal/datatrove"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
	cut "github.com/winnow-data/winnow/stages/text/datatrove"
)

// A step is a step of datatrove's chain.
type step struct {
	name string
	c    any // a mapper, a filter
}

// chainOf is the order of FineWeb: language, repetition, quality, C4, FineWeb. datatrove keeps scores above .65, which as float32 are
// those from .65000004 on.
func chainOf(t testing.TB, words cut.Words, noTerm bool) []step {
	quality, repetition, fine, web := datatrove.GopherQualityDefaults, datatrove.GopherRepetitionDefaults, datatrove.FineWebDefaults, datatrove.C4Defaults
	quality.Words, repetition.Words, fine.Words, web.Words = words, words, words, words
	name := "c4"
	if noTerm {
		web.NoTerminalPunct, name = false, "c4_noterm"
	}
	at := slices.IndexFunc(filters.Catalog, func(s stages.Spec) bool { return s.Name == "language" })
	language := filters.Catalog[at].New().(*filters.Language)
	language.Engine, language.Model = "fasttext", stages.Path(realdata.Path(t, "data/langid/lid.176.ftz"))
	language.Keep, language.Min = []string{"en"}, 0.65000001
	if err := language.Provision(&stages.Env{}); err != nil {
		t.Fatal(err)
	}
	return []step{
		{"language", language},
		{"gopher_repetition", &repetition},
		{"gopher_quality", &quality},
		{name, &web},
		{"fineweb", &fine},
	}
}

// runChain passes a document through the chain as the run does, and returns where it was dropped and why.
func runChain(t testing.TB, chain []step, d *stages.Document, v *text.View) (at, reason string) {
	v.Reset(d.Text)
	for _, s := range chain {
		if mapper, ok := s.c.(stages.Mapper); ok {
			verdict, err := mapper.Map(d, v)
			if err != nil {
				t.Fatal(err)
			}
			if verdict.Rule != "" {
				return s.name, verdict.Rule
			}
			if d.Text != v.Text() {
				v.Reset(d.Text)
			}
			continue
		}
		if reason := datatrove.Decided(s.c.(stages.Filter), v); reason != "" {
			return s.name, reason
		}
	}
	return "", ""
}

func TestChain(t *testing.T) {
	for variant, words := range map[string]cut.Words{"en": cut.English, "ws": cut.Whitespace} {
		t.Run(variant, func(t *testing.T) {
			c4, noTerm := chainOf(t, words, false), chainOf(t, words, true)
			docs := datatrove.ExactDocs(t, variant)
			kept := 0
			var v text.View
			for i := range docs {
				d := &docs[i]
				for _, c := range []struct {
					name  string
					chain []step
					want  *datatrove.Exact
				}{{"chain", c4, &d.Filter.Chain}, {"chain_fineweb", noTerm, &d.Filter.ChainFineWeb}} {
					doc := stages.Document{Text: d.Text}
					at, reason := runChain(t, c.chain, &doc, &v)
					if at == "language" {
						reason = "" // datatrove gives none
					}
					if at != c.want.At || reason != c.want.Reason || (at == "") != c.want.Keep {
						t.Errorf("%s: %s: dropped at %q by %q, want %q by %q", d.ID, c.name, at, reason, c.want.At, c.want.Reason)
					}
					if at == "" {
						kept++
						if datatrove.SHA(doc.Text) != c.want.SHA {
							t.Errorf("%s: %s: another text comes out", d.ID, c.name)
						}
					}
				}
				if lang := &d.Filter.Language; variant == "en" {
					doc := stages.Document{Text: d.Text}
					if at, _ := runChain(t, c4[:1], &doc, &v); (at == "") != lang.KeepEN {
						t.Errorf("%s: language: %q at %v, dropped at %q, kept by datatrove: %v", d.ID, lang.Label, lang.Score, at, lang.KeepEN)
					}
				}
			}
			if kept < 200 {
				t.Errorf("%d documents kept by the chains", kept)
			}
		})
	}
}
