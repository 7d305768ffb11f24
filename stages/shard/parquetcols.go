package shard

import (
	"context"
	"fmt"

	"github.com/parquet-go/parquet-go"

	"github.com/winnow-data/winnow/stages/blob"
)

// Columns returns the columns of a Parquet file that become fields, under the names the fields have.
func Columns(ctx context.Context, obj blob.Object, name string, opt Options) ([]Column, error) {
	f, err := openParquet(newInput(ctx, obj, name))
	if err != nil {
		return nil, err
	}
	cols, err := newColumns(f, &opt)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	m := newMapping(name, &opt)
	var out []Column
	for _, c := range cols.list {
		if m.conv != nil {
			if m.conv.place(new(parts), c.name) != nil {
				continue
			}
			if c.name == m.conv.gold {
				out = append(out, Column{goldField, c.typ.String()})
				continue
			}
		}
		switch c.name {
		case m.text, m.id, extraColumn:
			continue
		case m.url:
			out = append(out, Column{"url", c.typ.String()})
		case m.language:
			out = append(out, Column{"language", c.typ.String()})
		case "messages":
			out = append(out, Column{c.name, c.typ.String()})
		default:
			name := m.rename(c.name)
			if name == "source" { // the document's own, unless it is no string: then the writer renames it
				if c.typ.kind == "string" {
					continue
				}
				name = "input_source"
			}
			out = append(out, Column{name, c.typ.String()})
		}
	}
	return out, nil
}

// columns are the top-level columns of a file.
type columns struct {
	list   []*topColumn
	leaves int
	flat   []bool // by leaf: one value a row
	ours   bool   // written by winnow: "extra" is taken apart again
}

type topColumn struct {
	name  string
	quote []byte // the name as it would stand in JSON, without quotes
	esc   bool
	typ   *coltype
	shape *shape
	first int // its first leaf
}

func newColumns(f *parquet.File, o *Options) (*columns, error) {
	c := &columns{}
	_, c.ours = f.Lookup(winnowKey)
	conv := conversation(o)
	text := o.Text
	if text == "" {
		text = "text"
	}
	found := conv != nil // each record says what it lacks
	for _, n := range f.Root().Columns() {
		t := &topColumn{name: n.Name(), typ: typeOf(n), shape: shapeOf(n), first: c.leaves}
		q := appendQuoted(nil, t.name)
		t.quote = q[1 : len(q)-1]
		t.esc = string(t.quote) != t.name
		c.leaves += t.shape.leaves
		for range t.shape.leaves {
			c.flat = append(c.flat, t.shape.form == "leaf" || t.shape.form == "struct" && !t.shape.repeats())
		}
		c.list = append(c.list, t)
		if t.name == text || t.name == "messages" || t.name == extraColumn && c.ours {
			found = true
		}
		if conv == nil && t.name == text && t.shape.form != "leaf" {
			return nil, fmt.Errorf("the column %q holds %s; a text was expected", t.name, t.typ)
		}
	}
	if !found {
		names := make([]string, len(c.list))
		for i, t := range c.list {
			names[i] = t.name
		}
		return nil, fmt.Errorf("no column %q; there are %q: name the one that holds the text with `text:`", text, names)
	}
	return c, nil
}
