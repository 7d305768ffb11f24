package filters

import (
	"fmt"
	"strings"
	"time"

	"github.com/winnow-data/winnow/filters/internal/phrase"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/extract"
	"github.com/winnow-data/winnow/stages/text"
)

// Extract puts the main text of an HTML page in place of the page: the article without menus, footers and comments, one line for each
// paragraph, heading, list item and table row. It drops nothing; where no text is found the text is empty, and the run drops it by rule
// empty.
//
// A document is a page if its field content_type, which the WARC reader writes, names HTML or XHTML, or, where there is no such field, if
// its text begins as a page does (<!doctype html>, <html>, <head>, <body>). All others pass untouched, conversations too.
//
// Pages are hostile: one that is larger than max_size, has more than 100,000 elements or 4 MiB of text, or is nested too deeply is quarantined.
//
//	extract: {mode: fast, title: true}
type Extract struct {
	Mode    extract.Mode  `allowed:"quality,fast"` // quality asks a second extractor about pages of which little was found; fast does not
	MaxSize stages.Bytes  // size of a page
	MaxTime time.Duration // CPU time for a page, behind the limits on its structure; 0: none
	Title   bool          // write the title of the page to the field title, unless the document has one
	Always  bool          // take every text for HTML, fragments such as <p>…</p> too
}

var extractDefaults = Extract{Mode: extract.Quality, MaxSize: 10 << 20, MaxTime: 5 * time.Second}

// Validate implements [stages.Validator].
func (e *Extract) Validate() error {
	switch {
	case e.Mode != extract.Quality && e.Mode != extract.Fast:
		return fmt.Errorf("mode is %q: allowed are %s, %s", e.Mode, extract.Quality, extract.Fast)
	case e.MaxSize <= 0:
		return fmt.Errorf("max_size is %d: must be positive", e.MaxSize)
	case e.MaxTime < 0:
		return fmt.Errorf("max_time is %v: must not be negative", e.MaxTime)
	}
	return nil
}

// Writes implements [stages.Writer].
func (e *Extract) Writes() []string {
	if e.Title {
		return []string{"title"}
	}
	return nil
}

// Map implements [stages.Mapper].
func (e *Extract) Map(d *stages.Document, _ *text.View) (stages.Verdict, error) {
	if d.Turns != nil || !e.Always && !isPage(d) {
		return stages.Verdict{}, nil
	}
	page, err := extract.Page(d.Text, extract.Options{Mode: e.Mode, MaxSize: int64(e.MaxSize), MaxTime: e.MaxTime})
	if err != nil {
		return stages.Verdict{}, err
	}
	d.Text = page.Text
	if _, ok := d.Fields.Raw("title"); e.Title && !ok && page.Title != "" {
		d.Fields.SetText("title", page.Title)
	}
	return stages.Verdict{}, nil
}

// isPage says whether the text of d is an HTML page.
func isPage(d *stages.Document) bool {
	if kind, ok := d.Fields.Text("content_type"); ok && kind != "" && kind != "null" {
		kind, _, _ = strings.Cut(kind, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "text/html", "application/xhtml+xml":
			return true
		}
		return false
	}
	return beginsPage(d.Text)
}

// beginsPage looks for the first tag of a page behind a byte order mark, white space, comments and an XML declaration.
func beginsPage(s string) bool {
	s = strings.TrimPrefix(s, "\uFEFF")
	for {
		s = strings.TrimLeft(s, " \t\r\n\f")
		end := ""
		switch {
		case strings.HasPrefix(s, "<!--"):
			end = "-->"
		case phrase.HasPrefixFold(s, "<?xml"):
			end = "?>"
		default:
			for _, tag := range []string{"<!doctype html", "<html", "<head", "<body"} {
				if phrase.HasPrefixFold(s, tag) && len(s) > len(tag) && strings.IndexByte(" \t\r\n\f>/", s[len(tag)]) >= 0 {
					return true
				}
			}
			return false
		}
		_, rest, ok := strings.Cut(s, end)
		if !ok {
			return false
		}
		s = rest
	}
}
