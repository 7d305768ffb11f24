package sandbox

import (
	"os"
	"slices"
	"testing"
)

// open opens a sandbox for a test.
func open(t testing.TB, o Options) *Sandbox {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestAttacks: no attack passes, changes this machine, leaves a process, or harms the next program, and each gets a verdict of its class.
func TestAttacks(t *testing.T) {
	for _, l := range []Level{Namespaces, Landlock} {
		for _, language := range []string{"python", "go"} {
			t.Run(l.String()+"/"+language, func(t *testing.T) {
				t.Parallel()
				testAttacks(t, l, language)
			})
		}
	}
}

func testAttacks(t *testing.T, l Level, language string) {
	s := open(t, Options{Workers: 1, Only: &l})
	t.Log(s)
	var g *Go
	if language == "go" {
		g = openGo(t, s)
	}
	n, seen := 0, map[string]bool{}
	only := func(a Attack) bool {
		return a.Language == language && (!testing.Short() || !slow(a) && (l == Namespaces || !slices.Contains([]string{"files", "memory", "source", "go compiler", "go values"}, a.Family)))
	}
	err := Test(t.Context(), s, g, only, func(f Finding) {
		n++
		if !f.OK() {
			t.Errorf("%s, %s: got %s (%s), want %s; harm: %q", f.Family, f.Name, f.Got, f.Why, f.Want, f.Harm)
		}
		if seen[f.Family+f.Name] {
			t.Errorf("two attacks are called %q", f.Name)
		}
		seen[f.Family+f.Name] = true
		t.Logf("%-12s %-50q %-12s %5d ms %q", f.Family, f.Name, f.Got, f.Elapsed.Milliseconds(), f.Why)
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 40 {
		t.Errorf("%d attacks", n)
	}
}

// slow says whether an attack takes as long as it may.
func slow(a Attack) bool {
	return slices.ContainsFunc(a.Want, func(v Verdict) bool { return v == TimeoutCPU || v == TimeoutWall })
}
