package punkt

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// testdata/nltk.jsonl holds texts put together at random from words, marks and white space on which Punkt and word_tokenize have rules, with
// the counts of nltk 3.10.4.
func TestAsNLTK(t *testing.T) {
	f, err := os.Open("testdata/nltk.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); n++ {
		var row struct {
			Text                string
			Sentences, Capitals int
		}
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if got := Sentences(row.Text); got != row.Sentences {
			t.Errorf("%q: %d sentences, nltk finds %d", row.Text, got, row.Sentences)
		}
		if got := Capitals(row.Text); got != row.Capitals {
			t.Errorf("%q: %d words in capitals, nltk finds %d", row.Text, got, row.Capitals)
		}
	}
	if n < 600 {
		t.Fatalf("%d rows, want 600", n)
	}
}

func TestSentences(t *testing.T) {
	for _, x := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{" \n ", nil},
		{"One", []string{"One"}},
		{"Dr. Smith left. He was late.", []string{"Dr. Smith left.", "He was late."}},
		{"(One.) Two. ", []string{"(One.)", "Two."}},
		{"He said: \"Stop.\" She left.", []string{"He said: \"Stop.\"", "She left."}},
		{"It is 5 p.m. Now we go.", []string{"It is 5 p.m. Now we go."}},
		{"J. R. R. Tolkien wrote. . . a lot!", []string{"J. R. R. Tolkien wrote.", ".", ".", "a lot!"}},
		{"你好。再见。", []string{"你好。再见。"}},
	} {
		var got []string
		for s := range Spans(x.text) {
			got = append(got, x.text[s.Start:s.End])
		}
		if strings.Join(got, "|") != strings.Join(x.want, "|") {
			t.Errorf("%q: %q, want %q", x.text, got, x.want)
		}
	}
}

func TestLower(t *testing.T) {
	for _, x := range [][2]string{{"ΣΑΣ ΣΑΣ.", "σας σας."}, {"Σ", "σ"}, {"ΑΣ'Α", "ασ'α"}, {"İI", "i̇i"}, {"STRASSE", "strasse"}} {
		if got := Lower(x[0]); got != x[1] {
			t.Errorf("Lower(%q) is %q, want %q", x[0], got, x[1])
		}
	}
}

func FuzzSentences(f *testing.F) {
	for _, s := range []string{"Dr. A. B. left... (He was late.) \"X.\"\n\nWE'LL `` '' --", ". . . .", "a.)b!'c", "CAN'T GONNA. ''"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for x := range Spans(s) {
			if x.Start < 0 || x.End > len(s) || x.End < last {
				t.Fatalf("%q: sentence %v behind %d", s, x, last)
			}
			last = x.End
		}
		if n := Capitals(s); n > utf8.RuneCountInString(s) {
			t.Fatalf("%q: %d words in capitals", s, n)
		}
	})
}

// Texts that are hostile to patterns with look-ahead take time in proportion to their size: a megabyte of each passes in the test's time.
func TestHostile(t *testing.T) {
	for _, piece := range []string{".", "?", ". ", "x.)", "! ", "\n", "'", "''", "\"", "a.", "-", "A'S ", "[", "A", "é", "\x1c", ".\n", "X.\" ", "`", ":,", "5.", "\xff"} {
		s := strings.Repeat(piece, 1<<20/len(piece))
		Sentences(s)
		Capitals(s)
	}
}
