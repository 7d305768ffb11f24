package hub

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// small lists what the engine reads beside the weights.
var small = []string{
	"config.json", "generation_config.json",
	"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
	"chat_template.jinja", "chat_template.json",
	"modules.json", "sentence_bert_config.json", "config_sentence_transformers.json", "1_Pooling/config.json",
}

const (
	wholeWeights = "model.safetensors"
	indexName    = "model.safetensors.index.json"
)

var (
	shardName = regexp.MustCompile(`^model-\d{5,}-of-\d{5,}\.safetensors$`)
	ggufPart  = regexp.MustCompile(`-(\d{5})-of-\d{5}\.gguf$`)
)

// choose picks from the files of a repository those that w asks for, sorted.
func choose(w Want, names []string) ([]string, error) {
	if w.File != "" {
		return chooseFile(w, names)
	}
	if weights := safetensorsOf(names); len(weights) > 0 {
		return withSmall(weights, names), nil
	}
	groups := ggufs(names)
	switch len(groups) {
	case 1:
		return groups[0], nil
	case 0:
		return nil, noWeights(w, names)
	}
	return nil, ambiguous(w, groups)
}

// chooseFile picks what w.File names: exactly, as a glob over paths or file names, or, without * ? [, as a part of the name.
func chooseFile(w Want, names []string) ([]string, error) {
	hit := func(match func(string) bool) (found []string) {
		for _, n := range names {
			if match(n) {
				found = append(found, n)
			}
		}
		return found
	}
	found := hit(func(n string) bool { return n == w.File })
	if len(found) == 0 {
		found = hit(func(n string) bool {
			whole, _ := path.Match(w.File, n)
			base, _ := path.Match(w.File, path.Base(n))
			return whole || base
		})
	}
	if len(found) == 0 && !strings.ContainsAny(w.File, "*?[") {
		part := strings.ToLower(w.File)
		found = hit(func(n string) bool { return isWeights(n) && strings.Contains(strings.ToLower(n), part) })
	}
	groups := ggufs(found)
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("model %s: no file matches %q; there are %s", w, w.File, list(weightsOrAll(names)))
	case len(groups) > 1:
		return nil, ambiguous(w, groups)
	case len(groups) == 1:
		return groups[0], nil
	}
	return withSmall(found, names), nil
}

// safetensorsOf picks the weights in the folder itself: the whole file, the shards of the index, or whatever safetensors there are.
func safetensorsOf(names []string) []string {
	if slices.Contains(names, wholeWeights) {
		return []string{wholeWeights}
	}
	var shards, all []string
	for _, n := range names {
		if strings.HasSuffix(n, ".safetensors") && !strings.Contains(n, "/") {
			all = append(all, n)
		}
		if shardName.MatchString(n) {
			shards = append(shards, n)
		}
	}
	if slices.Contains(names, indexName) && len(shards) > 0 {
		return append(shards, indexName)
	}
	return all
}

// ggufs groups GGUF files: a file split into -00001-of-00003 and so on is one choice.
func ggufs(names []string) [][]string {
	at := map[string]int{}
	var groups [][]string
	for _, n := range slices.Sorted(slices.Values(names)) {
		if !strings.HasSuffix(n, ".gguf") {
			continue
		}
		key := ggufPart.ReplaceAllString(n, "")
		if i, ok := at[key]; ok {
			groups[i] = append(groups[i], n)
			continue
		}
		at[key] = len(groups)
		groups = append(groups, []string{n})
	}
	return groups
}

// withSmall adds the small files that are there.
func withSmall(files, names []string) []string {
	for _, s := range small {
		if slices.Contains(names, s) {
			files = append(files, s)
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

func isWeights(n string) bool {
	return strings.HasSuffix(n, ".gguf") || strings.HasSuffix(n, ".safetensors")
}

func weightsOrAll(names []string) []string {
	var w []string
	for _, n := range names {
		if isWeights(n) {
			w = append(w, n)
		}
	}
	if len(w) == 0 {
		return names
	}
	return w
}

// An AmbiguousError says that a repository holds several GGUF files and none was chosen.
type AmbiguousError struct {
	Want    Want
	Choices []string // one name for each; of a split file the first part
}

func (e *AmbiguousError) Error() string {
	c := e.Want
	c.File = e.Choices[0]
	return fmt.Sprintf("model %s: %d GGUF files fit; choose one, such as %s; there are %s", e.Want, len(e.Choices), c.Command(), list(e.Choices))
}

func ambiguous(w Want, groups [][]string) error {
	e := &AmbiguousError{Want: w}
	for _, g := range groups {
		e.Choices = append(e.Choices, g[0])
	}
	return e
}

func noWeights(w Want, names []string) error {
	for _, n := range names {
		if strings.HasSuffix(n, ".bin") || strings.HasSuffix(n, ".pt") || strings.HasSuffix(n, ".pth") {
			return fmt.Errorf("model %s: its weights are pickled (%s), and a pickle can run any code; look for a repository of the same model with safetensors or GGUF files", w, n)
		}
	}
	return fmt.Errorf("model %s: no safetensors and no GGUF file; there are %s", w, list(names))
}

// list writes at most 40 names.
func list(names []string) string {
	if len(names) == 0 {
		return "no files"
	}
	const most = 40
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
