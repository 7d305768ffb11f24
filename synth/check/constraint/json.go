package constraint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/winnow-data/winnow/stages"
)

// unfenced takes one fence of ```json off an answer, as the reference does.
func (t *Text) unfenced() string {
	s := t.trimmed()
	for _, fence := range []string{"```json", "```Json", "```JSON", "```"} {
		s = strings.TrimPrefix(s, fence)
	}
	return strings.TrimFunc(strings.TrimSuffix(s, "```"), isSpace)
}

func jsonFormat(*args) (string, func(*Text) found) {
	return "JSON", func(t *Text) found {
		if at, what := scanJSON(t.unfenced()); what != "" {
			return noted(false, fmt.Sprintf("%s at byte %d", what, at))
		}
		return is(true)
	}
}

// jsonSchema wants JSON that a schema allows.
func jsonSchema(a *args) (string, func(*Text) found) {
	schema, err := compileSchema(a)
	if err != nil {
		a.fail("argument \"schema\": %w", err)
	}
	return "JSON by the schema", func(t *Text) found {
		s := t.unfenced()
		if at, what := scanJSON(s); what != "" {
			return noted(false, fmt.Sprintf("%s at byte %d", what, at))
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(s))
		if err != nil { // valid to Python, but NaN, or nested beyond all measure
			return found{result: stages.Unknown, note: fmt.Sprintf("read the answer: %v", err)}
		}
		if n := beyond(v); n != "" {
			return found{result: stages.Unknown, note: fmt.Sprintf("read the answer: the number %.40s is beyond all measure", n)}
		}
		if err := schema.Validate(v); err != nil {
			why, endless := firstCause(err)
			if endless {
				return found{result: stages.Unknown, note: "the schema refers to itself for ever: " + why}
			}
			return noted(false, why)
		}
		return is(true)
	}
}

// maxExponent is the greatest power of ten, up or down, that a schema's bounds are compared with.
const maxExponent = 1000

// beyond returns a number of v whose exponent is greater than maxExponent: as a rational it would have as many digits. "" where there is none.
func beyond(v any) string {
	switch v := v.(type) {
	case json.Number:
		if k := strings.LastIndexAny(string(v), "eE"); k >= 0 {
			if e, err := strconv.Atoi(string(v[k+1:])); err != nil || e > maxExponent || e < -maxExponent {
				return string(v)
			}
		}
	case []any:
		for _, x := range v {
			if n := beyond(x); n != "" {
				return n
			}
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if n := beyond(v[k]); n != "" {
				return n
			}
		}
	}
	return ""
}

// closed is the loader of a schema's references: nothing outside of it is read.
type closed struct{}

func (closed) Load(url string) (any, error) {
	return nil, fmt.Errorf("reference to %s: schemas must stand on their own", url)
}

func compileSchema(a *args) (*jsonschema.Schema, error) {
	raw := a.values["schema"]
	if len(raw) == 0 {
		return nil, errors.New("it is missing")
	}
	if raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
		raw = json.RawMessage(s)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(closed{})
	if err := c.AddResource(schemaURL, doc); err != nil {
		return nil, err
	}
	return c.Compile(schemaURL)
}

// schemaURL is what messages call the schema. A name without a scheme would become a path of the working folder.
const schemaURL = "winnow:///schema.json"

// firstCause is the first of the reasons for which a schema does not allow an answer. endless says that it lies in the schema: validation would not end.
func firstCause(err error) (why string, endless bool) {
	var v *jsonschema.ValidationError
	if !errors.As(err, &v) {
		return err.Error(), false
	}
	for len(v.Causes) > 0 {
		v = v.Causes[0]
	}
	_, endless = v.ErrorKind.(*kind.RefCycle)
	s := v.Error()
	if i := strings.LastIndex(s, "\n- "); i >= 0 {
		s = s[i+3:]
	}
	s = strings.ToValidUTF8(s[:min(len(s), 200)], "")
	return strings.ReplaceAll(s, "\n", " "), endless
}

// maxDigits is the longest integer that Python reads.
const maxDigits = 4300

// scanJSON reads JSON as Python's json.loads does, which takes NaN, Infinity, -Infinity and repeated keys. It returns where and what is wrong; "" for nothing. It
// keeps a bit for each level of nesting, so that no depth is too much.
func scanJSON(s string) (at int, what string) {
	if strings.HasPrefix(s, "\ufeff") {
		return 0, "a byte order mark"
	}
	j := jsonScan{s: s}
	j.space()
	for {
		closed, what := j.value()
		if what != "" {
			return j.at, what
		}
		for closed {
			if len(j.open) == 0 {
				if j.space(); j.at < len(s) {
					return j.at, "more behind the value"
				}
				return 0, ""
			}
			if closed, what = j.after(); what != "" {
				return j.at, what
			}
		}
	}
}

type jsonScan struct {
	s    string
	at   int
	open []byte // brackets, outermost first
}

func (j *jsonScan) space() {
	for j.at < len(j.s) && strings.IndexByte(" \t\n\r", j.s[j.at]) >= 0 {
		j.at++
	}
}

func (j *jsonScan) peek() byte {
	if j.at < len(j.s) {
		return j.s[j.at]
	}
	return 0
}

// value reads a value, or the beginning of one that holds others; then it is not closed.
func (j *jsonScan) value() (closed bool, what string) {
	switch c := j.peek(); c {
	case '"':
		return true, j.text()
	case '{':
		j.at++
		if j.space(); j.peek() == '}' {
			j.at++
			return true, ""
		}
		j.open = append(j.open, '}')
		return false, j.key()
	case '[':
		j.at++
		if j.space(); j.peek() == ']' {
			j.at++
			return true, ""
		}
		j.open = append(j.open, ']')
		return false, ""
	}
	for _, word := range []string{"null", "true", "false", "NaN", "Infinity", "-Infinity"} {
		if strings.HasPrefix(j.s[j.at:], word) {
			j.at += len(word)
			return true, ""
		}
	}
	return true, j.number()
}

// after reads what follows a value inside of another, up to the next value or the end of the outer one.
func (j *jsonScan) after() (closed bool, what string) {
	j.space()
	end := j.open[len(j.open)-1]
	switch j.peek() {
	case end:
		j.at++
		j.open = j.open[:len(j.open)-1]
		return true, ""
	case ',':
		j.at++
		if j.space(); end == '}' {
			return false, j.key()
		}
		return false, ""
	}
	return false, "neither a comma nor " + string(end)
}

func (j *jsonScan) key() string {
	if j.peek() != '"' {
		return "no key in double quotes"
	}
	if what := j.text(); what != "" {
		return what
	}
	if j.space(); j.peek() != ':' {
		return "no colon behind a key"
	}
	j.at++
	j.space()
	return ""
}

func (j *jsonScan) text() string {
	for j.at++; j.at < len(j.s); j.at++ {
		switch c := j.s[j.at]; {
		case c == '"':
			j.at++
			return ""
		case c < ' ':
			return "a control character in a string"
		case c == '\\':
			j.at++
			switch e := j.peek(); {
			case e == 'u':
				for range 4 {
					if j.at++; !isHex(j.peek()) {
						return "an unfinished \\u in a string"
					}
				}
			case e == 0 || strings.IndexByte(`"\/bfnrt`, e) < 0:
				return "an unknown escape in a string"
			}
		}
	}
	return "an unfinished string"
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

func (j *jsonScan) digits() int {
	from := j.at
	for c := j.peek(); c >= '0' && c <= '9'; c = j.peek() {
		j.at++
	}
	return j.at - from
}

func (j *jsonScan) number() string {
	from := j.at
	if j.peek() == '-' {
		j.at++
	}
	n := 1
	if j.peek() == '0' {
		j.at++
	} else if n = j.digits(); n == 0 {
		j.at = from
		return "no value"
	}
	whole := true
	if j.peek() == '.' {
		mark := j.at
		j.at++
		if j.digits() == 0 {
			j.at = mark
			return ""
		}
		whole = false
	}
	if c := j.peek(); c == 'e' || c == 'E' {
		mark := j.at
		j.at++
		if c := j.peek(); c == '+' || c == '-' {
			j.at++
		}
		if j.digits() == 0 {
			j.at = mark
		} else {
			whole = false
		}
	}
	if whole && n > maxDigits {
		return "an integer of more than 4,300 digits"
	}
	return ""
}
