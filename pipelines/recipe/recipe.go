// Package recipe loads recipes: strictly, and with every mistake reported at once, before anything runs.
//
//	r, problems := recipe.Load(src, "web.yaml", registry, recipe.Options{Dir: "."})
//	recipe.Render(os.Stderr, problems, recipe.Style{Color: true})
//	if r == nil {
//		os.Exit(2) // there was an error among the problems, not only warnings
//	}
//	for _, s := range r.Stages {
//		component, err := s.New() // a fresh one with its settings, for one task
//	}
//
// The grammar is that of twelve rules in the docs. What this package settles where the rules leave room:
//
//   - A stage that leaves nothing is an error of the run unless `limits: {allow_empty: true}`. It stands in limits because it only
//     guards: the same bytes come out with and without it, and limits are no part of a recipe's identity.
//   - Fields. `only`, and what a component reads, may name id, source, kind and text, which every document has; what the input maps (`language: lang`
//     makes the field language); and what a stage before writes. A field that stages of this winnow write but none does before is an
//     error. Any other name may be a field of the input, which lint does not open: it is a warning, and a document without the
//     field passes an `only` untouched. Warnings are silent where every input is of a format whose fields are known (WARC: url, date, content_type).
//   - A label is lower snake case, as a stage's name is, and no top key: `--set` tells them apart by it.
//   - `model:` may be left out where the recipe has one model: there is nothing to choose. `length: {tokens}` and `mix: {tokens}` count with the tokenizer of the
//     model that their own `model:` names, as every stage that asks a model does: a setting for the whole recipe would be a second way to say
//     the same, and a recipe with two tokenizers can say which one a budget means. Of the model no more than its tokenizer is opened.
//   - A model has a `rate`, tokens a second, by which its work is parted into tasks of at most five minutes. It stands in the recipe because where tasks end
//     shows in the names of shards; without it the size of the model's files decides. `limits: {cost}` is in the money of `price`.
//   - `hub: ORG/NAME/FILE` means one file, or the one that a glob finds, of a repository that holds several.
//   - `--set`, `--in`, `--out`, `--model` are written into the text. Recipe.Source has them, and reads back to the same recipe. Comments
//     survive unless a value is replaced that spans lines in a way that cannot be cut out safely.
package recipe

import (
	"time"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// A Problem is an error or a warning of lint.
type Problem = settings.Problem

// A Recipe is loaded, complete with defaults, and right as far as lint can see.
type Recipe struct {
	Name    string // of the output's files; the recipe file's without its ending if not given
	Seed    uint64
	Models  map[string]Model
	Inputs  []Input // at least one
	Stages  []Stage // in run order; labels are unique
	Outputs []Output
	Limits  Limits
	Source  []byte // the text as run, with what flags changed
	Dir     string // what relative paths are relative to
}

// An Input is where documents come from and what their fields are called there. Empty names mean winnow's own.
type Input struct {
	Path     string // a file, a folder or a glob; relative to the recipe, or s3:// or https://
	List     string `json:",omitempty"` // a file of paths, one a line; instead of Path
	Source   Source
	Format   string `allowed:"jsonl,parquet,warc,text,lines,messages,sharegpt,alpaca,trl"` // "": by name and first bytes; the last four are layouts of conversations
	Encoding string // a WHATWG label such as gb18030; "": detected
	ID       string
	Text     string
	URL      string
	Language string
	Prompt   string
	Gold     string
	Messages string
	Answers  string
	Chosen   string
	Rejected string
	// Anonymous asks an object store without a signature: for public buckets.
	Anonymous bool `json:",omitempty"`
}

// At is where an input is said to be: its path, or its list.
func (in *Input) At() string {
	if in.List != "" {
		return in.List
	}
	return in.Path
}

// A Source is the domain of an input's documents: a literal for all, or the name of the field that holds it. Both are empty by default.
type Source struct {
	Literal, Field string
}

// An Only restricts a stage to documents whose field has one of the values.
type Only struct {
	Field  string   `json:"field"`
	Values []string `json:"values"`
}

// An Output is where rows go.
type Output struct {
	Path    string       // a folder; relative to the recipe
	Format  string       `allowed:"parquet,jsonl,jsonl.zst,jsonl.gz,trl,messages,sharegpt,alpaca,llama-factory"`
	Shard   stages.Bytes `allowed:"1.."` // size at which the next shard begins
	Columns Columns      // fields that get a Parquet column of their own
	Rows    string       // "": all; else the kind of row
}

// Limits guard a run. They are no part of the recipe's identity.
type Limits struct {
	Damaged       stages.Share // of records; more stop the run
	ModelFailures stages.Share // of requests; more stop the run
	Calls         stages.Count // to models; 0: no limit
	Tokens        stages.Count // of models, read and written; 0: no limit
	Cost          float64      `allowed:"0.."` // of models, in the money of their prices; 0: no limit
	AllowEmpty    bool         // a stage may leave nothing
}

// A Model is where a model is found. Exactly one of Hub, File, URL and Replay is set.
type Model struct {
	Hub         string // repository on the hub
	Revision    string // of Hub
	Weights     string `allowed:"f32,bf16,int8,int4"` // "": as stored
	File        stages.Path
	URL         string
	Model       string // its name at URL, or in a record of several
	KeyEnv      string // the environment variable that holds the key
	Concurrency int    `allowed:"0.."`
	RPM         stages.Count
	TPM         stages.Count
	Timeout     time.Duration
	Price       Price
	Replay      stages.Path
	Rate        stages.Count `allowed:"1.."` // tokens a second by which its work is parted into tasks of minutes; 0: by the size of its file
}

// A Price is in money for a million tokens.
type Price struct {
	In  float64 `allowed:"0.."`
	Out float64 `allowed:"0.."`
}

func defaultOutput() Output { return Output{Format: "parquet", Shard: 256 << 20} }

func defaultLimits() Limits { return Limits{Damaged: 0.01, ModelFailures: 0.1} }

// Options are what a recipe does not say itself.
type Options struct {
	Dir     string                  // the recipe's folder
	Stat    func(path string) error // says whether a file or folder is there; nil asks the local disk. The path is joined to Dir.
	Schemes []string                // of URLs that paths may have, such as "s3"
	// Reach says what is wrong with a place on another machine that is read, or written to; nil asks nobody.
	Reach func(in Input, write bool) error
	// Hub says what is wrong with a model of a hub, such as that it does not lie on this machine, and how to mend it; nil takes it for there.
	Hub func(Model) (help string, err error)
	In  []string // --in: paths that replace the recipe's, relative to Dir or absolute
	Out string   // --out: "" leaves the recipe's
	Set []string // --set LABEL.SETTING=VALUE
	// Models are those of --model; they are written before what Set changes.
	Models []ModelFlag
}
