package models

import (
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
)

// TestReal asks a real model of every kind that it can answer: alone and in a crowd, by several goroutines, the replies are the same.
func TestReal(t *testing.T) {
	file := realdata.Path(t, "data/models/smollm2-135m-instruct.q4_1.gguf")
	rec := &recipe.Recipe{Models: map[string]recipe.Model{"small": {File: stages.Path(file)}}}
	open := func(answers string) stages.Model {
		s := New(rec, Options{Answers: answers, Memory: 64 << 20})
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return modelOf(t, s)
	}
	user := func(s string) []stages.Turn {
		return []stages.Turn{{Role: "system", Content: "Answer briefly."}, {Role: "user", Content: s}}
	}
	rs := []stages.Request{
		{Key: "a", Ask: stages.AskChoice, Turns: user("Is water wet?"), Shared: 1, Choices: []string{"Yes", "No"}},
		{Key: "b", Ask: stages.AskScore, Text: "The quick brown fox jumps over the lazy dog."},
		{Key: "c", Ask: stages.AskText, Turns: user("Say a colour."), MaxTokens: 8, Labels: []string{"red", "green"}},
		{Key: "d", Ask: stages.AskText, Turns: user("Say something."), MaxTokens: 6, Temperature: 0.8, Seed: 3},
		{Key: "e", Ask: stages.AskText, Turns: user("Give a year."), MaxTokens: 30, Schema: []byte(`{"type":"object","properties":{"year":{"type":"integer"}},"required":["year"],"additionalProperties":false}`)},
		{Key: "f", Ask: stages.AskVector, Text: "some words", Mean: true},
		{Key: "g", Ask: stages.AskClassify, Text: "some words"},
		{Key: "h", Ask: stages.AskScore, Text: strings.Repeat("far too long ", 20_000)},
	}
	m := open("")
	crowd, err := m.Complete(t.Context(), rs)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range crowd {
		if failed := i >= 6; failed != (r.Err != nil) {
			t.Errorf("request %s: %+v", rs[i].Key, r)
		}
	}
	if x := crowd[1]; len(x.LogProbs) != 1 || x.LogProbs[0] > -5 || x.LogProbs[0] < -60 || x.In < 9 || x.In > 12 {
		t.Errorf("score %+v", x)
	}
	if x := crowd[0]; len(x.LogProbs) != 2 || x.In < 10 {
		t.Errorf("choice %+v", x)
	}
	if x := crowd[2].Text; x != "red" && x != "green" {
		t.Errorf("label %q", x)
	}
	if len(crowd[5].Vector) != 576 || !strings.HasPrefix(crowd[4].Text, `{"year":`) {
		t.Errorf("vector of %d numbers, %q", len(crowd[5].Vector), crowd[4].Text)
	}
	recorded := open(filepath.Join(t.TempDir(), "answers"))
	var wg sync.WaitGroup
	for i := range rs {
		wg.Go(func() {
			for _, m := range []stages.Model{m, recorded, recorded} {
				got, err := m.Complete(t.Context(), rs[i:i+1])
				if err != nil {
					t.Error(err)
					return
				}
				if want := crowd[i]; want.Err == nil && !reflect.DeepEqual(got[0], want) || (want.Err == nil) != (got[0].Err == nil) {
					t.Errorf("request %s alone: %+v, in a crowd %+v", rs[i].Key, got[0], want)
				}
			}
		})
	}
	wg.Wait()
	c, err := OpenTokenizer(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "The quick brown fox", "世界 ünïcode", "<|im_end|>"} {
		if a, b := c.Count(text), m.Count(text); a != b || a < 0 {
			t.Errorf("%q has %d tokens by the tokenizer alone, %d by the model", text, a, b)
		}
	}
}
