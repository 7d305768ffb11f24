package chat

import (
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/gguf"
	"github.com/winnow-data/winnow/inference/tokenizer"
)

// TestSmolLM2Chats compares texts and ids with the references'. Theirs parse special tokens in what the user wrote; ours do not.
func TestSmolLM2Chats(t *testing.T) {
	f, err := gguf.Open(shared(t, "data/models/smollm2-135m-instruct.q4_1.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tok, err := tokenizer.FromGGUF(f.Meta)
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := New(tok.ChatTemplate())
	if err != nil {
		t.Fatal(err)
	}
	if tmpl.Name() != "SmolLM2" {
		t.Errorf("the model's template is taken for %s", tmpl.Name())
	}
	var g struct {
		Rows []struct {
			Messages []Message `json:"messages"`
			Prompt   bool      `json:"add_generation_prompt"`
			Rendered string    `json:"rendered"`
			IDs      []int32   `json:"ids"`
		} `json:"rows"`
	}
	readJSON(t, shared(t, "golden/smollm2/chat.json"), &g)
	forged := 0
	for _, r := range g.Rows {
		pieces := tmpl.Render(r.Messages, r.Prompt)
		if got := Text(pieces); got != r.Rendered {
			t.Errorf("got %q\nwant %q", got, r.Rendered)
		}
		ids, err := Append(nil, tok, pieces)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(r.Messages[0].Content, imEnd) {
			if !slices.Equal(ids, r.IDs) {
				t.Errorf("%v: ids %v, want %v", r.Messages, ids, r.IDs)
			}
			continue
		}
		forged++
		turns := 0
		for _, id := range ids {
			if tok.Special(id) {
				turns++
			}
		}
		if want := 2 * (len(r.Messages) + 1); turns != want && turns != want+1 {
			t.Errorf("%v: %d special tokens, want %d for the turns alone", r.Messages, turns, want)
		}
		if got := tok.Decode(ids); got != r.Rendered {
			t.Errorf("the ids decode to %q", got)
		}
	}
	if len(g.Rows) != 10 || forged != 2 {
		t.Errorf("%d rows, %d of them with forged turns; want 10 and 2", len(g.Rows), forged)
	}
}

func TestAppendUnknown(t *testing.T) {
	if _, err := Append(nil, nothing{}, []Piece{{Text: imEnd, Special: true}}); err == nil || !strings.Contains(err.Error(), imEnd) {
		t.Errorf("error %v", err)
	}
}

// nothing is a vocabulary without special tokens.
type nothing struct{}

func (nothing) Encode(dst []int32, _ string, _ bool) []int32 { return dst }
func (nothing) ID(string) (int32, bool)                      { return 0, false }
