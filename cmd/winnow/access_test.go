package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/blob/blobtest"
)

// TestAccess: what a recipe touches on a store is listed and tried; what cannot be written is told before a run.
func TestAccess(t *testing.T) {
	srv := blobtest.Start(t, "versitygw")
	srv.Setenv(t, "")
	dir := t.TempDir()
	t.Setenv("HOME", dir) // no profiles of who runs the test
	if err := os.WriteFile(filepath.Join(dir, "in.jsonl"), []byte(`{"text":"a b c"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	upload(t, srv, dir, "in")
	recipe := filepath.Join(dir, "my.yaml")
	write := func(in, out string) {
		if err := os.WriteFile(recipe, []byte("name: my\ninput: "+in+"\nstages: [dedup_exact]\noutput: "+out+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, in, out string
		args          []string
		want          []string
		code          int
	}{
		{
			name: "store", in: "s3://test/in", out: "s3://test/out", args: []string{"plan", recipe, "--access"},
			want: []string{
				"read   s3://test/in/in.jsonl", "write  s3://test/out", "host   " + srv.Addr, "variable AWS_SECRET_ACCESS_KEY",
				"tried  s3://test/out: list, put, refuse to put again, write, read, remove",
			},
		},
		{
			name: "doctor", in: "s3://test/in/*.jsonl", out: filepath.Join(dir, "not", "yet"), args: []string{"doctor", "--access", recipe},
			want: []string{"store     s3:// is http://" + srv.Addr, "read   s3://test/in/in.jsonl", "tried  " + dir + ": list, put"},
		},
		{
			name: "no such bucket", in: "s3://test/in", out: "s3://nobody/out", args: []string{"plan", recipe, "--access"},
			want: []string{"failed s3://nobody/out: list: ", "no such bucket"}, code: exitFailed,
		},
		{name: "no such input", in: "s3://nobody/in", out: "out", args: []string{"plan", recipe}, want: []string{"no such bucket"}, code: exitFailed},
		{name: "nothing there", in: "s3://test/none/*.gz", out: "out", args: []string{"plan", recipe}, want: []string{"nothing matches"}, code: exitFailed},
		{name: "a key in the address", in: "https://h/x?X-Amz-Signature=s3cret", out: "out", args: []string{"lint", recipe}, want: []string{"list: FILE"}, code: exitUsage},
		{name: "a web server as output", in: "in.jsonl", out: "https://h/x", args: []string{"lint", recipe}, want: []string{"only gives"}, code: exitUsage},
		{name: "store by doctor", in: "in.jsonl", out: "out", args: []string{"doctor", "store", "s3://test/x"}, want: []string{"by AWS_ENDPOINT_URL, AWS_REGION", "refuse to put again"}},
		{name: "nobody's store", in: "in.jsonl", out: "out", args: []string{"doctor", "store", "s3://nobody/x"}, want: []string{"no such bucket"}, code: exitFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(c.in, c.out)
			var out bytes.Buffer
			if code := Main(c.args, strings.NewReader(""), &out, &out); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("there is no %q in\n%s", want, out.String())
				}
			}
			for _, secret := range []string{blobtest.SecretKey, "s3cret"} {
				if strings.Contains(out.String(), secret) && c.name != "a key in the address" {
					t.Errorf("a secret is shown:\n%s", out.String())
				}
			}
		})
	}
	t.Run("wrong key", func(t *testing.T) {
		t.Setenv("AWS_SECRET_ACCESS_KEY", "another")
		t.Setenv("AWS_ACCESS_KEY_ID", "somebody")
		var out bytes.Buffer
		if code := Main([]string{"cat", "s3://test/in/in.jsonl"}, strings.NewReader(""), &out, &out); code != exitFailed || !strings.Contains(out.String(), "permission denied") {
			t.Errorf("exit code %d and\n%s", code, out.String())
		}
	})
}
