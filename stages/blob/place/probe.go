package place

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/winnow-data/winnow/stages/blob"
)

// A Step is one thing that a run does with a store.
type Step struct {
	Name string
	Err  error
}

// Probe tries what a run needs of the folder it writes to: list, put, refuse to put again, read back, write anew, remove. It stops at the first step that fails,
// and leaves nothing behind.
func Probe(ctx context.Context, folder string) []Step {
	store, err := Open(folder, Options{})
	if err != nil {
		return []Step{{"open", err}}
	}
	name := ".winnow-" + strconv.FormatUint(rand.Uint64(), 36) + ".tmp" // a name that no run takes for its own, or for input
	data := []byte("a probe of winnow; it may be removed\n")
	var steps []Step
	for _, s := range []struct {
		name string
		do   func() error
	}{
		{"list", func() error {
			for _, err := range store.List(ctx, "") {
				return err
			}
			return nil
		}},
		{"put", func() error { return store.PutIfAbsent(ctx, name, data) }},
		{"refuse to put again", func() error {
			err := store.PutIfAbsent(ctx, name, data)
			switch {
			case errors.Is(err, blob.ErrExists):
				return nil
			case err == nil:
				return errors.New("the second put of one name succeeded; two tasks could both be first")
			}
			return err
		}},
		{"write", func() error { return blob.Put(ctx, store, name, append(data, data...)) }},
		{"read", func() error {
			got, err := blob.Get(ctx, store, name, 1<<10)
			if err == nil && !bytes.Equal(got, append(data, data...)) {
				err = fmt.Errorf("other bytes came back than were written: %.80q", got)
			}
			return err
		}},
		{"remove", func() error { return store.Remove(ctx, name) }},
	} {
		err := s.do()
		steps = append(steps, Step{s.name, err})
		if err != nil {
			if s.name != "list" {
				_ = store.Remove(ctx, name) // as far as it goes: the step's error is what counts
			}
			break
		}
	}
	return steps
}
