package rows

import (
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
)

// names are what a layout calls the parts of a turn.
type names struct {
	role, content string
	roles         map[string]string // ours → theirs; nil: the same
}

var (
	openAI   = names{role: "role", content: "content"}
	shareAll = names{role: "from", content: "value", roles: map[string]string{dialogue.User: "human", dialogue.Assistant: "gpt", dialogue.System: "system"}}
)

// turn writes one turn as an object.
func (w *writer) turn(t stages.Turn, n names) {
	role := t.Role
	if r, ok := n.roles[role]; ok {
		role = r
	}
	w.open('{')
	w.text(n.role, role)
	w.text(n.content, t.Content)
	w.close('}')
}

// turns writes a list of turns under a key.
func (w *writer) turns(key string, list []stages.Turn, n names) {
	w.key(key)
	w.open('[')
	for _, t := range list {
		w.comma()
		w.turn(t, n)
	}
	w.close(']')
}

// answer writes an answer as a list of one message.
func (w *writer) answer(key, text string) {
	w.turns(key, []stages.Turn{{Role: dialogue.Assistant, Content: text}}, openAI)
}

// trl writes what TRL's trainers take: prompt and completion, an explicit prompt with both sides, or unpaired preference.
func trl(w *writer, d *stages.Document, kind string) {
	if kind == "dpo" {
		w.turns("prompt", d.Turns, openAI)
		w.answer("chosen", d.Answers[0].Text)
		w.answer("rejected", d.Answers[1].Text)
		return
	}
	last := len(d.Turns) - 1
	w.turns("prompt", d.Turns[:last], openAI)
	w.answer("completion", d.Turns[last].Content)
	if kind == "kto" {
		w.bool("label", d)
	}
}

// messages writes a conversation as OpenAI has it.
func messages(w *writer, d *stages.Document, _ string) { w.turns("messages", d.Turns, openAI) }

// system parts the system message from what follows.
func system(turns []stages.Turn) (string, []stages.Turn) {
	if turns[0].Role == dialogue.System {
		return turns[0].Content, turns[1:]
	}
	return "", turns
}

// shareGPT writes conversations of human and gpt; the sides of a pair are objects, as LLaMA-Factory takes them.
func shareGPT(w *writer, d *stages.Document, kind string) {
	sys, turns := system(d.Turns)
	w.turns("conversations", turns, shareAll)
	w.text("system", sys)
	switch kind {
	case "dpo":
		for i, side := range []string{"chosen", "rejected"} {
			w.key(side)
			w.turn(stages.Turn{Role: dialogue.Assistant, Content: d.Answers[i].Text}, shareAll)
		}
	case "kto":
		w.bool("kto_tag", d)
	}
}

// alpaca writes the last question as the instruction; what was said before is the history.
func alpaca(w *writer, d *stages.Document, kind string) {
	sys, turns := system(d.Turns)
	answer := ""
	if kind != "dpo" {
		answer = turns[len(turns)-1].Content
		turns = turns[:len(turns)-1]
	}
	last := len(turns) - 1
	w.text("instruction", turns[last].Content)
	w.text("input", "")
	if kind == "dpo" {
		w.text("chosen", d.Answers[0].Text)
		w.text("rejected", d.Answers[1].Text)
	} else {
		w.text("output", answer)
	}
	w.text("system", sys)
	w.key("history")
	w.open('[')
	for i := 0; i+1 < last; i += 2 {
		w.comma()
		w.open('[')
		w.comma()
		w.quote(turns[i].Content)
		w.comma()
		w.quote(turns[i+1].Content)
		w.close(']')
	}
	w.close(']')
	if kind == "kto" {
		w.bool("kto_tag", d)
	}
}
