package inference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// mixed is requests of all kinds, many with a common beginning.
func mixed(n int) []Request {
	rubric := words(150, 1)
	var rs []Request
	for i := range n {
		doc := words(20+i*13%200, byte(i))
		r := Request{Key: fmt.Sprint(i), Prompt: rubric + doc}
		switch i % 8 {
		case 0:
			r.MaxTokens = 5 + i%40
		case 1:
			r.MaxTokens, r.Temperature, r.TopP = 12, 0.9, 0.8
		case 2:
			r.Task, r.Choices = Choose, []string{"yes", "no", "the whole other thing", "a"}
		case 3:
			r.Task = Score
		case 4:
			r.Task, r.Pooling = Embed, Pooling(i/8%2)
		case 5:
			r.Task = Classify
		case 6:
			r.MaxTokens, r.Labels = 20, fakeLabels
		case 7:
			r.Prompt, r.Messages = "", []Message{{"system", rubric}, {"user", doc}}
			r.MaxTokens, r.Temperature, r.TopK, r.Penalty, r.Stop = 30, 1.5, 40, 1.3, []string{"a", "ee"}
		}
		rs = append(rs, r)
	}
	return rs
}

// Every reply is what the request gets alone, bit for bit: in any company, with any budget, and when memory is so short that jobs are set back.
func TestRepliesDoNotDependOnCompany(t *testing.T) {
	rs := mixed(64)
	alone, _ := fakeBatcher(t, 64, Options{})
	var want []Reply
	for _, r := range rs {
		want = append(want, complete(t, alone, r)...)
	}
	for _, r := range want {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	for _, tt := range []struct {
		pages int
		o     Options
	}{{4096, Options{}}, {4096, Options{Tokens: 7}}, {512, Options{Sequences: 3, Tokens: 100}}, {16, Options{}}, {9, Options{Tokens: 64}}, {9, Options{Tokens: 5, Sequences: 9}}} {
		b, f := fakeBatcher(t, tt.pages, tt.o)
		got := complete(t, b, rs...)
		for i := range got {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Fatalf("%d pages, %+v: request %d (%v) gets %+v, alone %+v", tt.pages, tt.o, i, rs[i].Task, got[i], want[i])
			}
		}
		s := b.Stats()
		if tt.pages == 4096 && tt.o.Tokens == 0 && s.Shared < 30*128 {
			t.Errorf("only %d tokens were shared of a beginning of 150 in most of 64 requests", s.Shared)
		}
		if most := b.o.Tokens + b.o.Sequences; f.most > most+40 {
			t.Errorf("a step had %d tokens, want at most %d", f.most, most)
		}
	}
}

// Four short prompts fit together, their long answers do not: the younger are set back, computed again, and end as if nothing had been.
func TestShortMemorySetsBack(t *testing.T) {
	var rs []Request
	for i := range 6 {
		rs = append(rs, Request{Key: fmt.Sprint(i), Prompt: words(40+i, byte(i)), MaxTokens: 300, Temperature: float64(i % 2), Schema: json.RawMessage(`{"type":"array","items":{"enum":[1,2]},"minItems":120}`)})
	}
	rs = append(rs,
		Request{Prompt: words(130, 9), Task: Choose, Choices: []string{"the whole thing", "another one"}},
		Request{Prompt: words(200, 8), Task: Score},
		Request{Prompt: words(210, 7), Task: Embed, Pooling: Mean})
	for _, total := range []bool{false, true} {
		alone, f := fakeBatcher(t, 64, Options{})
		f.s.total, alone.shape.total = total, total
		b, f := fakeBatcher(t, 8, Options{Tokens: 40})
		f.s.total, b.shape.total = total, total
		got := complete(t, b, rs...)
		for i, r := range rs {
			if want := complete(t, alone, r)[0]; want.Err != nil || !reflect.DeepEqual(got[i], want) {
				t.Errorf("total %v: request %d gets %+v, alone %+v", total, i, got[i], want)
			}
		}
		if s := b.Stats(); s.Preempted == 0 {
			t.Error("nothing was set back")
		}
	}
}

// A job that is set back at any step ends with the same reply: nothing is lost, nothing counted twice.
func TestSetBackAtAnyStep(t *testing.T) {
	alone, _ := fakeBatcher(t, 64, Options{})
	for _, r := range []Request{
		{Prompt: words(200, 8), Task: Score},
		{Prompt: words(200, 7), Task: Embed, Pooling: Mean},
		{Prompt: words(200, 6), Task: Embed},
		{Prompt: words(200, 5), Task: Classify},
		{Prompt: words(100, 4), Task: Choose, Choices: []string{words(60, 1), "a", words(70, 2)}},
		{Prompt: words(100, 3), MaxTokens: 12, Temperature: 1, Stop: []string{"the"}},
		{Prompt: words(100, 2), MaxTokens: 30, Schema: json.RawMessage(fakeSchema)},
	} {
		want := complete(t, alone, r)[0]
		for at := 1; at < 40; at++ {
			f, tok := newFake(t, 64)
			b := stillBatcher(f, tok, Options{Tokens: 40})
			j, err := b.prepare(&r, nil)
			if err != nil {
				t.Fatal(err)
			}
			j.call = &call{finished: make(chan finished, 1)}
			b.waiting = append(b.waiting, j)
			for n := 1; len(b.waiting)+len(b.seated) > 0; n++ {
				b.admit()
				if err := b.step(); err != nil {
					t.Fatal(err)
				}
				if n == at && len(b.seated) > 0 {
					b.setBack(0)
				}
			}
			if got := <-j.call.finished; !reflect.DeepEqual(got.reply, want) {
				t.Fatalf("%v, set back after step %d: %+v, want %+v", r.Task, at, got.reply, want)
			}
			for b.evict() {
			}
			if f.free != 64 {
				t.Fatalf("%v: %d of 64 pages are free", r.Task, f.free)
			}
		}
	}
}

func TestChooseAndScore(t *testing.T) {
	b, f := fakeBatcher(t, 64, Options{})
	tok := b.Tokenizer()
	prompt := words(70, 3)
	choices := []string{"yes", "the thing", "no"}
	rs := complete(t, b, Request{Prompt: prompt, Task: Choose, Choices: choices}, Request{Prompt: prompt, Task: Score}, Request{Prompt: prompt, Task: Embed}, Request{Prompt: prompt, Task: Embed, Pooling: Mean})
	ids := tok.Encode(nil, prompt, false)
	for i, c := range choices {
		want, seq := 0.0, slices.Clone(ids)
		for _, id := range tok.Encode(nil, c, false) {
			want += f.logProb(state(seq), id)
			seq = append(seq, id)
		}
		if got := rs[0].LogProbs[i]; got != want {
			t.Errorf("choice %q: %v, want %v", c, got, want)
		}
	}
	if len(rs[1].LogProbs) != len(ids)-1 {
		t.Fatalf("%d log-probabilities of %d tokens", len(rs[1].LogProbs), len(ids))
	}
	var mean [fakeHidden]float64
	for i := range ids {
		for d, x := range state(ids[:i+1]) {
			mean[d] += float64(x)
		}
		if i+1 < len(ids) {
			if got, want := rs[1].LogProbs[i], f.logProb(state(ids[:i+1]), ids[i+1]); got != want {
				t.Errorf("token %d: %v, want %v", i+1, got, want)
			}
		}
	}
	if want := state(ids); !slices.Equal(rs[2].Vector, want) {
		t.Errorf("embedding %v, want %v", rs[2].Vector, want)
	}
	for d, x := range mean {
		if got, want := rs[3].Vector[d], float32(x/float64(len(ids))); got != want {
			t.Errorf("mean embedding %v, want %v at %d", got, want, d)
		}
	}
}

func TestSharedPrefixIsComputedOnce(t *testing.T) {
	b, _ := fakeBatcher(t, 4096, Options{})
	rubric := words(500, 1)
	var rs []Request
	for i := range 20 {
		rs = append(rs, Request{Prompt: rubric + fmt.Sprintf("%02d", i) + words(300, byte(i)), Task: Choose, Choices: []string{"a", "b"}, Shared: len(rubric)})
	}
	complete(t, b, rs...)
	if got, ideal := b.Stats().Read, 500+20*302; got > ideal+20 {
		t.Errorf("20 requests computed %d tokens, ideally %d", got, ideal)
	}
	complete(t, b, Request{Prompt: rubric + "another document", Task: Choose, Choices: []string{"a"}})
	if got, ideal := b.Stats().Read, 500+20*302+16; got > ideal+25 {
		t.Errorf("a later request brings it to %d tokens, ideally %d", got, ideal)
	}
}

func TestStopTexts(t *testing.T) {
	b, _ := fakeBatcher(t, 64, Options{})
	full := complete(t, b, Request{Prompt: "stop test", MaxTokens: 60})[0]
	if len(full.Text) < 20 || !utf8.ValidString(full.Text) {
		t.Fatalf("the free text is %q", full.Text)
	}
	raw := b.Tokenizer()
	for from := 1; from+4 < len(full.IDs); from += 3 {
		stop := raw.Decode(full.IDs[from : from+2]) // lies across two tokens
		if strings.ContainsRune(stop, utf8.RuneError) {
			continue
		}
		var streamed strings.Builder
		r, err := b.Stream(t.Context(), Request{Prompt: "stop test", MaxTokens: 60, Stop: []string{"no such text", stop}}, func(s string) { streamed.WriteString(s) })
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(r.Text, stop) || r.Finish != FinishStop || len(r.IDs) > from || len(r.LogProbs) != len(r.IDs) {
			t.Errorf("stop %q: text %q (%s), %d tokens, want at most %d", stop, r.Text, r.Finish, len(r.IDs), from)
		}
		if streamed.String() != r.Text {
			t.Errorf("streamed %q, reply %q", streamed.String(), r.Text)
		}
	}
}

// Ten thousand requests of all kinds from many goroutines, a third cancelled at any time: no page and no goroutine is lost.
func TestSoak(t *testing.T) {
	total := 10000
	if testing.Short() {
		total = 1000
	}
	before := runtime.NumGoroutine()
	f, tok := newFake(t, 200)
	b := newBatcher(f, tok, Options{Sequences: 24, Tokens: 128})
	var wg sync.WaitGroup
	const callers = 20
	for c := range callers {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(c), 1))
			for done := 0; done < total/callers; {
				n := 1 + rng.IntN(20)
				rs := mixed(200)[rng.IntN(180):][:n]
				done += n
				ctx, cancel := context.WithCancel(t.Context())
				if rng.IntN(3) == 0 {
					time.AfterFunc(time.Duration(rng.IntN(3000))*time.Microsecond, cancel)
				}
				replies, err := b.Complete(ctx, rs)
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("Complete: %v", err)
				}
				for _, r := range replies {
					if r.Err != nil {
						t.Errorf("reply: %v", r.Err)
					}
				}
				cancel()
			}
		})
	}
	wg.Wait()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if f.free != 200 || len(f.refs) != 0 {
		t.Errorf("%d of 200 pages are free, %d held", f.free, len(f.refs))
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
