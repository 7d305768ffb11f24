package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/winnow-data/winnow/stages/realdata"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"winnow": main})
}

// TestScripts runs testdata/script/*.txtar against the real command line. Beside testscript's own commands there are
//
//	exits CODE COMMAND ARGS…    the command ends with this exit code; stdout and stderr can be matched after it
//	lines FILE MAX              the file has at most MAX lines
//	grow FILE N                 the file becomes N copies of itself
//	await FILE                  waits until the file, which may be a pattern, is there
//	fill FILE                   $ENDPOINT in the file becomes the address of an endpoint
//
// The endpoint is that of [endpoint].
func TestScripts(t *testing.T) { scripts(t, "testdata/script", "") }

// TestSharedScripts runs testdata/shared/*.txtar: the same, over real inputs, which lie below $SHARED.
func TestSharedScripts(t *testing.T) { scripts(t, "testdata/shared", realdata.Path(t, "data")) }

func scripts(t *testing.T, dir, shared string) {
	testscript.Run(t, testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			e.Setenv("SHARED", shared)
			server := endpoint()
			e.Defer(server.Close)
			e.Setenv("ENDPOINT", server.URL+"/v1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"lines": lines,
			"grow":  grow,
			"await": await,
			"fill":  fill,
		},
		RequireUniqueNames: true,
	})
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARGS…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func lines(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: lines FILE MAX")
	}
	limit, err := strconv.Atoi(args[1])
	if err != nil {
		ts.Fatalf("%v", err)
	}
	text := strings.TrimRight(ts.ReadFile(args[0]), "\n")
	if n := strings.Count(text, "\n") + 1; text == "" || n > limit {
		ts.Fatalf("%s has %d lines, want 1 to %d", args[0], n, limit)
	}
}

func grow(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: grow FILE N")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(text, n)), 0o600))
}

func fill(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: fill FILE")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[0]), "$ENDPOINT", ts.Getenv("ENDPOINT"))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func await(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	for range 6000 {
		if found, err := filepath.Glob(ts.MkAbs(args[0])); err != nil || len(found) > 0 {
			ts.Check(err)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s did not come within a minute", args[0])
}
