// Package models hands the models of a recipe to the stages that ask them. It finds them on this machine or at their endpoints, opens each once for all
// tasks of a process, keeps their replies in the run's record before anybody uses them, and watches over the recipe's limits.
//
//	set := models.New(rec, models.Options{Answers: dir})
//	defer set.Close()
//	env := &stages.Env{…}
//	set.Provide(env) // "model NAME", "tokenizer of NAME"; nothing is opened before somebody asks
//
// From the outside in, a request passes: what the stage holds ([stages.Model]) → the record → the budget → the model. So a reply that is in the record costs
// nothing, neither money nor limits; and a reply that was paid for is in the record before the stage sees it, so that a killed or changed run does not pay
// again.
//
// What can be lost is what nobody has used yet. A batch's replies are recorded as they come: of each batch on its way, a killed process loses the requests
// that were not answered, and of the answers at most 64 KB, none older than two seconds; a machine that loses power loses what came within two seconds.
// These are asked again. Replies with an error are not recorded, and asked again too.
//
// A run that meets a limit stops with a [LimitError]: the tasks that are done stay done, and the same command goes on once the limit is raised.
package models

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
)

// Options say where replies are kept and what a process may use. None of them changes a reply.
type Options struct {
	Answers string                     // the folder of the record; "" keeps none
	Run     string                     // the run's own folder, which remembers in what form each model was used; "" forgets
	Memory  int64                      // bytes that all models together may hold for keys and values; 0: the engine's default
	Threads int                        // of the engine; 0: one per processor
	Log     *slog.Logger               // nil is silent
	Getenv  func(string) string        // nil: os.Getenv
	Carried fs.FS                      // what paths name that begin with [Embedded]; nil: nothing
	Opener  func(Spec) (Opened, error) // nil: [Open]; a test has its own
}

// A Set is the models of one recipe, as one process uses them. It is safe for concurrent use.
type Set struct {
	rec    *recipe.Recipe
	opt    Options
	budget *budget

	mu       sync.Mutex
	open     map[string]*loaded
	store    *inference.Store // the record, once somebody asks
	storeErr error
}

// loaded is a model that is open, or could not be opened.
type loaded struct {
	once  sync.Once
	model *model
	err   error
}

// New returns the models of a recipe; it opens none.
func New(rec *recipe.Recipe, opt Options) *Set {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Getenv == nil {
		opt.Getenv = os.Getenv
	}
	if opt.Opener == nil {
		opt.Opener = Open
	}
	return &Set{rec: rec, opt: opt, budget: newBudget(rec), open: map[string]*loaded{}}
}

// Names lists the recipe's models, sorted.
func (s *Set) Names() []string {
	names := make([]string, 0, len(s.rec.Models))
	for name := range s.rec.Models {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Provide offers every model of the recipe and its tokenizer under their names, and the only one under the name "".
func (s *Set) Provide(env *stages.Env) {
	names := s.Names()
	offer := func(as, name string) {
		env.Provide(stages.ModelResource(as), func() (any, error) { return s.model(name) })
		env.Provide(stages.CounterResource(as), func() (any, error) { return s.counter(name) })
	}
	for _, name := range names {
		offer(name, name)
	}
	if len(names) == 1 {
		offer("", names[0])
	}
}

// model opens a model, once.
func (s *Set) model(name string) (*model, error) {
	s.mu.Lock()
	l := s.open[name]
	if l == nil {
		l = new(loaded)
		s.open[name] = l
	}
	s.mu.Unlock()
	l.once.Do(func() { l.model, l.err = s.load(name) })
	return l.model, l.err
}

// load opens a model and puts record and budget in front of it.
func (s *Set) load(name string) (*model, error) {
	fail := func(err error) error {
		return stages.Final(fmt.Errorf("model %s: %w", name, err))
	}
	spec, err := s.spec(name)
	if err != nil {
		return nil, fail(err)
	}
	opened, err := s.opt.Opener(spec)
	if err != nil {
		return nil, fail(err)
	}
	if err := s.sameForm(name, spec, opened.Model.Name()); err != nil {
		return nil, fail(errors.Join(err, opened.Model.Close()))
	}
	if opened.Here && !opened.Recorded && opened.Model.Count("a") < 0 {
		return nil, fail(errors.Join(errors.New("it has no tokenizer, and stages ask with words: put its tokenizer.json beside the weights"), opened.Model.Close()))
	}
	m, err := s.recorded(name, opened)
	if err != nil {
		return nil, fail(errors.Join(err, opened.Model.Close()))
	}
	if k, ok := opened.Model.(kind); ok {
		m.kind = k
	}
	return m, nil
}

// counter opens the tokenizer of a model: that of the model, if it is open already or has no files here.
func (s *Set) counter(name string) (stages.Counter, error) {
	s.mu.Lock()
	l := s.open[name]
	s.mu.Unlock()
	if l == nil {
		if spec, err := s.spec(name); err == nil && spec.Path != "" && spec.Model.Replay == "" {
			t, err := OpenTokenizer(spec.Path)
			if err != nil {
				return nil, stages.Final(fmt.Errorf("model %s: its tokenizer: %w", name, err))
			}
			return t, nil
		}
	}
	m, err := s.model(name)
	if err != nil {
		return nil, err
	}
	if m.Count("a") < 0 {
		return nil, stages.Final(fmt.Errorf("model %s: neither an endpoint nor a record lends its tokenizer: tokens are counted with a model that lies here", name))
	}
	return m, nil
}

// spec says where a model is and how it is used.
func (s *Set) spec(name string) (Spec, error) {
	m, ok := s.rec.Models[name]
	if !ok {
		return Spec{}, errors.New("the recipe has no such model")
	}
	path, err := locate(s.rec.Dir, m, s.opt.Getenv)
	if err != nil {
		return Spec{}, err
	}
	var carried fs.FS
	if in, ok := strings.CutPrefix(path, Embedded); ok {
		if path, carried = in, s.opt.Carried; carried == nil {
			return Spec{}, errors.New("this winnow has no embedded records")
		}
	}
	memory := s.opt.Memory / int64(max(1, len(s.rec.Models)))
	return Spec{Name: name, Model: m, Path: path, Carried: carried, Memory: memory, Threads: s.opt.Threads, Getenv: s.opt.Getenv}, nil
}

// Close closes what is open. Whoever asks afterwards gets an error.
func (s *Set) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, name := range s.Names() {
		if l := s.open[name]; l != nil && l.model != nil {
			errs = append(errs, l.model.asked.Close())
		}
	}
	s.open = map[string]*loaded{}
	if s.store != nil {
		errs = append(errs, s.store.Close())
		s.store, s.storeErr = nil, errors.New("the run's models are closed")
	}
	return errors.Join(errs...)
}

// Usage is what one model was asked in this process.
type Usage struct {
	Model  string  `json:"model"`
	Asked  int64   `json:"asked"`  // requests that went to the model
	Found  int64   `json:"found"`  // replies that were in the record
	Failed int64   `json:"failed"` // requests that the model could not answer
	In     int64   `json:"tokens_in"`
	Out    int64   `json:"tokens_out"` // tokens of requests that went to the model
	Cost   float64 `json:"cost"`
}

// Usage returns what the models were asked in this process, by name; those that nobody asked are left out.
func (s *Set) Usage() []Usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Usage
	for _, name := range s.Names() {
		if l := s.open[name]; l != nil && l.model != nil {
			list = append(list, l.model.usage())
		}
	}
	return list
}

// model is what stages hold.
type model struct {
	name    string
	here    bool            // it runs in this process
	kind    kind            // what it lacks for a task; nil: nothing is known
	asked   inference.Model // with record and budget
	counted *metered        // the model behind the record; nil for a record alone
	price   recipe.Price
	budget  *budget
	mu      sync.Mutex
	calls   int64 // requests of stages
	failed  int64 // of those
}

// A kind knows for which tasks a model lacks something, such as a head.
type kind interface{ Can(inference.Task) error }

var _ stages.Model = (*model)(nil)

// String is the model's name in the recipe, for messages.
func (m *model) String() string { return m.name }

// Count implements [stages.Model].
func (m *model) Count(text string) int { return m.asked.Count(text) }

// Can implements [stages.Model]: a model that runs here answers all that its heads allow, and what an endpoint surely answers is words and vectors.
func (m *model) Can(what stages.Ask) bool {
	if t, ok := tasks[what]; ok && m.kind != nil {
		return m.kind.Can(t) == nil
	}
	return m.here || what == stages.AskText || what == stages.AskVector
}

// Complete implements [stages.Model].
func (m *model) Complete(ctx context.Context, rs []stages.Request) ([]stages.Reply, error) {
	if err := m.budget.failing(); err != nil {
		return nil, stages.Final(err)
	}
	out, err := m.ask(ctx, rs)
	if err != nil {
		err = fmt.Errorf("model %s: %w", m.name, err)
		if IsLimit(err) != nil {
			err = stages.Final(err)
		}
		return nil, err
	}
	failed := int64(0)
	var last error
	for i := range out {
		if out[i].Err != nil {
			failed++
			last = out[i].Err
		}
	}
	if err := m.budget.failing(); err != nil && last != nil {
		return nil, stages.Final(fmt.Errorf("%w; the model %s, for one: %w", err, m.name, last))
	}
	m.mu.Lock()
	m.calls, m.failed = m.calls+int64(len(rs)), m.failed+failed
	m.mu.Unlock()
	return out, nil
}

func (m *model) usage() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := Usage{Asked: m.failed, Failed: m.failed} // what a record has not
	if m.counted != nil {
		u = m.counted.usage()
	}
	u.Model, u.Found = m.name, max(0, m.calls-u.Asked)
	u.Cost = cost(m.price, u.In, u.Out)
	return u
}

func cost(p recipe.Price, in, out int64) float64 {
	return (float64(in)*p.In + float64(out)*p.Out) / 1e6
}
