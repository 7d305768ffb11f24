package recipe

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestLint reads testdata/lint/*.txt. Each file holds comment lines, of which those that begin with -- are flags, a recipe, what
// lint says of it, and with flags the recipe as run.
func TestLint(t *testing.T) {
	files, err := filepath.Glob("testdata/lint/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d golden files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			opt := options(string(a.Comment))
			r, ps := Load(a.Files[0].Data, "web.yaml", registry(t), opt)
			var out bytes.Buffer
			if err := Render(&out, ps, Style{}); err != nil {
				t.Fatal(err)
			}
			got := []txtar.File{a.Files[0], {Name: "problems", Data: out.Bytes()}}
			if r != nil && len(opt.Set)+len(opt.In)+len(opt.Out) > 0 {
				got = append(got, txtar.File{Name: "as run", Data: r.Source})
			}
			b := txtar.Format(&txtar.Archive{Comment: a.Comment, Files: got})
			if *update {
				if err := os.WriteFile(file, b, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b, want) {
				t.Errorf("got\n%s\nwant\n%s", b, want)
			}
		})
	}
}

func options(comment string) Options {
	opt := Options{Dir: "dir", Stat: onDisk}
	for line := range strings.Lines(comment) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name {
		case "--set":
			opt.Set = append(opt.Set, value)
		case "--in":
			opt.In = append(opt.In, value)
		case "--out":
			opt.Out = value
		case "--hub":
			opt.Hub = func(m Model) (string, error) {
				return "winnow model pull " + m.Hub, fmt.Errorf("%s is not on this machine", m.Hub)
			}
		case "--schemes":
			opt.Schemes = slices.Clone(strings.Fields(value))
		}
	}
	return opt
}
