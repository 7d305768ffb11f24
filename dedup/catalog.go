// Package dedup removes documents that repeat others: identical ones, and near-duplicates that were verified word for word.
package dedup

import "github.com/winnow-data/winnow/stages"

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{
	stages.Define("dedup_exact", exactDefaults),
	stages.Define("dedup_minhash", minHashDefaults),
}
