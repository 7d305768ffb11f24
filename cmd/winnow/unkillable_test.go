package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/winnow-data/winnow/pipelines/run/runtest"
)

// binary builds winnow once for the tests that need a process of its own.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "winnow-test-")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "winnow")
	out, err := exec.Command("go", "build", "-o", name, ".").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return name, nil
})

func winnow(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(name, args...)
}

// recipeFile writes a recipe into a new folder and returns its name and the folder of its output.
func recipeFile(t *testing.T, text string) (name, out string) {
	t.Helper()
	dir := t.TempDir()
	name = filepath.Join(dir, "all.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name, filepath.Join(dir, "all")
}

func mustRun(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", c.Args, err, out)
	}
}

// markers returns the contents of all markers, which say when a task was done.
func markers(t *testing.T, out string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	_ = filepath.WalkDir(filepath.Join(out, "_winnow", "done"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasPrefix(d.Name(), ".") {
			if data, err := os.ReadFile(name); err == nil {
				found[name] = data
			}
		}
		return nil
	})
	return found
}

// TestKill ends the real program with SIGKILL at random moments, in every phase, and gives the same command again: the
// same bytes as a run that nobody disturbed, and no task done again after its marker.
func TestKill(t *testing.T) {
	kills := 15
	if os.Getenv("CI") == "true" {
		kills = 100
	}
	if testing.Short() {
		kills = 3
	}
	name, out := recipeFile(t, runtest.Everything)
	c := winnow(t, "run", "-q", name)
	start := time.Now()
	mustRun(t, c)
	whole := time.Since(start)
	want := runtest.Fingerprint(t, out)
	var tasks []string // phases of all tasks, in order
	for m := range markers(t, out) {
		tasks = append(tasks, filepath.Base(filepath.Dir(m)))
	}
	slices.Sort(tasks)
	all := slices.Compact(slices.Clone(tasks))
	phases := map[string]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	for k := 0; k < kills; {
		name, out := recipeFile(t, runtest.Everything)
		had := map[string][]byte{}
		idle := 1 // lives in a row, and one, in which no task was done: a busy machine needs longer ones
		for {
			// Each kill aims at the phase after the last one's: when its first task is done, or a later one.
			after := max(len(had), slices.Index(tasks, all[k%len(all)])+random.IntN(3))
			wait := time.Duration(random.Int64N(int64(20 * time.Millisecond)))
			if k/len(all)%2 == 1 { // anywhere, in the middle of a task most likely
				after, wait = 0, time.Duration(random.Int64N(int64(whole)*int64(idle)/3+1))
			}
			ended, killed := live(t, winnow(t, "run", "-q", name), out, after, wait)
			now := markers(t, out)
			for m, data := range had {
				if !bytes.Equal(now[m], data) {
					t.Fatalf("after %d kills: the marker %s was written again", k, m)
				}
			}
			if idle++; len(now) > len(had) {
				idle = 1
			}
			had = now
			if killed {
				k++
				phases[reached(out, now)] = true
			}
			if ended {
				break
			}
		}
		runtest.Same(t, "again", runtest.Fingerprint(t, out), want)
		if t.Failed() {
			t.Fatalf("after %d kills", k)
		}
	}
	if kills >= 100 && len(phases) < len(all)/2 {
		t.Errorf("the kills met %d phases, want half of them at least: %v", len(phases), slices.Sorted(maps.Keys(phases)))
	}
	t.Logf("%d kills; the last phase of which a task was done: %v", kills, slices.Sorted(maps.Keys(phases)))
}

// live runs a command until it ends, or kills it a while after so many tasks are done.
func live(t *testing.T, c *exec.Cmd, out string, tasks int, wait time.Duration) (ended, killed bool) {
	t.Helper()
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	over, hunted := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(hunted)
		for len(markers(t, out)) < tasks {
			select {
			case <-over:
				return
			case <-time.After(time.Millisecond):
			}
		}
		select {
		case <-over:
		case <-time.After(wait):
			killed = c.Process.Kill() == nil
		}
	}()
	err := c.Wait()
	close(over)
	<-hunted
	if err != nil && !killed {
		t.Fatalf("the run failed by itself: %v\n%s", err, said.String())
	}
	return err == nil, killed && err != nil
}

// reached names the last phase of which a task is done.
func reached(out string, markers map[string][]byte) string {
	last := "none"
	for m := range markers {
		rel, err := filepath.Rel(filepath.Join(out, "_winnow", "done"), filepath.Dir(m))
		if err == nil && (last == "none" || rel > last) {
			last = rel
		}
	}
	return last
}

// TestTasks runs every task as a process of its own, in random order within each phase, some twice, two at a time: the same
// bytes as one process leaves.
func TestTasks(t *testing.T) {
	name, out := recipeFile(t, runtest.Everything)
	mustRun(t, winnow(t, "run", "-q", name))
	want := runtest.Fingerprint(t, out)

	name, out = recipeFile(t, runtest.Everything)
	mustRun(t, winnow(t, "plan", "--write", name))
	data, err := os.ReadFile(filepath.Join(out, "_winnow", "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Phases []struct {
			Name  string
			Tasks int
		}
	}
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	last := p.Phases[len(p.Phases)-1].Name
	if msg, err := winnow(t, "task", out, last, "0").CombinedOutput(); err == nil || !bytes.Contains(msg, []byte("must be done before")) {
		t.Errorf("the last phase began before the first: %v %s", err, msg)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for _, ph := range p.Phases {
		var order []int
		for k := range ph.Tasks {
			order = append(order, k)
			if random.IntN(3) == 0 {
				order = append(order, k)
			}
		}
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for len(order) > 0 {
			n := min(2, len(order))
			var wait sync.WaitGroup
			for _, k := range order[:n] {
				c := winnow(t, "task", out, ph.Name, strconv.Itoa(k))
				wait.Go(func() {
					if msg, err := c.CombinedOutput(); err != nil {
						t.Errorf("%v: %v\n%s", c.Args, err, msg)
					}
				})
			}
			wait.Wait()
			order = order[n:]
		}
	}
	runtest.Same(t, "again", runtest.Fingerprint(t, out), want)
}
