package dedup

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"

	"github.com/winnow-data/winnow/stages"
)

// The table of runs: hash of a file's name, documents in a row that came from it.
const (
	runsFile = "runs"
	runWidth = 8 + 4
	// maxRuns bounds the runs of a task, which resolving tasks hold in memory; what comes behind, in an input that was shuffled, counts as one file.
	maxRuns = 1 << 16
)

// fileRuns counts the documents of a task by runs of documents from one file.
type fileRuns struct{ runs []fileRun }

type fileRun struct {
	file      uint64
	documents uint32
}

// A filePlace is where a document stands in a task: in which run, and how many documents of the run come before it.
type filePlace struct{ run, ordinal uint32 }

// add counts a document.
func (f *fileRuns) add(file string) {
	h := xxhash.Sum64String(file)
	if n := len(f.runs); n == 0 || f.runs[n-1].file != h && n < maxRuns {
		f.runs = append(f.runs, fileRun{file: h})
	}
	f.runs[len(f.runs)-1].documents++
}

// place returns the place of the document that was added last.
func (f *fileRuns) place() filePlace {
	last := len(f.runs) - 1
	return filePlace{uint32(last), f.runs[last].documents - 1}
}

func (f *fileRuns) write(t *stages.Task) error {
	w := create(t, runsFile)
	var row []byte
	for _, r := range f.runs {
		row = binary.BigEndian.AppendUint64(row[:0], r.file)
		row = binary.BigEndian.AppendUint32(row, r.documents)
		if _, err := w.Write(row); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return w.Close()
}

// places tells, of each run of each task, how many documents of the same file come before it.
type places [][]runStart

type runStart struct {
	before uint64
	file   uint64 // number of the file, in input order
}

// readPlaces joins the runs of all tasks: one that begins with the file that the task before ended with goes on counting.
func readPlaces(t *stages.Task) (_ places, err error) {
	shelf, err := open(t, "scan", runsFile, runWidth)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, shelf.Close()) }()
	readers, err := shelf.readers(nil, nil, 0)
	if err != nil {
		return nil, err
	}
	out := make(places, len(readers))
	var last, files, before uint64
	for task, r := range readers {
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("%s of task %d: %w", shelf.name, task, err)
			}
			if file := binary.BigEndian.Uint64(row); files == 0 || file != last {
				last, before = file, 0
				files++
			}
			out[task] = append(out[task], runStart{before, files})
			before += uint64(binary.BigEndian.Uint32(row[8:]))
		}
	}
	return out, nil
}

// of returns the number of a document in its file, and its file.
func (p places) of(task int, at filePlace) runStart {
	start := p[task][at.run]
	start.before += uint64(at.ordinal)
	return start
}
