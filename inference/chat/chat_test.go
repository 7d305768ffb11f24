package chat

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared returns the path of a real input, below ../shared beside the repository. Where it is absent the test is skipped; in CI it fails.
func shared(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("real inputs are needed in CI: %v", err)
		}
		t.Skipf("real inputs are absent: %v", err)
	}
	return path
}

func readJSON(t testing.TB, path string, v any) {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(src, v); err != nil {
		t.Fatal(err)
	}
}

var byName = map[string]*Template{
	"Qwen2":                 {family: qwen2, system: "You are a helpful assistant."},
	"SmolLM2":               {family: qwen2, system: "You are a helpful AI assistant named SmolLM, trained by Hugging Face"},
	"Qwen2 (LLaMA-Factory)": {family: factory, system: "You are a helpful assistant."},
	"Qwen2.5":               {family: qwen25, system: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."},
	"Qwen3":                 {family: qwen3},
	"ChatML":                {family: chatML},
	"Llama 3":               {family: llama3},
	"Llama 3.1":             {family: llama31},
}

// TestRendered compares with what Jinja2 made of each family's template (trim_blocks, lstrip_blocks, enable_thinking=false): testdata/rendered.json.
func TestRendered(t *testing.T) {
	var rows []struct {
		Family   string    `json:"family"`
		Messages []Message `json:"messages"`
		Prompt   bool      `json:"prompt"`
		Text     string    `json:"text"`
	}
	readJSON(t, "testdata/rendered.json", &rows)
	seen := map[string]bool{}
	for _, r := range rows {
		tmpl := byName[r.Family]
		if tmpl == nil {
			t.Fatalf("no family %q", r.Family)
		}
		seen[r.Family] = true
		if err := tmpl.Check(r.Messages); err != nil {
			t.Errorf("%s: %v", r.Family, err)
		}
		pieces := tmpl.Render(r.Messages, r.Prompt)
		if got := Text(pieces); got != r.Text {
			t.Errorf("%s, %v, prompt %t:\n got %q\nwant %q", r.Family, r.Messages, r.Prompt, got, r.Text)
		}
		checkPieces(t, pieces)
	}
	if len(seen) != len(byName) {
		t.Errorf("%d families rendered, want %d", len(seen), len(byName))
	}
}

// checkPieces: text is never empty and never beside text; special pieces are the templates' own.
func checkPieces(t *testing.T, pieces []Piece) {
	t.Helper()
	own := map[string]bool{imStart: true, imEnd: true, "<|begin_of_text|>": true, "<|start_header_id|>": true, "<|end_header_id|>": true, "<|eot_id|>": true}
	for i, p := range pieces {
		if p.Text == "" || p.Special && !own[p.Text] || !p.Special && i > 0 && !pieces[i-1].Special {
			t.Errorf("piece %d of %v", i, pieces)
		}
	}
}

func TestRecognise(t *testing.T) {
	read := func(name string) string {
		src, err := os.ReadFile(shared(t, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(src)
	}
	var config, smollm struct {
		ChatTemplate string `json:"chat_template"`
		Template     string `json:"template"`
	}
	readJSON(t, shared(t, "data/tokenizer/qwen2-1.5b-instruct.tokenizer_config.json"), &config)
	readJSON(t, shared(t, "golden/smollm2/chat.json"), &smollm)
	marked := func(m mark) string { return strings.Join(m.has, "{{- 'between' }}\n") }
	for name, text := range map[string]string{
		"Qwen2":                 read("data/tokenizer/qwen2-chat-template.jinja"),
		"Qwen2.5":               read("data/tokenizer/Qwen-Qwen2.5-7B-Instruct.jinja"),
		"Qwen2 (LLaMA-Factory)": config.ChatTemplate,
		"SmolLM2":               smollm.Template,
		"ChatML":                "{% for message in messages %}\n  {{- \"<|im_start|>\" + message.role + \"\\n\" + message.content + \"<|im_end|>\" + \"\\n\" -}}\n{% endfor %}\n{%- if add_generation_prompt -%}\n{{ \"<|im_start|>assistant\\n\" }}{% endif %}\n",
		"Llama 3":               "{# comment #}{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
		"Qwen3":                 marked(marks[0]),
		"Llama 3.1":             marked(marks[1]),
	} {
		tmpl, err := New(text)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, normal(text))
			continue
		}
		if tmpl.Name() != name || tmpl.System() != byName[name].system {
			t.Errorf("%s is taken for %s with the system message %q", name, tmpl.Name(), tmpl.System())
		}
	}
}

// TestSystemWords: the system message of a template is read as Jinja reads it, or the template is not known.
func TestSystemWords(t *testing.T) {
	before, after, _ := strings.Cut(shapes[0].text, wild)
	for in, want := range map[string]string{
		`put it in \\boxed{}.`: `put it in \boxed{}.`, `two\nlines`: "two\nlines", `a "quoted" word`: `a "quoted" word`, ``: "",
	} {
		tmpl, err := New(before + in + after)
		if err != nil {
			t.Errorf("%s: %v", in, err)
		} else if tmpl.System() != want {
			t.Errorf("%s: %q, want %q", in, tmpl.System(), want)
		}
	}
	for _, in := range []string{`\x41`, `\u0041`, "\x00", `it's`, `it\'s`} {
		if tmpl, err := New(before + in + after); err == nil {
			t.Errorf("%s is taken for %q", in, tmpl.System())
		}
	}
}

func TestUnknownTemplates(t *testing.T) {
	qwen := strings.ReplaceAll(shapes[0].text, wild, "x")
	if _, err := New(qwen); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty":               " \n",
		"other":               "{% for m in messages %}[INST] {{ m.content }} [/INST]{% endfor %}",
		"something behind":    qwen + "{{ evil() }}",
		"something before":    "hello " + qwen,
		"no line end":         strings.Replace(qwen, "+'\n'}}", "}}", 1),
		"text between":        strings.Replace(qwen, "{%endfor%}", " {%endfor%}", 1),
		"unterminated":        qwen[:len(qwen)-3],
		"brace":               "{",
		"only an open tag":    "{{",
		"only an open string": "{{ '",
		"too long":            strings.Repeat("{{['a']}}", 1<<14),
		"Qwen3.5":             strings.Join(marks[0].has, "") + "{%- else %}{{- '<think>\\n' }}",
	} {
		tmpl, err := New(text)
		if err == nil {
			t.Errorf("%s is taken for %s", name, tmpl.Name())
		} else if !strings.Contains(err.Error(), "Qwen2.5, Qwen3, SmolLM2, ChatML, Llama 3") || !strings.Contains(err.Error(), "raw prompt") {
			t.Errorf("%s: the error says neither what is known nor the way out: %v", name, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		family   string
		messages []Message
		want     string
	}{
		{"Qwen2", nil, "no messages"},
		{"Qwen2", []Message{{Content: "x"}}, "message 0 has no role"},
		{"Qwen2", []Message{{Role: "any", Content: "x"}}, ""},
		{"Qwen2.5", []Message{{Role: "user"}, {Role: "developer"}}, `message 1 has the role "developer"; Qwen2.5 knows system, user, assistant, tool`},
		{"Llama 3.1", []Message{{Role: "tool"}}, "Llama 3.1 knows system, user, assistant"},
	} {
		err := byName[c.family].Check(c.messages)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s, %v: error %v, want %q", c.family, c.messages, err, c.want)
		}
	}
}

func FuzzNew(f *testing.F) {
	for _, s := range shapes {
		f.Add(s.text)
	}
	f.Add("{{ 'a\\")
	f.Fuzz(func(t *testing.T, text string) {
		if tmpl, err := New(text); err == nil {
			Text(tmpl.Render([]Message{{Role: "user", Content: "x"}}, true))
		}
		if once := normal(text); len(once) > 2*len(text)+4 {
			t.Errorf("normal(%q) grew to %q", text, once)
		}
	})
}
