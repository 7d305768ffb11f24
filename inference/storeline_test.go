package inference

import (
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzLine: a line of the store says what encoding/json reads in it, whichever way it is read.
func FuzzLine(f *testing.F) {
	for _, l := range []line{
		{Model: "m", Request: "ab", Task: "generate", Text: "<<1+1=2>>\n\"x\" é \u2028 😀 \\", Finish: "stop", In: 3, Out: 2},
		{Model: "m", Request: "ab", Key: "q/answer-1", Task: "generate", Text: "x", IDs: []int32{1, 2}, In: 3},
		{Model: "m", Request: "ab", Task: "generate", Text: "x", Finish: "stop", In: 3, By: "GPT-3 \"175B\""},
		{Model: "m", Request: "ab", Task: "choose", LogProbs: logProbs{-1.5}},
		{Task: "embed", Vector: []float32{1}},
	} {
		raw, err := json.Marshal(&l)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"model":"m","request":"r","task":"t","text":"\\ud83d\\ude00","in":01,"out":1}`))
	f.Add([]byte(`{"model":"m","request":"r","task":"t","text":"a\\\\\\"","in":1,"out":1}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var want, got line
		index := line{Model: "m", Request: "ab", Text: "of another"}
		reply := line{Text: "of the line before", Finish: "stop", By: "x"}
		err := json.Unmarshal(raw, &want)
		if e := got.parse(raw, false); (e == nil) != (err == nil) || err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v; want %+v, %v", raw, got, e, want, err)
		}
		if e := index.parse(raw, true); err == nil && (e != nil || index.Model != want.Model || index.Request != want.Request || index.In != want.In || index.Out != want.Out) {
			t.Errorf("%q: indexed %+v, %v; want %+v", raw, index, e, want)
		}
		if r, e := replyOf(raw); err == nil && (e != nil || !reflect.DeepEqual(r, want.reply())) {
			t.Errorf("%q: reply %+v, %v; want %+v", raw, r, e, want)
		}
		if e := reply.parseParts(raw, replied); err == nil && (e != nil || !reflect.DeepEqual(reply.reply(), want.reply())) {
			t.Errorf("%q: reply %+v, %v; want %+v", raw, reply, e, want)
		}
	})
}
