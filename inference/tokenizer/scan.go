package tokenizer

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// A scanner returns where the word that begins at i ends. Words cover the text without gaps.
type scanner func(s []byte, i int) int

// The patterns we know, as tokenizer.json writes them. Each is matched by a scanner of that name.
const (
	patternGPT2  = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
	patternQwen2 = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	patternLlama = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
)

// scanners holds every name of a way to cut text. The names are those of GGUF files (llama.cpp, src/llama-vocab.cpp), where several models
// share a pattern.
var scanners = map[string]scanner{
	"gpt-2": scanGPT2, "phi-2": scanGPT2, "roberta-bpe": scanGPT2, "mpt": scanGPT2, "olmo": scanGPT2, "jais": scanGPT2, patternGPT2: scanGPT2,
	"qwen2": scanQwen2, "qwen3": scanQwen2, "deepseek-r1-qwen": scanQwen2, "stablelm2": scanQwen2, patternQwen2: scanQwen2,
	"llama-bpe": scanLlama, "llama3": scanLlama, "llama-v3": scanLlama, "falcon3": scanLlama, patternLlama: scanLlama,
	"smollm": scanSmolLM, "starcoder": scanSmolLM, "refact": scanSmolLM, "command-r": scanSmolLM,
}

func scannerOf(pre string) (scanner, error) {
	if s, ok := scanners[pre]; ok {
		return s, nil
	}
	return nil, fmt.Errorf("tokenizer: unknown pre-tokenizer %.200q; known are qwen2, qwen3, gpt-2, smollm, llama-bpe (Llama 3) and their regular expressions", pre)
}

// A class is what the patterns tell apart.
type class uint8

const (
	other class = iota
	letter
	number
	space // white space except line ends
	lineEnd
)

// at returns the class and the length in bytes of the character at i.
func at(s []byte, i int) (class, int) {
	c := s[i]
	if c < utf8.RuneSelf {
		return ascii[c], 1
	}
	if ideograph(c) {
		return letter, 3
	}
	r, n := decode(s, i)
	return classOf(r), n
}

var ascii = makeASCII()

func makeASCII() (table [128]class) {
	for c := range table {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			table[c] = letter
		case c >= '0' && c <= '9':
			table[c] = number
		case c == '\n' || c == '\r':
			table[c] = lineEnd
		case c == ' ' || c >= '\t' && c <= '\r':
			table[c] = space
		}
	}
	return table
}

// run returns where the characters of one class that begin at i end.
func run(s []byte, i int, want class) int {
	for i < len(s) {
		c, n := at(s, i)
		if c != want {
			break
		}
		i += n
	}
	return i
}

// letters returns where the letters that begin at i end.
func letters(s []byte, i int) int {
	for i+8 <= len(s) {
		if ideograph(s[i]) {
			i += 3
			continue
		}
		n := asciiLetters(binary.LittleEndian.Uint64(s[i:]))
		if i += n; n == 8 {
			continue
		}
		if s[i] < utf8.RuneSelf {
			return i
		}
		r, n := decode(s, i)
		if classOf(r) != letter {
			return i
		}
		i += n
	}
	return run(s, i, letter)
}

// asciiLetters returns how many of the lowest bytes of x are ASCII letters before the first that is not.
func asciiLetters(x uint64) int {
	const ones = 0x0101010101010101
	low := (x | 0x20*ones) &^ highBits       // lower case, 7 bits
	from := low + (0x80-'a')*ones            // high bit: a or above
	above := low + (0x80-'z'-1)*ones         // high bit: above z
	none := ^(from &^ above &^ x) & highBits // high bit: no letter
	return bits.TrailingZeros64(none) / 8
}

// scanQwen2 is patternQwen2.
func scanQwen2(s []byte, i int) int { return scanCased(s, i, 1) }

// scanLlama is patternLlama.
func scanLlama(s []byte, i int) int { return scanCased(s, i, 3) }

// scanCased cuts as Qwen2 and Llama 3 do; digits is how many numbers make a word.
func scanCased(s []byte, i, digits int) int {
	if first := s[i]; first < utf8.RuneSelf && first != '\'' { // the common words: letters, with one character before them or without
		switch ascii[first] {
		case letter:
			return letters(s, i+1)
		case space, other:
			if i+1 < len(s) && s[i+1] < utf8.RuneSelf && ascii[s[i+1]] == letter {
				return letters(s, i+2)
			}
		}
	}
	if s[i] == '\'' {
		if n := contraction(s[i+1:]); n > 0 {
			return i + 1 + n
		}
	}
	c, n := at(s, i)
	if c == letter {
		return letters(s, i+n)
	}
	if c == number {
		i += n
		for k := 1; k < digits && i < len(s); k++ {
			if c, n = at(s, i); c != number {
				break
			}
			i += n
		}
		return i
	}
	if c != lineEnd && i+n < len(s) {
		if c2, n2 := at(s, i+n); c2 == letter {
			return letters(s, i+n+n2)
		} else if s[i] == ' ' && c2 == other {
			return lineEnds(s, run(s, i+n+n2, other))
		}
	}
	if c == other {
		return lineEnds(s, run(s, i+n, other))
	}
	return whiteSpace(s, i, true)
}

// lineEnds passes over [\r\n]*.
func lineEnds(s []byte, i int) int {
	for i < len(s) && (s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

// whiteSpace is \s+(?!\S)|\s+, with \s*[\r\n]+ before it where lines count.
func whiteSpace(s []byte, i int, lines bool) int {
	from, last, line := i, i, -1
	for i < len(s) {
		c, n := at(s, i)
		if c != space && c != lineEnd {
			break
		}
		last = i
		i += n
		if c == lineEnd {
			line = i
		}
	}
	switch {
	case lines && line >= 0:
		return line
	case i == len(s) || last == from:
		return i
	}
	return last // the last one goes with the word behind it
}

// contraction returns the length of what (?i:s|t|re|ve|m|ll|d) takes. The long s, U+017F, is an s to a pattern without case.
func contraction(s []byte) int {
	if len(s) == 0 {
		return 0
	}
	switch s[0] | 0x20 {
	case 's', 't', 'm', 'd':
		return 1
	case 'r', 'v':
		if len(s) > 1 && s[1]|0x20 == 'e' {
			return 2
		}
	case 'l':
		if len(s) > 1 && s[1]|0x20 == 'l' {
			return 2
		}
	}
	if s[0] == 0xc5 && s[1] == 0xbf { // U+017F
		return 2
	}
	return 0
}

// scanGPT2 is patternGPT2.
func scanGPT2(s []byte, i int) int {
	if s[i] == '\'' {
		if n := lowerContraction(s[i+1:]); n > 0 {
			return i + 1 + n
		}
	}
	c, n := at(s, i)
	if s[i] == ' ' && i+1 < len(s) {
		if c2, n2 := at(s, i+1); c2 != space && c2 != lineEnd {
			c, n = c2, 1+n2
		}
	}
	if c == space || c == lineEnd {
		return whiteSpace(s, i, false)
	}
	return run(s, i+n, c)
}

// lowerContraction returns the length of what s|t|re|ve|m|ll|d takes.
func lowerContraction(s []byte) int {
	if len(s) == 0 {
		return 0
	}
	switch s[0] {
	case 's', 't', 'm', 'd':
		return 1
	}
	if len(s) > 1 {
		switch string(s[:2]) {
		case "re", "ve", "ll":
			return 2
		}
	}
	return 0
}

// scanSmolLM cuts off every number first and is patternGPT2 on what lies between.
func scanSmolLM(s []byte, i int) int {
	c, n := at(s, i)
	if c == number {
		return i + n
	}
	if s[i] == ' ' && i+1 < len(s) {
		if c2, _ := at(s, i+1); c2 == number {
			return i + 1
		}
	}
	if c == space || c == lineEnd {
		// Before a number the run of white space ends as it does before the end of the text.
		end := i
		for end < len(s) {
			c, n := at(s, end)
			if c == number {
				return end
			}
			if c != space && c != lineEnd {
				break
			}
			end += n
		}
	}
	return scanGPT2(s, i)
}
