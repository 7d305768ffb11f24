package inference

import (
	"errors"
	"fmt"
	"slices"
)

// serve is the Batcher's goroutine.
func (b *Batcher) serve() {
	defer close(b.stopped)
	for b.receive() {
		b.sweep()
		b.admit()
		if err := b.step(); err != nil {
			b.fail(err)
		}
	}
	b.fail(ErrClosed)
	for _, p := range b.prefixes {
		p.seq.Free()
	}
	b.prefixes = nil
}

// receive takes over what came in, waiting where there is nothing else to do. It reports false when the Batcher is closed.
func (b *Batcher) receive() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.closed && len(b.incoming) == 0 && len(b.waiting) == 0 && len(b.seated) == 0 {
		b.cond.Wait()
	}
	b.waiting = append(b.waiting, b.incoming...)
	clear(b.incoming)
	b.incoming = b.incoming[:0]
	return !b.closed
}

// sweep removes the jobs of calls that ended.
func (b *Batcher) sweep() {
	gone := func(j *job) bool {
		if !j.call.dropped.Load() {
			return false
		}
		b.release(j)
		return true
	}
	b.seated = slices.DeleteFunc(b.seated, gone)
	b.waiting = slices.DeleteFunc(b.waiting, gone)
}

// fail ends all jobs with an error of the world.
func (b *Batcher) fail(err error) {
	b.mu.Lock()
	b.waiting = append(b.waiting, b.incoming...)
	b.incoming = nil
	b.mu.Unlock()
	for _, j := range append(b.seated, b.waiting...) {
		b.release(j)
		j.call.finished <- finished{fatal: err}
	}
	clear(b.seated)
	clear(b.waiting)
	b.seated, b.waiting = b.seated[:0], b.waiting[:0]
}

// release gives the job's memory back.
func (b *Batcher) release(j *job) {
	j.drop()
	if j.writing != nil {
		b.masks.leave(j.writing.bound)
	}
}

// finish ends a job with its reply, and keeps what others may begin with.
func (b *Batcher) finish(j *job, r Reply) {
	b.seated = slices.DeleteFunc(b.seated, func(k *job) bool { return k == j })
	if r.Err == nil {
		b.keep(j)
	}
	b.release(j)
	j.call.finished <- finished{index: j.index, reply: r}
}

// step runs one forward pass over what is in work.
func (b *Batcher) step() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the engine failed: %v", r)
		}
	}()
	b.steps++
	b.plan()
	if len(b.slots) == 0 {
		if len(b.seated) > 0 { // alone, with all memory, it cannot go on
			j := b.seated[0]
			b.finish(j, Reply{Err: b.memoryError(len(j.ids) + 1)})
		}
		return nil
	}
	h, err := b.e.forward(b.slots)
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.stats.Steps++
	b.mu.Unlock()
	b.collect(h)
	return nil
}

// errNumbers says that the model computes no numbers.
var errNumbers = errors.New("the model gives NaN: its weights or its configuration are damaged")
