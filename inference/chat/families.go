package chat

import "strings"

const (
	imStart = "<|im_start|>"
	imEnd   = "<|im_end|>"
)

// The families. ChatML ones write <|im_start|>role, a line end, the content, <|im_end|> and a line end.
var (
	// qwen2 adds a system message where there is none. SmolLM2 and Qwen1.5 do, too, with other words.
	qwen2 = family{name: "Qwen2", render: func(t *Template, w *writer, ms []Message, prompt bool) {
		if len(ms) > 0 && ms[0].Role != "system" {
			w.turn("system", t.system)
		}
		w.chatML(ms, prompt)
	}}
	chatML = family{name: "ChatML", render: func(_ *Template, w *writer, ms []Message, prompt bool) { w.chatML(ms, prompt) }}
	// factory is what LLaMA-Factory writes into models that it tunes: a user turn always opens the answer, whatever is asked for.
	factory = family{name: "Qwen2 (LLaMA-Factory)", roles: []string{"system", "user", "assistant"}, render: renderFactory}
	qwen25  = family{name: "Qwen2.5", roles: []string{"system", "user", "assistant", "tool"}, render: renderQwen25}
	qwen3   = family{name: "Qwen3", roles: []string{"system", "user", "assistant", "tool"}, render: renderQwen3}
	llama3  = family{name: "Llama 3", render: func(_ *Template, w *writer, ms []Message, prompt bool) {
		w.special("<|begin_of_text|>")
		w.llama(ms, prompt)
	}}
	llama31 = family{name: "Llama 3.1", roles: []string{"system", "user", "assistant"}, render: renderLlama31}
)

// turn writes one whole turn of ChatML.
func (w *writer) turn(role, content string) {
	w.special(imStart)
	w.text(role, "\n", content)
	w.special(imEnd)
	w.text("\n")
}

func (w *writer) chatML(ms []Message, prompt bool) {
	for _, m := range ms {
		w.turn(m.Role, m.Content)
	}
	w.answer(prompt)
}

// answer opens the answer.
func (w *writer) answer(prompt bool) {
	if prompt {
		w.special(imStart)
		w.text("assistant\n")
	}
}

func renderFactory(t *Template, w *writer, ms []Message, _ bool) {
	system := t.system
	if len(ms) > 0 && ms[0].Role == "system" {
		system = ms[0].Content
	}
	w.turn("system", system)
	for _, m := range ms {
		switch m.Role {
		case "user":
			w.turn("user", m.Content)
			w.answer(true)
		case "assistant":
			w.text(m.Content)
			w.special(imEnd)
			w.text("\n")
		}
	}
}

func renderQwen25(t *Template, w *writer, ms []Message, prompt bool) {
	if len(ms) == 0 || ms[0].Role != "system" {
		w.turn("system", t.system)
	}
	for i, m := range ms {
		switch m.Role {
		case "system", "user", "assistant":
			w.turn(m.Role, m.Content)
		case "tool":
			w.tool(ms, i)
		}
	}
	w.answer(prompt)
}

// tool writes what a tool answered. Answers in a row are one turn of the user.
func (w *writer) tool(ms []Message, i int) {
	if i == 0 || ms[i-1].Role != "tool" {
		w.special(imStart)
		w.text("user")
	}
	w.text("\n<tool_response>\n", ms[i].Content, "\n</tool_response>")
	if i == len(ms)-1 || ms[i+1].Role != "tool" {
		w.special(imEnd)
		w.text("\n")
	}
}

func renderQwen3(_ *Template, w *writer, ms []Message, prompt bool) {
	asked := len(ms) - 1 // the last question; thoughts are kept only behind it
	for i, m := range ms {
		answered := strings.HasPrefix(m.Content, "<tool_response>") && strings.HasSuffix(m.Content, "</tool_response>")
		if m.Role == "user" && !answered {
			asked = i
		}
	}
	if !hasQuestion(ms) {
		asked = len(ms) - 1
	}
	for i, m := range ms {
		switch m.Role {
		case "system", "user":
			w.turn(m.Role, m.Content)
		case "assistant":
			thought, content := splitThought(m.Content)
			if i > asked && (i == len(ms)-1 || thought != "") {
				content = "<think>\n" + strings.Trim(thought, "\n") + "\n</think>\n\n" + strings.TrimLeft(content, "\n")
			}
			w.turn(m.Role, content)
		case "tool":
			w.tool(ms, i)
		}
	}
	if w.answer(prompt); prompt {
		w.text("<think>\n\n</think>\n\n")
	}
}

func hasQuestion(ms []Message) bool {
	for _, m := range ms {
		if m.Role == "user" && !(strings.HasPrefix(m.Content, "<tool_response>") && strings.HasSuffix(m.Content, "</tool_response>")) {
			return true
		}
	}
	return false
}

// splitThought takes the thoughts off an answer: the template's
// content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') and content.split('</think>')[-1].lstrip('\n').
func splitThought(s string) (thought, content string) {
	first, _, found := strings.Cut(s, "</think>")
	if !found {
		return "", s
	}
	first = strings.TrimRight(first, "\n")
	if i := strings.LastIndex(first, "<think>"); i >= 0 {
		first = first[i+len("<think>"):]
	}
	return strings.TrimLeft(first, "\n"), strings.TrimLeft(s[strings.LastIndex(s, "</think>")+len("</think>"):], "\n")
}

// llama writes turns as Llama 3 does.
func (w *writer) llama(ms []Message, prompt bool) {
	for _, m := range ms {
		w.header(m.Role)
		w.text(strings.TrimFunc(m.Content, pythonSpace))
		w.special("<|eot_id|>")
	}
	if prompt {
		w.header("assistant")
	}
}

func (w *writer) header(role string) {
	w.special("<|start_header_id|>")
	w.text(role)
	w.special("<|end_header_id|>")
	w.text("\n\n")
}

func renderLlama31(_ *Template, w *writer, ms []Message, prompt bool) {
	system := ""
	if len(ms) > 0 && ms[0].Role == "system" {
		system, ms = strings.TrimFunc(ms[0].Content, pythonSpace), ms[1:]
	}
	w.special("<|begin_of_text|>")
	w.header("system")
	w.text("Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n", system)
	w.special("<|eot_id|>")
	w.llama(ms, prompt)
}

// pythonSpace is what Jinja's trim takes off: str.isspace, which has four separators more than Unicode's white space.
func pythonSpace(r rune) bool {
	switch {
	case r >= '\t' && r <= '\r', r >= 0x1c && r <= ' ', r == 0x85, r == 0xa0, r == 0x1680, r >= 0x2000 && r <= 0x200a:
		return true
	}
	return r == 0x2028 || r == 0x2029 || r == 0x202f || r == 0x205f || r == 0x3000
}
