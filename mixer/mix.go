package mixer

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// Mix draws a corpus to a budget, each group of documents with its weight, repeats what is scarce up to a cap of epochs, and shuffles.
//
// Groups are the values of a field. Shares are shares of the budget's unit: tokens, words, rows or bytes; without a budget, of bytes. Tokens are those of
// the tokenizer of a model of the recipe, special tokens not parsed: the one that `model` names, or the only one. Weights need
// not sum to 1. The weight "*" stands for all groups that have none of their own, mixed as one; without it their documents are dropped by
// rule no_weight. Without weights every document has the same chance.
//
// Without a budget, a mix with weights is as large as weights and max_epochs allow, and one without weights keeps everything once.
//
// Which documents stay depends on a hash of seed, id and content alone: of each group, those with the smallest hashes up to the one
// with which its part of the budget is met. A part of two and a half epochs takes each document twice and every other one, by hash, a
// third time. Copies are called ID~2, ID~3 and count as made.
//
//	mix: {words: 10B, by: language, weights: {en: 0.6, zh: 0.3, "*": 0.1}, max_epochs: 4}
//
// The same in tokens:
//
//	mix: {tokens: 10B, model: qwen, by: language, weights: {en: 0.6, zh: 0.4}}
type Mix struct {
	Tokens    stages.Count       // tokens of the corpus
	Words     stages.Count       // words of the corpus
	Rows      stages.Count       // documents of the corpus, copies included
	Bytes     stages.Bytes       // bytes of text of the corpus, in UTF-8
	Weights   map[string]float64 // group → its share, in any scale
	By        string             // the field whose values are the groups; documents without it form the group ""
	MaxEpochs float64            // how often a document may stand in the corpus, on average over its group
	Short     string             `allowed:"error,allow"` // what happens where a group is too small for its share: an error, or take what is there
	Shuffle   bool               // put the documents in an order that depends on the seed alone
	Model     string             // name in models of the model whose tokens are counted; may be left out where there is only one

	seed uint64
}

var mixDefaults = Mix{By: "source", MaxEpochs: 4, Short: "error", Shuffle: true}

// Rest is the weight for all groups without a weight of their own.
const rest = "*"

// Validate implements [stages.Validator].
func (m *Mix) Validate() error {
	given := 0
	for _, n := range []int64{int64(m.Tokens), int64(m.Words), int64(m.Rows), int64(m.Bytes)} {
		if n < 0 {
			return fmt.Errorf("a budget of %d: must be positive", n)
		}
		if n > 0 {
			given++
		}
	}
	switch {
	case given > 1:
		return fmt.Errorf("tokens, words, rows and bytes are budgets: only one of them may be given")
	case m.Model != "" && m.Tokens == 0:
		return fmt.Errorf("model: it counts tokens, and tokens is not given")
	case !(m.MaxEpochs > 0) || m.MaxEpochs > maxEpochs:
		return fmt.Errorf("max_epochs is %v: allowed is more than 0, up to %d", m.MaxEpochs, maxEpochs)
	case m.By == "":
		return fmt.Errorf("by names no field")
	case m.Short != "error" && m.Short != "allow":
		return fmt.Errorf("short is %q: allowed are error, allow", m.Short)
	}
	sum := 0.0
	for _, g := range sortedKeys(m.Weights) {
		w := m.Weights[g]
		if !(w >= 0) || math.IsInf(w, 0) {
			return fmt.Errorf("weights: %s is %v: a weight is 0 or more", g, w)
		}
		sum += w
	}
	if len(m.Weights) > 0 && !(sum > 0 && sum <= math.MaxFloat64) {
		return fmt.Errorf("weights: the sum is %v: at least one weight must be positive", sum)
	}
	return nil
}

// maxEpochs bounds the setting: beyond it no corpus is meant.
const maxEpochs = 1000

// Provision implements [stages.Provisioner].
func (m *Mix) Provision(env *stages.Env) error {
	m.seed = env.Seed
	return nil
}

// Asks implements [stages.Asker].
func (m *Mix) Asks() stages.Asks {
	if m.Tokens == 0 {
		return stages.Asks{}
	}
	return stages.Asks{Model: m.Model, Ask: stages.AskCount}
}

// Reads implements [stages.Reader].
func (m *Mix) Reads() []string { return fieldsOf(m.By) }

// fieldsOf returns the field that by names, nothing for the document's own parts.
func fieldsOf(by string) []string {
	switch by {
	case "", "id", "source", "kind", "text":
		return nil
	}
	return []string{by}
}

// Rules implements [stages.Ruler].
func (m *Mix) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "over_budget", Keep: stages.Any, Unit: "share", Doc: "place of the document in the random order of its group, 0 to 1; its group's part of the budget was met before it"},
		{Name: "no_weight", Keep: stages.Any, Doc: "the document's group has no weight, or the weight 0"},
	}
}

// Phases implements [stages.Barrier].
func (m *Mix) Phases() []stages.Phase {
	c := census{unit: m.unit(), model: m.Model, by: m.By, key: keyer{seed: m.seed, salt: "mix"}}
	p := []stages.Phase{
		{Name: "count", Looks: true, Pass: c.pass},
		{Name: "quota", Work: m.quota},
		{Name: "copies", Pass: cut{by: m.By, key: c.key, rule: "over_budget", stranger: "no_weight"}.pass},
	}
	if m.Shuffle {
		k := keyer{seed: m.seed, salt: "shuffle"}
		p = append(p, stages.Phase{Name: "shuffle", Sort: func(d *stages.Document) uint64 { return k.of(d, "") }})
	}
	return p
}

func (m *Mix) unit() unit {
	switch {
	case m.Tokens > 0:
		return tokens
	case m.Words > 0:
		return words
	case m.Rows > 0:
		return rows
	}
	return bytes
}

// budget returns the budget in its unit, 0 if there is none.
func (m *Mix) budget() uint64 {
	return uint64(m.Tokens) + uint64(m.Words) + uint64(m.Rows) + uint64(m.Bytes)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// quoted lists names for an error, the first ten of them.
func quoted(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var b strings.Builder
	for i, n := range names {
		if i == 10 {
			fmt.Fprintf(&b, " and %d more", len(names)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", n)
	}
	return b.String()
}
