package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/winnow-data/winnow/pipelines/models"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/pipelines/recipes"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob/place"
)

// A Job is a recipe with the place its output goes to.
type Job struct {
	Recipe   *recipe.Recipe
	Registry *stages.Registry
	Out      string // the folder that holds _winnow; with one output also its shards
	Limit    int64  // records read of each input file; 0 reads all
	Record   string // the folder that keeps replies of models; "" is answers in the run's own
	Signals  string // the mode of signals, as in [plan.NewSignals]
	shown    string // the recipe without the paths that flags gave

	sets []*models.Set // of the runners that were made
}

// Flags are what a command line changes about a recipe.
type Flags struct {
	In, Set []string
	Model   []string // [NAME=]WHERE: a file or folder, a hub's name, an endpoint's address
	Out     string
	Limit   int64
	Record  string
	Signals string
}

// Source finds the text of a recipe: a built-in one by its name, or a file. A name that ends in .yaml or .yml or holds a slash
// is a file. dir is what its paths are relative to.
func Source(name string) (text []byte, dir string, err error) {
	if ext := filepath.Ext(name); ext == ".yaml" || ext == ".yml" || strings.ContainsAny(name, `/\`) {
		text, err = os.ReadFile(name)
		if err != nil {
			return nil, "", fmt.Errorf("recipe: %w", err)
		}
		dir, err = filepath.Abs(filepath.Dir(name))
		return text, dir, err
	}
	text, ok := recipes.Lookup(name)
	if !ok {
		return nil, "", fmt.Errorf("no built-in recipe is called %q; there are %s; a file's name ends in .yaml",
			name, strings.Join(recipes.Names(), ", "))
	}
	dir, err = os.Getwd()
	return text, dir, err
}

// Load loads a recipe by name or file. The job is nil when a problem is an error.
func Load(name string, f Flags) (*Job, []recipe.Problem, error) {
	text, dir, err := Source(name)
	if err != nil {
		return nil, nil, err
	}
	reg := Registry()
	in := make([]string, len(f.In))
	for i, p := range f.In {
		if in[i], err = anchored(p); err != nil {
			return nil, nil, err
		}
	}
	given, bare, err := modelFlags(f.Model)
	if err != nil {
		return nil, nil, err
	}
	rec, problems := recipe.Load(text, name, reg, recipe.Options{
		Dir: dir, In: in, Out: f.Out, Set: f.Set, Models: given, Stat: stat, Hub: findHub, Schemes: place.Schemes, Reach: reach,
	})
	if rec == nil {
		return nil, problems, nil
	}
	out, err := outFolder(rec, f.Out, !strings.ContainsAny(name, `/\.`))
	if err != nil {
		return nil, nil, err
	}
	shown := rec
	if len(f.In) > 0 || f.Out != "" || len(given) > 0 {
		// It loads unless the paths that the flags replace are missing.
		shown, _ = recipe.Load(text, name, reg, recipe.Options{Dir: dir, Set: f.Set, Models: bare, Stat: anything, Schemes: place.Schemes})
		if shown == nil {
			shown = &recipe.Recipe{Source: text}
		}
	}
	return &Job{Recipe: rec, Registry: reg, Out: out, Limit: f.Limit, Record: f.Record, Signals: f.Signals, shown: string(shown.Source)}, problems, nil
}

// findHub looks for a model of the hub on this machine.
func findHub(m recipe.Model) (help string, err error) {
	_, help, err = models.FindHub(m, os.Getenv)
	return help, err
}

// anchored makes a path of the command line independent of the recipe's folder.
func anchored(p string) (string, error) {
	if p == "" {
		return "", errors.New("--in: the path is empty; name a file, a folder or a glob")
	}
	if strings.HasPrefix(p, plan.Embedded) || place.IsRemote(p) {
		return p, nil
	}
	return filepath.Abs(p)
}

// reach says what is wrong with a place on another machine: an address that carries a key, a store that writes nothing, a bucket that is not
// there or not ours.
func reach(in recipe.Input, write bool) error {
	p := in.At()
	switch {
	case place.Secret(p):
		return place.ErrSecret
	case write:
		if err := place.Writable(p); err != nil {
			return err
		}
	}
	return nil
}

func anything(string) error { return nil }

// stat says whether a path of a recipe is there. Embedded data is looked for when the plan is made.
func stat(p string) error {
	if strings.Contains(p, plan.Embedded) {
		return nil
	}
	_, err := os.Stat(p)
	return err
}

// outFolder settles where a run writes: --out, else the recipe's output, else ./NAME for a built-in recipe.
func outFolder(rec *recipe.Recipe, out string, builtin bool) (string, error) {
	switch {
	case out != "":
		return place.Abs("", out)
	case builtin || len(rec.Outputs) > 1:
		dir := rec.Dir
		return filepath.Join(dir, rec.Name), nil
	}
	return place.Abs(rec.Dir, rec.Outputs[0].Path)
}

// Sources returns the stores that inputs are read from, and what is known of models.
func (j *Job) Sources() plan.Sources {
	return plan.Sources{Embedded: recipes.FS(), Identify: func(ctx context.Context, rec *recipe.Recipe, name string) (string, int64, error) {
		return models.Identify(ctx, rec, name, os.Getenv, recipes.FS())
	}}
}

// Models returns the recipe's models for a process that may hold so much memory (0: half of what the machine allows). Nothing is opened before
// somebody asks; Close closes it.
func (j *Job) Models(memory int64, log *slog.Logger) *models.Set {
	if memory <= 0 {
		memory = run.MemoryAllowed() / 2
	}
	answers, own := j.Record, place.Join(j.Out, run.Folder)
	if answers == "" {
		answers = filepath.Join(own, "answers")
	}
	if place.IsRemote(own) {
		own = answers
	}
	s := models.New(j.Recipe, models.Options{Answers: answers, Run: own, Memory: memory / 4, Log: log, Carried: recipes.FS()})
	j.sets = append(j.sets, s)
	return s
}

// Look returns the recipe's models for who looks and writes nothing: no reply is kept.
func (j *Job) Look() *models.Set {
	s := models.New(j.Recipe, models.Options{Memory: run.MemoryAllowed() / 8, Carried: recipes.FS()})
	j.sets = append(j.sets, s)
	return s
}

// Asked returns what models were asked through the job's runners.
func (j *Job) Asked() []models.Usage {
	var list []models.Usage
	for _, s := range j.sets {
		list = append(list, s.Usage()...)
	}
	return list
}

// Close closes the models that the job's runners have opened.
func (j *Job) Close() error {
	var errs []error
	for _, s := range j.sets {
		errs = append(errs, s.Close())
	}
	j.sets = nil
	return errors.Join(errs...)
}

// Plan makes the job's plan.
func (j *Job) Plan(ctx context.Context) (*plan.Plan, error) {
	p, err := plan.Build(ctx, j.Recipe, j.Sources(), Version(), j.Limit, j.Signals)
	if err == nil {
		p.Shown = j.shown
	}
	return p, err
}

// Runner returns what carries out the job's plan.
func (j *Job) Runner(p *plan.Plan, opt run.Options) (*run.Runner, error) {
	if len(j.Recipe.Models) > 0 && place.IsRemote(j.Out) && j.Record == "" {
		return nil, fmt.Errorf("the recipe asks models, whose replies are appended to a record as they come; %s cannot append: name a local folder with --record", j.Out)
	}
	if opt.Provide == nil && len(j.Recipe.Models) > 0 {
		opt.Provide = j.Models(opt.Memory, opt.Log).Provide
	}
	return run.New(p, j.Recipe, j.Sources(), j.Out, opt)
}

// planFile is where a run's plan lies.
func planFile(out string) string { return place.Join(out, run.Folder, "plan.json") }

// maxPlan bounds a plan: a few hundred bytes for each input file.
const maxPlan = 4 << 30

// readPlan reads a file that may be a plan. A folder is none.
func readPlan(ctx context.Context, name string) ([]byte, error) {
	if !place.IsRemote(name) {
		if info, err := os.Stat(name); err != nil || info.IsDir() {
			return nil, fs.ErrNotExist
		}
		return os.ReadFile(name)
	}
	if !strings.HasSuffix(name, ".json") {
		return nil, fs.ErrNotExist
	}
	return place.ReadFile(ctx, name, maxPlan, place.Options{})
}

// ReadPlan reads the plan of a run from plan.json, the run's folder, or the folder above it.
func ReadPlan(ctx context.Context, name string) (*plan.Plan, string, error) {
	tries := []string{name, place.Join(name, "plan.json"), planFile(name)}
	for _, t := range tries {
		data, err := readPlan(ctx, t)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		var p plan.Plan
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, "", fmt.Errorf("%s is no plan: %w", t, err)
		}
		if p.Format != plan.Format {
			return nil, "", fmt.Errorf("%s has format %d, this winnow reads %d", t, p.Format, plan.Format)
		}
		return &p, place.Dir(place.Dir(t)), nil
	}
	return nil, "", fmt.Errorf("%s: no plan.json there or in %s below it: %w", name, run.Folder, fs.ErrNotExist)
}

// Open returns the job and the plan of a run that has been prepared.
func Open(ctx context.Context, name string) (*Job, *plan.Plan, error) {
	p, out, err := ReadPlan(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	reg := Registry()
	rec, problems := recipe.Load([]byte(p.Recipe), p.Name+".yaml", reg, recipe.Options{Dir: p.Dir, Stat: stat, Schemes: place.Schemes})
	if rec == nil {
		errs := make([]error, 0, len(problems))
		for _, q := range problems {
			if !q.Warning {
				errs = append(errs, q)
			}
		}
		return nil, nil, fmt.Errorf("the recipe of the run in %s does not load: %w", out, errors.Join(errs...))
	}
	return &Job{Recipe: rec, Registry: reg, Out: out, Limit: p.Limit, Signals: p.Signals.Mode}, p, nil
}
