package code

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/synth/sandbox"
)

// shared returns the bytes of a file of the material beside the repository, unpacked. Tests that need it are skipped where it is absent.
func shared(t testing.TB, path ...string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	file := filepath.Join(append([]string{filepath.Dir(dir), "shared"}, path...)...)
	data, err := os.ReadFile(file)
	if err != nil {
		absent(t, "no shared material: "+err.Error())
	}
	var r io.Reader = bytes.NewReader(data)
	switch filepath.Ext(file) {
	case ".gz":
		r, err = gzip.NewReader(r)
	case ".zst":
		r, err = zstd.NewReader(r)
	default:
		return data
	}
	if err == nil {
		data, err = io.ReadAll(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// absent skips a test, but in CI.
func absent(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// rows reads JSON lines.
func rows[T any](t testing.TB, data []byte) []T {
	t.Helper()
	var all []T
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var x T
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// box opens a sandbox for a test.
func box(t testing.TB) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Open(sandbox.Options{})
	if err != nil {
		absent(t, err.Error())
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

type humanEval struct {
	ID        string `json:"task_id"`
	Prompt    string
	Entry     string `json:"entry_point"`
	Canonical string `json:"canonical_solution"`
	Test      string
}

type mbpp struct {
	ID        int `json:"task_id"`
	Code      string
	Setup     string   `json:"test_setup_code"`
	Tests     []string `json:"test_list"`
	Challenge []string `json:"challenge_test_list"`
}

type golden struct {
	ID, Verdict, Type string
}

// agrees says whether our verdict is what the golden run saw: there, code and tests ran in one process, where a wrong value shows as
// AssertionError.
func (g golden) agrees(r *Report) bool {
	switch g.Verdict {
	case "pass":
		return r.Verdict == sandbox.Pass
	case "assertion":
		return r.Verdict == sandbox.Wrong || r.Verdict == sandbox.Exception && strings.Contains(r.Why, "AssertionError")
	case "exception":
		return r.Verdict == sandbox.Exception && strings.Contains(r.Why, g.Type)
	case "exit":
		return r.Verdict == sandbox.Exception && strings.Contains(r.Why, "SystemExit")
	case "syntax":
		return r.Verdict == sandbox.Syntax
	case "timeout":
		return r.Verdict == sandbox.TimeoutCPU
	case "memory":
		return r.Verdict == sandbox.Memory
	}
	return false
}
