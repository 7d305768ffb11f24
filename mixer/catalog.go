// Package mixer decides how much of each domain a corpus holds and in what order: budgets, weights, epoch caps, a global shuffle.
package mixer

import "github.com/winnow-data/winnow/stages"

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{}
