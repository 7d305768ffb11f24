package settings

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// Decode puts the settings that n gives into the struct that ptr points to and reports every mistake. n is a map; nil and [Null] give
// nothing. Keys named in also are someone else's: passed over, and listed among the allowed ones. When nothing is wrong, ptr's
// [stages.Validator] is asked. What ptr shares with its defaults (lists, maps) is replaced, never changed.
func Decode(n *Node, ptr any, also ...string) []Problem {
	if ps := Fill(n, ptr, also...); len(ps) > 0 {
		return ps
	}
	return Validate(n, ptr)
}

// Fill is [Decode] without the validator, for who changes settings before it is asked.
func Fill(n *Node, ptr any, also ...string) []Problem {
	v := structOf(ptr)
	var d decoder
	if n != nil && n.Kind != Null {
		d.structure(n, v, "", also)
	}
	return d.problems
}

type decoder struct{ problems []Problem }

func (d *decoder) add(p Problem, where string) { d.problems = append(d.problems, p.In(where)) }

func (d *decoder) wrong(n *Node, where, want string, err error) {
	p := At(n, "%s, want %s", n.Is(), want)
	if n.Quoted && err == nil {
		p.Help = "write it without quotes"
	}
	if err != nil {
		p = At(n, "%v, want %s", err, want)
		if strings.HasSuffix(err.Error(), want) {
			p = At(n, "%v", err)
		}
	}
	var unit *unitError
	if errors.As(err, &unit) {
		p.Allowed = unit.known
		p.Nearest = Nearest(unit.unit, unit.known)
	}
	if strings.Contains(n.Text, ": ") && !n.Quoted {
		p.Help = "is a comma missing?"
	}
	d.add(p, where)
}

func join(where, name string) string {
	if where == "" {
		return name
	}
	return where + ": " + name
}

func (d *decoder) structure(n *Node, v reflect.Value, where string, also []string) {
	fs := fields(v)
	if n.Kind != Map {
		d.wrong(n, where, "a map of "+list(names(fs)), nil)
		return
	}
	before := len(d.problems)
	byName := make(map[string]field, len(fs))
	var rest, entries reflect.Value
	for _, f := range fs {
		if f.rest {
			rest, entries = f.value, reflect.MakeMap(f.value.Type())
			continue
		}
		byName[f.name] = f
	}
	for _, p := range n.Pairs {
		if slices.Contains(also, p.Key.Text) {
			continue
		}
		f, ok := byName[p.Key.Text]
		if !ok && rest.IsValid() {
			d.entry(p, entries, where)
			continue
		}
		if !ok {
			d.add(Unknown(p.Key, "setting", append(names(fs), also...)), where)
			continue
		}
		if f.owner != nil && f.name == "by" {
			continue
		}
		d.value(p.Value, f.value, join(where, f.name), f.allowed)
	}
	for _, f := range fs {
		if f.owner != nil && f.name == "by" {
			d.flat(n, f, where, before)
		}
	}
	if rest.IsValid() && entries.Len() > 0 {
		rest.Set(entries)
	}
}

// entry decodes one key of a map.
func (d *decoder) entry(p Pair, out reflect.Value, where string) {
	e := fresh(out.Type().Elem())
	d.value(p.Value, e, join(where, p.Key.Text), "")
	out.SetMapIndex(reflect.ValueOf(p.Key.Text).Convert(out.Type().Key()), e)
}

// flat checks a range whose bounds lie flat in the struct, and lets its `by` inherit the bounds.
func (d *decoder) flat(n *Node, f field, where string, before int) {
	if by := n.Get("by"); by != nil {
		f.owner.By = d.by(by, *f.owner, join(where, "by"), f.allowed)
	}
	if len(d.problems) == before {
		d.ordered(n, *f.owner, where)
	}
}

func names(fs []field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = f.name
	}
	return out
}

func list(names []string) string {
	if len(names) == 0 {
		return "no settings"
	}
	return strings.Join(names, ", ")
}

// value decodes everything but a range of its own.
func (d *decoder) value(n *Node, v reflect.Value, where, allowed string) {
	if h, ok := hook(v); ok {
		if err := h.UnmarshalSetting(n); err != nil {
			p := At(nodeOf(err, n), "%v", err)
			p.Allowed = describe(v, allowed).Allowed
			p.Nearest = Nearest(n.Text, p.Allowed)
			d.add(p, where)
		}
		return
	}
	if v.Type() == rangeType {
		d.rangeOf(n, v, where, allowed)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, where, nil)
	case reflect.Slice:
		d.listOf(n, v, where, allowed)
	case reflect.Map:
		d.mapOf(n, v, where, allowed)
	default:
		d.scalar(n, v, where, allowed)
	}
}

func (d *decoder) listOf(n *Node, v reflect.Value, where, allowed string) {
	if n.Kind != List {
		if n.Kind == Scalar && v.Type().Elem().Kind() != reflect.Struct {
			d.add(withHelp(At(n, "%s, want a list", n.Is()), "write ["+n.Raw+"]"), where)
			return
		}
		d.wrong(n, where, "a list", nil)
		return
	}
	out := reflect.MakeSlice(v.Type(), 0, len(n.Items))
	for _, item := range n.Items {
		e := fresh(v.Type().Elem())
		d.value(item, e, where, allowed)
		out = reflect.Append(out, e)
	}
	v.Set(out)
}

func withHelp(p Problem, help string) Problem {
	p.Help = help
	return p
}

func (d *decoder) mapOf(n *Node, v reflect.Value, where, allowed string) {
	if v.Type().Key().Kind() != reflect.String {
		panic(fmt.Sprintf("settings: %s: the keys of a map must be strings", v.Type()))
	}
	if n.Kind != Map {
		d.wrong(n, where, "a map", nil)
		return
	}
	out := reflect.MakeMapWithSize(v.Type(), len(n.Pairs))
	for _, p := range n.Pairs {
		e := fresh(v.Type().Elem())
		d.value(p.Value, e, join(where, p.Key.Text), allowed)
		out.SetMapIndex(reflect.ValueOf(p.Key.Text).Convert(v.Type().Key()), e)
	}
	v.Set(out)
}

// Validate asks ptr's [stages.Validator], if it has one. The problem points at the setting that the error begins with, else at n.
func Validate(n *Node, ptr any) []Problem {
	val, ok := ptr.(stages.Validator)
	if !ok {
		return nil
	}
	err := val.Validate()
	if err == nil {
		return nil
	}
	at := n
	if name, _, ok := strings.Cut(err.Error(), ":"); ok {
		if k := n.Key(name); k != nil {
			at = k
		}
	}
	return []Problem{At(nodeOf(err, at), "%v", err)}
}
