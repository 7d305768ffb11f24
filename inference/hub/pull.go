package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// together is how many files are fetched at once.
const together = 4

// A File is one file of a pulled model.
type File struct {
	Name     string `json:"name"`
	Size     int64  `json:"bytes"`
	Cached   bool   `json:"cached"`             // it was there already
	Checksum string `json:"checksum,omitempty"` // of a fetched file: what was compared
}

// A Pulled is a model in the cache.
type Pulled struct {
	Name     string `json:"name"`
	Revision string `json:"revision"`
	Commit   string `json:"commit"`
	Path     string `json:"path"` // a folder, or a GGUF file
	Files    []File `json:"files"`
	Fetched  int64  `json:"fetched_bytes"` // that came over the network
}

// A Progress is how far a Pull is. Bytes counts what is in the cache of the files that are wanted; Total is -1 until all sizes are known.
type Progress struct {
	Files, FilesDone int
	Bytes, Total     int64
	Fetched          int64  // over the network
	File             string // what moved last
	Note             string // what went wrong or is waited for
}

// Pull downloads what the engine needs of a model, or what w.File names, and finds it in the cache afterwards. What is there is not fetched again; what was
// begun is gone on with. Calls of several goroutines and processes, winnow's or huggingface_hub's, may overlap.
func (h *Hub) Pull(ctx context.Context, w Want) (Pulled, error) {
	out := Pulled{Name: w.Name, Revision: w.revision()}
	if err := w.check(); err != nil {
		return out, err
	}
	if h.Offline {
		path, commit, err := h.find(w)
		if err != nil {
			return out, fmt.Errorf("HF_HUB_OFFLINE is set: %w", err)
		}
		out.Path, out.Commit = path, commit
		return out, nil
	}
	l, err := h.list(ctx, w)
	if err != nil {
		return out, h.orCached(w, err)
	}
	out.Commit = l.Sha
	entries, err := chosen(w, l)
	if err != nil {
		return out, err
	}
	p := &pull{hub: h, want: w, commit: l.Sha, store: h.store(w), at: map[string]int64{}}
	p.now.Files, p.now.Total = len(entries), total(entries)
	if err := p.room(entries); err != nil {
		return out, err
	}
	out.Files = make([]File, len(entries))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(together)
	for i, e := range entries {
		g.Go(func() error {
			f, err := p.fetch(gctx, e)
			if err != nil {
				return err
			}
			out.Files[i] = f
			p.done(f)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return out, fmt.Errorf("model %s from %s: %w", w, h.Endpoint, err)
	}
	out.Fetched = p.now.Fetched
	if err := p.store.setRef(w.revision(), l.Sha); err != nil {
		return out, fmt.Errorf("model %s: its ref in the cache: %w", w, err)
	}
	out.Path, _, err = h.find(w)
	var missing *MissingError
	if errors.As(err, &missing) {
		return out, fmt.Errorf("model %s: pulled, but %s is not in its repository: the engine cannot load it", w, first(missing.Lacks, "a model"))
	}
	return out, err
}

// orCached adds to an error that an older download would serve.
func (h *Hub) orCached(w Want, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, ErrAccess) || errors.Is(err, ErrUnknown) {
		return err
	}
	if path, findErr := h.Find(w); findErr == nil {
		return fmt.Errorf("%w; an earlier download is whole and serves runs: %s", err, path)
	}
	return err
}

// chosen are the entries to fetch, the large ones first.
func chosen(w Want, l listing) ([]entry, error) {
	names := make([]string, len(l.Siblings))
	at := map[string]entry{}
	for i, e := range l.Siblings {
		names[i], at[e.Name] = e.Name, e
	}
	picked, err := choose(w, names)
	if err != nil {
		return nil, err
	}
	entries := make([]entry, len(picked))
	for i, n := range picked {
		entries[i] = at[n]
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		x, _ := a.bytes()
		y, _ := b.bytes()
		switch {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return entries, nil
}

// total is the size of all files, -1 where the listing does not say it.
func total(entries []entry) int64 {
	var sum int64
	for _, e := range entries {
		n, ok := e.bytes()
		if !ok {
			return -1
		}
		sum += n
	}
	return sum
}

// A pull is one call of Pull at work.
type pull struct {
	hub    *Hub
	want   Want
	commit string
	store  store

	mu   sync.Mutex
	now  Progress
	at   map[string]int64 // bytes in the cache, by file
	told time.Time
}

// room refuses to start what the disk cannot take.
func (p *pull) room(entries []entry) error {
	var need int64
	for _, e := range entries {
		n, _ := e.bytes()
		if have, ok := size(p.store.pointer(p.commit, e.Name)); ok && have == n {
			continue
		}
		if e.LFS != nil && plain(e.LFS.Sha256) == nil {
			blob := p.store.blob(e.LFS.Sha256)
			if have, ok := size(blob); ok && have == n {
				continue
			}
			if have, ok := size(blob + ".incomplete"); ok {
				n = max(0, n-have)
			}
		}
		need += n
	}
	dir := p.store.cache
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	if have, ok := Free(dir); ok && have < need {
		return fmt.Errorf("model %s: %d MB are still to fetch and %s has room for %d MB; make room, or set HF_HOME to a larger disk", p.want, need/1e6+1, dir, have/1e6)
	}
	return nil
}

// have sets how many bytes of a file are in the cache, came adds to them, lost takes them all back.
func (p *pull) have(name string, n int64) { p.move(name, func() { p.at[name] = n }) }
func (p *pull) lost(name string)          { p.have(name, 0) }
func (p *pull) came(name string, n int64) {
	p.move(name, func() { p.at[name] += n; p.now.Fetched += n })
}

func (p *pull) done(f File) {
	p.move(f.Name, func() {
		p.now.FilesDone++
		p.at[f.Name] = f.Size
		p.told = time.Time{}
	})
}

func (p *pull) note(name, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.File, p.now.Note = name, text
	p.tell()
	p.now.Note = ""
}

// move changes the count and tells of it, at most ten times a second.
func (p *pull) move(name string, f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
	p.now.File = name
	if time.Since(p.told) > 100*time.Millisecond {
		p.tell()
	}
}

func (p *pull) tell() {
	p.told = time.Now()
	p.now.Bytes = 0
	for _, n := range p.at {
		p.now.Bytes += n
	}
	if p.hub.Progress != nil {
		p.hub.Progress(p.now)
	}
}
