package models

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
)

// parrot is a model that says what it was told, and counts how often it is asked.
type parrot struct {
	name  string
	asked atomic.Int64
	wait  time.Duration
}

func (p *parrot) Name() string          { return p.name }
func (p *parrot) Count(text string) int { return len(strings.Fields(text)) }
func (p *parrot) Close() error          { return nil }

func (p *parrot) Complete(ctx context.Context, rs []inference.Request) ([]inference.Reply, error) {
	out := make([]inference.Reply, len(rs))
	err := p.CompleteEach(ctx, rs, func(i int, r inference.Reply) { out[i] = r })
	return out, err
}

func (p *parrot) CompleteEach(ctx context.Context, rs []inference.Request, done func(int, inference.Reply)) error {
	for i, r := range rs {
		p.asked.Add(1)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(p.wait):
		}
		text := r.Prompt
		if len(r.Messages) > 0 {
			text = r.Messages[len(r.Messages)-1].Content
		}
		reply := inference.Reply{Text: text, In: len(text), Out: 2}
		switch {
		case strings.HasPrefix(text, "bad"):
			reply = inference.Reply{Err: errors.New("bad question")}
		case r.Task == inference.Score:
			reply.Text, reply.Out, reply.LogProbs = "", 0, []float64{-1, -2, -0.5}
		}
		done(i, reply)
	}
	return nil
}

// set makes the models of a recipe with one model, which is p.
func set(t *testing.T, p inference.Model, limits recipe.Limits, dir string) *Set {
	t.Helper()
	file := filepath.Join(dir, "m.gguf")
	if _, err := os.Stat(file); err != nil {
		if err := os.WriteFile(file, []byte("weights"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rec := &recipe.Recipe{Dir: dir, Limits: limits, Models: map[string]recipe.Model{"m": {File: "m.gguf", Price: recipe.Price{In: 1e6, Out: 0.5e6}}}}
	s := New(rec, Options{Answers: filepath.Join(dir, "answers"), Run: dir, Opener: func(Spec) (Opened, error) { return Opened{Model: p, Here: true}, nil }})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func modelOf(t *testing.T, s *Set) stages.Model {
	t.Helper()
	env := new(stages.Env)
	s.Provide(env)
	m, err := stages.ModelOf[stages.Model](env, "")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func questions(texts ...string) []stages.Request {
	out := make([]stages.Request, len(texts))
	for i, s := range texts {
		out[i] = stages.Request{Key: fmt.Sprint(i), Ask: stages.AskText, Turns: []stages.Turn{{Role: "system", Content: "say"}, {Role: "user", Content: s}}}
	}
	return out
}

// TestRecord: what was asked once is never asked again, by this process or the next one; equal questions are one.
func TestRecord(t *testing.T) {
	dir, p := t.TempDir(), &parrot{name: "parrot/1"}
	s := set(t, p, recipe.Limits{}, dir)
	rs := questions("a", "b", "a", "bad one")
	rs = append(rs, stages.Request{Ask: stages.AskScore, Text: "some text"})
	got, err := modelOf(t, s).Complete(t.Context(), rs)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Text != "a" || got[2].Text != "a" || got[1].Text != "b" || got[3].Err == nil || !slices.Equal(got[4].LogProbs, []float64{-3.5}) {
		t.Errorf("replies %+v", got)
	}
	if u := s.Usage(); len(u) != 1 || u[0].Asked != 4 || u[0].Failed != 1 || u[0].In != 1+1+9 || u[0].Cost != 11+2 {
		t.Errorf("usage %+v", u)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := set(t, p, recipe.Limits{}, dir)
	before := p.asked.Load()
	if got, err = modelOf(t, again).Complete(t.Context(), rs); err != nil || got[0].Text != "a" || got[4].LogProbs[0] != -3.5 || got[3].Err == nil {
		t.Errorf("from the record: %+v, %v", got, err)
	}
	if n := p.asked.Load() - before; n != 1 { // the failed one
		t.Errorf("asked %d again, want the failed one alone", n)
	}
}

// TestLimits: a run stops at its limit, keeps what it has paid for, and goes on with a higher one, what earlier sessions paid included.
func TestLimits(t *testing.T) {
	for name, c := range map[string]struct{ small, large recipe.Limits }{
		"calls":  {recipe.Limits{Calls: 3}, recipe.Limits{Calls: 6}},
		"tokens": {recipe.Limits{Tokens: 9}, recipe.Limits{Tokens: 1000}},
		"cost":   {recipe.Limits{Cost: 6.5}, recipe.Limits{Cost: 200}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, p := t.TempDir(), &parrot{name: "parrot/1"}
			s := set(t, p, c.small, dir)
			rs := questions("a", "b", "c", "d", "e", "f")
			_, err := modelOf(t, s).Complete(t.Context(), rs[:2])
			if err == nil {
				_, err = modelOf(t, s).Complete(t.Context(), rs)
			}
			l := IsLimit(err)
			if l == nil || l.Limit != name || !stages.IsFinal(err) || !strings.Contains(err.Error(), "raise the limit") {
				t.Fatalf("error %v, want the limit of %s", err, name)
			}
			paid := p.asked.Load()
			if paid < 1 || paid > 3 {
				t.Errorf("asked %d before the limit", paid)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := modelOf(t, set(t, p, c.small, dir)).Complete(t.Context(), rs); IsLimit(err) == nil || p.asked.Load() > 3 {
				t.Errorf("the next session begins anew: %v after %d requests", err, p.asked.Load())
			}
			if got, err := modelOf(t, set(t, p, c.large, dir)).Complete(t.Context(), rs); err != nil || got[5].Text != "f" || p.asked.Load() != 6 {
				t.Errorf("with a higher limit: %v after %d requests, want 6 in all", err, p.asked.Load())
			}
		})
	}
}

// TestFailing: a run whose questions fail stops before it has paid for all of them.
func TestFailing(t *testing.T) {
	p := &parrot{name: "p"}
	m := modelOf(t, set(t, p, recipe.Limits{ModelFailures: 0.1}, t.TempDir()))
	for i := range 10 {
		var texts []string
		for k := range 20 {
			texts = append(texts, fmt.Sprintf("bad %d %d", i, k))
		}
		if _, err := m.Complete(t.Context(), questions(texts...)); err != nil {
			if i < 2 || !strings.Contains(err.Error(), "model_failures") || !stages.IsFinal(err) {
				t.Errorf("after %d requests: %v", p.asked.Load(), err)
			}
			return
		}
	}
	t.Error("200 requests failed, and nobody minds")
}

// TestKilledInBatch: replies that came before the end of a batch are in the record.
func TestKilledInBatch(t *testing.T) {
	dir, p := t.TempDir(), &parrot{name: "p", wait: 10 * time.Millisecond}
	s := set(t, p, recipe.Limits{}, dir)
	ctx, cancel := context.WithTimeout(t.Context(), 65*time.Millisecond)
	defer cancel()
	texts := strings.Fields(strings.Repeat("a b c d e f g h i j k l m n o p ", 1))
	if _, err := modelOf(t, s).Complete(ctx, questions(texts...)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	first := p.asked.Load()
	if _, err := modelOf(t, set(t, p, recipe.Limits{}, dir)).Complete(t.Context(), questions(texts...)); err != nil {
		t.Fatal(err)
	}
	if n := p.asked.Load(); first < 2 || n > 17 { // the one at the deadline twice
		t.Errorf("%d requests in all for 16 questions, %d of them before the deadline", n, first)
	}
}

// TestGivenUp: what was reserved for requests that got no reply is free again.
func TestGivenUp(t *testing.T) {
	p := &parrot{name: "p", wait: 20 * time.Millisecond}
	m := modelOf(t, set(t, p, recipe.Limits{Calls: 6}, t.TempDir()))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if _, err := m.Complete(ctx, questions("a", "b", "c", "d", "e")); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error %v", err)
	}
	if _, err := m.Complete(t.Context(), questions("a", "b", "c", "d", "e")); err != nil {
		t.Errorf("five calls within a limit of six: %v", err)
	}
}

// TestTogether: a question that several goroutines have at the same time is put once.
func TestTogether(t *testing.T) {
	p := &parrot{name: "p", wait: 2 * time.Millisecond}
	m := modelOf(t, set(t, p, recipe.Limits{}, t.TempDir()))
	var wg sync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			texts := []string{"same", "again", fmt.Sprint("own ", g), "same"}
			if g%2 == 1 {
				slices.Reverse(texts)
			}
			got, err := m.Complete(t.Context(), questions(texts...))
			if err != nil {
				t.Error(err)
				return
			}
			for i, r := range got {
				if r.Text != texts[i] {
					t.Errorf("reply %q to %q", r.Text, texts[i])
				}
			}
		})
	}
	wg.Wait()
	if n := p.asked.Load(); n != 2+6 {
		t.Errorf("asked %d times, want 8", n)
	}
}

// TestSameForm: a run does not go on with a model whose numbers differ.
func TestSameForm(t *testing.T) {
	dir := t.TempDir()
	modelOf(t, set(t, &parrot{name: "m/avx512"}, recipe.Limits{}, dir))
	env := new(stages.Env)
	set(t, &parrot{name: "m/avx2"}, recipe.Limits{}, dir).Provide(env)
	_, err := stages.ModelOf[stages.Model](env, "m")
	if err == nil || !strings.Contains(err.Error(), `"m/avx512"`) || !strings.Contains(err.Error(), `"m/avx2"`) || !stages.IsFinal(err) {
		t.Errorf("error %v", err)
	}
}

// TestConcurrent: many goroutines share one model, which is opened once.
func TestConcurrent(t *testing.T) {
	p := &parrot{name: "p"}
	s := set(t, p, recipe.Limits{}, t.TempDir())
	env := new(stages.Env)
	s.Provide(env)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			m, err := stages.ModelOf[stages.Model](env, "m")
			if err != nil {
				t.Error(err)
				return
			}
			for i := range 10 {
				text := fmt.Sprint(g, i)
				if got, err := m.Complete(t.Context(), questions(text)); err != nil || got[0].Text != text {
					t.Errorf("%+v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
	if n := p.asked.Load(); n != 80 {
		t.Errorf("asked %d times, want 80", n)
	}
}
