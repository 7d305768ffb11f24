package plan

import (
	"fmt"

	"github.com/winnow-data/winnow/stages"
)

// A component is a stage of the recipe, made, and its place in the list.
type component struct {
	stage int
	label string
	any
}

// builder lays stages out in phases.
type builder struct {
	phases []Phase
	open   *Pass  // the pass that further stages join; nil between a Work and the next pass
	ends   string // label of what ended the open pass
	docs   string // the phase whose files hold the documents; "" while only the input does
	tasks  int    // tasks in which the documents lie
	bytes  int64

	splits map[int]int // tasks that one task's documents are dealt to, by the number of a stage that asks a model
	parted int         // the same, of the documents as they lie; 0 outside the reach of such stages
	read   Pass        // how passes read the files of docs, until documents are written anew: Split or Join
}

// layOut turns the stages into phases, without keys.
func layOut(components []component, parts [][]Part, bytes int64, splits map[int]int) ([]Phase, error) {
	b := &builder{tasks: len(parts), bytes: bytes, splits: splits}
	b.open = &Pass{Parts: parts}
	for _, c := range components {
		barrier, ok := c.any.(stages.Barrier)
		switch n, asks := b.splits[c.stage]; {
		case asks && b.parted == 0:
			b.part(n)
		case ok && !asks:
			b.join()
		}
		if !ok {
			b.pass().Steps = append(b.pass().Steps, Step{Stage: c.stage})
			b.ends = c.label
			continue
		}
		if err := b.barrier(c, barrier.Phases()); err != nil {
			return nil, fmt.Errorf("%s: %w", c.label, err)
		}
	}
	b.join()
	b.pass().To = ToOutput
	b.ends = "output"
	b.close()
	b.phases = append(b.phases, Phase{Name: fmt.Sprintf("%02d-finish", len(b.phases)), Tasks: 1, Finish: true})
	return b.phases, nil
}

// pass returns the open pass, opening one over the documents where there is none.
func (b *builder) pass() *Pass {
	if b.open == nil {
		b.open = &Pass{From: b.docs, Split: b.read.Split, Join: b.read.Join}
	}
	return b.open
}

// part begins a pass for stages that ask a model: what one task holds is dealt to n.
func (b *builder) part(n int) {
	b.parted = n
	if b.open != nil && (n > 1 || len(b.open.Steps) > 0) {
		b.write()
	}
	if n > 1 {
		b.tasks *= n
		b.read = Pass{Split: n}
	}
}

// join ends the reach of stages that ask a model: what was parted comes together again.
func (b *builder) join() {
	n := b.parted
	if b.parted = 0; n <= 1 {
		return
	}
	b.write()
	b.tasks /= n
	b.read = Pass{Join: n}
}

// write ends the open pass, if there is one, with documents in files.
func (b *builder) write() {
	if b.open == nil {
		return
	}
	if b.open.To == "" {
		b.open.To = ToDocuments
	}
	if b.ends == "" {
		b.ends = "input"
	}
	b.close()
}

// close ends the open pass.
func (b *builder) close() {
	if b.open == nil {
		return
	}
	name := fmt.Sprintf("%02d-%s", len(b.phases), b.ends)
	p := b.open
	b.phases = append(b.phases, Phase{Name: name, Tasks: b.tasks, Pass: p})
	if p.To == ToDocuments || p.To == ToBuckets {
		b.docs, b.read = name, Pass{}
	}
	if p.To == ToBuckets {
		b.tasks = p.Buckets
	}
	b.open = nil
}

func (b *builder) barrier(c component, phases []stages.Phase) error {
	for i, ph := range phases {
		last := i == len(phases)-1
		step := Step{Stage: c.stage, Phase: ph.Name}
		in := stages.Input{Bytes: b.bytes, Tasks: b.tasks}
		tasks := 0
		if ph.Tasks != nil {
			tasks = ph.Tasks(in)
		}
		switch {
		case ph.Pass != nil:
			if ph.Tasks != nil {
				return fmt.Errorf("phase %s is a pass: it has a task for each task of the documents, and cannot name another number", ph.Name)
			}
			p := b.pass()
			only := p.From != "" && len(p.Steps) == 0 && p.Sorted == nil && ph.Looks
			p.Steps = append(p.Steps, step)
			b.ends = c.label + "." + ph.Name
			if last {
				continue
			}
			p.To = ToDocuments
			if only {
				p.To = ToNothing
			}
			if next := phases[i+1]; next.Sort != nil {
				if ph.Looks {
					return fmt.Errorf("phase %s only looks and cannot be followed by a sort", ph.Name)
				}
				continue // the sort closes the pass
			}
			b.close()
		case ph.Work != nil:
			b.closeFor(c)
			if tasks == 0 {
				tasks = 1
			}
			b.phases = append(b.phases, Phase{
				Name: fmt.Sprintf("%02d-%s.%s", len(b.phases), c.label, ph.Name), Tasks: tasks, Work: &step,
			})
		case ph.Sort != nil:
			p := b.pass()
			if tasks == 0 {
				tasks = buckets(b.bytes)
			}
			p.To, p.Buckets, p.Scatter = ToBuckets, tasks, &step
			b.ends = c.label + "." + ph.Name
			b.close()
			b.open = &Pass{From: b.docs, Sorted: &step}
			b.ends = c.label
		default:
			return fmt.Errorf("phase %s has neither pass, work nor sort", ph.Name)
		}
	}
	return nil
}

// closeFor ends the open pass because a work must see all of it.
func (b *builder) closeFor(c component) {
	if b.open == nil {
		return
	}
	if b.open.To == "" {
		b.open.To = ToDocuments
		b.ends = c.label
	}
	b.close()
}

// BucketBytes is how much text one sorted bucket holds on average: it is sorted in memory.
const BucketBytes = 64 << 20

func buckets(bytes int64) int { return int(min(4096, max(1, bytes/BucketBytes))) }
