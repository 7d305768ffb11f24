package inference

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/golden"
)

// Dual chunk attention with an original length scales the scores of every token by the length of the whole prompt: a beginning computed for one
// prompt is of no use to another. Without an original length it is, and both give the replies that each request gets alone.
func TestDualChunksShareNoLengths(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ids := func(n int) []int32 {
		v := make([]int32, n)
		for i := range v {
			v[i] = int32(r.IntN(250))
		}
		return v
	}
	rubric := ids(100) // beyond the original length of 64
	var rs []Request
	for i := range 12 {
		with := append(append([]int32(nil), rubric...), ids(5+17*i)...)
		rs = append(rs, Request{Key: fmt.Sprint(i), IDs: with, Shared: len(rubric), MaxTokens: 6, Task: []Task{Generate, Score}[i%2]})
	}
	for _, c := range []struct {
		model  string
		shares bool
	}{{"dca-mscale", false}, {"dca", true}} {
		path := golden.Path(t, "golden/qwen2/"+c.model)
		open := func() *Batcher {
			b, err := Open(path, Options{Weights: "f32", Memory: 1 << 26, Threads: 2})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { b.Close() })
			return b
		}
		crowd := open()
		first := complete(t, crowd, rs...)
		again := complete(t, crowd, rs...) // from kept beginnings, if there were any
		if n := crowd.Stats().Shared; n > 0 != c.shares {
			t.Errorf("%s: %d tokens were shared, want some: %v", c.model, n, c.shares)
		}
		for i, r := range rs {
			alone := open()
			want := complete(t, alone, r)[0]
			if want.Err != nil || !reflect.DeepEqual(first[i], want) || !reflect.DeepEqual(again[i], want) {
				t.Errorf("%s: request %d: %+v, then %+v, alone %+v", c.model, i, first[i], again[i], want)
			}
		}
	}
}
