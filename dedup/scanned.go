package dedup

import "github.com/winnow-data/winnow/stages"

// scannedFile holds what a scan counted.
const scannedFile = "scanned"

// maxSources bounds the sources that a task counts by name; the rest are counted together.
const maxSources = 4096

// otherSources stands for the sources beyond maxSources.
const otherSources = "(others)"

// scanned is what a scan counted in one task.
type scanned struct {
	Documents uint32         `json:"documents"`
	Sources   map[string]int `json:"sources"`
	Unranked  int            `json:"unranked,omitempty"` // documents without a readable field of `newest` or `best`
	Without   int            `json:"without,omitempty"`  // documents without the field that is compared
	Unsigned  int            `json:"unsigned,omitempty"` // documents with fewer words than a shingle, where those have no signature
}

func countSource(sources map[string]int, source string, n int) {
	if _, ok := sources[source]; !ok && len(sources) >= maxSources {
		source = otherSources
	}
	sources[source] += n
}

// readScanned returns what one task of the scan counted.
func readScanned(t *stages.Task, task int) (s scanned, err error) {
	return s, readJSON(t, "scan", task, scannedFile, &s)
}

// totalScanned adds up what all tasks of the scan counted, and returns the documents of each.
func totalScanned(t *stages.Task) (total scanned, documents []uint32, err error) {
	total.Sources = map[string]int{}
	for i := range t.Files.Tasks("scan") {
		s, err := readScanned(t, i)
		if err != nil {
			return total, nil, err
		}
		documents = append(documents, s.Documents)
		total.Unranked += s.Unranked
		total.Without += s.Without
		total.Unsigned += s.Unsigned
		for source, n := range s.Sources {
			total.Sources[source] += n
		}
	}
	return total, documents, nil
}

// each adds the live documents of a batch and counts them.
func (s *scanned) each(b *stages.Batch, add func(*stages.Document) error) error {
	for _, d := range b.Live() {
		if err := tooMany(s.Documents); err != nil {
			return err
		}
		if err := add(d); err != nil {
			return err
		}
		s.Documents++
		countSource(s.Sources, d.Source, 1)
	}
	return nil
}
