package constraint

import (
	"strings"
	"unicode"

	"github.com/winnow-data/winnow/stages/lingua"
	"github.com/winnow-data/winnow/synth/check/constraint/punkt"
)

// A Text is an answer on its way through several constraints, which share what is counted once. It serves one goroutine.
type Text struct {
	text     string
	detector *lingua.Detector

	trim      lazy[string]
	fold      lazy[string]
	low       lazy[string]
	sentences lazy[int]
	words     lazy[int]
	capitals  lazy[int]
	spoken    lazy[lingua.Answer]
	others    lazy[[]*Text]

	like *Text // one that differs in asterisks alone, and is of the same language
}

// A lazy value is made on first use.
type lazy[T any] struct {
	made  bool
	value T
}

func (l *lazy[T]) get(f func() T) T {
	if !l.made {
		l.value, l.made = f(), true
	}
	return l.value
}

// NewText returns a text for constraints. The detector tells its language; without one that is unknown.
func NewText(text string, detector *lingua.Detector) *Text {
	return &Text{text: text, detector: detector}
}

// isSpace is white space to Python's str.strip and re, which take four separators more than Unicode.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

func (t *Text) trimmed() string {
	return t.trim.get(func() string { return strings.TrimFunc(t.text, isSpace) })
}

// folded is the text with letters that differ in case alone made one; see foldRune.
func (t *Text) folded() string { return t.fold.get(func() string { return foldText(t.text) }) }

func (t *Text) lower() string { return t.low.get(func() string { return punkt.Lower(t.text) }) }

func (t *Text) sentenceCount() int {
	return t.sentences.get(func() int { return punkt.Sentences(t.text) })
}

func (t *Text) capitalCount() int {
	return t.capitals.get(func() int { return punkt.Capitals(t.text) })
}

// wordCount is the number of runs of word characters: nltk's RegexpTokenizer(r"\w+").
func (t *Text) wordCount() int {
	return t.words.get(func() int {
		n, in := 0, false
		for _, r := range t.text {
			word := punkt.IsWord(r)
			if word && !in {
				n++
			}
			in = word
		}
		return n
	})
}

func (t *Text) language() lingua.Answer {
	if t.like != nil {
		return t.like.language()
	}
	return t.spoken.get(func() lingua.Answer { return t.detector.Detect(t.text) })
}

// variants are the other texts that an answer is taken for when it is read loosely, without blank ones and repeats.
func (t *Text) variants() []*Text {
	return t.others.get(func() []*Text {
		first, last := strings.IndexByte(t.text, '\n'), strings.LastIndexByte(t.text, '\n')
		list := []string{t.text, "", "", ""}
		if first >= 0 {
			list[1] = strings.TrimFunc(t.text[first+1:], isSpace)
			list[2] = strings.TrimFunc(t.text[:last], isSpace)
		}
		if first < last {
			list[3] = strings.TrimFunc(t.text[first+1:last], isSpace)
		}
		var others []*Text
		seen := map[string]bool{t.text: true}
		add := func(s string, like *Text) {
			if seen[s] {
				return
			}
			seen[s] = true
			if strings.TrimFunc(s, isSpace) != "" {
				v := NewText(s, t.detector)
				v.like = like
				others = append(others, v)
			}
		}
		for _, s := range list[1:] {
			add(s, nil)
		}
		plain := len(others)
		add(strings.ReplaceAll(t.text, "*", ""), t)
		for _, v := range others[:plain] {
			add(strings.ReplaceAll(v.text, "*", ""), v)
		}
		return others
	})
}
