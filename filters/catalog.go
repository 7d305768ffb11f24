// Package filters holds what judges one document on its own: heuristics, language, personal data, extraction. One file per
// filter; [Catalog] lists them.
package filters

import "github.com/winnow-data/winnow/stages"

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{
	stages.Define("annotate", annotateDefaults),
	stages.Define("c4", c4),
	stages.Define("c4@datatrove", datatroveC4),
	stages.Define("c4@dolma", dolmaC4),
	stages.Define("c4_paragraphs", c4Paragraphs),
	stages.Define("c4_paragraphs@datatrove", datatroveC4Paragraphs),
	stages.Define("code_quality", codeQuality),
	stages.Define("embed", embedDefaults),
	stages.Define("extract", extractDefaults),
	stages.Define("fineweb", fineWeb),
	stages.Define("fineweb@datatrove", datatroveFineWeb),
	stages.Define("gopher_quality", gopherQuality),
	stages.Define("gopher_quality@datatrove", datatroveGopherQuality),
	stages.Define("gopher_quality@dolma", dolmaGopherQuality),
	stages.Define("gopher_repetition", gopherRepetition),
	stages.Define("gopher_repetition@datatrove", datatroveGopherRepetition),
	stages.Define("gopher_repetition@dolma", dolmaGopherRepetition),
	stages.Define("judge", judgeDefaults),
	stages.Define("keep", keepDefaults),
	stages.Define("language", languageDefaults),
	stages.Define("length", length),
	stages.Define("mask_pii", maskPIIDefaults),
	stages.Define("mask_pii@datatrove", datatroveMaskPII),
	stages.Define("normalize", normalize),
	stages.Define("pattern", pattern),
	stages.Define("perplexity", perplexityDefaults),
	stages.Define("repeats", repeats),
	stages.Define("replace", replaceDefaults),
	stages.Define("reward", rewardDefaults),
	stages.Define("url", urlDefaults),
}
