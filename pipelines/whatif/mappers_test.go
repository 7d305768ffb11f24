package whatif

import (
	"errors"
	"strings"
	"testing"
)

// mappers are stages that edit, annotate or look at fields, and decide by what they measure on their way.
const mappers = `
  - language: {short: trigrams, keep: [en, zh, de], min: 0.6}
  - keep: {language_score: {min: 0.8, by: {zh: {min: 0.7}}}, kind_of: {min: 3, absent: keep}, source: {not: [docs]}}
  - url: {field: id, soft_words: [notes, "1", "2", "3"], words: ["5"], soft: {max: 1}}
  - c4@datatrove: {words: whitespace, no_terminal_punct: false, num_sentences: {min: 3}}
  - gopher_quality: {words: {min: 50, by: {zh: {min: 30}}}}
`

func recipeOfMappers(more string) string {
	return strings.Replace(recipeOf(more), filters, mappers, 1)
}

// TestMappersRefuse: what a mapper has not measured is refused with the reason.
func TestMappersRefuse(t *testing.T) {
	more := "  - c4@datatrove: {label: all, words: whitespace, num_sentences: {min: -.inf}}\n  - c4@dolma: {cut: [lines_with_too_few_words], drop: false}\n" +
		"  - url: {label: off, field: id, words: [\"6\"], without: [word]}\n  - keep: {label: without, source: [web], without: [source]}\n"
	dir, _ := ran(t, recipeOfMappers(more), 1)
	for set, want := range map[string]string{
		"all.num_sentences.min=3":              "sentences were not counted",
		"c4@dolma.line_count.min=3":            "judged before its lines are cut",
		"without.without=[]":                   "was not measured while it was off",
		"url.domains=[web.org]":                "no bound of a rule",
		"keep.source.not=[web]":                "no bound of a rule",
		"language.keep=[en]":                   "no bound of a rule",
		"c4@datatrove.words_per_line.min=2":    "no bound of a rule",
		"c4@datatrove.without=[lorem_ipsum]":   "cannot be answered",
		"language.without=[language]":          "measures nothing",
		"keep.language_score.absent=keep":      "no bound of a rule",
		"c4@datatrove.split_paragraph=false":   "no bound of a rule",
		"gopher_quality.stop_words.absent=yes": "",
	} {
		_, problems, err := Ask(t.Context(), dir, []string{set}, Options{})
		if want == "" {
			if len(problems) == 0 {
				t.Errorf("%s: no problem", set)
			}
			continue
		}
		var refused *NotABoundError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v %v, want %q", set, err, problems, want)
		}
	}
}

// TestMappersAgreeWithReruns: as with filters, what mappers measure can be cut again, and what they would have edited or annotated is what later rules have measured.
func TestMappersAgreeWithReruns(t *testing.T) {
	type asked struct {
		set   string
		exact bool
	}
	for _, c := range []struct {
		name, behind string
		share        float64
		sets         []asked
	}{
		{"all measured on", "", 1, []asked{
			{"language.min=0.9", true},
			{"language.min=0.2 keep.language_score.min=0.3", true},
			{"keep.language_score.min=0.95", true},
			{"keep.language_score.min=0.7 language.min=0.5", true},
			{"keep.language_score.by.zh.min=0.95 keep.language_score.min=0.5", true},
			{"keep.without=[source,language_score]", true},
			{"url.soft.max=0", true},
			{"url.soft.max=2", true},
			{"url.soft.min=1", true},
			{"url.without=[word]", true},
			{"url.drop=false", true},
			{"c4@datatrove.num_sentences.min=20", true},
			{"c4@datatrove.num_sentences.min=1", true},
			{"c4@datatrove.num_sentences.min=-.inf", true},
			{"c4@datatrove.num_sentences.max=40 gopher_quality.words.min=20", true},
			{"c4@datatrove.drop=false", false},
			{"c4@datatrove.without=[too_few_sentences]", false},
			{"language.drop=false", false},
			{"language.without=[score]", false},
		}},
		{"a sample", "", 0.3, []asked{
			{"language.min=0.9", true},
			{"c4@datatrove.num_sentences.min=10", true},
			{"url.soft.max=0", true},
			{"keep.language_score.min=0.95", true},
			{"language.min=0.2 keep.language_score.min=0.3", false},
			{"c4@datatrove.num_sentences.min=1", false},
			{"url.soft.max=2", false},
			{"keep.language_score.min=0.7", false},
		}},
		{"the last stage", "  - c4@datatrove: {label: last, words: whitespace, num_sentences: {min: 12}, no_terminal_punct: false}\n", 1, []asked{
			{"last.num_sentences.min=0", true}, {"last.num_sentences.min=14", true},
		}},
		{"before fields", "  - keep: {label: long, language_score: {max: 0.99}}\n  - fineweb@datatrove: {words: whitespace, line_punct_ratio: {min: 0.5}}\n" +
			"  - gopher_quality@datatrove: {words: whitespace}\n", 1, []asked{
			{"long.language_score.max=0.98", true},
			{"long.language_score.max=1", true},
			{"language.min=0.995", true},
			{"fineweb@datatrove.line_punct_ratio.min=0.7", true},
			{"gopher_quality@datatrove.doc_words.min=300", true},
			{"gopher_quality@datatrove.doc_words.max=300 gopher_quality@datatrove.stop_words.min=1", true},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && c.share < 1 {
				t.Skip("short")
			}
			dir, was := ran(t, recipeOfMappers(c.behind), c.share)
			for _, x := range c.sets {
				set := strings.Split(x.set, " ")
				a := ask(t, dir, 0, set...)
				_, now := ran(t, recipeOfMappers(c.behind), 0, set...)
				agree(t, x.set, a, x.exact, was, now)
			}
		})
	}
}
