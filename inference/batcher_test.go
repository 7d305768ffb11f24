package inference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/winnow-data/winnow/inference/schema"
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

func TestGreedyIsTheLikeliest(t *testing.T) {
	b, f := fakeBatcher(t, 64, Options{})
	r := complete(t, b, Request{Prompt: "abc", MaxTokens: 20})[0]
	ids := b.Tokenizer().Encode(nil, "abc", false)
	for i, id := range r.IDs {
		var top [1]best
		f.best(top[:], state(ids))
		if top[0].id != id || r.LogProbs[i] != float64(top[0].logit)-top[0].lse {
			t.Fatalf("token %d is %d (%v), want %d", i, id, r.LogProbs[i], top[0].id)
		}
		ids = append(ids, id)
	}
	if len(r.IDs) == 0 || r.Out != len(r.IDs) {
		t.Errorf("%d tokens, %d counted", len(r.IDs), r.Out)
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

const fakeSchema = `{"type":"object","properties":{"score":{"type":"integer","minimum":0,"maximum":100},"why":{"type":"string","maxLength":12},"tags":{"type":"array","items":{"enum":["yes","no"]},"minItems":1,"maxItems":3}},"required":["score","why","tags"]}`

// Whatever MaxTokens is: the answer is whole and valid, or Finish says that there was no room.
func TestConstrainedOutputIsWhole(t *testing.T) {
	for _, even := range []bool{false, true} {
		b, f := fakeBatcher(t, 4096, Options{})
		f.even = even
		var rs []Request
		for _, temperature := range []float64{0, 1, 5} {
			for most := 1; most < 80; most++ {
				rs = append(rs,
					Request{Key: fmt.Sprint(most), Prompt: "json", MaxTokens: most, Temperature: temperature, Schema: json.RawMessage(fakeSchema)},
					Request{Key: fmt.Sprint(most), Prompt: "label", MaxTokens: most, Temperature: temperature, TopK: 5, Labels: fakeLabels})
			}
		}
		whole := map[bool]int{}
		for i, p := range complete(t, b, rs...) {
			r := rs[i]
			if p.Err != nil {
				t.Fatal(p.Err)
			}
			if p.Out > r.MaxTokens {
				t.Errorf("%d tokens, want at most %d", p.Out, r.MaxTokens)
			}
			ok := slices.Contains(fakeLabels, p.Text)
			if r.Schema != nil {
				var v struct {
					Score *int
					Why   *string
					Tags  []string
				}
				ok = json.Unmarshal([]byte(p.Text), &v) == nil && v.Score != nil && *v.Score <= 100 && utf8.RuneCountInString(*v.Why) <= 12 && len(v.Tags) > 0
			}
			if !ok && p.Finish != FinishLength || ok && p.Finish != FinishStop {
				t.Errorf("max %d: %q (%s)", r.MaxTokens, p.Text, p.Finish)
			}
			whole[r.Schema != nil] += map[bool]int{true: 1}[ok]
			if !ok && (r.Schema != nil && r.MaxTokens > 45 || r.Labels != nil && r.MaxTokens > 2) {
				t.Errorf("max %d: %q is not whole though there was room", r.MaxTokens, p.Text)
			}
		}
		if whole[true] < 100 || whole[false] < 200 {
			t.Errorf("%v answers were whole", whole)
		}
	}
}

// A mask says of every token what the automaton says of its bytes, though it is found by walking the sorted vocabulary and shared by many states.
func TestMasksAreExact(t *testing.T) {
	f, tok := newFake(t, 8)
	b := stillBatcher(f, tok, Options{})
	g, err := schema.Compile([]byte(fakeSchema))
	if err != nil {
		t.Fatal(err)
	}
	bd := b.masks.enter("s", g, 1000)
	defer b.masks.leave(bd)
	some := 0
	for i := range len(`{"score":42,"why":"the é yes","tags":["yes", "no"]}`) + 1 {
		bd.state = bd.rule.a.Start()
		for _, c := range []byte(`{"score":42,"why":"the é yes","tags":["yes", "no"]}`)[:i] {
			bd.state = bd.rule.a.Next(bd.state, c)
		}
		mask := b.masks.mask(bd)
		for id := range int32(f.s.vocab) {
			want := len(tok.Bytes(id)) > 0 && !tok.Special(id) && b.masks.next(bd.rule, bd.state, id) != schema.Dead
			if got := mask[id/64]>>(id%64)&1 == 1; got != want {
				t.Fatalf("behind %d bytes: token %d (%q) may follow: %v, want %v", i, id, tok.Bytes(id), got, want)
			}
			if want {
				some++
			}
		}
	}
	if some < 500 {
		t.Errorf("only %d tokens were allowed in all", some)
	}
}

func TestSamplingFollowsTheProbabilities(t *testing.T) {
	w := &writing{temperature: 1, topP: 1, penalty: 1}
	logits := []float32{0, 1, 2, float32(math.Inf(-1)), -1}
	probs := make([]float64, len(logits))
	total := 0.0
	for i, x := range logits {
		probs[i] = math.Exp(float64(x))
		total += probs[i]
	}
	var s sampler
	count := func(w *writing) []int {
		n := make([]int, len(logits))
		for i := range 20000 {
			n[s.draw(w, slices.Clone(logits), uniform(7, i))]++
		}
		return n
	}
	for i, n := range count(w) {
		if want := 20000 * probs[i] / total; math.Abs(float64(n)-want) > 4*math.Sqrt(want)+1 {
			t.Errorf("token %d was drawn %d times, want about %.0f", i, n, want)
		}
	}
	for _, tt := range []struct {
		name string
		w    writing
		want []bool
	}{
		{"top-k", writing{temperature: 1, topP: 1, topK: 2}, []bool{false, true, true, false, false}},
		{"top-k of all", writing{temperature: 1, topP: 1, topK: 9}, []bool{true, true, true, false, true}},
		{"top-p", writing{temperature: 1, topP: 0.6}, []bool{false, false, true, false, false}},
		{"top-p 0.7", writing{temperature: 1, topP: 0.7}, []bool{false, true, true, false, false}},
		{"min-p", writing{temperature: 1, topP: 1, minP: 0.3}, []bool{false, true, true, false, false}},
		{"cold", writing{temperature: 0.01, topP: 1}, []bool{false, false, true, false, false}},
		{"top-k and min-p", writing{temperature: 1, topP: 0.99, topK: 3, minP: 0.5}, []bool{false, false, true, false, false}},
	} {
		for i, n := range count(&tt.w) {
			if n > 0 != tt.want[i] {
				t.Errorf("%s: token %d was drawn %d times", tt.name, i, n)
			}
		}
	}
	nan := []float32{1, float32(math.NaN())}
	if got := s.draw(w, nan, 0.5); got != -1 {
		t.Errorf("drew %d from NaN", got)
	}
}

// Top-p by buckets keeps what sorting keeps.
func TestTopPIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var s sampler
	for _, spread := range []float64{0.001, 0.3, 3, 30} {
		logits := make([]float32, 5000)
		for i := range logits {
			logits[i] = float32(math.Round(rng.NormFloat64()*spread*1000) / 1000)
		}
		logits[5] = float32(math.Inf(-1))
		top := slices.Max(logits)
		for _, share := range []float64{0.01, 0.5, 0.9, 0.999, 1} {
			s.weighAll(logits, top, 1)
			got := s.floor(logits, top, 1, share*sum(s.probs))
			var all []candidate
			for id, x := range logits {
				all = append(all, candidate{int32(id), x})
			}
			slices.SortFunc(all, byLogit)
			acc, want, near := 0.0, math.Inf(-1), map[float64]bool{}
			for _, c := range all[:len(all)-1] {
				acc += float64(s.probs[c.id])
				if math.Abs(acc-share*sum(s.probs)) < 1e-9*acc {
					near[float64(c.logit)] = true // rounding may decide
				}
				if want = float64(c.logit); acc >= share*sum(s.probs) {
					break
				}
			}
			if got != want && !near[want] && !near[got] {
				t.Errorf("spread %v, top-p %v: floor %v, want %v", spread, share, got, want)
			}
		}
	}
}

func TestPenalty(t *testing.T) {
	var s sampler
	logits := []float32{2, -2, 1}
	s.penalise(logits, []int32{0, 1, 0}, 2)
	if !slices.Equal(logits, []float32{1, -4, 1}) {
		t.Errorf("penalised %v", logits)
	}
}

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

// A step in which sequences write allocates nothing, whether greedy, sampled or bound.
func TestWritingAllocatesNothing(t *testing.T) {
	f, tok := newFake(t, 4096)
	b := stillBatcher(f, tok, Options{})
	rs := []Request{
		{Prompt: "a"},
		{Prompt: "b", Temperature: 0.8, Stop: []string{"zzzz"}},
		{Prompt: "c", Temperature: 0.8, TopK: 40, TopP: 0.9, Penalty: 1.1},
		{Prompt: "d", Temperature: 1, TopP: 0.9},
		{Prompt: "e", Temperature: 1, MinP: 0.1},
	}
	c := &call{finished: make(chan finished, 100)}
	for i := range rs {
		rs[i].MaxTokens = 500
		j, err := b.prepare(&rs[i], nil)
		if err != nil {
			t.Fatal(err)
		}
		j.call = c
		b.waiting = append(b.waiting, j)
	}
	b.eos = nil
	b.admit()
	step := func() {
		if err := b.step(); err != nil {
			t.Fatal(err)
		}
	}
	for range 40 {
		step()
	}
	for _, j := range b.seated {
		s := j.seq.(*fakeSequence)
		s.ids, s.pages = slices.Grow(s.ids, 600), slices.Grow(s.pages, 20)
	}
	if got := testing.AllocsPerRun(100, step); got != 0 {
		t.Errorf("a step of %d writing sequences allocates %v times", len(b.seated), got)
	}
	if len(b.seated) != len(rs) {
		t.Errorf("%d of %d sequences are still writing", len(b.seated), len(rs))
	}
}

// BenchmarkStep is what the Batcher itself adds to a step of 32 greedy sequences: the engine does nothing.
func BenchmarkStep(b *testing.B) {
	f, tok := newFake(b, 4096)
	f.s.context, f.s.pages = 1<<30, 1<<30
	bt := stillBatcher(&nothing{fake: f}, tok, Options{})
	c := &call{finished: make(chan finished, 100)}
	for i := range 32 {
		j, err := bt.prepare(&Request{IDs: []int32{int32(i)}, MaxTokens: 1 << 20}, nil)
		if err != nil {
			b.Fatal(err)
		}
		j.call, j.limit = c, 1<<30
		bt.waiting = append(bt.waiting, j)
	}
	bt.admit()
	for b.Loop() {
		bt.sweep()
		bt.admit()
		if err := bt.step(); err != nil {
			b.Fatal(err)
		}
	}
}

// nothing is a fake that computes nothing and never ends.
type nothing struct {
	*fake
	buf []float32
}

type noSequence struct{ n int }

func (n *nothing) newSequence() sequence { return &noSequence{} }
func (s *noSequence) Len() int           { return s.n }
func (s *noSequence) Need(int) int       { return 0 }
func (s *noSequence) Truncate(n int)     { s.n = n }
func (s *noSequence) Free()              {}
func (s *noSequence) fork() sequence     { return &noSequence{s.n} }

func (n *nothing) forward(slots []slot) ([]float32, error) {
	wanted := 0
	for _, s := range slots {
		s.seq.(*noSequence).n += len(s.ids)
		wanted += len(s.want)
	}
	n.buf = sized(n.buf, wanted*fakeHidden)
	return n.buf, nil
}

func (n *nothing) best(out []best, _ []float32) {
	for i := range out {
		out[i] = best{id: 1}
	}
}

// A vocabulary of Qwen2's size, logits spread as a model's.
func BenchmarkDraw(b *testing.B) {
	logits := make([]float32, 151936)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range logits {
		logits[i] = float32(rng.NormFloat64() * 3)
	}
	logits[77] = 15
	for _, tt := range []struct {
		name string
		w    writing
	}{
		{"free", writing{temperature: 0.8, topP: 1}},
		{"top-p", writing{temperature: 0.8, topP: 0.9}},
		{"top-k", writing{temperature: 0.8, topP: 0.9, topK: 40}},
		{"min-p", writing{temperature: 0.8, topP: 1, minP: 0.05}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			var s sampler
			n := 0
			for b.Loop() {
				n++
				s.draw(&tt.w, logits, uniform(1, n))
			}
		})
	}
}
