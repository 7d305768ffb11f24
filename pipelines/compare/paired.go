package compare

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/stages"
)

// Paired is what became of the prompts that both runs answered, by one check. A prompt passes whose answers hold one that passed, and fails where some failed
// and none passed; what is unknown on one side is counted apart.
type Paired struct {
	Check     string   `json:"check"` // the label of the stage
	Both      int      `json:"both"`  // passed in both
	Neither   int      `json:"neither"`
	Fixed     []string `json:"fixed"`     // ids that failed in A and passed in B
	Broken    []string `json:"broken"`    // ids that passed in A and failed in B
	Undecided int      `json:"undecided"` // unknown on one side or both
	// P is how likely so lopsided a change is by chance, if both runs were as good (McNemar 1947, exact, two-sided); 1 where nothing changed.
	P float64 `json:"p"`
}

// outcomes are what checks say of the answers of prompts.
type outcomes map[string]map[string][]stages.Result // by check and id; ids need not be unique

// paired compares two runs check by check.
func paired(ctx context.Context, a, b *Side) ([]Paired, error) {
	x, err := outcomesOf(ctx, a.Folder)
	if err != nil {
		return nil, err
	}
	y, err := outcomesOf(ctx, b.Folder)
	if err != nil {
		return nil, err
	}
	out := []Paired{}
	for _, label := range labels(a.plan, b.plan) {
		if x[label] == nil || y[label] == nil {
			continue
		}
		if p := pair(label, x[label], y[label]); p.Both+p.Neither+len(p.Fixed)+len(p.Broken) > 0 {
			out = append(out, p)
		}
	}
	return out, nil
}

// pair compares what one check found. Of several prompts with one id the first is compared with the first.
func pair(label string, x, y map[string][]stages.Result) Paired {
	p := Paired{Check: label, Fixed: []string{}, Broken: []string{}}
	for _, id := range slices.Sorted(maps.Keys(x)) {
		for k := range min(len(x[id]), len(y[id])) {
			switch was, is := x[id][k], y[id][k]; {
			case was == stages.Unknown || is == stages.Unknown:
				p.Undecided++
			case was == is && is == stages.Passed:
				p.Both++
			case was == is:
				p.Neither++
			case is == stages.Passed:
				p.Fixed = append(p.Fixed, id)
			default:
				p.Broken = append(p.Broken, id)
			}
		}
	}
	p.P = mcnemar(len(p.Fixed), len(p.Broken))
	return p
}

// outcomesOf reads the prompts of a run with what their checks found.
func outcomesOf(ctx context.Context, folder string) (outcomes, error) {
	out := outcomes{}
	for d, err := range inspect.Answered(ctx, folder) {
		if err != nil {
			return nil, err
		}
		for label, r := range outcome(d.Answers) {
			label = strings.Clone(label)
			if out[label] == nil {
				out[label] = map[string][]stages.Result{}
			}
			id := strings.Clone(d.ID)
			out[label][id] = append(out[label][id], r)
		}
	}
	return out, nil
}

// outcome joins the checks of a prompt's answers by the label of their stage: an answer passes whose checks of it all pass, a prompt of which one answer does.
func outcome(answers []stages.Answer) map[string]stages.Result {
	prompt := map[string]stages.Result{}
	for i := range answers {
		own := map[string]stages.Result{}
		for _, c := range answers[i].Checks {
			label, _, _ := strings.Cut(c.Name, "/")
			was, ok := own[label]
			switch {
			case !ok:
				own[label] = c.Result
			case was == stages.Unknown || c.Result == stages.Unknown:
				own[label] = stages.Unknown
			case c.Result == stages.Failed:
				own[label] = stages.Failed
			}
		}
		for label, r := range own {
			was, ok := prompt[label]
			if !ok || r == stages.Passed || was == stages.Unknown {
				prompt[label] = r
			}
		}
	}
	return prompt
}

// mcnemar is the exact two-sided probability that of fixed+broken changes, each as likely as the other, so few or fewer go one way.
func mcnemar(fixed, broken int) float64 {
	n := fixed + broken
	if n == 0 {
		return 1
	}
	half := float64(n) * math.Log(2)
	all, _ := math.Lgamma(float64(n) + 1)
	sum := 0.0
	for k := range min(fixed, broken) + 1 {
		a, _ := math.Lgamma(float64(k) + 1)
		b, _ := math.Lgamma(float64(n-k) + 1)
		sum += math.Exp(all - a - b - half)
	}
	return min(1, 2*sum)
}
