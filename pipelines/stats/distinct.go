package stats

import (
	"cmp"
	"slices"
	"strings"
)

// A Distinct counts how many different things there are, and how often each occurs, in bounded memory: by distinct sampling (Gibbons, VLDB
// 2001). It is exact up to Cap things. Beyond, it knows all occurrences of one thing in 2^Level, chosen by hash, and what it
// says of all is an estimate with a standard error of about 1/√Cap.
type Distinct struct {
	Cap   int
	Level int // 0: exact
	Seen  int64
	known map[uint64]*occurrence
}

type occurrence struct {
	count int64
	id    string // the least id
}

// A Repeat is a thing that occurs more than once.
type Repeat struct {
	ID    string `json:"id"` // the least of the ids it occurs under
	Count int64  `json:"count"`
}

func (d *Distinct) add(hash uint64, id string) { d.put(hash, id, 1) }

func (d *Distinct) put(hash uint64, id string, n int64) {
	d.Seen += n
	if !d.sampled(hash) {
		return
	}
	if o, ok := d.known[hash]; ok {
		o.count += n
		if id < o.id {
			o.id = strings.Clone(id)
		}
		return
	}
	if d.known == nil {
		d.known = map[uint64]*occurrence{}
	}
	d.known[hash] = &occurrence{n, strings.Clone(id)}
	for len(d.known) > d.Cap {
		d.Level++
		d.drop()
	}
}

// sampled says whether a thing is among those that are known. The hash is spread anew: it may be the same one that files
// were divided by.
func (d *Distinct) sampled(hash uint64) bool { return mix(hash)&(1<<d.Level-1) == 0 }

func (d *Distinct) drop() {
	for h := range d.known {
		if !d.sampled(h) {
			delete(d.known, h)
		}
	}
}

func (d *Distinct) merge(o *Distinct) {
	d.Seen += o.Seen
	if o.Level > d.Level {
		d.Level = o.Level
		d.drop()
	}
	seen := d.Seen
	for h, x := range o.known {
		d.put(h, x.id, x.count)
	}
	d.Seen = seen
}

// Count returns the number of different things.
func (d *Distinct) Count() int64 { return int64(len(d.known)) << d.Level }

// Copies returns how many occurrences could go if one of each thing stayed.
func (d *Distinct) Copies() int64 {
	n := int64(0)
	for _, o := range d.known {
		n += o.count - 1
	}
	return n << d.Level
}

// Most returns the n things that occur most often, of those that are known; ties by id.
func (d *Distinct) Most(n int) []Repeat {
	var out []Repeat
	for _, o := range d.known {
		if o.count > 1 {
			out = append(out, Repeat{o.id, o.count})
		}
	}
	slices.SortFunc(out, func(a, b Repeat) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID)) })
	return out[:min(len(out), n)]
}
