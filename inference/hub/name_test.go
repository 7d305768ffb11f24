package hub

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Want
		ok   bool
	}{
		{"gpt2", Want{Name: "gpt2"}, true},
		{"Qwen/Qwen2.5-0.5B", Want{Name: "Qwen/Qwen2.5-0.5B"}, true},
		{"org/name@v1.0", Want{Name: "org/name", Revision: "v1.0"}, true},
		{"org/name@refs/pr/3", Want{Name: "org/name", Revision: "refs/pr/3"}, true},
		{"", Want{}, false},
		{"org/name@", Want{Name: "org/name"}, false},
		{"org/name@../../x", Want{Name: "org/name", Revision: "../../x"}, false},
		{"org/name@/x", Want{Name: "org/name", Revision: "/x"}, false},
		{"a/b/c", Want{Name: "a/b/c"}, false},
		{"../x", Want{Name: "../x"}, false},
		{"org/..", Want{Name: "org/.."}, false},
		{"org/a--b", Want{Name: "org/a--b"}, false},
		{"org/a.git", Want{Name: "org/a.git"}, false},
		{"-x/name", Want{Name: "-x/name"}, false},
		{"org/" + strings.Repeat("a", 97), Want{Name: "org/" + strings.Repeat("a", 97)}, false},
		{"org/na me", Want{Name: "org/na me"}, false},
		{"org/na\x00me", Want{Name: "org/na\x00me"}, false},
	} {
		got, err := Parse(c.in)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("%q: got %+v (%v), want %+v, ok %v", c.in, got, err, c.want, c.ok)
		}
	}
}

func FuzzNamesStayInTheirFolder(f *testing.F) {
	for _, s := range []string{"a", "../a", "/a", "a/../b", `a\b`, "a//b", "a/./b", "", "C:/x", "a\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		dir := filepath.Join(string(filepath.Separator), "cache", "snapshot")
		if localPath(name) == nil {
			if p := filepath.Join(dir, filepath.FromSlash(name)); !strings.HasPrefix(p, dir+string(filepath.Separator)) {
				t.Errorf("%q becomes %q", name, p)
			}
		}
		if plain(name) == nil && (filepath.Base(name) != name || name == "." || name == "..") {
			t.Errorf("%q passes as a plain name", name)
		}
		if w, err := Parse(name); err == nil && strings.ContainsAny(w.folder(), `/\`) {
			t.Errorf("%q gets the folder %q", name, w.folder())
		}
	})
}

func TestFromEnv(t *testing.T) {
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, "h"), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("h/token", "hf_file\n")
	write("bad", "two words")
	for _, c := range []struct {
		name                   string
		env                    map[string]string
		endpoint, cache, token string
		offline                bool
		says                   string
	}{
		{"nothing set", map[string]string{"HOME": home}, Public, home + "/.cache/huggingface/hub", "", false, ""},
		{"XDG", map[string]string{"XDG_CACHE_HOME": "/x"}, Public, "/x/huggingface/hub", "", false, ""},
		{"HF_HOME with its token", map[string]string{"HF_HOME": home + "/h"}, Public, home + "/h/hub", "hf_file", false, ""},
		{"tilde and variable", map[string]string{"HOME": home, "X": "h", "HF_HOME": "~/$X"}, Public, home + "/h/hub", "hf_file", false, ""},
		{"HF_TOKEN before the file", map[string]string{"HF_HOME": home + "/h", "HF_TOKEN": "hf_env"}, Public, home + "/h/hub", "hf_env", false, ""},
		{"HF_TOKEN_PATH", map[string]string{"HF_HOME": "/n", "HF_TOKEN_PATH": home + "/h/token"}, Public, "/n/hub", "hf_file", false, ""},
		{"no implicit token", map[string]string{"HF_HOME": home + "/h", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}, Public, home + "/h/hub", "", false, ""},
		{"caches", map[string]string{"HF_HOME": "/h", "HF_HUB_CACHE": "/c", "HUGGINGFACE_HUB_CACHE": "/d"}, Public, "/c", "", false, ""},
		{"older cache", map[string]string{"HF_HOME": "/h", "HUGGINGFACE_HUB_CACHE": "/d"}, Public, "/d", "", false, ""},
		{"endpoint", map[string]string{"HF_HOME": "/h", "HF_ENDPOINT": "http://hub.example.org:8080/x/"}, "http://hub.example.org:8080/x", "/h/hub", "", false, ""},
		{"offline", map[string]string{"HF_HOME": "/h", "HF_HUB_OFFLINE": "yes"}, Public, "/h/hub", "", true, ""},
		{"not offline", map[string]string{"HF_HOME": "/h", "HF_HUB_OFFLINE": "0"}, Public, "/h/hub", "", false, ""},
		{"no address", map[string]string{"HF_ENDPOINT": "hub.example.org"}, "", "", "", false, "HF_ENDPOINT"},
		{"password in the address", map[string]string{"HF_ENDPOINT": "https://u:p4ss@hub.example.org"}, "", "", "", false, "HF_TOKEN"},
		{"token of two words", map[string]string{"HF_HOME": "/h", "HF_TOKEN_PATH": home + "/bad"}, "", "", "", false, "holds a space"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, err := FromEnv(func(k string) string { return c.env[k] })
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "p4ss") || strings.Contains(err.Error(), "two words") {
					t.Errorf("got %v, want an error with %q and no secret", err, c.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if h.Endpoint != c.endpoint || h.Cache != c.cache || h.secret() != c.token || h.Offline != c.offline {
				t.Errorf("got %s %s %q %v, want %s %s %q %v", h.Endpoint, h.Cache, h.secret(), h.Offline, c.endpoint, c.cache, c.token, c.offline)
			}
		})
	}
}
