package synth

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
	"github.com/winnow-data/winnow/synth/verifier"
)

//go:embed constraints.txt
var builtinConstraints string

//go:embed prompts/*.txt
var constrainPrompts embed.FS

// Constrain adds instructions about the form of the answer to prompts, each with functions that verify it: AutoIF (Dong et al. 2024, arXiv 2406.13542).
//
//	constrain: {model: teacher, n: 1}
//
// Instructions come from a list, built in or a file with one in each line. Which a prompt gets depends on its id and the recipe's seed alone. For every
// instruction that is needed the model writes functions `evaluate(response)` with cases, `samples` times. They run in a sandbox and are held against each other: a case stays by which
// a majority stands, a function that is right on 80 % of these, says both yes and no, and says the same twice. What is left of an instruction are the functions from which the model can
// say the instruction back without contradicting it; without three functions and ten cases to begin with, or without one function to end with, the prompt
// gets another instruction. A prompt for which none of eight holds is quarantined, as is one that already has answers.
//
// The instruction joins the last turn of the user, and `instruction_id_list` and `kwargs` tell it and its functions to check_constraints.
type Constrain struct {
	Model       string        // name in models; may be left out where there is only one
	N           int           `allowed:"1..8"` // instructions for each prompt
	From        stages.Path   // a file of instructions, one in each line; none: the built-in list
	Samples     int           `allowed:"3..64"`                          // how many times the model writes a function
	Temperature float64       `allowed:"0..2"`                           // of writing functions
	CPU         time.Duration `yaml:"cpu"`                               // CPU time of a function for one answer
	Isolation   string        `allowed:"any,namespaces,landlock,unsafe"` // what must hold functions; any: the strongest there is, unsafe: none, on your own risk

	label, dir string
	seed       uint64
	model      stages.Model
	box        verifier.Box
	list       []string
	known      *verified
	prompts    constrainTexts
}

var constrainDefaults = Constrain{N: 1, Samples: 8, Temperature: 0.8, CPU: 2 * time.Second, Isolation: "any", label: "constrain"}

// maxTries is how many instructions are tried for a prompt.
const maxTries = 8

// Placed implements [stages.Placed].
func (c *Constrain) Placed(label, dir string) { c.label, c.dir = label, dir }

// Validate implements [stages.Validator].
func (c *Constrain) Validate() error {
	if c.Temperature == 0 {
		return fmt.Errorf("temperature: at 0 all %d functions are one and the same; want more", c.Samples)
	}
	return verifier.Limits(c.CPU, 1).Validate()
}

// Writes implements [stages.Writer].
func (c *Constrain) Writes() []string { return []string{"instruction_id_list", "kwargs"} }

// Asks implements [stages.Asker].
func (c *Constrain) Asks() stages.Asks {
	return stages.Asks{Model: c.Model, Ask: stages.AskText, Calls: float64(c.N), Out: typicalTokens}
}

// Provision implements [stages.Provisioner].
func (c *Constrain) Provision(env *stages.Env) (err error) {
	if c.model, err = stages.ModelOf[stages.Model](env, c.Model); err != nil {
		return err
	}
	if c.box, err = openSandbox(env, c.Isolation); err != nil {
		return stages.Final(err)
	}
	if c.list, err = c.readList(); err != nil {
		return stages.Final(fmt.Errorf("from: %w", err))
	}
	if c.prompts, err = readConstrainTexts(); err != nil {
		return err
	}
	name := "verified by " + c.label
	env.Provide(name, func() (any, error) { return &verified{made: map[string][]string{}}, nil })
	c.seed = env.Seed
	c.known, err = stages.Resource[*verified](env, name)
	return err
}

// readList reads the instructions: lines, without blank ones and repeats.
func (c *Constrain) readList() ([]string, error) {
	text := builtinConstraints
	if c.From != "" {
		path := string(c.From)
		if !filepath.IsAbs(path) {
			path = filepath.Join(c.dir, path)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		text = string(raw)
	}
	var list []string
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !seen[line] {
			seen[line] = true
			list = append(list, line)
		}
	}
	if len(list) < c.N {
		return nil, fmt.Errorf("%d instructions, want at least n: %d", len(list), c.N)
	}
	return list, nil
}

// A wanting document waits for its instructions.
type wanting struct {
	doc   int
	order []string // instructions to try, in this order
	got   []string
}

// Apply implements [stages.Stage].
func (c *Constrain) Apply(ctx context.Context, b *stages.Batch) error {
	var docs []*wanting
	for i, d := range b.Live() {
		if d.Kind != "" {
			continue
		}
		if err := c.fit(d); err != nil {
			b.Fail(i, err)
			continue
		}
		docs = append(docs, &wanting{doc: i, order: c.order(d.ID)})
	}
	for {
		needed := c.advance(docs)
		if len(needed) == 0 {
			break
		}
		if err := c.verify(ctx, b, needed); err != nil {
			return err
		}
	}
	for _, w := range docs {
		if len(w.got) < c.N {
			b.Fail(w.doc, fmt.Errorf("%d instructions could be verified, want %d: of each of %d too few of the model's functions held", len(w.got), c.N, maxTries))
			continue
		}
		if err := c.join(&b.Docs[w.doc], w.got); err != nil {
			b.Fail(w.doc, err)
			continue
		}
		b.Count("constrained", 1)
	}
	return nil
}

// fit says whether a document can take an instruction.
func (c *Constrain) fit(d *stages.Document) error {
	if len(d.Answers) > 0 {
		return errors.New("the prompt has answers, which knew nothing of the instruction; constrain comes before answer")
	}
	if d.Turns == nil {
		return nil
	}
	if err := dialogue.CheckPrompt(d.Turns); err != nil {
		return fmt.Errorf("the prompt: %w", err)
	}
	return nil
}

// order returns the instructions that are tried for a document: the first of all by a hash of its id and the seed.
func (c *Constrain) order(id string) []string {
	rest := append([]string(nil), c.list...)
	h := xxhash.Sum64String(fmt.Sprintf("%d/%s/%s", c.seed, c.label, id))
	n := min(len(rest), max(maxTries, c.N))
	for i := range n {
		h = h*6364136223846793005 + 1442695040888963407 // Knuth's linear congruential generator
		k := i + int((h>>33)%uint64(len(rest)-i))
		rest[i], rest[k] = rest[k], rest[i]
	}
	return rest[:n]
}

// advance gives documents what is verified, and returns what must be verified next.
func (c *Constrain) advance(docs []*wanting) []string {
	var needed []string
	asked := map[string]bool{}
	for _, w := range docs {
		for len(w.got) < c.N && len(w.order) > 0 {
			functions, ok := c.known.of(w.order[0])
			if !ok {
				if !asked[w.order[0]] {
					asked[w.order[0]] = true
					needed = append(needed, w.order[0])
				}
				break
			}
			if len(functions) > 0 {
				w.got = append(w.got, w.order[0])
			}
			w.order = w.order[1:]
		}
	}
	return needed
}
