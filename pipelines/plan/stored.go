package plan

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/place"
)

// queryOf is the query of an address.
func queryOf(path string) string {
	if !strings.HasPrefix(path, "http://") && !strings.HasPrefix(path, "https://") {
		return ""
	}
	_, query, _ := strings.Cut(path, "?")
	return query
}

// stored returns the store that an input lies in. What is wrong with it shows when it is asked.
func stored(in Input) blob.Store {
	opt := place.Options{Anonymous: in.Anonymous, Query: in.Query}
	if in.List != "" && strings.HasPrefix(in.Root, "http") {
		return listed{broken{fmt.Errorf("%s: an input is only read", in.Root)}, in}
	}
	s, err := place.Open(in.Root, opt)
	if err != nil {
		return broken{err}
	}
	return s
}

// listed is the store of an address that a list names, which is read again for the query: plan.json does not hold it. It is only read.
type listed struct {
	broken
	in Input
}

func (l listed) store(ctx context.Context) (blob.Store, error) {
	lines, err := place.Lines(ctx, "", l.in.List, place.Options{Anonymous: l.in.Anonymous})
	if err != nil {
		return nil, err
	}
	at := place.Join(l.in.Root, l.in.Name)
	for _, line := range lines {
		if place.Join(line.Root, line.Name) == at {
			return place.Open(l.in.Root, place.Options{Query: line.Query})
		}
	}
	return nil, fmt.Errorf("%s no longer names %s", l.in.List, at)
}

// Open implements [blob.Store].
func (l listed) Open(ctx context.Context, name string) (blob.Object, error) {
	s, err := l.store(ctx)
	if err != nil {
		return nil, err
	}
	return s.Open(ctx, name)
}

// Stat implements [blob.Store].
func (l listed) Stat(ctx context.Context, name string) (blob.Entry, error) {
	s, err := l.store(ctx)
	if err != nil {
		return blob.Entry{}, err
	}
	return s.Stat(ctx, name)
}

// broken is a store that could not be opened.
type broken struct{ err error }

func (b broken) Open(context.Context, string) (blob.Object, error)   { return nil, b.err }
func (b broken) Create(context.Context, string) (blob.Writer, error) { return nil, b.err }
func (b broken) PutIfAbsent(context.Context, string, []byte) error   { return b.err }
func (b broken) Stat(context.Context, string) (blob.Entry, error)    { return blob.Entry{}, b.err }
func (b broken) Remove(context.Context, string) error                { return b.err }
func (b broken) List(context.Context, string) iter.Seq2[blob.Entry, error] {
	return func(yield func(blob.Entry, error) bool) { yield(blob.Entry{}, b.err) }
}
