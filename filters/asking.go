package filters

import (
	"context"
	"fmt"

	"github.com/winnow-data/winnow/stages"
)

// each asks the model one question about each live document of a batch, all at once, and passes every reply on. A document about which
// nothing can be asked, or nothing is answered, fails alone.
func each(
	ctx context.Context, b *stages.Batch, m stages.Model,
	question func(d *stages.Document) (stages.Request, error), answer func(i int, d *stages.Document, r stages.Reply),
) error {
	var rs []stages.Request
	var at []int
	for i, d := range b.Live() {
		r, err := question(d)
		if err != nil {
			b.Fail(i, err)
			continue
		}
		rs, at = append(rs, r), append(at, i)
	}
	replies, err := complete(ctx, m, rs)
	if err != nil {
		return err
	}
	for k, r := range replies {
		if used(b, at[k], r) {
			answer(at[k], &b.Docs[at[k]], r)
		}
	}
	return nil
}

// complete asks, unless there is nothing to ask.
func complete(ctx context.Context, m stages.Model, rs []stages.Request) ([]stages.Reply, error) {
	if len(rs) == 0 {
		return nil, nil
	}
	replies, err := m.Complete(ctx, rs)
	if err == nil && len(replies) != len(rs) {
		err = stages.Final(fmt.Errorf("the model gave %d replies to %d requests", len(replies), len(rs)))
	}
	return replies, err
}

// used counts a reply, and fails document i where it is none.
func used(b *stages.Batch, i int, r stages.Reply) bool {
	u := stages.Usage{Calls: 1, In: int64(r.In), Out: int64(r.Out)}
	if r.Err != nil {
		u.Failed = 1
		b.Fail(i, fmt.Errorf("the model: %w", r.Err))
	}
	b.Used(u)
	return r.Err == nil
}
