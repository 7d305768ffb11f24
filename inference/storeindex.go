package inference

import (
	"crypto/sha256"
	"maps"
	"slices"
)

// place is where a reply lies.
type place struct {
	segment int32
	line    int32
	at      int64
}

// index says where the replies of each model lie, by the hash of the request.
type index map[string]*modelIndex

type modelIndex struct {
	places map[[16]byte]place
	usage  Usage
}

// add indexes a line. The first of several replies to one request counts.
func (x index) add(l *line, p place) {
	m := x[l.Model]
	if m == nil {
		m = &modelIndex{places: map[[16]byte]place{}}
		x[l.Model] = m
	}
	k := requestKey(l.Request)
	if _, ok := m.places[k]; ok {
		return
	}
	m.places[k] = p
	m.usage.Calls++
	m.usage.In += int64(l.In)
	m.usage.Out += int64(l.Out)
}

func (x index) find(model string, request [16]byte) (place, bool) {
	m := x[model]
	if m == nil {
		return place{}, false
	}
	p, ok := m.places[request]
	return p, ok
}

func (x index) models() []string { return slices.Sorted(maps.Keys(x)) }

func (x index) usage(model string) Usage {
	if m := x[model]; m != nil {
		return m.usage
	}
	return Usage{}
}

// requestKey is a hash that [Request.Hash] has spelled, and a hash of what it has not.
func requestKey(hash string) (k [16]byte) {
	if len(hash) == 2*len(k) {
		other := byte(0)
		for i := range k {
			hi, lo := nibbles[hash[2*i]], nibbles[hash[2*i+1]]
			k[i], other = hi<<4|lo, other|hi|lo
		}
		if other <= 15 {
			return k
		}
	}
	sum := sha256.Sum256([]byte(hash))
	return [16]byte(sum[:])
}

// nibbles are the values of the hexadecimal digits in lower case; above 15 for another byte.
var nibbles = func() (t [256]byte) {
	for c := range t {
		t[c] = 255
	}
	for v, c := range []byte("0123456789abcdef") {
		t[c] = byte(v)
	}
	return t
}()

// A decoded frame is never written to, so that it may be read without the store's lock.
type decoded struct {
	lines [][]byte
	size  int
}

// cacheBytes is how much of decoded frames is kept: a record of moderate size is decoded once, and of a large one what batches that are answered side by side
// read.
const cacheBytes = 32 << 20

// cache holds decoded frames by their first line's place, and forgets the oldest.
type cache struct {
	frames map[place]*decoded
	queue  []place // in the order in which they came
	size   int
	at     place    // that was asked for last
	last   *decoded // and what lies there: it may be forgotten by now
}

func (c *cache) get(p place) *decoded {
	p.line = 0
	if c.last == nil || c.at != p {
		c.at, c.last = p, c.frames[p]
	}
	return c.last
}

// put adds the frame of a text.
func (c *cache) put(p place, text []byte) *decoded {
	f := &decoded{lines: splitLines(text)}
	f.size = len(text) + 24*len(f.lines)
	if c.frames == nil {
		c.frames = map[place]*decoded{}
	}
	p.line = 0
	c.frames[p] = f
	c.queue = append(c.queue, p)
	for c.size += f.size; c.size > cacheBytes && len(c.queue) > 1; c.queue = c.queue[1:] {
		c.size -= c.frames[c.queue[0]].size
		delete(c.frames, c.queue[0])
	}
	return f
}
