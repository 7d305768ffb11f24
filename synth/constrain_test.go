package synth

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// recordedModel answers as a real model did for AutoIF: eight functions for each of its instructions. Its back-translations agree but for those of refused.
func recordedModel(t *testing.T, refused string) (oracle, []string) {
	t.Helper()
	var instructions []string
	outputs := map[string][]string{}
	for _, r := range goldenRows[struct {
		Instruction string
		Outputs     []string `json:"gpt-answer"`
	}](t, "data/autoif/eval_func_rft.jsonl")[:3] {
		instructions = append(instructions, r.Instruction)
		outputs[r.Instruction] = r.Outputs
	}
	return func(r stages.Request) stages.Reply {
		what := r.Key[strings.LastIndexByte(r.Key, '/')+1:]
		kind, number, _ := strings.Cut(what, "-")
		switch kind {
		case "function":
			for s, list := range outputs {
				if strings.Contains(r.Turns[0].Content, s) {
					return stages.Reply{Text: list[number[0]-'1'], Out: 1}
				}
			}
		case "back":
			return stages.Reply{Text: "Do as the function says."}
		case "same":
			if refused != "" && strings.Contains(r.Turns[0].Content, refused) {
				return stages.Reply{Text: "contradicts"}
			}
			return stages.Reply{Text: "entails"}
		}
		t.Errorf("an unexpected request %s: %s", r.Key, r.Turns[0].Content)
		return stages.Reply{}
	}, instructions
}

// constrained runs constrain over prompts with the instructions of the recording.
func constrained(t *testing.T, refused string, docs ...stages.Document) (*stages.Batch, []string, *stages.Env) {
	t.Helper()
	m, instructions := recordedModel(t, refused)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "list.txt"), []byte(strings.Join(instructions, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	env := m.env()
	if _, err := openSandbox(env, "any"); err != nil {
		t.Skip(err)
	}
	c := constrainDefaults
	c.Model, c.From = "m", "list.txt"
	provisioned(t, &c, dir, env)
	b := stages.NewBatch(docs)
	b.Act("constrain")
	if err := c.Apply(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	return b, instructions, env
}

func TestConstrain(t *testing.T) {
	prompt := func(id string) stages.Document {
		return stages.Document{ID: id, Turns: []stages.Turn{{Role: "user", Content: "Tell me about apples."}}}
	}
	answered := prompt("answered")
	answered.Answers = []stages.Answer{{Text: "x"}}
	b, instructions, env := constrained(t, "", prompt("a"), prompt("b"), prompt("c"), prompt("d"), answered)
	used := map[string]bool{}
	for i := range b.Docs {
		d := &b.Docs[i]
		_, err := b.Outcome(i)
		if d.ID == "answered" {
			if err == nil || !strings.Contains(err.Error(), "constrain comes before answer") {
				t.Errorf("a prompt with answers: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := d.Fields.Raw("kwargs")
		var args []functionArgs
		if err := json.Unmarshal(raw, &args); err != nil || len(args) != 1 {
			t.Fatalf("%s: kwargs %s", d.ID, raw)
		}
		used[args[0].Instruction] = true
		if !strings.HasSuffix(d.Turns[0].Content, "apples.\n\n"+args[0].Instruction) {
			t.Errorf("%s: the prompt is %q", d.ID, d.Turns[0].Content)
		}
		if args[0].Instruction == instructions[2] {
			t.Errorf("%s: got %q, for which no function holds", d.ID, args[0].Instruction)
		}
	}
	if len(used) != 2 {
		t.Errorf("four prompts got %d instructions, want both that hold", len(used))
	}
	checkConstrained(t, env, &b.Docs[0])
}

// checkConstrained judges answers by the functions: none says yes to the empty list, one after another its own case.
func checkConstrained(t *testing.T, env *stages.Env, d *stages.Document) {
	t.Helper()
	d.Fields.SetRaw("kwargs", []byte(`[{"instruction": "be short", "functions": ["def evaluate(r):\n    return len(r) < 5", "import re\ndef evaluate(r):\n    return bool(re.match('^.{0,9}$', r))", "def evaluate(r):\n    while True: pass"]}]`))
	d.Answers = []stages.Answer{{Text: "abc"}, {Text: "a\"\\'\n\u2028é\x00b"}, {Text: "too long for both"}, {Text: "six ch"}}
	c := checkConstraintsDefaults
	c.CPU /= 10
	provisioned(t, &c, "", env)
	b := stages.NewBatch([]stages.Document{*d})
	b.Act("stage")
	if err := c.Apply(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for k, want := range []stages.Result{stages.Passed, stages.Failed, stages.Failed, stages.Unknown} {
		checks := b.Docs[0].Answers[k].Checks
		if len(checks) != 1 || checks[0].Name != "stage/"+functionsID || checks[0].Result != want {
			t.Errorf("answer %d: %+v, want %v", k, checks, want)
		}
	}
}

// An instruction that the model does not recognise in its functions is not given.
func TestConstrainBackTranslation(t *testing.T) {
	_, instructions := recordedModel(t, "")
	b, _, _ := constrained(t, instructions[0], stages.Document{ID: "a", Text: "Apples?"}, stages.Document{ID: "b", Text: "Pears?"}, stages.Document{ID: "c", Text: "Plums?"})
	for i := range b.Docs {
		if _, err := b.Outcome(i); err != nil || !strings.HasSuffix(b.Docs[i].Text, instructions[1]) {
			t.Errorf("%s: %q, %v, want the one instruction that holds", b.Docs[i].ID, b.Docs[i].Text, err)
		}
	}
}
