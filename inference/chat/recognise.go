package chat

import "strings"

// A shape is a whole template in its normal form; ⟨system⟩ stands for the words of its own system message.
type shape struct {
	family family
	text   string
}

const wild = "⟨system⟩"

// messageTurn is how ChatML templates write one message.
const messageTurn = `{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}`

const generationPrompt = `{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}`

// shapes are the templates short enough to be known by heart.
var shapes = normalShapes([]shape{
	{qwen2, `{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n` + wild +
		`<|im_end|>\n' }}{% endif %}` + messageTurn + `{% endfor %}` + generationPrompt},
	{chatML, `{% for message in messages %}` + messageTurn + `{% endfor %}` + generationPrompt},
	{chatML, `{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% for message in messages %}` +
		messageTurn + `{% endfor %}` + generationPrompt},
	{factory, `{% set system_message = '` + wild + `' %}{% if messages[0]['role'] == 'system' %}{% set system_message = messages[0]['content'] %}{% endif %}` +
		`{% if system_message is defined %}{{ '<|im_start|>system\n' + system_message + '<|im_end|>\n' }}{% endif %}{% for message in messages %}` +
		`{% set content = message['content'] %}{% if message['role'] == 'user' %}{{ '<|im_start|>user\n' + content + '<|im_end|>\n<|im_start|>assistant\n' }}` +
		`{% elif message['role'] == 'assistant' %}{{ content + '<|im_end|>' + '\n' }}{% endif %}{% endfor %}`},
	{qwen25, qwen25Text},
	{llama3, `{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + ` +
		`'<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}` +
		`{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}`},
})

// qwen25Text is the template of the Qwen2.5 models, without white space between its tags.
const qwen25Text = `{%- if tools %}{{- '<|im_start|>system\n' }}{%- if messages[0]['role'] == 'system' %}{{- messages[0]['content'] }}{%- else %}` +
	`{{- '` + wild + `' }}{%- endif %}{{- "\n\n# Tools\n\nYou may call one or more functions to assist with the user query.\n\n` +
	`You are provided with function signatures within <tools></tools> XML tags:\n<tools>" }}{%- for tool in tools %}{{- "\n" }}{{- tool | tojson }}{%- endfor %}` +
	`{{- "\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n` +
	`<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call><|im_end|>\n" }}{%- else %}` +
	`{%- if messages[0]['role'] == 'system' %}{{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}{%- else %}` +
	`{{- '<|im_start|>system\n` + wild + `<|im_end|>\n' }}{%- endif %}{%- endif %}{%- for message in messages %}` +
	`{%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}` +
	`{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}{%- elif message.role == "assistant" %}` +
	`{{- '<|im_start|>' + message.role }}{%- if message.content %}{{- '\n' + message.content }}{%- endif %}{%- for tool_call in message.tool_calls %}` +
	`{%- if tool_call.function is defined %}{%- set tool_call = tool_call.function %}{%- endif %}{{- '\n<tool_call>\n{"name": "' }}{{- tool_call.name }}` +
	`{{- '", "arguments": ' }}{{- tool_call.arguments | tojson }}{{- '}\n</tool_call>' }}{%- endfor %}{{- '<|im_end|>\n' }}` +
	`{%- elif message.role == "tool" %}{%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}{{- '<|im_start|>user' }}{%- endif %}` +
	`{{- '\n<tool_response>\n' }}{{- message.content }}{{- '\n</tool_response>' }}` +
	`{%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}{{- '<|im_end|>\n' }}{%- endif %}{%- endif %}{%- endfor %}` +
	`{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}`

// A mark is a template too long and too often revised to be known as a whole: it has all of one list and none of the other, in normal form.
type mark struct {
	family   family
	has, not []string
}

var marks = []mark{
	{
		qwen3,
		[]string{
			"{{'<|im_start|>system\n'+messages[0].content+'<|im_end|>\n'}}", "last_query_index", "reasoning_content.strip('\n')",
			"{{'<|im_start|>assistant\n'}}{%if enable_thinking is defined and enable_thinking is false%}{{'<think>\n\n</think>\n\n'}}{%endif%}{%endif%}",
		},
		[]string{"macro ", "vision", "content|trim", "else%}{{'<think>\n'}}"},
	},
	{
		llama31,
		[]string{
			"{{bos_token}}", "{%set date_string='26 Jul 2024'%}", "{{'<|start_header_id|>system<|end_header_id|>\n\n'}}",
			"{{'Cutting Knowledge Date: December 2023\n'}}", "{{'Today Date: '+date_string+'\n\n'}}", "{{system_message}}{{'<|eot_id|>'}}",
			"{{'<|start_header_id|>'+message.role+'<|end_header_id|>\n\n'+message.content|trim+'<|eot_id|>'}}",
			"{%if add_generation_prompt%}{{'<|start_header_id|>assistant<|end_header_id|>\n\n'}}{%endif%}",
		},
		[]string{"macro ", "thinking", "{%if system_message%}"},
	},
}

func normalShapes(list []shape) []shape {
	for i := range list {
		list[i].text = normal(list[i].text)
	}
	return list
}

// recognise returns the template of a text, nil when it is none of ours.
func recognise(template string) *Template {
	if len(template) > 1<<16 {
		return nil // the longest known has 10 kB
	}
	text := normal(template)
	for _, s := range shapes {
		system, ok := matchShape(text, s.text)
		if !ok {
			continue
		}
		t := &Template{family: s.family, system: system}
		if s.family.name == "Qwen2" && strings.Contains(system, "SmolLM") {
			t.family.name = "SmolLM2"
		}
		return t
	}
	for _, m := range marks {
		if m.matches(text) {
			return &Template{family: m.family}
		}
	}
	return nil
}

func (m *mark) matches(text string) bool {
	for _, s := range m.has {
		if !strings.Contains(text, s) {
			return false
		}
	}
	for _, s := range m.not {
		if strings.Contains(text, s) {
			return false
		}
	}
	return true
}

// matchShape compares a text with a shape and returns what stands in the place of the system message. A system message ends its string, so it has
// no quotation mark; where it comes twice it must be the same.
func matchShape(text, shape string) (system string, ok bool) {
	parts := strings.Split(shape, wild)
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return "", false
	}
	for i, part := range parts[1:] {
		end := strings.IndexByte(rest, '\'')
		if marker := strings.Index(rest, imEnd); marker >= 0 && marker < end {
			end = marker
		}
		if end < 0 || i > 0 && rest[:end] != system || strings.IndexByte(rest[:end], 0) >= 0 {
			return "", false
		}
		system = rest[:end]
		if rest, ok = strings.CutPrefix(rest[end:], part); !ok {
			return "", false
		}
	}
	return system, rest == ""
}
