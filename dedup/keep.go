package dedup

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// Keep says which of several documents that are one survives: `first`, `longest`, `{newest: FIELD}` or `{best: FIELD}`.
//
// The choice follows from what the documents hold, never from where they lie, so that other shards, tasks or workers leave the same
// rows. first is the least id, runs of digits compared as numbers (part-2 before part-10). longest has most characters. best has the
// greatest number in FIELD. newest has the latest time there: RFC 3339, a date, a year, a number, or a Common Crawl name
// (CC-MAIN-2024-10). A document without a readable FIELD ranks last. Ties are broken by the hash of the text, then of the whole record.
type Keep struct {
	Policy string // first, longest, newest or best
	Field  string // of newest and best
}

var keepForms = []string{"first", "longest", "{newest: FIELD}", "{best: FIELD}"}

// UnmarshalSetting implements settings.Unmarshaler.
func (k *Keep) UnmarshalSetting(n *settings.Node) error {
	if n.Kind == settings.Map && len(n.Pairs) == 1 {
		p := n.Pairs[0]
		if p.Value.Kind == settings.Scalar {
			*k = Keep{Policy: p.Key.Text, Field: p.Value.Text}
			return k.Validate()
		}
	}
	if n.Kind != settings.Scalar {
		return fmt.Errorf("%s: a policy is one of %s", n.Is(), strings.Join(keepForms, ", "))
	}
	policy, field, _ := strings.Cut(n.Text, ":") // `--set dedup_minhash.keep=newest:date`
	*k = Keep{Policy: policy, Field: strings.TrimSpace(field)}
	return k.Validate()
}

// DescribeSetting implements settings.Describer.
func (k *Keep) DescribeSetting() settings.Description {
	field := func(name string) map[string]any {
		return map[string]any{
			"type": "object", "additionalProperties": false, "required": []string{name},
			"properties": map[string]any{name: map[string]any{"type": "string"}},
		}
	}
	return settings.Description{
		Type: "who survives", Allowed: keepForms,
		Schema: map[string]any{"anyOf": []any{map[string]any{"enum": []string{"first", "longest"}}, field("newest"), field("best")}},
	}
}

// String returns the policy as it is written in a recipe.
func (k Keep) String() string {
	if k.Field == "" {
		return k.Policy
	}
	return "{" + k.Policy + ": " + k.Field + "}"
}

// Validate says whether the policy exists and has a field where it needs one.
func (k Keep) Validate() error {
	switch k.Policy {
	case "first", "longest":
		if k.Field != "" {
			return fmt.Errorf("keep: %s takes no field", k.Policy)
		}
		return nil
	case "newest", "best":
		if k.Field == "" {
			return fmt.Errorf("keep: %s needs the field to compare: {%s: FIELD}", k.Policy, k.Policy)
		}
		return nil
	}
	return fmt.Errorf("keep: %q is not one of %s", k.Policy, strings.Join(keepForms, ", "))
}

// width returns the bytes of a key.
func (k Keep) width() int {
	if k.Policy == "first" {
		return firstWidth
	}
	return 8
}

// firstWidth is how much of an id decides `first` where keys have a fixed width; ids that are alike so far are ordered by hash.
const firstWidth = 128

// key appends the rank of a document, less is better, as width bytes. ok is false where the document has no readable field.
func (k Keep) key(dst []byte, d *stages.Document, body string) (key []byte, ok bool) {
	switch k.Policy {
	case "first":
		natural := naturalKey(make([]byte, 0, firstWidth), d.ID)
		end := len(dst) + firstWidth
		dst = append(dst, natural[:min(len(natural), firstWidth)]...)
		for len(dst) < end {
			dst = append(dst, 0)
		}
		return dst, true
	case "longest":
		return binary.BigEndian.AppendUint64(dst, ^uint64(utf8.RuneCountInString(body))), true
	}
	x := math.NaN()
	if s, has := d.Field(k.Field); has {
		if k.Policy == "newest" {
			x = instant(s)
		} else if f, err := strconv.ParseFloat(s, 64); err == nil {
			x = f
		}
	}
	if math.IsNaN(x) {
		return binary.BigEndian.AppendUint64(dst, math.MaxUint64), false
	}
	return binary.BigEndian.AppendUint64(dst, ^ordered(x)), true
}

// ordered maps a number to bits that compare as the numbers do.
func ordered(x float64) uint64 {
	b := math.Float64bits(x + 0) // -0 becomes 0
	if b>>63 == 1 {
		return ^b
	}
	return b | 1<<63
}

var timeForms = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02", "2006/01/02",
	"2006-01", "2006", time.RFC1123, time.RFC1123Z,
}

// instant returns a time in seconds since 1970, NaN if s is none. Numbers other than years stand for themselves.
func instant(s string) float64 {
	s = strings.TrimSpace(s)
	if week, ok := strings.CutPrefix(s, "CC-MAIN-"); ok && len(week) >= 7 && week[4] == '-' {
		year, err1 := strconv.Atoi(week[:4])
		w, err2 := strconv.Atoi(week[5:7])
		if err1 == nil && err2 == nil {
			return float64(time.Date(year, 1, 1+7*w, 0, 0, 0, 0, time.UTC).Unix())
		}
	}
	for _, form := range timeForms {
		if t, err := time.Parse(form, s); err == nil {
			return float64(t.Unix()) + float64(t.Nanosecond())/1e9
		}
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// naturalKey appends bytes that compare as ids do for a reader: runs of digits as numbers, all else byte by byte. Numbers that
// differ in leading zeros alone are alike.
func naturalKey(dst []byte, id string) []byte {
	for i := 0; i < len(id); {
		if id[i] < '0' || id[i] > '9' {
			dst = append(dst, id[i])
			i++
			continue
		}
		for i < len(id) && id[i] == '0' {
			i++
		}
		start := i
		for i < len(id) && id[i] >= '0' && id[i] <= '9' {
			i++
		}
		n := i - start
		dst = append(dst, '0') // keeps the place of digits among other characters
		for ; n >= 255; n -= 255 {
			dst = append(dst, 255)
		}
		dst = append(dst, byte(n))
		dst = append(dst, id[start:i]...)
	}
	return dst
}
