package plan

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/place"
	"github.com/winnow-data/winnow/stages/shard"
)

// Embedded is the scheme of inputs that lie in the binary.
const Embedded = "embedded:"

// Sources are what a plan is made from beside the recipe, set by whoever joins the rooms: the stores that inputs are read from, which are those of
// [place] and the sample data in the binary, and what is known of models.
type Sources struct {
	Embedded fs.FS
	// Identify says what a model of the recipe is, such as the checksum of its files, and how many bytes they have; 0 for one elsewhere. It opens no
	// model. nil: a model is what the recipe calls it.
	Identify func(ctx context.Context, rec *recipe.Recipe, name string) (identity string, size int64, err error)
}

// Open returns the store in which an input's path is to be opened.
func (s Sources) Open(in Input) blob.Store {
	if strings.HasPrefix(in.Root, Embedded) {
		return blob.FS(s.Embedded)
	}
	return stored(in)
}

// list finds the files of all inputs of a recipe.
func (s Sources) list(ctx context.Context, rec *recipe.Recipe) ([]Input, error) {
	var inputs []Input
	for k, in := range rec.Inputs {
		found, err := s.find(ctx, rec.Dir, in)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			p, err := describe(ctx, f, k, in)
			if err != nil {
				return nil, err
			}
			if in.List != "" {
				if p.List, err = place.Abs(rec.Dir, in.List); err != nil {
					return nil, err
				}
			}
			inputs = append(inputs, p)
		}
	}
	return inputs, nil
}

func (s Sources) find(ctx context.Context, dir string, in recipe.Input) ([]blob.Found, error) {
	if prefix, ok := strings.CutPrefix(in.Path, Embedded); ok {
		return findEmbedded(ctx, s.Embedded, prefix)
	}
	opt := place.Options{Anonymous: in.Anonymous}
	if in.List != "" {
		return place.List(ctx, dir, in.List, opt)
	}
	return place.Resolve(ctx, dir, in.Path, opt)
}

// findEmbedded lists the files of a folder in the binary, or finds one file.
func findEmbedded(ctx context.Context, fsys fs.FS, folder string) ([]blob.Found, error) {
	if fsys == nil {
		return nil, fmt.Errorf("input %s%s: this winnow has no embedded data", Embedded, folder)
	}
	store := blob.FS(fsys)
	var found []blob.Found
	for e, err := range store.List(ctx, folder) {
		if err != nil {
			return nil, err
		}
		if e.Name != folder && !strings.HasPrefix(e.Name, folder+"/") {
			continue
		}
		if base := e.Name[strings.LastIndexByte(e.Name, '/')+1:]; strings.HasPrefix(base, "README") || strings.HasPrefix(base, "NOTICE") {
			continue
		}
		f := blob.Found{Entry: e, Store: store, Path: Embedded + e.Name}
		found = append(found, f)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("input %s%s: no such embedded data", Embedded, folder)
	}
	return found, nil
}

// describe looks at the first bytes of a file.
func describe(ctx context.Context, f blob.Found, entry int, in recipe.Input) (Input, error) {
	o, err := f.Store.Open(ctx, f.Name)
	if err != nil {
		return Input{}, fmt.Errorf("input %s: %w", f.Path, err)
	}
	defer o.Close()
	kind, err := shard.Detect(ctx, o, f.Name)
	if err != nil && (in.Format == "" || in.Format == "parquet" || slices.Contains(shard.Forms, in.Format)) {
		return Input{}, fmt.Errorf("input: %w", err)
	}
	if in.Format != "" && !slices.Contains(shard.Forms, in.Format) {
		kind.Format = formatOf(in.Format)
	}
	root := strings.TrimSuffix(f.Path, f.Name)
	if root != "/" {
		root = strings.TrimSuffix(root, "/")
	}
	return Input{
		Anonymous: in.Anonymous, Query: queryOf(in.Path),
		Entry: entry, Name: f.Name, Root: root,
		Size: f.Size, Version: f.Version, Kind: kind,
	}, nil
}

// formatOf returns the reader's format for the recipe's word.
func formatOf(word string) shard.Format {
	if word == "wet" {
		return shard.WARC
	}
	return shard.Format(word)
}

// ShardOptions says how the files of an input are read.
func ShardOptions(in recipe.Input, kind shard.Kind) shard.Options {
	form := ""
	if slices.Contains(shard.Forms, in.Format) {
		form = in.Format
	}
	return shard.Options{
		Form: form, Prompt: in.Prompt, Messages: in.Messages, Gold: in.Gold, Answers: in.Answers, Chosen: in.Chosen, Rejected: in.Rejected,
		Kind: kind, Encoding: in.Encoding, Text: in.Text, ID: in.ID, URL: in.URL, Language: in.Language,
		Source: in.Source.Literal, SourceField: in.Source.Field,
	}
}

// taskBytes is how much decoded text one task reads: a 64th of the whole within bounds, so that a sample has a few tasks
// and a crawl has tasks of minutes.
func taskBytes(total int64) int64 { return min(256<<20, max(32<<20, total/64)) }

// parts deals the inputs to tasks, in order: small files of one entry share a task, large ones that can be read from the
// middle are parted, unless only their first records are read. Only the files and the recipe decide.
func (s Sources) parts(ctx context.Context, rec *recipe.Recipe, inputs []Input, limit int64) ([][]Part, error) {
	var total int64
	for k := range inputs {
		whole, err := s.partsOf(ctx, rec, inputs[k], 0)
		if err != nil {
			return nil, err
		}
		for _, p := range whole {
			inputs[k].Decoded += p.Bytes
		}
		total += inputs[k].Decoded
	}
	target := taskBytes(total)
	var tasks [][]Part
	var full int64
	entry := -1
	for k, in := range inputs {
		cut := target
		if limit > 0 {
			cut = 0
		}
		ps, err := s.partsOf(ctx, rec, in, cut)
		if err != nil {
			return nil, err
		}
		for _, p := range ps {
			if len(tasks) == 0 || in.Entry != entry || full+p.Bytes > target {
				tasks = append(tasks, nil)
				full, entry = 0, in.Entry
			}
			full += p.Bytes
			tasks[len(tasks)-1] = append(tasks[len(tasks)-1], Part{File: k, Part: p})
		}
	}
	return tasks, nil
}

// partsOf cuts one file into parts of about target decoded bytes, or leaves it whole for 0.
func (s Sources) partsOf(ctx context.Context, rec *recipe.Recipe, in Input, target int64) ([]shard.Part, error) {
	o, err := s.Open(in).Open(ctx, in.Name)
	if err != nil {
		return nil, fmt.Errorf("input %s: %w", in.Name, err)
	}
	defer o.Close()
	ps, err := shard.Parts(ctx, o, in.Name, target, ShardOptions(rec.Inputs[in.Entry], in.Kind))
	if err != nil {
		return nil, fmt.Errorf("input %s: %w", in.Name, err)
	}
	return ps, nil
}
