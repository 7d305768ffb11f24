package tokenizer

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAdded bounds the length of an added token: the longest in use has some 50 bytes.
const maxAdded = 1024

// added finds the added tokens of a vocabulary in text.
type added struct {
	byID   map[int32]string
	byText map[string]int32
	raw    finder // looked for in the text as it is
	normal finder // looked for after normalisation
}

// A finder finds the leftmost, then longest of its tokens.
type finder struct {
	first  [256]bool    // bytes that begin a token
	starts []byte       // the same bytes, for a search
	tokens []AddedToken // sorted by content
	always bool         // some tokens are found without being asked for
}

// setAdded collects the added tokens of a vocabulary and checks them.
func (t *Tokenizer) setAdded(p Parts) error {
	t.added = &added{byID: map[int32]string{}, byText: map[string]int32{}}
	all := append([]AddedToken(nil), p.Added...)
	for id, typ := range p.Types {
		if typ == typeControl || typ == typeUserDefined || typ == typeUnknown {
			if p.Tokens[id] != "" {
				all = append(all, AddedToken{ID: int32(id), Content: p.Tokens[id], Special: typ != typeUserDefined})
			}
		}
	}
	for _, a := range all {
		if a.ID < 0 || int(a.ID) >= len(p.Tokens) {
			return fmt.Errorf("tokenizer: the added token %.40q has id %d; the vocabulary has %d tokens", a.Content, a.ID, len(p.Tokens))
		}
		if a.Content == "" {
			return fmt.Errorf("tokenizer: the added token with id %d is empty", a.ID)
		}
		if len(a.Content) > maxAdded {
			return fmt.Errorf("tokenizer: the added token %.40q has %d bytes; at most %d are allowed", a.Content, len(a.Content), maxAdded)
		}
		if was, ok := t.added.byText[a.Content]; ok && was != a.ID {
			return fmt.Errorf("tokenizer: the added token %.40q has two ids, %d and %d", a.Content, was, a.ID)
		}
		if was, ok := t.added.byID[a.ID]; ok {
			if was != a.Content {
				return fmt.Errorf("tokenizer: the id %d has two added tokens, %.40q and %.40q", a.ID, was, a.Content)
			}
			continue
		}
		t.added.byID[a.ID], t.added.byText[a.Content] = a.Content, a.ID
		if a.Special {
			if t.special == nil {
				t.special = make([]bool, len(p.Tokens))
			}
			t.special[a.ID] = true
		}
		if a.Normalized {
			if p.NFC {
				text, _ := appendNFC(nil, nil, []byte(a.Content))
				a.Content = string(text)
			}
			t.added.normal.add(a)
		} else {
			t.added.raw.add(a)
		}
	}
	t.added.raw.sort()
	t.added.normal.sort()
	return nil
}

func (f *finder) add(a AddedToken) {
	if c := a.Content[0]; !f.first[c] {
		f.first[c] = true
		f.starts = append(f.starts, c)
	}
	f.always = f.always || !a.Special
	f.tokens = append(f.tokens, a)
}

func (f *finder) sort() {
	slices.SortFunc(f.tokens, func(a, b AddedToken) int { return strings.Compare(a.Content, b.Content) })
}

// A match is a token found from text[from:to], white space that it takes included; the search goes on at next.
type match struct {
	id             int32
	from, to, next int
}

// find returns the first token of s at or behind i that counts. Text before done belongs to the token before.
func (f *finder) find(s []byte, i, done int, special bool) (match, bool) {
	if len(f.tokens) == 0 || !special && !f.always {
		return match{}, false
	}
	for i < len(s) {
		if len(f.starts) == 1 {
			n := bytes.IndexByte(s[i:], f.starts[0])
			if n < 0 {
				break
			}
			i += n
		} else if !f.first[s[i]] {
			i++
			continue
		}
		a := f.at(s[i:])
		if a == nil {
			i++
			continue
		}
		from, to := i, i+len(a.Content)
		i = to
		if a.Special && !special || a.SingleWord && (endsWord(s[:from]) || beginsWord(s[to:])) {
			continue
		}
		m := match{id: a.ID, from: from, to: to, next: to}
		if a.LStrip {
			m.from = max(len(bytes.TrimRightFunc(s[:from], unicode.IsSpace)), done)
		}
		if a.RStrip {
			m.to = len(s) - len(bytes.TrimLeftFunc(s[to:], unicode.IsSpace))
		}
		return m, true
	}
	return match{}, false
}

// at returns the longest token that s begins with. The tokens that agree with s in ever more bytes are a run of the sorted list.
func (f *finder) at(s []byte) (longest *AddedToken) {
	run := f.tokens
	for k, c := range s {
		run = run[sort.Search(len(run), func(i int) bool { return len(run[i].Content) > k && run[i].Content[k] >= c }):]
		run = run[:sort.Search(len(run), func(i int) bool { return run[i].Content[k] > c })]
		if len(run) == 0 {
			break
		}
		if len(run[0].Content) == k+1 {
			longest = &run[0]
		}
	}
	return longest
}

func endsWord(s []byte) bool {
	r, n := utf8.DecodeLastRune(s)
	return n > 0 && wordRune(r)
}

func beginsWord(s []byte) bool {
	r, n := utf8.DecodeRune(s)
	return n > 0 && wordRune(r)
}

// wordRune is \w of Rust's regular expressions: alphabetic, mark, decimal number, connector, join control.
func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.In(r, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}
