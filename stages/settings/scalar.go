package settings

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// scalar decodes one value. The error says what stands there and what is wanted.
func (d *decoder) scalar(n *Node, v reflect.Value, where, allowed string) {
	want := kindOf(v.Type()).words
	if n.Kind != Scalar || n.Quoted && v.Kind() != reflect.String && !named(v.Type()) {
		d.wrong(n, where, want, nil)
		return
	}
	switch v.Type() {
	case countType:
		d.whole(n, v, where, allowed, want, ParseCount)
		return
	case bytesType:
		d.whole(n, v, where, allowed, want, ParseBytes)
		return
	case timeType:
		d.whole(n, v, where, "", want, func(s string) (int64, error) {
			t, err := ParseTime(s)
			return int64(t), err
		})
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		b, ok := boolean(n.Text)
		if !ok {
			d.wrong(n, where, want, nil)
			return
		}
		v.SetBool(b)
	case reflect.String:
		d.text(n, v, where, allowed)
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Int16, reflect.Int8:
		d.whole(n, v, where, allowed, want, func(s string) (int64, error) { return parseInt(s, v.Type().Bits()) })
	case reflect.Float64, reflect.Float32:
		parse := parseNumber
		if v.Type() == shareType {
			parse = ParseShare
		}
		x, err := parse(n.Text)
		if err != nil {
			d.wrong(n, where, want, err)
			return
		}
		if d.inside(n, x, where, allowed) {
			v.SetFloat(x)
		}
	default:
		panic(fmt.Sprintf("settings: %s cannot be a setting", v.Type()))
	}
}

// named kinds have units, so that quotes around them change nothing.
func named(t reflect.Type) bool {
	return t == countType || t == bytesType || t == shareType || t == timeType
}

func (d *decoder) whole(n *Node, v reflect.Value, where, allowed, want string, parse func(string) (int64, error)) {
	x, err := parse(n.Text)
	if err != nil {
		d.wrong(n, where, want, err)
		return
	}
	if d.inside(n, float64(x), where, allowed) {
		v.SetInt(x)
	}
}

func (d *decoder) inside(n *Node, x float64, where, allowed string) bool {
	r := bounds(allowed)
	if r.Has(x) {
		return true
	}
	p := At(n, "%s is out of bounds", n.Text)
	p.Allowed = []string{interval(r)}
	d.add(p, where)
	return false
}

// interval writes bounds for people: "0 to 1", "at least 1".
func interval(r stages.Range) string {
	switch {
	case r.Open():
		return "any number"
	case stages.AtMost(r.Max).Min == r.Min:
		return "at most " + short(r.Max)
	case stages.AtLeast(r.Min).Max == r.Max:
		return "at least " + short(r.Min)
	}
	return short(r.Min) + " to " + short(r.Max)
}

// text decodes a string. Numbers are taken as they are spelled; true and false without quotes are more likely a mistake.
func (d *decoder) text(n *Node, v reflect.Value, where, allowed string) {
	if _, isBool := boolean(n.Text); isBool && !n.Quoted {
		d.add(withHelp(At(n, "%s, want text", n.Text), fmt.Sprintf("write %q if the word is meant", n.Text)), where)
		return
	}
	if strings.ContainsRune(n.Text, 0) {
		d.add(At(n, "%s holds a NUL character", n.Is()), where)
		return
	}
	if vs := values(allowed); vs != nil && !slices.Contains(vs, n.Text) {
		p := At(n, "unknown value %s", n.Is())
		p.Nearest, p.Allowed = Nearest(n.Text, vs), vs
		d.add(p, where)
		return
	}
	v.SetString(n.Text)
}

// rangeOf decodes {min, max, by} over the bounds in v.
func (d *decoder) rangeOf(n *Node, v reflect.Value, where, allowed string) {
	r := v.Interface().(stages.Range)
	before := len(d.problems)
	switch {
	case n.Kind != Map:
		p := At(n, "%s, want bounds", n.Is())
		p.Help = "write {min: …}, {max: …} or both"
		if n.Kind == Scalar {
			if _, err := parseNumber(n.Text); err == nil {
				p.Help = fmt.Sprintf("write {min: %s} or {max: %s}", n.Text, n.Text)
			}
		}
		d.add(p, where)
		return
	default:
		d.bounds(n, &r, where, allowed, []string{"min", "max", "by"})
	}
	if by := n.Get("by"); by != nil {
		r.By = d.by(by, r, join(where, "by"), allowed)
	}
	if len(d.problems) == before {
		d.ordered(n, r, where)
	}
	v.Set(reflect.ValueOf(r))
}

func (d *decoder) bounds(n *Node, r *stages.Range, where, allowed string, keys []string) {
	for _, p := range n.Pairs {
		var to *float64
		switch key := p.Key.Text; {
		case key == "min":
			to = &r.Min
		case key == "max":
			to = &r.Max
		case slices.Contains(keys, key):
			continue
		default:
			d.add(Unknown(p.Key, "setting", keys), where)
			continue
		}
		d.scalar(p.Value, reflect.ValueOf(to).Elem(), join(where, p.Key.Text), allowed)
	}
}

// by decodes the bounds of languages, each over the rule's own bounds, into a fresh map.
func (d *decoder) by(n *Node, own stages.Range, where, allowed string) map[string]stages.Range {
	if n.Kind != Map {
		d.wrong(n, where, "languages with their bounds, such as {zh: {min: 80}}", nil)
		return nil
	}
	out := make(map[string]stages.Range, len(n.Pairs))
	for _, p := range n.Pairs {
		r := stages.Range{Min: own.Min, Max: own.Max}
		if !isLanguage(p.Key.Text) {
			d.add(withHelp(At(p.Key, "%s is no language code", p.Key.Is()), "ISO 639-1, else 639-3: en, zh, yue"), where)
			continue
		}
		at := join(where, p.Key.Text)
		if p.Value.Kind != Map {
			d.wrong(p.Value, at, "bounds, such as {min: 80}", nil)
			continue
		}
		before := len(d.problems)
		d.bounds(p.Value, &r, at, allowed, []string{"min", "max"})
		if len(d.problems) == before {
			d.ordered(p.Value, r, at)
		}
		out[p.Key.Text] = r
	}
	return out
}

// ordered reports bounds out of order, not those of languages, which are checked in their own place.
func (d *decoder) ordered(n *Node, r stages.Range, where string) {
	if !(r.Min <= r.Max) {
		p := At(n, "min %s exceeds max %s", short(r.Min), short(r.Max))
		if k := n.Key("min"); k != nil {
			p.Pos, p.Width, p.Flag = k.Pos, k.Width(), k.Flag
		} else if k := n.Key("max"); k != nil {
			p.Pos, p.Width, p.Flag = k.Pos, k.Width(), k.Flag
		}
		d.add(p, where)
	}
}

func isLanguage(s string) bool {
	if len(s) != 2 && len(s) != 3 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}
