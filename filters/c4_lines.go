package filters

import (
	"strings"

	"github.com/winnow-data/winnow/filters/internal/phrase"
	"github.com/winnow-data/winnow/stages/text"
)

// linePhrases are what lines say that are cut: javascript first, then, about cookies, privacy and terms of use, the phrases of the C4
// reference and the most usual ones of other languages.
var linePhrases = phrase.NewSet("javascript",
	"terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies",
	"datenschutzerklärung", "verwendet cookies", "verwenden cookies",
	"politique de confidentialité", "utilise des cookies", "utilisons des cookies",
	"política de privacidad", "política de cookies", "utiliza cookies", // Spanish, and Portuguese "privacidade"
	"informativa sulla privacy", "utilizza cookie",
	"polityka prywatności", "maakt gebruik van cookies",
	"политика конфиденциальности", "Политика конфиденциальности", "использует файлы cookie",
	"隐私政策", "隱私權政策", "使用cookie", "プライバシーポリシー", "개인정보처리방침",
)

// maxKept is how many bytes or words a filter keeps memory for once a smaller text follows.
const maxKept = 1 << 20

// citationMarks beside the numbered ones, as the C4 reference has them.
var citationMarks = []string{"[edit]", "[citation needed]"}

// edit returns the text of t without the lines that the line rules cut. It returns the very text if none goes or changes.
func (f *C4) edit(t *text.View) string {
	if !f.judge(t) {
		return t.Text()
	}
	s := t.Text()
	if cap(f.out) > maxKept && len(s) <= maxKept {
		f.out = nil
	}
	lines := t.Lines()
	out, last := f.out[:0], -1 // last: the paragraph of the last line that stays
	for n, p := range t.Paragraphs() {
		for i := p.First; i <= p.Last; i++ {
			if f.fates[i] == lineCut {
				continue
			}
			if last >= 0 {
				out = append(out, '\n')
			}
			if last >= 0 && last != n {
				out = append(out, '\n')
			}
			last = n
			l := &lines[i]
			out = append(out, s[lineStart(s, int(l.Start)):l.Start]...)
			line := s[l.Start:l.End]
			if f.fates[i] == lineCited {
				line = withoutCitations(line)
			}
			out = append(out, line...)
		}
	}
	f.out = out
	return string(out)
}

// A fate is what becomes of a line.
type fate uint8

const (
	lineStays fate = iota
	lineCited      // stays without its citation marks
	lineCut
)

// judge decides the fate of every line of t. It returns whether any line is cut or changed.
func (f *C4) judge(t *text.View) (changes bool) {
	f.cites = f.Citations && strings.IndexByte(t.Text(), '[') >= 0
	banned := f.nextBanned(t.Text(), 0)
	f.fates = f.fates[:0]
	words, word := t.Words(), 0
	lineWords, wordChars := f.LineWords.For(t.Language()), f.WordChars.For(t.Language())
	endMark := f.EndMark && t.HasEndMarks()
	lines := t.Lines()
	for i := range lines {
		l := &lines[i]
		count, longest := 0.0, 0
		for ; word < len(words) && words[word].Start < l.End; word++ {
			count += 1 / text.UnitsPerWord(t.WordKind(word))
			longest = max(longest, t.WordRunes(word))
		}
		ending, end := l.Ending, lineStays
		if f.cites && hasCitation(t.Text()[l.Start:l.End]) {
			end = lineCited
			f.line.Reset(withoutCitations(t.Text()[l.Start:l.End]))
			ending, count, longest = text.LineEnding(f.line.Text()), f.line.WordCount(), longestWord(&f.line)
		}
		if banned < int(l.End) {
			end = lineCut
			banned = f.nextBanned(t.Text(), int(l.End))
		}
		if endMark && ending&(text.EndMark|text.EndQuote) == 0 || !lineWords.Has(count) || !wordChars.Has(float64(longest)) {
			end = lineCut
		}
		f.fates = append(f.fates, end)
		changes = changes || end != lineStays
	}
	return changes
}

// nextBanned returns where the first phrase at or after s[i:] begins for which a line is cut; behind s if none does.
func (f *C4) nextBanned(s string, i int) int {
	for f.Javascript || f.Policy {
		at, k := linePhrases.Next(s, i)
		switch {
		case at < 0:
			return len(s)
		case k == 0 && f.Javascript, k > 0 && f.Policy:
			return at
		}
		i = at + 1
	}
	return len(s)
}

// lineStart returns where the line begins whose first character that is no white space stands at i.
func lineStart(s string, i int) int {
	for i > 0 && s[i-1] != '\n' {
		i--
	}
	return i
}

func longestWord(t *text.View) (runes int) {
	for i := range t.Words() {
		runes = max(runes, t.WordRunes(i))
	}
	return runes
}

// citation returns the length of the citation mark that s begins with, 0 for none: brackets around digits or nothing, and the named ones.
func citation(s string) int {
	for _, m := range citationMarks {
		if strings.HasPrefix(s, m) {
			return len(m)
		}
	}
	if s[0] != '[' {
		return 0
	}
	i := 1
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	if i < len(s) && s[i] == ']' {
		return i + 1
	}
	return 0
}

func hasCitation(line string) bool {
	for i := 0; ; i++ {
		at := strings.IndexByte(line[i:], '[')
		if at < 0 {
			return false
		}
		if i += at; citation(line[i:]) > 0 {
			return true
		}
	}
}

// withoutCitations returns the line without its citation marks and the white space that they leave at its end.
func withoutCitations(line string) string {
	var b strings.Builder
	b.Grow(len(line))
	for i := 0; i < len(line); {
		if n := citation(line[i:]); n > 0 {
			i += n
			continue
		}
		b.WriteByte(line[i])
		i++
	}
	return strings.TrimSpace(b.String())
}
