package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/winnow-data/winnow/stages/blob/blobtest"
	"github.com/winnow-data/winnow/stages/realdata"
)

// storeBench is a recipe whose output is as large as its input: the most that an object store can cost.
const storeBench = `
name: bench
input: {path: IN, source: bench}
stages:
  - normalize
  - language
  - gopher_repetition: {drop: false}
  - gopher_quality: {drop: false}
  - c4: {drop: false}
  - dedup_exact
  - dedup_minhash
output: {path: out, format: jsonl.zst}
`

// BenchmarkStore times the same run from files to files and from bucket to bucket of a MinIO on loopback, one after the other in turn. Server and run
// share the processors: user and system time of winnow alone are given beside the wall time. ratio is files / store of the wall times.
func BenchmarkStore(b *testing.B) {
	in := filepath.Join(samples(b), "shards")
	if !testing.Short() {
		in = realdata.Path(b, "data/corpus")
	}
	srv := blobtest.Start(b, "minio")
	upload(b, srv, in, "in")
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bench.yaml"), []byte(storeBench), 0o600); err != nil {
		b.Fatal(err)
	}
	exe, err := binary()
	if err != nil {
		b.Fatal(err)
	}
	var size int64
	files, err := os.ReadDir(in)
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			size += info.Size()
		}
	}
	b.SetBytes(size)
	var wall, cpu [2]time.Duration
	b.ResetTimer()
	for i := range b.N {
		for k, where := range [][2]string{{in, filepath.Join(dir, strconv.Itoa(i))}, {"s3://test/in", "s3://test/out" + strconv.Itoa(i)}} {
			c := exec.Command(exe, "run", "-q", filepath.Join(dir, "bench.yaml"), "--in", where[0], "--out", where[1])
			c.Env = append(os.Environ(), srv.Env("")...)
			start := time.Now()
			if out, err := c.CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
			wall[k] += time.Since(start)
			if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
				cpu[k] += time.Duration(u.Utime.Nano() + u.Stime.Nano())
			}
		}
	}
	n := float64(b.N)
	b.ReportMetric(wall[0].Seconds()/n, "files-s")
	b.ReportMetric(wall[1].Seconds()/n, "store-s")
	b.ReportMetric(cpu[0].Seconds()/n, "files-cpu-s")
	b.ReportMetric(cpu[1].Seconds()/n, "store-cpu-s")
	b.ReportMetric(wall[0].Seconds()/wall[1].Seconds(), "ratio")
}
