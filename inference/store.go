package inference

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/inference/internal/mapped"
)

// A Store is a folder of replies: segment files NAME.jsonl.zst, each appended to by one process, read together. A line is
//
//	{"model":NAME,"request":HASH,"key":KEY,"task":"generate","text":…,"ids":[…],"log_probs":[…],"vector":[…],"finish":"stop","in":12,"out":5}
//
// where HASH is [Request.Hash], KEY the request's key for people, and what is empty is left out; null in log_probs is minus infinity. Lines are only ever
// added. `zstdcat FILE` shows them; see segment.go for how a torn end is told.
// Its methods may be called from many goroutines.
type Store struct {
	dir string
	enc *zstd.Encoder
	dec *zstd.Decoder

	mu       sync.Mutex
	segments []*os.File // the last is our own, where there is one
	own      *os.File
	at       int64 // end of own
	index    index
	cache    cache
	written  int64 // bytes appended since the start
	failed   error // of the first append that failed: the end of the file is then unknown

	syncing sync.Mutex
	synced  int64 // bytes of written known to be on the disk
}

// Usage is what the replies of one model in a store, or of one run, amount to.
type Usage struct {
	Calls   int64 // replies
	In, Out int64 // tokens
}

// A line is a reply in the store.
type line struct {
	Model    string    `json:"model"`
	Request  string    `json:"request"`
	Key      string    `json:"key,omitempty"`
	Task     string    `json:"task"`
	Text     string    `json:"text,omitempty"`
	IDs      []int32   `json:"ids,omitempty"`
	LogProbs logProbs  `json:"log_probs,omitempty"`
	Vector   []float32 `json:"vector,omitempty"`
	Finish   string    `json:"finish,omitempty"`
	In       int       `json:"in"`
	Out      int       `json:"out"`
	By       string    `json:"by,omitempty"`
}

func (l *line) reply() Reply {
	return Reply{Text: l.Text, IDs: l.IDs, LogProbs: l.LogProbs, Vector: l.Vector, Finish: l.Finish, In: l.In, Out: l.Out, By: l.By}
}

// OpenStore opens a folder of replies, made where it is missing, and a segment of that name to append to. With the name "" the store is for
// reading only.
func OpenStore(dir, segment string) (*Store, error) {
	s := &Store{dir: dir, index: index{}}
	var err error
	if s.enc, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)); err != nil {
		return nil, err
	}
	if s.dec, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(frameMost)); err != nil {
		return nil, err
	}
	if err := s.open(segment); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(segment string) error {
	if segment != "" {
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			return fmt.Errorf("record: %w", err)
		}
		own, err := ownSegment(s.dir, segment)
		if err != nil {
			return err
		}
		s.own = own
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), segmentSuffix) {
			continue
		}
		f := s.own
		if path := filepath.Join(s.dir, e.Name()); f == nil || f.Name() != path {
			if f, err = os.Open(path); err != nil {
				return fmt.Errorf("record: %w", err)
			}
		}
		s.segments = append(s.segments, f)
		end, err := s.scan(int32(len(s.segments)-1), f)
		if err != nil {
			return fmt.Errorf("record %s: %w", f.Name(), err)
		}
		if f != s.own {
			continue
		}
		s.at = end
		if err := f.Truncate(end); err != nil { // what a killed process left half written
			return fmt.Errorf("record: %w", err)
		}
	}
	return nil
}

// scan indexes a segment and returns the end of its last whole frame. The first of several replies to one request counts, by name of segment and place.
func (s *Store) scan(segment int32, f *os.File) (int64, error) {
	if st, err := f.Stat(); err != nil || st.Size() == 0 {
		return 0, err
	}
	data, release, err := mapped.File(f.Name())
	if err != nil {
		return 0, err
	}
	var end int64
	fault := mapped.Guard(func() {
		end, err = frames(data, func(at int64, frame []byte) error { return s.scanFrame(segment, at, frame) })
	})
	return end, errors.Join(err, fault, release())
}

func splitLines(text []byte) [][]byte {
	return bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
}

func (s *Store) scanFrame(segment int32, at int64, frame []byte) error {
	text, err := s.dec.DecodeAll(frame[frameHeader:], nil)
	if err != nil {
		return fmt.Errorf("frame at %d: %w", at, err)
	}
	var l line
	for i, raw := range s.cache.put(place{segment: segment, at: at}, text).lines {
		if err := l.parse(raw, true); err != nil {
			return fmt.Errorf("frame at %d, line %d: %w", at, i, err)
		}
		s.index.add(&l, place{segment, int32(i), at})
	}
	return nil
}

// Find returns the reply of a model to a request, by its hash.
func (s *Store) Find(model, request string) (Reply, bool, error) {
	return s.find(model, requestKey(request))
}

func (s *Store) find(model string, request [16]byte) (Reply, bool, error) {
	p, f, err := s.look(model, request)
	if f == nil || err != nil {
		return Reply{}, false, err
	}
	if int(p.line) >= len(f.lines) {
		return Reply{}, false, fmt.Errorf("record %s: frame at %d has %d lines, want line %d", s.dir, p.at, len(f.lines), p.line)
	}
	r, err := replyOf(f.lines[p.line])
	if err != nil {
		return Reply{}, false, fmt.Errorf("record %s: frame at %d, line %d: %w", s.dir, p.at, p.line, err)
	}
	return r, true, nil
}

// look returns where a reply lies and the frame there; nil for one that is not in the store.
func (s *Store) look(model string, request [16]byte) (place, *decoded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.index.find(model, request)
	if !ok {
		return p, nil, nil
	}
	if f := s.cache.get(p); f != nil {
		return p, f, nil
	}
	text, err := readFrame(s.segments[p.segment], p.at, s.dec)
	if err != nil {
		return p, nil, fmt.Errorf("record %s: frame at %d: %w", s.segments[p.segment].Name(), p.at, err)
	}
	return p, s.cache.put(p, text), nil
}

// Models lists the models that the store has replies of, sorted.
func (s *Store) Models() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.index.models()
}

// Usage is what a model's replies in the store amount to.
func (s *Store) Usage(model string) Usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.index.usage(model)
}

// append adds lines; they are durable after sync. It returns what to sync to.
func (s *Store) append(ls []*line) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own == nil {
		return 0, fmt.Errorf("record %s: opened for reading", s.dir)
	}
	if s.failed != nil {
		return 0, s.failed
	}
	var text []byte
	for _, l := range ls {
		raw, err := json.Marshal(l)
		if err != nil {
			return 0, fmt.Errorf("record: reply to %q: %w", l.Key, err)
		}
		text = append(append(text, raw...), '\n')
	}
	frame := appendFrame(nil, text, s.enc)
	if _, err := s.own.WriteAt(frame, s.at); err != nil {
		s.failed = fmt.Errorf("record: %w", err)
		return 0, s.failed
	}
	segment := int32(slices.Index(s.segments, s.own))
	for i, l := range ls {
		s.index.add(l, place{segment, int32(i), s.at})
	}
	s.at += int64(len(frame))
	s.written += int64(len(frame))
	return s.written, nil
}

// sync makes everything up to a point durable. Callers that wait together pay for one fsync.
func (s *Store) sync(to int64) error {
	s.syncing.Lock()
	defer s.syncing.Unlock()
	if s.synced >= to {
		return nil
	}
	s.mu.Lock()
	written, own := s.written, s.own
	s.mu.Unlock()
	if err := own.Sync(); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	s.synced = written
	return nil
}

// Close closes the files.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, f := range s.segments {
		errs = append(errs, f.Close())
	}
	if s.own != nil && !slices.Contains(s.segments, s.own) {
		errs = append(errs, s.own.Close())
	}
	s.segments, s.own, s.index, s.cache = nil, nil, index{}, cache{}
	s.dec.Close()
	return errors.Join(errs...)
}
