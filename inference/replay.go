package inference

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrNotRecorded says that a record has no reply to a request.
var ErrNotRecorded = errors.New("not in the record")

// Replay returns a model that answers from the record in a folder and never otherwise: a request that is not there gets [ErrNotRecorded] as its reply's
// error. Its name is that of the recorded model; where the folder has replies of several, name says of which, else it is "".
func Replay(dir, name string) (Model, error) {
	s, err := OpenStore(dir, "")
	if err != nil {
		return nil, err
	}
	name, err = chooseModel(dir, name, s.Models())
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &replay{s: s, name: name}, nil
}

type replay struct {
	s    *Store
	name string
}

// Complete implements Model.
func (r *replay) Complete(ctx context.Context, rs []Request) ([]Reply, error) {
	replies := make([]Reply, len(rs))
	if err := r.CompleteEach(ctx, rs, func(i int, p Reply) { replies[i] = p }); err != nil {
		return nil, err
	}
	return replies, nil
}

// CompleteEach implements [Each]. It keeps nothing of the requests.
func (r *replay) CompleteEach(ctx context.Context, rs []Request, done func(i int, p Reply)) error {
	var hash [16]byte
	var scratch []byte
	for i := range rs {
		if err := ctx.Err(); err != nil {
			return err
		}
		hash, scratch = rs[i].sum(scratch)
		p, ok, err := r.s.find(r.name, hash)
		if err != nil {
			return err
		}
		if !ok {
			p.Err = notRecorded(&rs[i], hex.EncodeToString(hash[:]), r.name, r.s.dir)
		}
		done(i, p)
	}
	return nil
}

func notRecorded(r *Request, hash, model, dir string) error {
	return fmt.Errorf("request %q (%v, hash %s) of %s: %w %s", r.Key, r.Task, hash, model, ErrNotRecorded, dir)
}

// Count implements Model: a record has no tokenizer.
func (r *replay) Count(string) int { return -1 }

// Name implements Model.
func (r *replay) Name() string { return r.name }

// Close implements Model.
func (r *replay) Close() error { return r.s.Close() }
