package stages

import "strings"

// A Document is one record of a corpus: a text, a conversation, a prompt with candidate answers, or a finished row.
type Document struct {
	ID      string    // the input's, else SHARD#RECORD; need not be unique: the run counts by position
	Source  string    // the domain it is mixed under
	Kind    string    // "" for a document or prompt; "sft", "dpo" for rows that pick made
	Text    string    // "" for a conversation
	Turns   []Turn    // nil for plain text; the only copy of the words
	Answers []Answer  // candidate replies to the last turn; of a dpo row: chosen, rejected
	Parents []string  // ids it was made from
	Fields  Fields    // every other field: name and raw JSON, in input order
	At      Place     // where the input held it; what a stage makes has its parent's
	Signals []float64 // the run's own: what rules have measured in the passes before this one. No component reads it
}

// A Place is where an input held a record. The run's streams of removals and quarantine name it.
type Place struct {
	File string
	Row  int64 // number of the record in its file, from 0
}

// A Turn is one message of a conversation.
type Turn struct {
	Role, Content string
}

// An Answer is a candidate reply to a prompt.
type Answer struct {
	Text, By string // By: model and settings, "human" or "input"
	Checks   []Check
}

// A Check is what one checker found on one answer.
type Check struct {
	Name   string
	Result Result
	Score  float64
	Why    string
}

// A Result is the outcome of a check. On disk it is null, true or false.
type Result int8

// The results. Unknown is a harness error, a flaky run, an unreadable gold answer, a repeated answer: never a negative.
const (
	Unknown Result = iota
	Passed
	Failed
)

// Body returns what filters see: the text, or the contents of the turns with a blank line between them.
func (d *Document) Body() string {
	if d.Turns == nil {
		return d.Text
	}
	if len(d.Turns) == 1 {
		return d.Turns[0].Content
	}
	var b strings.Builder
	b.Grow(d.BodyBytes())
	for i, t := range d.Turns {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(t.Content)
	}
	return b.String()
}

// BodyBytes is the length of the body, which it does not build.
func (d *Document) BodyBytes() int {
	if d.Turns == nil {
		return len(d.Text)
	}
	n := 2 * max(len(d.Turns)-1, 0)
	for i := range d.Turns {
		n += len(d.Turns[i].Content)
	}
	return n
}

// Edit is the only way to change words: it passes the text, or the content of every turn and every answer, through f.
func (d *Document) Edit(f func(string) string) {
	if d.Turns == nil {
		d.Text = f(d.Text)
	}
	for i := range d.Turns {
		d.Turns[i].Content = f(d.Turns[i].Content)
	}
	for i := range d.Answers {
		d.Answers[i].Text = f(d.Answers[i].Text)
	}
}
