// Package ontology turns what instructions ask for into tags, tags into an ontology, and both into a choice of rows.
//
//	stages:
//	  - tag: {model: tagger}
//	  - normalize_tags: {overlay: tags.yaml}
//	  - select: {rows: 10k}
//
// [Tag] lets a model name the intentions of every user turn. They come in a hundred spellings, of
// which [NormalizeTags] makes one vocabulary that a person can correct. [Select] keeps the documents that are
// rich and differ from each other.
package ontology

import "github.com/winnow-data/winnow/stages"

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{
	stages.Define("normalize_tags", normalizeDefaults),
	stages.Define("select", selectDefaults),
	stages.Define("tag", tagDefaults),
}
