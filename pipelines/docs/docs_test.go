package docs

import (
	"reflect"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

func TestDoes(t *testing.T) {
	for _, c := range []struct{ name, doc, want string }{
		{"one sentence", "Length keeps documents of a size.", "keeps documents of a size"},
		{"two", "C4 cuts lines. It is old.", "cuts lines"},
		{"a full stop inside parentheses", "X keeps prose (Rae et al. 2021) and verse. More.", "keeps prose (Rae et al. 2021) and verse"},
		{"a colon", "X masks data: mail, phones.", "masks data"},
		{"lines are joined", "X keeps\nwhat is good.", "keeps what is good"},
		{"only the first paragraph", "X keeps all\n\nof it.", "keeps all"},
		{"empty", "", ""},
	} {
		if got := does(c.doc); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestProse(t *testing.T) {
	text, examples := prose("X is a [stages.Filter].\n\n\tx:\n\t  min: 1\n\nMore.\n\n\tplain code\n", "x")
	if strings.Contains(text, "[") || !strings.Contains(text, "stages.Filter") {
		t.Errorf("links stay in %q", text)
	}
	if !reflect.DeepEqual(examples, []string{"- x:\n    min: 1"}) {
		t.Errorf("examples %q", examples)
	}
	if strings.Contains(text, "min: 1") || !strings.Contains(text, "plain code") {
		t.Errorf("the text %q should hold the code that is no example, and no example", text)
	}
}

func TestProseLeavesListsInExamples(t *testing.T) {
	_, examples := prose("X names a [Link].\n\n\tx: {keep: [one]}\n", "x")
	if !reflect.DeepEqual(examples, []string{"- x: {keep: [one]}"}) {
		t.Errorf("examples %q", examples)
	}
}

func TestCodeSpans(t *testing.T) {
	for in, want := range map[string]string{
		"say \\`drop: false\\` or":  "say `drop: false` or",
		"\\`a\\_b \\<c\\>\\` \\<d>": "`a_b <c>` \\<d>",
		"one \\` alone":             "one \\` alone",
		"snake\\_case \\*stays\\*":  "snake_case \\*stays\\*",
	} {
		if got := codeSpans(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestKeeps(t *testing.T) {
	by := stages.AtLeast(50)
	by.By = map[string]stages.Range{"zh": stages.AtLeast(80)}
	for _, c := range []struct {
		r    stages.Range
		want string
	}{
		{stages.Any, "everything"},
		{stages.AtLeast(3), "at least 3"},
		{stages.AtMost(0.15), "at most 0.15"},
		{stages.Between(50, 100_000), "50 to 100,000"},
		{stages.Between(2, 2), "2"},
		{stages.AtLeast(-1234567), "at least -1,234,567"},
		{by, "at least 50; 1 language has bounds of its own"},
	} {
		if got := Keeps(c.r); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// settingsOf shows where comments of inlined fields come from.
type flat struct {
	stages.Range
	Own string // its own
}

func TestFieldComment(t *testing.T) {
	c := Comments{
		"pipelines/docs.flat": {Fields: map[string]string{"Own": "its own", "Range": "what is kept"}},
		"stages.Range":        {Fields: map[string]string{}},
	}
	for field, want := range map[string]string{"Own": "its own", "Min": "what is kept", "Nope": ""} {
		if got, _ := fieldComment(reflect.TypeFor[flat](), field, c); got != want {
			t.Errorf("%s: got %q, want %q", field, got, want)
		}
	}
}

func TestExampleOfAVariant(t *testing.T) {
	doc := "A does x.\n\n\tx: {min: 1}\n\nor\n\n\tx@peer: {min: 2}\n\nor\n\n\tx_long: {min: 3}\n\nor\n\n\tx@peer\n"
	for name, want := range map[string][]string{
		"x":      {"- x: {min: 1}"},
		"x@peer": {"- x@peer: {min: 2}", "- x@peer"},
		"x_long": {"- x_long: {min: 3}"},
	} {
		if _, got := prose(doc, name); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: examples %q, want %q", name, got, want)
		}
	}
}
