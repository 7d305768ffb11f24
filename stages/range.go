package stages

import (
	"fmt"
	"math"
)

// A Range is a closed interval, with other bounds for some languages. In a recipe: `{min: 50, by: {zh: {min: 80}}}`.
// A bound that a recipe does not give keeps its default; `.inf` and `-.inf` switch a bound off.
type Range struct {
	Min, Max float64
	By       map[string]Range `json:",omitempty"` // language (ISO 639) → its bounds; never nested
}

// Any holds every number.
var Any = Range{Min: math.Inf(-1), Max: math.Inf(1)}

// AtLeast returns the range from x up.
func AtLeast(x float64) Range { return Range{Min: x, Max: math.Inf(1)} }

// AtMost returns the range up to x.
func AtMost(x float64) Range { return Range{Min: math.Inf(-1), Max: x} }

// Between returns the range from lo to hi, both inside.
func Between(lo, hi float64) Range { return Range{Min: lo, Max: hi} }

// Has says whether x lies in r. [NA] lies in every range; any other NaN in none.
func (r Range) Has(x float64) bool { return r.Min <= x && x <= r.Max || IsNA(x) }

// For returns the bounds that hold for a language.
func (r Range) For(language string) Range {
	if by, ok := r.By[language]; ok {
		return by
	}
	return r
}

// Open says whether r excludes nothing in any language.
func (r Range) Open() bool {
	for _, by := range r.By {
		if !by.Open() {
			return false
		}
	}
	return math.IsInf(r.Min, -1) && math.IsInf(r.Max, 1)
}

// Validate says whether the bounds are in order.
func (r Range) Validate() error {
	if !(r.Min <= r.Max) {
		return fmt.Errorf("min %v exceeds max %v", r.Min, r.Max)
	}
	for language, by := range r.By {
		if err := by.Validate(); err != nil {
			return fmt.Errorf("by: %s: %w", language, err)
		}
	}
	return nil
}

// naBits is a quiet NaN that no arithmetic produces.
const naBits = 0x7FF8_0000_0000_4E41

// NA is the measurement of a rule that does not apply to a text, such as stop words in a language without a list. The
// document passes the rule; the run counts it.
var NA = math.Float64frombits(naBits)

// IsNA says whether x is [NA].
func IsNA(x float64) bool { return math.Float64bits(x) == naBits }
