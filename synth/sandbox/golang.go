package sandbox

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Go is a Go toolchain made ready for a sandbox: compiler, linker and the standard library, compiled once and kept in a folder that
// boxes can read and not write. Programs are compiled in boxes of their own that see nothing else: no module cache, no other compiler, no
// go command, and thus no flags, tools, scripts or downloads that a source could ask for. It is safe for concurrent use.
type Go struct {
	Version string // go1.26.8
	Path    string // of the go command

	folder string
	tools  pool
}

// BuildLimits bound a run of the compiler or the linker.
var BuildLimits = Limits{
	CPU: 10 * time.Second, Wall: 60 * time.Second, Memory: 1 << 30, Pids: 64, Files: 512, File: 48 << 20, Disk: 64 << 20, Inodes: 256, Answer: 1,
}

// A File is a source of Go: its name, such as main.go, and its text.
type File struct{ Name, Text string }

// Go makes a Go toolchain ready, whose go command is path ("": the first of this machine that works). The first time takes as long as
// compiling the standard library. It lasts until the sandbox is closed.
func (s *Sandbox) Go(path string) (*Go, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.toolchains[path]; g != nil {
		return g, nil
	}
	var passed []string
	for _, p := range toolchains(path) {
		g, err := ready(p)
		if err == nil {
			err = g.open(s)
		}
		if err == nil {
			s.toolchains[path] = g
			return g, nil
		}
		passed = append(passed, err.Error())
	}
	if len(passed) == 0 {
		passed = append(passed, "no file go in "+strings.Join(goFolders(), ", "))
	}
	return nil, fmt.Errorf("no Go toolchain: %s", strings.Join(append(passed, "install Go 1.22 or later, or put its folder bin on PATH"), "; "))
}

// toolchains lists the go commands of this machine, the one that the person named alone if she did.
func toolchains(named string) (found []string) {
	if named != "" {
		return []string{named}
	}
	for _, folder := range goFolders() {
		path := filepath.Join(folder, "go")
		if info, err := os.Stat(path); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 && filepath.IsAbs(path) && !slices.Contains(found, path) {
			found = append(found, path)
		}
	}
	return found
}

// goFolders are where the go command is looked for.
func goFolders() []string {
	folders := filepath.SplitList(os.Getenv("PATH"))
	if root := os.Getenv("GOROOT"); root != "" {
		folders = append([]string{filepath.Join(root, "bin")}, folders...)
	}
	return append(folders, "/usr/local/go/bin", "/usr/lib/go/bin")
}

// open starts a first box, and compiles and runs a first program in it.
func (g *Go) open(s *Sandbox) error {
	start := func() (*box, error) {
		return s.way.start(interpreter{Path: s.Python, Reads: append(slices.Clone(s.reads), g.folder)}, s.token)
	}
	b, err := start()
	if err != nil {
		return fmt.Errorf("start a box for %s: %w", g.Path, err)
	}
	direct := func(sp spec, l Limits) (Outcome, []byte, error) {
		r := &reader{native: true, silent: true}
		if err := b.run(sp, l, r); err != nil {
			return Outcome{}, nil, err
		}
		return r.finish(l), r.made, nil
	}
	o, binary, err := g.build([]File{{"main.go", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Print(6 * 7) }\n"}}, BuildLimits, direct)
	if err == nil && o.End == Pass {
		sp := DefaultLimits.spec("program", "", nil)
		sp.become(binary)
		o, _, err = direct(sp, DefaultLimits)
	}
	if err == nil && string(o.Stdout) != "42" {
		err = fmt.Errorf("%s: %s %.100q", o.End, o.Why, o.Stderr)
	}
	if err != nil {
		b.close()
		return fmt.Errorf("compile and run a first program with %s (%s): %w", g.Path, g.Version, err)
	}
	g.tools.open(s.Workers(), start)
	<-g.tools.slots
	g.tools.put(b, true)
	return nil
}

// Build compiles files, of package main, and links them with the standard library and package [Shim]. An outcome other than Pass says
// why there is no binary: Syntax where the compiler refuses.
func (g *Go) Build(ctx context.Context, files []File, l Limits) (Outcome, []byte, error) {
	if err := l.Validate(); err != nil {
		return Outcome{}, nil, err
	}
	return g.build(files, l, func(sp spec, l Limits) (Outcome, []byte, error) {
		o, r, err := g.tools.run(ctx, sp, l, func() *reader { return &reader{native: true, silent: true} })
		if err != nil {
			return o, nil, err
		}
		return o, r.made, nil
	})
}

// A doer runs a tool; it returns the file that this has made.
type doer func(spec, Limits) (Outcome, []byte, error)

func (g *Go) build(files []File, l Limits, do doer) (Outcome, []byte, error) {
	var sources []file
	args := []string{filepath.Join(g.folder, "compile"), "-o", "out", "-p", "main", "-importcfg", filepath.Join(g.folder, "importcfg"), "-complete", "-dwarf=false", "-c", "2", "-trimpath", "/work"}
	for _, f := range files {
		sources = append(sources, file{f.Name, []byte(f.Text)})
		args = append(args, f.Name)
	}
	compiled, object, err := g.tool(args, sources, l, do)
	if err != nil || compiled.End != Pass {
		return compiled, nil, err
	}
	args = []string{filepath.Join(g.folder, "link"), "-o", "out", "-importcfg", filepath.Join(g.folder, "importcfg"), "-s", "-w", "-buildmode=exe", "main.a"}
	linked, binary, err := g.tool(args, []file{{"main.a", object}}, l, do)
	linked.CPU += compiled.CPU
	linked.Wall += compiled.Wall
	return linked, binary, err
}

// tool runs the compiler or the linker on files; it makes a file out.
func (g *Go) tool(args []string, files []file, l Limits, do doer) (Outcome, []byte, error) {
	sp := l.spec("program", "", nil)
	sp.Exec, sp.Env, sp.files, sp.Fetch = args, map[string]string{"PATH": "/", "GOMAXPROCS": "2", "GOGC": "400"}, files, "out"
	o, made, err := do(sp, l)
	if o.End == Exception { // left with another status than 0
		o.End = Syntax
		o.Why = firstLine(cmp.Or(strings.TrimSpace(string(o.Stdout)), strings.TrimSpace(string(o.Stderr)), o.Why))
		if strings.Contains(o.Why, "internal compiler error") {
			o.End = HarnessError
		}
	}
	if o.End == Pass && made == nil {
		o.End, o.Why = HarnessError, "the "+filepath.Base(args[0])+" tool has written no file"
	}
	if o.End != Pass {
		o.Why = "while compiling: " + o.Why
	}
	return o, made, err
}

//go:embed shim/shim.go shim/value.go shim/read.go shim/tests/tests.go
var shimFiles embed.FS

// Shim is the import path of what programs and tests are linked with; the part that runs tests lies in its folder tests.
const Shim = "github.com/winnow-data/winnow/synth/sandbox/shim"

// A library is a package that is compiled beside the standard library.
type library struct {
	path  string
	files []string
}

var libraries = []library{{Shim, []string{"shim/shim.go", "shim/value.go", "shim/read.go"}}, {Shim + "/tests", []string{"shim/tests/tests.go"}}}

// version tells one state of the libraries from another.
func version() (string, error) {
	h := sha256.New()
	for _, l := range libraries {
		for _, name := range l.files {
			data, err := shimFiles.ReadFile(name)
			if err != nil {
				return "", err
			}
			h.Write(data)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:6]), nil
}

// ready asks a go command about itself and has the standard library compiled, unless that is done.
func ready(path string) (*Go, error) {
	env := append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off", "GO111MODULE=on", "GOENV=off", "GOOS=", "GOARCH=", "GOEXPERIMENT=")
	said, err := ask(env, path, "env", "-json", "GOVERSION", "GOTOOLDIR", "GOARCH", "GOOS")
	var about struct{ GOVERSION, GOTOOLDIR, GOARCH, GOOS string }
	if err == nil {
		err = json.Unmarshal(said, &about)
	}
	if err != nil {
		return nil, fmt.Errorf("ask %s for its version: %w", path, err)
	}
	var minor int
	if _, err = fmt.Sscanf(about.GOVERSION, "go1.%d", &minor); err != nil || minor < 22 {
		return nil, fmt.Errorf("%s is %s, needed is go1.22 or later", path, about.GOVERSION)
	}
	sum, err := version()
	if err != nil {
		return nil, err
	}
	root, err := store()
	if err != nil {
		return nil, err
	}
	g := &Go{Version: about.GOVERSION, Path: path, folder: filepath.Join(root, strings.Join([]string{about.GOVERSION, about.GOOS, about.GOARCH, sum}, "-"))}
	if _, err := os.Stat(g.folder); err == nil {
		return g, owned(g.folder)
	}
	sweep(root, ".making-*")
	if err := g.make(env, about.GOTOOLDIR); err != nil {
		return nil, fmt.Errorf("compile the standard library of %s: %w", path, err)
	}
	return g, nil
}

// store is the folder for compiled libraries: of the machine for root, whose boxes have the rights of nobody, else of the person.
func store() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/cache/winnow/go", os.MkdirAll("/var/cache/winnow/go", 0o755)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a folder for the compiled standard library: %w", err)
	}
	cache = filepath.Join(cache, "winnow", "go")
	return cache, os.MkdirAll(cache, 0o755)
}

// patience is how long the standard library may take to compile.
const patience = 20 * time.Minute

func ask(env []string, path string, args ...string) ([]byte, error) {
	var out, problem bytes.Buffer
	c := exec.Command(path, args...)
	c.Env, c.Dir, c.Stdout, c.Stderr, c.WaitDelay = env, os.TempDir(), &out, &problem, time.Second
	if err := c.Start(); err != nil {
		return nil, err
	}
	late := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	err := c.Wait()
	late.Stop()
	if said := firstLine(problem.String()); err != nil && said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	return out.Bytes(), err
}
