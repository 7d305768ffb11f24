// Package settings reads what a user writes in a recipe: YAML into a tree of [Node] that knows its lines and columns, and the tree
// into settings structs, strictly, with every mistake reported at once.
//
//	tree, problems := settings.Parse("web.yaml", src)
//	c := Length{Words: stages.AtLeast(50)} // the defaults
//	problems = append(problems, settings.Decode(tree, &c)...)
//
// A settings struct is plain Go. Exported fields are settings, named in lower snake case (`yaml:"name"` overrides, "-" hides; embedded
// structs and `yaml:",inline"` lie flat in the one around them). What a recipe does not give keeps its default. Kinds of settings:
//
//   - bool, string, int, float64, and types of these kinds
//   - [stages.Range]: {min: 50, max: 100k, by: {zh: {min: 80}}}; a bound that is not given keeps its default
//   - [stages.Count] 10k, [stages.Bytes] 256MiB, [stages.Share] 1%, [time.Duration] 30s, [stages.Path]
//   - lists (they replace the default), maps from string (fresh), nested structs (over their defaults)
//   - a map with `yaml:"FIELD,inline"`: takes the keys that no other setting has; FIELD stands for them in docs
//   - anything with [Unmarshaler], for a setting with a grammar of its own: `keep: longest`, `keep: {newest: date}`
//
// A tag `allowed:"nfc,nfkc"` lists the values of a string, `allowed:"0..1"` bounds a number; both show in errors, docs and schema. Bounds that
// depend on each other belong into [stages.Validator]. A field of any other type is a mistake of the programmer and panics.
//
// The YAML is 1.2 core: `no` and `on` are strings. Anchors, aliases, tags, merge keys, directives, several documents and double keys are
// errors, as are sizes and depths that no person writes.
package settings

// An Unmarshaler reads a setting that has a grammar of its own. The error needs no position: the decoder points at n, or at the
// node given to [ErrorAt]. It must be implemented on the pointer, and must not keep what the value shared with the defaults.
type Unmarshaler interface {
	UnmarshalSetting(n *Node) error
}

// A Describer says in words what an [Unmarshaler] takes, for errors, docs and the editor schema.
type Describer interface {
	DescribeSetting() Description
}

// A Description is what is known of a setting beside its name and default.
type Description struct {
	Type    string         // in words: "a policy"
	Allowed []string       // values or forms, as they are written
	Schema  map[string]any // JSON Schema 2020-12; nil takes anything
}
