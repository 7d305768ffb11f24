//go:build unix

package mapped

import (
	"fmt"
	"math"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size of a huge page on amd64 and, with 4 KiB pages, on arm64.
const hugePage = 2 << 20

// File maps a whole file for reading. The data is valid until release, which may be called more than once.
func File(path string) (data []byte, release func() error, err error) {
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("map %s: it is no regular file", path) // opening a pipe would wait for its other end
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	size := st.Size()
	if size == 0 {
		return nil, func() error { return nil }, nil
	}
	if size > math.MaxInt {
		return nil, nil, fmt.Errorf("map %s: %d bytes are more than this machine can address", path, size)
	}
	data, err = unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		return nil, nil, fmt.Errorf("map %s: %w", path, err)
	}
	return data, sync.OnceValue(func() error { return unix.Munmap(data) }), nil
}

// mappings finds, by the first byte of what [Huge] returned, the mapping around it.
var (
	mappingsLock sync.Mutex
	mappings     = map[*byte]mapping{}
)

type mapping struct {
	base   unsafe.Pointer
	length uintptr
}

// Huge returns n zero bytes outside Go's heap, aligned to a huge page when they fill one, and asks the system to back them with huge
// pages. Where it can't, they come from the heap. They are returned with [Free].
func Huge(n int) []byte {
	if n <= 0 {
		return nil
	}
	length := uintptr(n)
	if n >= hugePage {
		length += hugePage
	}
	base, err := unix.MmapPtr(-1, 0, nil, length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return make([]byte, n)
	}
	at := uintptr(0)
	if n >= hugePage {
		at = -uintptr(base) & (hugePage - 1)
	}
	data := unsafe.Slice((*byte)(unsafe.Add(base, at)), n)
	adviseHuge(data)
	mappingsLock.Lock()
	mappings[&data[0]] = mapping{base, length}
	mappingsLock.Unlock()
	return data
}

// Free returns what [Huge] gave. The slice must be the one Huge returned; nothing may read it afterwards.
func Free(data []byte) {
	if len(data) == 0 {
		return
	}
	mappingsLock.Lock()
	m, ok := mappings[&data[0]]
	delete(mappings, &data[0])
	mappingsLock.Unlock()
	if !ok {
		return // from the heap
	}
	if err := unix.MunmapPtr(m.base, m.length); err != nil {
		panic(fmt.Sprintf("mapped: free %d bytes: %v", len(data), err)) // the arguments come from the mapping itself
	}
}

// DontNeed tells the system that the whole pages of a mapped file within data are not needed: they leave the resident set and are read
// again when touched. It must not be given memory from [Huge], which would be zeroed. A refusal costs memory only and is ignored.
func DontNeed(data []byte) {
	if len(data) == 0 {
		return
	}
	page := uintptr(os.Getpagesize())
	start := uintptr(unsafe.Pointer(&data[0]))
	skip := -start & (page - 1)
	if uintptr(len(data)) < skip+page {
		return
	}
	whole := (uintptr(len(data)) - skip) &^ (page - 1)
	_ = unix.Madvise(data[skip:skip+whole], unix.MADV_DONTNEED)
}
