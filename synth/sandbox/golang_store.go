package sandbox

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// make fills the folder: compile, link, importcfg, a file for each package. It appears whole or not at all.
func (g *Go) make(env []string, tools string) (err error) {
	said, err := ask(env, g.Path, "list", "-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}}\t{{.Export}}{{end}}", "std")
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(g.folder), ".making-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.Chmod(work, 0o755); err != nil {
		return err
	}
	for _, tool := range []string{"compile", "link"} {
		if err := copyFile(filepath.Join(work, tool), filepath.Join(tools, tool), 0o755); err != nil {
			return err
		}
	}
	var here, there strings.Builder // what the compiler of package shim reads, and what those of programs read
	n := 0
	for line := range strings.Lines(string(said)) {
		name, path, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		file := fmt.Sprintf("%03d.a", n)
		n++
		if err := copyFile(filepath.Join(work, file), path, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&here, "packagefile %s=%s\n", name, filepath.Join(work, file))
		fmt.Fprintf(&there, "packagefile %s=%s\n", name, filepath.Join(g.folder, file))
	}
	config := filepath.Join(work, "importcfg")
	for _, l := range libraries {
		if err := os.WriteFile(config, []byte(here.String()), 0o644); err != nil {
			return err
		}
		if err := g.library(env, work, l, &here, &there); err != nil {
			return fmt.Errorf("compile package %s: %w", l.path, err)
		}
	}
	if err := os.WriteFile(config, []byte(there.String()), 0o644); err != nil {
		return err
	}
	if err := os.Rename(work, g.folder); err != nil {
		if _, exists := os.Stat(g.folder); exists != nil { // another process was first otherwise
			return err
		}
	}
	return nil
}

// library compiles a package of ours and adds it to both lists.
func (g *Go) library(env []string, work string, l library, here, there *strings.Builder) error {
	name := filepath.Base(l.path) + ".a"
	args := []string{"-o", filepath.Join(work, name), "-p", l.path, "-importcfg", filepath.Join(work, "importcfg"), "-complete", "-dwarf=false", "-trimpath", work}
	for _, f := range l.files {
		data, err := shimFiles.ReadFile(f)
		if err != nil {
			return err
		}
		source := filepath.Join(work, filepath.Base(f))
		if err := os.WriteFile(source, data, 0o644); err != nil {
			return err
		}
		args = append(args, source)
	}
	if said, err := ask(env, filepath.Join(work, "compile"), args...); err != nil {
		return fmt.Errorf("%w: %s", err, firstLine(string(said)))
	}
	fmt.Fprintf(here, "packagefile %s=%s\n", l.path, filepath.Join(work, name))
	fmt.Fprintf(there, "packagefile %s=%s\n", l.path, filepath.Join(g.folder, name))
	return nil
}

// sweep removes folders that a process which was killed has left: those in root that match and that nobody has touched for an hour.
func sweep(root, pattern string) {
	found, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil {
		return
	}
	for _, path := range found {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.RemoveAll(path)
		}
	}
}

// copyFile copies a file, by a link where it can.
func copyFile(to, from string, mode os.FileMode) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if info, err := in.Stat(); err == nil && info.Mode().Perm() == mode && os.Link(from, to) == nil {
		return nil
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if e := out.Close(); err == nil {
		err = e
	}
	return err
}
