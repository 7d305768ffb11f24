package stats

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
)

// Samples are a few documents, chosen by the hash of their ids.
type Samples struct{ List []Sample }

// A Sample is a document, its text masked and clipped.
type Sample struct {
	ID, Source, Language, Text string
	Clipped                    bool
	Bytes                      int64
	hash                       uint64
}

func order(a, b Sample) int {
	return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Bytes, b.Bytes), cmp.Compare(a.Text, b.Text))
}

func (s *Samples) add(d *stages.Document, body string, mask func(string) string) {
	x := Sample{ID: d.ID, Bytes: int64(len(body)), hash: mix(xxhash.Sum64String(d.ID))}
	if len(s.List) == maxSamples && x.hash > s.List[maxSamples-1].hash {
		return
	}
	x.Text, x.Clipped = tally.Excerpt(body, mask)
	x.ID = strings.Clone(tally.Cut(d.ID, 200, 200))
	x.Source = strings.Clone(tally.Cut(d.Source, 80, 80))
	language, _ := d.Fields.Text("language")
	x.Language = strings.Clone(tally.Cut(language, 16, 16))
	s.put(x)
}

func (s *Samples) put(x Sample) {
	at, _ := slices.BinarySearchFunc(s.List, x, order)
	s.List = slices.Insert(s.List, at, x)
	s.List = s.List[:min(len(s.List), maxSamples)]
}

func (s *Samples) merge(o *Samples) {
	for _, x := range o.List {
		s.put(x)
	}
}
