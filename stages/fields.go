package stages

import (
	"encoding/json"
	"strconv"

	"github.com/winnow-data/winnow/stages/jsontext"
)

// Fields are the fields of a document that have no place of their own, in input order. Raw JSON is kept byte for byte:
// number spelling, key order and escapes of a field that nobody touches survive a run.
type Fields []Field

// A Field is a name and its value as raw JSON. Raw is never modified in place.
type Field struct {
	Name string
	Raw  []byte
}

// Raw returns the raw JSON of the named field.
func (f Fields) Raw(name string) ([]byte, bool) {
	for i := range f {
		if f[i].Name == name {
			return f[i].Raw, true
		}
	}
	return nil, false
}

// SetRaw replaces the named field, or appends it. raw must be valid JSON and is not copied.
func (f *Fields) SetRaw(name string, raw []byte) {
	for i := range *f {
		if (*f)[i].Name == name {
			(*f)[i].Raw = raw
			return
		}
	}
	*f = append(*f, Field{name, raw})
}

// Remove deletes the named field.
func (f *Fields) Remove(name string) {
	for i := range *f {
		if (*f)[i].Name == name {
			*f = append((*f)[:i:i], (*f)[i+1:]...)
			return
		}
	}
}

// Text returns a string field decoded, and a number, true, false or null as it is spelled. ok is false for a missing field, an
// object or an array.
func (f Fields) Text(name string) (string, bool) {
	raw, ok := f.Raw(name)
	if !ok || len(raw) == 0 {
		return "", false
	}
	switch raw[0] {
	case '"':
		if s, ok := jsontext.Unquote(raw); ok {
			return s, true
		}
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err == nil
	case '{', '[':
		return "", false
	}
	return string(raw), true
}

// Number returns a numeric field.
func (f Fields) Number(name string) (float64, bool) {
	raw, ok := f.Raw(name)
	if !ok {
		return 0, false
	}
	x, err := strconv.ParseFloat(string(raw), 64)
	return x, err == nil
}

// SetText sets a string field.
func (f *Fields) SetText(name, s string) {
	f.SetRaw(name, jsontext.AppendHTML(make([]byte, 0, len(s)+2), s)) // invalid UTF-8 becomes U+FFFD
}

// SetNumber sets a numeric field in the shortest spelling that reads back to x. NaN and infinities, which JSON has no
// spelling for, become null.
func (f *Fields) SetNumber(name string, x float64) {
	if x-x != 0 {
		f.SetRaw(name, []byte("null"))
		return
	}
	f.SetRaw(name, strconv.AppendFloat(nil, x, 'g', -1, 64))
}

// Field returns the value of a field by the name users write in recipes: id, source, kind and text mean the document's own, every
// other name a field. It serves `by:`, `within:` and `only:`.
func (d *Document) Field(name string) (string, bool) {
	switch name {
	case "id":
		return d.ID, true
	case "source":
		return d.Source, true
	case "kind":
		return d.Kind, true
	case "text":
		return d.Body(), true
	}
	return d.Fields.Text(name)
}
