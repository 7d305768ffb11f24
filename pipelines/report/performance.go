package report

import (
	"cmp"
	"slices"
)

// A Task is one task as it was done.
type Task struct {
	Phase     string  `json:"phase"`
	Index     int     `json:"index"`
	Start     float64 `json:"start"`   // seconds since the first task began
	Seconds   float64 `json:"seconds"` // wall time
	Bytes     int64   `json:"bytes"`   // read
	Documents int64   `json:"documents"`
	Memory    int64   `json:"memory,omitempty"` // resident bytes of the process at its end
	Input     string  `json:"input,omitempty"`  // the files it read, of a pass over the input
}

// A Sample is a number at a time.
type Sample struct {
	Seconds float64 `json:"seconds"` // since the first task began
	Value   float64 `json:"value"`
}

// Performance says where time and memory went.
type Performance struct {
	Tasks      int           `json:"tasks"`
	Phases     []PhaseTime   `json:"phases"`
	Throughput []Sample      `json:"throughput"` // bytes read per second
	Memory     []Sample      `json:"memory"`     // resident bytes
	Slowest    []Task        `json:"slowest"`
	Shards     []Shard       `json:"shards,omitempty"` // of the input, the slowest for their bytes first
	Stages     []StageSecond `json:"stages"`           // processor seconds, the largest first
}

// PhaseTime is the time of one phase.
type PhaseTime struct {
	Name    string  `json:"name"`
	Tasks   int     `json:"tasks"`
	Start   float64 `json:"start"`
	End     float64 `json:"end"`
	Seconds float64 `json:"seconds"` // of all its tasks together
	Bytes   int64   `json:"bytes"`
}

// StageSecond is the processor time of a stage.
type StageSecond struct {
	Label   string  `json:"label"`
	Seconds float64 `json:"seconds"`
}

// moments is the number of points in which a run's time is cut.
const moments = 120

func performance(m Material) Performance {
	p := Performance{
		Tasks: len(m.Tasks), Phases: phases(m.Tasks), Throughput: throughput(m.Tasks), Memory: thinned(m.Memory), Slowest: slowest(m.Tasks), Shards: slowShards(m.Tasks),
	}
	if len(p.Memory) == 0 {
		p.Memory = memoryOf(m.Tasks)
	}
	for label, s := range m.Seconds {
		p.Stages = append(p.Stages, StageSecond{label, s})
	}
	slices.SortFunc(p.Stages, func(a, b StageSecond) int {
		return cmp.Or(cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.Label, b.Label))
	})
	return p
}

// phases sums tasks up by phase, in order of appearance.
func phases(tasks []Task) []PhaseTime {
	var out []PhaseTime
	at := map[string]int{}
	for _, t := range tasks {
		k, ok := at[t.Phase]
		if !ok {
			k = len(out)
			at[t.Phase] = k
			out = append(out, PhaseTime{Name: t.Phase, Start: t.Start})
		}
		p := &out[k]
		p.Tasks++
		p.Start = min(p.Start, t.Start)
		p.End = max(p.End, t.Start+t.Seconds)
		p.Seconds += t.Seconds
		p.Bytes += t.Bytes
	}
	return out
}

// throughput spreads the bytes of each task evenly over its time.
func throughput(tasks []Task) []Sample {
	end := 0.0
	for _, t := range tasks {
		end = max(end, t.Start+t.Seconds)
	}
	if end <= 0 {
		return nil
	}
	step := end / moments
	bytes := make([]float64, moments)
	for _, t := range tasks {
		from, to := t.Start/step, (t.Start+t.Seconds)/step
		if to-from < 1e-9 {
			bytes[min(max(int(from), 0), moments-1)] += float64(t.Bytes)
			continue
		}
		for k := max(int(from), 0); k < moments && float64(k) < to; k++ {
			bytes[k] += float64(t.Bytes) * (min(to, float64(k+1)) - max(from, float64(k))) / (to - from)
		}
	}
	out := make([]Sample, moments)
	for k, b := range bytes {
		out[k] = Sample{float64(k) * step, b / step}
	}
	return out
}

// thinned keeps the largest sample of each moment.
func thinned(list []Sample) []Sample {
	if len(list) <= moments {
		return list
	}
	out := make([]Sample, 0, moments)
	for k := range moments {
		part := list[k*len(list)/moments : (k+1)*len(list)/moments]
		out = append(out, slices.MaxFunc(part, func(a, b Sample) int { return cmp.Compare(a.Value, b.Value) }))
	}
	return out
}

// memoryOf is the memory at the end of each task.
func memoryOf(tasks []Task) []Sample {
	var out []Sample
	for _, t := range tasks {
		if t.Memory > 0 {
			out = append(out, Sample{t.Start + t.Seconds, float64(t.Memory)})
		}
	}
	slices.SortFunc(out, func(a, b Sample) int { return cmp.Compare(a.Seconds, b.Seconds) })
	return thinned(out)
}

func slowest(tasks []Task) []Task {
	out := slices.Clone(tasks)
	slices.SortFunc(out, func(a, b Task) int {
		return cmp.Or(cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.Phase, b.Phase), cmp.Compare(a.Index, b.Index))
	})
	return out[:min(len(out), 10)]
}
