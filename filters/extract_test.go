package filters

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/extract"
	"github.com/winnow-data/winnow/stages/text"
)

const page = "<html><head><title>The title</title></head><body><nav><a href=/>Home</a></nav><article><p>A paragraph of some length, so that it counts as one.</p>" +
	"<p>And another one behind it, which is about as long as the first.</p></article><footer>Imprint</footer></body></html>"

const pageText = "A paragraph of some length, so that it counts as one.\nAnd another one behind it, which is about as long as the first."

func field(name, raw string) stages.Fields { return stages.Fields{{Name: name, Raw: []byte(raw)}} }

func TestExtract(t *testing.T) {
	html := field("content_type", `"text/html; charset=utf-8"`)
	for _, c := range []struct {
		name     string
		settings func(*Extract)
		in, want stages.Document
	}{
		{"by content type", nil, stages.Document{Text: page, Fields: html}, stages.Document{Text: pageText, Fields: html}},
		{"by first tag", nil, stages.Document{Text: page}, stages.Document{Text: pageText}},
		{"no text", nil, stages.Document{Text: "<html><script>x</script>"}, stages.Document{}},
		{"empty page", nil, stages.Document{Fields: html}, stages.Document{Fields: html}},
		{"plain text", nil, stages.Document{Text: "a < b & c"}, stages.Document{Text: "a < b & c"}},
		{
			"another content type", nil,
			stages.Document{Text: page, Fields: field("content_type", `"text/plain"`)},
			stages.Document{Text: page, Fields: field("content_type", `"text/plain"`)},
		},
		{"fragment", nil, stages.Document{Text: "<p>a</p>"}, stages.Document{Text: "<p>a</p>"}},
		{"fragment, always", func(e *Extract) { e.Always = true }, stages.Document{Text: "<p>a</p><p>b</p>"}, stages.Document{Text: "a\nb"}},
		{"title", func(e *Extract) { e.Title = true }, stages.Document{Text: page}, stages.Document{Text: pageText, Fields: field("title", `"The title"`)}},
		{
			"title that is there", func(e *Extract) { e.Title = true },
			stages.Document{Text: page, Fields: field("title", `"mine"`)},
			stages.Document{Text: pageText, Fields: field("title", `"mine"`)},
		},
		{
			"conversation", func(e *Extract) { e.Always = true },
			stages.Document{Turns: []stages.Turn{{Role: "user", Content: page}}},
			stages.Document{Turns: []stages.Turn{{Role: "user", Content: page}}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := extractDefaults
			e.MaxTime = time.Minute
			if c.settings != nil {
				c.settings(&e)
			}
			if err := e.Validate(); err != nil {
				t.Fatal(err)
			}
			d := c.in
			if v, err := e.Map(&d, &text.View{}); err != nil || v != (stages.Verdict{}) {
				t.Errorf("verdict %v, error %v", v, err)
			}
			if !reflect.DeepEqual(d, c.want) {
				t.Errorf("got %+v, want %+v", d, c.want)
			}
		})
	}
}

func TestExtractFails(t *testing.T) {
	e := extractDefaults
	e.MaxSize = 100
	d := stages.Document{Text: page}
	if _, err := e.Map(&d, &text.View{}); !errors.Is(err, extract.ErrSize) || d.Text != page {
		t.Errorf("error %v, want %v and the text as it was", err, extract.ErrSize)
	}
	for _, c := range []struct {
		set  func(*Extract)
		want string
	}{
		{func(e *Extract) { e.Mode = "best" }, "quality, fast"},
		{func(e *Extract) { e.MaxSize = 0 }, "max_size"},
		{func(e *Extract) { e.MaxTime = -1 }, "max_time"},
	} {
		e := extractDefaults
		c.set(&e)
		if err := e.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

func TestBeginsPage(t *testing.T) {
	for s, want := range map[string]bool{
		"": false, "<": false, "<html": false, "<html>": true, "\uFEFF \n<!DOCTYPE HTML PUBLIC": true, "<HEAD >": true, "<body\nclass=x>": true, "<header>": false,
		"<!-- a --><!-- b --><html lang=de>": true, "<!-- a": false, `<?xml version="1.0"?><!doctype html>`: true, `<?xml version="1.0"?><rss>`: false,
		"<!doctype htmlx>": false, "x<html>": false, "<p>": false,
	} {
		if got := beginsPage(s); got != want {
			t.Errorf("beginsPage(%q) = %v, want %v", s, got, want)
		}
	}
}
