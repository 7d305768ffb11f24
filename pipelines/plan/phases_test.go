package plan

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

// A fake is a barrier with the phases that its string tells: p a pass, l one that only looks, w a work, s a sort; a digit behind gives its tasks.
type fake string

func (f fake) Phases() []stages.Phase {
	var list []stages.Phase
	for i := 0; i < len(f); i++ {
		ph := stages.Phase{Name: fmt.Sprintf("%c%d", f[i], len(list))}
		switch f[i] {
		case 'p', 'l':
			ph.Looks = f[i] == 'l'
			ph.Pass = func(*stages.Task) (stages.Stage, error) { return nil, nil }
		case 'w':
			ph.Work = func(context.Context, *stages.Task) error { return nil }
		case 's':
			ph.Sort = func(*stages.Document) uint64 { return 0 }
		}
		if i+1 < len(f) && f[i+1] >= '0' && f[i+1] <= '9' {
			n := int(f[i+1] - '0')
			ph.Tasks = func(stages.Input) int { return n }
			i++
		}
		list = append(list, ph)
	}
	return list
}

// told writes phases down: name, tasks, from, steps, to.
func told(phases []Phase) string {
	step := func(s Step) string {
		if s.Phase == "" {
			return fmt.Sprint(s.Stage)
		}
		return fmt.Sprintf("%d.%s", s.Stage, s.Phase)
	}
	var lines []string
	for _, ph := range phases {
		line := fmt.Sprintf("%s x%d", ph.Name, ph.Tasks)
		switch p := ph.Pass; {
		case ph.Work != nil:
			line += " work " + step(*ph.Work)
		case p != nil:
			from := p.From
			if from == "" {
				from = "input"
			}
			if p.Sorted != nil {
				from += " sorted by " + step(*p.Sorted)
			}
			if p.Split > 0 {
				from += fmt.Sprintf(" split %d", p.Split)
			}
			if p.Join > 0 {
				from += fmt.Sprintf(" join %d", p.Join)
			}
			var steps []string
			for _, s := range p.Steps {
				steps = append(steps, step(s))
			}
			line += fmt.Sprintf(" %s [%s] %s", from, strings.Join(steps, " "), p.To)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// TestLayOut: stage lists and the phases they become. "f" is a stage that looks at one document; anything else is a fake barrier.
func TestLayOut(t *testing.T) {
	for _, c := range []struct{ name, stages, want, err string }{
		{name: "no stages", stages: "", want: `
00-output x3 input [] output
01-finish x1`},
		{name: "only per-document stages are one pass", stages: "f f f", want: `
00-output x3 input [0 1 2] output
01-finish x1`},
		{name: "barrier first: its look is fused with reading", stages: "lwp f", want: `
00-b0.l0 x3 input [0.l0] documents
01-b0.w1 x1 work 0.w1
02-output x3 00-b0.l0 [0.p2 1] output
03-finish x1`},
		{name: "barrier last: its cut writes the output", stages: "f lw2p", want: `
00-b1.l0 x3 input [0 1.l0] documents
01-b1.w1 x2 work 1.w1
02-output x3 00-b1.l0 [1.p2] output
03-finish x1`},
		{name: "two barriers: a cut and the next scan are one pass", stages: "lwp lwp", want: `
00-b0.l0 x3 input [0.l0] documents
01-b0.w1 x1 work 0.w1
02-b1.l0 x3 00-b0.l0 [0.p2 1.l0] documents
03-b1.w1 x1 work 1.w1
04-output x3 02-b1.l0 [1.p2] output
05-finish x1`},
		{name: "a second look of a barrier writes nothing", stages: "lwlwp", want: `
00-b0.l0 x3 input [0.l0] documents
01-b0.w1 x1 work 0.w1
02-b0.l2 x3 00-b0.l0 [0.l2] nothing
03-b0.w3 x1 work 0.w3
04-output x3 00-b0.l0 [0.p4] output
05-finish x1`},
		{name: "sort last", stages: "f lwps5", want: `
00-b1.l0 x3 input [0 1.l0] documents
01-b1.w1 x1 work 1.w1
02-b1.s3 x3 00-b1.l0 [1.p2] buckets
03-output x5 02-b1.s3 sorted by 1.s3 [] output
04-finish x1`},
		{name: "sort, then a barrier in the buckets' tasks", stages: "ps5 lwp", want: `
00-b0.s1 x3 input [0.p0] buckets
01-b1.l0 x5 00-b0.s1 sorted by 0.s1 [1.l0] documents
02-b1.w1 x1 work 1.w1
03-output x5 01-b1.l0 [1.p2] output
04-finish x1`},
		{name: "only a sort", stages: "s2", want: `
00-b0.s0 x3 input [] buckets
01-output x2 00-b0.s0 sorted by 0.s0 [] output
02-finish x1`},
		{name: "sort and sort again", stages: "s2 s4", want: `
00-b0.s0 x3 input [] buckets
01-b1.s0 x2 00-b0.s0 sorted by 0.s0 [] buckets
02-output x4 01-b1.s0 sorted by 1.s0 [] output
03-finish x1`},
		{name: "work first: the documents are written before it", stages: "f wp", want: `
00-b1 x3 input [0] documents
01-b1.w0 x1 work 1.w0
02-output x3 00-b1 [1.p1] output
03-finish x1`},
		{name: "work last", stages: "lw f", want: `
00-b0.l0 x3 input [0.l0] documents
01-b0.w1 x1 work 0.w1
02-output x3 00-b0.l0 [1] output
03-finish x1`},
		{name: "sort, then work", stages: "s2wp", want: `
00-b0.s0 x3 input [] buckets
01-b0 x2 00-b0.s0 sorted by 0.s0 [] documents
02-b0.w1 x1 work 0.w1
03-output x2 01-b0 [0.p2] output
04-finish x1`},
		{name: "a look cannot be followed by a sort", stages: "ls", err: "b0: phase l0 only looks"},
		{name: "a pass cannot name its tasks", stages: "p2", err: "b0: phase p0 is a pass"},
		{name: "a phase must be something", stages: "x", err: "b0: phase x0 has neither"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var list []component
			for k, s := range strings.Fields(c.stages) {
				if s == "f" {
					list = append(list, component{k, fmt.Sprintf("f%d", k), nil})
					continue
				}
				list = append(list, component{k, fmt.Sprintf("b%d", k), fake(s)})
			}
			phases, err := layOut(list, make([][]Part, 3), 1<<20, nil)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, want %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := told(phases); got != strings.TrimPrefix(c.want, "\n") {
				t.Errorf("got\n%s\nwant%s", got, c.want)
			}
		})
	}
}

func TestBuckets(t *testing.T) {
	for _, c := range []struct {
		bytes int64
		want  int
	}{{0, 1}, {BucketBytes - 1, 1}, {2 * BucketBytes, 2}, {1 << 60, 4096}} {
		if got := buckets(c.bytes); got != c.want {
			t.Errorf("%d bytes: %d buckets, want %d", c.bytes, got, c.want)
		}
	}
}
