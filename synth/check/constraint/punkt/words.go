package punkt

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Capitals returns how many words of a text are all in capitals, as nltk's word_tokenize cuts words: "I", "A", "U.S.A." are.
func Capitals(text string) int {
	if strings.IndexFunc(text, IsUpper) < 0 {
		return 0
	}
	n := 0
	var w words
	for s := range Spans(text) {
		n += w.capitals(text[s.Start:s.End])
	}
	return n
}

// words cuts a sentence into words. What nltk does to a sentence by 40 replacements in a row is done to each piece between white space that has a
// capital: no replacement looks beyond it.
type words struct{ a, b []byte }

func (w *words) capitals(sentence string) int {
	stop := lastStop(sentence)
	n := 0
	for at := 0; at < len(sentence); {
		r, size := utf8.DecodeRuneInString(sentence[at:])
		if isSpace(r) {
			at += size
			continue
		}
		from, plain, capital := at, true, false
		for at < len(sentence) {
			r, size = utf8.DecodeRuneInString(sentence[at:])
			if isSpace(r) {
				break
			}
			capital = capital || IsUpper(r)
			plain = plain && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
			at += size
		}
		switch piece := sentence[from:at]; {
		case !capital:
		case plain && !contracts(piece):
			if AllUpper(piece) {
				n++
			}
		default:
			n += w.piece(sentence, from, at, stop)
		}
	}
	return n
}

// lastStop returns where the full stop of a sentence is that is a word of its own: one behind which only closing brackets and quotes follow, -1 for
// none. Quotes behind a blank open.
func lastStop(s string) int {
	i := strings.LastIndexByte(s, '.')
	if i < 1 || s[i-1] == '.' {
		return -1
	}
	rest := strings.TrimRightFunc(s[i+1:], unicode.IsSpace)
	if strings.Contains(rest, ` "`) || strings.Contains(rest, " ''") {
		return -1
	}
	for _, r := range rest {
		if !strings.ContainsRune("])}>\"' »”’", r) {
			return -1
		}
	}
	return i
}

// piece counts the words in capitals of sentence[from:at], which has no white space.
func (w *words) piece(sentence string, from, at, stop int) int {
	b := w.a[:0]
	if from > 0 {
		r, _ := utf8.DecodeLastRuneInString(sentence[:from])
		b = utf8.AppendRune(b, r)
	}
	first, last := len(b), at == len(sentence)
	if stop >= from && stop < at {
		b = append(b, sentence[from:stop]...)
		b = append(b, " . "...)
		b = append(b, sentence[stop+1:at]...)
	} else {
		b = append(b, sentence[from:at]...)
	}
	if !last {
		r, _ := utf8.DecodeRuneInString(sentence[at:])
		b = utf8.AppendRune(b, r)
	}
	w.a = b
	w.openingQuotes(first)
	w.punctuation(last)
	w.closingQuotes()
	w.contractions()
	n := 0
	for _, word := range bytes.FieldsFunc(w.a, isSpace) {
		if AllUpper(string(word)) {
			n++
		}
	}
	return n
}

// rewrite replaces the text by what f makes of it: f appends to out what stands for the text from i on and returns how many bytes it took; 0 leaves a byte as it is.
func (w *words) rewrite(f func(out, s []byte, i int) ([]byte, int)) {
	out := w.b[:0]
	for i := 0; i < len(w.a); {
		var n int
		if out, n = f(out, w.a, i); n == 0 {
			out = append(out, w.a[i])
			n = 1
		}
		i += n
	}
	w.a, w.b = out, w.a
}

// pad sets each of some characters off with blanks.
func (w *words) pad(is func(r rune) bool) {
	w.rewrite(func(out, s []byte, i int) ([]byte, int) {
		r, size := utf8.DecodeRune(s[i:])
		if !is(r) {
			return out, 0
		}
		return spaced(out, s[i:i+size]), size
	})
}

func spaced(out, s []byte) []byte {
	return append(append(append(out, ' '), s...), ' ')
}

func in(set string) func(rune) bool {
	return func(r rune) bool { return strings.ContainsRune(set, r) }
}

// run returns how many times c stands at s[i].
func run(s []byte, i int, c byte) int {
	n := 0
	for i+n < len(s) && s[i+n] == c {
		n++
	}
	return n
}

func (w *words) openingQuotes(first int) {
	if bytes.IndexByte(w.a, '"') < 0 && bytes.IndexByte(w.a, '\'') < 0 && bytes.IndexByte(w.a, '`') < 0 && !bytes.ContainsAny(w.a, "«“‘„") {
		return
	}
	w.rewrite(func(out, s []byte, i int) ([]byte, int) {
		if n := run(s, i, '`'); n > 0 {
			return spaced(out, s[i:i+n]), n
		}
		if r, size := utf8.DecodeRune(s[i:]); size > 1 && strings.ContainsRune("«“‘„", r) {
			return spaced(out, s[i:i+size]), size
		}
		return out, 0
	})
	if first == 0 && w.a[0] == '"' {
		w.a = append([]byte("``"), w.a[1:]...)
	}
	w.rewrite(func(out, s []byte, i int) ([]byte, int) {
		if bytes.HasPrefix(s[i:], []byte("``")) {
			return append(out, " `` "...), 2
		}
		return out, 0
	})
	w.rewrite(func(out, s []byte, i int) ([]byte, int) {
		if !strings.ContainsRune(" ([{<", rune(s[i])) {
			return out, 0
		}
		switch {
		case bytes.HasPrefix(s[i+1:], []byte(`"`)):
			return append(append(out, s[i]), " `` "...), 2
		case bytes.HasPrefix(s[i+1:], []byte("''")):
			return append(append(out, s[i]), " `` "...), 3
		}
		return out, 0
	})
	w.rewrite(func(out, s []byte, i int) ([]byte, int) {
		if s[i] != '\'' || wordBefore(s, i) || !wordAt(s, i+1) || clitic(s[i+1:]) {
			return out, 0
		}
		return append(out, "' "...), 1
	})
}

func wordBefore(s []byte, i int) bool {
	r, size := utf8.DecodeLastRune(s[:i])
	return size > 0 && IsWord(r)
}

func wordAt(s []byte, i int) bool {
	r, size := utf8.DecodeRune(s[min(i, len(s)):])
	return size > 0 && IsWord(r)
}

// clitic says whether s begins with the rest of a contraction, such as "re" of "'re".
func clitic(s []byte) bool {
	for _, c := range []string{"re", "ve", "ll", "m", "t", "s", "d", "n"} {
		if len(s) >= len(c) && strings.EqualFold(string(s[:len(c)]), c) && !wordAt(s, len(c)) {
			return true
		}
	}
	return strings.HasPrefix(string(s[:min(2, len(s))]), "ſ") && !wordAt(s, 2)
}

func (w *words) punctuation(last bool) {
	w.rewrite(func(out, s []byte, i int) ([]byte, int) {
		if s[i] != ':' && s[i] != ',' {
			return out, 0
		}
		r, size := utf8.DecodeRune(s[i+1:])
		if size == 0 {
			if !last {
				return out, 0
			}
			return spaced(out, s[i:i+1]), 1
		}
		if unicode.Is(unicode.Nd, r) {
			return out, 0
		}
		return append(append(out, ' ', s[i], ' '), s[i+1:i+1+size]...), 1 + size
	})
	if bytes.Contains(w.a, []byte("..")) {
		w.rewrite(func(out, s []byte, i int) ([]byte, int) {
			if n := run(s, i, '.'); n >= 2 {
				return spaced(out, s[i:i+n]), n
			}
			return out, 0
		})
	}
	w.pad(in(";@#$%&\u2012\u2013\u2014\u2015?!"))
	w.rewrite(func(out, s []byte, i int) ([]byte, int) { // ([^'])'
		_, size := utf8.DecodeRune(s[i:])
		if s[i] == '\'' || !bytes.HasPrefix(s[i+size:], []byte("' ")) {
			return out, 0
		}
		return append(append(out, s[i:i+size]...), " ' "...), size + 2
	})
	w.pad(in("*[](){}<>"))
	w.rewrite(func(out, s []byte, i int) ([]byte, int) {
		if bytes.HasPrefix(s[i:], []byte("--")) {
			return append(out, " -- "...), 2
		}
		return out, 0
	})
	w.b, w.a = w.a, append(append(append(w.b[:0], ' '), w.a...), ' ')
}

func (w *words) closingQuotes() {
	w.pad(in("»”’"))
	w.rewrite(func(out, s []byte, i int) ([]byte, int) {
		switch {
		case bytes.HasPrefix(s[i:], []byte("''")):
			return append(out, " '' "...), 2
		case s[i] == '"':
			return append(out, " '' "...), 1
		}
		return out, 0
	})
	w.blanks()
	w.split("'s", "'S", "'m", "'M", "'d", "'D", "'")
	w.split("'ll", "'LL", "'re", "'RE", "'ve", "'VE", "n't", "N'T")
}

// blanks makes one blank of every run of white space.
func (w *words) blanks() {
	out := w.b[:0]
	for i := 0; i < len(w.a); {
		r, size := utf8.DecodeRune(w.a[i:])
		switch {
		case !unicode.IsSpace(r):
			out = append(out, w.a[i:i+size]...)
		case len(out) == 0 || out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
		i += size
	}
	w.a, w.b = out, w.a
}

// split sets endings off: ([^' ])(ending) with a blank behind it.
func (w *words) split(endings ...string) {
	if bytes.IndexByte(w.a, '\'') < 0 {
		return
	}
	w.rewrite(func(out, s []byte, i int) ([]byte, int) {
		_, size := utf8.DecodeRune(s[i:])
		if s[i] == '\'' || s[i] == ' ' {
			return out, 0
		}
		for _, e := range endings {
			if bytes.HasPrefix(s[i+size:], []byte(e)) && bytes.HasPrefix(s[i+size+len(e):], []byte(" ")) {
				out = append(append(append(out, s[i:i+size]...), ' '), e...)
				return append(out, ' '), size + len(e) + 1
			}
		}
		return out, 0
	})
}
