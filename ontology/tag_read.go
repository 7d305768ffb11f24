package ontology

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/winnow-data/winnow/ontology/internal/lenient"
)

// What a tag may be.
const (
	maxTags     = 24 // of one turn; what comes behind is left out
	maxTagChars = 80
	maxTagWords = 8
	maxReply    = 64 << 10 // bytes of a reply that are read
)

var (
	errNoJSON = errors.New("it holds no JSON list of tags")
	errNoTags = errors.New("its list holds no usable tag")
)

// readTags finds the tags in a reply. fence is the name of the request's marker lines, which no tag may hold.
func readTags(reply, fence string) ([]string, error) {
	if _, after, ok := strings.Cut(reply, "</think>"); ok {
		reply = after
	}
	reply = reply[:min(len(reply), maxReply)]
	found := false
	var tags []string
	for at, tries := 0, 0; at < len(reply) && tries < 32; tries++ {
		next := strings.IndexAny(reply[at:], "[{")
		if next < 0 {
			break
		}
		v, n, ok := lenient.Parse(reply[at+next:])
		if !ok {
			at += next + 1
			continue
		}
		at += next + n
		list, is := tagsIn(v)
		found = found || is
		for _, t := range list {
			if t, ok := cleanTag(t, fence); ok && !contains(tags, t) && len(tags) < maxTags {
				tags = append(tags, t)
			}
		}
		if len(tags) > 0 && v.Kind == lenient.List {
			break // objects may follow each other, lists do not
		}
	}
	switch {
	case len(tags) > 0:
		return tags, nil
	case found:
		return nil, errNoTags
	}
	return nil, errNoJSON
}

func contains(tags []string, t string) bool {
	for _, x := range tags {
		if strings.EqualFold(x, t) {
			return true
		}
	}
	return false
}

// tagsIn lists the tags in a value: a list of strings or of objects with a tag, an object with such a list, or one with a tag. is says
// whether the value has such a form at all.
func tagsIn(v lenient.Value) (tags []string, is bool) {
	switch v.Kind {
	case lenient.List:
		for _, e := range v.List {
			switch e.Kind {
			case lenient.String:
				tags = append(tags, e.Text)
			case lenient.Object:
				for _, m := range e.Members {
					if named(m.Name, "tag", "name", "label", "intention") && m.Value.Kind == lenient.String {
						tags = append(tags, m.Value.Text)
						break
					}
				}
			}
		}
		return tags, true
	case lenient.Object:
		for _, m := range v.Members {
			switch {
			case named(m.Name, "tags", "intentions") && m.Value.Kind == lenient.List:
				list, _ := tagsIn(m.Value)
				tags, is = append(tags, list...), true
			case named(m.Name, "tag") && m.Value.Kind == lenient.String:
				tags, is = append(tags, m.Value.Text), true
			}
		}
	}
	return tags, is
}

func named(s string, names ...string) bool {
	for _, n := range names {
		if strings.EqualFold(strings.TrimSpace(s), n) {
			return true
		}
	}
	return false
}

// formal are the words of the form itself: a model that copies them has named no intention.
var formal = []string{"tag", "tags", "explanation", "instruction", "intention", "intentions"}

// cleanTag puts a tag into NFC, with single spaces and without quotes and end marks around. ok is false for one that no person would call a tag, for
// words of the form and for pieces of the marker.
func cleanTag(s, fence string) (tag string, ok bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	s = strings.TrimSpace(strings.TrimRight(strings.Trim(s, "\"'`*_ "), ".,;:"))
	if n := utf8.RuneCountInString(s); n == 0 || n > maxTagChars || strings.Count(s, " ") >= maxTagWords || named(s, formal...) {
		return "", false
	}
	word := false
	for _, r := range s {
		if !unicode.IsPrint(r) || r == '<' || r == '>' || r == '{' || r == '}' {
			return "", false
		}
		word = word || unicode.IsLetter(r)
	}
	return s, word && !holdsPiece(strings.ToLower(s), fence)
}

// holdsPiece says whether s holds six letters of the marker in a row.
func holdsPiece(s, fence string) bool {
	const piece = 6
	for i := 0; i+piece <= len(fence); i++ {
		if strings.Contains(s, fence[i:i+piece]) {
			return true
		}
	}
	return false
}
