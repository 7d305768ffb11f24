package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
)

// Difference says in words the first thing in which two plans differ: what a person has changed.
func Difference(old, p *Plan) string {
	switch {
	case old.Format != p.Format:
		return fmt.Sprintf("it was made by another winnow (format %d, this is %d)", old.Format, p.Format)
	case old.Seed != p.Seed:
		return fmt.Sprintf("seed was %d, is %d", old.Seed, p.Seed)
	case old.Limit != p.Limit:
		return fmt.Sprintf("--limit was %d, is %d", old.Limit, p.Limit)
	}
	if old.Signals.Mode != p.Signals.Mode {
		return fmt.Sprintf("--signals was %s, is %s", old.Signals.Mode, p.Signals.Mode)
	}
	if s := inputDifference(old.Inputs, p.Inputs); s != "" {
		return s
	}
	for k := 0; k < max(len(old.Stages), len(p.Stages)); k++ {
		switch {
		case k >= len(p.Stages):
			return fmt.Sprintf("stage %s is gone", old.Stages[k].Label)
		case k >= len(old.Stages):
			return fmt.Sprintf("stage %s is new", p.Stages[k].Label)
		}
		a, b := old.Stages[k], p.Stages[k]
		switch {
		case a.Label != b.Label:
			return fmt.Sprintf("stage %d was %s, is %s", k+1, a.Label, b.Label)
		case a.Version != b.Version:
			return fmt.Sprintf("stage %s: another winnow made it (version %d of %s, this has %d)", a.Label, a.Version, a.Name, b.Version)
		case !bytes.Equal(compact(a.Settings), compact(b.Settings)):
			return fmt.Sprintf("stage %s: %s", a.Label, settingDifference("", compact(a.Settings), compact(b.Settings)))
		}
		if s := modelDifference(a.Model, b.Model); s != "" {
			return fmt.Sprintf("stage %s: %s", a.Label, s)
		}
		for i := range b.Files {
			if i >= len(a.Files) || a.Files[i] != b.Files[i] {
				return fmt.Sprintf("stage %s: the file %s changed", a.Label, b.Files[i].Path)
			}
		}
	}
	a, _ := json.Marshal(old.Outputs)
	b, _ := json.Marshal(p.Outputs)
	if !bytes.Equal(a, b) {
		return "output: " + settingDifference("", a, b)
	}
	return "how the input is read changed"
}

// modelDifference says that a stage asks another model.
func modelDifference(old, now *Model) string {
	switch {
	case old == nil || now == nil || *old == *now:
		return ""
	case old.Name != now.Name:
		return fmt.Sprintf("it asked the model %s, now it asks %s", old.Name, now.Name)
	}
	return fmt.Sprintf("the model %s is another one: %s was %s", now.Name, now.Identity, old.Identity)
}

func inputDifference(old, now []Input) string {
	for k := 0; k < max(len(old), len(now)); k++ {
		switch {
		case k >= len(now):
			return fmt.Sprintf("input %s is gone", old[k].Name)
		case k >= len(old):
			return fmt.Sprintf("input %s is new", now[k].Name)
		case old[k].Name != now[k].Name:
			return fmt.Sprintf("input %s stands where %s was", now[k].Name, old[k].Name)
		case old[k].Size != now[k].Size:
			return fmt.Sprintf("input %s had %d bytes, has %d", now[k].Name, old[k].Size, now[k].Size)
		case old[k].Version != now[k].Version:
			return fmt.Sprintf("input %s was written anew", now[k].Name)
		}
	}
	return ""
}

// settingDifference names the first setting in which two canonical settings differ, with both values.
func settingDifference(path string, a, b json.RawMessage) string {
	var ma, mb map[string]json.RawMessage
	if json.Unmarshal(a, &ma) == nil && json.Unmarshal(b, &mb) == nil && ma != nil && mb != nil {
		keys := map[string]bool{}
		for k := range ma {
			keys[k] = true
		}
		for k := range mb {
			keys[k] = true
		}
		sorted := make([]string, 0, len(keys))
		for k := range keys {
			sorted = append(sorted, k)
		}
		sort.Strings(sorted)
		for _, k := range sorted {
			if !bytes.Equal(ma[k], mb[k]) {
				name := k
				if path != "" {
					name = path + "." + k
				}
				if path == "" && k == "settings" {
					name = ""
				}
				return settingDifference(name, ma[k], mb[k])
			}
		}
	}
	return fmt.Sprintf("%s was %s, is %s", path, orNothing(a), orNothing(b))
}

func orNothing(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "not given"
	}
	return string(raw)
}

// compact takes the white space out of JSON: plan.json is indented.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return raw
	}
	return b.Bytes()
}
