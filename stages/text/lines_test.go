package text

import (
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	for _, c := range []struct {
		name, text string
		lines      string // joined by |
		paragraphs string // last line of each
		newlines   int
	}{
		{"empty", "", "", "", 0},
		{"blank", " \n\t\r\n\u3000", "", "", 2},
		{"one line", "a b", "a b", "0", 0},
		{"newline at the end", "a\n", "a", "0", 1},
		{"trimmed", "  a \r\n\tb\u00a0\n\u3000c", "a|b|c", "2", 2},
		{"two paragraphs", "a\nb\n\nc", "a|b|c", "1 2", 3},
		{"blank line with spaces", "a\n \t \nb", "a|b", "0 1", 2},
		{"newlines around", "\n\na\n\n\nb\n\n", "a|b", "0 1", 7},
		{"carriage return inside", "a\rb", "a\rb", "0", 0},
		{"invalid UTF-8", "\xff a \xe4\n\xc2", "\xff a \xe4|\xc2", "1", 1},
	} {
		var v View
		v.Reset(c.text)
		var lines, paragraphs []string
		for _, l := range v.Lines() {
			lines = append(lines, c.text[l.Start:l.End])
		}
		next := int32(0)
		for _, p := range v.Paragraphs() {
			if p.First != next || p.Last < p.First {
				t.Errorf("%s: paragraph %v does not begin at line %d", c.name, p, next)
			}
			next = p.Last + 1
			paragraphs = append(paragraphs, string(rune('0'+p.Last)))
		}
		if got := strings.Join(lines, "|"); got != c.lines {
			t.Errorf("%s: lines %q, want %q", c.name, got, c.lines)
		}
		if got := strings.Join(paragraphs, " "); got != c.paragraphs {
			t.Errorf("%s: paragraphs end at %q, want %q", c.name, got, c.paragraphs)
		}
		if got := v.Newlines(); got != c.newlines {
			t.Errorf("%s: %d newlines, want %d", c.name, got, c.newlines)
		}
	}
}

func TestWidths(t *testing.T) {
	for _, c := range []struct {
		text           string
		runes, columns int
	}{
		{"", 0, 0},
		{"abc def", 7, 7},
		{"世界a", 3, 5},
		{"한글", 2, 4},
		{"ｱﾞ", 2, 2},      // halfwidth kana and sound mark
		{"ＡＢ", 2, 4},      // fullwidth Latin
		{"e\u0301", 2, 1}, // a mark has no column
		{"น้ำ", 3, 2},
		{"😀", 1, 2},
		{"a\u200db", 3, 2},
		{"\xff", 1, 1},
		{"a\tb\x00", 4, 4},
		{"é\tb\x00", 4, 4},
		{"𠮷", 1, 2},
	} {
		var v View
		v.Reset(c.text)
		if got := v.Runes(); got != c.runes {
			t.Errorf("%q: %d runes, want %d", c.text, got, c.runes)
		}
		if got := Width(c.text); got != c.columns {
			t.Errorf("%q: %d columns, want %d", c.text, got, c.columns)
		}
		for _, l := range v.Lines() {
			if l.Runes != int32(c.runes) || l.Width != int32(c.columns) {
				t.Errorf("%q: line of %d runes and %d columns, want %d and %d", c.text, l.Runes, l.Width, c.runes, c.columns)
			}
		}
	}
}

func TestLineEnding(t *testing.T) {
	for _, c := range []struct {
		line string
		want Ending
	}{
		{"", 0},
		{"end", 0},
		{"end,", 0},
		{"end:", 0},
		{".", EndMark},
		{"end.", EndMark},
		{"end?!", EndMark},
		{`end."`, EndMark | EndQuote},
		{"end.”", EndMark | EndQuote},
		{"end.)", EndMark},
		{"(end)", 0},
		{`"end"`, EndQuote},
		{`(”end")`, 0},
		{"end.'\")", EndMark},
		{"end...", EndEllipsis},
		{"end..", EndMark},
		{"end…", EndEllipsis},
		{"end…”", EndEllipsis | EndQuote},
		{"结束。", EndMark},
		{"结束。」", EndMark | EndQuote},
		{"结束！》", EndMark},
		{"结束……", EndEllipsis},
		{"結束，", 0},
		{"समाप्त।", EndMark},
		{"نهاية؟", EndMark},
		{"ختم۔", EndMark},
		{"ចប់។", EndMark},
		{"ཟིན།", EndMark},
		{"ปลาย", 0},
		{"መጨረሻ።", EndMark},
		{"መጨረሻ፡", EndMark},
		{"վերջ։", EndMark},
		{"վերջ:", EndMark},
		{"«վերջ»:", EndMark},
		{"»:", 0},
		{"end.\u200b\xff", 0},
		{"end!\ufe0f", EndMark},
	} {
		if got := LineEnding(c.line); got != c.want {
			t.Errorf("%q: got %03b, want %03b", c.line, got, c.want)
		}
	}
}

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{
		{"", 0},
		{"...", 0},
		{"— ! ?", 0},
		{"One", 1},
		{"One.", 1},
		{"One. Two", 2},
		{"One. Two.", 2},
		{"One\nTwo", 2},
		{"One?! Two... Three", 3},
		{"Version 3.14 is e.g. here.", 1},    // no white space, lower case after
		{`He said "Stop." Then he left.`, 2}, // closers
		{"(One.) [Two.] Three.", 3},
		{"One.Two", 1},
		{"世界。人权！」宣言", 3},
		{"数3.5。完", 2},
		{"Եւ եղաւ: Եւ լոյս», եւ: Ա", 3},
		{"One: Two: three", 1},
		{"समाप्त। आरंभ।", 2},
		{"ཟིན། བོད།", 2},
		{"สวัสดีครับ ผมชื่อ", 2}, // a space ends a clause of Thai
		{"hello สวัสดีครับ ผมชื่อ", 3},
		{"hello world สวัสดีครับ", 1}, // mostly English
		{"a\xff. B\xc3.", 2},
	} {
		var v View
		v.Reset(c.text)
		if got := v.Sentences(); got != c.want {
			t.Errorf("%q: %d sentences, want %d", c.text, got, c.want)
		}
	}
}

func TestDuplicates(t *testing.T) {
	for _, c := range []struct {
		name, text        string
		lines, paragraphs Duplicates
	}{
		{"empty", "", Duplicates{}, Duplicates{}},
		{"none", "a\nb\n\nc", Duplicates{}, Duplicates{}},
		{"second and third copy", "ab\n ab\nab \nc", Duplicates{2, 4}, Duplicates{}},
		{"paragraphs", "x\nyy\n\nx\nyy\n\nx", Duplicates{3, 4}, Duplicates{1, 3}},
		{"characters, not bytes", "世界\n世界", Duplicates{1, 2}, Duplicates{}},
		{"case counts", "A\na", Duplicates{}, Duplicates{}},
	} {
		var v View
		v.Reset(c.text)
		if got := v.DuplicateLines(); got != c.lines {
			t.Errorf("%s: lines %v, want %v", c.name, got, c.lines)
		}
		if got := v.DuplicateParagraphs(); got != c.paragraphs {
			t.Errorf("%s: paragraphs %v, want %v", c.name, got, c.paragraphs)
		}
	}
}
