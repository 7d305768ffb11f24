package sandbox

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// Kinds of frames, see zygote.py.
const (
	frameReady   = 'H'
	frameAnswer  = 'O'
	frameStdout  = 'S'
	frameStderr  = 'T'
	frameEnd     = 'E'
	frameMade    = 'A'
	frameConfig  = 'C'
	frameRun     = 'R'
	frameFile    = 'F'
	frameInput   = 'I'
	frameNoInput = 'X'
	frameKill    = 'K'
)

const maxFrame = 64 << 20 // bytes; more is a broken box

type frame struct {
	kind byte
	data []byte
	err  error
}

func readFrame(r *bufio.Reader) (byte, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.LittleEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, nil, fmt.Errorf("a frame of %d bytes, allowed are %d", n, maxFrame)
	}
	data := make([]byte, n)
	_, err := io.ReadFull(r, data)
	return head[0], data, err
}

func writeFrame(w io.Writer, kind byte, data []byte) error {
	b := make([]byte, 5, 5+len(data))
	b[0] = kind
	binary.LittleEndian.PutUint32(b[1:], uint32(len(data)))
	_, err := w.Write(append(b, data...))
	return err
}
