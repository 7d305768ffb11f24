// Package filters holds what judges or edits one document on its own: extraction, language, heuristics, personal data, models' opinions. One
// file for each filter, with its settings, their defaults, its rules and how they are measured; [Catalog] lists them, and from its line follow
// the recipe's grammar, the page in README.md and the tests that every filter has to pass (golden_test.go).
//
//	stages.Define("gopher_quality", gopherQuality)   // gopher_quality: {words: {min: 30}}
//
// The exact copies of other tools' filters, NAME@PEER, lie in a package for each peer: filters/internal/datatrove, filters/internal/dolma. What both
// they and ours count with lies beside them (ngram, phrase), as does what a filter reads (fasttext, hosts, schema).
package filters

import (
	"github.com/winnow-data/winnow/filters/internal/datatrove"
	"github.com/winnow-data/winnow/filters/internal/dolma"
	"github.com/winnow-data/winnow/stages"
)

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{
	stages.Define("annotate", annotateDefaults),
	stages.Define("c4", c4),
	stages.Define("c4@datatrove", datatrove.C4Defaults),
	stages.Define("c4@dolma", dolma.C4Defaults),
	stages.Define("c4_paragraphs", c4Paragraphs),
	stages.Define("c4_paragraphs@datatrove", datatrove.C4ParagraphsDefaults),
	stages.Define("code_quality", codeQuality),
	stages.Define("embed", embedDefaults),
	stages.Define("extract", extractDefaults),
	stages.Define("fineweb", fineWeb),
	stages.Define("fineweb@datatrove", datatrove.FineWebDefaults),
	stages.Define("gopher_quality", gopherQuality),
	stages.Define("gopher_quality@datatrove", datatrove.GopherQualityDefaults),
	stages.Define("gopher_quality@dolma", dolma.GopherQualityDefaults),
	stages.Define("gopher_repetition", gopherRepetition),
	stages.Define("gopher_repetition@datatrove", datatrove.GopherRepetitionDefaults),
	stages.Define("gopher_repetition@dolma", dolma.GopherRepetitionDefaults),
	stages.Define("judge", judgeDefaults),
	stages.Define("keep", keepDefaults),
	stages.Define("language", languageDefaults),
	stages.Define("length", length),
	stages.Define("mask_pii", maskPIIDefaults),
	stages.Define("mask_pii@datatrove", datatrove.MaskPIIDefaults),
	stages.Define("normalize", normalize),
	stages.Define("pattern", pattern),
	stages.Define("perplexity", perplexityDefaults),
	stages.Define("repeats", repeats),
	stages.Define("replace", replaceDefaults),
	stages.Define("reward", rewardDefaults),
	stages.Define("url", urlDefaults),
}
