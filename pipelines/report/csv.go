package report

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// CSV writes the tables of a data set: columns.csv, groups.csv, languages.csv, scripts.csv, licences.csv, domains.csv, lines.csv, starts.csv,
// grams.csv, copies.csv, lengths.csv. create opens a file by its name. A cell that a spreadsheet would take for a formula gets a quote before it.
func (d *StatsData) CSV(create func(name string) (io.WriteCloser, error)) error {
	tables := []struct {
		name string
		rows [][]string
	}{
		{"columns.csv", d.columnTable()},
		{"groups.csv", groupTableCSV(d.By, d.Groups)},
		{"languages.csv", groupTableCSV("language", d.Languages)},
		{"scripts.csv", groupTableCSV("script", d.Scripts)},
		{"licences.csv", groupTableCSV("licence", d.Licences)},
		{"domains.csv", frequentTable("host", d.Domains.List)},
		{"lines.csv", frequentTable("line", d.Lines.List)},
		{"starts.csv", frequentTable("start", d.Starts.List)},
		{"grams.csv", frequentTable("words", d.Grams.List)},
		{"copies.csv", d.copyTable()},
		{"lengths.csv", append(lengthTable("bytes", d.Bytes), lengthTable("words", d.Words)[1:]...)},
	}
	for _, t := range tables {
		if err := writeTable(create, t.name, t.rows); err != nil {
			return fmt.Errorf("writing %s: %w", t.name, err)
		}
	}
	return nil
}

func writeTable(create func(string) (io.WriteCloser, error), name string, rows [][]string) (err error) {
	f, err := create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	for i, row := range rows {
		for k, cell := range row {
			if i > 0 && formula(cell) {
				row[k] = "'" + cell
			}
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// formula says whether a spreadsheet may evaluate a cell. Negative numbers are none.
func formula(cell string) bool {
	if cell == "" {
		return false
	}
	switch cell[0] {
	case '=', '@', '\t', '\r':
		return true
	case '+', '-':
		_, err := strconv.ParseFloat(cell, 64)
		return err != nil
	}
	return false
}

func digit(n int64) string { return strconv.FormatInt(n, 10) }

func decimal(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func (d *StatsData) columnTable() [][]string {
	out := [][]string{{"column", "types", "present", "null", "empty", "distinct", "exact"}}
	for _, c := range d.Columns {
		out = append(out, []string{c.Name, c.Types, digit(c.Present), digit(c.Null), digit(c.Empty), digit(c.Distinct), strconv.FormatBool(c.Exact)})
	}
	return out
}

func groupTableCSV(by string, list []StatsGroup) [][]string {
	out := [][]string{{by, "documents", "bytes", "words", "median_words"}}
	for _, g := range list {
		out = append(out, []string{g.Name, digit(g.Total.Documents), digit(g.Total.Bytes), digit(g.Total.Words), decimal(float64(g.Words.P50))})
	}
	return out
}

func frequentTable(of string, list []Frequent) [][]string {
	out := [][]string{{of, "documents"}}
	for _, x := range list {
		out = append(out, []string{x.Name, digit(x.Documents)})
	}
	return out
}

func (d *StatsData) copyTable() [][]string {
	out := [][]string{{"id", "copies"}}
	for _, x := range d.Copies.Most {
		out = append(out, []string{x.ID, digit(x.Count)})
	}
	return out
}

func lengthTable(unit string, d Distribution) [][]string {
	out := [][]string{{"unit", "from", "below", "documents"}}
	for i, n := range d.Counts {
		out = append(out, []string{unit, decimal(float64(d.Lo[i])), decimal(float64(d.Hi[i])), digit(n)})
	}
	return out
}
