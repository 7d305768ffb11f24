package whatif

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/pipelines/inspect"
	"github.com/winnow-data/winnow/pipelines/signals"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/pii"
	"github.com/winnow-data/winnow/stages/shard"
)

// A Side is the documents on either side of one new bound: those nearest to it that come to the rule and that the other rules up to there let through.
type Side struct {
	Rule     string    `json:"rule"`               // LABEL.RULE
	Language string    `json:"language,omitempty"` // of a bound that holds for one language
	Bound    string    `json:"bound"`              // "min" or "max"
	Was      float64   `json:"-"`
	Is       float64   `json:"-"`
	Inside   []Example `json:"inside"`
	Outside  []Example `json:"outside"`

	stage, rule, most int
	keep              stages.Range
}

// An Example is one document beside a bound.
type Example struct {
	ID       string  `json:"id"`
	Source   string  `json:"source,omitempty"`
	Language string  `json:"language,omitempty"`
	Value    float64 `json:"value"`
	Was      string  `json:"was"` // kept, or the rule by which it went
	Text     string  `json:"text,omitempty"`

	distance float64
	hash     uint64
}

type side = Side

// newSides lists the bounds that change.
func (q *question) newSides(most int) []*side {
	var list []*side
	for k := range q.old.Stages {
		for i := range q.old.Stages[k].Judged {
			was, is := q.old.Stages[k].Rules[i].Keep, q.now.Stages[k].Rules[i].Keep
			list = append(list, q.sidesOf(k, i, "", was, is, most)...)
			languages := map[string]bool{}
			for l := range was.By {
				languages[l] = true
			}
			for l := range is.By {
				languages[l] = true
			}
			for l := range languages {
				list = append(list, q.sidesOf(k, i, l, was.For(l), is.For(l), most)...)
			}
		}
	}
	slices.SortFunc(list, func(a, b *side) int {
		return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.rule, b.rule), cmp.Compare(a.Language, b.Language), cmp.Compare(b.Bound, a.Bound))
	})
	return list
}

// sidesOf lists the bounds of one range that differ from another's.
func (q *question) sidesOf(stage, rule int, language string, was, is stages.Range, most int) []*side {
	var list []*side
	add := func(bound string, x, y float64) {
		if x != y && !math.IsInf(y, 0) {
			list = append(list, &side{
				Rule: q.old.Stages[stage].Column(rule), Language: language, Bound: bound, Was: x, Is: y,
				Inside: []Example{}, Outside: []Example{}, stage: stage, rule: rule, most: most, keep: q.now.Stages[stage].Rules[rule].Keep,
			})
		}
	}
	add("min", was.Min, is.Min)
	add("max", was.Max, is.Max)
	return list
}

// take looks at a document.
func (s *Side) take(q *question, r *signals.Row, gone int) {
	x := r.M[q.now.Stages[s.stage].First+s.rule]
	if s.most == 0 || x != x || s.Language != "" && r.Language != s.Language || gone != signals.Nobody && gone < s.stage {
		return
	}
	if _, own := s.keep.By[r.Language]; own && s.Language == "" {
		return // another bound holds for its language
	}
	inside := x >= s.Is
	if s.Bound == "max" {
		inside = x <= s.Is
	}
	list := &s.Inside
	if !inside {
		list = &s.Outside
	}
	e := Example{Value: x, distance: math.Abs(x - s.Is), hash: xxhash.Sum64String(r.ID)}
	if n := len(*list); n == s.most && compareExamples(e, (*list)[n-1]) >= 0 || !s.alone(q, r) {
		return
	}
	e.ID, e.Source, e.Language, e.Was = strings.Clone(r.ID), strings.Clone(r.Source), strings.Clone(r.Language), "kept"
	if r.DroppedBy != "" {
		e.Was = strings.Clone(r.DroppedBy)
	}
	at, _ := slices.BinarySearchFunc(*list, e, compareExamples)
	*list = slices.Insert(*list, at, e)
	*list = (*list)[:min(len(*list), s.most)]
}

// alone says whether no other rule up to the stage removes the document with the new bounds.
func (s *Side) alone(q *question, r *signals.Row) bool {
	for k := range s.stage + 1 {
		st := &q.now.Stages[k]
		if !st.Drops {
			continue
		}
		for i := range st.Rules {
			if k == s.stage && i == s.rule || st.Off[i] {
				continue
			}
			if i >= st.Judged && !shard.IsMissing(r.M[st.First+i]) || i < st.Judged && st.Outside(i, r.M, r.Language) {
				return false
			}
		}
	}
	return true
}

func compareExamples(a, b Example) int {
	return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.hash, b.hash), cmp.Compare(a.ID, b.ID))
}

// textChars is how much of a text an example shows.
const textChars = 160

// texts gives the examples their words, masked and clipped.
func (q *question) texts(ctx context.Context, out string) error {
	var ids []string
	q.examples(func(e *Example) { ids = append(ids, e.ID) })
	if len(ids) > 0 {
		found, err := inspect.Texts(ctx, out, ids)
		if err != nil {
			return err
		}
		q.examples(func(e *Example) {
			e.Text = tally.Cut(strings.Join(strings.Fields(pii.Mask(clip(found[e.ID]))), " "), textChars, 4*textChars)
		})
	}
	for _, s := range q.sides {
		q.answer.Sides = append(q.answer.Sides, *s)
	}
	return nil
}

// clip cuts a text before it is masked: 40 times what is shown is enough, whatever white space it has.
func clip(s string) string { return tally.Cut(s, 40*textChars, 160*textChars) }

func (q *question) examples(f func(*Example)) {
	for _, s := range q.sides {
		for i := range s.Inside {
			f(&s.Inside[i])
		}
		for i := range s.Outside {
			f(&s.Outside[i])
		}
	}
}
