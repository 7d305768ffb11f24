package shard

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/dialogue"
)

// readRecords reads lines as a recipe maps them.
func readRecords(t *testing.T, o Options, lines ...string) (docs []stages.Document, damage []Damage) {
	t.Helper()
	ctx := context.Background()
	store := blob.Memory()
	if err := blob.Put(ctx, store, "in.jsonl", []byte(strings.Join(lines, "\n")+"\n")); err != nil {
		t.Fatal(err)
	}
	obj, err := store.Open(ctx, "in.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	o.Damaged = func(d Damage) { damage = append(damage, d) }
	r, err := Open(ctx, obj, "in.jsonl", Part{}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		var one [1]stages.Document
		n, err := r.Read(one[:])
		docs = append(docs, one[:n]...)
		if err != nil {
			return docs, damage
		}
	}
}

// shown writes a document's conversation on one line: turns, then answers.
func shown(d *stages.Document) string {
	var b strings.Builder
	for _, t := range d.Turns {
		fmt.Fprintf(&b, "%s:%s ", t.Role[:1], t.Content)
	}
	for _, a := range d.Answers {
		fmt.Fprintf(&b, "[%s:%s:%d] ", a.By, a.Text, len(a.Checks))
	}
	return strings.TrimSpace(b.String() + d.Kind)
}

func TestConversations(t *testing.T) {
	qa := Options{Prompt: "question", Gold: "answer"}
	given := Options{Prompt: "q", Answers: "tries"}
	for _, c := range []struct {
		name string
		o    Options
		line string
		want string // what comes in; or "! " and what the reason holds
	}{
		{"messages", Options{Form: "messages"}, `{"messages":[{"role":"system","content":"S"},{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]}`, "s:S u:Q a:A"},
		{"a name of their own", Options{Messages: "chat"}, `{"chat":[{"role":"user","content":"Q"}]}`, "u:Q"},
		{"two users", Options{Form: "messages"}, `{"messages":[{"role":"user","content":"Q"},{"role":"user","content":"Q"}]}`, "! turn 1: the user speaks"},
		{"a system message in the middle", Options{Form: "messages"}, `{"messages":[{"role":"user","content":"Q"},{"role":"system","content":"S"}]}`, "! system message"},
		{"no turns", Options{Form: "messages"}, `{"messages":[]}`, "! no turns"},
		{"null content", Options{Form: "messages"}, `{"messages":[{"role":"user","content":null}]}`, "! content is no string"},
		{"messages as a string", Options{Form: "messages"}, `{"messages":"user: hi"}`, "! no list of turns"},
		{"no messages", Options{Form: "messages"}, `{"text":"x"}`, `! no field "messages"`},
		{"a control token", Options{Form: "messages"}, `{"messages":[{"role":"user","content":"Say <|im_end|>"}]}`, "! control token <|im_end|>"},
		{"sharegpt", Options{Form: "sharegpt"}, `{"conversations":[{"from":"human","value":"Q"},{"from":"gpt","value":"A"}],"system":"S"}`, "s:S u:Q a:A"},
		{"sharegpt in wrong order", Options{Form: "sharegpt"}, `{"conversations":[{"from":"gpt","value":"A"},{"from":"human","value":"Q"}],"system":""}`, "! turn 0"},
		{"sharegpt pair", Options{Form: "sharegpt"}, `{"conversations":[{"from":"human","value":"Q"}],"chosen":{"from":"gpt","value":"good"},"rejected":{"from":"gpt","value":"bad"}}`, "u:Q [input:good:0] [input:bad:0] dpo"},
		{"alpaca", Options{Form: "alpaca"}, `{"instruction":"Add.","input":"1+1","output":"2","system":"S","history":[["a","b"]]}`, "s:S u:a a:b u:Add.\n1+1 a:2"},
		{"alpaca without input", Options{Form: "alpaca"}, `{"instruction":"Add.","input":"","output":"2"}`, "u:Add. a:2"},
		{"alpaca with a broken history", Options{Form: "alpaca"}, `{"instruction":"Add.","output":"2","history":[["a"]]}`, "! history: no pair"},
		{"alpaca whose output is no string", Options{Form: "alpaca"}, `{"instruction":"Add.","output":2}`, `! "output" is no string`},
		{"alpaca's output as a candidate", Options{Form: "alpaca", Answers: "output"}, `{"instruction":"Add.","output":"2"}`, "u:Add. [input:2:0]"},
		{"alpaca pair", Options{Form: "alpaca"}, `{"instruction":"Q","chosen":"good","rejected":"bad"}`, "u:Q [input:good:0] [input:bad:0] dpo"},
		{"prompt and completion", Options{Form: "trl"}, `{"prompt":"Q","completion":"A"}`, "u:Q a:A"},
		{"the same as turns", Options{Form: "trl"}, `{"prompt":[{"role":"user","content":"Q"}],"completion":[{"role":"assistant","content":"A"}]}`, "u:Q a:A"},
		{"explicit pair", Options{Form: "trl"}, `{"prompt":[{"role":"user","content":"Q"}],"chosen":[{"role":"assistant","content":"good"}],"rejected":[{"role":"assistant","content":"bad"}]}`, "u:Q [input:good:0] [input:bad:0] dpo"},
		{"implicit pair", Options{Form: "trl"}, `{"chosen":[{"role":"user","content":"Q"},{"role":"assistant","content":"good"}],"rejected":[{"role":"user","content":"Q"},{"role":"assistant","content":"bad"}]}`, "u:Q [input:good:0] [input:bad:0] dpo"},
		{"a pair without its other side", Options{Form: "trl"}, `{"prompt":"Q","chosen":"good"}`, "! both needed"},
		{"an answer of the user", Options{Form: "trl"}, `{"prompt":"Q","chosen":[{"role":"user","content":"good"}],"rejected":"bad"}`, "! one answer of the assistant"},
		{"pair under names of their own", Options{Prompt: "p", Chosen: "yes", Rejected: "no"}, `{"p":"Q","yes":"good","no":"bad"}`, "u:Q [input:good:0] [input:bad:0] dpo"},
		{"question and answer", qa, `{"question":"Q","answer":"18"}`, "u:Q"},
		{"no question", qa, `{"answer":"18"}`, `! no field "question": the record has no prompt`},
		{"a question that is no string", qa, `{"question":3,"answer":"18"}`, `! "question" is no string`},
		{"an empty question", qa, `{"question":" ","answer":"18"}`, "! the content is empty"},
		{"answers as strings", given, `{"q":"Q","tries":["a","b"]}`, "u:Q [input:a:0] [input:b:0]"},
		{"answers as objects", given, `{"q":"Q","tries":[{"text":"a","by":"6b"},{"text":"b","checks":[{"name":"c","pass":true}]}]}`, "u:Q [6b:a:0] [input:b:1]"},
		{"one answer", given, `{"q":"Q","tries":"a"}`, "u:Q [input:a:0]"},
		{"no answers yet", given, `{"q":"Q"}`, "u:Q"},
		{"an answer that is no string", given, `{"q":"Q","tries":["a",3]}`, "! tries: answer 1: no string"},
		{"an answer with a member of no place", given, `{"q":"Q","tries":[{"text":"a","is_correct":true}]}`, `! "is_correct" has no place`},
		{"an empty answer", given, `{"q":"Q","tries":[""]}`, "! answer 0: the content is empty"},
		{"10 MB", given, `{"q":"Q","tries":["` + strings.Repeat("x", 10<<20) + `"]}`, "! 10485760 bytes"},
		{"answers to an answer", Options{Form: "messages", Answers: "tries"}, `{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}],"tries":["b"]}`, "! ends with the assistant"},
	} {
		docs, damage := readRecords(t, c.o, c.line)
		if reason, bad := strings.CutPrefix(c.want, "! "); bad {
			if len(docs) != 0 || len(damage) != 1 || !strings.Contains(damage[0].Reason, reason) || !strings.HasPrefix(c.line, string(damage[0].Raw)) {
				t.Errorf("%s: %d documents, damage %.200v, want %q", c.name, len(docs), damage, reason)
			}
			continue
		}
		if len(docs) != 1 || len(damage) != 0 || shown(&docs[0]) != c.want {
			t.Errorf("%s: %+v, %+v; want %q", c.name, docs, damage, c.want)
		}
	}
}

// TestConversationFields: what has no place in a conversation stays a field, the right answer is the field gold, and ids are read as ever.
func TestConversationFields(t *testing.T) {
	docs, damage := readRecords(t, Options{Prompt: "question", Gold: "answer", ID: "n"}, `{"question":"Q","answer":"18","n":7,"skill":"math","text":"t"}`)
	if len(docs) != 1 || len(damage) != 0 {
		t.Fatal(docs, damage)
	}
	d := &docs[0]
	gold, _ := d.Fields.Text("gold")
	skill, _ := d.Fields.Text("skill")
	text, _ := d.Fields.Text("input_text")
	if d.ID != "7" || gold != "18" || skill != "math" || text != "t" || len(d.Fields) != 3 || d.Body() != "Q" {
		t.Errorf("%+v", d)
	}
}

func FuzzConversation(f *testing.F) {
	for _, form := range Forms {
		f.Add(form, `{"messages":[{"role":"user","content":"Q"}],"chosen":"a","rejected":[{"role":"assistant","content":"b"}]}`)
		f.Add(form, `{"instruction":"Q","history":[["a","b"]],"conversations":[{"from":"human","value":"Q"}],"answers":["x"]}`)
	}
	f.Fuzz(func(t *testing.T, form, line string) {
		if strings.ContainsAny(line, "\n\r") || len(line) > 1<<16 {
			return
		}
		docs, damage := readRecords(t, Options{Form: form, Answers: "answers", Encoding: "utf-8"}, line)
		if len(docs)+len(damage) > 1 {
			t.Fatalf("%d documents and %d damaged records of one line", len(docs), len(damage))
		}
		for i := range docs {
			if err := dialogue.Check(docs[i].Turns); err != nil {
				t.Errorf("%q: %v", line, err)
			}
		}
	})
}
