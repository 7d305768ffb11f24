package whatif

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// conclude makes the answer of what was counted.
func (q *question) conclude() {
	a := &q.answer
	g := &q.all
	a.Unknown, a.Sampled, a.Passed = g.unknown, q.sampled, q.passed
	blind, low, high := q.share(), 0.0, 0.0
	passes, fallen := 0.0, 1.0 // share of the unknown that pass the rules behind, and what is left of a text that does
	if q.sampled > 0 {
		passes = float64(q.passed) / float64(q.sampled)
		low, high = clopperPearson(q.passed, q.sampled, 0.05)
		if q.bytesSeen > 0 {
			fallen = float64(q.bytesPass) / float64(q.bytesSeen)
		}
	} else if g.unknown > 0 {
		passes, high = 0.5, 1
	}
	var back int64
	for i := range q.dedups {
		back += q.dedups[i].back
	}
	unknown, maybe := float64(g.unknown), float64(g.maybe)
	like := unknown - float64(q.unspared) // those that are as the ones measured on
	a.Kept = Figure{Was: g.was, Now: g.known + round(unknown*passes*blind+maybe*blind) + g.freed}
	a.Kept.Low, a.Kept.High = g.known+round(like*low), g.known+g.maybe+round(like*high)+q.unspared+back
	if q.blindAhead {
		a.Kept.Low = g.known
	} else {
		a.Kept.Low += g.maybe
	}
	a.Bytes = Figure{Was: g.bytesWas, Now: g.bytesNow + round(float64(g.bytesUnknown)*fallen*blind+float64(g.bytesMaybe)*blind) + g.bytesFreed}
	q.why(back)
	a.Kept.Exact, a.Bytes.Exact = len(a.Why) == 0, len(a.Why) == 0
	if a.Kept.Exact {
		a.Kept.Low, a.Kept.High = a.Kept.Now, a.Kept.Now
	}
	a.Bytes.Low, a.Bytes.High = q.bytesWithin(low, high)
	a.Sources, a.Languages = q.list(q.sources, blind, passes, fallen), q.list(q.languages, blind, passes, fallen)
	for k := range q.old.Stages {
		s := &q.old.Stages[k]
		for i := range s.Rules {
			if was, now := q.was[s.First+i], q.moved[s.First+i]; was != now {
				a.Rules = append(a.Rules, Moved{s.Column(i), was, now})
			}
		}
	}
}

// bytesWithin is the interval of bytes: that of the documents, with what the sample has left of its texts.
func (q *question) bytesWithin(low, high float64) (int64, int64) {
	g, a := &q.all, &q.answer
	if a.Bytes.Exact {
		return a.Bytes.Now, a.Bytes.Now
	}
	left := 1.0
	if q.passed > 0 {
		left = float64(q.bytesPass) / float64(q.passed) * float64(q.sampled) / float64(max(q.bytesSeen, 1))
	}
	like := float64(g.bytesUnknown - q.bytesUnspared)
	lo := g.bytesNow + round(like*low*left)
	if q.blindAhead {
		lo = g.bytesNow
	}
	return min(lo, a.Bytes.Now), max(g.bytesNow+g.bytesMaybe+round(like*high*left)+q.bytesUnspared+q.bytesBack, a.Bytes.Now)
}

// share is how many of the documents that came to stages which cannot be foreseen went on, in the run.
func (q *question) share() float64 {
	if !q.blindAhead {
		return 1
	}
	share := 1.0
	for k := q.first + 1; k < q.until; k++ {
		if s := &q.now.Stages[k]; s.Blind && s.Drops && q.entered[k] > 0 {
			share *= 1 - float64(q.left[k])/float64(q.entered[k])
		}
	}
	return share
}

// why says what keeps the answer from being exact.
func (q *question) why(back int64) {
	a := &q.answer
	say := func(format string, args ...any) { a.Why = append(a.Why, fmt.Sprintf(format, args...)) }
	if q.unspared > 0 {
		say("%d documents would stay as they came, and were measured on as bounds would have let them through: other bounds can be answered better than drop and without", q.unspared)
	}
	if a.Unknown > 0 {
		say("%d documents pass the new bounds and were not measured by the rules behind; of %d that were, %d pass those too", a.Unknown, a.Sampled, a.Passed)
	}
	if q.blindAhead {
		say("documents that come back meet stages which see the whole corpus or ask a model; %.1f %% of those that came there went on", 100*q.share())
	}
	for i := range q.dedups {
		d := &q.dedups[i]
		switch {
		case len(d.gone) == 0 || d.alike && d.back == 0:
		case d.back > 0:
			say("%s removed %d documents for one that goes; one of each group comes back, or more", d.label, d.back)
		default:
			say("%s compares what is left: without %d documents its groups may be others", d.label, len(d.gone))
		}
	}
	if q.unlike > 0 {
		say("of %d documents the numbers do not say why they went or stayed, such as where a stage behind the rule writes the language", q.unlike)
	}
}

// list are groups, the largest first.
func (q *question) list(m map[string]*group, blind, passes, fallen float64) []Group {
	out := make([]Group, 0, len(m))
	for name, g := range m {
		p := passes
		if g.sampled >= 30 {
			p = float64(g.passed) / float64(g.sampled)
		}
		x := Group{Name: name, Was: g.was, BytesWas: g.bytesWas}
		x.Now = g.known + round(float64(g.unknown)*p*blind+float64(g.maybe)*blind) + g.freed
		x.BytesNow = g.bytesNow + round(float64(g.bytesUnknown)*fallen*blind+float64(g.bytesMaybe)*blind) + g.bytesFreed
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(max(b.Was, b.Now), max(a.Was, a.Now)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func round(x float64) int64 { return int64(math.Round(x)) }
