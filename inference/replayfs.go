package inference

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// ReplayFS is [Replay] of a record in a file system that is no folder of this machine, such as one that a program carries. It holds all replies in memory.
func ReplayFS(fsys fs.FS, dir, name string) (Model, error) {
	names, err := fs.Glob(fsys, dir+"/*"+segmentSuffix)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", dir, err)
	}
	replies := map[string]map[string]Reply{}
	for _, n := range names {
		data, err := fs.ReadFile(fsys, n)
		if err == nil {
			err = readSegment(data, replies)
		}
		if err != nil {
			return nil, fmt.Errorf("record %s: %w", n, err)
		}
	}
	name, err = chooseModel(dir, name, slices.Sorted(maps.Keys(replies)))
	if err != nil {
		return nil, err
	}
	return &carried{name: name, dir: dir, replies: replies[name]}, nil
}

// readSegment adds the replies of a segment, by model and hash. The first of several to one request counts.
func readSegment(data []byte, into map[string]map[string]Reply) error {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(frameMost))
	if err != nil {
		return err
	}
	defer dec.Close()
	end, err := frames(data, func(at int64, frame []byte) error {
		text, err := dec.DecodeAll(frame[frameHeader:], nil)
		if err != nil {
			return fmt.Errorf("frame at %d: %w", at, err)
		}
		for i, raw := range splitLines(text) {
			var l line
			if err := l.parse(raw, false); err != nil {
				return fmt.Errorf("frame at %d, line %d: %w", at, i, err)
			}
			if into[l.Model] == nil {
				into[l.Model] = map[string]Reply{}
			}
			if _, ok := into[l.Model][l.Request]; !ok {
				into[l.Model][l.Request] = l.reply()
			}
		}
		return nil
	})
	if err == nil && end != int64(len(data)) {
		err = errors.New("its end is damaged")
	}
	return err
}

// chooseModel settles whose replies of a record are meant: those of a name, or with "" those of the only model there is.
func chooseModel(dir, name string, models []string) (string, error) {
	switch {
	case len(models) == 0:
		return "", fmt.Errorf("record %s: it has no replies", dir)
	case name == "" && len(models) > 1:
		return "", fmt.Errorf("record %s: it has replies of several models, say of which: %s", dir, strings.Join(models, ", "))
	case name == "":
		return models[0], nil
	case !slices.Contains(models, name):
		return "", fmt.Errorf("record %s: it has no replies of %s; it has those of %s", dir, name, strings.Join(models, ", "))
	}
	return name, nil
}

// carried answers from replies in memory.
type carried struct {
	name, dir string
	replies   map[string]Reply
}

// Complete implements Model.
func (c *carried) Complete(ctx context.Context, rs []Request) ([]Reply, error) {
	replies := make([]Reply, len(rs))
	for i := range rs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hash := rs[i].Hash()
		p, ok := c.replies[hash]
		if !ok {
			p.Err = notRecorded(&rs[i], hash, c.name, c.dir)
		}
		replies[i] = p
	}
	return replies, nil
}

// Count implements Model: a record has no tokenizer.
func (c *carried) Count(string) int { return -1 }

// Name implements Model.
func (c *carried) Name() string { return c.name }

// Close implements Model.
func (c *carried) Close() error { return nil }
