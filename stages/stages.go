// Package stages is the contract that every room of winnow speaks: what a document is, what a component may do to it,
// and how a run hands work to it. It imports nothing of ours but [text], the text cut once.
//
// A component is one file in its room: a settings struct with comments, its defaults, its methods, and one line in the
// room's catalog made with [Define]. What a component is follows from the methods it has:
//
//   - [Filter] measures a text; the bounds of its rules decide. It knows no settings while it measures.
//   - [Mapper] edits, annotates or drops one document. One that is a Filter too edits first, and is then measured.
//   - [Checker] judges one answer to a prompt.
//   - [Stage] acts on a batch: whoever calls a model, a sandbox or a service. It is built anew for every task.
//   - [Barrier] must see the whole corpus before it can judge any of it: a list of phases, each of independent tasks.
//
// Lifecycle of a component in one task: a copy of the defaults → the recipe's settings decoded over it → [Validator] →
// [Provisioner] → use by one goroutine. It may keep scratch memory and needs no locks; what is shared between workers
// comes from [Resource].
//
//	type Length struct {
//		Words stages.Range // words of the document
//	}
//
//	func (f *Length) Rules() []stages.Rule                 { return []stages.Rule{{Name: "words", Keep: f.Words}} }
//	func (f *Length) Measure(t *text.View, m []float64)    { m[0] = float64(t.WordCount()) }
//
//	var Catalog = []stages.Spec{stages.Define("length", Length{Words: stages.Any})}
package stages

import (
	"context"

	"github.com/winnow-data/winnow/stages/text"
)

type (
	// A Filter measures a text; the ranges of its rules say what stays.
	Filter interface {
		// Rules returns one rule per measurement, in a fixed order. The ranges are the settings'.
		Rules() []Rule
		// Measure fills m, one value per rule. It depends on t alone, never on settings, and must not keep t or parts of it.
		// [NA] says that the rule does not apply to this text: it passes. Any other NaN quarantines the document.
		Measure(t *text.View, m []float64)
	}

	// A Mapper edits one document, annotates it with fields, or drops it (then it has Rules too, and names one in the
	// Verdict). t is the view of d.Body(); the caller starts it anew when Map has changed the words. An error or a panic is a fault
	// of the record and quarantines it.
	Mapper interface {
		Map(d *Document, t *text.View) (Verdict, error)
	}

	// A Checker judges one answer of a prompt.
	Checker interface {
		Check(d *Document, a *Answer) Check
	}

	// A Faulter is a Checker that says what is wrong with a prompt by which it cannot judge any answer, such as a gold answer that is none. The record is
	// quarantined.
	Faulter interface {
		Fault(d *Document) error
	}

	// A Stage acts on a batch in place. An error is the world's fault (a disk, a service): the task stops and is retried.
	// What is wrong with one record is told with [Batch.Fail].
	Stage interface {
		Apply(ctx context.Context, b *Batch) error
	}

	// A Ruler names its rules. Mappers, Stages and Barriers that drop documents have it, so that every removal has a
	// rule with documentation.
	Ruler interface {
		Rules() []Rule
	}

	// A Noter tells what it measures: by its first so many rules, which the report then shows with their values. A Stage tells it with [Batch.Measured], a
	// [Measurer] by its method.
	Noter interface {
		Measures() int
	}

	// A Measurer is a [Mapper] that decides by what it measures on its way: its Verdict is the first rule whose number lies outside, and the rules behind
	// those that Measures counts fire of themselves, and before them. Measured is called after each Map that found no fault, whatever it decided. It fills m, one value
	// for each rule that measures, and leaves those alone of which nothing is known. [NA] lies inside, any other NaN outside of whatever bounds.
	Measurer interface {
		Noter
		Measured(m []float64)
	}

	// A Sparer is a Measurer that leaves a document it drops as it came. Spare makes of it, right after Map, what other bounds would have let through, so that later
	// rules can be measured on it.
	Sparer interface {
		Spare(d *Document)
	}

	// A Rerunner says why what it has measured does not tell what other bounds would keep, so that they need a rerun; "" if it does.
	Rerunner interface {
		Rerun() string
	}

	// A Switcher has parts that judge no document, such as the line rules of c4, which `without: [NAME]` switches off by name all the
	// same. Without is called once the settings are decoded, before Validate, with names that Switches returns.
	Switcher interface {
		Switches() []string
		Without(name string)
	}

	// A Foreseer acts by what the checks behind it will find, as one that stops asking once there are enough good answers. Where Foresees says so it is given
	// those checks before Validate, each a component of its own, and provisions them itself.
	Foreseer interface {
		Foresees() bool
		Foresee(checks []Coming)
	}

	// A Validator checks settings against each other. Its error names the setting, what is wrong, and what is allowed.
	Validator interface {
		Validate() error
	}

	// A Provisioner loads what it needs before the first document: word lists, models, files.
	Provisioner interface {
		Provision(env *Env) error
	}

	// Versioned components declare a number that changes when their output changes for the same settings, so that
	// finished work of an older winnow is not mistaken for the same work. Without it the version is 1.
	Versioned interface {
		Version() int
	}

	// A Writer names the fields that it adds to documents, so that lint knows which fields exist from there on.
	Writer interface {
		Writes() []string
	}

	// Typed says which types the fields have that a Writer adds, where they have one: string, int, float or bool. Parquet columns are made of them.
	Typed interface {
		Types() map[string]string
	}

	// A Referrer names the labels of checks that its settings mean; lint refuses one that no stage before it bears.
	Referrer interface {
		Refers() []string
	}

	// A Reader names the fields it cannot work without; lint refuses a recipe where nobody has written them.
	Reader interface {
		Reads() []string
	}
)

// A Coming is a check that stands behind a [Foreseer].
type Coming struct {
	Label string
	Check any                    // a [Checker] or a [Stage]
	Takes func(d *Document) bool // whether its `only` lets a document in; nil: it takes all
}

// A Rule is one measurement that decides.
type Rule struct {
	Name    string // lower snake case; the key in the recipe and the reason of a drop
	Keep    Range  // what stays
	Unit    string // "words", "characters", "share", "" for a plain number
	Doc     string // one line: what is measured, with its source
	Setting string // the setting that holds the bounds, where it has another name
}

// A Verdict says whether a document stays. The zero Verdict keeps it.
type Verdict struct {
	Rule  string  // the rule that dropped it; "" keeps
	Value float64 // what was measured; for dedup the similarity
	Kept  string  // dedup: the id that stands in its place
	Why   string  // what matched, where no number says it
}
