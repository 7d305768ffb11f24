// Package inspect holds what commands compute that look and change nothing: `cat`, `measure`, `preview`, `explain`, `plan --sample`.
//
//   - [Paths] and [Inputs] find files, [File.Documents] reads them, whatever their format.
//   - [NewChain] passes single documents through the stages of a recipe, but those that must see the whole corpus, and tells what each did.
//   - [Explain] finds out what became of a document in a run.
//   - [Estimate] runs a recipe over a sample and projects what the whole would cost and leave.
package inspect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/pipelines/recipes"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/place"
	"github.com/winnow-data/winnow/stages/shard"
)

// A File is one file of documents.
type File struct {
	Name  string // as a person would write it
	in    string // its name in the store, which ids of documents without one begin with
	store blob.Store
	opt   shard.Options
}

// Paths finds the files that paths of a command line mean: files, folders, globs, `embedded:` names.
func Paths(ctx context.Context, paths []string) ([]File, error) {
	var files []File
	for _, p := range paths {
		found, err := find(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			files = append(files, File{Name: f.Path, in: f.Name, store: f.Store})
		}
	}
	return files, nil
}

func find(ctx context.Context, p string) ([]blob.Found, error) {
	name, ok := strings.CutPrefix(p, plan.Embedded)
	if !ok {
		return place.Resolve(ctx, ".", p, place.Options{})
	}
	store := blob.FS(recipes.FS())
	var found []blob.Found
	for e, err := range store.List(ctx, name) {
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(e.Name, ".md") || strings.HasSuffix(e.Name, ".yaml") {
			continue
		}
		found = append(found, blob.Found{Entry: e, Store: store, Path: plan.Embedded + e.Name})
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("input %q: nothing in the binary has that name: %w", p, fs.ErrNotExist)
	}
	return found, nil
}

// As returns the file, read as an entry of a recipe's input says.
func (f File) As(in recipe.Input) File {
	f.opt = plan.ShardOptions(in, f.opt.Kind)
	return f
}

// Inputs returns the files that a job reads, as its recipe maps them.
func Inputs(job *pipelines.Job, p *plan.Plan) []File {
	files := make([]File, len(p.Inputs))
	for i, in := range p.Inputs {
		opt := plan.ShardOptions(job.Recipe.Inputs[in.Entry], in.Kind)
		files[i] = File{Name: in.Name, in: in.Name, store: job.Sources().Open(in), opt: opt}
	}
	return files
}

// Documents yields the documents of a file in order; At says where each stood. A damaged record is told to damaged and
// skipped. An error is the last thing that comes.
func (f File) Documents(ctx context.Context, damaged func(shard.Damage)) iter.Seq2[*stages.Document, error] {
	return func(yield func(*stages.Document, error) bool) {
		o, err := f.store.Open(ctx, f.in)
		if err != nil {
			yield(nil, fmt.Errorf("read %s: %w", f.Name, err))
			return
		}
		opt := f.opt
		opt.Damaged = damaged
		r, err := shard.Open(ctx, o, f.in, shard.Part{}, opt)
		if err != nil {
			yield(nil, errors.Join(err, o.Close()))
			return
		}
		defer r.Close()
		docs := make([]stages.Document, 1)
		for {
			docs[0] = stages.Document{}
			_, err := r.Read(docs)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("read %s: %w", f.Name, err))
				return
			}
			docs[0].At = stages.Place{File: f.in, Row: r.Positions()[0].Record}
			if !yield(&docs[0], nil) {
				return
			}
		}
	}
}

// Stream yields the documents of JSON Lines that come from a reader, all of them in memory.
func Stream(ctx context.Context, r io.Reader) (File, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return File{}, fmt.Errorf("read standard input: %w", err)
	}
	const name = "stdin"
	store := blob.Memory()
	if err := blob.Put(ctx, store, name, data); err != nil {
		return File{}, err
	}
	return File{Name: name, in: name, store: store}, nil
}
