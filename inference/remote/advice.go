package remote

import (
	"errors"
	"net/url"
	"strings"
)

// advice says what to do about an error.
func (p *probe) advice(err error) string {
	text := err.Error()
	host := p.rep.URL
	if u, err := url.Parse(p.rep.URL); err == nil {
		host = u.Host
	}
	switch {
	case errors.Is(err, ErrAuth) && p.o.KeyEnv == "":
		return "it wants a key: put it into an environment variable and add --key-env NAME (key_env in a recipe)"
	case errors.Is(err, ErrAuth):
		return "the key in " + p.o.KeyEnv + " is not accepted: is it complete, and for this service?"
	case errors.Is(err, ErrQuota):
		return "the account is used up: add credit, or use another key"
	case strings.Contains(text, "HTTP response to HTTPS"):
		return "it speaks plain HTTP: write http://" + host
	case strings.Contains(text, "malformed HTTP response"), strings.Contains(text, "HTTP request to an HTTPS"):
		return "it speaks HTTPS: write https://" + host
	case strings.Contains(text, "certificate"):
		return "its certificate is not trusted here: add the authority's certificate with SSL_CERT_FILE"
	case strings.Contains(text, "connection refused"):
		return "nothing listens at " + host + ": is the server running, is the port right? In a container, localhost is the container itself"
	case strings.Contains(text, "no such host"):
		return "no such host: check the spelling of " + host
	case strings.Contains(text, "no answer within"):
		return "it takes the call and does not answer: is the model loaded, is the server overloaded? --timeout gives it longer"
	case strings.Contains(text, "moved to"):
		return "write the address that it names"
	case strings.Contains(text, "no JSON"):
		return "something else than a model's endpoint answers there: is the path right? It mostly ends in /v1"
	case strings.Contains(text, "status 404"):
		return "the path does not exist there; it mostly ends in /v1"
	case strings.Contains(text, "status 5"), strings.Contains(text, "status 429"):
		return "the server is in trouble or busy: see its log, and try again later"
	}
	return ""
}
