package sandbox

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

//go:embed zygote.py
var zygote string

// An interpreter is a Python that this machine has.
type interpreter struct {
	Path    string   // the binary, links resolved
	Version string   // 3.11.7
	Reads   []string // what it needs to start: its library, shared objects
}

// preload are the modules that a zygote has at hand, so that a program's import of them costs nothing.
var preload = []string{
	"bisect", "collections", "copy", "datetime", "decimal", "fractions", "functools", "hashlib", "heapq", "itertools", "math",
	"operator", "random", "re", "string", "typing",
}

// environment is all that a program finds. Hashes of strings are fixed so that sets have one order.
var environment = map[string]string{
	"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "HOME": "/work", "TMPDIR": "/work",
}

const describe = `import json, os, sys, sysconfig
print(json.dumps([os.path.realpath(sys.executable), sys.version.split()[0], sys.base_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]))`

// interpreters lists the Pythons of this machine, the one that the person named alone if she did.
func interpreters(named string) []string {
	if named != "" {
		return []string{named}
	}
	var found []string
	for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/local/bin", "/usr/bin") {
		path := filepath.Join(folder, "python3")
		if info, err := os.Stat(path); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 && filepath.IsAbs(path) && !slices.Contains(found, path) {
			found = append(found, path)
		}
	}
	return found
}

// look asks a Python where it lives. It runs outside of any box: interpreters are the person's own.
func look(path string) (interpreter, error) {
	c := exec.Command(path, "-I", "-S", "-c", describe)
	var out, problem bytes.Buffer
	c.Stdout, c.Stderr = &out, &problem
	if err := c.Start(); err != nil {
		return interpreter{}, fmt.Errorf("start the interpreter %s: %w", path, err)
	}
	late := time.AfterFunc(10*time.Second, func() { _ = c.Process.Kill() })
	err := c.Wait()
	late.Stop()
	if err != nil {
		return interpreter{}, fmt.Errorf("ask the interpreter %s for its version: %w: %s", path, err, firstLine(problem.String()))
	}
	var said []string
	if err := json.Unmarshal(out.Bytes(), &said); err != nil || len(said) != 5 {
		return interpreter{}, fmt.Errorf("ask the interpreter %s for its version: it answered %q", path, firstLine(out.String()))
	}
	p := interpreter{Path: said[0], Version: said[1]}
	var major, minor int
	if _, err := fmt.Sscanf(p.Version, "%d.%d", &major, &minor); err != nil || major != 3 || minor < 9 {
		return interpreter{}, fmt.Errorf("the interpreter %s is Python %s, needed is 3.9 or later", path, p.Version)
	}
	p.Reads = []string{p.Path, said[3], said[4]}
	if said[2] != "/usr" {
		p.Reads = append(p.Reads, filepath.Join(said[2], "lib"))
	}
	return p, nil
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s[:min(len(s), 200)]
}
