package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A till is an endpoint that counts how often each document is asked about, and answers as many questions as it is told to; further ones wait.
type till struct {
	*httptest.Server
	mu       sync.Mutex
	answered map[string]int // by the document's name
	left     chan struct{}  // one for each answer that may be given
	open     atomic.Int64   // questions on their way
}

var documentName = regexp.MustCompile(`document-\d+`)

func newTill(t *testing.T) *till {
	c := &till{answered: map[string]int{}, left: make(chan struct{}, 1000)}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.open.Add(1)
		defer c.open.Add(-1)
		var q struct {
			Messages []struct{ Content string } `json:"messages"`
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) == 0 {
			http.Error(w, `{"error":{"message":"what?"}}`, http.StatusBadRequest)
			return
		}
		select {
		case <-c.left:
		case <-r.Context().Done():
			return
		}
		c.mu.Lock()
		c.answered[documentName.FindString(q.Messages[len(q.Messages)-1].Content)]++
		c.mu.Unlock()
		fmt.Fprint(w, `{"choices":[{"message":{"role":"assistant","content":"Score: 3"},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10}}`)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *till) allow(n int) {
	for range n {
		c.left <- struct{}{}
	}
}

// times returns how often a document's question was answered.
func (c *till) times(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answered[name]
}

// TestKillPaid ends a run with SIGKILL in the middle of a batch of which an endpoint has answered a part: what was answered is in the record although the
// rest of the batch never came, and no process asks for it again.
func TestKillPaid(t *testing.T) {
	const documents, part = 40, 5
	c := newTill(t)
	name, out := recipeFile(t, fmt.Sprintf(`
name: all
models:
  far: {url: %q, model: m}
input: {path: in.jsonl}
stages:
  - judge: {}
output: {path: all, format: jsonl}
`, c.URL+"/v1"))
	var in strings.Builder
	for i := range documents {
		fmt.Fprintf(&in, "{\"id\":%d,\"text\":\"The text of document-%d.\"}\n", i, i)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(name), "in.jsonl"), []byte(in.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for life := 1; life <= 3; life++ {
		c.allow(part)
		run := winnow(t, "run", "-q", name)
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		have := 0
		for deadline := time.Now().Add(2 * time.Minute); have < life*part && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			list, _ := recordOf(t, out)
			have = len(list)
		}
		err := run.Process.Kill()
		if run.Wait() == nil || err != nil {
			t.Fatalf("life %d: the run was over before it was killed: %v", life, err)
		}
		if have != life*part {
			t.Fatalf("life %d: %d replies are in the record, want %d: those that came while the rest of the batch did not", life, have, life*part)
		}
		for c.CloseClientConnections(); c.open.Load() > 0; time.Sleep(time.Millisecond) { // what the dead process asked takes no answer from the next
		}
	}
	c.allow(documents)
	mustRun(t, winnow(t, "run", "-q", name))
	if n, again := replies(t, out); n != documents || again > 0 {
		t.Errorf("%d replies in the record, %d twice, want %d and none", n, again, documents)
	}
	for i := range documents {
		if n := c.times(fmt.Sprintf("document-%d", i)); n != 1 {
			t.Errorf("document %d was answered %d times, want once: its reply was in the record", i, n)
		}
	}
}
