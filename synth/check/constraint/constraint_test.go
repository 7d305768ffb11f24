package constraint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/lingua"
)

// What cannot be verified is an error that names the argument, and never a verdict.
func TestParseErrors(t *testing.T) {
	for _, x := range []struct{ id, kwargs, want string }{
		{"punctuation:no_coma", `{}`, "did you mean punctuation:no_comma"},
		{"", `{}`, "unknown instruction"},
		{"punctuation:no_comma", `{"x": 1}`, `argument "x" is not one of its arguments, which are none`},
		{"punctuation:no_comma", `[1]`, "no JSON object"},
		{"punctuation:no_comma", `{`, "no JSON object"},
		{"length_constraints:number_words", `{"num_words": 3}`, `"relation" is missing`},
		{"length_constraints:number_words", `{"num_words": null, "relation": "at least"}`, `"num_words" is missing`},
		{"length_constraints:number_words", `{"num_words": -1, "relation": "at least"}`, "0 or more"},
		{"length_constraints:number_words", `{"num_words": 2.5, "relation": "at least"}`, "whole number"},
		{"length_constraints:number_words", `{"num_words": "3", "relation": "at least"}`, "whole number"},
		{"length_constraints:number_words", `{"num_words": 1e300, "relation": "at least"}`, "whole number"},
		{"length_constraints:number_words", `{"num_words": 3, "relation": "around"}`, "allowed are at least"},
		{"length_constraints:number_words", `{"num_wordz": 3, "relation": "at least"}`, "num_wordz"},
		{"keywords:existence", `{"keywords": []}`, "empty"},
		{"keywords:existence", `{"keywords": [""]}`, "empty word"},
		{"keywords:existence", `{"keywords": "a"}`, "list of words"},
		{"keywords:existence", `{"keywords": ["a(?=b)"]}`, "(?…)"},
		{"keywords:existence", `{"keywords": ["(a)\\1"]}`, `\1`},
		{"keywords:existence", `{"keywords": ["a("]}`, "missing closing"},
		{"keywords:existence", `{"keywords": ["a++"]}`, "nested repetition"},
		{"keywords:existence", `{"keywords": ["a{,3}"]}`, "{0,n}"},
		{"keywords:existence", `{"keywords": ["a{1000}{1000}"]}`, "repe"},
		{"keywords:existence", `{"keywords": ["` + strings.Repeat("a.", 600) + `"]}`, "allowed are 1000"},
		{"keywords:existence", `{"keywords": ["x\\"]}`, "backslash"},
		{"keywords:frequency", `{"keyword": " ", "frequency": 1, "relation": "at least"}`, "blank"},
		{"keywords:letter_frequency", `{"letter": "ab", "let_frequency": 1, "let_relation": "at least"}`, "one letter"},
		{"length_constraints:nth_paragraph_first_word", `{"num_paragraphs": 2, "nth_paragraph": 3, "first_word": "a"}`, "1 to num_paragraphs"},
		{"length_constraints:nth_paragraph_first_word", `{"num_paragraphs": 2, "nth_paragraph": 0, "first_word": "a"}`, "1 to num_paragraphs"},
		{"detectable_format:multiple_sections", `{"section_spliter": "(A)B", "num_sections": 1}`, "groups"},
		{"language:response_language", `{"language": "xx"}`, "ISO 639"},
		{"language:response_language", `{"language": "zh-hongkong"}`, "ISO 15924"},
		{"combination:repeat_prompt", `{}`, "prompt_to_repeat"},
	} {
		c, err := Parse(x.id, []byte(x.kwargs))
		if err == nil || c != nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s %.80s: %v, want an error with %q", x.id, x.kwargs, err, x.want)
		}
	}
}

func verify(t *testing.T, id, kwargs, text string, m Mode) Finding {
	t.Helper()
	c, err := Parse(id, json.RawMessage(kwargs))
	if err != nil {
		t.Fatal(err)
	}
	d := lingua.New()
	d.Alone = true
	return c.Verify(NewText(text, d), m)
}

// What goes beyond the reference.
func TestBeyondReference(t *testing.T) {
	const hans, hant = "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。", "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。"
	for _, x := range []struct {
		id, kwargs, text string
		want             stages.Result
	}{
		{"language:response_language", `{"language": "zh"}`, hans, stages.Passed},
		{"language:response_language", `{"language": "zh-cn"}`, hans, stages.Passed},
		{"language:response_language", `{"language": "zh-Hant"}`, hans, stages.Failed},
		{"language:response_language", `{"language": "zh-tw"}`, hant, stages.Passed},
		{"language:response_language", `{"language": "zh"}`, "All human beings are born free and equal in dignity and rights.", stages.Failed},
		{"language:response_language", `{"language": "en"}`, "ok", stages.Unknown},
		{"language:response_language", `{"language": "en"}`, "12345", stages.Passed},
		{"language:response_language", `{"language": "ru"}`, "ok", stages.Failed},
		{"length_constraints:number_words", `{"num_words": 3, "relation": "at most"}`, "a b c", stages.Passed},
		{"length_constraints:number_words", `{"num_words": 3, "relation": "more than"}`, "a b c", stages.Failed},
		{"length_constraints:number_words", `{"num_words": 3, "relation": "exactly"}`, "a b c", stages.Passed},
		{"length_constraints:number_words", `{"num_words": 0, "relation": "at least"}`, "a", stages.Passed},
		{"length_constraints:number_words", `"{\"num_words\": 3, \"relation\": \"exactly\"}"`, "a b c", stages.Passed},
		{"keywords:letter_frequency", `{"letter": "#", "let_frequency": 2, "let_relation": "at least"}`, "# #", stages.Passed},
		{"keywords:frequency", `{"keyword": "x*", "frequency": 2, "relation": "at least"}`, "axa", stages.Unknown},
		{"punctuation:no_comma", `null`, " \n", stages.Failed},
	} {
		if f := verify(t, x.id, x.kwargs, x.text, Strict); f.Result != x.want {
			t.Errorf("%s %s on %q: %v (%s), want %v", x.id, x.kwargs, x.text, f.Result, f.Why, x.want)
		}
	}
}

// allArgs are arguments for every instruction.
var allArgs = map[string]string{
	"keywords:existence": `{"keywords": ["(a+)+b", "\\bx\\w+y\\b"]}`, "keywords:frequency": `{"keyword": "(a|a)*b|a.*c", "frequency": 2, "relation": "at least"}`,
	"keywords:forbidden_words": `{"forbidden_words": ["(x+x+)+y", "(.*)*z"]}`, "keywords:letter_frequency": `{"letter": "q", "let_frequency": 2, "let_relation": "less than"}`,
	"language:response_language": `{"language": "ne"}`, "length_constraints:number_sentences": `{"num_sentences": 3, "relation": "at least"}`,
	"length_constraints:number_paragraphs": `{"num_paragraphs": 3}`, "length_constraints:number_words": `{"num_words": 3, "relation": "less than"}`,
	"length_constraints:nth_paragraph_first_word": `{"num_paragraphs": 3, "nth_paragraph": 2, "first_word": "a"}`,
	"detectable_content:number_placeholders":      `{"num_placeholders": 3}`, "detectable_content:postscript": `{"postscript_marker": "P.P.S."}`,
	"detectable_format:number_bullet_lists": `{"num_bullets": 3}`, "detectable_format:number_highlighted_sections": `{"num_highlights": 3}`,
	"detectable_format:multiple_sections": `{"section_spliter": "S.ction", "num_sections": 3}`, "detectable_format:json_schema": `{"schema": {"items": {"pattern": "(a+)+$"}}}`,
	"combination:repeat_prompt": `{"prompt_to_repeat": "Say ΣΑΣ"}`, "startend:end_checker": `{"end_phrase": "the end"}`,
	"change_case:capital_word_frequency": `{"capital_frequency": 3, "capital_relation": "at least"}`,
}

func all(t testing.TB) []*Constraint {
	t.Helper()
	var list []*Constraint
	for _, id := range IDs() {
		c, err := Parse(id, []byte(allArgs[id]))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

// Texts that are hostile to patterns, one of them of ten megabytes, and every instruction: each ends, whatever it finds.
func TestHostileAnswers(t *testing.T) {
	d := lingua.New()
	d.Alone = true
	for _, piece := range []string{"a", "*", "**", "[", "<<", "\n", "\n\n", "- \n", "* ", "a. B", "{\"a\":", "[[", "\"", "\\", "Section ", "क ", "Σ", "\xff", "p.", "***\n", "x.)", "```", "a,", "S1ction 2 "} {
		size := 1 << 16
		if piece == "[" && !testing.Short() {
			size = 10 << 20
		}
		text := NewText(strings.Repeat(piece, size/len(piece)), d)
		for _, c := range all(t) {
			if f := c.Verify(text, Loose); f.Why == "" || len(f.Why) > 600 {
				t.Errorf("%q, %s: a reason of %d bytes", piece, c.ID, len(f.Why))
			}
		}
	}
}

func FuzzVerify(f *testing.F) {
	for _, s := range []string{"a", "* a\n- b\n***\n<<t>>\n[x] P.S. *b* **c**", "```json\n{\"a\": 1}\n```", "He left. She (Dr. A.) stayed!", "\"ΣΑΣ\" İ ı ſ", "a\n\nb\n\nc", "x******y"} {
		f.Add(s)
	}
	list := all(f)
	d := lingua.New()
	d.Alone = true
	f.Fuzz(func(t *testing.T, s string) {
		text := NewText(s, d)
		for _, c := range list {
			strict, loose := c.Verify(text, Strict), c.Verify(NewText(s, d), Loose)
			if strict.Result == stages.Passed && loose.Result != stages.Passed {
				t.Fatalf("%s on %q: passed as it stands, %v read loosely", c.ID, s, loose.Result)
			}
			if again := c.Verify(NewText(s, d), Strict); again != strict {
				t.Fatalf("%s on %q: %v, then %v", c.ID, s, strict, again)
			}
		}
	})
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{`a|b`, `\bx\w+`, `(?:ab)+$`, `[^\d\s]{2,}`, `x*`, `(?P<n>a)`, `[]a]`, `\`, `a{,3}`} {
		f.Add(s, "ab x1 ab\n")
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		p, err := compile(expr, true)
		if err != nil {
			return
		}
		m := p.machine(text)
		start, end, ok, err := m.find(0, false)
		if err == nil && ok && (start < 0 || end < start || end > len(text)) {
			t.Fatalf("%q in %q: %d to %d", expr, text, start, end)
		}
		if n, err := p.count(text); err == nil && (n > 0) != ok {
			t.Fatalf("%q in %q: %d matches, found %v", expr, text, n, ok)
		}
	})
}

// Patterns find what Python's re finds.
func TestPattern(t *testing.T) {
	for _, x := range []struct {
		expr, text string
		want       []string
	}{
		{`a|ab`, "ab ab", []string{"a", "a"}},
		{`ab|a`, "ab a", []string{"ab", "a"}},
		{`a.*?b`, "a1b a2b", []string{"a1b", "a2b"}},
		{`a.*b`, "a1b a2b", []string{"a1b a2b"}},
		{`\bna\w+`, "naïve ÄnaX na1", []string{"naïve", "na1"}},
		{`\d+`, "٣4 x5", []string{"٣4", "5"}},
		{`[^\w\s]`, "a-é.", []string{"-", "."}},
		{`e$`, "e\nbe\n", []string{"e"}},
		{`^a`, "aa\na", []string{"a"}},
		{`i`, "İıI", []string{"İ", "ı", "I"}},
		{`s+`, "SſS", []string{"SſS"}},
		{`[]x]+`, "a]x]", []string{"]x]"}},
		{`\s`, "a\x1cb\u00a0", []string{"\x1c", "\u00a0"}},
	} {
		p, err := compile(x.expr, true)
		if err != nil {
			t.Errorf("%s: %v", x.expr, err)
			continue
		}
		var got []string
		m := p.machine(x.text)
		for at := 0; ; {
			start, end, ok, err := m.find(at, false)
			if err != nil || !ok {
				break
			}
			got = append(got, x.text[start:end])
			at = end
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s in %q: %q, want %q", x.expr, x.text, got, x.want)
		}
	}
}

func ExampleParse() {
	c, err := Parse("length_constraints:number_words", []byte(`{"relation": "at least", "num_words": 3}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Verify(NewText("two words", nil), Strict).Why)
	// Output: at least 3 words: 2 words
}
