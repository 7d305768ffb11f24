package filters

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// urlWords are the words that are looked for in addresses.
type urlWords struct {
	whole map[string]bool
	soft  map[string]bool
	parts []string
}

func (w *urlWords) empty() bool { return len(w.whole)+len(w.soft)+len(w.parts) == 0 }

// newURLWords checks the words: what is compared with words of an address must be one.
func newURLWords(whole, parts, soft []string) (*urlWords, error) {
	w := &urlWords{whole: map[string]bool{}, soft: map[string]bool{}}
	for _, s := range whole {
		if err := addWord(w.whole, s); err != nil {
			return nil, fmt.Errorf("words: %w", err)
		}
	}
	for _, s := range soft {
		if err := addWord(w.soft, s); err != nil {
			return nil, fmt.Errorf("soft_words: %w", err)
		}
	}
	for _, s := range parts {
		part := strings.ToLower(s)
		if utf8.RuneCountInString(part) < 2 || len(tokensOf(nil, part)) != 1 || tokensOf(nil, part)[0] != part {
			return nil, fmt.Errorf("parts: %q: want at least two letters or numbers, and nothing else", s)
		}
		w.parts = append(w.parts, part)
	}
	slices.Sort(w.parts)
	w.parts = slices.Compact(w.parts)
	return w, nil
}

func addWord(to map[string]bool, s string) error {
	word := strings.ToLower(s)
	if tokens := tokensOf(nil, word); len(tokens) != 1 || tokens[0] != word {
		return fmt.Errorf("%q: want one word of letters and numbers, since an address is cut at everything else", s)
	}
	to[word] = true
	return nil
}

// tokensOf appends the runs of letters, marks and numbers of s.
func tokensOf(dst []string, s string) []string {
	start := -1
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		word := byteIsLetter(s[i]) || s[i]-'0' < 10
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
			word = isWordRune(r)
		}
		if word && start < 0 {
			start = i
		}
		if !word && start >= 0 {
			dst, start = append(dst, s[start:i]), -1
		}
		i += size
	}
	if start >= 0 {
		dst = append(dst, s[start:])
	}
	return dst
}

// lookForWords looks for words in an address in lower case.
func (f *URL) lookForWords(address string) {
	f.tokens = tokensOf(f.tokens[:0], address)
	words, first := 0, ""
	softs := 0
	for i, token := range f.tokens {
		if f.words.whole[token] {
			if words++; words == 1 {
				first = token
			}
		}
		if f.words.soft[token] && !slices.Contains(f.tokens[:i], token) {
			softs++
		}
	}
	f.find(ruleWord, float64(words), first)
	f.find(ruleSoft, float64(softs), "")
	if len(f.words.parts) == 0 {
		return
	}
	f.joined = f.joined[:0]
	for _, token := range f.tokens {
		f.joined = append(f.joined, token...)
	}
	joined, parts := string(f.joined), 0
	for _, part := range f.words.parts {
		if strings.Contains(joined, part) {
			if parts++; parts == 1 {
				first = part
			}
		}
	}
	f.find(rulePart, float64(parts), first)
}
