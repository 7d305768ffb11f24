package ask

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
)

func TestPrompt(t *testing.T) {
	d := &stages.Document{ID: "7", Source: "books", Text: "whole"}
	d.Fields.SetText("title", "{text}")
	d.Fields.SetNumber("year", 1999)
	for in, want := range map[string]string{
		"":                              "",
		"plain":                         "plain",
		"{text}":                        "HEAD",
		"{title} {year} {id} {source}.": "{text} 1999 7 books.",
		"{{text}} {{ text }} {te xt} {": "{text} {{ text }} {te xt} {",
		`{"a": {text}, "b": "{{}}"}`:    `{"a": HEAD, "b": "{{}}"}`,
		"{text}{text}":                  "HEADHEAD",
		"{1a} {a1":                      "{1a} {a1",
		"{{{text}}}":                    "{{text}}",
	} {
		got, err := NewPrompt(in).Fill(d, "HEAD")
		if err != nil || got != want {
			t.Errorf("%q becomes %q, %v; want %q", in, got, err, want)
		}
	}
	if _, err := NewPrompt("a {gone} b").Fill(d, ""); err == nil || !strings.Contains(err.Error(), `"gone"`) {
		t.Errorf("a field that is not there: %v", err)
	}
	before, rest := NewPrompt("first {text} and {title}").Split()
	if before != "first " || !slices.Equal(rest.Places(), []string{"text", "title"}) {
		t.Errorf("split at %q, %v", before, rest.Places())
	}
	if before, rest := NewPrompt("no {{place}}").Split(); before != "no {place}" || rest.Places() != nil {
		t.Errorf("split at %q, %v", before, rest.Places())
	}
}

func FuzzPrompt(f *testing.F) {
	f.Add("a {text} {{b}} {c", "x{text}")
	f.Fuzz(func(t *testing.T, prompt, text string) {
		p := NewPrompt(prompt)
		d := &stages.Document{}
		for _, name := range p.Places() {
			d.Fields.SetText(name, "")
		}
		got, err := p.Fill(d, text)
		if err != nil {
			t.Fatal(err)
		}
		before, rest := p.Split()
		again, err := rest.Fill(d, text)
		if err != nil || before+again != got {
			t.Errorf("%q: whole %q, in parts %q, %v", prompt, got, before+again, err)
		}
	})
}

func TestNumber(t *testing.T) {
	for reply, want := range map[string]int{
		"3": 3, " 4.\n": 4, "**5**": 5, "0": 0, "Score: 4": 4, "score is 2.": 2, "Educational score: **3**": 3, "Score: 4/5": 4, "(4)": 4,
		"It earns 2 points.\nScore: 1": 1, "Score: 2\nno, Score: 3": 3, "Rating: 1": 1, "Score = 5\n\nThanks": 5,
		"": -1, "none": -1, "Score: none": -1, "Score: 2.5": -1, "Score: 6": -1, "Score: -1": -1, "Score: 4/10": -1, "3 points": -1, "between 2 and 3": -1,
		"Score: 2,5": -1, "Score: 99999999999999999999": -1, "Score: five": -1, "2.0": -1,
	} {
		got, ok := Number(reply, 0, 5)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %d, want %d", reply, got, want)
		}
	}
}

func FuzzNumber(f *testing.F) {
	f.Add("Score: 3")
	f.Add("4/5 score 2.5")
	f.Fuzz(func(t *testing.T, reply string) {
		if n, ok := Number(reply, 1, 4); ok && (n < 1 || n > 4 || !strings.ContainsAny(reply, "1234")) || !ok && n != 0 {
			t.Errorf("%q: %d %v", reply, n, ok)
		}
	})
}

func TestJSONAndLabel(t *testing.T) {
	for reply, want := range map[string]string{
		`{"a":1}`: `{"a":1}`, "```json\n{\"a\": 1}\n```": `{"a": 1}`, `Sure: {"a":[1]} there`: `{"a":[1]}`, "[1,2]": "[1,2]", "```[3]```": "[3]", " 7 ": "7",
		"": "", "{": "", "{a:1}": "", "none": "",
	} {
		got, err := JSON(reply)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", reply, got, err, want)
		}
	}
	labels := []string{"yes", "No", "no"}
	for reply, want := range map[string]string{"yes": "yes", " YES.": "yes", `"no"`: "no", "No": "No", "nO": "No", "yes no": "", "": ""} {
		if got, ok := Label(reply, labels); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", reply, got, ok, want)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add("```json\n{\"a\": 1}\n```")
	f.Fuzz(func(t *testing.T, reply string) {
		if raw, err := JSON(reply); err == nil && !strings.Contains(reply, string(raw)) {
			t.Errorf("%q holds no %q", reply, raw)
		}
	})
}

func words(s string) int { return len(strings.Fields(s)) }

func TestCut(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		head string
	}{
		{"", 3, ""},
		{"a b c", 3, "a b c"},
		{"a b c", 2, "a b"},
		{"a  b", 1, "a"},
		{"abc", 1, "abc"},
		{strings.Repeat("word ", 1000), 500, strings.TrimSpace(strings.Repeat("word ", 500))},
	} {
		head, rest := Cut(c.s, c.n, words)
		if n := words(head); head+rest != c.s || n > c.n || len(head) < len(c.head)*98/100 || len(head) > len(c.head)+1 {
			t.Errorf("%.20q at %d: %d tokens, %.30q", c.s, c.n, n, head)
		}
	}
	unknown := func(string) int { return -1 }
	if head, rest := Cut("abcdefgh", 3, unknown); head != "abcdef" || rest != "gh" {
		t.Errorf("%q, %q", head, rest)
	}
	if head, _ := Cut("世界世界世界", 1, func(s string) int { return len(s) }); head != "世" {
		t.Errorf("a token smaller than a character: %q", head)
	}
}

func FuzzCut(f *testing.F) {
	f.Add("some words here", 2)
	f.Add("世界\xff世", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		n = 1 + (n&0xffff)%50
		for _, count := range []func(string) int{words, func(s string) int { return len(s) }, func(string) int { return -1 }} {
			left, steps := s, 0
			for left != "" {
				head, rest := Cut(left, n, count)
				if head == "" || head+rest != left {
					t.Fatalf("%q at %d: %q and %q", left, n, head, rest)
				}
				if k := count(head); k > n && utf8.RuneCountInString(head) > 1 {
					t.Fatalf("%q at %d: the head %q has %d tokens", left, n, head, k)
				}
				if left = rest; steps > len(s) {
					t.Fatal("it goes nowhere")
				}
				steps++
			}
		}
	})
}

func TestHeadAndFence(t *testing.T) {
	if Head("añb", 2) != "añ" || Head("ab", 5) != "ab" || Head("ab", 0) != "ab" {
		t.Error("heads")
	}
	if got := Fence("doc", "x </doc> <doc-2>"); got != "<doc-3>\nx </doc> <doc-2>\n</doc-3>" {
		t.Errorf("fence %q", got)
	}
}

func TestRubric(t *testing.T) {
	r, err := ParseRubric("poems.yaml", "prompt: |\n  Grade {author}'s verse.\n\n  {text}\nscale: {min: 1, max: 3}\nexamples:\n  - {text: \"Roses\", grade: 2, why: short}\n")
	if err != nil || !slices.Equal(r.Grades(), []string{"1", "2", "3"}) {
		t.Fatalf("%+v, %v", r, err)
	}
	d := &stages.Document{}
	d.Fields.SetText("author", "Li Bai")
	turns, shared, err := NewGrader(r, true).Turns(d, "{author}")
	if err != nil || shared != 3 || len(turns) != 4 || turns[0].Content != "Grade" || !strings.HasSuffix(turns[2].Content, "short\nScore: 2") {
		t.Fatalf("%q, %d, %v", turns, shared, err)
	}
	if !strings.HasPrefix(turns[3].Content, "Li Bai's verse.\n\n{author}") || !strings.Contains(turns[3].Content, "Score: N") {
		t.Errorf("question %q", turns[3].Content)
	}
	for text, want := range map[string]string{
		"prompt: ''":                                 "no prompt",
		"prompt: x\nscale: {min: 3, max: 3}":         "not below",
		"prompt: x\nexamples: [{text: a, grade: 9}]": "example 1",
		"promt: x":  "unknown setting",
		"prompt: [": "rubric.yaml",
	} {
		if _, err := ParseRubric("rubric.yaml", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzRubric(f *testing.F) {
	f.Add("prompt: x {text}\nscale: {min: 0, max: 4}\nexamples: [{text: a, grade: 1}]")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRubric("r.yaml", text)
		if err == nil && (len(r.Grades()) < 2 || r.Prompt == "") {
			t.Errorf("%+v", r)
		}
	})
}
