package recipe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

// Docs gives one line on a setting of a stage, or on the stage where setting is ""; "" where there is none. nil gives nothing.
type Docs func(stage, setting string) string

// Schema writes the JSON Schema (draft 2020-12) of recipes for editors: every stage of the registry with its settings, no other key. It takes
// what lint takes in shape; what it cannot say (order of bounds, files, fields) is lint's.
func Schema(reg *stages.Registry, docs Docs) []byte {
	if docs == nil {
		docs = func(string, string) string { return "" }
	}
	entries := object{}
	for _, name := range reg.Names() {
		spec, _ := reg.Lookup(name)
		entries[name] = stageSchema(spec, docs)
	}
	root := object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "winnow recipe",
		"description": "How raw text becomes a corpus: input, stages in run order, output.",
		"type":        "object",
		"required":    []string{"input", "output"},
		"properties": object{
			"name":   object{"type": []string{"string", "number"}, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "maxLength": 100, "description": "Name of the output's files."},
			"seed":   object{"type": "integer", "minimum": 0, "description": "Of every random choice. Default 0."},
			"models": object{"type": []string{"object", "null"}, "additionalProperties": withText(one(&Model{}), modelDocs), "description": "Names with where the models are: hub, file, url or replay."},
			"input":  pathOrMaps(withText(one(&Input{}), inputDocs), []string{"path", "list"}, "Where documents come from: a path, a map, or a list of maps."),
			"stages": object{
				"type":        []string{"array", "null"},
				"description": "What happens to documents, in this order: names, or names with settings.",
				"items": object{"anyOf": []any{
					object{"enum": reg.Names()},
					object{"type": "object", "properties": entries, "additionalProperties": false, "minProperties": 1, "maxProperties": 1},
				}},
			},
			"output": pathOrMaps(withText(one(ptr(defaultOutput())), outputDocs), []string{"path"}, "Where rows go: a path, a map, or a list of maps."),
			"limits": withText(one(ptr(defaultLimits())), limitDocs),
		},
		"additionalProperties": false,
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(root); err != nil {
		panic(fmt.Sprintf("recipe: schema: %v", err)) // plain values always encode
	}
	return b.Bytes()
}

type object = map[string]any

func ptr[T any](v T) *T { return &v }

// one is the schema of a struct, with the defaults in the descriptions.
func one(p any) object {
	fs := settings.Fields(p)
	for i := range fs {
		fs[i].Schema = described(fs[i].Schema, sentence("", fs[i].Default))
	}
	return settings.ObjectSchema(fs)
}

func described(schema object, text string) object {
	if text == "" {
		return schema
	}
	c := maps.Clone(schema)
	if c == nil {
		c = object{}
	}
	c["description"] = text
	return c
}

// sentence joins a line of docs and a default.
func sentence(doc, value string) string {
	if value != "" && value != `""` && value != "{}" && value != "[]" {
		doc = strings.TrimSpace(doc + " Default " + value + ".")
	}
	return doc
}

func stageSchema(spec stages.Spec, docs Docs) object {
	c := spec.New()
	fs := settings.Fields(c)
	for i := range fs {
		fs[i].Schema = described(fs[i].Schema, sentence(docs(spec.Name, fs[i].Name), fs[i].Default))
	}
	s := settings.ObjectSchema(fs)
	properties := s["properties"].(map[string]any)
	values := object{"type": []string{"string", "number", "boolean"}}
	properties["only"] = object{
		"type": "object", "minProperties": 1, "description": "Fields with the values that documents must have; others pass untouched.",
		"additionalProperties": object{"anyOf": []any{values, object{"type": "array", "minItems": 1, "items": values}}},
	}
	properties["drop"] = object{"type": "boolean", "description": "false: measure, remove nothing. Default true."}
	properties["label"] = object{"type": "string", "pattern": labelForm.String(), "maxLength": maxLabel, "description": "A name of its own, where the stage occurs twice."}
	rules := object{"type": "string"}
	if names := ruleNames(c); len(names) > 0 {
		rules = object{"enum": names}
	}
	properties["without"] = object{"type": "array", "items": rules, "description": "Rules that are switched off."}
	return described(object{"anyOf": []any{s, object{"type": "null"}}}, docs(spec.Name, ""))
}

// pathOrMaps is the schema of a path, a map that needs one of some keys, or a list of such maps.
func pathOrMaps(item object, needs []string, text string) object {
	if len(needs) == 1 {
		item["required"] = needs
	} else {
		var either []any
		for _, name := range needs {
			either = append(either, object{"required": []string{name}})
		}
		item["oneOf"] = either
	}
	return object{"description": text, "anyOf": []any{
		object{"type": []string{"string", "number"}},
		item,
		object{"type": "array", "minItems": 1, "items": item},
	}}
}

func withText(schema object, docs map[string]string) object {
	properties := schema["properties"].(map[string]any)
	for name, p := range properties {
		p := p.(map[string]any)
		was, _ := p["description"].(string)
		properties[name] = described(p, strings.TrimSpace(docs[name]+" "+was))
	}
	return schema
}

var inputDocs = map[string]string{
	"path":     "A file, a folder or a glob; relative to the recipe, or s3://BUCKET/KEY, or https://.",
	"list":     "A file of paths, one a line, instead of a path; relative ones are to the file.",
	"source":   "The domain of the documents: a name, or {field: NAME}.",
	"format":   "Told by name and first bytes if not given.",
	"encoding": "A WHATWG label such as gb18030; detected if not given.",
	"id":       "The field that holds the id.",
	"text":     "The field that holds the text.",
	"url":      "The field that holds the address.",
	"language": "The field that holds the language.",
	"prompt":   "The field that holds the prompt.",
	"gold":     "The field that holds the right answer.",
	"messages": "The field that holds the turns of a conversation.",
	"answers":  "The field that holds candidate answers.",
	"chosen":   "The field that holds the better answer.",
	"rejected": "The field that holds the worse answer.",

	"anonymous": "true: ask the object store without a signature, for public buckets.",
}

var outputDocs = map[string]string{
	"path":    "A folder; relative to the recipe.",
	"format":  "Of the shards.",
	"shard":   "Size at which the next shard begins.",
	"columns": "Fields that get a Parquet column of their own, with their types.",
	"rows":    "The kind of rows that go here; all if not given.",
}

var modelDocs = map[string]string{
	"hub":         "ORG/NAME on the hub, with a file or glob behind it where there are several: ORG/NAME/*q8_0.gguf. winnow model pull fetches it; a run does not.",
	"revision":    "Branch, tag or commit on the hub.",
	"file":        "A GGUF file, or a folder as on the hub.",
	"weights":     "Form of the weights; as stored if not given.",
	"url":         "An OpenAI-compatible endpoint, up to /v1.",
	"model":       "Its name at the endpoint, or in a record of several models.",
	"key_env":     "The environment variable that holds the endpoint's key.",
	"concurrency": "Requests on their way to the endpoint at once.",
	"rpm":         "Requests a minute.",
	"tpm":         "Tokens a minute.",
	"timeout":     "Of one try.",
	"price":       "For a million tokens, read and written.",
	"replay":      "The record of an earlier run, which answers in the model's place.",
	"rate":        "Tokens a second by which work is parted into tasks of five minutes; by the size of the files if not given.",
}

var limitDocs = map[string]string{
	"damaged":        "Share of records; more stop the run.",
	"model_failures": "Share of requests to models; more stop the run.",
	"calls":          "Requests to models; 0 is no limit.",
	"tokens":         "Tokens of models, read and written; 0 is no limit.",
	"cost":           "Of models, in the money of their prices; 0 is no limit.",
	"allow_empty":    "A stage may leave nothing.",
}
