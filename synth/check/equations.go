package check

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/synth/check/internal/equation"
	"github.com/winnow-data/winnow/synth/check/internal/exact"
)

// Equations passes a solution whose every equation holds: a right answer with a wrong step is no example to learn from.
//
//	check_equations: {tolerance: 1e-3}
//
// Equations are GSM8K's calculator annotations <<16-3-4=9>>; a text without any is searched for calculations in prose: numbers and + - * / × ÷ ^ ( ) % up to
// "=" and what it equals, such as 16 - 3 - 4 = 9. Both sides are calculated exactly, as rationals, % being a hundredth. An annotation has exactly one equals sign and no
// unknowns; one that cannot be calculated is a wrong step. In prose what cannot be calculated is no equation, a result with decimals may be rounded
// to the last of them, and 20% may also be 20. A solution without equations passes.
type Equations struct {
	Tolerance float64 // how far the two sides of an equation may lie apart
	In        string  // which equations: annotations (<<…>>), prose, or auto (annotations, and prose where a text has none)

	reader    equation.Reader
	tolerance exact.Rat
	of        float64 // the setting that tolerance was made of
}

// EquationsDefaults are the defaults of check_equations; the tolerance is that of the RFT paper's filter (Yuan et al. 2023, gsm8k-ScRel).
var EquationsDefaults = Equations{Tolerance: 1e-3, In: equation.Auto}

// Validate implements [stages.Validator].
func (e *Equations) Validate() error {
	if !(e.Tolerance >= 0) || math.IsInf(e.Tolerance, 0) {
		return errors.New("tolerance: it must be 0 or more")
	}
	if !slices.Contains(equation.Places, e.In) {
		return fmt.Errorf("in: %q is no place of equations; allowed are %s", e.In, strings.Join(equation.Places, ", "))
	}
	return nil
}

const equationsName = "check_equations"

// Check implements [stages.Checker]. The score is the share of equations that hold.
func (e *Equations) Check(_ *stages.Document, a *stages.Answer) stages.Check {
	if e.of != e.Tolerance || e.of == 0 {
		f, _ := new(big.Rat).SetString(fmt.Sprint(e.Tolerance))
		e.tolerance, e.of = exact.FromRat(f), e.Tolerance
	}
	all, wrong, first := 0, 0, ""
	for eq := range e.reader.In(a.Text, e.In) {
		all++
		if !eq.Holds(e.tolerance) {
			if wrong++; wrong == 1 {
				first = eq.Why()
			}
		}
	}
	switch {
	case all == 0:
		return stages.Check{Name: equationsName, Result: stages.Passed, Score: 1, Why: "no equations"}
	case wrong == 0:
		return stages.Check{Name: equationsName, Result: stages.Passed, Score: 1, Why: fmt.Sprintf("%d equations hold", all)}
	}
	return stages.Check{
		Name: equationsName, Result: stages.Failed, Score: float64(all-wrong) / float64(all),
		Why: fmt.Sprintf("%d of %d equations do not hold; first %s", wrong, all, short(first)),
	}
}

// EquationKey returns the equations of a solution in one form, for `dedup_answers: {by: equations}`: two solutions with the same key take the same
// path. It holds the equations that check_equations reads, in order, without white space, joined by "|". Annotations are kept letter by letter (the RFT paper's key);
// calculations in prose lose currency signs and separators of thousands, and have * and / for × and ÷. A solution without equations has the key "".
func EquationKey(solution string) string { return equation.Key(solution) }
