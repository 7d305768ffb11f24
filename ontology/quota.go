package ontology

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages/settings"
)

// A Quota bounds how many rows may have a tag or a value of a field: field → value → bound. The value "*" is each one without a bound of
// its own.
type Quota map[string]map[string]Bound

// A Bound is a number of rows, or a share of those that are chosen.
type Bound struct {
	Count int64
	Share float64 // where Count is -1
}

// others is the value that stands for all without a bound.
const others = "*"

// UnmarshalSetting implements [settings.Unmarshaler].
func (q *Quota) UnmarshalSetting(n *settings.Node) error {
	if n.Kind != settings.Map {
		return fmt.Errorf("%s: a quota is a map: {FIELD: {VALUE: 500 or 10%%}}", n.Is())
	}
	out := Quota{}
	for _, f := range n.Pairs {
		if f.Value.Kind != settings.Map || len(f.Value.Pairs) == 0 {
			return settings.ErrorAt(f.Value, "%s: want values with their bounds: {VALUE: 500 or 10%%, \"*\": …}", f.Value.Is())
		}
		of := map[string]Bound{}
		for _, v := range f.Value.Pairs {
			b, err := parseBound(v.Value)
			if err != nil {
				return settings.ErrorAt(v.Value, "%w", err)
			}
			of[v.Key.Text] = b
		}
		out[f.Key.Text] = of
	}
	*q = out
	return nil
}

func parseBound(n *settings.Node) (b Bound, err error) {
	if n.Kind != settings.Scalar {
		return b, fmt.Errorf("%s: want a number of rows or a share such as 10%%", n.Is())
	}
	if strings.HasSuffix(n.Text, "%") {
		b.Count = -1
		b.Share, err = settings.ParseShare(n.Text)
		return b, err
	}
	b.Count, err = settings.ParseCount(n.Text)
	return b, err
}

// DescribeSetting implements [settings.Describer].
func (q *Quota) DescribeSetting() settings.Description {
	bound := map[string]any{"anyOf": []any{map[string]any{"type": "integer", "minimum": 0}, map[string]any{"type": "string", "pattern": `^[0-9.]+[kMBT%]?$`}}}
	values := map[string]any{"type": "object", "minProperties": 1, "additionalProperties": bound}
	return settings.Description{
		Type: "a map from fields to values to bounds", Allowed: []string{"{FIELD: {VALUE: 500}}", "{FIELD: {VALUE: 10%}}"},
		Schema: map[string]any{"type": "object", "additionalProperties": values},
	}
}

// String writes the quota as in a recipe.
func (q Quota) String() string {
	if len(q) == 0 {
		return "{}"
	}
	var parts []string
	for _, f := range q.fields() {
		var of []string
		for _, v := range slices.Sorted(maps.Keys(q[f])) {
			of = append(of, fmt.Sprintf("%q: %s", v, q[f][v]))
		}
		parts = append(parts, f+": {"+strings.Join(of, ", ")+"}")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// String writes the bound as in a recipe.
func (b Bound) String() string {
	if b.Count < 0 {
		return fmt.Sprintf("%g%%", b.Share*100)
	}
	return fmt.Sprint(b.Count)
}

// of is the number of rows that the bound allows of so many; a share is rounded up.
func (b Bound) of(rows int) int {
	if b.Count < 0 {
		return int(math.Ceil(b.Share*float64(rows) - 1e-9))
	}
	return int(min(b.Count, math.MaxInt32))
}

// fields lists the fields with bounds, sorted.
func (q Quota) fields() []string { return slices.Sorted(maps.Keys(q)) }
