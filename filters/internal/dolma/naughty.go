package dolma

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/winnow-data/winnow/filters/internal/phrase"
)

//go:embed naughty_words.txt
var naughtyFile string

// A naughtyList is dolma's list of bad words, which stand between white space, and phrases, which may stand anywhere; with the two other
// phrases that its c4 taggers look for.
type naughtyList struct {
	words   map[string]bool
	longest int         // bytes of a word
	lengths [256]uint32 // by the first byte, lower case: a bit for every length of a word
	phrases *phrase.Set
}

// The numbers of the two other phrases.
const (
	loremPhrase = iota
	javascriptPhrase
	firstNaughty
)

var naughty = sync.OnceValue(func() *naughtyList {
	n := &naughtyList{words: map[string]bool{}}
	phrases := []string{"lorem ipsum", "javascript"}
	for line := range strings.Lines(naughtyFile) {
		switch line = strings.TrimSuffix(line, "\n"); {
		case strings.HasPrefix(line, "#"):
		case strings.Contains(line, " "):
			phrases = append(phrases, line)
		default:
			n.words[line] = true
			n.longest = max(n.longest, len(line))
			n.lengths[line[0]] |= 1 << len(line)
		}
	}
	n.phrases = phrase.NewSet(phrases...)
	return n
})

type naughtyFound struct{ loremIpsum, javascript, naughty bool }

// look looks for all of it in one pass for phrases and one for words, ASCII letters in any case. With alone "javascript" must stand between
// white space.
func (n *naughtyList) look(s string, alone bool) (found naughtyFound) {
	mention := false
	for i := 0; ; {
		at, phrase := n.phrases.Next(s, i)
		if at < 0 {
			break
		}
		switch phrase {
		case loremPhrase:
			found.loremIpsum = true
		case javascriptPhrase:
			mention = true
		default:
			found.naughty = true
		}
		i = at + 1
	}
	found.javascript = mention && !alone
	if found.naughty && !(alone && mention) {
		return found
	}
	for end := 0; end < len(s); {
		start := end
		for end < len(s) && s[end]-'!' < utf8.RuneSelf-'!' {
			end++
		}
		if end < len(s) && s[end] != ' ' && s[end] != '\n' {
			end = wordEnd(s, end)
		}
		word := s[start:end]
		if alone && mention && len(word) == len("javascript") && phrase.HasPrefixFold(word, "javascript") {
			found.javascript = true
		}
		if !found.naughty && len(word) <= n.longest && len(word) > 0 && n.lengths[lowerByte(word[0])]&(1<<len(word)) != 0 {
			found.naughty = n.has(word)
		}
		if end < len(s) {
			size, _ := spaceAt(s, end)
			end += size
		}
	}
	return found
}

// has says whether a word is on the list.
func (n *naughtyList) has(word string) bool {
	var low [32]byte
	for i := range len(word) {
		low[i] = lowerByte(word[i])
	}
	return n.words[string(low[:len(word)])]
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// wordEnd returns where the word at s[i:] ends: at white space, or with the text.
func wordEnd(s string, i int) int {
	for i < len(s) {
		size, space := spaceAt(s, i)
		if space {
			return i
		}
		i += size
	}
	return i
}
