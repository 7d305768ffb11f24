package plan

import (
	"context"
	"fmt"
	"slices"

	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// columnTypes are the Parquet types of the words that recipes use.
var columnTypes = map[string]string{"string": "string", "int": "int64", "float": "double", "bool": "bool", "json": "json"}

// fieldTypes are the types of fields that stages write. Others become JSON.
var fieldTypes = map[string]string{
	"language": "string", "language_raw": "string", "script": "string", "language_score": "double",
	"title": "string", "author": "string", "date": "string", "pii_masked": "int64",
}

// crawlColumns are what the records of WARC and WET files have.
var crawlColumns = []shard.Column{{Name: "url", Type: "string"}, {Name: "date", Type: "string"}, {Name: "content_type", Type: "string"}}

// schemas settles the one schema of every Parquet output: the columns of the input, with their types, those that stages
// write, and those the recipe names. The recipe's word is the last.
func (p *Plan) schemas(ctx context.Context, rec *recipe.Recipe, src Sources, components []component) error {
	if !slices.ContainsFunc(p.Outputs, func(o Output) bool { return o.Format == "parquet" }) {
		return nil
	}
	columns, err := p.inputColumns(ctx, rec, src)
	if err != nil {
		return err
	}
	for _, c := range components {
		w, ok := c.any.(stages.Writer)
		if !ok {
			continue
		}
		own := map[string]string{}
		if t, ok := c.any.(stages.Typed); ok {
			own = t.Types()
		}
		for _, name := range w.Writes() {
			typ, ok := fieldTypes[name]
			if t := columnTypes[own[name]]; t != "" {
				typ, ok = t, true
			}
			if !ok {
				typ = "json"
			}
			columns = put(columns, shard.Column{Name: name, Type: typ})
		}
	}
	p.Schemas = map[string]*shard.Schema{}
	for _, o := range p.Outputs {
		if o.Format != "parquet" {
			continue
		}
		own := slices.Clone(columns)
		for _, c := range o.Columns {
			own = put(own, shard.Column{Name: c.Name, Type: columnTypes[c.Type]})
		}
		s := &shard.Schema{Columns: own}
		if err := s.Check(); err != nil {
			return fmt.Errorf("output %s: %w", o.Path, err)
		}
		p.Schemas[o.Path] = s
	}
	return nil
}

// inputColumns joins the columns of all Parquet inputs, and those of crawl records.
func (p *Plan) inputColumns(ctx context.Context, rec *recipe.Recipe, src Sources) ([]shard.Column, error) {
	var lists [][]shard.Column
	crawl := false
	for _, in := range p.Inputs {
		crawl = crawl || in.Kind.Format == shard.WARC
		if in.Kind.Format != shard.Parquet {
			continue
		}
		o, err := src.Open(in).Open(ctx, in.Name)
		if err != nil {
			return nil, fmt.Errorf("input %s: %w", in.Name, err)
		}
		list, err := shard.Columns(ctx, o, in.Name, ShardOptions(rec.Inputs[in.Entry], in.Kind))
		if cerr := o.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return nil, fmt.Errorf("input: %w", err)
		}
		lists = append(lists, list)
	}
	if crawl {
		lists = append(lists, crawlColumns)
	}
	return shard.Merge(lists...)
}

// put adds a column, or replaces the one of its name.
func put(columns []shard.Column, c shard.Column) []shard.Column {
	for i := range columns {
		if columns[i].Name == c.Name {
			columns[i] = c
			return columns
		}
	}
	return append(columns, c)
}
