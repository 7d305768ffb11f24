package main

import (
	"bufio"
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/stages/settings"
)

// askFlags say which model a command asks, and how it is held.
type askFlags struct {
	model, weights, memory, record string
	threads                        int
}

func (f *askFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.model, "model", "", "model folder, GGUF file, or the hub name of a pulled model (required)")
	c.Flags().StringVar(&f.weights, "weights", "", "form of the weights: f32, bf16, int8, int4; as stored if empty")
	c.Flags().IntVar(&f.threads, "threads", 0, "threads; 0 means one per CPU")
	c.Flags().StringVar(&f.memory, "memory", "", "memory for keys and values, such as 2GiB (default: a quarter of the machine's)")
}

// addRecord adds the flag for commands on rows.
func (f *askFlags) addRecord(c *cobra.Command) {
	c.Flags().StringVar(&f.record, "record", "", "folder that keeps the replies: what is in it is not asked again")
}

// open opens the model.
func (f *askFlags) open() (*inference.Batcher, error) {
	if f.model == "" {
		return nil, usage("--model is missing: name a model folder, a GGUF file, or a pulled model")
	}
	o := inference.Options{Weights: f.weights, Threads: f.threads}
	if f.threads < 0 {
		return nil, usage("--threads: %d, want 0 or more", f.threads)
	}
	if f.memory != "" {
		n, err := settings.ParseBytes(f.memory)
		if err != nil {
			return nil, usage("--memory: %w", err)
		}
		o.Memory = n
	}
	path, err := findModel(f.model)
	if err != nil {
		return nil, err
	}
	return inference.Open(path, o)
}

// batchRows is how many rows are asked about together; two such batches are on their way at once, so that sequences are always at work.
const batchRows = 128

// stopGrace is how long rows on their way may take after the first interrupt, as tasks of a run.
const stopGrace = 10 * time.Second

// graced is a context that ends stopGrace after the first interrupt.
func (a *app) graced(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-a.stop:
			select {
			case <-time.After(stopGrace):
				cancel()
			case <-ctx.Done():
			}
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// askRows reads rows, asks the model about each and writes the rows with what the replies add, in the order of the input.
func (a *app) askRows(ctx context.Context, f *askFlags, file string, request func(*jsonRow) (inference.Request, error), add func(*jsonRow, *inference.Reply) error) (err error) {
	m, err := f.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	var asked inference.Model = m
	if f.record != "" {
		store, serr := inference.OpenStore(f.record, "rows")
		if serr != nil {
			return serr
		}
		defer func() { err = errors.Join(err, store.Close()) }()
		asked = inference.Record(m, store)
	}
	ctx, cancel := a.graced(ctx)
	type batch struct {
		rows    []*jsonRow
		replies []inference.Reply
		err     error
		done    chan struct{}
	}
	out := bufio.NewWriterSize(a.out, 1<<16)
	var waiting []*batch
	defer func() { // after an error some are still on their way
		cancel()
		for _, b := range waiting {
			<-b.done
		}
	}()
	var line []byte
	drain := func(most int) error { // writes the oldest batches until so many are left
		for len(waiting) > most {
			b := waiting[0]
			waiting = waiting[1:]
			<-b.done
			if b.err != nil {
				return b.err
			}
			for i, r := range b.rows {
				if err := b.replies[i].Err; err != nil {
					return errors.Join(r.errorf("%w", err), out.Flush()) // the rows before it are written
				}
				if err := add(r, &b.replies[i]); err != nil {
					return err
				}
				line = append(r.append(line[:0]), '\n')
				if _, err := out.Write(line); err != nil {
					return err
				}
			}
			if err := out.Flush(); err != nil {
				return err
			}
		}
		return nil
	}
	var rows []*jsonRow
	var requests []inference.Request
	start := func() {
		b := &batch{rows: rows, done: make(chan struct{})}
		rs := requests
		rows, requests = nil, nil
		waiting = append(waiting, b)
		go func() {
			defer close(b.done)
			b.replies, b.err = asked.Complete(ctx, rs)
		}()
	}
	err = a.eachRow(file, func(r *jsonRow) error {
		q, err := request(r)
		if err != nil {
			return err
		}
		if rows, requests = append(rows, r), append(requests, q); len(rows) < batchRows {
			return nil
		}
		start()
		return drain(1)
	})
	if ctx.Err() == nil && len(rows) > 0 { // what came before a bad row is answered too
		start()
	}
	if derr := drain(0); derr != nil {
		return derr
	}
	return errors.Join(err, out.Flush())
}

// textOrIDs reads what a request is about from a row that has one of text and ids.
func textOrIDs(r *jsonRow, q *inference.Request) error {
	key, err := r.oneOf("text", "ids")
	switch {
	case err != nil:
	case key == "text":
		q.Prompt, err = rowText(r, key)
	default:
		q.IDs, err = rowIDs(r)
	}
	return err
}

// rowIDs reads a row's token ids.
func rowIDs(r *jsonRow) ([]int32, error) {
	ids := []int32{}
	if err := r.get("ids", &ids); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, r.errorf("ids is empty")
	}
	return ids, nil
}

// rowText reads text that must not be empty.
func rowText(r *jsonRow, key string) (string, error) {
	var text string
	if err := r.get(key, &text); err != nil {
		return "", err
	}
	if text == "" {
		return "", r.errorf("%s is empty", key)
	}
	return text, nil
}
