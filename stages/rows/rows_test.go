package rows

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/shard"
)

// read reads one line in a form of conversations, with the fields of a pair where the form does not say them; nil for a damaged one, with the reason.
func read(t *testing.T, form string, line []byte, pair ...string) (*stages.Document, string) {
	t.Helper()
	ctx := context.Background()
	store := blob.Memory()
	if err := blob.Put(ctx, store, "in.jsonl", append(append([]byte(nil), line...), '\n')); err != nil {
		t.Fatal(err)
	}
	obj, err := store.Open(ctx, "in.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	reason := ""
	o := shard.Options{Form: form, Encoding: "utf-8", Damaged: func(d shard.Damage) { reason = d.Reason }}
	if len(pair) == 2 {
		o.Chosen, o.Rejected = pair[0], pair[1]
	}
	r, err := shard.Open(ctx, obj, "in.jsonl", shard.Part{}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var docs [1]stages.Document
	if n, _ := r.Read(docs[:]); n == 0 {
		return nil, reason
	}
	return &docs[0], ""
}

// golden calls f with each line of a golden file.
func golden(t *testing.T, name string, into any, f func()) {
	t.Helper()
	file, err := os.Open(realdata.Path(t, "golden/formats/"+name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := bufio.NewScanner(file)
	for in.Scan() {
		reflect.ValueOf(into).Elem().SetZero()
		if err := json.Unmarshal(in.Bytes(), into); err != nil {
			t.Fatal(err)
		}
		f()
	}
}

// TestTRL: of TRL's rows those are read and written again that are valid, and none else.
func TestTRL(t *testing.T) {
	var row struct {
		Name, Type, Reason string
		Valid              bool
		Example            json.RawMessage
	}
	n := 0
	golden(t, "trl.jsonl", &row, func() {
		if row.Type == "stepwise" || row.Name == "sft text" {
			return // no conversation
		}
		n++
		d, reason := read(t, "trl", row.Example)
		if row.Name == "kto label missing" {
			return // nothing in it says that its answer is bad
		}
		if d != nil && (d.Kind == "kto") != (row.Type == "kto") {
			t.Errorf("%s is taken for a row of kind %q", row.Name, d.Kind)
		}
		if d != nil {
			if err := Check(d); err != nil {
				d, reason = nil, err.Error()
			}
		}
		if (d != nil) != row.Valid {
			t.Errorf("%s: valid %v (%s); we say %q", row.Name, row.Valid, row.Reason, reason)
			return
		}
		if d == nil {
			return
		}
		line, err := Encoder("trl")(nil, d)
		if err != nil {
			t.Errorf("%s: %v", row.Name, err)
			return
		}
		again, reason := read(t, "trl", line)
		if again == nil || !reflect.DeepEqual(again.Turns, d.Turns) || len(again.Answers) != len(d.Answers) {
			t.Errorf("%s: %s is read back as %+v %s, want %+v", row.Name, line, again, reason, d)
		}
	})
	if n < 20 {
		t.Errorf("%d rows", n)
	}
}

// TestLLaMAFactory: what it keeps is read, and written so that the columns of its dataset_info hold the same again.
func TestLLaMAFactory(t *testing.T) {
	var row struct {
		Name, Outcome string
		Info          struct {
			Formatting string
			Columns    map[string]string
			Ranking    bool
		} `json:"dataset_info"`
		Example map[string]any
	}
	n := 0
	golden(t, "llama-factory.jsonl", &row, func() {
		form := map[string]string{"": "alpaca", "sharegpt": "sharegpt"}[row.Info.Formatting]
		if row.Info.Columns["messages"] == "messages" {
			form = "messages" // OpenAI's names
		}
		line, err := json.Marshal(row.Example)
		if err != nil {
			t.Fatal(err)
		}
		var pair []string
		if form == "messages" && row.Info.Ranking {
			pair = []string{row.Info.Columns["chosen"], row.Info.Columns["rejected"]}
		}
		d, reason := read(t, form, line, pair...)
		if (d != nil) != (row.Outcome == "kept") {
			if row.Outcome != "empty" && row.Outcome != "wrong role in the response" {
				t.Errorf("%s: %s; we say %q", row.Name, row.Outcome, reason)
			}
			return
		}
		if d == nil {
			return
		}
		n++
		to := form
		if form == "messages" && Kind(d) != "sft" {
			to = "llama-factory"
		}
		written, err := Encoder(to)(nil, d)
		if err != nil {
			t.Errorf("%s: %v", row.Name, err)
			return
		}
		again, reason := read(t, Form(to), written)
		if again == nil || !reflect.DeepEqual(again.Turns, d.Turns) || !reflect.DeepEqual(again.Answers, d.Answers) {
			t.Errorf("%s: %s is read back as %+v %s", row.Name, written, again, reason)
		}
		var got map[string]any
		if err := json.Unmarshal(written, &got); err != nil {
			t.Fatal(err)
		}
		for _, column := range row.Info.Columns {
			if _, ok := got[column]; !ok && to == form {
				t.Errorf("%s: %s has no column %q", row.Name, written, column)
			}
		}
	})
	if n < 6 {
		t.Errorf("%d rows", n)
	}
}

// TestLayouts shows each layout of each kind.
func TestLayouts(t *testing.T) {
	talk := []stages.Turn{{Role: "system", Content: "S"}, {Role: "user", Content: "Q1"}, {Role: "assistant", Content: "A1"}, {Role: "user", Content: "\"Q\"\n"}}
	sft := stages.Document{ID: "p/pick-1", Kind: "sft", Parents: []string{"p"}, Turns: append(talk[:4:4], stages.Turn{Role: "assistant", Content: "A"})}
	dpo := stages.Document{ID: "p/pick-2", Kind: "dpo", Turns: talk, Answers: []stages.Answer{{Text: "good"}, {Text: "bad"}}}
	kto := sft
	kto.Kind = "kto"
	kto.Fields.SetRaw("label", []byte("false"))
	for _, c := range []struct {
		format string
		d      stages.Document
		want   string
	}{
		{"trl", sft, `{"id":"p/pick-1","prompt":[{"role":"system","content":"S"},{"role":"user","content":"Q1"},{"role":"assistant","content":"A1"},{"role":"user","content":"\"Q\"\n"}],"completion":[{"role":"assistant","content":"A"}],"parents":["p"]}`},
		{"trl", dpo, `{"id":"p/pick-2","prompt":[{"role":"system","content":"S"},{"role":"user","content":"Q1"},{"role":"assistant","content":"A1"},{"role":"user","content":"\"Q\"\n"}],"chosen":[{"role":"assistant","content":"good"}],"rejected":[{"role":"assistant","content":"bad"}]}`},
		{"trl", kto, `{"id":"p/pick-1","prompt":[{"role":"system","content":"S"},{"role":"user","content":"Q1"},{"role":"assistant","content":"A1"},{"role":"user","content":"\"Q\"\n"}],"completion":[{"role":"assistant","content":"A"}],"label":false,"parents":["p"]}`},
		{"alpaca", kto, `{"id":"p/pick-1","instruction":"\"Q\"\n","input":"","output":"A","system":"S","history":[["Q1","A1"]],"kto_tag":false,"parents":["p"]}`},
		{"messages", sft, `{"id":"p/pick-1","messages":[{"role":"system","content":"S"},{"role":"user","content":"Q1"},{"role":"assistant","content":"A1"},{"role":"user","content":"\"Q\"\n"},{"role":"assistant","content":"A"}],"parents":["p"]}`},
		{"sharegpt", dpo, `{"id":"p/pick-2","conversations":[{"from":"human","value":"Q1"},{"from":"gpt","value":"A1"},{"from":"human","value":"\"Q\"\n"}],"system":"S","chosen":{"from":"gpt","value":"good"},"rejected":{"from":"gpt","value":"bad"}}`},
		{"llama-factory", kto, `{"id":"p/pick-1","conversations":[{"from":"human","value":"Q1"},{"from":"gpt","value":"A1"},{"from":"human","value":"\"Q\"\n"},{"from":"gpt","value":"A"}],"system":"S","kto_tag":false,"parents":["p"]}`},
		{"alpaca", sft, `{"id":"p/pick-1","instruction":"\"Q\"\n","input":"","output":"A","system":"S","history":[["Q1","A1"]],"parents":["p"]}`},
		{"alpaca", dpo, `{"id":"p/pick-2","instruction":"\"Q\"\n","input":"","chosen":"good","rejected":"bad","system":"S","history":[["Q1","A1"]]}`},
	} {
		got, err := Encoder(c.format)([]byte("x"), &c.d)
		if err != nil || string(got) != "x"+c.want {
			t.Errorf("%s, %s: %s, %v\nwant %s", c.format, c.d.Kind, got, err, c.want)
		}
	}
	for format, d := range map[string]stages.Document{"messages": dpo, "trl": {Kind: "sft", Turns: talk}, "alpaca": {Turns: talk}, "sharegpt": {Kind: "dpo", Turns: talk}} {
		if got, err := Encoder(format)(nil, &d); err == nil || len(got) > 0 {
			t.Errorf("%s writes an invalid row: %s", format, got)
		}
	}
}

func TestDatasetInfo(t *testing.T) {
	raw, err := DatasetInfo([]string{"x-00000.jsonl"}, "dpo")
	var info map[string]struct {
		File    string `json:"file_name"`
		Ranking bool
		Columns map[string]string
	}
	if err != nil || json.Unmarshal(raw, &info) != nil || info["x-00000"].File != "x-00000.jsonl" || !info["x-00000"].Ranking || info["x-00000"].Columns["chosen"] != "chosen" {
		t.Errorf("%s, %v", raw, err)
	}
	if raw, _ := DatasetInfo([]string{"x.jsonl"}, "sft"); strings.Contains(string(raw), "ranking") {
		t.Errorf("%s", raw)
	}
}
