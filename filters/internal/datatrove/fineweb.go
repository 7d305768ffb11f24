package datatrove

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
	"github.com/winnow-data/winnow/stages/text/datatrove"
	"github.com/winnow-data/winnow/stages/text/python"
)

// FineWeb keeps and drops what datatrove 0.10.1 does with FineWebQualityFilter, for the same reasons. Bounds bear the names of its
// reasons, other settings those of its parameters.
//
//	fineweb@datatrove: {line_punct_ratio: {min: 0.12}, short_line_ratio: {max: 0.67}}
//
// Lines are what stands between line feeds, blank ones left out, white space at their ends left on. Where datatrove stops with an error, a text
// without words, the document is quarantined.
//
// Known differences: a blank text is dropped by rule empty before it comes here. The word IS_ALPHA counts as any other; in datatrove only the first time that
// a process meets it, since spaCy fails on it from then on and datatrove cuts the text without it.
type FineWeb struct {
	Words                datatrove.Words // what is a word: en, whitespace
	LinePunctRatio       stages.Range    // share of lines that end in one of stop_chars (line_punct_thr)
	LinePunctExcludeZero bool            // no line with such an end is no reason to go
	StopChars            []string        // ends of lines; none: the 159 of datatrove's TERMINAL_PUNCTUATION
	ShortLineRatio       stages.Range    // share of short lines (short_line_thr)
	ShortLineLength      int             // characters up to which a line is short
	CharDupRatio         stages.Range    // share of characters in second and later copies of a line (char_duplicates_ratio)
	ListRatio            stages.Range    // line feeds for each word (new_line_ratio)

	pieces copies
}

// FineWebDefaults are datatrove's own settings.
var FineWebDefaults = FineWeb{
	Words:           datatrove.English,
	LinePunctRatio:  stages.AtLeast(0.12),
	ShortLineRatio:  stages.AtMost(0.67),
	ShortLineLength: 30,
	CharDupRatio:    stages.AtMost(0.01),
	ListRatio:       stages.AtMost(0.3),
}

// Rules implements stages.Filter.
func (f *FineWeb) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "empty", Keep: stages.AtLeast(1), Unit: "lines", Doc: "Lines that are not blank."},
		{Name: "line_punct_ratio", Keep: f.LinePunctRatio, Unit: "share", Doc: "Lines that end in an end mark, of all lines that are not blank (line_punct_thr)."},
		{Name: "short_line_ratio", Keep: f.ShortLineRatio, Unit: "share", Doc: "Short lines, of all lines that are not blank (short_line_thr)."},
		{Name: "char_dup_ratio", Keep: f.CharDupRatio, Unit: "share", Doc: "Characters in second and later copies of a line, of the characters that are no line feeds (char_duplicates_ratio)."},
		{Name: "list_ratio", Keep: f.ListRatio, Doc: "Line feeds for each word (new_line_ratio)."},
	}
}

// Measure implements stages.Filter.
func (f *FineWeb) Measure(t *text.View, m []float64) {
	v := f.values(t)
	lines := float64(v.lines)
	m[0] = lines
	if v.lines == 0 {
		m[1], m[2], m[3], m[4] = stages.NA, stages.NA, stages.NA, stages.NA
		return
	}
	m[1] = float64(v.ended) / lines
	if v.ended == 0 && f.LinePunctExcludeZero {
		m[1] = stages.NA
	}
	m[2] = float64(v.short) / lines
	m[3] = float64(v.copied) / float64(v.chars)
	m[4] = ratio(v.feeds, v.words)
}

// fineWebValues are what datatrove counts for FineWebQualityFilter.
type fineWebValues struct {
	lines, ended, short, copied int
	chars, feeds, words         int // characters but for line feeds, line feeds, words
}

func (f *FineWeb) values(t *text.View) (v fineWebValues) {
	s := t.Text()
	v.feeds = strings.Count(s, "\n")
	v.chars = t.Runes() - v.feeds
	v.words = spansOf(f.Words, t).len()
	f.pieces.start(v.feeds + 1)
	for line := range strings.SplitSeq(s, "\n") {
		if python.StripLeft(line) == "" {
			continue
		}
		v.lines++
		if f.ends(line) {
			v.ended++
		}
		if len(line) <= f.ShortLineLength || python.Len(line) <= f.ShortLineLength {
			v.short++
		}
		f.pieces.add(line)
	}
	v.copied = f.pieces.runes
	return v
}

// ends says whether a line has an end mark.
func (f *FineWeb) ends(line string) bool {
	if len(f.StopChars) > 0 {
		return slices.ContainsFunc(f.StopChars, func(end string) bool { return strings.HasSuffix(line, end) })
	}
	c, _ := utf8.DecodeLastRuneInString(line)
	return datatrove.IsTerminal(c)
}
