// Package spacy cuts English text into words and sentences exactly as spaCy 3.8 does with its blank English pipeline and the
// sentencizer: what datatrove takes for the words and sentences of English. What spaCy's rules are made of, 1,347 special cases and the
// classes of its patterns, lies in english.txt (MIT licence, see LICENSE.spacy); the patterns themselves are written out by hand.
//
//	t := spacy.English()
//	s := "I don't know Mr. Smith (yet)."
//	for _, w := range t.Words(nil, s) {
//		fmt.Println(s[w.Start:w.End]) // I, do, n't, know, Mr., Smith, (, yet, ), .
//	}
//
// # How it cuts
//
//  1. The text falls into runs of white space and chunks between them. A run loses one U+0020 at its beginning if text stands
//     before it; the rest of it is a token of white space.
//  2. A chunk that is a special case falls into its pieces. Else prefixes and suffixes are taken off, one of each a round, until what is
//     left is a special case or stays as it is.
//  3. What is left is a special case, or an address of the web, or is cut at infixes.
//  4. Where the tokens of a special case, cut without special cases, stand in a row, its pieces take their place (see sequences.go).
//  5. A token that ends sentences arms; the next token that is neither punctuation nor such a token begins a sentence.
//
// spaCy takes IS_ALPHA for a word like any other only the first time that a process meets it. From then on it fails on the token (its key in the
// vocabulary is the one that marks deleted entries), and datatrove cuts the text without it. Here it is a word every time.
package spacy

import (
	"github.com/winnow-data/winnow/stages/text"
)

// A Tokenizer keeps scratch memory and how it has cut the last few thousand different chunks (half a megabyte). It belongs to one goroutine.
type Tokenizer struct {
	rules  *rules
	tokens []text.Span
	kinds  []kind
	cache  [][2]entry
	other  entry       // of a chunk that the cache does not take
	long   []text.Span // its tokens, counted from its beginning
}

// English returns a tokenizer of English.
func English() *Tokenizer {
	return &Tokenizer{rules: english(), cache: make([][2]entry, 1<<cacheBits)}
}
