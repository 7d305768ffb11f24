// Package chat writes conversations the way a model was trained to read them.
//
// A model says how in a Jinja template. Templates are programs, and a model file may come from anywhere, so we run none: we recognise the ones we
// know by their text ([New]) and write what they would write. A template that we do not know is an error; raw prompts still work with such a
// model.
//
//	tmpl, err := chat.New(tok.ChatTemplate())
//	if err := tmpl.Check(messages); err != nil { … }
//	pieces := tmpl.Render(messages, true)
//	ids, err := chat.Append(nil, tok, pieces)
//
// Known are Qwen2 (and Qwen1.5), Qwen2.5, Qwen3, SmolLM2, plain ChatML, Llama 3 and Llama 3.1 to 3.3. Tools are not rendered: a model with tools
// in its template is written as without any. Qwen3 is written as with enable_thinking=false. Llama 3.2 and 3.3 print today's date, which would make
// a run's bytes depend on the day: theirs is always the template's own fallback, 26 Jul 2024.
//
// What a user wrote never becomes a special token: a [Piece] is either special, and made by the template, or text.
package chat

import (
	"fmt"
	"slices"
	"strings"
)

// A Message is one turn of a conversation.
type Message struct {
	Role    string `json:"role"` // system, user or assistant; tool where the template knows it
	Content string `json:"content"`
}

// A Piece is a part of a rendered conversation: one special token, or text in which special tokens do not count.
type Piece struct {
	Text    string
	Special bool
}

// A Template writes conversations for a model. It is immutable.
type Template struct {
	family family
	system string // of a conversation without a system message; "" where the family has none
}

// family is how a group of templates writes.
type family struct {
	name   string
	roles  []string // nil: any
	render func(t *Template, w *writer, messages []Message, prompt bool)
}

// New recognises a template. The error lists those we know.
func New(template string) (*Template, error) {
	if strings.TrimSpace(template) == "" {
		return nil, fmt.Errorf("chat: the model has no chat template; give it a raw prompt, or one with a template: %s", known())
	}
	if t := recognise(template); t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("chat: unknown chat template (it begins %.60q); known are %s. A raw prompt works without one", template, known())
}

func known() string {
	return "Qwen2, Qwen2.5, Qwen3, SmolLM2, ChatML, Llama 3, Llama 3.1 to 3.3"
}

// Name returns the family of the template, such as "Qwen2.5".
func (t *Template) Name() string { return t.family.name }

// System returns the system message of a conversation that has none, or "".
func (t *Template) System() string { return t.system }

// Check tells of messages that the template would leave out or that make no conversation.
func (t *Template) Check(messages []Message) error {
	if len(messages) == 0 {
		return fmt.Errorf("chat: no messages")
	}
	for i, m := range messages {
		if m.Role == "" {
			return fmt.Errorf("chat: message %d has no role", i)
		}
		if t.family.roles != nil && !slices.Contains(t.family.roles, m.Role) {
			return fmt.Errorf("chat: message %d has the role %.40q; %s knows %s", i, m.Role, t.family.name, strings.Join(t.family.roles, ", "))
		}
	}
	return nil
}

// Render writes a conversation, and with prompt the beginning of the answer. Neighbouring text is one piece, because a tokenizer may join its ends.
// Messages with a role that the family does not know are left out, as their templates do; Check finds them.
func (t *Template) Render(messages []Message, prompt bool) []Piece {
	w := &writer{}
	t.family.render(t, w, messages, prompt)
	return w.pieces
}

// Text joins pieces into the text that the Jinja template gives.
func Text(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// An Encoder is what Append needs of a tokenizer; *tokenizer.Tokenizer is one.
type Encoder interface {
	Encode(dst []int32, text string, special bool) []int32
	ID(token string) (int32, bool)
}

// Append appends the ids of pieces. The error names a special token that the vocabulary lacks.
func Append(dst []int32, tok Encoder, pieces []Piece) ([]int32, error) {
	for _, p := range pieces {
		if !p.Special {
			dst = tok.Encode(dst, p.Text, false)
			continue
		}
		id, ok := tok.ID(p.Text)
		if !ok {
			return dst, fmt.Errorf("chat: the template writes %s, which is no token of the vocabulary", p.Text)
		}
		dst = append(dst, id)
	}
	return dst, nil
}

// A writer collects pieces.
type writer struct{ pieces []Piece }

func (w *writer) special(token string) {
	w.pieces = append(w.pieces, Piece{Text: token, Special: true})
}

func (w *writer) text(parts ...string) {
	s := strings.Join(parts, "")
	if s == "" {
		return
	}
	if n := len(w.pieces); n > 0 && !w.pieces[n-1].Special {
		w.pieces[n-1].Text += s
		return
	}
	w.pieces = append(w.pieces, Piece{Text: s})
}
