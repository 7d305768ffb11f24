package qwen2

import (
	"errors"
	"fmt"
	"sync"

	"github.com/winnow-data/winnow/inference/internal/kernel"
	"github.com/winnow-data/winnow/inference/internal/mapped"
)

// ErrMemory says that the cache has too few free pages for a step. Nothing was appended: free or truncate a sequence, and try again.
var ErrMemory = errors.New("key/value cache: too few free pages")

// A Cache is the memory for keys and values, in pages of [kernel.Page] = 64 positions of all layers. Its methods and those of its
// sequences may be called by several goroutines, but a sequence belongs to one at a time.
type Cache struct {
	m      *Model
	memory []byte // [pages][Layers][KVHeads] of unit bytes
	unit   int    // in float32 {keys [4][dim][16], values [64][dim]}, or what kernel.PutKV makes of them
	page   int    // bytes of a page
	dim    int    // HeadDim, up to a multiple of 8
	pages  int

	mu   sync.Mutex
	refs []int32 // sequences that hold the page
	free []int32
}

// padded is the head dimension as kernels want it: the values beyond HeadDim are zero.
func padded(dim int) int { return (dim + 7) &^ 7 }

// NewCache returns a cache of at most so many bytes. Pages take memory once they were used.
func (m *Model) NewCache(bytes int64) (*Cache, error) {
	c := &Cache{m: m, dim: padded(m.Config.HeadDim)}
	if c.unit = 2 * kernel.Page * c.dim * 4; m.kv16 {
		c.unit = kernel.KVBytes(c.dim)
	}
	c.page = m.Config.Layers * m.Config.KVHeads * c.unit
	most := int64((m.Config.Context+kernel.Page-1)/kernel.Page) << 12 // no more than 4,096 full contexts can be meant
	c.pages = int(min(bytes/c.PageBytes(), most))
	if c.pages < 1 {
		return nil, fmt.Errorf("key/value cache of %d bytes: a page of %d positions takes %d", bytes, kernel.Page, c.PageBytes())
	}
	c.memory = mapped.Huge(c.pages * c.page)
	c.refs = make([]int32, c.pages)
	c.free = make([]int32, c.pages)
	for i := range c.free {
		c.free[i] = int32(c.pages - 1 - i)
	}
	return c, nil
}

// Close returns the memory. No sequence of the cache may be used afterwards.
func (c *Cache) Close() {
	mapped.Free(c.memory)
	c.memory = nil
}

// PageBytes is the memory that 64 positions take.
func (c *Cache) PageBytes() int64 { return int64(c.page) }

// Pages is the number of pages, used or not.
func (c *Cache) Pages() int { return c.pages }

// Free is the number of pages that no sequence holds.
func (c *Cache) Free() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.free)
}

// New returns an empty sequence.
func (c *Cache) New() *Sequence { return &Sequence{c: c} }

// head is the part of a page that belongs to a layer and key/value head.
func (c *Cache) head(page int32, layer, head int) []byte {
	at := int(page)*c.page + (layer*c.m.Config.KVHeads+head)*c.unit
	return c.memory[at : at+c.unit : at+c.unit]
}

// floats is the same in float32: keys [4][dim][16] and values [64][dim].
func (c *Cache) floats(page int32, layer, head int) (keys, values []float32) {
	f := floatsOf(c.head(page, layer, head))
	return f[:kernel.Page*c.dim], f[kernel.Page*c.dim:]
}

// take gives out a page. The lock is held, and there is one.
func (c *Cache) take() int32 {
	p := c.free[len(c.free)-1]
	c.free = c.free[:len(c.free)-1]
	c.refs[p] = 1
	return p
}

// drop gives up one hold on a page. The lock is held.
func (c *Cache) drop(p int32) {
	if c.refs[p]--; c.refs[p] == 0 {
		c.free = append(c.free, p)
	}
}

// A Sequence is the cached keys and values of one text.
type Sequence struct {
	c     *Cache
	pages []int32
	n     int
}

// Len is the number of positions.
func (s *Sequence) Len() int { return s.n }

// Need is the number of free pages that appending n tokens takes.
func (s *Sequence) Need(n int) int {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	return s.need(n)
}

func (s *Sequence) need(n int) int {
	if n == 0 {
		return 0
	}
	pages := (s.n+n+kernel.Page-1)/kernel.Page - len(s.pages)
	if s.partial() && s.c.refs[s.pages[len(s.pages)-1]] > 1 {
		pages++ // the shared last page is copied before it is written to
	}
	return pages
}

// partial says whether the last page has room.
func (s *Sequence) partial() bool { return s.n%kernel.Page != 0 }

// Fork returns a sequence of the same positions. It shares the pages; whoever first appends to a partly filled last page copies it.
func (s *Sequence) Fork() *Sequence {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	for _, p := range s.pages {
		s.c.refs[p]++
	}
	return &Sequence{c: s.c, pages: append([]int32(nil), s.pages...), n: s.n}
}

// Truncate keeps the first n positions. n beyond Len changes nothing.
func (s *Sequence) Truncate(n int) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if n >= s.n {
		return
	}
	s.n = max(n, 0)
	keep := (s.n + kernel.Page - 1) / kernel.Page
	for _, p := range s.pages[keep:] {
		s.c.drop(p)
	}
	s.pages = s.pages[:keep]
}

// Free gives all pages back; the sequence is then empty.
func (s *Sequence) Free() { s.Truncate(0) }

// grow makes room for n more positions, which need says there is. The lock is held.
func (s *Sequence) grow(n int) {
	c := s.c
	if last := len(s.pages) - 1; n > 0 && s.partial() && c.refs[s.pages[last]] > 1 {
		old, p := s.pages[last], c.take()
		copy(c.memory[int(p)*c.page:int(p+1)*c.page], c.memory[int(old)*c.page:int(old+1)*c.page])
		c.drop(old)
		s.pages[last] = p
	}
	for len(s.pages)*kernel.Page < s.n+n {
		s.pages = append(s.pages, c.take())
	}
}

// reserve makes room for every slot, or for none.
func (c *Cache) reserve(slots []Slot) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	need := 0
	for _, t := range slots {
		need += t.Seq.need(len(t.IDs))
	}
	if need > len(c.free) {
		return fmt.Errorf("%w: need %d, have %d of %d", ErrMemory, need, len(c.free), c.pages)
	}
	for _, t := range slots {
		t.Seq.grow(len(t.IDs))
	}
	return nil
}
