package check

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/jsontext"
	"github.com/winnow-data/winnow/synth/check/internal/answer"
)

// Math judges the final answer of a solution by a gold answer: equal as mathematics is passed, different is failed.
//
//	check_math: {gold: answer}
//
// The final answer is the last one that the text states: behind ####, in \boxed{…}, behind "the answer is", "Answer:", 答案是 or 故选; without such a statement
// the whole text where it is a value, else its last number. What stands between <think> and </think> is no statement, nor is "not 5". The gold answer is
// read the same way, so that a whole model solution may be gold.
//
// Numbers are compared exactly, as rationals: integers, decimals, fractions, mixed numbers (2 3/4), percent (50% is 1/2), 1.2e5, 1.2 × 10^5, 101_2; thousands
// behind commas, thin spaces, spaces or underscores; full-width, Arabic and Devanagari digits, 万, 亿, 分之, Chinese numerals; 100k, 1.5M, 2bn; π, e, i, roots, logarithms and algebra by their normal
// form. Sets and lists need every member, in any order; tuples theirs in order; intervals and inequalities in one unknown are sets of real numbers;
// equations are equal up to a factor, and "x = 5" is 5. Words and option letters are compared without case, brackets and a full stop.
//
// Conventions: a unit, a currency or a percent sign that one side leaves out does not matter (5 for 5 cm, 50 for 50%); two units of one kind are converted
// (50 mm for 5 cm), others differ. Braces around a list and brackets around a tuple may be left out. A prompt whose gold answer cannot be read
// is quarantined. Unknown, neither right
// nor wrong, is: a prompt without a gold answer; a decimal within a millionth of the gold value but not equal; 1.234 for 1234 (a point between thousands); digits without their base; a ratio
// in other terms; another name for the unknown; notation that is not read; a value beside words that change it ("at least 5", "twice 5", "5 is wrong"); one value
// against a list that repeats it; a date or a time of day against a number; a Roman numeral for its number. No answer at all is failed.
type Math struct {
	Extract string // where the answer stands: auto, hash (behind ####), boxed, phrase ("the answer is"), number (the last one), all (the whole text)
	Gold    string // field that holds the gold answer: text or a number

	judge   answer.Judge
	raw     []byte // the gold field as it was last seen
	text    []byte // scratch, for its text
	gold    string // and what it says
	goldErr error
	seen    bool
	last    verdict
}

// verdict is the last one: answers to one prompt repeat each other.
type verdict struct {
	span answer.Span
	out  stages.Check
}

// MathDefaults are the defaults of check_math.
var MathDefaults = Math{Extract: string(answer.Auto), Gold: "gold"}

// Validate implements [stages.Validator].
func (m *Math) Validate() error {
	if !slices.Contains(answer.Hows, answer.How(m.Extract)) {
		var names []string
		for _, h := range answer.Hows {
			names = append(names, string(h))
		}
		return fmt.Errorf("extract: %q is no place of an answer; allowed are %s", m.Extract, strings.Join(names, ", "))
	}
	if m.Gold == "" {
		return fmt.Errorf("gold: it must name the field that holds the gold answer")
	}
	return nil
}

// Reads implements [stages.Reader].
func (m *Math) Reads() []string { return []string{m.Gold} }

// Check implements [stages.Checker]. The score is 1 for the gold answer and 0 for another one.
func (m *Math) Check(d *stages.Document, a *stages.Answer) stages.Check {
	if err := m.read(d); err != nil {
		return unknown("the gold answer cannot be read: " + err.Error())
	}
	span, ok := answer.Final(a.Text, answer.How(m.Extract))
	if !ok {
		return failed("no answer in the text")
	}
	if m.last.out.Name != "" && m.last.span == span {
		return m.last.out
	}
	out := m.compare(span)
	m.last = verdict{span, out}
	m.last.span.Text = strings.Clone(span.Text)
	return out
}

// Fault implements [stages.Faulter]: a gold answer that is there and cannot be read.
func (m *Math) Fault(d *stages.Document) error {
	if raw, ok := d.Fields.Raw(m.Gold); !ok || string(raw) == "null" {
		return nil
	}
	if err := m.read(d); err != nil {
		return fmt.Errorf("the gold answer cannot be read: %w", err)
	}
	return nil
}

// compare judges the stated answer and says what was compared.
func (m *Math) compare(span answer.Span) stages.Check {
	outcome, reason := m.judge.Compare(span)
	stated := m.judge.Stated()
	switch outcome {
	case answer.Same:
		return stages.Check{Name: mathName, Result: stages.Passed, Score: 1, Why: because(m.gold, " = ", stated, reason)}
	case answer.Different:
		return failed(because(m.gold, " ≠ ", stated, reason))
	}
	return unknown(because(m.gold, " ? ", stated, reason))
}

const mathName = "check_math"

func failed(why string) stages.Check {
	return stages.Check{Name: mathName, Result: stages.Failed, Why: why}
}

func unknown(why string) stages.Check {
	return stages.Check{Name: mathName, Result: stages.Unknown, Why: why}
}

// because says what was compared: gold, answer, reason.
func because(gold, op, stated, reason string) string {
	s := short(gold) + op + short(stated)
	if reason != "" {
		s += ": " + reason
	}
	return s
}

// maxShown is how much of an answer a reason shows, in bytes.
const maxShown = 120

// short cuts s for a reason.
func short(s string) string {
	if len(s) <= maxShown {
		return s
	}
	end := maxShown
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// read reads the gold answer of d, unless it is the one of the document before.
func (m *Math) read(d *stages.Document) error {
	raw, ok := d.Fields.Raw(m.Gold)
	if !ok {
		m.seen = false
		text, ok := d.Field(m.Gold)
		if !ok {
			return fmt.Errorf("there is no field %q", m.Gold)
		}
		m.last = verdict{}
		return m.understand(text)
	}
	if m.seen && bytes.Equal(raw, m.raw) {
		return m.goldErr
	}
	m.seen, m.last = false, verdict{} // until it is understood: a panic must not leave another document's answer
	m.goldErr = m.decode(d, raw)
	m.raw, m.seen = append(m.raw[:0], raw...), true
	return m.goldErr
}

// decode reads the gold answer from its JSON.
func (m *Math) decode(d *stages.Document, raw []byte) error {
	var ok bool
	if m.text, ok = jsontext.AppendUnquoted(m.text[:0], raw); ok {
		return m.understand(unsafe.String(unsafe.SliceData(m.text), len(m.text))) // which keeps nothing of it
	}
	text, ok := d.Fields.Text(m.Gold)
	if !ok {
		return fmt.Errorf("field %q holds %s, not text or a number", m.Gold, kindOf(raw))
	}
	if text == "null" && raw[0] == 'n' {
		return fmt.Errorf("field %q is null", m.Gold)
	}
	return m.understand(text)
}

func kindOf(raw []byte) string {
	switch {
	case len(raw) > 0 && raw[0] == '[':
		return "a list"
	case len(raw) > 0 && raw[0] == '{':
		return "an object"
	}
	return "no valid JSON"
}

// understand finds the answer in the gold text, of which it keeps a copy.
func (m *Math) understand(text string) error {
	span, ok := answer.Final(text, answer.Auto)
	if !ok {
		return fmt.Errorf("%s states no answer", strconv.Quote(short(text)))
	}
	span.Text = strings.Clone(span.Text)
	if err := m.judge.Gold(span); err != nil {
		return fmt.Errorf("%s: %w", strconv.Quote(short(span.Text)), err)
	}
	m.gold = m.judge.GoldText()
	return nil
}
