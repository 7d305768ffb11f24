package hub

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// A Want names a model on the hub.
type Want struct {
	Name     string // ORG/NAME, or NAME alone for the oldest ones
	Revision string // branch, tag or commit; "": main
	File     string // a file, or a glob that finds one GGUF file among several; "": what the engine needs
}

// Parse reads ORG/NAME or ORG/NAME@REVISION.
func Parse(s string) (Want, error) {
	w := Want{Name: s}
	if at := strings.IndexByte(s, '@'); at >= 0 {
		w.Name, w.Revision = s[:at], s[at+1:]
		if w.Revision == "" {
			return w, fmt.Errorf("model %q: nothing stands behind @; a branch, tag or commit does", s)
		}
	}
	return w, w.check()
}

// String writes a want as Parse reads it.
func (w Want) String() string {
	if w.Revision == "" {
		return w.Name
	}
	return w.Name + "@" + w.Revision
}

// Command is the command line that downloads w.
func (w Want) Command() string {
	c := "winnow model pull " + w.String()
	if w.File != "" {
		c += " --file '" + strings.ReplaceAll(w.File, "'", `'\''`) + "'"
	}
	return c
}

func (w Want) revision() string { return first(w.Revision, "main") }

// folder is the name of w's folder in the cache.
func (w Want) folder() string { return "models--" + strings.ReplaceAll(w.Name, "/", "--") }

// repoName is the hub's own rule (huggingface_hub, utils/_validators.py).
var repoName = regexp.MustCompile(`^([A-Za-z0-9_][A-Za-z0-9_.-]*/)?[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}$`)

func (w Want) check() error {
	if !repoName.MatchString(w.Name) || strings.Contains(w.Name, "--") || strings.Contains(w.Name, "..") || strings.HasSuffix(w.Name, ".git") {
		return fmt.Errorf("model %q is no name on a hub; it is ORG/NAME of letters, digits, - _ and ., such as Qwen/Qwen2.5-0.5B-Instruct", w.Name)
	}
	if err := localPath(w.revision()); err != nil {
		return fmt.Errorf("model %s: revision %q: %w", w.Name, w.Revision, err)
	}
	if _, err := filepath.Match(w.File, ""); err != nil {
		return fmt.Errorf("model %s: file %q: %w", w.Name, w.File, err)
	}
	return nil
}

// localPath refuses names that would lead out of their folder, or that this machine cannot write.
func localPath(name string) error {
	bad := strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' })
	switch {
	case name == "" || len(name) > 1024:
		return fmt.Errorf("%d bytes long; 1 to 1024 are allowed", len(name))
	case bad || !filepath.IsLocal(filepath.FromSlash(name)):
		return fmt.Errorf("it leads out of its folder or holds control characters")
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("it leads out of its folder")
		}
	}
	return nil
}

// plain refuses what is no single, ordinary file name: ETags and commits become file names.
func plain(name string) error {
	if len(name) == 0 || len(name) > 200 || name[0] == '.' {
		return fmt.Errorf("%q cannot name a file in the cache", name)
	}
	for _, c := range []byte(name) {
		ok := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c == '.'
		if !ok {
			return fmt.Errorf("%q cannot name a file in the cache", name)
		}
	}
	return nil
}
