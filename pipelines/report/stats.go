package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/winnow-data/winnow/pipelines/stats"
	"github.com/winnow-data/winnow/pipelines/tally"
)

// StatsData is what `winnow stats` says of a data set, as JSON.
type StatsData struct {
	Format    int          `json:"format"`
	Name      string       `json:"name"`
	Winnow    string       `json:"winnow"`
	Files     []File       `json:"files"`
	Damaged   int64        `json:"damaged"` // records that could not be read
	Total     tally.Flow   `json:"total"`
	Blank     int64        `json:"blank"` // documents without a word
	Columns   []ColumnData `json:"columns"`
	Others    int64        `json:"others"` // values of further columns
	By        string       `json:"by"`
	Groups    []StatsGroup `json:"groups"`
	Languages []StatsGroup `json:"languages"`
	Scripts   []StatsGroup `json:"scripts"`
	Licences  []StatsGroup `json:"licences"`
	Bytes     Distribution `json:"bytes"` // per document
	Words     Distribution `json:"words"` // per document
	Peaks     []Frequent   `json:"peaks"` // lengths in bytes that more than one document in a thousand has
	Copies    Copies       `json:"copies"`
	Domains   FrequentList `json:"domains"`
	Lines     FrequentList `json:"lines"`
	Starts    FrequentList `json:"starts"` // first eight words
	Grams     FrequentList `json:"grams"`  // ten words in a row; one in 16 was looked at
	Samples   []Example    `json:"samples"`
}

// ColumnData is one column.
type ColumnData struct {
	Name     string       `json:"name"`
	Types    string       `json:"types"`
	Present  int64        `json:"present"` // documents that have it
	Null     int64        `json:"null"`
	Empty    int64        `json:"empty"`
	Distinct int64        `json:"distinct"`
	Exact    bool         `json:"exact"`   // Distinct is no estimate
	Values   []Frequent   `json:"values"`  // the most frequent ones, when there are few
	Numbers  Distribution `json:"numbers"` // values, or lengths of lists
	Bytes    Distribution `json:"bytes"`   // lengths of strings
}

// A StatsGroup is the documents that share a value.
type StatsGroup struct {
	Name  string       `json:"name"`
	Total tally.Flow   `json:"total"`
	Words Distribution `json:"words"` // per document
}

// Copies are texts that occur more than once.
type Copies struct {
	Distinct int64          `json:"distinct"` // texts
	Copies   int64          `json:"copies"`   // documents that could go if one of each stayed
	Exact    bool           `json:"exact"`
	Most     []stats.Repeat `json:"most"`
}

// A Frequent is a name with the documents it occurs in: a lower bound.
type Frequent struct {
	Name      string `json:"name"`
	Documents int64  `json:"documents"`
}

// A FrequentList is the most frequent names.
type FrequentList struct {
	Error int64      `json:"error"` // documents by which a count may be too low
	List  []Frequent `json:"list"`
}

// Describe makes the data of the page about a data set.
func Describe(name string, s *stats.Stats) *StatsData {
	d := &StatsData{
		Format: Format, Name: name, Total: s.All, Blank: s.Blank, Columns: columns(s), Others: s.Columns.Others, By: s.By(),
		Groups: statsGroups(&s.Groups), Languages: statsGroups(&s.Languages), Scripts: statsGroups(&s.Scripts), Licences: statsGroups(&s.Licences),
		Bytes: distribution(&s.Lengths.Bytes), Words: distribution(&s.Lengths.Words),
		Copies:  Copies{s.Copies.Count(), s.Copies.Copies(), s.Copies.Level == 0, s.Copies.Most(20)},
		Domains: frequent(&s.Domains, maxDomains, 1), Lines: frequent(&s.Lines, 50, 2), Starts: frequent(&s.Starts, 30, 2), Grams: frequent(&s.Grams, 30, 2),
		Peaks: frequent(&s.Peaks, 20, max(s.All.Documents/1000+1, 2)).List,
	}
	for _, x := range s.Samples.List {
		d.Samples = append(d.Samples, Example{Pick: "random", ID: x.ID, Source: x.Source, Language: x.Language, Text: x.Text, Clipped: x.Clipped})
	}
	return d
}

// fewValues is the largest number of different values that are listed.
const fewValues = 100

func columns(s *stats.Stats) []ColumnData {
	var out []ColumnData
	for _, c := range s.Columns.List {
		x := ColumnData{
			Name: c.Name, Types: c.Types(), Present: c.Present, Null: c.Null, Empty: c.Empty, Distinct: c.Distinct.Count(), Exact: c.Distinct.Level == 0,
			Numbers: distribution(&c.Numeric), Bytes: distribution(&c.Bytes),
		}
		if x.Distinct <= fewValues && c.Distinct.Level == 0 {
			x.Values = frequent(&c.Values, 8, 1).List
		}
		out = append(out, x)
	}
	return out
}

func statsGroups(g *stats.Groups) []StatsGroup {
	out := []StatsGroup{}
	for _, x := range g.List() {
		out = append(out, StatsGroup{x.Name, x.Total, distribution(&x.Words)})
	}
	return out
}

// frequent lists the names that occur in at least so many documents, a lower bound.
func frequent(t *tally.Top, n int, least int64) FrequentList {
	out := FrequentList{Error: t.Error, List: []Frequent{}}
	for _, r := range t.List(n) {
		if r.Documents >= least {
			out.List = append(out.List, Frequent{r.Name, r.Documents})
		}
	}
	return out
}

// JSON writes the data.
func (d *StatsData) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	if err := e.Encode(d); err != nil {
		return fmt.Errorf("writing statistics: %w", err)
	}
	return nil
}

// HTML writes the page.
func (d *StatsData) HTML(w io.Writer) error {
	f, err := newFrame(d.Name + " – winnow stats")
	if err != nil {
		return fmt.Errorf("drawing stats.html: %w", err)
	}
	return draw(w, "stats", func(much detail) any { return &statsPage{frame: f, StatsData: d, detail: much} })
}
