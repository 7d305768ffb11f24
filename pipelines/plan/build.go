package plan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// Build makes the plan of a recipe. It lists the inputs and looks at their first bytes and footers; it reads no document. limit bounds the records read of
// each input file; 0 reads all. mode is that of signals; "" is the usual one.
func Build(ctx context.Context, rec *recipe.Recipe, src Sources, version string, limit int64, mode string) (*Plan, error) {
	p := &Plan{
		Format: Format, Winnow: version, Name: rec.Name, Seed: rec.Seed, Dir: rec.Dir, Recipe: string(rec.Source), Limit: limit,
	}
	var err error
	if p.Inputs, err = src.list(ctx, rec); err != nil {
		return nil, err
	}
	parts, err := src.parts(ctx, rec, p.Inputs, limit)
	if err != nil {
		return nil, err
	}
	if p.Signals, err = NewSignals(mode, p.Decoded()); err != nil {
		return nil, err
	}
	components, err := p.components(rec)
	if err != nil {
		return nil, err
	}
	if p.Costs, err = p.costs(ctx, rec, src); err != nil {
		return nil, err
	}
	if p.Phases, err = layOut(components, parts, p.Decoded(), p.splits(rec, parts)); err != nil {
		return nil, err
	}
	if err := p.outputs(rec); err != nil {
		return nil, err
	}
	if err := p.schemas(ctx, rec, src, components); err != nil {
		return nil, err
	}
	return p, p.keys(rec)
}

// Decoded returns the estimated bytes of the input's text.
func (p *Plan) Decoded() int64 {
	var n int64
	for _, in := range p.Inputs {
		n += in.Decoded
	}
	return n
}

// components makes every stage of the recipe once, to learn its phases.
func (p *Plan) components(rec *recipe.Recipe) ([]component, error) {
	env := &stages.Env{Dir: rec.Dir, Seed: rec.Seed}
	var list []component
	for k := range rec.Stages {
		st := &rec.Stages[k]
		c, err := st.New()
		if err != nil {
			return nil, err
		}
		if b, ok := c.(stages.Barrier); ok {
			if pr, ok := b.(stages.Provisioner); ok {
				if err := pr.Provision(env); err != nil {
					return nil, fmt.Errorf("%s: %w", st.Label, err)
				}
			}
		}
		files, err := sums(rec.Dir, st.Files())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", st.Label, err)
		}
		p.Stages = append(p.Stages, Stage{
			Label: st.Label, Name: st.Name, Version: st.Spec.Version, Settings: st.Canonical(), Files: files,
		})
		list = append(list, component{k, st.Label, c})
	}
	return list, nil
}

// outputs settles where shards go, below the folder that holds the run's own: with one output that folder itself, with several
// a folder each, by the last name of the recipe's paths.
func (p *Plan) outputs(rec *recipe.Recipe) error {
	seen := map[string]string{}
	for _, o := range rec.Outputs {
		out := Output{Format: o.Format, Shard: int64(o.Shard), Rows: o.Rows, Columns: o.Columns}
		if len(rec.Outputs) > 1 {
			out.Path = path.Base(path.Clean(o.Path))
			if first, ok := seen[out.Path]; ok {
				return fmt.Errorf("outputs %s and %s would both go to the folder %s of the run; give them other last names", first, o.Path, out.Path)
			}
			seen[out.Path] = o.Path
		}
		p.Outputs = append(p.Outputs, out)
	}
	return nil
}

// keys gives every phase its key: a digest of what goes into its bytes and of the key before it.
func (p *Plan) keys(rec *recipe.Recipe) error {
	before := ""
	for i := range p.Phases {
		ph := &p.Phases[i]
		key, err := p.key(rec, ph, before)
		if err != nil {
			return err
		}
		ph.Key, before = key, key
	}
	p.Key = before
	return nil
}

// keyed is what a key is a digest of.
type keyed struct {
	Format  int
	Before  string
	Seed    uint64
	Limit   int64
	Signals Signals
	Tasks   int
	Name    string
	Inputs  []keyedInput `json:",omitempty"`
	Parts   [][]Part     `json:",omitempty"`
	Stages  []Stage      `json:",omitempty"`
	Pass    *Pass        `json:",omitempty"`
	Work    *Step        `json:",omitempty"`
	Finish  bool         `json:",omitempty"`
	Out     []Output     `json:",omitempty"`
	// Schemas are part of what an output pass writes.
	Schemas map[string]*shard.Schema `json:",omitempty"`
}

// keyedInput is what of an input goes into the key: not where it lies.
type keyedInput struct {
	Name, Version string
	Size          int64
	Kind          string
	As            recipe.Input
}

func (p *Plan) key(rec *recipe.Recipe, ph *Phase, before string) (string, error) {
	k := keyed{
		Format: Format, Before: before, Seed: p.Seed, Limit: p.Limit, Signals: p.Signals, Tasks: ph.Tasks, Name: ph.Name,
		Pass: ph.Pass, Work: ph.Work, Finish: ph.Finish,
	}
	if ph.Pass != nil && ph.Pass.From == "" {
		for _, in := range p.Inputs {
			as := rec.Inputs[in.Entry]
			as.Path, as.List, as.Anonymous = "", "", false
			k.Inputs = append(k.Inputs, keyedInput{in.Name, in.Version, in.Size, in.Kind.String(), as})
		}
	}
	if ph.Pass != nil {
		for _, s := range ph.Pass.Steps {
			k.Stages = append(k.Stages, p.Stages[s.Stage])
		}
		if ph.Pass.To == ToOutput {
			k.Out, k.Schemas = p.Outputs, p.Schemas
		}
	}
	if ph.Work != nil {
		k.Stages = append(k.Stages, p.Stages[ph.Work.Stage])
	}
	data, err := json.Marshal(k)
	if err != nil {
		return "", fmt.Errorf("key of phase %s: %w", ph.Name, err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12]), nil
}

// sums reads the files that a stage's settings name.
func sums(dir string, paths []stages.Path) ([]FileSum, error) {
	var list []FileSum
	for _, name := range paths {
		full := string(name)
		if !filepath.IsAbs(full) {
			full = filepath.Join(dir, full)
		}
		f, err := os.Open(full)
		if err != nil {
			return nil, err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("read %s: %w", full, err)
		}
		list = append(list, FileSum{string(name), hex.EncodeToString(h.Sum(nil))})
	}
	return list, nil
}
