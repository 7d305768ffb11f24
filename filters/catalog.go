// Package filters holds what judges one document on its own: heuristics, language, personal data, extraction. One file per
// filter; [Catalog] lists them.
package filters

import "github.com/winnow-data/winnow/stages"

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{
	stages.Define("annotate", annotateDefaults),
	stages.Define("c4", c4),
	stages.Define("embed", embedDefaults),
	stages.Define("extract", extractDefaults),
	stages.Define("fineweb", fineWeb),
	stages.Define("gopher_quality", gopherQuality),
	stages.Define("gopher_repetition", gopherRepetition),
	stages.Define("judge", judgeDefaults),
	stages.Define("language", languageDefaults),
	stages.Define("length", length),
	stages.Define("mask_pii", maskPIIDefaults),
	stages.Define("normalize", normalize),
	stages.Define("perplexity", perplexityDefaults),
	stages.Define("reward", rewardDefaults),
}
