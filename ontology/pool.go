package ontology

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// maxPlace bounds the documents of one choice: they are numbered by int32.
const maxPlace = math.MaxInt32 - 1

// A pool is all documents to choose from, by their place: task by task, in each in the order of its documents.
type pool struct {
	ends    []int32 // of each task, the place behind its last document
	ids     []byte  // of all, one behind the other
	idEnds  []int64
	hash    []uint64
	tags    []int32 // of all, distinct ones of a document, as numbers of names
	tagEnds []int64
	bounds  []int32 // of all, the numbers of the bounds that each counts towards
	bndEnds []int64
	score   []float64 // by score only
	vector  []int64   // by score only: where its vector begins in its task's file, in numbers
	width   []int32   // by score only: numbers of the vector

	names  []string // of tags
	limits []limit
}

// A limit is one bound of the quota at work.
type limit struct {
	field, value string
	most, taken  int
}

func slice[T any](all []T, ends []int64, i int32) []T {
	from := int64(0)
	if i > 0 {
		from = ends[i-1]
	}
	return all[from:ends[i]]
}

func (p *pool) len() int                 { return len(p.hash) }
func (p *pool) id(i int32) []byte        { return slice(p.ids, p.idEnds, i) }
func (p *pool) tagsOf(i int32) []int32   { return slice(p.tags, p.tagEnds, i) }
func (p *pool) boundsOf(i int32) []int32 { return slice(p.bounds, p.bndEnds, i) }

// task returns the task of a place.
func (p *pool) task(i int32) int {
	at, _ := slices.BinarySearch(p.ends, i+1)
	return at
}

// room says whether every bound of a document leaves room for it; take uses one of each.
func (p *pool) room(i int32) bool {
	for _, b := range p.boundsOf(i) {
		if p.limits[b].taken >= p.limits[b].most {
			return false
		}
	}
	return true
}

func (p *pool) take(i int32) {
	for _, b := range p.boundsOf(i) {
		p.limits[b].taken++
	}
}

// byID orders places by id, then content, then place.
func (p *pool) byID(a, b int32) int {
	return cmp.Or(slices.Compare(p.id(a), p.id(b)), cmp.Compare(p.hash[a], p.hash[b]), cmp.Compare(a, b))
}

// loader fills a pool.
type loader struct {
	s      *Select
	p      *pool
	number map[string]int32    // tag → number
	bound  map[[2]string]int32 // field and value → number of its bound
	fields []string            // of the quota, tags not among them
	tag    []int32             // of the task's names, the number of the tag
	limit  []int32             // of the task's names, the number of the bound; -1 without
}

// loadPool reads what all tasks have collected. It is an error if that needs more than the task's memory.
func (s *Select) loadPool(ctx context.Context, t *stages.Task) (*pool, error) {
	l := &loader{s: s, p: new(pool), number: map[string]int32{}, bound: map[[2]string]int32{}, fields: s.quotaFields()}
	var bytes int64
	for i := range t.Files.Tasks("collect") {
		f, err := t.Open("collect", i, rowsFile)
		if err != nil {
			return nil, err
		}
		bytes += f.Size()
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	// A row of 60 bytes becomes about 150 in the pool and in the lists of the passes.
	if need := 3 * bytes; need > t.Env.Memory {
		return nil, stages.Final(fmt.Errorf("choose among documents whose ids and tags are %d bytes: about %d bytes of memory are needed, the run gives a task %d: raise --memory, or sample first", bytes, need, t.Env.Memory))
	}
	for i := range t.Files.Tasks("collect") {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := l.task(t, i); err != nil {
			return nil, err
		}
	}
	return l.p, nil
}

func (l *loader) task(t *stages.Task, i int) error {
	names, err := readNames(t, i)
	if err != nil {
		return err
	}
	l.tag, l.limit = make([]int32, len(names)), make([]int32, len(names))
	for k, name := range names {
		l.name(k, name)
	}
	var c candidate
	place := int64(0)
	err = eachOf(t, i, rowsFile, func(r *bufio.Reader) error {
		if err := readCandidate(r, &c, len(l.fields), len(names)); err != nil {
			return err
		}
		if l.p.len() >= maxPlace {
			return stages.Final(fmt.Errorf("choose: more than %d documents", maxPlace))
		}
		c.place = place
		place += int64(c.width)
		l.add(&c)
		return nil
	})
	l.p.ends = append(l.p.ends, int32(l.p.len()))
	return err
}

// name learns a name of a task: its tag, and its bound.
func (l *loader) name(k int, name string) {
	l.limit[k] = -1
	if tag, ok := strings.CutPrefix(name, "t"); ok {
		n, ok := l.number[tag]
		if !ok {
			n = int32(len(l.p.names))
			l.number[tag] = n
			l.p.names = append(l.p.names, tag)
		}
		l.tag[k], l.limit[k] = n, l.limitOf(tagsField, tag)
		return
	}
	field, value, _ := strings.Cut(name[1:], "\x00")
	l.limit[k] = l.limitOf(field, value)
}

// limitOf returns the number of the bound of a value, -1 without one.
func (l *loader) limitOf(field, value string) int32 {
	of, ok := l.s.Quota[field]
	if !ok {
		return -1
	}
	b, ok := of[value]
	if !ok {
		if b, ok = of[others]; !ok {
			return -1
		}
	}
	key := [2]string{field, value}
	n, ok := l.bound[key]
	if !ok {
		n = int32(len(l.p.limits))
		l.bound[key] = n
		l.p.limits = append(l.p.limits, limit{field: field, value: value, most: b.of(int(l.s.Rows))})
	}
	return n
}

func (l *loader) add(c *candidate) {
	p := l.p
	p.ids = append(p.ids, c.id...)
	p.idEnds = append(p.idEnds, int64(len(p.ids)))
	p.hash = append(p.hash, c.hash)
	for _, t := range c.tags {
		p.tags = append(p.tags, l.tag[t])
		if b := l.limit[t]; b >= 0 {
			p.bounds = append(p.bounds, b)
		}
	}
	for _, v := range c.values {
		if v >= 0 && l.limit[v] >= 0 {
			p.bounds = append(p.bounds, l.limit[v])
		}
	}
	p.tagEnds, p.bndEnds = append(p.tagEnds, int64(len(p.tags))), append(p.bndEnds, int64(len(p.bounds)))
	if l.s.By == "score" {
		p.score, p.vector, p.width = append(p.score, c.score), append(p.vector, c.place), append(p.width, int32(c.width))
	}
}
