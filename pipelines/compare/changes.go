package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/pipelines/plan"
)

// A Change is one thing in which two plans differ. A value is empty where a run has no such thing.
type Change struct {
	Where string `json:"where"` // such as answer.temperature
	A     string `json:"a"`
	B     string `json:"b"`
}

// changes lists what two plans differ in: the run, its inputs, its stages by label, its outputs.
func changes(a, b *plan.Plan) []Change {
	out := []Change{}
	add := func(where, x, y string) {
		if x != y {
			out = append(out, Change{where, x, y})
		}
	}
	add("name", a.Name, b.Name)
	add("winnow", a.Winnow, b.Winnow)
	add("seed", strconv.FormatUint(a.Seed, 10), strconv.FormatUint(b.Seed, 10))
	add("--limit", limit(a.Limit), limit(b.Limit))
	add("input", inputs(a), inputs(b))
	for _, label := range labels(a, b) {
		x, y := find(a, label), find(b, label)
		add(label, there(x), there(y))
		if x == nil || y == nil {
			continue
		}
		add(label+": version", strconv.Itoa(x.Version), strconv.Itoa(y.Version))
		mx, my := Settings(x.Settings), Settings(y.Settings)
		for _, key := range Union(mx, my) {
			add(label+"."+key, mx[key], my[key])
		}
		add(label+": model", model(x), model(y))
		add(label+": files", files(x), files(y))
	}
	add("stages", order(a), order(b))
	add("output", outputs(a), outputs(b))
	return out
}

func limit(n int64) string {
	if n == 0 {
		return "all"
	}
	return strconv.FormatInt(n, 10)
}

func inputs(p *plan.Plan) string {
	var list []string
	for _, in := range p.Inputs {
		list = append(list, fmt.Sprintf("%s (%d bytes)", in.Name, in.Size))
	}
	return strings.Join(list, ", ")
}

func outputs(p *plan.Plan) string {
	var list []string
	for _, o := range p.Outputs {
		list = append(list, strings.Join(strings.Fields(o.Rows+" "+o.Format), " "))
	}
	return strings.Join(list, ", ")
}

// labels are those of both plans: of a in its order, then what b alone has.
func labels(a, b *plan.Plan) []string {
	var out []string
	for _, p := range []*plan.Plan{a, b} {
		for _, s := range p.Stages {
			if !slices.Contains(out, s.Label) {
				out = append(out, s.Label)
			}
		}
	}
	return out
}

// order spells the stages of a plan.
func order(p *plan.Plan) string {
	var list []string
	for _, s := range p.Stages {
		list = append(list, s.Label)
	}
	return strings.Join(list, " → ")
}

func find(p *plan.Plan, label string) *plan.Stage {
	for i := range p.Stages {
		if p.Stages[i].Label == label {
			return &p.Stages[i]
		}
	}
	return nil
}

// there says which component a label stands for.
func there(s *plan.Stage) string {
	if s == nil {
		return ""
	}
	return s.Name
}

// model is what a stage's model is: the beginning of its checksum, or its name.
func model(s *plan.Stage) string {
	if s.Model == nil {
		return ""
	}
	id := s.Model.Identity
	if sum, ok := strings.CutPrefix(id, "sha256:"); ok && len(sum) > 12 {
		id = "sha256:" + sum[:12]
		if _, form, ok := strings.Cut(sum, " "); ok {
			id += " " + form
		}
	}
	return id
}

func files(s *plan.Stage) string {
	var list []string
	for _, f := range s.Files {
		list = append(list, f.Path+" "+f.SHA256[:min(12, len(f.SHA256))])
	}
	return strings.Join(list, ", ")
}

// Settings spells the settings of a stage by their paths, such as words.min.
func Settings(raw json.RawMessage) map[string]string {
	var s struct {
		Settings json.RawMessage `json:"settings"`
		Drop     *bool           `json:"drop"`
		Only     json.RawMessage `json:"only"`
		Without  json.RawMessage `json:"without"`
	}
	out := map[string]string{}
	if json.Unmarshal(raw, &s) != nil {
		out["settings"] = string(raw)
		return out
	}
	spell("", s.Settings, out)
	if s.Drop != nil && !*s.Drop {
		out["drop"] = "false"
	}
	for key, v := range map[string]json.RawMessage{"only": s.Only, "without": s.Without} {
		if len(v) > 0 {
			out[key] = compact(v)
		}
	}
	return out
}

func spell(path string, raw json.RawMessage, out map[string]string) {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil || m == nil {
		if len(raw) > 0 {
			out[path] = compact(raw)
		}
		return
	}
	for key, v := range m {
		name := key
		if path != "" {
			name = path + "." + key
		}
		spell(name, v, out)
	}
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// Union returns the keys of both maps, sorted.
func Union(a, b map[string]string) []string {
	keys := maps.Clone(a)
	maps.Copy(keys, b)
	return slices.Sorted(maps.Keys(keys))
}
