package main

import (
	"errors"
	"io"
	"strings"
	"testing"
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
