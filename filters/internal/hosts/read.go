package hosts

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"unicode"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages/text"
)

// A Builder gathers entries of a [List].
type Builder struct {
	domains, suffixes, prefixes []uint64
}

// List makes the list. The builder must not be used again.
func (b *Builder) List() *List {
	return &List{newSet(b.domains), newSet(b.suffixes), newSet(b.prefixes)}
}

// errNoEntry says that a line is no entry of a list.
var errNoEntry = errors.New("is no host, domain or address")

// Add adds one entry: a host or domain ("example.com", and what is below it), everything below a name whatever it is (".xxx", "*.example.com"), or
// the beginning of an address ("example.com/users/joe", with or without scheme).
func (b *Builder) Add(entry string) error {
	below, entry := isBelow(entry)
	a, ok := Parse(entry)
	if !ok || strings.ContainsFunc(a.Host, unicode.IsSpace) || strings.ContainsAny(a.Host, `<>"'(){}|^`) || !a.IP && !below && strings.IndexByte(a.Host, '.') < 0 {
		return errNoEntry
	}
	rest := strings.TrimRight(a.Rest, "/")
	switch {
	case below && rest != "":
		return errNoEntry
	case below:
		b.suffixes = append(b.suffixes, text.Hash(a.Host))
	case rest != "":
		b.prefixes = append(b.prefixes, text.Hash(a.Host+rest))
	default:
		b.domains = append(b.domains, text.Hash(a.Host))
	}
	return nil
}

func isBelow(entry string) (bool, string) {
	if rest, ok := strings.CutPrefix(entry, "*."); ok {
		return true, rest
	}
	rest, ok := strings.CutPrefix(entry, ".")
	return ok, rest
}

// tolerance is the share of the lines of a file that may be no entries; lists of this kind have a few.
const tolerance = 0.01

// Read adds the entries of a file, plain, gzip or zstd: one on a line, the lines of hosts files ("0.0.0.0 example.com"), or of ad blockers
// ("||example.com^"). Lines that begin with #, ; or ! are comments. More than one line in a hundred that is none of these is an error: the
// file is something else. name is for errors.
func (b *Builder) Read(name string, r io.Reader) error {
	plain, closer, err := Plain(r)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer closer()
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, 1<<20)
	number, entries, bad := 0, 0, 0
	var first error
	for lines.Scan() {
		number++
		n, err := b.line(lines.Text())
		entries += n
		if err != nil {
			if bad++; first == nil {
				first = fmt.Errorf("%s:%d: %.80q %w", name, number, lines.Text(), err)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", name, number+1, err)
	}
	if float64(bad) > tolerance*float64(entries+bad) {
		return fmt.Errorf("%w (%d of %d lines are none)", first, bad, entries+bad)
	}
	return nil
}

// line adds what a line of a file holds and returns how many entries that is.
func (b *Builder) line(s string) (entries int, err error) {
	s = strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
	if s == "" || s[0] == '#' || s[0] == ';' || s[0] == '!' || strings.HasPrefix(s, "@@") || strings.HasPrefix(s, "[Adblock") {
		return 0, nil
	}
	if rest, ok := strings.CutPrefix(s, "||"); ok {
		name, options, _ := strings.Cut(rest, "^")
		if strings.ContainsAny(options, "/*|") {
			return 0, errNoEntry
		}
		s = name
	}
	if i := strings.IndexAny(s, " \t"); i < 0 {
		return 1, b.Add(s)
	}
	fields := strings.Fields(s)
	for i, f := range fields {
		if f[0] == '#' {
			fields = fields[:i]
			break
		}
	}
	if len(fields) == 1 {
		return 1, b.Add(fields[0])
	}
	if _, err := netip.ParseAddr(fields[0]); err != nil {
		return 0, errNoEntry
	}
	for _, f := range fields[1:] {
		if isLocal(f) {
			continue
		}
		if err := b.Add(f); err != nil {
			return entries, err
		}
		entries++
	}
	return entries, nil
}

// isLocal says whether a name of a hosts file means the machine itself.
func isLocal(name string) bool {
	return strings.IndexByte(name, '.') < 0 || name == "0.0.0.0" || strings.HasPrefix(name, "localhost.") || strings.HasSuffix(name, ".localdomain")
}

// Plain unpacks gzip and zstd by their first bytes, and passes on what is neither. The caller calls closer when it is done.
func Plain(r io.Reader) (plain io.Reader, closer func(), err error) {
	in := bufio.NewReaderSize(r, 1<<16)
	magic, err := in.Peek(4)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1F, 0x8B}):
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, err
		}
		return z, func() { _ = z.Close() }, nil
	case bytes.Equal(magic, []byte{0x28, 0xB5, 0x2F, 0xFD}):
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
		if err != nil {
			return nil, nil, err
		}
		return z, z.Close, nil
	}
	return in, func() {}, nil
}
