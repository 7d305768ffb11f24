package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Servers are the object stores that tests run against: how to start one on an address, with its data in a folder. They are programs of others, built by
// .ci/run from the Go module proxy and never linked.
var Servers = map[string]func(addr, dir string) []string{
	"minio": func(addr, dir string) []string { return []string{"server", "--quiet", "--address", addr, dir} },
	"versitygw": func(addr, dir string) []string {
		return []string{"--port", addr, "--quiet", "posix", "--sidecar", filepath.Join(filepath.Dir(dir), "about"), dir}
	},
}

// Keys of the servers that tests start.
const (
	AccessKey = "winnow-test"
	SecretKey = "winnow-test-secret"
)

// A Server is an object store at work on this machine's loopback, with one empty bucket called test.
type Server struct {
	Name string
	Addr string
	t    testing.TB
	exe  string
	args []string
	cmd  *exec.Cmd
	out  bytes.Buffer
	done chan struct{}
}

// Start starts one of [Servers] and stops it when the test ends. It skips the test where the program is not there, which is a failure
// when CI is true.
func Start(t testing.TB, name string) *Server {
	t.Helper()
	exe, err := find(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	addr := freeAddr(t)
	dir := filepath.Join(t.TempDir(), "data")
	for _, d := range []string{dir, filepath.Join(filepath.Dir(dir), "about")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s := &Server{Name: name, Addr: addr, t: t, exe: exe, args: Servers[name](addr, dir)}
	s.start()
	t.Cleanup(s.Kill)
	return s
}

// find looks for a program where the shell and where go install put it.
func find(name string) (string, error) {
	if exe, err := exec.LookPath(name); err == nil {
		return exe, nil
	}
	for _, dir := range []string{os.Getenv("GOBIN"), filepath.Join(os.Getenv("GOPATH"), "bin"), filepath.Join(os.Getenv("HOME"), "go", "bin")} {
		if exe, err := exec.LookPath(filepath.Join(dir, name)); err == nil && filepath.IsAbs(exe) {
			return exe, nil
		}
	}
	return "", fmt.Errorf("the object store %s is not on this machine; .ci/run builds it", name)
}

func freeAddr(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start starts the program and waits until the bucket is there.
func (s *Server) start() {
	s.cmd = exec.Command(s.exe, s.args...)
	s.cmd.Env = append(os.Environ(), "MINIO_ROOT_USER="+AccessKey, "MINIO_ROOT_PASSWORD="+SecretKey, "MINIO_BROWSER=off", "MINIO_UPDATE=off",
		"ROOT_ACCESS_KEY="+AccessKey, "ROOT_SECRET_KEY="+SecretKey, "GOMAXPROCS=2")
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.out
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		_ = s.cmd.Wait() // it ends by being killed
	}()
	c := s.Client()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	for {
		err := c.MakeBucket(ctx, "test", minio.MakeBucketOptions{})
		if code := minio.ToErrorResponse(err).Code; err == nil || code == "BucketAlreadyOwnedByYou" || code == "BucketAlreadyExists" {
			return
		}
		select {
		case <-time.After(50 * time.Millisecond):
			continue
		case <-s.done:
			err = errors.New("it ended")
		case <-ctx.Done():
		}
		s.t.Fatalf("%s does not come up: %v\n%s", s.Name, err, strings.TrimSpace(s.out.String()))
	}
}

// Client asks the server without any of our own code.
func (s *Server) Client() *minio.Client {
	c, err := minio.New(s.Addr, &minio.Options{
		Creds: credentials.NewStaticV4(AccessKey, SecretKey, ""), Region: "us-east-1", MaxRetries: 1, Transport: &http.Transport{DisableKeepAlives: true},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// Kill ends the server on the spot.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.done
}

// Restart starts a killed server again, on the same address with the same data.
func (s *Server) Restart() { s.start() }

// Env are the variables that lead to an address with the server's keys; to the server itself for "".
func (s *Server) Env(addr string) []string {
	if addr == "" {
		addr = s.Addr
	}
	return []string{
		"AWS_ENDPOINT_URL=http://" + addr, "AWS_ACCESS_KEY_ID=" + AccessKey, "AWS_SECRET_ACCESS_KEY=" + SecretKey,
		"AWS_REGION=us-east-1", "AWS_EC2_METADATA_DISABLED=true", "AWS_ENDPOINT_URL_S3=", "AWS_PROFILE=", "AWS_SESSION_TOKEN=",
	}
}

// Setenv sets them for the test.
func (s *Server) Setenv(t *testing.T, addr string) {
	for _, v := range s.Env(addr) {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
}
