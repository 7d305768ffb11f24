package filters

import (
	_ "embed"
	"fmt"
	"math/bits"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

//go:embed stopwords.txt
var stopwordsFile string

// stopLists holds the stop words of all languages, read once.
var stopLists = sync.OnceValue(func() *stopWords {
	s, err := parseStopWords(stopwordsFile)
	if err != nil {
		panic("filters: stopwords.txt: " + err.Error())
	}
	return s
})

// A stopList is the stop words of one language.
type stopList struct {
	table  hashSet  // of words that stand alone, in lower, title and upper case → their number
	inside []string // of scripts without spaces: found anywhere
}

// A stopWords finds stop words of every language.
type stopWords struct {
	lists  []*stopList
	byCode map[string]*stopList
	index  hashSet       // of the words of all lists that stand alone → 1 + their number in groups
	groups [][]listsWord // the lists that hold a word
}

// A listsWord is the number of a list, and the bit of a word in it.
type listsWord struct {
	list int
	bit  uint64
}

// maxLists is how many lists there may be.
const maxLists = 128

func parseStopWords(file string) (*stopWords, error) {
	s := &stopWords{byCode: map[string]*stopList{}}
	for n, line := range strings.Split(file, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		f := strings.Fields(line)
		if len(f) < 4 || f[1] != "=" && f[1] != "~" {
			return nil, fmt.Errorf("line %d: %q is not CODE = WORDS or CODE ~ STRINGS with at least two words", n+1, line)
		}
		if len(f)-2 > 64 {
			return nil, fmt.Errorf("line %d: %d words: at most 64 are allowed", n+1, len(f)-2)
		}
		list := &stopList{}
		if f[1] == "~" {
			list.inside = f[2:]
		} else {
			list.table = newHashSet(f[2:])
		}
		if s.lists = append(s.lists, list); len(s.lists) > maxLists {
			return nil, fmt.Errorf("line %d: more than %d lists", n+1, maxLists)
		}
		for _, code := range strings.Split(f[0], ",") {
			if s.byCode[code] != nil {
				return nil, fmt.Errorf("line %d: language %q has a list already", n+1, code)
			}
			s.byCode[code] = list
		}
	}
	s.indexAll()
	return s, nil
}

// indexAll fills index and groups.
func (s *stopWords) indexAll() {
	numbers := map[uint64]int{}
	for i, list := range s.lists {
		for at, bit := range list.table.bits {
			if bit == 0 {
				continue
			}
			key := list.table.keys[at]
			n, ok := numbers[key]
			if !ok {
				n = len(s.groups)
				numbers[key] = n
				s.groups = append(s.groups, nil)
			}
			s.groups[n] = append(s.groups[n], listsWord{i, bit})
		}
	}
	s.index = sized(4 * len(numbers))
	for key, n := range numbers {
		s.index.add(key, uint64(n)+1)
	}
}

// count returns how many different stop words of its language the text has. A language without a list gives [stages.NA].
// An unknown language is judged by the list that finds most, and gives NA where none finds two: such a text is in a language
// without a list as likely as it is no text.
func (s *stopWords) count(t *text.View) float64 {
	if language := t.Language(); language != "" {
		list := s.byCode[language]
		if list == nil {
			return stages.NA
		}
		return float64(list.count(t))
	}
	best := 0
	if t.Kind() == text.Spaced || t.Kind() == text.Tibetan {
		best = s.mostAlone(t)
	} else {
		for _, list := range s.lists {
			if list.inside != nil {
				best = max(best, list.count(t))
			}
		}
	}
	if best < 2 {
		return stages.NA
	}
	return float64(best)
}

// mostAlone returns how many different words the text has of the list, of words that stand alone, of which it has most.
func (s *stopWords) mostAlone(t *text.View) (n int) {
	var found [maxLists]uint64
	for _, h := range t.WordHashes() {
		if group := s.index.bit(h); group != 0 {
			for _, w := range s.groups[group-1] {
				found[w.list] |= w.bit
			}
		}
	}
	for i := range s.lists {
		n = max(n, bits.OnesCount64(found[i]))
	}
	return n
}

func (l *stopList) count(t *text.View) (n int) {
	for _, w := range l.inside {
		if strings.Contains(t.Text(), w) {
			n++
		}
	}
	if l.inside != nil {
		return n
	}
	var found uint64
	hashes := t.WordHashes()
	for _, h := range hashes {
		if bit := l.table.bit(h); bit != 0 {
			if found |= bit; found == l.table.all {
				break
			}
		}
	}
	return bits.OnesCount64(found)
}

// A hashSet maps hashes of words to one bit for each word, or another number. Open addressing, at most a third full.
type hashSet struct {
	keys []uint64
	bits []uint64 // 0: free
	mask uint64
	all  uint64 // all bits
}

// sized returns an empty set with at least n slots.
func sized(n int) hashSet {
	size := 16
	for size < n {
		size *= 2
	}
	return hashSet{keys: make([]uint64, size), bits: make([]uint64, size), mask: uint64(size - 1)}
}

// newHashSet makes a set of at most 64 words, each as it is, with a capital and in capitals.
func newHashSet(words []string) hashSet {
	h := sized(12 * len(words))
	for i, w := range words {
		r, n := utf8.DecodeRuneInString(w)
		for _, form := range []string{w, string(unicode.ToTitle(r)) + w[n:], strings.ToUpper(w)} {
			h.add(text.Hash(form), 1<<i)
		}
		h.all |= 1 << i
	}
	return h
}

// add sets what key stands for, unless it stands for something already.
func (h *hashSet) add(key, bit uint64) {
	for at := key & h.mask; ; at = (at + 1) & h.mask {
		if h.bits[at] == 0 {
			h.keys[at], h.bits[at] = key, bit
			return
		}
		if h.keys[at] == key {
			return
		}
	}
}

// bit returns what the word with a hash stands for, 0 for a word that is not in the set.
func (h *hashSet) bit(key uint64) uint64 {
	for at := key & h.mask; h.bits[at] != 0; at = (at + 1) & h.mask {
		if h.keys[at] == key {
			return h.bits[at]
		}
	}
	return 0
}
