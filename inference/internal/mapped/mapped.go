// Package mapped maps files and large scratch memory. Nothing it returns lies in Go's heap.
//
//	data, release, err := mapped.File("model.gguf")
//	packed := mapped.Huge(n)     // zeroed, on huge pages where the system has them
//	pack(packed, data)
//	mapped.DontNeed(data)        // the source's pages leave the resident set; reading them again faults them in again
//
// A file is checked against its size when it is opened. If another process cuts it short afterwards, reading past its end is a bus
// error, which ends a Go program with a trace that names the address. Code that reads mapped files therefore runs inside [Guard], which
// turns the fault into an error. Models are written beside their name and renamed, so that only someone who truncates a file in place
// can cause it.
package mapped

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// ErrFault says that mapped memory could not be read: the file was truncated after it was opened, or its disk gave an error.
var ErrFault = errors.New("a mapped file could not be read: it became shorter while in use, or its disk failed")

// Guard calls f in this goroutine and turns a fault on mapped memory into an error that wraps [ErrFault]. Other panics pass.
func Guard(f func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		fault, ok := r.(interface {
			error
			Addr() uintptr
		})
		if !ok {
			panic(r)
		}
		err = fmt.Errorf("%w (address %#x)", ErrFault, fault.Addr())
	}()
	f()
	return nil
}

// Read reads a file of at most so many bytes, such as a configuration beside the weights, into the heap. What is no regular file is refused: a pipe would
// wait for its other end, a device would never end.
func Read(path string, most int64) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		return nil, fmt.Errorf("read %s: is a directory", path)
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: it is no regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("read %s: it has %d bytes, want at most %d", path, max(st.Size(), most+1), most)
	}
	return data, nil
}
