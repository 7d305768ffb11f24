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
		t.Run(l.String(), func(t *testing.T) { testAttacks(t, l) })
	}
}

func testAttacks(t *testing.T, l Level) {
	s := open(t, Options{Workers: 1, Only: &l})
	t.Log(s)
	n, seen := 0, map[string]bool{}
	only := func(a Attack) bool {
		return !testing.Short() || !slow(a) && !(l == Landlock && slices.Contains([]string{"files", "memory", "source"}, a.Family))
	}
	err := Test(t.Context(), s, only, func(f Finding) {
		n++
		if !f.OK() {
			t.Errorf("%s, %s: got %s (%s), want %s; harm: %q", f.Family, f.Name, f.Got, f.Why, f.Want, f.Harm)
		}
		if seen[f.Name] {
			t.Errorf("two attacks are called %q", f.Name)
		}
		seen[f.Name] = true
		t.Logf("%-10s %-50s %-12s %5d ms %s", f.Family, f.Name, f.Got, f.Elapsed.Milliseconds(), f.Why)
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 80 {
		t.Errorf("%d attacks", n)
	}
}

// slow says whether an attack takes as long as it may.
func slow(a Attack) bool {
	return slices.ContainsFunc(a.Want, func(v Verdict) bool { return v == TimeoutCPU || v == TimeoutWall })
}
