package hosts

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/winnow-data/winnow/stages/text"
)

// A List holds entries of three kinds. It keeps 64-bit hashes of them (n entries take one of m others for theirs with a chance of about
// n·m/2⁶⁴) and is safe for concurrent use.
type List struct {
	domains  set
	suffixes set
	prefixes set
}

// A Kind says what an entry of a list stands for.
type Kind uint8

// The kinds.
const (
	None   Kind = iota
	Domain      // a host or domain, and all hosts below it
	Prefix      // the beginning of an address: a host with a path, up to a "/", "?", "#" or "&"
)

// Len returns the number of entries.
func (l *List) Len() int {
	return len(l.domains.hashes) + len(l.suffixes.hashes) + len(l.prefixes.hashes)
}

// maxParts bounds how many beginnings of a path are looked up.
const maxParts = 64

// Find returns the entry that an address falls under, the longest of a kind. A public suffix in the list, such as co.uk or github.io, stands for that
// host alone: what others have below it is theirs.
func (l *List) Find(a Address) (entry string, kind Kind) {
	if entry, ok := l.domain(a); ok {
		return entry, Domain
	}
	if len(l.prefixes.hashes) == 0 || a.Rest == "" {
		return "", None
	}
	for i, parts := len(a.Rest), 0; i > 0 && parts < maxParts; parts++ {
		begin := a.Host + strings.TrimRight(a.Rest[:i], "/")
		if l.prefixes.has(text.Hash(begin)) {
			return begin, Prefix
		}
		i = strings.LastIndexAny(a.Rest[:i], "/?#&")
	}
	return "", None
}

func (l *List) domain(a Address) (string, bool) {
	for name := a.Host; ; {
		h := text.Hash(name)
		if l.domains.has(h) && (len(name) == len(a.Host) || !isPublicSuffix(name)) {
			return name, true
		}
		if l.suffixes.has(h) {
			return "." + name, true
		}
		dot := strings.IndexByte(name, '.')
		if dot < 0 || a.IP {
			return "", false
		}
		name = name[dot+1:]
	}
}

func isPublicSuffix(name string) bool {
	suffix, _ := publicsuffix.PublicSuffix(name)
	return suffix == name
}
