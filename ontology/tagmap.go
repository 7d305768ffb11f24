package ontology

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// mapFile is the tag map: a table with a line for each raw spelling, in their order. Tabs, line ends and backslashes are escaped.
const (
	mapFile = "tag_map.tsv"
	mapHead = "spelling\ttag\tdocuments\tstep\n"
)

var escape = strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)

// writeMap writes what became of every spelling: its tag, empty where it has gone; how many documents had it; the last step that decided about it.
func writeMap(t *stages.Task, s *groups) error {
	w := t.Create(mapFile)
	b := bufio.NewWriterSize(w, 64<<10)
	_, err := b.WriteString(mapHead)
	counts := s.rawCounts()
	for raw, text := range s.g.raw {
		if err != nil {
			break
		}
		tag, step := s.became(int32(raw))
		_, err = fmt.Fprintf(b, "%s\t%s\t%d\t%s\n", escape.Replace(text), escape.Replace(tag), counts[raw], step)
	}
	return errors.Join(err, b.Flush(), w.Close())
}

// became returns the tag of a raw spelling, and the last step that folded or dropped it; "" for a spelling that is its tag.
func (s *groups) became(raw int32) (tag, step string) {
	i := s.of[raw]
	if i == none {
		return "", s.by[raw]
	}
	k := s.find(i)
	switch g := &s.list[k]; {
	case g.gone:
		return "", g.by
	case k != i:
		return g.name, s.list[i].by
	case g.name == s.g.raw[raw]:
		return g.name, ""
	case g.fixed:
		return g.name, byOverlay
	default:
		return g.name, byRule
	}
}

// readMap reads the tag map: raw spelling → tag, "" for one that goes.
func readMap(t *stages.Task) (m map[string]string, err error) {
	f, err := t.Open("resolve", 0, mapFile)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := bufio.NewReaderSize(io.NewSectionReader(f, 0, f.Size()), 256<<10)
	m = map[string]string{}
	same := map[string]string{} // one string for all spellings of a tag
	for number := 1; ; number++ {
		line, err := r.ReadString('\n')
		if err == io.EOF && line == "" {
			return m, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", mapFile, io.ErrUnexpectedEOF)
		}
		if number == 1 && line == mapHead {
			continue
		}
		raw, tag, err := parseMapLine(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", mapFile, number, err)
		}
		if old, ok := same[tag]; ok {
			tag = old
		} else {
			same[tag] = tag
		}
		m[raw] = tag
	}
}

func parseMapLine(line string) (raw, tag string, err error) {
	cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
	if len(cells) != 4 {
		return "", "", fmt.Errorf("%d columns, want 4", len(cells))
	}
	if _, err := strconv.Atoi(cells[2]); err != nil {
		return "", "", fmt.Errorf("%q documents: %w", cells[2], err)
	}
	return unescape(cells[0]), unescape(cells[1]), nil
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 't':
			b.WriteByte('\t')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
