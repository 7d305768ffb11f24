package remote

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// An address is an endpoint up to the names of its calls.
type address struct{ u url.URL }

// parseAddress reads what people copy from an endpoint's documentation. Without a path, /v1 is meant.
func parseAddress(s string) (address, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	switch {
	case err != nil:
		return address{}, errors.New("endpoint: no web address; it is like http://127.0.0.1:8000/v1")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return address{}, fmt.Errorf("endpoint %q is no web address; it is like http://127.0.0.1:8000/v1", u.Redacted())
	case u.User != nil:
		return address{}, fmt.Errorf("endpoint %q holds a user name or password; name a variable with the key instead (key_env)", u.Redacted())
	}
	for name := range u.Query() {
		if n := strings.ToLower(name); strings.Contains(n, "key") || strings.Contains(n, "token") || strings.Contains(n, "sig") {
			return address{}, fmt.Errorf("endpoint %s://%s: its query holds %q; a key stands in a variable (key_env), never in an address", u.Scheme, u.Host, name)
		}
	}
	u.Fragment = ""
	path := strings.TrimRight(u.Path, "/")
	for _, call := range []string{"/chat/completions", "/completions", "/embeddings", "/models"} {
		if p, ok := strings.CutSuffix(path, call); ok {
			path = p
			break
		}
	}
	if path == "" {
		path = "/v1"
	}
	u.Path, u.RawPath = path, ""
	return address{*u}, nil
}

// call is the address of one call, such as "models".
func (a address) call(name string) string {
	u := a.u
	u.Path += "/" + name
	return u.String()
}

func (a address) String() string { return a.u.String() }

// identity is the address without its scheme.
func (a address) identity() string { return strings.TrimPrefix(a.u.String(), a.u.Scheme+"://") }
