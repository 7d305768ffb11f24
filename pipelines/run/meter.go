package run

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/winnow-data/winnow/pipelines/plan"
)

// A Progress says how far a run is.
type Progress struct {
	Phase      string
	PhaseIndex int // of Phases
	Phases     int
	Tasks      int // of the phase
	TasksDone  int
	TasksHad   int           // of those, done by an earlier run
	Bytes      int64         // that the phase has read of the input
	BytesTotal int64         // that it will read; 0 where that is not known
	Documents  int64         // that came into the phase
	Kept       int64         // that left it
	Elapsed    time.Duration // since the phase began
	Memory     int64         // resident bytes
	Limit      int64         // of memory
}

// meter holds the counters that Progress is read from. Workers add to them once a job.
type meter struct {
	docs, kept, bytes, done atomic.Int64

	mu         sync.Mutex
	phase      string
	index      int
	tasks, had int
	total      int64
	start      time.Time
}

func (m *meter) begin(ph *plan.Phase, had int, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.phase != "" {
		m.index++
	}
	m.phase, m.tasks, m.had, m.total, m.start = ph.Name, ph.Tasks, had, bytes, time.Now()
	m.docs.Store(0)
	m.kept.Store(0)
	m.bytes.Store(0)
	m.done.Store(int64(had))
}

func (m *meter) taskDone() { m.done.Add(1) }

// Progress returns how far the run is. It may be called at any time.
func (r *Runner) Progress() Progress {
	m := &r.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	p := Progress{
		Phase: m.phase, PhaseIndex: m.index, Phases: len(r.plan.Phases),
		Tasks: m.tasks, TasksDone: int(m.done.Load()), TasksHad: m.had,
		Bytes: m.bytes.Load(), BytesTotal: m.total, Documents: m.docs.Load(), Kept: m.kept.Load(),
		Memory: Resident(), Limit: r.opt.Memory,
	}
	if !m.start.IsZero() {
		p.Elapsed = time.Since(m.start)
	}
	return p
}
