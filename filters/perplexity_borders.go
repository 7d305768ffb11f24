package filters

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/winnow-data/winnow/stages"
)

// values are the perplexities of one task, for the percentiles: a file of (number of the language, value), and one of languages.
type values struct {
	w         *bufio.Writer
	languages []string
	number    map[string]uint16
	err       error
}

const (
	valueSize = 10
	// maxLanguages bounds what is counted apart: a corpus has some hundred.
	maxLanguages = 1000
)

func newValues(t *stages.Task) *values {
	file := t.Create("values")
	v := &values{w: bufio.NewWriter(file), languages: []string{}, number: map[string]uint16{}}
	t.AtEnd(func() error {
		names := t.Create("languages")
		return errors.Join(v.err, v.w.Flush(), file.Close(), json.NewEncoder(names).Encode(v.languages), names.Close())
	})
	return v
}

// add notes a value. What goes wrong shows at the task's end.
func (v *values) add(language string, x float64) {
	n, ok := v.number[language]
	if !ok {
		if len(v.languages) == maxLanguages {
			v.err = stages.Final(fmt.Errorf("the field language has more than %d values: is it a language?", maxLanguages))
			return
		}
		n = uint16(len(v.languages))
		v.number[language] = n
		v.languages = append(v.languages, language)
	}
	var rec [valueSize]byte
	binary.LittleEndian.PutUint16(rec[:], n)
	binary.LittleEndian.PutUint64(rec[2:], math.Float64bits(x))
	v.w.Write(rec[:])
}

// borders finds the percentiles of all languages, exactly and in little memory: positive numbers have the order of their bits, so the rank
// that is looked for is found sixteen bits at a time.
func (p *Perplexity) borders(ctx context.Context, t *stages.Task) error {
	count := map[string]int64{}
	if err := eachValue(ctx, t, func(language string, _ uint64) { count[language]++ }); err != nil {
		return err
	}
	cut := map[string]border{}
	var wanted []*search
	for language, n := range count {
		for _, share := range []stages.Share{p.Head, p.Middle} {
			rank := int64(math.Ceil(float64(share) * float64(n) * (1 - 1e-12)))
			wanted = append(wanted, &search{language: language, share: share, rank: max(1, rank)})
		}
	}
	for shift := 48; shift >= 0; shift -= 16 {
		by := map[string][]*search{}
		for _, s := range wanted {
			s.bins = map[uint16]int64{}
			by[s.language] = append(by[s.language], s)
		}
		err := eachValue(ctx, t, func(language string, bits uint64) {
			for _, s := range by[language] {
				if shift == 48 || bits>>(shift+16) == s.found {
					s.bins[uint16(bits>>shift)]++
				}
			}
		})
		if err != nil {
			return err
		}
		for _, s := range wanted {
			s.narrow()
		}
	}
	for _, s := range wanted {
		b := cut[s.language]
		b.N = count[s.language]
		if x := math.Float64frombits(s.found); s.share == p.Head {
			b.Head = x
		} else {
			b.Middle = x
		}
		cut[s.language] = b
	}
	t.Fact("perplexity_borders", cut)
	w := t.Create("borders")
	return errors.Join(json.NewEncoder(w).Encode(cut), w.Close())
}

// A search looks for the value of a rank among those of a language.
type search struct {
	language string
	share    stages.Share
	rank     int64  // from 1, among the values that begin with found
	found    uint64 // the leading bits
	bins     map[uint16]int64
}

// narrow goes into the bin that holds the rank.
func (s *search) narrow() {
	for _, k := range sortedBins(s.bins) {
		if n := s.bins[k]; s.rank > n {
			s.rank -= n
			continue
		}
		s.found = s.found<<16 | uint64(k)
		return
	}
}

func sortedBins(m map[uint16]int64) []uint16 {
	keys := make([]uint16, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// eachValue passes all values of all tasks to f, as their bits.
func eachValue(ctx context.Context, t *stages.Task, f func(language string, bits uint64)) error {
	for k := range t.Files.Tasks("score") {
		if err := ctx.Err(); err != nil {
			return err
		}
		var languages []string
		if err := readJSON(t, "score", k, "languages", &languages); err != nil {
			return err
		}
		file, err := t.Open("score", k, "values")
		if err != nil {
			return err
		}
		r := bufio.NewReaderSize(io.NewSectionReader(file, 0, file.Size()), 1<<16)
		var rec [valueSize]byte
		for {
			if _, err = io.ReadFull(r, rec[:]); err != nil {
				break
			}
			n := int(binary.LittleEndian.Uint16(rec[:]))
			if n >= len(languages) {
				err = fmt.Errorf("task %d of score: a value names language %d of %d", k, n, len(languages))
				break
			}
			f(languages[n], binary.LittleEndian.Uint64(rec[2:]))
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		if err := errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("read the perplexities: %w", err)
		}
	}
	return nil
}

func readJSON(t *stages.Task, phase string, task int, name string, into any) error {
	file, err := t.Open(phase, task, name)
	if err != nil {
		return err
	}
	err = json.NewDecoder(io.NewSectionReader(file, 0, file.Size())).Decode(into)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("read %s of %s: %w", name, phase, err)
	}
	return nil
}

func readBorders(t *stages.Task) (cut map[string]border, err error) {
	return cut, readJSON(t, "borders", 0, "borders", &cut)
}

// readCutoffs reads a file with a column for each language and a line for each percentile, which the first column names: cc_net's cutoff.csv.
func readCutoffs(dir, path string, head, middle float64) (map[string]border, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cutoffs: %w", err)
	}
	defer f.Close()
	return parseCutoffs(f, path, head, middle)
}

// maxCutoffs bounds the file: cc_net's has 7 KB.
const maxCutoffs = 4 << 20

func parseCutoffs(r io.Reader, path string, head, middle float64) (map[string]border, error) {
	rows, err := csv.NewReader(io.LimitReader(r, maxCutoffs)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("cutoffs: read %s: %w", path, err)
	}
	if len(rows) < 2 || len(rows[0]) < 2 {
		return nil, fmt.Errorf("cutoffs: %s holds no table: its first line names languages, and further ones begin with a percentile", path)
	}
	cut := map[string]border{}
	for _, share := range []float64{head, middle} {
		percentile := math.Round(share*1e4) / 100
		at := slices.IndexFunc(rows[1:], func(row []string) bool {
			x, err := strconv.ParseFloat(row[0], 64)
			return err == nil && x == percentile
		})
		if at < 0 {
			return nil, fmt.Errorf("cutoffs: %s has no line for percentile %v", path, percentile)
		}
		for c, cell := range rows[at+1] {
			if c == 0 {
				continue
			}
			x, err := strconv.ParseFloat(cell, 64)
			if err != nil || x-x != 0 {
				return nil, fmt.Errorf("cutoffs: %s: percentile %v of %q is %q, which is no number", path, percentile, rows[0][c], cell)
			}
			b := cut[rows[0][c]]
			if b.Middle = x; share == head {
				b.Head = x
			}
			cut[rows[0][c]] = b
		}
	}
	return cut, nil
}
