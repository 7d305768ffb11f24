package filters

import (
	"math"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// GopherQuality keeps text whose words and lines look like prose, by the quality heuristics of the Gopher paper (Rae et al. 2021,
// appendix A.1.1). The bounds are the paper's. Where ours differs from its peers', and why:
//
//   - Words are those of UAX #29 that hold a letter or number, as DCLM takes them. datatrove counts punctuation marks as words, dolma
//     splits at white space only: both find one "word" in a Chinese line and drop the page. Scripts without spaces count units,
//     calibrated to words (text.UnitsPerWord).
//   - mean_word is the mean over words of spaced scripts, and does not apply where they are the smaller part. It counts letters, the
//     marks that are vowels, and two for a Hangul syllable. Languages whose own mean is far from English have bounds of their own: 0.6 to 2 times
//     their mean in the Universal Declaration of Human Rights, as 3 to 10 are of English.
//   - ellipses counts a run of dots or of "…" once: Chinese writes "……" for one.
//   - alpha divides by words and runs of symbols ("|", "=>", an emoji), so that the paper's rule against symbols stays though symbols are
//     no words; quotation marks, dashes and commas that stand alone, as in French, are not held against a text.
//   - stop_words are those of the text's language, in any case, different ones counted once as datatrove does; a language without a list
//     is not judged by English.
type GopherQuality struct {
	Words       stages.Range // words in the document
	MeanWord    stages.Range // mean letters of a word
	Hashes      stages.Range // "#" for each word
	Ellipses    stages.Range // "..." or "…" for each word
	Bullets     stages.Range // share of lines that begin with a bullet
	EndEllipses stages.Range // share of lines that end in an ellipsis
	Alpha       stages.Range // share of words and symbols with a letter
	StopWords   stages.Range // different stop words of the document's language
}

var gopherQuality = GopherQuality{
	Words:       stages.Between(50, 100_000),
	MeanWord:    meanWord(),
	Hashes:      stages.AtMost(0.1),
	Ellipses:    stages.AtMost(0.1),
	Bullets:     stages.AtMost(0.9),
	EndEllipses: stages.AtMost(0.3),
	Alpha:       stages.AtLeast(0.8),
	StopWords:   stages.AtLeast(2),
}

// meanWords are the mean letters of a word in the Universal Declaration of Human Rights, of languages where it is under 3.6 or over 8.
// TestMeanWords measures them.
var meanWords = map[string]float64{
	"ada": 2.7, "bba": 3.3, "bci": 3.0, "chj": 2.6, "csa": 3.3, "dga": 3.3, "fon": 2.9, "haw": 3.3, "kri": 3.4, "lns": 3.1,
	"mos": 3.2, "ote": 3.2, "tiv": 3.2, "vi": 3.3, "wwa": 3.3, "xsm": 3.3, "yo": 3.5,
	"amc": 8.4, "ay": 8.1, "boa": 8.0, "cic": 9.5, "cni": 9.5, "cot": 10.4, "cpu": 10.0, "dv": 8.8, "iu": 9.2, "kl": 14.6, "ml": 9.6, "not": 8.3,
	"qu": 8.7, "ss": 8.1, "ta": 8.1, "zu": 8.4,
}

func meanWord() stages.Range {
	r := stages.Between(3, 10)
	r.By = make(map[string]stages.Range, len(meanWords))
	for code, m := range meanWords {
		r.By[code] = stages.Between(math.Round(6*m)/10, math.Round(20*m)/10)
	}
	return r
}

// Rules implements stages.Filter.
func (f *GopherQuality) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "words", Keep: f.Words, Unit: "words", Doc: "Words in the document (Gopher A.1.1)."},
		{Name: "mean_word", Keep: f.MeanWord, Unit: "characters", Doc: "Mean letters of the words of spaced scripts, where these are most of the words (Gopher A.1.1)."},
		{Name: "hashes", Keep: f.Hashes, Doc: "Number signs for each word (Gopher A.1.1)."},
		{Name: "ellipses", Keep: f.Ellipses, Doc: "Ellipses for each word (Gopher A.1.1)."},
		{Name: "bullets", Keep: f.Bullets, Unit: "share", Doc: "Lines that begin with a bullet, of all lines that are not blank (Gopher A.1.1)."},
		{Name: "end_ellipses", Keep: f.EndEllipses, Unit: "share", Doc: "Lines that end in an ellipsis, of all lines that are not blank (Gopher A.1.1)."},
		{Name: "alpha", Keep: f.Alpha, Unit: "share", Doc: "Words with a letter, of all words and runs of symbols (Gopher A.1.1)."},
		{Name: "stop_words", Keep: f.StopWords, Unit: "words", Doc: "Different stop words of the document's language; not judged without a list (Gopher A.1.1)."},
	}
}

// Measure implements stages.Filter.
func (f *GopherQuality) Measure(t *text.View, m []float64) {
	s := t.Text()
	words := t.WordCount()
	lines := t.Lines()
	bullets, ends := 0, 0
	for i := range lines {
		l := &lines[i]
		if isBullet(s[l.Start:l.End]) {
			bullets++
		}
		if l.Ending&text.EndEllipsis != 0 {
			ends++
		}
	}
	m[0] = words
	m[1] = meanLetters(t, words)
	m[2] = ratio(float64(strings.Count(s, "#")), words)
	m[3] = ratio(float64(ellipses(s)), words)
	m[4] = ratio(float64(bullets), float64(len(lines)))
	m[5] = ratio(float64(ends), float64(len(lines)))
	m[6] = ratio(float64(t.AlphaWords()), float64(len(t.Words())+t.SymbolRuns()))
	m[7] = stopLists().count(t)
}

// meanLetters is the mean length of spaced words, if these are at least half of the words.
func meanLetters(t *text.View, words float64) float64 {
	n, letters := t.SpacedWords()
	if 2*float64(n) < words {
		return stages.NA
	}
	return ratio(float64(letters), float64(n))
}

// ratio is a/b, and NA where b is 0: a share of nothing says nothing.
func ratio(a, b float64) float64 {
	if b == 0 {
		return stages.NA
	}
	return a / b
}

// ellipses counts runs of at least three dots, and of "…".
func ellipses(s string) (n int) {
	for i := 0; ; {
		at := strings.Index(s[i:], "...")
		if at < 0 {
			break
		}
		n++
		for i += at; i < len(s) && s[i] == '.'; {
			i++
		}
	}
	for i := 0; ; {
		at := strings.Index(s[i:], "…")
		if at < 0 {
			return n
		}
		n++
		for i += at; strings.HasPrefix(s[i:], "…"); {
			i += len("…")
		}
	}
}

// isBullet says whether a line begins with a list mark.
func isBullet(line string) bool {
	switch c := line[0]; {
	case c == '-' || c == '*':
		return true
	case c != 0xE2 && c != 0xC2:
		return false
	}
	for _, mark := range []string{"•", "‣", "◦", "●", "○", "▪", "■", "►", "▶", "➢", "·", "⁃", "∙"} {
		if strings.HasPrefix(line, mark) {
			return true
		}
	}
	return false
}
