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
		for i := range k {
			hi, lo := nibble(hash[2*i]), nibble(hash[2*i+1])
			if hi|lo > 15 {
				break
			}
			if k[i] = hi<<4 | lo; i == len(k)-1 {
				return k
			}
		}
	}
	sum := sha256.Sum256([]byte(hash))
	return [16]byte(sum[:])
}

// nibble is the value of a hexadecimal digit in lower case, and above 15 for another byte.
func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}

// A decoded frame is never written to, so that it may be read without the store's lock.
type decoded struct {
	place
	lines [][]byte
	size  int
}

// So many decoded frames are kept, fewer where they are large: batches that are answered side by side read neighbouring ones.
const (
	cacheFrames = 16
	cacheBytes  = 16 << 20
)

// cache holds the frames that were read last, the latest first.
type cache []*decoded

// get returns the frame at a place, nil if it is not there.
func (c cache) get(p place) *decoded {
	for i, f := range c {
		if f.segment == p.segment && f.at == p.at {
			copy(c[1:i+1], c[:i])
			c[0] = f
			return f
		}
	}
	return nil
}

// put adds a frame and forgets the oldest.
func (c *cache) put(f *decoded) {
	list := append(cache{f}, *c...)
	size := 0
	for i := range list {
		if size += list[i].size; i > 0 && (i == cacheFrames || size > cacheBytes) {
			list = list[:i]
			break
		}
	}
	*c = list
}
