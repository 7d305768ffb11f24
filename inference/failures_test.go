package inference

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func TestRequestErrors(t *testing.T) {
	b, _ := fakeBatcher(t, 8, Options{})
	for _, tt := range []struct {
		r    Request
		want string
	}{
		{Request{}, "empty"},
		{Request{Prompt: "a", IDs: []int32{1}}, "more than one"},
		{Request{IDs: []int32{99999}}, "token 0 is 99999"},
		{Request{Prompt: "a", Task: Choose}, "0 choices"},
		{Request{Prompt: "a", Task: Score}, "at least 2"},
		{Request{Prompt: "a", Temperature: -1}, "temperature -1"},
		{Request{Prompt: "a", Temperature: math.NaN()}, "temperature NaN"},
		{Request{Prompt: "a", TopP: 2}, "top_p 2"},
		{Request{Prompt: "a", Schema: []byte(`{"type":"string","pattern":"a"}`)}, `keyword "pattern"`},
		{Request{Prompt: "a", Labels: []string{}}, "there are none"},
		{Request{Prompt: words(2000, 1), MaxTokens: 5}, "the prompt has 2000 tokens besides 4 for the answer, and the model's context is 1024"},
		{Request{Prompt: words(600, 1), MaxTokens: 5}, "604 tokens need 0.0 MB of key/value memory, and there are 0.0 MB, room for 512 tokens"},
		{Request{Messages: []Message{{"", "x"}}}, "no role"},
		{Request{Prompt: "a", Task: 9}, "unknown task 9"},
	} {
		r := complete(t, b, tt.r, Request{Prompt: "fine", MaxTokens: 1})
		if r[0].Err == nil || !strings.Contains(r[0].Err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.r, r[0].Err, tt.want)
		}
		if r[1].Err != nil {
			t.Errorf("its neighbour: %v", r[1].Err)
		}
	}
	// Without MaxTokens an answer grows until the memory is full, and then says so.
	if r := complete(t, b, Request{Prompt: words(400, 1)})[0]; r.Finish == "" && (r.Err == nil || !strings.Contains(r.Err.Error(), "--memory")) {
		t.Errorf("an endless answer: %+v", r)
	}
}

func TestTruncate(t *testing.T) {
	b, _ := fakeBatcher(t, 64, Options{})
	rs := complete(t, b, Request{Prompt: words(2000, 1), MaxTokens: 5, Truncate: true}, Request{Prompt: words(2000, 1), Task: Score, Truncate: true}, Request{Prompt: words(1024, 1), MaxTokens: 1})
	if rs[0].In != 1020 || rs[1].In != 1024 || len(rs[1].LogProbs) != 1023 || rs[2].Out != 1 {
		t.Errorf("truncated to %d and %d tokens (%v, %v), full context wrote %d (%v)", rs[0].In, rs[1].In, rs[0].Err, rs[1].Err, rs[2].Out, rs[2].Err)
	}
}

func TestEngineFailures(t *testing.T) {
	f, tok := newFake(t, 64)
	f.fail = errFake
	b := newBatcher(f, tok, Options{})
	if _, err := b.Complete(t.Context(), []Request{{Prompt: "a"}, {Prompt: "b"}}); !errors.Is(err, errFake) {
		t.Errorf("error %v, want that of the engine", err)
	}
	f.fail, f.panic = nil, true
	if _, err := b.Complete(t.Context(), []Request{{Prompt: "a"}}); err == nil || !strings.Contains(err.Error(), "a kernel broke") {
		t.Errorf("error %v, want the panic", err)
	}
	f.panic = false
	complete(t, b, Request{Prompt: "a", MaxTokens: 2})
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Complete(t.Context(), []Request{{Prompt: "a"}}); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if f.free != 64 {
		t.Errorf("%d of 64 pages are free", f.free)
	}
}

func TestCloseEndsWaiters(t *testing.T) {
	f, tok := newFake(t, 64)
	f.slow = func() { time.Sleep(time.Millisecond) }
	b := newBatcher(f, tok, Options{})
	errs := make(chan error)
	go func() {
		_, err := b.Complete(t.Context(), []Request{{Prompt: "a", MaxTokens: 900, Schema: []byte(`{"type":"array","items":{"type":"null"},"minItems":400}`)}})
		errs <- err
	}()
	time.Sleep(20 * time.Millisecond)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-errs; !errors.Is(err, ErrClosed) {
		t.Errorf("the waiter got %v", err)
	}
}
