package stats

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
)

const (
	maxColumns  = 200
	maxDistinct = 2048 // values of a column that are told apart: within about 2 %
	maxValues   = 256
	valueBytes  = 80 // longer values are not listed
)

// Columns are the fields of the documents, in order of first appearance.
type Columns struct {
	List   []*Column
	Others int64 // values of fields beyond the first 200
	index  map[string]int
}

// A Column is one field.
type Column struct {
	Name     string
	Present  int64 // documents that have it, null included
	Null     int64
	Empty    int64 // "", [] and {}
	Strings  int64
	Numbers  int64
	Booleans int64
	Lists    int64
	Objects  int64
	Distinct Distinct
	Values   tally.Top  // short values
	Numeric  tally.Hist // of numbers
	Bytes    tally.Hist // lengths of strings
}

// Types names the types of the values, the most frequent word first in reading order.
func (c *Column) Types() string {
	var out []string
	for _, t := range []struct {
		name string
		n    int64
	}{{"string", c.Strings}, {"number", c.Numbers}, {"boolean", c.Booleans}, {"list", c.Lists}, {"object", c.Objects}} {
		if t.n > 0 {
			out = append(out, t.name)
		}
	}
	if len(out) == 0 {
		return "null"
	}
	return strings.Join(out, ", ")
}

func (c *Columns) add(d *stages.Document) {
	c.text("id", d.ID)
	c.text("source", d.Source)
	if d.Turns != nil {
		c.column("messages").list(len(d.Turns))
	} else {
		c.text("text", d.Text)
	}
	if len(d.Answers) > 0 {
		c.column("answers").list(len(d.Answers))
	}
	if len(d.Parents) > 0 {
		c.column("parents").list(len(d.Parents))
	}
	for i := range d.Fields {
		if x := c.column(d.Fields[i].Name); x != nil {
			x.add(d.Fields[i].Raw)
		} else {
			c.Others++
		}
	}
}

// column returns a column by name, nil when there are too many. The columns of documents themselves always fit.
func (c *Columns) column(name string) *Column {
	if k, ok := c.index[name]; ok {
		return c.List[k]
	}
	if len(c.List) >= maxColumns {
		return nil
	}
	if c.index == nil {
		c.index = map[string]int{}
	}
	name = strings.Clone(name)
	c.index[name] = len(c.List)
	x := &Column{Name: name, Distinct: Distinct{Cap: maxDistinct}, Values: tally.NewTop(maxValues)}
	c.List = append(c.List, x)
	return x
}

func (c *Columns) text(name, value string) {
	x := c.column(name)
	if x == nil {
		c.Others++
		return
	}
	x.Present++
	x.string(value)
}

func (x *Column) string(value string) {
	x.Strings++
	if value == "" {
		x.Empty++
	}
	x.Bytes.Add(float64(len(value)))
	x.value(xxhash.Sum64String(value), value)
}

func (x *Column) value(hash uint64, value string) {
	x.Distinct.add(hash, "")
	if len(value) <= valueBytes {
		x.Values.Add([]byte(value), tally.Flow{Documents: 1})
	}
}

func (x *Column) list(n int) {
	if x == nil {
		return
	}
	x.Present++
	x.Lists++
	x.Numeric.Add(float64(n))
}

// add counts a raw JSON value.
func (x *Column) add(raw []byte) {
	x.Present++
	if len(raw) == 0 {
		x.Null++
		return
	}
	switch raw[0] {
	case '"':
		f := stages.Fields{{Name: "v", Raw: raw}}
		s, _ := f.Text("v")
		x.string(s)
		return
	case 'n':
		x.Null++
		return
	case 't', 'f':
		x.Booleans++
	case '[':
		x.Lists++
	case '{':
		x.Objects++
	default:
		x.Numbers++
		if n, err := strconv.ParseFloat(string(raw), 64); err == nil {
			x.Numeric.Add(n)
		}
	}
	if len(bytes.TrimSpace(raw[1:max(len(raw)-1, 1)])) == 0 && (raw[0] == '[' || raw[0] == '{') {
		x.Empty++
	}
	x.value(xxhash.Sum64(raw), string(raw))
}

func (c *Columns) merge(o *Columns) {
	c.Others += o.Others
	for _, y := range o.List {
		x := c.column(y.Name)
		if x == nil {
			c.Others += y.Present
			continue
		}
		x.Present += y.Present
		x.Null += y.Null
		x.Empty += y.Empty
		x.Strings += y.Strings
		x.Numbers += y.Numbers
		x.Booleans += y.Booleans
		x.Lists += y.Lists
		x.Objects += y.Objects
		x.Distinct.merge(&y.Distinct)
		x.Values.Merge(&y.Values)
		x.Numeric.Merge(&y.Numeric)
		x.Bytes.Merge(&y.Bytes)
	}
}
