package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRowsKeepOrderAndText(t *testing.T) {
	for in, want := range map[string]string{
		`{"b":1.50,"a":"\u00e9","c":[1, 2]}`: `{"b":1.50,"a":"\u00e9","c":[1, 2],"new":"<é>"}`,
		`{}`:                                 `{"new":"<é>"}`,
		`{"new":1,"z":null}`:                 `{"new":"<é>","z":null}`,
		`{"a":1,"a":2}`:                      `{"a":2,"new":"<é>"}`,
		` {"k\"ey":{"x":[]}}  `:              `{"k\"ey":{"x":[]},"new":"<é>"}`,
	} {
		r := &jsonRow{file: "f", line: 1}
		if err := r.parse([]byte(in)); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if err := r.set("new", "<é>"); err != nil {
			t.Error(err)
		}
		if got := string(r.append(nil)); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
	for _, in := range []string{`[]`, `1`, `{`, `{"a":}`, `{} {}`, `null`, `{"a":1,}`} {
		if err := (&jsonRow{file: "f", line: 7}).parse([]byte(in)); err == nil || !strings.HasPrefix(err.Error(), "f:7: ") {
			t.Errorf("%s: %v", in, err)
		}
	}
}

// An input that hangs does not keep the program.
func TestInterruptWhileReading(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	stop := make(chan struct{})
	a := &app{in: r, stop: stop}
	rows := make(chan string, 10)
	ended := make(chan error)
	go func() {
		ended <- a.eachRow("-", func(r *jsonRow) error { rows <- string(r.append(nil)); return nil })
	}()
	if _, err := io.WriteString(w, "{\"a\":1}\n"); err != nil {
		t.Fatal(err)
	}
	if got := <-rows; got != `{"a":1}` {
		t.Errorf("row %s", got)
	}
	close(stop)
	select {
	case err := <-ended:
		var exit exitError
		if !errors.As(err, &exit) || exit.code != exitInterrupted {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("still reading")
	}
}

// A row cited in an error does not reach the terminal with its control sequences, nor with marks that turn the direction of writing.
func TestErrorsAreSafe(t *testing.T) {
	var errs bytes.Buffer
	a := &app{in: strings.NewReader("\ufeff[\"\u009b31m\u202e\"]\n")}
	err := a.eachRow("-", func(*jsonRow) error { return nil })
	if err == nil {
		t.Fatal("a list is no row")
	}
	tell(&errs, exitFailed, err, false)
	if got, want := errs.String(), "winnow: standard input:1: want a JSON object, have [\"<009B>31m<202E>\"]\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Rows on their way at the first interrupt have a while to end, and no more.
func TestGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		ctx, cancel := (&app{stop: stop}).graced(t.Context())
		defer cancel()
		time.Sleep(time.Hour)
		close(stop)
		time.Sleep(stopGrace - time.Second)
		if ctx.Err() != nil {
			t.Error("ended before its time")
		}
		time.Sleep(2 * time.Second)
		if ctx.Err() == nil {
			t.Error("still on")
		}
	})
}

// A command whose result cannot be written fails.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("nothing here is full: %v", err)
	}
	defer full.Close()
	model := filepath.Join(t.TempDir(), "tiny.gguf")
	if code := Main([]string{"model", "random", "--shape", "tiny", "--out", model}, nil, io.Discard, os.Stderr); code != exitDone {
		t.Fatalf("exit code %d", code)
	}
	for _, args := range [][]string{
		{"version"}, {"model", "show", model}, {"generate", "--model", model, "-p", "hi", "--max-tokens", "3"}, {"score", "--model", model, "-"}, {"tokenize", "--model", model, "-"},
	} {
		var errs bytes.Buffer
		code := Main(args, strings.NewReader(`{"text":"some words"}`), full, &errs)
		if want := "winnow: write /dev/full: no space left on device\n"; code != exitFailed || errs.String() != want {
			t.Errorf("winnow %s: exit code %d and %q, want %d and %q", strings.Join(args, " "), code, errs.String(), exitFailed, want)
		}
	}
}

// winnow tokenize, too, ends at the first interrupt while its input hangs.
func TestInterruptWhileTokenizing(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	stop := make(chan struct{})
	close(stop)
	ended := make(chan error)
	go func() { ended <- (&app{in: r, stop: stop}).tokenize("-", io.Discard, &tokenizing{}) }()
	select {
	case err := <-ended:
		var exit exitError
		if !errors.As(err, &exit) || exit.code != exitInterrupted {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("still reading")
	}
}

func FuzzRow(f *testing.F) {
	f.Add(`{"a":[1,{"b":null}],"c":"\u0000"}`)
	f.Fuzz(func(t *testing.T, in string) {
		r := &jsonRow{file: "f", line: 1}
		if r.parse([]byte(in)) != nil {
			return
		}
		out := string(r.append(nil))
		again := &jsonRow{file: "f", line: 1}
		if err := again.parse([]byte(out)); err != nil {
			t.Fatalf("%q becomes %q: %v", in, out, err)
		}
		if got := string(again.append(nil)); got != out {
			t.Fatalf("%q becomes %q and then %q", in, out, got)
		}
	})
}
