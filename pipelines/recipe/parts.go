package recipe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"github.com/winnow-data/winnow/stages/settings"
)

// UnmarshalSetting reads `source: cc` and `source: {field: dump}`.
func (s *Source) UnmarshalSetting(n *settings.Node) error {
	switch {
	case n.Kind == settings.Scalar && n.Text != "":
		*s = Source{Literal: n.Text}
		return nil
	case n.Kind == settings.Map && len(n.Pairs) == 1 && n.Pairs[0].Key.Text == "field" && n.Pairs[0].Value.Kind == settings.Scalar:
		*s = Source{Field: n.Pairs[0].Value.Text}
		return nil
	}
	return errors.New("want a name, or the field that holds it")
}

// DescribeSetting implements [settings.Describer].
func (Source) DescribeSetting() settings.Description {
	return settings.Description{
		Type:    "a name, or a field",
		Allowed: []string{"NAME", "{field: NAME}"},
		Schema: map[string]any{"anyOf": []any{
			map[string]any{"type": []any{"string", "number"}},
			map[string]any{"type": "object", "properties": map[string]any{"field": map[string]any{"type": "string"}}, "required": []any{"field"}, "additionalProperties": false},
		}},
	}
}

// Columns are fields with a Parquet column of their own, in the order of the recipe.
type Columns []Column

// A Column is a field and the type of its values.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // string, int, float, bool or json
}

var columnTypes = []string{"string", "int", "float", "bool", "json"}

// UnmarshalSetting reads {quality: float, tags: json}.
func (c *Columns) UnmarshalSetting(n *settings.Node) error {
	if n.Kind != settings.Map {
		return errors.New("want fields with their types, such as {quality: float}")
	}
	*c = nil
	for _, p := range n.Pairs {
		if !slices.Contains(columnTypes, p.Value.Text) {
			return settings.ErrorAt(p.Value, "%s is no type of column", p.Value.Is())
		}
		*c = append(*c, Column{p.Key.Text, p.Value.Text})
	}
	return nil
}

// DescribeSetting implements [settings.Describer].
func (Columns) DescribeSetting() settings.Description {
	return settings.Description{
		Type:    "fields with their types",
		Allowed: columnTypes,
		Schema:  map[string]any{"type": "object", "additionalProperties": map[string]any{"enum": columnTypes}},
	}
}

func (l *loader) encoding(n *settings.Node, name string) {
	if name == "" || n == nil {
		return
	}
	if _, err := htmlindex.Get(name); err != nil {
		known := []string{"utf-8", "utf-16le", "utf-16be", "gb18030", "gbk", "big5", "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr", "windows-1251", "windows-1252", "iso-8859-2", "koi8-r"}
		p := settings.Unknown(n, "encoding", known)
		p.Help = "and other labels of the WHATWG encoding standard"
		l.add(p.In("input"))
	}
}

// embedded begins the paths of files in the binary.
const embedded = "embedded:"

// scheme reports a URL that this version cannot reach.
func (l *loader) scheme(n *settings.Node, path, where string) bool {
	if path == "" {
		l.add(settings.At(n, "the path is empty").In(where))
		return false
	}
	if strings.HasPrefix(path, embedded) {
		return false
	}
	scheme, _, ok := strings.Cut(path, "://")
	if !ok {
		return true
	}
	if !slices.Contains(l.opt.Schemes, scheme) {
		p := settings.At(n, "%s:// paths are not in this version of winnow", scheme)
		p.Help = "name a local file, folder or glob"
		if len(l.opt.Schemes) > 0 {
			p.Help += ", or a path of " + strings.Join(l.opt.Schemes, "://, ") + "://"
		}
		l.add(p.In(where))
	}
	return false
}

// reach reports a place on another machine that cannot be asked.
func (l *loader) reach(n *settings.Node, in Input, write bool, where string) {
	if l.opt.Reach == nil || !strings.Contains(in.At(), "://") || strings.HasPrefix(in.At(), embedded) {
		return
	}
	if err := l.opt.Reach(in, write); err != nil {
		l.add(settings.At(n, "%v", err).In(where))
	}
}

// path reports a file or folder that is not there. Globs are left to who reads the folder.
func (l *loader) path(n *settings.Node, path, where string) {
	if !l.scheme(n, path, where) || strings.ContainsAny(path, "*?[{") {
		return
	}
	full := path
	if !filepath.IsAbs(full) {
		full = filepath.Join(l.opt.Dir, path)
	}
	stat := l.opt.Stat
	if stat == nil {
		stat = func(p string) error { _, err := os.Stat(p); return err }
	}
	err := stat(full)
	if err == nil {
		return
	}
	p := settings.At(n, "%s cannot be read: %v", n.Is(), cause(err))
	if errors.Is(err, fs.ErrNotExist) {
		p = settings.At(n, "there is no %s", n.Is())
		p.Nearest = neighbours(full, path)
	}
	l.add(p.In(where))
}

// file reports a file of a stage or model that is not there, or that lies where only input and output may.
func (l *loader) file(n *settings.Node, path, where string) {
	if scheme, _, ok := strings.Cut(path, "://"); ok && slices.Contains(l.opt.Schemes, scheme) {
		p := settings.At(n, "%s:// is for input and output", scheme)
		p.Help = "what stages and models read lies on this machine"
		l.add(p.In(where))
		return
	}
	l.path(n, path, where)
}

// neighbours are names beside a missing file that its name was perhaps meant to be.
func neighbours(full, path string) []string {
	entries, err := os.ReadDir(filepath.Dir(full))
	if err != nil || len(entries) > 10_000 {
		return nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	near := settings.Nearest(filepath.Base(full), names)
	for i := range near {
		near[i] = filepath.Join(filepath.Dir(path), near[i])
	}
	return near
}

func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return fmt.Errorf("%w", err)
}
