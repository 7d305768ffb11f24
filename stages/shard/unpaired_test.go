package shard

import (
	"strings"
	"testing"
)

// TestUnpaired: an answer with a label is a row of kind kto, with the label in one field; what only looks like a label is damage, never an answer to learn from.
func TestUnpaired(t *testing.T) {
	const (
		trl  = `"prompt":"Q","completion":"A"`
		chat = `"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]`
		gpt  = `"conversations":[{"from":"human","value":"Q"},{"from":"gpt","value":"A"}]`
		alp  = `"instruction":"Q","output":"A"`
	)
	for _, c := range []struct {
		name, form, line string
		kind, label      string // or, with !, the reason of damage
	}{
		{"good", "trl", `{` + trl + `,"label":true}`, "kto", "true"},
		{"bad", "trl", `{` + trl + `,"label":false}`, "kto", "false"},
		{"messages", "messages", `{` + chat + `,"label":false}`, "kto", "false"},
		{"sharegpt", "sharegpt", `{` + gpt + `,"kto_tag":false}`, "kto", "false"},
		{"alpaca", "alpaca", `{` + alp + `,"kto_tag":true}`, "kto", "true"},
		{"none", "trl", `{` + trl + `}`, "", ""},
		{"the other name", "trl", `{` + trl + `,"kto_tag":true}`, "", ""},
		{"a field of another meaning", "trl", `{` + trl + `,"label":"science"}`, "", `"science"`},
		{"another input", "", `{` + chat + `,"label":false}`, "", "false"},
		{"a prompt alone", "messages", `{"messages":[{"role":"user","content":"Q"}],"label":false}`, "", "false"},
		{"a pair", "trl", `{"prompt":"Q","chosen":"A","rejected":"B","label":true}`, "dpo", "true"},
		{"a text", "trl", `{` + trl + `,"label":"false"}`, "!", `"label", which says whether the answer is good, is neither true nor false but "false"`},
		{"a text in capitals", "trl", `{` + trl + `,"label":"True"}`, "!", "neither true nor false"},
		{"a number", "trl", `{` + trl + `,"label":0}`, "!", "neither true nor false but 0"},
		{"null", "trl", `{` + trl + `,"label":null}`, "!", "neither true nor false but null"},
		{"any text of LLaMA-Factory", "alpaca", `{` + alp + `,"kto_tag":"bad"}`, "!", `"kto_tag", which says`},
		{"two", "alpaca", `{` + alp + `,"kto_tag":true,"label":"x"}`, "!", `both a field "kto_tag" and a field "label"`},
	} {
		docs, damage := readRecords(t, Options{Form: c.form}, c.line)
		if c.kind == "!" {
			if len(docs) != 0 || len(damage) != 1 || !strings.Contains(damage[0].Reason, c.label) {
				t.Errorf("%s: %+v, %+v, want %q", c.name, docs, damage, c.label)
			}
			continue
		}
		if len(docs) != 1 || len(damage) != 0 {
			t.Errorf("%s: %+v, %+v", c.name, docs, damage)
			continue
		}
		label, _ := docs[0].Fields.Raw("label")
		if _, left := docs[0].Fields.Raw("kto_tag"); docs[0].Kind != c.kind || string(label) != c.label || left && c.form != "trl" {
			t.Errorf("%s: kind %q, label %s, fields %v; want %q, %s", c.name, docs[0].Kind, label, docs[0].Fields, c.kind, c.label)
		}
	}
	// Pairs whose sides are objects, as LLaMA-Factory has them under OpenAI's names.
	docs, damage := readRecords(t, Options{Form: "messages", Chosen: "chosen", Rejected: "rejected"}, `{"messages":[{"role":"user","content":"Q"}],"chosen":{"role":"assistant","content":"A"},"rejected":{"role":"assistant","content":"B"}}`)
	if len(docs) != 1 || len(damage) != 0 || docs[0].Kind != "dpo" || docs[0].Answers[0].Text != "A" || docs[0].Answers[1].Text != "B" {
		t.Errorf("objects: %+v, %+v", docs, damage)
	}
	if docs, damage = readRecords(t, Options{Form: "messages", Chosen: "chosen", Rejected: "rejected"}, `{"messages":[{"role":"user","content":"Q"}],"chosen":{"role":"user","content":"A"},"rejected":"B"}`); len(docs) != 0 || len(damage) != 1 {
		t.Errorf("a side of the user: %+v, %+v", docs, damage)
	}
}
