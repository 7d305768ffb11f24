package winnow_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/winnow-data/winnow"

// floors says which rooms a room may import, besides itself. What is not listed may import nothing of ours.
var floors = map[string][]string{
	"stages":    {},
	"inference": {},
	"filters":   {"stages"},
	"dedup":     {"stages"},
	"mixer":     {"stages"},
	"ontology":  {"stages"},
	"synth":     {"stages"},
	"pipelines": {"stages", "inference", "filters", "dedup", "mixer", "ontology", "synth"},
	"cmd":       {"stages", "inference", "filters", "dedup", "mixer", "ontology", "synth", "pipelines"},
}

// TestFloors names every import that goes where the house plan has no door.
func TestFloors(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages++
		from, ok := room(p.ImportPath)
		if !ok {
			continue
		}
		for _, imp := range append(append(p.Imports, p.TestImports...), p.XTestImports...) {
			to, ours := room(imp)
			if ours && to != from && !allowed(from, to) {
				t.Errorf("%s imports %s: the room %s may import only %v", p.ImportPath, imp, from, floors[from])
			}
		}
		for _, bad := range []string{"util", "utils", "common", "helpers", "types", "core"} {
			if strings.HasSuffix(p.ImportPath, "/"+bad) {
				t.Errorf("%s: a package is named for what it holds", p.ImportPath)
			}
		}
	}
	if packages < 10 {
		t.Fatalf("go list found %d packages, want the whole house", packages)
	}
}

// room returns the top folder of a package of ours.
func room(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return "", false
	}
	top, _, _ := strings.Cut(rest, "/")
	return top, true
}

func allowed(from, to string) bool {
	for _, r := range floors[from] {
		if r == to {
			return true
		}
	}
	return false
}
