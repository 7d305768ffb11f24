package synth

import "github.com/winnow-data/winnow/stages"

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{
	stages.Define("dedup_answers", dedupAnswersDefaults),
	stages.Define("pass_rate", passRateDefaults),
	stages.Define("pick", pickDefaults),
}
