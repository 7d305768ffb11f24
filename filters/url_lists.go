package filters

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/winnow-data/winnow/filters/internal/hosts"
	"github.com/winnow-data/winnow/stages"
)

// listFiles are the names that a folder of the UT1 lists has its entries under.
var listFiles = []string{"domains", "urls"}

// packings are the ends of names of compressed files.
var packings = []string{"", ".gz", ".zst"}

// Files implements [stages.Filer]: every file that is read, those of folders one by one.
func (f *URL) Files() []stages.Path {
	var out []stages.Path
	for _, list := range f.Lists {
		files, err := f.inList(list)
		if err != nil { // Provision and lint say so
			files = []string{list}
		}
		for _, name := range files {
			out = append(out, stages.Path(name))
		}
	}
	for _, lists := range [][]string{f.WordLists, f.PartLists, f.SoftLists} {
		for _, name := range lists {
			out = append(out, stages.Path(name))
		}
	}
	return out
}

// at is where a path of the settings lies.
func (f *URL) at(name string) string {
	if filepath.IsAbs(name) || f.dir == "" {
		return name
	}
	return filepath.Join(f.dir, name)
}

// inList returns the list itself, or of a folder its files domains and urls.
func (f *URL) inList(list string) ([]string, error) {
	info, err := os.Stat(f.at(list))
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{list}, nil
	}
	var out []string
	for _, name := range listFiles {
		for _, packing := range packings {
			file := filepath.Join(list, name+packing)
			if info, err := os.Stat(f.at(file)); err == nil && info.Mode().IsRegular() {
				out = append(out, file)
				break
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the folder %s has no file domains or urls (or .gz, .zst)", list)
	}
	return out, nil
}

// Provision implements [stages.Provisioner]. The lists are read once for all workers.
func (f *URL) Provision(env *stages.Env) (err error) {
	if f.dir == "" {
		f.dir = env.Dir
	}
	name := "url lists " + strings.Join(append(append([]string{f.dir}, f.Domains...), f.Lists...), "\x00")
	env.Provide(name, func() (any, error) { return f.load() })
	if f.listed, err = stages.Resource[*hosts.List](env, name); err != nil {
		return err
	}
	if len(f.Except) > 0 {
		b := new(hosts.Builder)
		for _, e := range f.Except {
			if err := b.Add(e); err != nil {
				return fmt.Errorf("except: %q %w", e, err)
			}
		}
		f.except = b.List()
	}
	var lists [3][]string
	for i, from := range [][]string{f.WordLists, f.PartLists, f.SoftLists} {
		for _, name := range from {
			words, err := f.readWords(name)
			if err != nil {
				return err
			}
			lists[i] = append(lists[i], words...)
		}
	}
	f.words, err = newURLWords(append(lists[0], f.Words...), append(lists[1], f.Parts...), append(lists[2], f.SoftWords...))
	return err
}

// load reads the entries of domains and lists.
func (f *URL) load() (*hosts.List, error) {
	b := new(hosts.Builder)
	for _, e := range f.Domains {
		if err := b.Add(e); err != nil {
			return nil, fmt.Errorf("domains: %q %w", e, err)
		}
	}
	for _, list := range f.Lists {
		files, err := f.inList(list)
		if err != nil {
			return nil, fmt.Errorf("lists: %w", err)
		}
		for _, name := range files {
			if err := f.open(name, func(h *os.File) error { return b.Read(name, h) }); err != nil {
				return nil, fmt.Errorf("lists: %w", err)
			}
		}
	}
	return b.List(), nil
}

// open calls read with a file of the settings.
func (f *URL) open(name string, read func(*os.File) error) error {
	h, err := os.Open(f.at(name))
	if err != nil {
		return err
	}
	return errors.Join(read(h), h.Close())
}

// readWords reads a file of words: one on a line, # begins a comment. What is neither letter, mark nor number is taken out of a word, as
// datatrove does with its lists ("2 girls 1 cup").
func (f *URL) readWords(name string) (words []string, err error) {
	err = f.open(name, func(h *os.File) error {
		plain, closer, err := hosts.Plain(h)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		defer closer()
		lines := bufio.NewScanner(plain)
		for lines.Scan() {
			if s := strings.TrimSpace(lines.Text()); s == "" || s[0] == '#' {
				continue
			}
			word := strings.Join(tokensOf(nil, strings.ToLower(lines.Text())), "")
			if word == "" {
				return fmt.Errorf("%s: %q: no letter and no number", name, lines.Text())
			}
			words = append(words, word)
		}
		if err := lines.Err(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	return words, err
}
