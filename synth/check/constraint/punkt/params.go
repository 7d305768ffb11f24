package punkt

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed english.txt
var english string

// In which case a word occurs where, as Punkt's training saw it.
const (
	midUpper = 1 << 2             // inside of a sentence with a capital
	begLower = 1 << 4             // at the start of a sentence in lower case
	upper    = 1<<1 | 1<<2 | 1<<3 // with a capital anywhere
	lower    = 1<<4 | 1<<5 | 1<<6 // in lower case anywhere
	number   = "##number##"       // stands for all numbers
	maxWord  = 64                 // bytes; no parameter is longer
)

type parameters struct {
	abbreviations map[string]bool
	starters      map[string]bool
	collocations  map[[2]string]bool
	context       map[string]uint8
}

var params = sync.OnceValue(func() *parameters {
	p := &parameters{map[string]bool{}, map[string]bool{}, map[[2]string]bool{}, make(map[string]uint8, 21000)}
	for line := range strings.Lines(english) {
		kind, word, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		switch kind {
		case "a":
			p.abbreviations[word] = true
		case "s":
			p.starters[word] = true
		case "c":
			first, second, _ := strings.Cut(word, "\t")
			p.collocations[[2]string{first, second}] = true
		default:
			flags, err := strconv.ParseUint(kind, 10, 8)
			if err != nil {
				panic("punkt: english.txt: " + err.Error())
			}
			p.context[word] = uint8(flags)
		}
	}
	return p
})
