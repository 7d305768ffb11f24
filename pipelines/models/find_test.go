package models

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
)

// TestEndpoint: stages reach an OpenAI-compatible endpoint, whose replies are recorded, and a record answers in its place.
func TestEndpoint(t *testing.T) {
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var q struct {
			Messages []inference.Message `json:"messages"`
		}
		if r.Header.Get("Authorization") != "Bearer k3y" {
			http.Error(w, "no key", http.StatusUnauthorized)
			return
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) == 0 {
			http.Error(w, "what?", http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%q},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2}}`,
			"said "+q.Messages[len(q.Messages)-1].Content)
	}))
	defer server.Close()
	dir := t.TempDir()
	rec := &recipe.Recipe{Dir: dir, Models: map[string]recipe.Model{"far": {URL: server.URL + "/v1", Model: "x", KeyEnv: "KEY"}}}
	opt := Options{Answers: filepath.Join(dir, "answers"), Run: dir, Getenv: func(name string) string { return map[string]string{"KEY": "k3y"}[name] }}
	ask := func(rec *recipe.Recipe, opt Options) []stages.Reply {
		t.Helper()
		s := New(rec, opt)
		defer s.Close()
		m := modelOf(t, s)
		got, err := m.Complete(t.Context(), questions("a", "b"))
		if err != nil {
			t.Fatal(err)
		}
		if m.Can(stages.AskChoice) || !m.Can(stages.AskText) {
			t.Error("an endpoint surely answers in words, and perhaps tells probabilities")
		}
		return got
	}
	if got := ask(rec, opt); got[0].Text != "said a" || got[1].In != 5 || calls.Load() != 2 {
		t.Errorf("%+v after %d calls", got, calls.Load())
	}
	replay := &recipe.Recipe{Dir: dir, Models: map[string]recipe.Model{"old": {Replay: "answers"}}}
	if got := ask(replay, Options{}); got[1].Text != "said b" || calls.Load() != 2 {
		t.Errorf("from the record %+v after %d calls", got, calls.Load())
	}
	for _, name := range []string{"answers"} {
		entries, err := os.ReadDir(filepath.Join(dir, name))
		if err != nil || len(entries) != 1 {
			t.Errorf("%s holds %v, %v", name, entries, err)
		}
	}
	env := new(stages.Env)
	New(rec, opt).Provide(env)
	if _, err := stages.CounterOf(env, "far"); err == nil || !strings.Contains(err.Error(), "tokenizer") {
		t.Errorf("tokens of an endpoint: %v", err)
	}
}

func TestIdentify(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.gguf", "one")
	write("folder/config.json", "{}")
	write("folder/model.safetensors", "12345")
	write("folder/README.md", "words")
	rec := &recipe.Recipe{Dir: dir, Models: map[string]recipe.Model{
		"file": {File: "a.gguf"}, "int8": {File: "a.gguf", Weights: "int8"}, "folder": {File: "folder"},
		"far": {URL: "https://host/v1/", Model: "x", Concurrency: 9}, "gone": {File: "b.gguf"}, "hub": {Hub: "org/none"},
	}}
	getenv := func(name string) string { return map[string]string{"HF_HOME": filepath.Join(dir, "hf")}[name] }
	identity := func(name string) (string, int64) {
		t.Helper()
		id, size, err := Identify(t.Context(), rec, name, getenv, nil)
		if err != nil {
			t.Fatal(err)
		}
		return id, size
	}
	file, size := identity("file")
	if size != 3 || !strings.HasPrefix(file, "sha256:7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed") {
		t.Errorf("%s, %d bytes", file, size)
	}
	if id, _ := identity("int8"); id != file+" weights int8" {
		t.Errorf("%s", id)
	}
	if id, _ := identity("far"); id != "endpoint host/v1 model x" {
		t.Errorf("%s", id)
	}
	before, size := identity("folder")
	write("folder/README.md", "other words")
	if same, _ := identity("folder"); same != before || size != 7 {
		t.Errorf("%s of %d bytes, want %s whatever the README says", same, size, before)
	}
	write("folder/model.safetensors", "123456")
	if other, _ := identity("folder"); other == before {
		t.Error("other weights have the same identity")
	}
	for name, want := range map[string]string{"gone": "b.gguf", "hub": "winnow model pull org/none"} {
		if _, _, err := Identify(t.Context(), rec, name, getenv, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// TestOnce: of many that write a note at the same time one wins, and all read the same.
func TestOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notes", "x")
	var wg sync.WaitGroup
	var got [16]string
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = once(file, fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, s := range got {
		if s == "" || s != got[0] {
			t.Fatalf("notes %q", got)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
