package inference

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/zstd"
)

// A segment file is a row of frames. Each is a zstd frame of JSON lines behind a skippable frame of zstd (RFC 8878, section 3.1.2) that says how long it is
// and what its checksum is, so that zstdcat shows the lines and a torn end is known for what it is:
//
//	magic 0x184D2A50, size 12, length of the frame (uint32), xxhash64 of the frame (uint64), all little endian; the frame
const (
	frameMagic  = 0x184D2A50
	frameHeader = 20
	frameMost   = 1 << 26 // bytes of a frame, compressed or not
)

// appendFrame appends lines as a frame.
func appendFrame(dst, lines []byte, enc *zstd.Encoder) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, frameHeader)...)
	dst = enc.EncodeAll(lines, dst)
	head, body := dst[at:at+frameHeader], dst[at+frameHeader:]
	binary.LittleEndian.PutUint32(head, frameMagic)
	binary.LittleEndian.PutUint32(head[4:], frameHeader-8)
	binary.LittleEndian.PutUint32(head[8:], uint32(len(body)))
	binary.LittleEndian.PutUint64(head[12:], xxhash.Sum64(body))
	return dst
}

// frameAt returns the whole frame that begins at data[0], or nil.
func frameAt(data []byte) []byte {
	if len(data) < frameHeader || binary.LittleEndian.Uint32(data) != frameMagic || binary.LittleEndian.Uint32(data[4:]) != frameHeader-8 {
		return nil
	}
	n := int(binary.LittleEndian.Uint32(data[8:]))
	if n > frameMost || n > len(data)-frameHeader {
		return nil
	}
	body := data[frameHeader : frameHeader+n]
	if xxhash.Sum64(body) != binary.LittleEndian.Uint64(data[12:]) {
		return nil
	}
	return data[:frameHeader+n]
}

// frames calls f with each whole frame of a segment and where it begins, passing over damage. It returns the end of the last whole one.
func frames(data []byte, f func(at int64, frame []byte) error) (end int64, err error) {
	magic := binary.LittleEndian.AppendUint32(nil, frameMagic)
	for at := 0; ; {
		next := bytes.Index(data[at:], magic)
		if next < 0 {
			return end, nil
		}
		at += next
		frame := frameAt(data[at:])
		if frame == nil {
			at++
			continue
		}
		if err := f(int64(at), frame); err != nil {
			return end, err
		}
		at += len(frame)
		end = int64(at)
	}
}

// readFrame reads the lines of the frame at an offset.
func readFrame(r io.ReaderAt, at int64, dec *zstd.Decoder) ([]byte, error) {
	head := make([]byte, frameHeader)
	if _, err := r.ReadAt(head, at); err != nil {
		return nil, err
	}
	frame := make([]byte, frameHeader+int(min(binary.LittleEndian.Uint32(head[8:]), frameMost)))
	if _, err := r.ReadAt(frame, at); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if frameAt(frame) == nil {
		return nil, errors.New("the frame is damaged")
	}
	return dec.DecodeAll(frame[frameHeader:], nil)
}

const segmentSuffix = ".jsonl.zst"

// ownSegment opens the segment file that this process alone appends to: NAME, or NAME.2, NAME.3 ... while others hold those. Another process's half-written
// end is cut off once it is gone.
func ownSegment(dir, name string) (*os.File, error) {
	if name == "" || strings.ContainsAny(name, `/\`) {
		return nil, fmt.Errorf("record %s: segment %q: want the name of a file without suffix", dir, name)
	}
	for n := 1; n < 1000; n++ {
		path := dir + string(os.PathSeparator) + name
		if n > 1 {
			path += fmt.Sprintf(".%d", n)
		}
		f, err := os.OpenFile(path+segmentSuffix, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
		if lock(f) {
			return f, nil
		}
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("record: %w", err)
		}
	}
	return nil, fmt.Errorf("record %s: a thousand processes write segment %q", dir, name)
}
