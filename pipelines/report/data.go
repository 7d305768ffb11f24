// Package report explains a run: what came in, what stayed, what went and why.
//
// [Build] makes [Data] from the tally of a run and the facts that its stages have left; report.json is that and nothing
// else, so that everything a page shows can be read by a program. [Data.HTML] draws report.html from it: one file
// without scripts, without requests and of at most 2 MB, whatever the size of the corpus. [Data.Markdown] writes the
// card of the data set. [Stats] is the same kind of page about any data set, for `winnow stats`.
//
//	d := report.Build(report.Material{Run: run, Tally: sum, Facts: facts, Tasks: tasks})
//	err := d.HTML(w)
package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/winnow-data/winnow/pipelines/tally"
)

// Format numbers the layout of report.json. It changes when a reader of the old one would misread the other.
const Format = 1

// Data is report.json.
type Data struct {
	Format      int          `json:"format"`
	Run         Run          `json:"run"`
	Totals      Totals       `json:"totals"`
	Alerts      []Alert      `json:"alerts"` // the gravest first
	Sums        []Sum        `json:"sums"`   // the account: run, input, stages, sources
	Stages      []Stage      `json:"stages"` // in the order of the recipe
	Sources     []Group      `json:"sources"`
	Languages   []Group      `json:"languages"` // as known when the document was last seen; "" is unknown
	Scripts     []Group      `json:"scripts"`
	Licences    []Licence    `json:"licences"` // of the output
	Domains     Domains      `json:"domains"`
	Lengths     Lengths      `json:"lengths"`
	Duplicates  []Duplicates `json:"duplicates"`           // by stage that removes duplicates
	Mixtures    []Mixture    `json:"mixtures"`             // by stage that mixes
	Models      []Asked      `json:"models,omitempty"`     // by stage that asks a model
	Answers     []Counted    `json:"answers,omitempty"`    // by stage that acts on answers
	Ontologies  []Ontology   `json:"ontologies,omitempty"` // by stage that normalizes tags
	Selections  []Selection  `json:"selections,omitempty"` // by stage that selects documents
	Judged      *Judged      `json:"judged,omitempty"`     // how rules of all stages overlap, and what other bounds would keep
	Quarantine  Quarantine   `json:"quarantine"`
	Performance Performance  `json:"performance"`
	Facts       []Fact       `json:"facts"` // what stages have left that has no place of its own above
}

// Run says how the corpus was made and how to make it again.
type Run struct {
	Name        string    `json:"name"`
	Command     string    `json:"command,omitempty"`
	Winnow      string    `json:"winnow"`   // version
	Platform    string    `json:"platform"` // operating system, processor, Go
	Began       string    `json:"began,omitempty"`
	Seconds     float64   `json:"seconds"` // wall time of all sessions together
	Workers     int       `json:"workers,omitempty"`
	MemoryLimit int64     `json:"memory_limit,omitempty"` // bytes
	Seed        uint64    `json:"seed"`
	Key         string    `json:"key"`    // of the plan
	Recipe      string    `json:"recipe"` // as run
	Versions    []Version `json:"versions,omitempty"`
	Checksums   []File    `json:"checksums,omitempty"` // of what the recipe names: models, word lists
	Inputs      []File    `json:"inputs"`
	Outputs     []File    `json:"outputs"`

	Retries map[string]int64 `json:"retries,omitempty"` // of requests to remote stores, by what was wrong
}

// A Version is that of a component.
type Version struct {
	Stage   string `json:"stage"` // label
	Name    string `json:"name"`
	Version int    `json:"version"`
}

// A File is one that was read or written.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	Rows   int64  `json:"rows,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// Totals are the sums of the run.
type Totals struct {
	Read        tally.Flow `json:"read"`
	Made        tally.Flow `json:"made"`
	Kept        tally.Flow `json:"kept"`
	Dropped     tally.Flow `json:"dropped"`
	Quarantined tally.Flow `json:"quarantined"`
	Words       bool       `json:"words"` // the words of all documents were counted
}

// A Level says how grave an alert is.
type Level string

// The levels.
const (
	Red   Level = "red"   // the corpus is likely wrong
	Amber Level = "amber" // look before use
	Note  Level = "note"  // worth knowing
	Green Level = "green" // checked, in order
)

// An Alert is a finding about the run.
type Alert struct {
	Level   Level  `json:"level"`
	Text    string `json:"text"`
	Section string `json:"section"` // id of the part of the page that shows it
}

// A Sum is a line of the account: read + made = kept + dropped + quarantined.
type Sum struct {
	Of          string `json:"of"`
	Read        int64  `json:"read"`
	Made        int64  `json:"made"`
	Kept        int64  `json:"kept"`
	Dropped     int64  `json:"dropped"`
	Quarantined int64  `json:"quarantined"`
}

// A Stage is what one stage of the recipe did.
type Stage struct {
	Label       string     `json:"label"`
	Name        string     `json:"name"`
	In          tally.Flow `json:"in"`
	Out         tally.Flow `json:"out"`
	Made        tally.Flow `json:"made"`
	Dropped     tally.Flow `json:"dropped"`
	Quarantined tally.Flow `json:"quarantined"`
	Edited      tally.Edit `json:"edited"`
	Seconds     float64    `json:"seconds,omitempty"` // processor time
	Rules       []Rule     `json:"rules"`
	Unjudged    []Unjudged `json:"unjudged,omitempty"` // languages to which a rule did not apply
}

// A Rule is a bound and what it did.
type Rule struct {
	Name     string       `json:"name"`
	Unit     string       `json:"unit,omitempty"`
	Doc      string       `json:"doc,omitempty"`
	Min      tally.Number `json:"min"` // "-inf" for none
	Max      tally.Number `json:"max"` // "inf" for none
	By       []Bound      `json:"by,omitempty"`
	Dropped  tally.Flow   `json:"dropped"`
	Outside  int64        `json:"outside"`            // measured outside the bounds, under whatever name they went
	Alone    int64        `json:"alone"`              // of those, inside the bounds of all other rules of the stage
	Together []int64      `json:"together,omitempty"` // of those, outside the bounds of the stage's k-th rule too
	NA       int64        `json:"na"`                 // documents to which the rule did not apply
	Values   Distribution `json:"values"`
	Examples []Example    `json:"examples,omitempty"`
}

// A Bound is the range that holds for one language.
type Bound struct {
	Language string       `json:"language"`
	Min      tally.Number `json:"min"`
	Max      tally.Number `json:"max"`
}

// Unjudged says for how many documents of a language a rule did not apply.
type Unjudged struct {
	Rule      string `json:"rule"`
	Language  string `json:"language"`
	Documents int64  `json:"documents"`
	Of        int64  `json:"of"`
}

// A Distribution says how numbers are spread. Quantiles are exact to a sixteenth.
type Distribution struct {
	N      int64          `json:"n"`
	Min    tally.Number   `json:"min"`
	P1     tally.Number   `json:"p1"`
	P5     tally.Number   `json:"p5"`
	P25    tally.Number   `json:"p25"`
	P50    tally.Number   `json:"p50"`
	P75    tally.Number   `json:"p75"`
	P95    tally.Number   `json:"p95"`
	P99    tally.Number   `json:"p99"`
	Max    tally.Number   `json:"max"`
	Lo     []tally.Number `json:"lo,omitempty"` // bins that are not empty, ascending
	Hi     []tally.Number `json:"hi,omitempty"`
	Counts []int64        `json:"counts,omitempty"`
}

// An Example is a document that a rule dropped; its text is masked and clipped.
type Example struct {
	Pick     string       `json:"pick"` // "random", "near the bound", "extreme"
	ID       string       `json:"id"`
	Source   string       `json:"source,omitempty"`
	Language string       `json:"language,omitempty"`
	Value    tally.Number `json:"value"`
	Kept     string       `json:"kept,omitempty"`
	Why      string       `json:"why,omitempty"`
	Text     string       `json:"text"`
	Clipped  bool         `json:"clipped,omitempty"`
}

// A Group is the documents of one source, language or script.
type Group struct {
	Name        string     `json:"name"`
	Before      tally.Flow `json:"before"`
	Made        tally.Flow `json:"made"`
	Dropped     tally.Flow `json:"dropped"`
	Quarantined tally.Flow `json:"quarantined"`
	After       tally.Flow `json:"after"`
	ByStage     []int64    `json:"by_stage"` // documents dropped, by stage
}

// A Licence is the output's documents under one licence.
type Licence struct {
	Name string     `json:"name"`
	Kept tally.Flow `json:"kept"`
}

// Domains are the hosts with the most documents.
type Domains struct {
	Known       int      `json:"known"`        // hosts told apart
	ErrorBefore int64    `json:"error_before"` // documents by which a count may be too low; 0: exact
	ErrorAfter  int64    `json:"error_after"`
	List        []Domain `json:"list"`
}

// A Domain is a host, before and after.
type Domain struct {
	Host   string     `json:"host"`
	Before tally.Flow `json:"before"`
	After  tally.Flow `json:"after"`
}

// Lengths are the lengths of documents of the input and of the output.
type Lengths struct {
	BytesBefore Distribution `json:"bytes_before"`
	BytesAfter  Distribution `json:"bytes_after"`
	WordsBefore Distribution `json:"words_before"`
	WordsAfter  Distribution `json:"words_after"`
}

// Quarantine is what could not be processed.
type Quarantine struct {
	Records int64               `json:"records"`
	Reasons []*tally.Quarantine `json:"reasons"` // the most frequent first
	First   []Record            `json:"first"`   // a few of the records
}

// A Record is one that was put aside.
type Record struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"` // bytes into the file; -1 where there is none
	Stage  string `json:"stage,omitempty"`
	Reason string `json:"reason"`
}

// A Fact is a value that a task of a stage has left.
type Fact struct {
	Stage string `json:"stage"` // label
	Phase string `json:"phase,omitempty"`
	Task  int    `json:"task"`
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// JSON writes report.json.
func (d *Data) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	if err := e.Encode(d); err != nil {
		return fmt.Errorf("writing report.json: %w", err)
	}
	return nil
}
