package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// maxLine is the most bytes of one line of JSON.
const maxLine = 256 << 20

// A jsonRow is one JSON object of a file of lines. It keeps the order of its keys and the text of what nobody changed.
type jsonRow struct {
	file string
	line int
	keys []string
	vals map[string]json.RawMessage
}

// errorf is an error about the row, with its place.
func (r *jsonRow) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", r.file, r.line, fmt.Errorf(format, args...))
}

func (r *jsonRow) parse(raw []byte) error {
	r.keys, r.vals = nil, map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, new(json.RawMessage)); err != nil {
		return r.errorf("not JSON: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	tok, err := dec.Token()
	if err != nil {
		return r.errorf("not JSON: %w", err)
	}
	if tok != json.Delim('{') {
		return r.errorf("want a JSON object, have %s", oneLine(string(raw), 40))
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return r.errorf("not JSON: %w", err)
		}
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return r.errorf("not JSON: %w", err)
		}
		name := key.(string)
		if _, ok := r.vals[name]; !ok {
			r.keys = append(r.keys, name)
		}
		r.vals[name] = v
	}
	return nil
}

// has says whether the row has a value other than null under a key.
func (r *jsonRow) has(key string) bool {
	v, ok := r.vals[key]
	return ok && string(v) != "null"
}

// get decodes the value of a key.
func (r *jsonRow) get(key string, into any) error {
	err := json.Unmarshal(r.vals[key], into)
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return r.errorf("%s: want %s, have %s: %s", strings.TrimSuffix(key+"."+kind.Field, "."), jsonKind(kind.Type), kind.Value, oneLine(string(r.vals[key]), 60))
	}
	if err != nil {
		return r.errorf("%s: %w", key, err)
	}
	return nil
}

// jsonKind is the word for the JSON that a type is read from.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	case reflect.Struct:
		return "an object"
	case reflect.Int32:
		return "a whole number below 2147483648"
	}
	return "a " + t.String()
}

// set puts a value under a key, at its place or at the end.
func (r *jsonRow) set(key string, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return r.errorf("%s: %w", key, err)
	}
	if _, ok := r.vals[key]; !ok {
		r.keys = append(r.keys, key)
	}
	r.vals[key] = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	return nil
}

func (r *jsonRow) append(dst []byte) []byte {
	dst = append(dst, '{')
	for i, k := range r.keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		name, err := json.Marshal(k)
		if err != nil {
			panic(err) // a string always marshals
		}
		dst = append(append(append(dst, name...), ':'), r.vals[k]...)
	}
	return append(dst, '}')
}

// oneOf returns which of the keys the row has, and an error unless it is exactly one.
func (r *jsonRow) oneOf(keys ...string) (string, error) {
	have := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !r.has(k) })
	switch len(have) {
	case 1:
		return have[0], nil
	case 0:
		has := oneLine(strings.Join(slices.DeleteFunc(slices.Clone(r.keys), func(k string) bool { return !r.has(k) }), ", "), 200)
		if has == "" {
			has = "nothing, or only null"
		}
		return "", r.errorf("the row has no %s; it has %s", strings.Join(keys, ", "), has)
	}
	return "", r.errorf("the row has %s, want one of them", strings.Join(have, " and "))
}

// openLines opens a file of lines, packed with gzip or zstd where its name says so; "-" is standard input.
func (a *app) openLines(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(a.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	var r io.Reader
	switch {
	case strings.HasSuffix(name, ".gz"):
		r, err = gzip.NewReader(f)
	case strings.HasSuffix(name, ".zst"):
		var z *zstd.Decoder
		if z, err = zstd.NewReader(f); err == nil {
			r = z.IOReadCloser()
		}
	default:
		return f, nil
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{r, f}, nil
}

// A rawLine is a line of a file as it was read, and the error behind it.
type rawLine struct {
	text []byte
	err  error
}

// eachRow calls f with each row of a file.
func (a *app) eachRow(name string, f func(*jsonRow) error) error {
	return a.eachLine(name, func(r *jsonRow, text []byte) error {
		if err := r.parse(text); err != nil {
			return err
		}
		return f(r)
	})
}

// eachLine calls f with each line of a file, and where it is; blank lines are passed over. After the first interrupt no more lines are read, even where
// the input hangs.
func (a *app) eachLine(name string, f func(r *jsonRow, text []byte) error) error {
	in, err := a.openLines(name)
	if err != nil {
		return err
	}
	if name == "-" {
		name = "standard input"
	}
	lines, over := make(chan rawLine, 64), make(chan struct{})
	defer close(over)
	go func() {
		defer in.Close()
		readLines(in, lines, over)
	}()
	for n := 1; ; n++ {
		var l rawLine
		select {
		case <-a.stop:
			return exitError{exitInterrupted, errors.New("stopped")}
		case l = <-lines:
		}
		if n == 1 {
			l.text = bytes.TrimPrefix(l.text, []byte("\ufeff")) // as editors on Windows begin a file
		}
		if len(bytes.TrimSpace(l.text)) > 0 {
			if err := f(&jsonRow{file: name, line: n}, l.text); err != nil {
				return err
			}
		}
		if errors.Is(l.err, io.EOF) {
			return nil
		}
		if l.err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, l.err)
		}
	}
}

// readLines sends the lines of a file up to an error, its end among them, until over is closed.
func readLines(in io.Reader, lines chan<- rawLine, over <-chan struct{}) {
	r := bufio.NewReaderSize(in, 1<<16)
	for {
		var l rawLine
		l.text, l.err = readLine(r)
		select {
		case lines <- l:
		case <-over:
			return
		}
		if l.err != nil {
			return
		}
	}
}

// readLine reads one line of at most maxLine bytes.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return nil, fmt.Errorf("the line is longer than %d MB", maxLine>>20)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
