package inference

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/winnow-data/winnow/inference/schema"
)

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
