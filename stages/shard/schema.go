package shard

import (
	"fmt"
	"slices"
	"strings"
)

// A Schema is the columns that all Parquet shards of an output have: id, text and source, then these, then "extra", a JSON object
// of what fits nowhere. Columns named kind, messages, answers and parents hold those places of the document; without them these
// go to "extra" too. An absent field and one that is null are the same in Parquet.
type Schema struct {
	Columns []Column `json:"columns"`
}

// A Column is a field with a Parquet type of its own. Types are spelled string, json, bool, int8 to int64, uint8 to uint64, float,
// double, date, time[us], timestamp[us], timestamp[us,utc] (ms, us or ns), decimal(10,2), uuid, binary, list<T>, map<T,T>,
// struct<"name":T,…>.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Columns of the document's own places.
var (
	KindColumn     = Column{"kind", "string"}
	MessagesColumn = Column{"messages", `list<struct<"role":string,"content":string>>`}
	ParentsColumn  = Column{"parents", "list<string>"}
	AnswersColumn  = Column{"answers", `list<struct<"text":string,"by":string,"checks":list<struct<"name":string,"pass":bool,"score":double,"why":string>>>>`}
)

const extraColumn = "extra"

// Check says whether a schema can be written.
func (s *Schema) Check() error {
	seen := map[string]bool{"id": true, "text": true, "source": true, extraColumn: true}
	for _, c := range s.Columns {
		if seen[c.Name] || c.Name == "" {
			return fmt.Errorf("column %q: the name is taken or empty", c.Name)
		}
		seen[c.Name] = true
		if _, err := parseType(c.Type); err != nil {
			return fmt.Errorf("column %q: %w", c.Name, err)
		}
	}
	return nil
}

// Merge joins the columns of several inputs, in the order they are first seen. Where two give one name different types the
// column gets the narrowest type that holds both, or json.
func Merge(lists ...[]Column) ([]Column, error) {
	var out []Column
	for _, c := range slices.Concat(lists...) {
		i := slices.IndexFunc(out, func(o Column) bool { return o.Name == c.Name })
		if i < 0 {
			out = append(out, c)
			continue
		}
		a, err := parseType(out[i].Type)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
		b, err := parseType(c.Type)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.Name, err)
		}
		out[i].Type = wider(a, b).String()
	}
	return out, nil
}

// wider returns the narrowest type that holds what a and b hold.
func wider(a, b *coltype) *coltype {
	if a.String() == b.String() {
		return a
	}
	ai, aw, aint := strings.Cut(a.kind, "int")
	bi, bw, bint := strings.Cut(b.kind, "int")
	real := func(k string) bool { return k == "float" || k == "double" }
	switch {
	case aint && bint && ai == bi:
		if len(aw) > len(bw) || len(aw) == len(bw) && aw > bw {
			return a
		}
		return b
	case aint && bint && aw != "64" && bw != "64":
		return &coltype{kind: "int64"}
	case (aint || real(a.kind)) && (bint || real(b.kind)) && (real(a.kind) || real(b.kind)):
		return &coltype{kind: "double"}
	}
	return &coltype{kind: "json"}
}
