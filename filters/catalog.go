// Package filters holds what judges one document on its own: heuristics, language, personal data, extraction. One file per
// filter; [Catalog] lists them.
package filters

import "github.com/winnow-data/winnow/stages"

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{
	stages.Define("mask_pii", maskPIIDefaults),
}
