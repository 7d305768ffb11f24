package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	slash "path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/winnow-data/winnow/pipelines/recipes"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/pipelines/run/runtest"
	"github.com/winnow-data/winnow/stages/blob/blobtest"
)

// samples writes the sample shards of the binary to a folder.
func samples(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, recipes.FS()); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "quickstart")
}

// upload puts a folder into the bucket, below a prefix.
func upload(t testing.TB, srv *blobtest.Server, dir, prefix string) {
	t.Helper()
	c := srv.Client()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err == nil {
			_, err = c.FPutObject(t.Context(), "test", slash.Join(prefix, filepath.ToSlash(rel)), name, minio.PutObjectOptions{})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// download copies what lies below a prefix to a new folder.
func download(t *testing.T, srv *blobtest.Server, prefix string) string {
	t.Helper()
	dir, c := t.TempDir(), srv.Client()
	for o := range c.ListObjects(t.Context(), "test", minio.ListObjectsOptions{Prefix: prefix + "/", Recursive: true}) {
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		to := filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(o.Key, prefix+"/")))
		if err := c.FGetObject(t.Context(), "test", o.Key, to, minio.GetObjectOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// storeMarkers returns the versions of all markers of a run, nil while the server is away.
func storeMarkers(t *testing.T, srv *blobtest.Server, prefix string) map[string]string {
	found := map[string]string{}
	for o := range srv.Client().ListObjects(t.Context(), "test", minio.ListObjectsOptions{Prefix: prefix + "/_winnow/done/", Recursive: true}) {
		if o.Err != nil {
			return nil
		}
		found[o.Key] = o.ETag + o.LastModified.String()
	}
	return found
}

// storeRecipe is a recipe with everything, whose input lies in a folder or below a prefix.
func storeRecipe(t *testing.T, in string) string {
	name, _ := recipeFile(t, strings.ReplaceAll(runtest.Everything, "embedded:quickstart", in))
	return name
}

// placed are the files of a run that tell where its input lies, or belong to a folder alone.
var placed = []string{"README.md", "_winnow/card.sha256", "_winnow/recipe.yaml", "_winnow/lock", "_winnow/summary.json"}

// onStore runs winnow on an address of a server, "" for its own.
func onStore(t *testing.T, srv *blobtest.Server, addr string, args ...string) *exec.Cmd {
	c := winnow(t, args...)
	c.Env = append(os.Environ(), srv.Env(addr)...)
	return c
}

// TestStore holds runs on an object store against the same run on files: undisturbed, killed and resumed, with the server killed and
// restarted, through a network that makes trouble, and as tasks of their own.
func TestStore(t *testing.T) {
	in := samples(t)
	name := storeRecipe(t, in)
	mustRun(t, winnow(t, "run", "-q", name))
	want := runtest.Fingerprint(t, filepath.Join(filepath.Dir(name), "all"), placed...)
	for _, server := range []string{"minio", "versitygw"} {
		t.Run(server, func(t *testing.T) {
			srv := blobtest.Start(t, server)
			upload(t, srv, in, "in")
			name := storeRecipe(t, "s3://test/in")
			same := func(t *testing.T, prefix string) {
				t.Helper()
				runtest.Same(t, prefix, runtest.Fingerprint(t, download(t, srv, prefix), placed...), want)
			}
			t.Run("undisturbed", func(t *testing.T) {
				mustRun(t, onStore(t, srv, "", "run", "-q", name, "--out", "s3://test/calm/run", "--workers", "1", "--batch", "7"))
				same(t, "calm/run")
			})
			t.Run("killed", func(t *testing.T) {
				storeKills(t, srv, name)
				same(t, "killed")
			})
			t.Run("server restarted", func(t *testing.T) {
				serverAway(t, srv, name)
				same(t, "away")
			})
			t.Run("trouble", func(t *testing.T) {
				troubledRun(t, srv, name)
				same(t, "trouble")
			})
			if server == "minio" && !testing.Short() {
				t.Run("large", func(t *testing.T) { largeOnStore(t, srv) })
			}
			if server == "versitygw" && !testing.Short() {
				t.Run("tasks", func(t *testing.T) {
					storeTasks(t, srv, name)
					same(t, "tasks")
				})
			}
		})
	}
}

// storeKills kills a run again and again, a while after further tasks were done.
func storeKills(t *testing.T, srv *blobtest.Server, name string) {
	kills := 3
	if testing.Short() {
		kills = 1
	}
	random := rand.New(rand.NewPCG(3, 4))
	had := map[string]string{}
	for k := 0; ; k++ {
		c := onStore(t, srv, "", "run", "-q", name, "--out", "s3://test/killed")
		var said bytes.Buffer
		c.Stdout, c.Stderr = &said, &said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		over := make(chan error, 1)
		go func() { over <- c.Wait() }()
		killed := false
		for k < kills && !killed {
			select {
			case err := <-over:
				t.Fatalf("the run ended before kill %d: %v\n%s", k, err, said.String())
			case <-time.After(5 * time.Millisecond):
			}
			if len(storeMarkers(t, srv, "killed")) > len(had)+random.IntN(3) {
				time.Sleep(time.Duration(random.Int64N(int64(50 * time.Millisecond))))
				killed = c.Process.Kill() == nil
			}
		}
		if err := <-over; err != nil && !killed {
			t.Fatalf("the run failed by itself: %v\n%s", err, said.String())
		}
		now := storeMarkers(t, srv, "killed")
		for m, version := range had {
			if now[m] != version {
				t.Fatalf("after %d kills: the marker %s was written again", k, m)
			}
		}
		if had = now; !killed {
			return
		}
	}
}

// serverAway kills the server in the middle of a run and starts it again.
func serverAway(t *testing.T, srv *blobtest.Server, name string) {
	c := onStore(t, srv, "", "run", "-q", name, "--out", "s3://test/away")
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for len(storeMarkers(t, srv, "away")) < 3 {
		time.Sleep(5 * time.Millisecond)
	}
	srv.Kill()
	time.Sleep(time.Second)
	srv.Restart()
	if err := c.Wait(); err != nil {
		t.Fatalf("the run did not outlive the server: %v\n%s", err, said.String())
	}
	if !strings.Contains(said.String(), "connection") {
		t.Errorf("the summary does not tell of connections that broke:\n%s", said.String())
	}
}

// troubledRun runs through a proxy that troubles every fifth request.
func troubledRun(t *testing.T, srv *blobtest.Server, name string) {
	kinds := []blobtest.Trouble{{Status: http.StatusServiceUnavailable}, {Cut: 1000}, {Lose: true}, {Reset: true}, {Status: http.StatusInternalServerError}}
	proxy := blobtest.NewProxy(t, srv.Addr, func(n int64, _ *http.Request) blobtest.Trouble {
		if n%5 == 0 {
			return kinds[n/5%int64(len(kinds))]
		}
		return blobtest.Trouble{}
	})
	mustRun(t, onStore(t, srv, proxy.Addr, "run", "-q", name, "--out", "s3://test/trouble"))
	own := download(t, srv, "trouble/_winnow")
	if page, err := os.ReadFile(filepath.Join(own, "report.html")); err != nil || !bytes.Contains(page, []byte("requests to stores made again")) {
		t.Errorf("the report does not tell of the requests made again, %v", err)
	}
	data, err := os.ReadFile(filepath.Join(own, "summary.json"))
	var sum run.Summary
	if err == nil {
		err = json.Unmarshal(data, &sum)
	}
	if _, troubled := proxy.Requests(); err != nil || troubled < 10 || sum.Retries["throttled"] == 0 || sum.Retries["connection"] == 0 {
		t.Errorf("%d requests met trouble; the summary tells of %v, %v", troubled, sum.Retries, err)
	}
}

// storeTasks does every task as a process of its own, two at a time, some of them twice at once.
func storeTasks(t *testing.T, srv *blobtest.Server, name string) {
	mustRun(t, onStore(t, srv, "", "plan", "--write", name, "--out", "s3://test/tasks"))
	data, err := os.ReadFile(filepath.Join(download(t, srv, "tasks/_winnow"), "plan.json"))
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
	slots := make(chan struct{}, 2)
	for _, ph := range p.Phases {
		var wg sync.WaitGroup
		for i := range ph.Tasks + 1 {
			wg.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				c := onStore(t, srv, "", "task", "s3://test/tasks", ph.Name, strconv.Itoa(i%ph.Tasks))
				if out, err := c.CombinedOutput(); err != nil {
					t.Errorf("%v: %v\n%s", c.Args, err, out)
				}
			})
		}
		wg.Wait()
	}
}

// largeOnStore reads a plain file and one of many gzip members, which are cut into tasks, whose output is several parts of an upload.
func largeOnStore(t *testing.T, srv *blobtest.Server) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	if err := os.Mkdir(in, 0o700); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 6))
	largeFile(t, filepath.Join(in, "large.jsonl"), random, func(f io.Writer, b []byte) error {
		_, err := f.Write(b)
		return err
	})
	largeFile(t, filepath.Join(in, "members.jsonl.gz"), random, func(f io.Writer, b []byte) error {
		w, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return errors.Join(err, w.Close())
	})
	upload(t, srv, in, "large-in")
	name := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(name, []byte("name: large\ninput: {path: in, source: x}\nstages: [dedup_exact]\noutput: {path: out, format: jsonl}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, winnow(t, "run", "-q", name))
	mustRun(t, onStore(t, srv, "", "run", "-q", name, "--in", "s3://test/large-in", "--out", "s3://test/large"))
	out := download(t, srv, "large")
	runtest.Same(t, "large", runtest.Fingerprint(t, out, placed...), runtest.Fingerprint(t, filepath.Join(dir, "out"), placed...))
	if shards, err := filepath.Glob(filepath.Join(out, "large-*.jsonl")); err != nil || len(shards) < 4 {
		t.Errorf("%d shards, want that both files were cut", len(shards))
	}
}

// largeFile writes lines without ids, about 40 MB of them, 100 KB at a time, wherever that cuts a line.
func largeFile(t *testing.T, name string, random *rand.Rand, write func(f io.Writer, b []byte) error) {
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	var data []byte
	for len(data) < 40<<20 {
		line := make([]byte, 0, 1<<16)
		line = append(line, `{"text":"`...)
		for range 1 + random.IntN(5000) {
			line = append(line, "abcdefghijklmnopqrstuvwxyz      "[random.IntN(32)])
		}
		data = append(append(data, line...), "\"}\n"...)
	}
	for b := range slices.Chunk(data, 100_000) {
		if err := write(f, b); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
