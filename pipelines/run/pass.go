package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/stages"
)

// inputLabel names the input among the stages: it drops blank text, and its quarantine holds what could not be read.
const inputLabel = "input"

// A pass is one task of a pass phase at work.
//
//	reader ─ job ─▶ workers: per-document steps ─▶ one goroutine: batch step ─▶ workers ─▶ … ─▶ sink
//
// Jobs leave each section in the order in which they came, so neither the number of workers nor the size of a batch
// shows in any output byte.
type pass struct {
	ctx   context.Context
	run   *Runner
	phase *plan.Phase
	index int

	sections []section
	width    int // measurements of a document
	tasks    []*stages.Task
	barriers []string // labels, of tasks
	byLabel  map[string]*step
	sink     *sink
	limit    chan struct{} // a token for each job in flight
}

// A section is a run of per-document steps and the batch step behind it, either of which may be missing.
type section struct {
	steps []plan.Step // per document; made anew for each worker
	batch *step
	after int  // the last stage before the end of its steps; -1: none
	first bool // sees the documents of the input
	count bool // counts the words of what is left, for the output
	on    bool // measures on what the batch step before has dropped
}

// perDocument says whether workers have something to do in the section.
func (s *section) perDocument() bool { return len(s.steps) > 0 || s.first || s.count || s.on }

// lay makes the steps of the pass and parts them into sections.
func (p *pass) lay() error {
	p.byLabel = map[string]*step{}
	cur := section{first: p.phase.Pass.From == "", after: -1}
	for _, ps := range p.phase.Pass.Steps {
		s, c, err := p.run.newStep(ps.Stage)
		if err != nil {
			return err
		}
		s.at = p.width
		p.width += len(s.rules)
		p.byLabel[s.label] = s
		if ps.Phase == "" && s.perDocument() {
			cur.steps, cur.after = append(cur.steps, ps), ps.Stage
			continue
		}
		if ps.Phase != "" {
			if err := p.barrierStep(s, c.(stages.Barrier), ps); err != nil {
				return fmt.Errorf("%s.%s: %w", s.label, ps.Phase, err)
			}
		}
		cur.batch, s.phase, s.stageNumber = s, ps.Phase, ps.Stage
		p.sections = append(p.sections, cur)
		cur = section{after: ps.Stage, on: p.run.plan.Signals.On() && !s.looks}
	}
	cur.count = p.phase.Pass.To == plan.ToOutput
	if cur.perDocument() || len(p.sections) == 0 {
		p.sections = append(p.sections, cur)
	}
	return nil
}

// barrierStep gives s the stage of a barrier's pass.
func (p *pass) barrierStep(s *step, b stages.Barrier, ps plan.Step) error {
	for _, ph := range b.Phases() {
		if ph.Name != ps.Phase {
			continue
		}
		t := &stages.Task{
			Phase: ps.Phase, Index: p.index, Tasks: p.phase.Tasks, Env: p.run.env,
			Files: p.run.files(p.ctx, p.phase, p.index, ps, &p.sink.made),
		}
		st, err := ph.Pass(t)
		if err != nil {
			return err
		}
		s.stage, s.looks = st, ph.Looks
		p.tasks, p.barriers = append(p.tasks, t), append(p.barriers, s.label)
		return nil
	}
	return errors.New("the barrier has no such phase")
}

// chain makes a worker's own components of a section.
func (p *pass) chain(sec section) (*chain, error) {
	c := &chain{first: sec.first, count: sec.count}
	for _, ps := range sec.steps {
		s, _, err := p.run.newStep(ps.Stage)
		if err != nil {
			return nil, err
		}
		s.at = p.byLabel[s.label].at
		c.steps = append(c.steps, s)
	}
	c.clocks = make([]time.Duration, len(c.steps))
	if p.run.plan.Signals.On() {
		c.signals, c.sample, c.rest = p.run.signals, p.run.plan.Signals, p.run.behind(sec.after)
	}
	return c, nil
}

// flow moves the documents of src through all sections into the sink.
func (p *pass) flow(ctx context.Context, src source, workers, inFlight int) error {
	group, ctx := errgroup.WithContext(ctx)
	g := guarded{group}
	p.limit = make(chan struct{}, inFlight)
	head := make(chan *job, inFlight)
	g.Go(func() error {
		defer close(head)
		return p.read(ctx, src, head)
	})
	jobs := head
	for i, sec := range p.sections {
		next := make(chan *job, inFlight)
		p.section(ctx, g, sec, jobs, next, workers, i == 0)
		jobs = next
	}
	tail := jobs
	g.Go(func() error {
		for j := range tail {
			if err := p.sink.take(j); err != nil {
				return err
			}
			<-p.limit
		}
		return p.sink.rest()
	})
	return g.Wait()
}

// guarded starts goroutines in which a panic is an error of the task: it must not end the process, and with it all other tasks.
type guarded struct{ *errgroup.Group }

func (g guarded) Go(f func() error) {
	g.Group.Go(func() (err error) {
		defer recovered(&err)
		return f()
	})
}

// read cuts the documents of src into jobs.
func (p *pass) read(ctx context.Context, src source, jobs chan<- *job) error {
	var first int64
	for {
		select {
		case p.limit <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		docs, damage, err := src.next(p.run.opt.batch())
		if err != nil && err != io.EOF {
			return err
		}
		if len(docs) == 0 && len(damage) == 0 {
			if err == io.EOF {
				return nil
			}
			<-p.limit
			continue
		}
		j := newJob(docs, p.width)
		j.first, j.damage = first, damage
		first += int64(len(docs))
		select {
		case jobs <- j:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err == io.EOF {
			return nil
		}
	}
}

// section starts the goroutines of one section between two channels of jobs.
func (p *pass) section(ctx context.Context, g guarded, sec section, in <-chan *job, out chan<- *job, workers int, head bool) {
	ordered := in
	if sec.perDocument() {
		work, inOrder := make(chan *job, cap(out)), make(chan *job, cap(out))
		ordered = inOrder
		g.Go(func() error {
			defer close(work)
			defer close(inOrder)
			for j := range in {
				j.done = make(chan struct{})
				inOrder <- j // never blocks: its capacity is the number of jobs in flight
				work <- j
			}
			return nil
		})
		for range workers {
			g.Go(func() error { return p.work(ctx, sec, work) })
		}
	}
	waits := sec.perDocument()
	if sec.batch != nil && sec.batch.asks && sec.batch.phase == "" {
		p.abreast(ctx, g, sec.batch, ordered, out, waits)
		return
	}
	g.Go(func() error {
		defer close(out)
		for j := range ordered {
			if waits {
				select {
				case <-j.done:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			if err := p.batchStep(ctx, sec.batch, j); err != nil {
				return err
			}
			out <- j
		}
		return nil
	})
}

// work runs a section's per-document steps on whatever job comes next. Components are made when the first comes.
func (p *pass) work(ctx context.Context, sec section, jobs <-chan *job) error {
	var c *chain
	for j := range jobs {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if c == nil {
			var err error
			if c, err = p.chain(sec); err != nil {
				return err
			}
		}
		p.run.cpu <- struct{}{}
		c.run(j)
		<-p.run.cpu
		if c.fault != nil {
			return c.fault
		}
		close(j.done)
	}
	if c != nil {
		p.sink.clock(c)
	}
	return nil
}

// batchStep lets a batch stage act on a job. Documents that `only` keeps out stay unseen.
func (p *pass) batchStep(ctx context.Context, s *step, j *job) error {
	if s == nil {
		return nil
	}
	start := time.Now()
	if err := s.act(ctx, j); err != nil {
		return fmt.Errorf("%s: %w", s.label, err)
	}
	j.settle(s.number, p.width)
	p.sink.spend(s.label, time.Since(start))
	return nil
}
