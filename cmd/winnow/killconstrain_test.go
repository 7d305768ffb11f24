package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/winnow-data/winnow/pipelines/run/runtest"
)

// verifying is a recipe that adds instructions with their verifiers, lets a model answer and picks what the verifiers say; %s is what the model is.
const verifying = `
name: all
seed: 3
models:
  teacher: {%s}
input: {path: prompts.jsonl, prompt: q}
stages:
  - constrain: {samples: 12, from: instructions.txt}
  - answer: {n: 8, temperature: 1, until: {passed: 1, failed: 1}}
  - check_constraints
  - dedup_answers
  - pick: {sft: {best: first}, dpo: {rejected: {failed: check_constraints}}}
output:
  - {path: all/sft, rows: sft, format: trl}
  - {path: all/dpo, rows: dpo, format: sharegpt}
`

// TestKillConstrain ends an AutoIF run with SIGKILL at random moments and gives the same command again: the same bytes, nothing asked twice that was recorded. A
// replay leaves the same rows with nobody there.
func TestKillConstrain(t *testing.T) {
	if _, err := exec.LookPath("bwrap"); err != nil {
		t.Skip("the sandbox needs bubblewrap")
	}
	model, err := newAutoIF()
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Messages []struct{ Content string } `json:"messages"`
			Seed     json.Number                `json:"seed"`
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) == 0 {
			http.Error(w, `{"error":{"message":"what?"}}`, http.StatusBadRequest)
			return
		}
		asked.Add(1)
		time.Sleep(10 * time.Millisecond)
		reply := model.reply(q.Messages[len(q.Messages)-1].Content, q.Seed.String())
		if reply == "" {
			t.Errorf("an unexpected question: %s", q.Messages[len(q.Messages)-1].Content)
		}
		fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%q},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":20}}`, reply)
	}))
	defer server.Close()
	const prompts = 16
	prepared := func(is string) (name, out string) {
		name, out = recipeFile(t, fmt.Sprintf(verifying, is))
		dir := filepath.Dir(name)
		var b strings.Builder
		for i := range prompts {
			fmt.Fprintf(&b, "{\"id\":\"p%d\",\"q\":\"Tell me about fruit number %d.\"}\n", i, i)
		}
		then := time.Unix(1e9, 0) // the time of an input is part of the plan's key
		for file, text := range map[string]string{"prompts.jsonl": b.String(), "instructions.txt": strings.Join(model.instructions, "\n")} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(filepath.Join(dir, file), then, then); err != nil {
				t.Fatal(err)
			}
		}
		return name, out
	}
	url := fmt.Sprintf("url: %q, model: m, concurrency: 2", server.URL+"/v1")
	name, out := prepared(url)
	mustRun(t, winnow(t, "run", "-q", name))
	want := bytesOf(t, out)
	n, again := replies(t, out)
	if n < 50 || again > 0 || asked.Load() != int64(n) {
		t.Fatalf("%d replies in the record, %d of them again, %d requests", n, again, asked.Load())
	}
	random := rand.New(rand.NewPCG(9, 10))
	kills := 0
	name, out = prepared(url)
	for ended := false; !ended; {
		at := asked.Load() + 1 + random.Int64N(int64(n/2))
		var killed bool
		if ended, killed = until(t, winnow(t, "run", "-q", name), func() bool { return asked.Load() >= at }); killed {
			kills++
		}
	}
	runtest.Same(t, "again", bytesOf(t, out), want)
	if m, again := replies(t, out); m != n || again > 0 {
		t.Errorf("%d replies in the record, %d of them again; want %d", m, again, n)
	}
	if kills < 2 {
		t.Errorf("%d kills", kills)
	}
	t.Logf("%d kills, %d questions to %d prompts", kills, n, prompts)

	server.Close()
	replay, replayed := prepared(fmt.Sprintf("replay: %q", filepath.Join(out, "_winnow", "answers")))
	mustRun(t, winnow(t, "run", "-q", replay))
	rows := 0
	for _, shard := range []string{"sft/all-00000.jsonl", "dpo/all-00000.jsonl"} {
		a, err := os.ReadFile(filepath.Join(out, shard))
		if err != nil {
			t.Fatal(err)
		}
		rows += strings.Count(string(a), "\n")
		b, err := os.ReadFile(filepath.Join(replayed, shard))
		if err != nil || string(a) != string(b) || len(a) == 0 {
			t.Errorf("%s differs in the replay: %d and %d bytes, %v", shard, len(a), len(b), err)
		}
	}
	if rows < prompts {
		t.Errorf("%d rows of %d prompts", rows, prompts)
	}
}
