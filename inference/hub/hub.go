// Package hub downloads models from a Hugging Face-compatible hub into the cache that the Python libraries use, and finds them there.
//
//	h, err := hub.FromEnv(os.Getenv)
//	pulled, err := h.Pull(ctx, hub.Want{Name: "Qwen/Qwen2.5-0.5B-Instruct"}) // needs the network
//	path, err := h.Find(hub.Want{Name: "Qwen/Qwen2.5-0.5B-Instruct"})        // never touches it
//
// What is downloaded lies as huggingface_hub 0.8 to 2.x lays it, so that either finds what the other has fetched:
//
//	CACHE/models--ORG--NAME/blobs/ETAG                     the bytes of a file
//	CACHE/models--ORG--NAME/snapshots/COMMIT/PATH          a link to them, relative
//	CACHE/models--ORG--NAME/refs/REVISION                  the commit of a branch or tag
//	CACHE/.locks/models--ORG--NAME/ETAG.lock               held while ETAG is fetched
//	CACHE/models--ORG--NAME/blobs/ETAG.incomplete          what has come so far; the next pull goes on behind it
//
// Only files that the engine reads are fetched: configuration, tokenizer and safetensors, or one GGUF file. A blob gets its name only after its
// size and checksum (sha256 of large files, the git object's sha1 of small ones) were found right. A branch's ref moves when its snapshot is
// whole. Servers are not trusted: names that lead out of the cache are refused, and the token goes to the hub's own address alone.
package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// Public is the hub that is asked where HF_ENDPOINT names no other.
const Public = "https://huggingface.co"

// A Hub is a hub and the local cache of what came from it. Its methods may be called from many goroutines; its fields are set before that.
type Hub struct {
	Endpoint string // scheme, host and perhaps a path; no slash at the end
	Cache    string // the folder of models--ORG--NAME
	Offline  bool   // HF_HUB_OFFLINE: Pull only looks into the cache
	Copies   bool   // HF_HUB_DISABLE_SYMLINKS: files instead of links in snapshots

	Transport http.RoundTripper // nil: http.DefaultTransport
	Progress  func(Progress)    // nil, or called now and then while Pull works, never twice at once
	Tries     int               // how often a file is tried without a byte coming; 0: 6
	Wait      time.Duration     // the first wait between tries, doubled each time up to a minute; 0: 1 s
	Idle      time.Duration     // a connection that brings nothing for so long is given up; 0: 30 s

	token func() string // never a field that a careless print would show
}

// FromEnv reads what the Python libraries read: HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE, XDG_CACHE_HOME,
// HF_HUB_DISABLE_SYMLINKS, HF_HUB_DISABLE_IMPLICIT_TOKEN and their older names. It touches no network.
func FromEnv(getenv func(string) string) (*Hub, error) {
	home := getenv("HF_HOME")
	if home == "" {
		cache := getenv("XDG_CACHE_HOME")
		if cache == "" {
			cache = filepath.Join("~", ".cache")
		}
		home = filepath.Join(cache, "huggingface")
	}
	home, err := expand(home, getenv)
	if err != nil {
		return nil, fmt.Errorf("HF_HOME: %w", err)
	}
	cache, err := expand(first(getenv("HF_HUB_CACHE"), getenv("HUGGINGFACE_HUB_CACHE"), filepath.Join(home, "hub")), getenv)
	if err != nil {
		return nil, fmt.Errorf("HF_HUB_CACHE: %w", err)
	}
	endpoint, err := address(first(getenv("HF_ENDPOINT"), Public))
	if err != nil {
		return nil, fmt.Errorf("HF_ENDPOINT: %w", err)
	}
	token, err := readToken(home, getenv)
	if err != nil {
		return nil, err
	}
	return &Hub{
		Endpoint: endpoint,
		Cache:    cache,
		Offline:  yes(first(getenv("HF_HUB_OFFLINE"), getenv("TRANSFORMERS_OFFLINE"))),
		Copies:   yes(getenv("HF_HUB_DISABLE_SYMLINKS")),
		token:    func() string { return token },
	}, nil
}

// address checks that an endpoint is a web address without a password in it.
func address(s string) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", errors.New("no web address; it is like https://hub.example.org")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return "", fmt.Errorf("%q is no web address; it is like https://hub.example.org", u.Redacted())
	case u.User != nil:
		return "", fmt.Errorf("%q holds a user name; the token belongs in HF_TOKEN", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return "", fmt.Errorf("%q has a query; it is like https://hub.example.org", u.Scheme+"://"+u.Host+u.Path)
	}
	return strings.TrimRight(s, "/"), nil
}

// readToken is HF_TOKEN, else what `hf auth login` has written.
func readToken(home string, getenv func(string) string) (string, error) {
	if yes(getenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
		return "", nil
	}
	from, token := "HF_TOKEN", first(getenv("HF_TOKEN"), getenv("HUGGING_FACE_HUB_TOKEN"))
	if token == "" {
		path, err := expand(first(getenv("HF_TOKEN_PATH"), filepath.Join(home, "token")), getenv)
		if err != nil {
			return "", fmt.Errorf("HF_TOKEN_PATH: %w", err)
		}
		b, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "", nil
		case err != nil:
			return "", fmt.Errorf("the hub's token: %w", err)
		}
		from, token = path, string(b)
	}
	token = strings.TrimSpace(token)
	if strings.ContainsFunc(token, func(r rune) bool { return r > unicode.MaxASCII || unicode.IsControl(r) || r == ' ' }) {
		return "", fmt.Errorf("the hub's token in %s: it holds a space, a line end or a character that no token has", from)
	}
	return token, nil
}

// expand replaces ~ and variables as the Python libraries do.
func expand(path string, getenv func(string) string) (string, error) {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		home := getenv("HOME")
		if home == "" {
			var err error
			if home, err = os.UserHomeDir(); err != nil {
				return "", err
			}
		}
		path = home + rest
	}
	return filepath.Clean(os.Expand(path, func(name string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return "$" + name
	})), nil
}

// yes says whether a variable is switched on, by the Python libraries' words.
func yes(v string) bool {
	switch strings.ToUpper(v) {
	case "1", "ON", "YES", "TRUE":
		return true
	}
	return false
}

func first(vs ...string) string {
	for _, v := range vs {
		if v != "" {
			return v
		}
	}
	return ""
}
