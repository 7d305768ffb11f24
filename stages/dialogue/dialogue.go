// Package dialogue holds what every conversation must be, whoever reads, makes or writes it: who speaks when, what no content may hold, and when
// two answers are the same.
//
//	err := dialogue.Check(d.Turns)            // roles, emptiness, control tokens
//	err = dialogue.CheckAnswer(d.Answers[0].Text)
//	if dialogue.Same(chosen, rejected) { … }  // but for white space
//
// Trainers take far more than this, in silence: turns in any order, an empty answer, a pair whose sides are equal, content that forges the end of a turn
// (TRL 1.16 and LLaMA-Factory; see golden/formats).
package dialogue

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages"
)

// The roles of turns.
const (
	System    = "system"
	User      = "user"
	Assistant = "assistant"
)

// MaxAnswer is the longest answer, in bytes: eight times what fills the longest training sequence of the Qwen2 report (32,768 tokens of about four
// bytes).
const MaxAnswer = 1 << 20

// Check says what is wrong with a conversation: it may begin with one system message, then user and assistant take turns, user first; no content is empty or holds a
// control token. It may end with either.
func Check(turns []stages.Turn) error {
	if err := Roles(turns); err != nil {
		return err
	}
	for i := range turns {
		if err := content(turns[i].Content, turns[i].Role == Assistant); err != nil {
			return fmt.Errorf("turn %d (%s): %w", i, turns[i].Role, err)
		}
	}
	return nil
}

// Roles says what is wrong with the order of the turns.
func Roles(turns []stages.Turn) error {
	rest := turns
	if len(rest) > 0 && rest[0].Role == System {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return errors.New("the conversation has no user turn")
	}
	want := User
	for i := range rest {
		n := len(turns) - len(rest) + i
		switch got := rest[i].Role; {
		case got == want:
		case got == System:
			return fmt.Errorf("turn %d: a system message is the first or none", n)
		case got == User || got == Assistant:
			return fmt.Errorf("turn %d: the %s speaks where the %s must", n, got, want)
		default:
			return fmt.Errorf("turn %d: the role %.40q is not known; system, user and assistant are", n, got)
		}
		if want == User {
			want = Assistant
		} else {
			want = User
		}
	}
	return nil
}

// CheckPrompt says what is wrong with a conversation that an answer is to follow: it must be one, and end with the user.
func CheckPrompt(turns []stages.Turn) error {
	if err := Check(turns); err != nil {
		return err
	}
	if turns[len(turns)-1].Role != User {
		return errors.New("the conversation ends with the assistant: there is nothing to answer")
	}
	return nil
}

// CheckAnswer says what is wrong with an answer.
func CheckAnswer(s string) error { return content(s, true) }

func content(s string, answer bool) error {
	switch {
	case blank(s):
		return errors.New("the content is empty")
	case answer && len(s) > MaxAnswer:
		return fmt.Errorf("the answer has %d bytes; at most %d are allowed", len(s), MaxAnswer)
	}
	if token := Control(s); token != "" {
		return fmt.Errorf("the content holds the control token %.60s, which would forge a turn", token)
	}
	return nil
}

func blank(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// others are control tokens that are not of the form <|name|>: of Llama 2, Mistral, Gemma and DeepSeek.
var others = []string{"[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<start_of_turn>", "<end_of_turn>"}

// Control returns the first control token in s, "" if there is none: <|name|> as ChatML, Qwen, Llama 3 and Phi have them, <｜name｜>, and those of Llama 2, Mistral
// and Gemma. Models' templates give these strings a meaning; as content they forge the end of a turn or the beginning of another.
func Control(s string) string {
	at, token := first(s, '<')
	if _, other := first(s[:at], '['); other != "" {
		return other
	}
	return token
}

// first returns the first control token in s that begins with a character, and where it stands; the length of s and "" if there is none.
func first(s string, c byte) (at int, token string) {
	for rest := s; ; {
		k := strings.IndexByte(rest, c)
		if k < 0 {
			return len(s), ""
		}
		if t := controlAt(rest[k:]); t != "" {
			return len(s) - len(rest) + k, t
		}
		rest = rest[k+1:]
	}
}

// controlAt returns the control token that s begins with.
func controlAt(s string) string {
	switch {
	case len(s) < 3:
		return ""
	case s[0] == '[':
		if s[1] != 'I' && s[1] != '/' {
			return ""
		}
	case s[1] == '<':
		if s[2] != 'S' && s[2] != '/' {
			return ""
		}
	case s[1] != '|' && s[1] != '\xef' && s[1] != 's' && s[1] != 'e':
		return ""
	}
	for _, bar := range []string{"|", "｜"} {
		rest, ok := strings.CutPrefix(s, "<"+bar)
		if !ok {
			continue
		}
		name, _, ok := strings.Cut(rest, bar+">")
		if ok && isName(name) {
			return s[:1+len(bar)+len(name)+len(bar)+1]
		}
	}
	for _, t := range others {
		if strings.HasPrefix(s, t) {
			return t
		}
	}
	return ""
}

// isName says whether s can name a control token: up to 40 letters, digits, and what joins them.
func isName(s string) bool {
	if s == "" || utf8.RuneCountInString(s) > 40 {
		return false
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-▁.:", r) {
			return false
		}
	}
	return true
}

// Same says whether two answers have the same words: white space does not count.
func Same(a, b string) bool {
	for {
		a, b = strings.TrimLeftFunc(a, unicode.IsSpace), strings.TrimLeftFunc(b, unicode.IsSpace)
		i, j := word(a), word(b)
		if a[:i] != b[:j] {
			return false
		}
		if i == 0 {
			return true
		}
		a, b = a[i:], b[j:]
	}
}

// word is the length of the word that s begins with.
func word(s string) int {
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		return i
	}
	return len(s)
}
