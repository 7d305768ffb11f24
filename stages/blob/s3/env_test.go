package s3

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/blobtest"
)

func TestEnvironment(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "config")
	text := "[default]\nregion = eu-west-1\nendpoint_url=https://default\n\n# a comment\n[profile lab]\n  region=lab-1 \nendpoint_url = https://lab/\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, set, address, region string }{
		{"nothing", "AWS_CONFIG_FILE=" + filepath.Join(dir, "none"), Amazon, ""},
		{"default profile", "AWS_CONFIG_FILE=" + file, "https://default", "eu-west-1"},
		{"another profile", "AWS_CONFIG_FILE=" + file + " AWS_PROFILE=lab", "https://lab", "lab-1"},
		{"unknown profile", "AWS_CONFIG_FILE=" + file + " AWS_PROFILE=none", Amazon, ""},
		{"variables before the profile", "AWS_CONFIG_FILE=" + file + " AWS_ENDPOINT_URL=http://h:9000/ AWS_DEFAULT_REGION=x", "http://h:9000", "x"},
		{"the store's own variable first", "AWS_ENDPOINT_URL=http://a AWS_ENDPOINT_URL_S3=http://b AWS_REGION=y AWS_DEFAULT_REGION=x AWS_CONFIG_FILE=/none", "http://b", "y"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := map[string]string{}
			for _, s := range strings.Fields(c.set) {
				k, v, _ := strings.Cut(s, "=")
				set[k] = v
			}
			e := environment(func(name string) string { return set[name] })
			if e.address != c.address || e.region != c.region {
				t.Errorf("got %s, %q; want %s, %q", e.address, e.region, c.address, c.region)
			}
		})
	}
	about := Environment(func(name string) string {
		return map[string]string{"AWS_SECRET_ACCESS_KEY": "s3cret", "AWS_CONFIG_FILE": file, "AWS_ENDPOINT_URL": "http://me:s3cret@h/"}[name]
	})
	if got := strings.Join(about.From, " "); !strings.Contains(got, "AWS_SECRET_ACCESS_KEY") || !strings.Contains(got, file) || strings.Contains(got+about.Address, "s3cret") {
		t.Errorf("got %+v", about)
	}
	for _, address := range []string{"ftp://h", "h:9000", "http://", "http://me:s3cret@h", "http://h/folder"} {
		if _, err := newClient(env{address: address, get: func(string) string { return "" }}, Options{}); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want an error", address, err)
		}
	}
}

// Credentials come from a profile as well; without any, a bucket is read only if that is said, and if it is public.
func TestCredentials(t *testing.T) {
	srv := blobtest.Start(t, "minio")
	srv.Setenv(t, "")
	home := t.TempDir()
	t.Setenv("HOME", home)
	if err := blob.Put(t.Context(), open(t, ""), "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		t.Setenv(name, "")
	}
	get := func(opt Options) error {
		s, err := Open("test", "", opt)
		if err == nil {
			_, err = blob.Get(t.Context(), s, "a", 10)
		}
		return err
	}
	if err := get(Options{}); !errors.Is(err, errNoCredentials) {
		t.Errorf("without credentials: got %v", err)
	}
	if err := get(Options{Anonymous: true}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a bucket that is not public: got %v, want fs.ErrPermission", err)
	}
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::test/*"]}]}`
	if err := srv.Client().SetBucketPolicy(t.Context(), "test", policy); err != nil {
		t.Fatal(err)
	}
	if err := get(Options{Anonymous: true}); err != nil {
		t.Errorf("a public bucket: got %v", err)
	}
	if err := os.MkdirAll(filepath.Join(home, ".aws"), 0o700); err != nil {
		t.Fatal(err)
	}
	profile := "[lab]\naws_access_key_id = " + blobtest.AccessKey + "\naws_secret_access_key = " + blobtest.SecretKey + "\n"
	if err := os.WriteFile(filepath.Join(home, ".aws", "credentials"), []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_PROFILE", "lab")
	if err := get(Options{}); err != nil {
		t.Errorf("by a profile: got %v", err)
	}
}
