package synth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// verdicts is a checker that goes by the first word of an answer.
type verdicts struct{ asked int }

func (v *verdicts) Check(_ *stages.Document, a *stages.Answer) stages.Check {
	v.asked++
	switch word, _, _ := strings.Cut(a.Text, " "); word {
	case "good":
		return stages.Check{Result: stages.Passed}
	case "bad":
		return stages.Check{Result: stages.Failed}
	case "panic":
		panic("here")
	}
	return stages.Check{Result: stages.Unknown}
}

// unfit fails every prompt.
type unfit struct{}

func (unfit) Apply(_ context.Context, b *stages.Batch) error {
	for i := range b.Live() {
		b.Fail(i, errors.New("no tests"))
	}
	return nil
}

// script is a model that gives the answers of a list, one by one, to each prompt; "!" is a fault.
func script(asked *[]string, lists map[string][]string) oracle {
	return func(r stages.Request) stages.Reply {
		*asked = append(*asked, r.Key)
		id, rest, _ := strings.Cut(r.Key, "/stage-")
		var n int
		if _, err := fmt.Sscan(rest, &n); err != nil {
			return stages.Reply{Err: err}
		}
		text := lists[id][n-1]
		if text == "!" {
			return stages.Reply{Err: errors.New("busy")}
		}
		return stages.Reply{Text: text, Out: 1}
	}
}

// TestUntil: asking ends once enough different answers have passed and failed, as the checks behind it see them.
func TestUntil(t *testing.T) {
	u := dedupAnswersDefaults
	u.Placed("dedup_answers", "")
	check := stages.Coming{Label: "check", Check: &verdicts{}}
	dedup := stages.Coming{Label: "dedup_answers", Check: &u}
	for _, c := range []struct {
		name   string
		until  Until
		list   string // the answers of the model, in order, with commas
		has    string // answers that the prompt has before
		coming []stages.Coming
		asked  int
		rounds string // how many were asked at a time
	}{
		{"the first will do", Until{Passed: 1}, "good,x,x,x", "", []stages.Coming{check}, 1, "1"},
		{"what is missing is asked for", Until{Passed: 2}, "good,bad,good 2,x", "", []stages.Coming{check}, 3, "2 1"},
		{"as many as are missing", Until{Passed: 3}, "bad,bad,bad,bad,bad,bad", "", []stages.Coming{check}, 6, "3 3"},
		{"no more than n", Until{Passed: 3}, "bad,good,bad,bad,good 2", "", []stages.Coming{check}, 5, "3 2"},
		{"passed and failed", Until{Passed: 1, Failed: 1}, "good,good 2,bad,x", "", []stages.Coming{check}, 3, "2 1"},
		{"the same but for space", Until{Passed: 2}, "good a,good  a,good b,x", "", []stages.Coming{check}, 3, "2 1"},
		{"the same, as dedup_answers finds", Until{Passed: 2}, "good a,good a,good b,x", "", []stages.Coming{check, dedup}, 3, "2 1"},
		{"unknown is neither", Until{Passed: 1, Failed: 1}, "x,y,good,bad", "", []stages.Coming{check}, 4, "2 2"},
		{"a panic is unknown", Until{Passed: 1}, "panic,good,x", "", []stages.Coming{check}, 2, "1 1"},
		{"steps", Until{Passed: 1, Step: 3}, "bad,bad,bad,good,x,x,x,x", "", []stages.Coming{check}, 6, "3 3"},
		{"the last step is shorter", Until{Passed: 1, Step: 3}, "bad,bad,bad,bad", "", []stages.Coming{check}, 4, "3 1"},
		{"a fault counts as asked", Until{Passed: 2}, "!,good,good 2,x", "", []stages.Coming{check}, 3, "2 1"},
		{"what is there counts", Until{Passed: 2}, "good b,x", "good a,bad", []stages.Coming{check}, 1, "1"},
		{"enough is there", Until{Passed: 1}, "x,x", "good a", []stages.Coming{check}, 0, ""},
		{"no answer can be judged", Until{Passed: 1}, "good,x", "", []stages.Coming{check, {Label: "unfit", Check: unfit{}}}, 0, ""},
		{"only elsewhere", Until{Passed: 1}, "good,x", "", []stages.Coming{check, {Label: "unfit", Check: unfit{}, Takes: func(d *stages.Document) bool { return d.ID == "other" }}}, 1, "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := strings.Split(c.list, ",")
			d := prompt()
			if c.has != "" {
				for _, text := range strings.Split(c.has, ",") {
					d.Answers = append(d.Answers, stages.Answer{Text: text})
				}
			}
			before := len(d.Answers)
			var asked []string
			var rounds []string
			a := Answer{Model: "m", N: len(list), Temperature: 1, MaxTokens: 10, Until: c.until, coming: c.coming}
			m := rounded{script(&asked, map[string][]string{"q": list}), &rounds}
			env := &stages.Env{}
			env.Provide(stages.ModelResource("m"), func() (any, error) { return stages.Model(m), nil })
			provisioned(t, &a, "", env)
			_, _, fault, b := apply(t, &a, d)
			if fault != nil {
				t.Fatal(fault)
			}
			if len(asked) != c.asked || strings.Join(rounds, " ") != c.rounds {
				t.Errorf("asked %d times, in rounds of %v; want %d, %q", len(asked), rounds, c.asked, c.rounds)
			}
			for k, key := range asked {
				if key != fmt.Sprintf("q/stage-%d", k+1) {
					t.Errorf("request %d is %s", k, key)
				}
			}
			want := slices.DeleteFunc(slices.Clone(list[:c.asked]), func(s string) bool { return s == "!" })
			got := b.Docs[0].Answers[before:]
			for k := range want {
				if len(got) != len(want) || got[k].Text != want[k] || len(got[k].Checks) > 0 {
					t.Fatalf("answers %+v, want %q, without checks", got, want)
				}
			}
			n := b.Counted()
			if n["spared"] != int64(len(list)-c.asked) || n["asked"] != int64(c.asked) || (n["stopped"] == 1) != (c.asked < len(list)) {
				t.Errorf("counts %v", n)
			}
		})
	}
}

// rounded notes how many requests come at a time.
type rounded struct {
	oracle
	rounds *[]string
}

func (r rounded) Complete(ctx context.Context, rs []stages.Request) ([]stages.Reply, error) {
	*r.rounds = append(*r.rounds, fmt.Sprint(len(rs)))
	return r.oracle.Complete(ctx, rs)
}

// TestUntilTogether: what one prompt is asked does not depend on those beside it.
func TestUntilTogether(t *testing.T) {
	lists := map[string][]string{"a": {"good", "x", "x"}, "b": {"bad", "bad", "good"}, "c": {"bad", "!", "!"}, "d": {"!", "!", "!"}}
	run := func(ids ...string) (keys []string, b *stages.Batch) {
		a := Answer{Model: "m", N: 3, Temperature: 1, MaxTokens: 10, Until: Until{Passed: 1}, coming: []stages.Coming{{Label: "check", Check: &verdicts{}}}}
		provisioned(t, &a, "", script(&keys, lists).env())
		var docs []stages.Document
		for _, id := range ids {
			d := prompt()
			d.ID = id
			docs = append(docs, d)
		}
		b = stages.NewBatch(docs)
		b.Act("stage")
		if err := a.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		slices.Sort(keys)
		return keys, b
	}
	together, b := run("a", "b", "c", "d")
	var alone []string
	for k, id := range []string{"a", "b", "c", "d"} {
		keys, one := run(id)
		alone = append(alone, keys...)
		if fmt.Sprint(one.Docs[0].Answers) != fmt.Sprint(b.Docs[k].Answers) {
			t.Errorf("%s alone: %v, together %v", id, one.Docs[0].Answers, b.Docs[k].Answers)
		}
	}
	if !slices.Equal(together, alone) || len(alone) != 1+3+3+3 {
		t.Errorf("together %v, alone %v", together, alone)
	}
	if _, err := b.Outcome(3); err == nil || !strings.Contains(err.Error(), "busy") {
		t.Errorf("no answer at all: %v", err)
	}
	if _, err := b.Outcome(2); err != nil {
		t.Errorf("one answer of three: %v", err)
	}
}

func TestUntilValidate(t *testing.T) {
	for _, c := range []struct {
		n     int
		until Until
		want  string
	}{
		{3, Until{Passed: 2, Failed: 1}, ""},
		{3, Until{}, ""},
		{1, Until{Passed: 1, Step: 5}, ""},
		{2, Until{Passed: 2, Failed: 1}, "until: 3 answers are wanted and n allows 2"},
		{2, Until{Step: 1}, "until: step goes with passed or failed"},
	} {
		a := Answer{N: c.n, Temperature: 1, Until: c.until}
		if err := a.Validate(); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("n %d, %+v: %v, want %q", c.n, c.until, err, c.want)
		}
	}
}
