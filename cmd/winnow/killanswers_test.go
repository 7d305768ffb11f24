package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
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

// solver starts a service that speaks the OpenAI protocol and adds two numbers, right or wrong as the request's seed has it. It counts requests.
func solver(asked *atomic.Int64) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Messages []struct{ Content string } `json:"messages"`
			Seed     json.Number                `json:"seed"`
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) == 0 {
			http.Error(w, `{"error":{"message":"what?"}}`, http.StatusBadRequest)
			return
		}
		asked.Add(1)
		time.Sleep(5 * time.Millisecond)
		var a, b int
		text := q.Messages[len(q.Messages)-1].Content
		if _, err := fmt.Sscanf(text, "What is %d plus %d?", &a, &b); err != nil {
			http.Error(w, `{"error":{"message":"the content is refused","type":"invalid_request_error"}}`, http.StatusBadRequest)
			return
		}
		h := fnv.New32a()
		fmt.Fprint(h, text, q.Seed)
		sum := a + b
		if h.Sum32()%3 == 0 {
			sum += int(h.Sum32()%5) + 1
		}
		reply := fmt.Sprintf("Way %d: %d plus %d is <<%d+%d=%d>>%d.\n#### %d", h.Sum32()%4, a, b, a, b, a+b, sum, sum)
		fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%q},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":20}}`, reply)
	}))
}

// sampled is a recipe that asks for answers, checks and picks them; %s is what the model is, and when to ask no more.
const sampled = `
name: all
seed: 5
models:
  student: {%s, rate: 20}
input: {path: sums.jsonl, prompt: question, gold: sum}
stages:
  - answer: {n: 6, temperature: 0.7, until: %s}
  - check_math
  - check_equations
  - dedup_answers
  - pass_rate
  - pick: {sft: {per_prompt: 2}, dpo: {per_prompt: 3}}
  - mask_pii
output:
  - {path: all/sft, rows: sft, format: trl}
  - {path: all/dpo, rows: dpo, format: llama-factory}
limits: {model_failures: 20%%}
`

// sums writes problems of addition.
func sums(t *testing.T, dir string, n int) {
	t.Helper()
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{\"id\":\"p%d\",\"question\":\"What is %d plus %d?\",\"sum\":%d}\n", i, i, 2*i, 3*i)
	}
	name := filepath.Join(dir, "sums.jsonl")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	then := time.Unix(1e9, 0) // the time of an input is part of the plan's key
	if err := os.Chtimes(name, then, then); err != nil {
		t.Fatal(err)
	}
}

// until runs a command until it ends, or kills it once something has come to pass.
func until(t *testing.T, c *exec.Cmd, reached func() bool) (ended, killed bool) {
	t.Helper()
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan error)
	go func() { over <- c.Wait() }()
	for {
		select {
		case err := <-over:
			if err != nil && !killed {
				t.Fatalf("the run failed by itself: %v\n%s", err, said.String())
			}
			return err == nil, killed && err != nil
		case <-time.After(time.Millisecond):
			if !killed && reached() {
				killed = c.Process.Kill() == nil
			}
		}
	}
}

// TestKillAnswers ends a run that samples answers with SIGKILL at random moments and gives the same command again: the same bytes, and no reply is in the
// record twice. A replay of the record, with nobody there to answer, leaves the same rows. So it is where asking stops once there are enough.
func TestKillAnswers(t *testing.T) {
	for _, c := range []struct {
		name, until string
		least, most int // questions, of 6 to each problem
	}{
		{"all", "{}", 6, 6},
		{"until", "{passed: 2, failed: 1}", 3, 5},
	} {
		t.Run(c.name, func(t *testing.T) { killAnswers(t, c.until, c.least, c.most) })
	}
}

func killAnswers(t *testing.T, enough string, least, most int) {
	var asked atomic.Int64
	server := solver(&asked)
	defer server.Close()
	problems, runs := 60, 2
	if os.Getenv("CI") == "true" {
		problems, runs = 90, 3
	}
	prepared := func(model string) (name, out string) {
		name, out = recipeFile(t, fmt.Sprintf(sampled, model, enough))
		sums(t, filepath.Dir(name), problems)
		return name, out
	}
	url := fmt.Sprintf("url: %q, model: m, concurrency: 4", server.URL+"/v1")
	name, out := prepared(url)
	mustRun(t, winnow(t, "run", "-q", name))
	want := bytesOf(t, out)
	n, again := replies(t, out)
	if n < least*problems || n > most*problems || again > 0 || asked.Load() != int64(n) {
		t.Fatalf("%d replies in the record, %d of them again, %d requests; want %d to %d", n, again, asked.Load(), least*problems, most*problems)
	}
	random := rand.New(rand.NewPCG(7, 8))
	kills := 0
	for range runs {
		name, out := prepared(url)
		for {
			at := asked.Load() + 1 + random.Int64N(int64(n/2))
			ended, killed := until(t, winnow(t, "run", "-q", name), func() bool { return asked.Load() >= at })
			if killed {
				kills++
			}
			if ended {
				break
			}
		}
		runtest.Same(t, "again", bytesOf(t, out), want)
		if m, again := replies(t, out); m != n || again > 0 {
			t.Errorf("%d replies in the record, %d of them again; want %d", m, again, n)
		}
	}
	if kills < runs {
		t.Errorf("%d kills in %d runs", kills, runs)
	}
	t.Logf("%d kills in %d runs, %d questions to %d problems", kills, runs, n, problems)

	server.Close()
	before := asked.Load()
	replay, replayed := prepared(fmt.Sprintf("replay: %q", filepath.Join(out, "_winnow", "answers")))
	mustRun(t, winnow(t, "run", "-q", replay))
	if asked.Load() != before {
		t.Error("a replay asked somebody")
	}
	for _, shard := range []string{"sft/all-00000.jsonl", "dpo/all-00000.jsonl"} {
		a, err := os.ReadFile(filepath.Join(out, shard))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(replayed, shard))
		if err != nil || string(a) != string(b) || len(a) == 0 {
			t.Errorf("%s differs in the replay: %d and %d bytes, %v", shard, len(a), len(b), err)
		}
	}
}
