package plan

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
)

// TestLayOutAskers: where stages that ask models begin, documents are dealt to more tasks; before barriers and the output they come together. "a"
// asks, and "A" is a barrier that asks.
func TestLayOutAskers(t *testing.T) {
	for _, c := range []struct {
		name, stages string
		split        int
		want         string
	}{
		{"alone and small", "a", 1, `
00-output x3 input [0] output
01-finish x1`},
		{"a pass of its own", "f a f", 1, `
00-b0 x3 input [0] documents
01-output x3 00-b0 [1 2] output
02-finish x1`},
		{"alone and parted", "a", 4, `
00-input x3 input [] documents
01-b0 x12 00-input split 4 [0] documents
02-output x3 01-b0 join 4 [] output
03-finish x1`},
		{"neighbours share a pass", "f a f a f", 4, `
00-b0 x3 input [0] documents
01-b4 x12 00-b0 split 4 [1 2 3 4] documents
02-output x3 01-b4 join 4 [] output
03-finish x1`},
		{"joined before a barrier, whose looks read many files", "a lwp f", 2, `
00-input x3 input [] documents
01-b0 x6 00-input split 2 [0] documents
02-b1.l0 x3 01-b0 join 2 [1.l0] nothing
03-b1.w1 x1 work 1.w1
04-output x3 01-b0 join 2 [1.p2 2] output
05-finish x1`},
		{"a barrier that asks stays parted until its cut", "f pwp! f", 2, `
00-b0 x3 input [0] documents
01-b1.p0 x6 00-b0 split 2 [1.p0] documents
02-b1.w1 x1 work 1.w1
03-b2 x6 01-b1.p0 [1.p2 2] documents
04-output x3 03-b2 join 2 [] output
05-finish x1`},
		{"after a shuffle", "s5 a", 2, `
00-b0.s0 x3 input [] buckets
01-b0 x5 00-b0.s0 sorted by 0.s0 [] documents
02-b1 x10 01-b0 split 2 [1] documents
03-output x5 02-b1 join 2 [] output
04-finish x1`},
		{"twice", "a lwp a", 2, `
00-input x3 input [] documents
01-b0 x6 00-input split 2 [0] documents
02-b1.l0 x3 01-b0 join 2 [1.l0] nothing
03-b1.w1 x1 work 1.w1
04-b1.p2 x3 01-b0 join 2 [1.p2] documents
05-b2 x6 04-b1.p2 split 2 [2] documents
06-output x3 05-b2 join 2 [] output
07-finish x1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var list []component
			splits := map[int]int{}
			for k, s := range strings.Fields(c.stages) {
				x := component{k, fmt.Sprintf("b%d", k), nil}
				name, asks := strings.CutSuffix(s, "!")
				if s != "a" && s != "f" {
					x.any = fake(name)
				}
				if asks || s == "a" {
					splits[k] = c.split
				}
				list = append(list, x)
			}
			phases, err := layOut(list, make([][]Part, 3), 1<<20, splits)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(phases); got != strings.TrimSpace(c.want) {
				t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(c.want))
			}
		})
	}
}

// asker is a stage that asks a model about the first bytes of a document.
type asker struct {
	Bytes int
	Out   int
	stage `yaml:"-"`
}

type stage struct{ stages.Stage }

func (a asker) Asks() stages.Asks {
	return stages.Asks{Ask: stages.AskText, Calls: 2, Prefix: 400, Bytes: a.Bytes, Out: a.Out}
}

// TestCosts: calls, tokens and money from the first documents; tasks of at most five minutes.
func TestCosts(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	for i := range 1000 {
		line, _ := json.Marshal(map[string]string{"id": fmt.Sprint(i), "text": strings.Repeat("word ", 200)})
		fmt.Fprintf(&b, "%s\n", line)
	}
	if err := os.WriteFile(filepath.Join(dir, "in.jsonl"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	reg, err := stages.NewRegistry([]stages.Spec{stages.Define("ask", asker{Bytes: 400, Out: 10})})
	if err != nil {
		t.Fatal(err)
	}
	build := func(models, stageList string, limit int64) *Plan {
		t.Helper()
		src := "models: {m: " + models + "}\ninput: in.jsonl\nstages: " + stageList + "\noutput: out\n"
		rec, problems := recipe.Load([]byte(src), "t.yaml", reg, recipe.Options{Dir: dir})
		if rec == nil {
			t.Fatal(problems)
		}
		p, err := Build(t.Context(), rec, Sources{}, "test", limit, "")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.05*want {
			t.Errorf("%s: %v, want about %v", what, got, want)
		}
	}
	p := build(`{url: "http://h/v1", model: x, rate: 100, price: {in: 1, out: 10}}`, "[ask]", 0)
	c := p.Costs[0]
	near("documents", c.Documents, 1000)
	near("calls", c.Calls, 2000)
	near("tokens read", c.In, 2000*(100+100))
	near("tokens written", c.Out, 2000*10)
	near("money", c.Money, 0.4+0.2)
	near("hours", c.Hours, 2000.0*(200+8*10)/100/3600)
	if n := p.Phases[1].Tasks; n < 19 || n > 20 { // 5,600 seconds
		t.Errorf("%d tasks of %.0f seconds in all, want 19", n, 3600*c.Hours)
	}
	if q := build(`{hub: a/b, rate: 100k}`, "[ask]", 0); len(q.Phases) != 2 || q.Costs[0].Money != 0 {
		t.Errorf("seconds of work in %d phases, cost %v", len(q.Phases), q.Costs[0].Money)
	}
	few := build(`{url: "http://h/v1", model: x, rate: 100}`, "[ask]", 10)
	near("documents of a limited run", few.Costs[0].Documents, 10)
	if other := build(`{url: "http://h/v1", model: y, rate: 100}`, "[ask]", 10); other.Key != few.Key {
		t.Error("without Identify a model is its name, and the key differs")
	}
	if other := build(`{url: "http://h/v1", model: x, rate: 100}`, "[ask: {out: 11}]", 10); other.Key == few.Key {
		t.Error("another setting has the same key")
	}
}
