package spacy

import (
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/text"
)

// TestTricky compares with what spaCy 3.8.18 answered.
func TestTricky(t *testing.T) {
	tok := English()
	for _, c := range []struct {
		s                string
		words, sentences []string
	}{
		{"I don't know Mr. Smith (yet).", []string{"I", "do", "n't", "know", "Mr.", "Smith", "(", "yet", ")", "."}, []string{"I don't know Mr. Smith (yet)."}},
		{"x:) )", []string{"x", ":", ")", ")"}, []string{"x:) )"}},
		{"x:) :", []string{"x", ":)", ":"}, []string{"x:) :"}},
		{"x:) y", []string{"x", ":)", "y"}, []string{"x:) y"}},
		{"x:):)", []string{"x", ":)", ":", ")"}, []string{"x:):)"}},
		{"x:)) )", []string{"x", ":", ")", ")", ")"}, []string{"x:)) )"}},
		{"x-Dr. No", []string{"x", "-", "Dr.", "No"}, []string{"x-Dr. No"}},
		{"x-Dr . No", []string{"x", "-", "Dr", ".", "No"}, []string{"x-Dr .", "No"}},
		{"(Dr.) e.g. i.e., U.S.A.", []string{"(", "Dr.", ")", "e.g.", "i.e.", ",", "U.S.A."}, []string{"(Dr.) e.g. i.e., U.S.A."}},
		{"10km/h 5US$ 5 km² 3.5%… 10……", []string{"10", "km/h", "5", "US$", "5", "km²", "3.5", "%", "…", "10", "……"}, []string{"10km/h 5US$ 5 km² 3.5%… 10……"}},
		{"a..b a...", []string{"a", "..", "b", "a", "..."}, []string{"a..b a..."}},
		{"http://www.example.com/a_(b)?q=1.", []string{"http://www.example.com/a_(b)?q=1", "."}, []string{"http://www.example.com/a_(b)?q=1."}},
		{"foo@bar.com, 10.0.0.1 8.8.8.8 172.16.0.1 172.15.0.1", []string{"foo@bar.com", ",", "10.0.0.1", "8.8.8.8", "172.16.0.1", "172.15.0.1"}, []string{"foo@bar.com, 10.0.0.1 8.8.8.8 172.16.0.1 172.15.0.1"}},
		{"cannot gonna im id its", []string{"can", "not", "gon", "na", "i", "m", "i", "d", "its"}, []string{"cannot gonna im id its"}},
		{"well-known state--of--the---art 5-6 5--6", []string{"well", "-", "known", "state", "--", "of", "--", "the", "---", "art", "5", "-", "6", "5", "-", "-6"}, []string{"well-known state--of--the---art 5-6 5--6"}},
		{"Hello.\n\nWorld", []string{"Hello", ".", "World"}, []string{"Hello.", "\n\nWorld"}},
		{"Hello.  World! \"Yes?\" he said", []string{"Hello", ".", "World", "!", "\"", "Yes", "?", "\"", "he", "said"}, []string{"Hello.", " World! \"", "Yes?\"", "he said"}},
		{"", []string{}, []string{}},
		{"  ", []string{}, []string{"  "}},
		{"\u00a0a\u00a0b\u2028c", []string{"a", "b", "c"}, []string{"\u00a0a\u00a0b\u2028c"}},
		{"can't've ’Cause", []string{"ca", "n't", "'ve", "’Cause"}, []string{"can't've ’Cause"}},
		{"and/or x/y w/o :-( :'(", []string{"and/or", "x", "/", "y", "w/o", ":-(", ":'("}, []string{"and/or x/y w/o :-( :'("}},
		{"°C. 5°F. NASA. U.S. No.", []string{"°", "C", ".", "5", "°", "F", ".", "NASA", ".", "U.S.", "No", "."}, []string{"°C.", "5°F.", "NASA.", "U.S. No."}},
		{"日本語。テスト", []string{"日本語。テスト"}, []string{"日本語。テスト"}},
		{"o.O o.O. (o.O)", []string{"o.O", "o.", "O.", "(", "o.O", ")"}, []string{"o.O o.O. (o.O)"}},
		{"><(((*> x", []string{"><(((*>", "x"}, []string{"><(((*> x"}},
		{"x'S 'S ''s", []string{"x", "'S", "'S", "'", "'s"}, []string{"x'S 'S ''s"}},
		{"a.B A.b a,b 1,000 a:b 1:b x=y <b>", []string{"a.", "B", "A.b", "a", ",", "b", "1,000", "a", ":", "b", "1", ":", "b", "x", "=", "y", "<", "b", ">"}, []string{"a.B A.b a,b 1,000 a:b 1:b x=y <b>"}},
	} {
		texts := func(spans []text.Span) (out []string) {
			for _, w := range spans {
				out = append(out, c.s[w.Start:w.End])
			}
			return out
		}
		for _, round := range []string{"first", "remembered"} {
			if got := texts(tok.Words(nil, c.s)); !slices.Equal(got, c.words) {
				t.Errorf("%q, %s: words %q, want %q", c.s, round, got, c.words)
			}
			if got := texts(tok.Sentences(nil, c.s)); !slices.Equal(got, c.sentences) {
				t.Errorf("%q, %s: sentences %q, want %q", c.s, round, got, c.sentences)
			}
		}
	}
}

// TestHostile cuts texts that a careless tokenizer takes the square of their length for.
func TestHostile(t *testing.T) {
	const n = 200_000
	for name, s := range map[string]string{
		"brackets":   strings.Repeat("(", n),
		"at":         strings.Repeat("@a.", n/3),
		"dots":       strings.Repeat("a.", n/2),
		"dashes":     strings.Repeat("a-", n/2),
		"smileys":    strings.Repeat(":) ", n/3),
		"smiley":     strings.Repeat(":)", n/2),
		"quotes":     strings.Repeat("'s", n/2),
		"slashes":    strings.Repeat("http://", n/7) + "a.com",
		"ideographs": strings.Repeat("漢", n/3),
		"units":      "5" + strings.Repeat("km", n/2),
	} {
		tok := English()
		words, last := tok.Words(nil, s), int32(0)
		for _, w := range words {
			if w.Start < last || w.End <= w.Start {
				t.Fatalf("%s: a word at %v behind %d", name, w, last)
			}
			last = w.End
		}
		if int(last) != len(strings.TrimRight(s, " ")) {
			t.Errorf("%s: words up to %d of %d bytes", name, last, len(s))
		}
	}
}
