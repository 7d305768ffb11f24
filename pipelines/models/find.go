package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/winnow-data/winnow/inference/hub"
	"github.com/winnow-data/winnow/pipelines/recipe"
)

// want is the hub's name of a model: ORG/NAME, and a file or glob behind it where there are several, as in ORG/NAME/*q8_0.gguf.
func want(m recipe.Model) (hub.Want, error) {
	name, file := m.Hub, ""
	if parts := strings.SplitN(m.Hub, "/", 3); len(parts) == 3 {
		name, file = parts[0]+"/"+parts[1], parts[2]
	}
	w, err := hub.Parse(name)
	if err != nil {
		return w, err
	}
	if m.Revision != "" {
		w.Revision = m.Revision
	}
	w.File = file
	return w, nil
}

// FindHub says whether a model of the hub lies on this machine, and what to do where it does not. It never touches the network.
func FindHub(m recipe.Model, getenv func(string) string) (path, help string, err error) {
	w, err := want(m)
	if err != nil {
		return "", "", err
	}
	h, err := hub.FromEnv(getenv)
	if err != nil {
		return "", "", err
	}
	path, err = h.Find(w)
	var missing *hub.MissingError
	var ambiguous *hub.AmbiguousError
	switch {
	case errors.As(err, &missing):
		help = w.Command()
	case errors.As(err, &ambiguous):
		help = "name one: hub: " + w.Name + "/" + strings.Join(ambiguous.Choices, ", or "+w.Name+"/")
	}
	return path, help, err
}

// Embedded begins the path of a record that lies in the binary, as it begins those of inputs.
const Embedded = "embedded:"

// locate returns the folder or file of a model; "" for one that is elsewhere.
func locate(dir string, m recipe.Model, getenv func(string) string) (string, error) {
	switch {
	case m.Hub != "":
		path, help, err := FindHub(m, getenv)
		if err != nil && help != "" {
			err = fmt.Errorf("%w; %s", err, help)
		}
		return path, err
	case m.File != "":
		return within(dir, string(m.File)), nil
	case m.Replay != "":
		if strings.HasPrefix(string(m.Replay), Embedded) {
			return string(m.Replay), nil
		}
		return within(dir, string(m.Replay)), nil
	}
	return "", nil
}

func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// Identify says what a model of a recipe is, for the plan's keys: the checksum of its files with the form of its weights, or its name at
// its endpoint; and how many bytes the files have. It opens no model. carried holds what paths name that begin with [Embedded].
func Identify(ctx context.Context, rec *recipe.Recipe, name string, getenv func(string) string, carried fs.FS) (identity string, size int64, err error) {
	m := rec.Models[name]
	if m.URL != "" {
		u, err := url.Parse(m.URL)
		if err != nil {
			return "", 0, fmt.Errorf("model %s: its address: %w", name, err)
		}
		return "endpoint " + u.Host + strings.TrimRight(u.Path, "/") + " model " + m.Model, 0, nil
	}
	path, err := locate(rec.Dir, m, getenv)
	if in, ok := strings.CutPrefix(path, Embedded); ok && err == nil {
		identity, size, err = carriedSum(carried, in)
	} else if err == nil {
		identity, size, err = checksum(ctx, path)
	}
	if err != nil {
		return "", 0, fmt.Errorf("model %s: %w", name, err)
	}
	if m.Weights != "" {
		identity += " weights " + m.Weights
	}
	if m.Model != "" {
		identity += " model " + m.Model
	}
	return identity, size, nil
}

// modelFile tells what belongs to a model from what lies beside it.
var modelFile = regexp.MustCompile(`\.(json|jsonl|zst|safetensors|gguf|txt|jinja|model)$`)

// checksum is the sha256 of a file, or of the names and checksums of a folder's files.
func checksum(ctx context.Context, path string) (string, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", 0, err
	}
	if !info.IsDir() {
		sum, err := fileSum(ctx, path)
		return "sha256:" + sum, info.Size(), err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return "", 0, err
	}
	var lines []string
	var size int64
	for _, e := range entries {
		file := filepath.Join(path, e.Name())
		info, err := os.Stat(file)
		if err != nil {
			return "", 0, err
		}
		if info.IsDir() || !modelFile.MatchString(e.Name()) {
			continue
		}
		sum, err := fileSum(ctx, file)
		if err != nil {
			return "", 0, err
		}
		size += info.Size()
		lines = append(lines, e.Name()+" "+sum+"\n")
	}
	if len(lines) == 0 {
		return "", 0, fmt.Errorf("%s holds no file of a model", path)
	}
	slices.Sort(lines)
	return "sha256:" + digest(strings.Join(lines, "")), size, nil
}

// carriedSum is the checksum of the segments of a record in the binary.
func carriedSum(carried fs.FS, dir string) (string, int64, error) {
	if carried == nil {
		return "", 0, errors.New("this winnow has no embedded records")
	}
	names, err := fs.Glob(carried, dir+"/*.jsonl.zst")
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("there is no record %s%s", Embedded, dir)
	}
	if err != nil {
		return "", 0, err
	}
	var lines strings.Builder
	var size int64
	for _, name := range names {
		data, err := fs.ReadFile(carried, name)
		if err != nil {
			return "", 0, err
		}
		size += int64(len(data))
		lines.WriteString(name + " " + digest(string(data)) + "\n")
	}
	return "sha256:" + digest(lines.String()), size, nil
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// blobName is what the hub's cache calls a file whose checksum was compared when it came.
var blobName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// sums remembers checksums of large files, which a process needs more than once.
var sums sync.Map // of fileKey → string

type fileKey struct {
	path string
	size int64
	time int64
}

// fileSum is the sha256 of a file. In the hub's cache it is the name of what a link leads to.
func fileSum(ctx context.Context, path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	if base := filepath.Base(real); blobName.MatchString(base) && filepath.Base(filepath.Dir(real)) == "blobs" {
		return base, nil
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", err
	}
	key := fileKey{real, info.Size(), info.ModTime().UnixNano()}
	if sum, ok := sums.Load(key); ok {
		return sum.(string), nil
	}
	f, err := os.Open(real)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
	}
	sum := hex.EncodeToString(h.Sum(nil))
	sums.Store(key, sum)
	return sum, nil
}
