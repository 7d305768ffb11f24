package verifier

// A Rule says how functions and cases are held against each other.
type Rule struct {
	Cases     float64 // share of the functions that must agree with a case for it to be kept; 0: one will do
	Functions float64 // share of the kept cases on which a function must be right
	Both      bool    // a function must accept a case and reject one
	TextFails bool    // a verdict written as text is never right, as in the original
}

var (
	// Original is the rule of AutoIF's code.
	Original = Rule{Functions: 0.8, TextFails: true}
	// Repaired is the same with verdicts that were written as text.
	Repaired = Rule{Functions: 0.8}
	// Strict keeps the cases that a majority stands by and the functions that can say both yes and no: under the original rule functions that refuse everything
	// confirm each other.
	Strict = Rule{Cases: 0.5, Functions: 0.8, Both: true}
)

// A Crossing is what is left of functions and cases, by their numbers in the set.
type Crossing struct {
	Cases     []int
	Accuracy  []float64 // of each function on the kept cases
	Functions []int
}

// Cross holds functions and cases against each other. Flaky functions have no say.
func (r *Results) Cross(rule Rule) Crossing {
	var c Crossing
	agrees := func(f, k int) bool {
		want := r.Set.Cases[k]
		if rule.TextFails && want.Text || r.Flaky[f] {
			return false
		}
		return r.Verdicts[f][k] == verdictOf(want.Want)
	}
	voters := 0
	for f := range r.Verdicts {
		if r.votes(f) {
			voters++
		}
	}
	for k := range r.Set.Cases {
		n := 0
		for f := range r.Verdicts {
			if agrees(f, k) && (rule.Cases == 0 || r.votes(f)) {
				n++
			}
		}
		if n > 0 && float64(n) >= rule.Cases*float64(voters) {
			c.Cases = append(c.Cases, k)
		}
	}
	for f := range r.Verdicts {
		right, accepts, rejects := 0, false, false
		for _, k := range c.Cases {
			if agrees(f, k) {
				right++
				accepts = accepts || r.Set.Cases[k].Want
				rejects = rejects || !r.Set.Cases[k].Want
			}
		}
		share := 0.0
		if len(c.Cases) > 0 {
			share = float64(right) / float64(len(c.Cases))
		}
		c.Accuracy = append(c.Accuracy, share)
		if len(c.Cases) > 0 && share >= rule.Functions && (!rule.Both || accepts && rejects) {
			c.Functions = append(c.Functions, f)
		}
	}
	return c
}

// votes says whether a function has a say in which cases are right: it loads, gives the same verdicts twice, and not one verdict alone.
func (r *Results) votes(f int) bool {
	yes, no := false, false
	for _, v := range r.Verdicts[f] {
		yes, no = yes || v == True, no || v == False
	}
	return yes && no && !r.Flaky[f]
}

func verdictOf(b bool) Verdict {
	if b {
		return True
	}
	return False
}
