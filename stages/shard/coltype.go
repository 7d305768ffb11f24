package shard

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A coltype is a parsed column type.
type coltype struct {
	kind   string     // "string", …, "list", "map", "struct"
	unit   string     // of time and timestamp: ms, us, ns
	utc    bool       // of timestamp
	digits [2]int     // of decimal: precision, scale
	kids   []*coltype // of list: the element; of map: key and value; of struct: the members
	names  []string   // of the members
}

var scalarKinds = []string{
	"string", "json", "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
	"float", "double", "date", "uuid", "binary",
}

// String returns the spelling that parseType reads.
func (t *coltype) String() string {
	switch t.kind {
	case "time":
		return "time[" + t.unit + "]"
	case "timestamp":
		if t.utc {
			return "timestamp[" + t.unit + ",utc]"
		}
		return "timestamp[" + t.unit + "]"
	case "decimal":
		return fmt.Sprintf("decimal(%d,%d)", t.digits[0], t.digits[1])
	case "list":
		return "list<" + t.kids[0].String() + ">"
	case "map":
		return "map<" + t.kids[0].String() + "," + t.kids[1].String() + ">"
	case "struct":
		var b strings.Builder
		for i, k := range t.kids {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Quote(t.names[i]) + ":" + k.String())
		}
		return "struct<" + b.String() + ">"
	}
	return t.kind
}

// parseType reads the spelling of a type.
func parseType(s string) (*coltype, error) {
	p := typeParser{s: s}
	t, err := p.parse(0)
	if err == nil && p.i != len(s) {
		err = errors.New("something follows its end")
	}
	if err != nil {
		return nil, fmt.Errorf("column type %q, byte %d: %w; %s, time[us], timestamp[us], decimal(10,2), list<T>, map<T,T> and struct<\"name\":T> are allowed",
			s, p.i, err, strings.Join(scalarKinds, ", "))
	}
	return t, nil
}

type typeParser struct {
	s string
	i int
}

// take goes over a literal and says whether it stood there.
func (p *typeParser) take(lit string) bool {
	if strings.HasPrefix(p.s[p.i:], lit) {
		p.i += len(lit)
		return true
	}
	return false
}

func (p *typeParser) word() string {
	start := p.i
	for p.i < len(p.s) && (p.s[p.i] >= 'a' && p.s[p.i] <= 'z' || p.s[p.i] >= '0' && p.s[p.i] <= '9') {
		p.i++
	}
	return p.s[start:p.i]
}

func (p *typeParser) parse(depth int) (*coltype, error) {
	if depth > 32 {
		return nil, errors.New("nested deeper than 32")
	}
	t := &coltype{kind: p.word()}
	ok := true
	switch t.kind {
	case "time", "timestamp":
		ok = p.take("[")
		t.unit = p.word()
		ok = ok && (t.unit == "ms" || t.unit == "us" || t.unit == "ns")
		t.utc = t.kind == "timestamp" && p.take(",utc")
		ok = ok && p.take("]")
	case "decimal":
		ok = p.take("(") && p.number(&t.digits[0]) && p.take(",") && p.number(&t.digits[1]) && p.take(")") &&
			t.digits[0] >= 1 && t.digits[0] <= 38 && t.digits[1] <= t.digits[0]
	case "list", "map", "struct":
		return t, p.nested(t, depth)
	default:
		ok = slices.Contains(scalarKinds, t.kind)
	}
	if !ok {
		return nil, errors.New("no type is spelled so")
	}
	return t, nil
}

func (p *typeParser) number(n *int) bool {
	v, err := strconv.Atoi(p.word())
	*n = v
	return err == nil
}

// nested reads the types between < and >.
func (p *typeParser) nested(t *coltype, depth int) error {
	for sep := "<"; ; sep = "," {
		if !p.take(sep) {
			break
		}
		if t.kind == "struct" {
			q, err := strconv.QuotedPrefix(p.s[p.i:])
			if err != nil {
				return errors.New("a quoted name was expected")
			}
			name, err := strconv.Unquote(q)
			if p.i += len(q); err != nil || !p.take(":") {
				return errors.New("a colon was expected after a name")
			}
			t.names = append(t.names, name)
		}
		kid, err := p.parse(depth + 1)
		if err != nil {
			return err
		}
		t.kids = append(t.kids, kid)
	}
	want := map[string]int{"list": 1, "map": 2}[t.kind]
	if !p.take(">") || len(t.kids) == 0 || want > 0 && len(t.kids) != want {
		return fmt.Errorf("a %s has its types between < and >", t.kind)
	}
	return nil
}
