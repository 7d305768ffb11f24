// Package plan turns a recipe and a listing of its inputs into a plan: a list of phases, each of independent tasks, that any process
// can carry out from plan.json alone. A plan is a pure function of recipe, inputs and winnow's component versions; workers, memory, host
// and time have no part in it.
//
// Consecutive stages are fused into one pass over the documents. A barrier cuts the list: its phases become passes and works
// of their own, and what follows it joins its last pass.
//
//	input ─ pass 00 (filters, minhash scan) ─ work 01 band ─ work 02 cluster ─ pass 03 spread ─ work 04 verify ─ pass 05 (cut, filters, output) ─ finish
//
// Stages that ask a model begin a pass of their own, whose tasks are parted so that each is minutes of the model's work; before the next barrier and
// the output they are joined again. So filters are not done again when a rubric changes, and shards keep their size.
//
// Every phase has a key: a digest of what goes into its bytes and of the key before it. A finished task's marker holds it,
// so finished work is known again, and work of another recipe is never taken for it.
package plan

import (
	"encoding/json"
	"fmt"

	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// Format numbers the layout of plan.json, of intermediate files and of markers.
const Format = 3

// A Plan says how a run is carried out. It lies in _winnow/plan.json.
type Plan struct {
	Format  int      `json:"format"`
	Winnow  string   `json:"winnow"`
	Name    string   `json:"name"`
	Seed    uint64   `json:"seed"`
	Limit   int64    `json:"limit,omitempty"` // records read of each input file; 0 for all
	Key     string   `json:"key"`             // digest of the last phase's key and of the outputs
	Dir     string   `json:"dir"`             // the folder that paths in the recipe are relative to
	Recipe  string   `json:"recipe"`          // as run, with what flags changed
	Shown   string   `json:"shown"`           // for the card, which goes out with the corpus: without the paths of --in and --out
	Inputs  []Input  `json:"inputs"`
	Stages  []Stage  `json:"stages"`
	Phases  []Phase  `json:"phases"`
	Outputs []Output `json:"outputs"`
	Signals Signals  `json:"signals"`
	Costs   []Cost   `json:"costs,omitempty"` // of stages that ask models
	// Schemas are the columns of Parquet outputs, by their paths.
	Schemas map[string]*shard.Schema `json:"schemas,omitempty"`
}

// An Input is one file that the run reads.
type Input struct {
	Entry   int        `json:"entry"`   // in the recipe's list of inputs
	Name    string     `json:"name"`    // relative to the entry's folder: part of ids and of the removal stream
	Root    string     `json:"root"`    // the folder or bucket that Name lies in
	Size    int64      `json:"size"`    // bytes as it lies
	Version string     `json:"version"` // modification time, or ETag
	Kind    shard.Kind `json:"kind"`
	Decoded int64      `json:"decoded"` // estimated bytes of text

	Anonymous bool   `json:"anonymous,omitempty"` // the object store is asked without a signature
	List      string `json:"list,omitempty"`      // the list that named it, which may hold a query that nobody is told
	Query     string `json:"query,omitempty"`     // of an address; one that is as good as a key never stands here
}

// A Stage is one stage of the recipe as the plan's keys see it.
type Stage struct {
	Label    string          `json:"label"`
	Name     string          `json:"name"`
	Version  int             `json:"version"`
	Settings json.RawMessage `json:"settings"`
	Files    []FileSum       `json:"files,omitempty"` // that the settings name
	Model    *Model          `json:"model,omitempty"` // that it asks
}

// A FileSum is a file that a stage reads and what was in it.
type FileSum struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// A Phase is a number of independent tasks. Exactly one of Pass, Work and Finish is set.
type Phase struct {
	Name   string `json:"name"`
	Key    string `json:"key"`
	Tasks  int    `json:"tasks"`
	Pass   *Pass  `json:"pass,omitempty"`
	Work   *Step  `json:"work,omitempty"`
	Finish bool   `json:"finish,omitempty"`
}

// A Pass moves documents through stages.
type Pass struct {
	From    string   `json:"from"`              // the phase whose documents it reads; "" reads the input
	Parts   [][]Part `json:"parts,omitempty"`   // of the input, by task
	Split   int      `json:"split,omitempty"`   // so many tasks read what one task of From has left, a run of documents each
	Join    int      `json:"join,omitempty"`    // one task reads what so many tasks of From have left
	Sorted  *Step    `json:"sorted,omitempty"`  // documents come from From's buckets, in the order of this step's key
	Steps   []Step   `json:"steps"`             // what they run through
	To      To       `json:"to"`                // where they go
	Buckets int      `json:"buckets,omitempty"` // with To "buckets"
	Scatter *Step    `json:"scatter,omitempty"` // with To "buckets": the step whose key chooses the bucket
}

// To says where the documents of a pass go.
type To string

// The places documents go to.
const (
	ToDocuments To = "documents" // intermediate files, one per task
	ToNothing   To = "nothing"   // the pass only looked
	ToBuckets   To = "buckets"   // intermediate files by sort key
	ToOutput    To = "output"    // the output shards
)

// A Part is a part of an input file that one task reads.
type Part struct {
	File int `json:"file"` // in Inputs
	shard.Part
}

// A Step is one stage of the recipe at work in a phase; of a barrier, one of its phases.
type Step struct {
	Stage int    `json:"stage"`           // in Stages
	Phase string `json:"phase,omitempty"` // of the barrier
}

// An Output is a folder of shards.
type Output struct {
	Path    string         `json:"path"` // below the folder that holds _winnow; "" is that folder
	Format  string         `json:"format"`
	Shard   int64          `json:"shard"`
	Rows    string         `json:"rows,omitempty"`
	Columns recipe.Columns `json:"columns,omitempty"`
}

// Find returns the phase of a name and its number.
func (p *Plan) Find(name string) (*Phase, int, error) {
	for i := range p.Phases {
		if p.Phases[i].Name == name {
			return &p.Phases[i], i, nil
		}
	}
	names := make([]string, len(p.Phases))
	for i := range p.Phases {
		names[i] = p.Phases[i].Name
	}
	return nil, 0, fmt.Errorf("the plan has no phase %q; it has %v", name, names)
}

// Tasks returns the number of tasks of all phases.
func (p *Plan) Tasks() int {
	n := 0
	for i := range p.Phases {
		n += p.Phases[i].Tasks
	}
	return n
}

// EmptyRule is the rule by which blank text goes before any filter sees it.
var EmptyRule = stages.Rule{Name: "empty", Keep: stages.Any, Doc: "the text is blank"}

// Rules returns the rules by which a component may drop documents, in the order of its measurements.
func Rules(c any) []stages.Rule {
	var rules []stages.Rule
	if r, ok := c.(stages.Ruler); ok {
		rules = append(rules, r.Rules()...)
	}
	if _, ok := c.(stages.Mapper); ok {
		rules = append(rules, EmptyRule)
	}
	return rules
}
