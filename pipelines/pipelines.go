// Package pipelines joins the rooms' catalogs and holds what turns a recipe into a corpus. Inside it:
//
//	recipe     grammar, lint, schema for editors     recipes    the built-in ones, with their sample data
//	plan       phases, tasks, keys                   models     what stages ask, its record and its limits
//	run        tasks, files, markers, sums           signals    what rules measured of every document
//	tally      counts of a run                       report     the page, the card and the numbers made of them
//	whatif     other bounds, without a rerun         compare    two finished runs side by side
//	inspect    estimates, preview, explain           stats      what is in any data set
//	docs       pages of the stages
package pipelines

import (
	"slices"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/filters"
	"github.com/winnow-data/winnow/mixer"
	"github.com/winnow-data/winnow/ontology"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/synth"
)

// Registry returns all components that recipes may name. It panics on a name that two rooms define, which a test
// excludes.
func Registry() *stages.Registry {
	r, err := stages.NewRegistry(slices.Concat(filters.Catalog, dedup.Catalog, mixer.Catalog, ontology.Catalog, synth.Catalog))
	if err != nil {
		panic(err)
	}
	return r
}
