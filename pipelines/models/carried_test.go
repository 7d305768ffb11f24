package models

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
)

// TestCarried: a record in the binary is a model, known by what it holds; its replies tell who gave them.
func TestCarried(t *testing.T) {
	ask := stages.Request{Key: "a", Ask: stages.AskText, Text: "q"}
	segment := func(text string) []byte {
		s, err := inference.Segment("m", requests([]stages.Request{ask}), []inference.Reply{{Text: text, By: "somebody"}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one := fstest.MapFS{"r/a.jsonl.zst": {Data: segment("yes")}}
	rec := &recipe.Recipe{Dir: "/none", Models: map[string]recipe.Model{"small": {Replay: "embedded:r"}, "named": {Replay: "embedded:r", Model: "m"}, "gone": {Replay: "embedded:s"}}}
	s := New(rec, Options{Carried: one})
	defer s.Close()
	env := new(stages.Env)
	s.Provide(env)
	m, err := stages.ModelOf[stages.Model](env, "small")
	if err != nil {
		t.Fatal(err)
	}
	other := ask
	other.Text = "other"
	replies, err := m.Complete(t.Context(), []stages.Request{ask, other})
	if err != nil || replies[0].Text != "yes" || replies[0].By != "somebody" || replies[1].Err == nil {
		t.Errorf("%+v, %v", replies, err)
	}
	if u := s.Usage(); len(u) != 1 || u[0].Found != 1 || u[0].Asked != 1 {
		t.Errorf("usage %+v, want one found and one asked in vain", u)
	}
	if _, err := stages.CounterOf(env, "named"); err == nil || !strings.Contains(err.Error(), "lends its tokenizer") {
		t.Errorf("its tokenizer: %v", err)
	}
	if _, err := stages.ModelOf[stages.Model](env, "gone"); err == nil || !strings.Contains(err.Error(), "record s: it has no replies") {
		t.Errorf("no such record: %v", err)
	}

	identity := func(name string, carried fstest.MapFS) string {
		id, size, err := Identify(t.Context(), rec, name, func(string) string { return "" }, carried)
		if err != nil || size != int64(len(carried["r/a.jsonl.zst"].Data)) {
			t.Fatalf("%s: %d bytes, %v", name, size, err)
		}
		return id
	}
	id := identity("small", one)
	if again := identity("small", fstest.MapFS{"r/a.jsonl.zst": {Data: segment("yes")}, "r/README.md": {Data: []byte("x")}}); again != id {
		t.Errorf("the same replies are %s and %s", id, again)
	}
	if other := identity("small", fstest.MapFS{"r/a.jsonl.zst": {Data: segment("no")}}); other == id {
		t.Error("other replies have the same identity")
	}
	if named := identity("named", one); named != id+" model m" {
		t.Errorf("of a named model: %s", named)
	}
	for name, carried := range map[string]fstest.MapFS{"gone": one, "small": nil} {
		if _, _, err := Identify(t.Context(), rec, name, func(string) string { return "" }, carried); err == nil {
			t.Errorf("%s of %d files has an identity", name, len(carried))
		}
	}
}
