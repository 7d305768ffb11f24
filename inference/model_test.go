package inference

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/golden"
)

const smol = "data/models/smollm2-135m-instruct.q4_1.gguf"

// smolBatcher serves SmolLM2 from ../shared.
func smolBatcher(t testing.TB, o Options) *Batcher {
	t.Helper()
	if o.Memory == 0 {
		o.Memory = 1 << 30
	}
	b, err := Open(golden.Path(t, smol), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// What transformers computes in float32 with the same weights: greedy texts up to the end token wherever the gap between the two best logits is above
// 2e-3, the 20 likeliest tokens within 5e-4 (golden/smollm2/README.md), and log-probabilities of whole texts.
func TestSmolLM2Golden(t *testing.T) {
	var generate struct {
		EOS  int32
		Rows []struct {
			IDs []int32
			F32 struct {
				Top20  [][2]float64
				Greedy []int32
				Gaps   []float64
			}
		}
	}
	golden.JSON(t, "golden/smollm2/generate.json", &generate)
	b := smolBatcher(t, Options{Weights: "f32"})
	var rs []Request
	for _, r := range generate.Rows {
		rs = append(rs, Request{IDs: r.IDs, MaxTokens: len(r.F32.Greedy)})
	}
	checked := 0
	for i, p := range complete(t, b, rs...) {
		want := generate.Rows[i].F32
		if p.Err != nil {
			t.Fatal(p.Err)
		}
		for k, id := range want.Greedy {
			if want.Gaps[k] < 2e-3 {
				break
			}
			if id == generate.EOS {
				if len(p.IDs) != k || p.Finish != FinishStop {
					t.Errorf("row %d ends after %d tokens (%s), want %d", i, len(p.IDs), p.Finish, k)
				}
				break
			}
			if k >= len(p.IDs) || p.IDs[k] != id {
				t.Fatalf("row %d: token %d is not %d: %v", i, k, id, p.IDs)
			}
			checked++
		}
		if got := p.LogProbs[0]; !(math.Abs(got-want.Top20[0][1]) <= 5e-4) {
			t.Errorf("row %d: ln p of the first token %v, want %v", i, got, want.Top20[0][1])
		}
	}
	if checked < 600 {
		t.Errorf("only %d tokens were compared", checked)
	}

	// The likeliest twenty as choices of one token.
	first := generate.Rows[0]
	r := Request{IDs: first.IDs, Task: Choose}
	for _, c := range first.F32.Top20 {
		r.Choices = append(r.Choices, string(b.Tokenizer().Bytes(int32(c[0]))))
	}
	p := complete(t, b, r)[0]
	for i, c := range first.F32.Top20 {
		if !(math.Abs(p.LogProbs[i]-c[1]) <= 5e-4) {
			t.Errorf("choice %q: ln p %v, want %v", r.Choices[i], p.LogProbs[i], c[1])
		}
	}

	var score struct {
		Rows []struct {
			Text string
			IDs  []int32
			F32  struct{ LogProbs []float64 }
		}
	}
	golden.JSON(t, "golden/smollm2/score.json", &score)
	rs = rs[:0]
	for _, r := range score.Rows {
		rs = append(rs, Request{IDs: r.IDs, Task: Score})
	}
	for i, p := range complete(t, b, rs...) {
		want := score.Rows[i].F32.LogProbs
		if len(p.LogProbs) != len(want) {
			t.Fatalf("text %d has %d log-probabilities, want %d", i, len(p.LogProbs), len(want))
		}
		for k := range want {
			if !(math.Abs(p.LogProbs[k]-want[k]) <= 5e-4) {
				t.Fatalf("text %d, token %d: %v, want %v", i, k+1, p.LogProbs[k], want[k])
			}
		}
	}
}

// documents are texts of the golden folder, for requests of all kinds.
func documents(t testing.TB) []string {
	t.Helper()
	var score struct{ Rows []struct{ Text string } }
	golden.JSON(t, "golden/smollm2/score.json", &score)
	var texts []string
	for _, r := range score.Rows {
		texts = append(texts, r.Text)
	}
	return texts
}

const rubric = "You judge how much a text teaches. Add a point for each of these: it is about something that can be learned; it explains; it is in order; it is complete; it would help a student. Answer with the number of points from 0 to 5 and nothing else.\n\n"

func realRequests(t testing.TB) []Request {
	var rs []Request
	for i, text := range documents(t) {
		r := []rune(text)
		doc := string(r[:min(len(r), 150+i*40)])
		ask := []Message{{"system", rubric}, {"user", doc}}
		rs = append(rs,
			Request{Key: fmt.Sprint(i), Messages: ask, Task: Choose, Choices: []string{"0", "1", "2", "3", "4", "5", "ten points"}},
			Request{Key: fmt.Sprint(i), Messages: ask, MaxTokens: 12 + i},
			Request{Key: fmt.Sprint(i), Prompt: doc, MaxTokens: 10, Temperature: 0.9, TopP: 0.95},
			Request{Key: fmt.Sprint(i), Prompt: doc, Task: Score},
			Request{Key: fmt.Sprint(i), Prompt: doc, Task: Embed, Pooling: Pooling(i % 2)},
			Request{Key: fmt.Sprint(i), Messages: ask, MaxTokens: 30, Schema: []byte(`{"type":"object","properties":{"points":{"type":"integer","minimum":0,"maximum":5},"why":{"type":"string","maxLength":40}},"required":["points","why"]}`)},
		)
	}
	return rs
}

// With the real engine too a reply is the same bits alone, in company, on one thread or two, in small steps, and when memory is short.
func TestRealRepliesDoNotDependOnCompany(t *testing.T) {
	rs := realRequests(t)
	rs = rs[:30]
	crowd := smolBatcher(t, Options{Threads: 2})
	want := complete(t, crowd, rs...)
	if s := crowd.Stats(); s.Shared < 60*len(rs)/3 {
		t.Errorf("only %d tokens were shared", s.Shared)
	}
	pages := int64(10) * crowd.shape.pageBytes
	for _, o := range []Options{{Threads: 1, Tokens: 33}, {Threads: 2, Memory: pages}} {
		b := smolBatcher(t, o)
		for i, p := range complete(t, b, rs...) {
			if !reflect.DeepEqual(p, want[i]) {
				t.Errorf("%+v: request %d (%v): %+v, want %+v", o, i, rs[i].Task, p, want[i])
			}
		}
	}
	alone := smolBatcher(t, Options{Threads: 1})
	for i := range rs {
		if i%3 != 0 {
			continue
		}
		if p := complete(t, alone, rs[i])[0]; !reflect.DeepEqual(p, want[i]) {
			t.Errorf("alone: request %d (%v): %+v, want %+v", i, rs[i].Task, p, want[i])
		}
	}
}

func TestNameIsOfTheContent(t *testing.T) {
	path := golden.Path(t, smol)
	b := smolBatcher(t, Options{})
	link := t.TempDir() + "/other.gguf"
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	c, err := Open(link, Options{Memory: 1 << 28, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b.Name() != c.Name() {
		t.Errorf("one file has the names %s and %s", b.Name(), c.Name())
	}
	d := smolBatcher(t, Options{Weights: "int8"})
	if d.Name() == b.Name() {
		t.Error("another form of the weights has the same name")
	}
}

func TestSplitFiles(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []string{"m-00001-of-00002.gguf", "m-00002-of-00002.gguf", "m-00001-of-00003.gguf", "mm-00001-of-00002.gguf"} {
		if err := os.WriteFile(dir+"/"+n, []byte(n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := filesOf(dir + "/m-00001-of-00002.gguf")
	if want := []string{dir + "/m-00001-of-00002.gguf", dir + "/m-00002-of-00002.gguf"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("files %v (%v), want %v", got, err, want)
	}
}
