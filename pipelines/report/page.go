package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

//go:embed page/*.html page/style.css
var pageFiles embed.FS

// maxPage is the largest size of a page in bytes.
const maxPage = 2_000_000

// A detail says how much of everything a page shows. A page that comes out too large is drawn again with less.
type detail struct {
	rows       int // of a table, the rest is folded away
	folded     int // of what is folded away
	histograms int
	reasons    int
	examples   int // for each reason
	characters int // of a recipe and of an example
}

var details = []detail{
	{rows: 15, folded: 150, histograms: 120, reasons: 200, examples: 5, characters: 60_000},
	{rows: 12, folded: 60, histograms: 60, reasons: 100, examples: 3, characters: 20_000},
	{rows: 10, folded: 10, histograms: 24, reasons: 40, examples: 1, characters: 4_000},
	{rows: 4, folded: 0, histograms: 8, reasons: 12, examples: 1, characters: 1_000},
}

var templates = sync.OnceValues(func() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"about": about, "bytesize": size, "brief": brief, "chance": chance, "count": count, "duration": duration, "int64": func(n int) int64 { return int64(n) }, "len64": length,
		"measure": measure, "name": name, "percent": percent, "plain": label, "plural": plural, "share": share, "short": short, "sign": sign,
	}).ParseFS(pageFiles, "page/*.html")
})

// A frame is what every page has.
type frame struct {
	Title  string
	CSS    template.CSS
	Policy string // content security policy
}

func newFrame(title string) (frame, error) {
	css, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		return frame{}, err
	}
	// The hash is that of the element's whole content.
	sum := sha256.Sum256(css)
	return frame{
		Title: title,
		CSS:   template.CSS(css), // our own file
		Policy: "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'sha256-" +
			base64.StdEncoding.EncodeToString(sum[:]) + "'",
	}, nil
}

// HTML writes report.html.
func (d *Data) HTML(w io.Writer) error {
	f, err := newFrame(d.Run.Name + " – winnow report")
	if err != nil {
		return fmt.Errorf("drawing report.html: %w", err)
	}
	return draw(w, "report", func(much detail) any { return &page{frame: f, Data: d, detail: much} })
}

// draw executes a template with less and less detail until the page is small enough.
func draw(w io.Writer, name string, view func(detail) any) error {
	t, err := templates()
	if err != nil {
		return fmt.Errorf("drawing %s.html: %w", name, err)
	}
	var b bytes.Buffer
	for _, much := range details {
		b.Reset()
		if err := t.ExecuteTemplate(&b, name, view(much)); err != nil {
			return fmt.Errorf("drawing %s.html: %w", name, err)
		}
		if b.Len() <= maxPage {
			break
		}
	}
	if b.Len() > maxPage {
		return fmt.Errorf("drawing %s.html: %d bytes, at most %d", name, b.Len(), maxPage)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// A page is what the template of a run's report sees.
type page struct {
	frame
	*Data
	detail detail
}

// Verdict is the gravest level.
func (p *page) Verdict() Level {
	if len(p.Alerts) == 0 {
		return Green
	}
	if l := p.Alerts[0].Level; l != Note {
		return l
	}
	return Green
}

// VerdictText says the same in words.
func (p *page) VerdictText() string {
	switch p.Verdict() {
	case Red:
		return "likely wrong: see the alerts"
	case Amber:
		return "look before use"
	}
	return "in order"
}

// All is the number of documents that had to go somewhere.
func (p *page) All() int64 { return p.Totals.Read.Documents + p.Totals.Made.Documents }

// Recipe is the recipe, clipped if it is very long.
func (p *page) Recipe() string {
	s := p.Run.Recipe
	if len(s) > p.detail.characters {
		s = s[:p.detail.characters] + "\n# … the rest lies in recipe.yaml"
	}
	return plain(s)
}

// Reproduce lists seeds, platform and the like.
func (p *page) Reproduce() [][2]string {
	r := p.Run
	out := [][2]string{{"winnow", r.Winnow}, {"platform", r.Platform}, {"seed", fmt.Sprint(r.Seed)}, {"plan", r.Key}}
	if r.Command != "" {
		out = append([][2]string{{"command", r.Command}}, out...)
	}
	if r.Began != "" {
		out = append(out, [2]string{"began", r.Began})
	}
	if r.Workers > 0 {
		out = append(out, [2]string{"workers", count(int64(r.Workers))})
	}
	if len(r.Retries) > 0 {
		var kinds []string
		for _, kind := range slices.Sorted(maps.Keys(r.Retries)) {
			kinds = append(kinds, fmt.Sprintf("%d %s", r.Retries[kind], kind))
		}
		out = append(out, [2]string{"requests to stores made again", strings.Join(kinds, ", ")})
	}
	if r.MemoryLimit > 0 {
		out = append(out, [2]string{"memory limit", size(r.MemoryLimit)})
	}
	for i := range out {
		out[i][1] = plain(out[i][1][:min(len(out[i][1]), p.detail.characters)])
	}
	return out
}

// Files cuts a list of files: what is shown at once, what is folded away, and the number of those left out.
type Files struct {
	Shown, Folded []File
	Left          int
	Total         int64
}

func (p *page) files(list []File) Files {
	shown, folded, left := cut(list, p.detail)
	f := Files{Shown: shown, Folded: folded, Left: left}
	for _, x := range list {
		f.Total += x.Bytes
	}
	return f
}

// VersionList is the versions of the first stages.
func (p *page) VersionList() []Version {
	return p.Run.Versions[:min(len(p.Run.Versions), 4*p.detail.rows)]
}

// LicenceList is the largest licences.
func (p *page) LicenceList() []Licence { return p.Licences[:min(len(p.Licences), 2*p.detail.rows)] }

// ChecksumFiles are the files that the recipe names.
func (p *page) ChecksumFiles() Files { return p.files(p.Run.Checksums) }

// InputFiles are the files that were read.
func (p *page) InputFiles() Files { return p.files(p.Run.Inputs) }

// OutputFiles are the files that were written.
func (p *page) OutputFiles() Files { return p.files(p.Run.Outputs) }

// cut divides a list into what is shown, what is folded away and how many are left out.
func cut[T any](list []T, much detail) (shown, folded []T, left int) {
	if len(list) <= much.rows+3 {
		return list, nil, 0
	}
	shown, rest := list[:much.rows], list[much.rows:]
	folded = rest[:min(len(rest), much.folded)]
	return shown, folded, len(rest) - len(folded)
}

// length is the length of any slice.
func length(list any) int64 { return int64(reflect.ValueOf(list).Len()) }

// chance writes a number of documents that is seldom as large as one.
func chance(x float64) string {
	if x > 0 && x < 0.01 {
		return "fewer than 0.01"
	}
	return about(x)
}

// brief is the beginning of a checksum.
func brief(sum string) string { return sum[:min(len(sum), 12)] }

// sign is a level as a form, for those who see no colours.
func sign(l Level) string {
	switch l {
	case Red:
		return "✕"
	case Amber:
		return "▲"
	case Note:
		return "•"
	}
	return "✓"
}

// Account is the sums of the run, its stages and its largest sources.
func (p *page) Account() []Sum { return p.Sums[:min(len(p.Sums), 8*p.detail.rows)] }

// An unjudgedRow is a rule that did not apply to documents of a language.
type unjudgedRow struct {
	Stage string
	Unjudged
}

// UnjudgedRows lists the rules that did not apply to some documents.
func (p *page) UnjudgedRows() []unjudgedRow {
	var out []unjudgedRow
	for _, s := range p.Stages {
		for _, u := range s.Unjudged {
			out = append(out, unjudgedRow{label(s.Label), u})
		}
	}
	slices.SortStableFunc(out, func(a, b unjudgedRow) int { return cmp.Compare(b.Documents, a.Documents) })
	return out[:min(len(out), 2*p.detail.rows)]
}
