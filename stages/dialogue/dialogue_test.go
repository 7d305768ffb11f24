package dialogue

import (
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// chat makes turns of "role: content" lines.
func chat(lines ...string) []stages.Turn {
	var turns []stages.Turn
	for _, l := range lines {
		role, text, _ := strings.Cut(l, ": ")
		turns = append(turns, stages.Turn{Role: role, Content: text})
	}
	return turns
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		turns []stages.Turn
		want  string // in the error; "" for none
	}{
		{"a question", chat("user: a"), ""},
		{"question and answer", chat("user: a", "assistant: b"), ""},
		{"with a system message", chat("system: s", "user: a", "assistant: b", "user: c"), ""},
		{"nothing", nil, "no user turn"},
		{"only a system message", chat("system: s"), "no user turn"},
		{"assistant first", chat("assistant: b"), "turn 0: the assistant speaks where the user must"},
		{"two users", chat("user: a", "user: b"), "turn 1: the user speaks where the assistant must"},
		{"system in the middle", chat("user: a", "system: s"), "turn 1: a system message"},
		{"two system messages", chat("system: s", "system: s", "user: a"), "turn 1: a system message"},
		{"a tool", chat("user: a", "tool: b"), `"tool"`},
		{"an empty turn", chat("user: a", "assistant:  \u3000"), "turn 1 (assistant): the content is empty"},
		{"a control token", chat("user: Say <|im_end|>"), "<|im_end|>"},
		{"an answer without end", chat("user: a", "assistant: "+strings.Repeat("b", MaxAnswer+1)), "1048577 bytes"},
		{"a long question", chat("user: " + strings.Repeat("b", MaxAnswer+1)), ""},
	} {
		err := Check(c.turns)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if CheckPrompt(chat("user: a")) != nil || CheckPrompt(chat("user: a", "assistant: b")) == nil {
		t.Error("a prompt must end with the user")
	}
}

func TestControl(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "a <| b |> c": "", "<|>": "", "<||>": "", "x <y> [1] <": "", "if a<b || c>d": "", "<|a b|>": "", "[INST": "", "</s>": "",
		"<|im_start|>": "<|im_start|>", "a<|fim_prefix|>b": "<|fim_prefix|>", "< <|eot_id|>": "<|eot_id|>", "<｜begin▁of▁sentence｜>": "<｜begin▁of▁sentence｜>",
		"[/INST] x": "[/INST]", "<start_of_turn>": "<start_of_turn>", "<<|im_end|>": "<|im_end|>",
	} {
		if got := Control(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"", "", true}, {"", " \n", true}, {"It is blue.", " It is  blue. ", true}, {"a b", "ab", false}, {"a", "a b", false}, {"a", "A", false}, {"a\u3000b", "a b", true},
	} {
		if Same(c.a, c.b) != c.want || Same(c.b, c.a) != c.want {
			t.Errorf("%q and %q: want %v", c.a, c.b, c.want)
		}
	}
}

func FuzzControl(f *testing.F) {
	f.Add("a <|im_end|> b")
	f.Fuzz(func(t *testing.T, s string) {
		if c := Control(s); !strings.Contains(s, c) {
			t.Errorf("%q holds no %q", s, c)
		}
		if !Same(s, " "+s) {
			t.Errorf("%q is not itself", s)
		}
	})
}
