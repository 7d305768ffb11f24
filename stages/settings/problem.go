package settings

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Problem is one mistake in a recipe, or one thing worth a warning.
type Problem struct {
	Warning bool
	File    string // name of the recipe
	Flag    string // the command line's flag at fault; then there is no place
	Pos     Pos    // zero where the whole recipe is meant
	Width   int    // characters to underline
	Source  string // the line at Pos
	Secret  bool   // the line may hold a secret and is not shown
	Where   string // what the message is about: "gopher_quality: words"
	Message string // what is wrong
	Nearest []string
	Allowed []string // what could stand here
	Help    string   // what to do, where Nearest and Allowed do not say it
}

// At makes a problem that points at n.
func At(n *Node, format string, args ...any) Problem {
	p := Problem{Message: fmt.Sprintf(format, args...)}
	if n != nil {
		p.Pos, p.Width, p.Flag = n.Pos, n.Width(), n.Flag
	}
	return p
}

// In returns p with what it is about put in front.
func (p Problem) In(where string) Problem {
	switch {
	case where == "":
	case p.Where == "":
		p.Where = where
	default:
		p.Where = where + ": " + p.Where
	}
	return p
}

// Unknown makes the problem of a name that is none of the known ones.
func Unknown(n *Node, what string, known []string) Problem {
	p := At(n, "unknown %s %s", what, quote(n.Text))
	p.Nearest, p.Allowed = Nearest(n.Text, known), known
	return p
}

// Hint says in one line what could stand there: the nearest names, the allowed ones, and what helps.
func (p Problem) Hint() string {
	var parts []string
	if len(p.Nearest) > 0 {
		q := make([]string, len(p.Nearest))
		for i, s := range p.Nearest {
			q[i] = fmt.Sprintf("%q", s)
		}
		parts = append(parts, "did you mean "+strings.Join(q, " or ")+"?")
	}
	if len(p.Allowed) > 0 {
		parts = append(parts, "allowed: "+strings.Join(p.Allowed, ", "))
	}
	if p.Help != "" {
		parts = append(parts, p.Help)
	}
	return strings.Join(parts, " ")
}

// AsError makes one error of what Decode has found, for an [Unmarshaler] with settings of its own: the first problem with its hint, at its
// place; nil for none.
func AsError(ps []Problem) error {
	if len(ps) == 0 {
		return nil
	}
	text := ps[0].Text()
	if h := ps[0].Hint(); h != "" {
		text += " (" + h + ")"
	}
	return ErrorAt(&Node{Kind: Scalar, Pos: ps[0].Pos, Flag: ps[0].Flag}, "%s", text)
}

// Text is the message with what it is about in front: "gopher_quality: words: min 9 exceeds max 2".
func (p Problem) Text() string {
	if p.Where == "" {
		return p.Message
	}
	return p.Where + ": " + p.Message
}

// Error makes a Problem an error of one line: "web.yaml:12:5: gopher_quality: words: min 9 exceeds max 2".
func (p Problem) Error() string {
	s := p.Text()
	if h := p.Hint(); h != "" {
		s += " (" + h + ")"
	}
	if at := p.Place(); at != "" {
		return at + ": " + s
	}
	return s
}

// Place is "file:line:column", or the flag.
func (p Problem) Place() string {
	switch {
	case p.Flag != "":
		return p.Flag
	case p.Pos.Line == 0:
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Pos.Line, p.Pos.Column)
}

// MarshalJSON writes the machine's form: severity, place, message, hints.
func (p Problem) MarshalJSON() ([]byte, error) {
	severity := "error"
	if p.Warning {
		severity = "warning"
	}
	return json.Marshal(struct {
		Severity string   `json:"severity"`
		File     string   `json:"file,omitempty"`
		Flag     string   `json:"flag,omitempty"`
		Line     int      `json:"line,omitempty"`
		Column   int      `json:"column,omitempty"`
		Width    int      `json:"width,omitempty"`
		Where    string   `json:"where,omitempty"`
		Message  string   `json:"message"`
		Nearest  []string `json:"nearest,omitempty"`
		Allowed  []string `json:"allowed,omitempty"`
		Help     string   `json:"help,omitempty"`
	}{severity, p.File, p.Flag, p.Pos.Line, p.Pos.Column, p.Width, p.Where, p.Message, p.Nearest, p.Allowed, p.Help})
}

// Sort orders problems by place: those of the whole recipe, those of lines, those of flags.
func Sort(ps []Problem) {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if a.Flag != b.Flag {
			return strings.Compare(a.Flag, b.Flag)
		}
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Column - b.Pos.Column
	})
}
