// Package hosts knows addresses of the web, and lists of millions of them.
//
//	b := hosts.NewBuilder()
//	if err := b.Read("ut1/adult/domains", file); err != nil { … }
//	list := b.List()
//	a, ok := hosts.Parse("https://user@www.Example.com:8443/a/b?c=d")
//	entry, what := list.Find(a) // "example.com", Domain
//
// Hosts are compared in one form: lower case, punycode, without user, port, a dot at the end, and www. in front.
package hosts

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// An Address is what of a URL says where it leads.
type Address struct {
	Host string // in the one form; of an IPv6 address without brackets
	Rest string // path, query and fragment, as they came; "" or from "/", "?" or "#" on
	IP   bool
}

// names turns internationalised names into punycode as browsers do (UTS #46, nontransitional); names that are odd stay as they are.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// Parse reads a URL as browsers do where people write it carelessly: with or without scheme, with \ for /, in any case. ok is false for what
// has no host: other schemes than those of the web ("mailto:…", "urn:…"), and an empty text.
func Parse(s string) (a Address, ok bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	s, ok = behindScheme(s)
	if !ok {
		return a, false
	}
	end := strings.IndexAny(s, `/?#\`)
	if end < 0 {
		end = len(s)
	}
	authority, rest := s[:end], s[end:]
	if strings.HasPrefix(rest, `\`) {
		rest = "/" + rest[1:]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		authority = authority[at+1:]
	}
	a.Host, a.IP = canonical(withoutPort(authority))
	a.Rest = rest
	return a, a.Host != ""
}

// behindScheme cuts off the scheme and its slashes.
func behindScheme(s string) (string, bool) {
	i := 0
	for i < len(s) && (isLetter(s[i]) || i > 0 && (s[i] >= '0' && s[i] <= '9' || s[i] == '+' || s[i] == '-' || s[i] == '.')) {
		i++
	}
	if i == len(s) || s[i] != ':' || i == 0 {
		return strings.TrimLeft(s, `/\`), s != ""
	}
	after := s[i+1:]
	if strings.HasPrefix(after, "//") || strings.HasPrefix(after, `\\`) {
		return strings.TrimLeft(after, `/\`), true
	}
	if after != "" && after[0] >= '0' && after[0] <= '9' { // HOST:PORT
		return s, true
	}
	if scheme := strings.ToLower(s[:i]); scheme == "http" || scheme == "https" {
		return strings.TrimLeft(after, `/\`), after != ""
	}
	return "", false
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// withoutPort cuts off a port, and the brackets of an IPv6 address.
func withoutPort(s string) string {
	if strings.HasPrefix(s, "[") {
		if end := strings.IndexByte(s, ']'); end > 0 {
			return s[1:end]
		}
		return s
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 && strings.IndexByte(s, ':') == i {
		return s[:i]
	}
	return s
}

// canonical writes a host in the one form.
func canonical(host string) (name string, ip bool) {
	if strings.IndexByte(host, '%') >= 0 {
		if plain, err := url.PathUnescape(host); err == nil {
			host = plain
		}
	}
	plain, lower := true, true
	for i := range len(host) {
		plain = plain && host[i] < utf8.RuneSelf
		lower = lower && (host[i] < 'A' || host[i] > 'Z')
	}
	switch {
	case !plain:
		ascii, err := names.ToASCII(host)
		if err != nil || ascii == "" {
			ascii = strings.ToLower(host)
		}
		host = ascii
	case !lower:
		host = strings.ToLower(host)
	}
	host = strings.Trim(host, ".")
	if host != "" && (host[len(host)-1] >= '0' && host[len(host)-1] <= '9' || strings.IndexByte(host, ':') >= 0) {
		if addr, err := netip.ParseAddr(host); err == nil {
			return addr.String(), true
		}
	}
	return withoutWWW(host), false
}

// withoutWWW cuts www. off, unless nothing but a top-level domain is left.
func withoutWWW(host string) string {
	if rest, ok := strings.CutPrefix(host, "www."); ok && strings.IndexByte(rest, '.') > 0 {
		return rest
	}
	return host
}

// Readable is the address for looking for words: lower case, the host in its own script, percent signs resolved.
func (a Address) Readable() string {
	host := a.Host
	if strings.Contains(host, "xn--") {
		if name, err := idna.ToUnicode(host); err == nil {
			host = name
		}
	}
	rest := a.Rest
	if strings.IndexByte(rest, '%') >= 0 {
		if plain, err := url.PathUnescape(rest); err == nil && utf8.ValidString(plain) {
			rest = plain
		}
	}
	return strings.ToLower(host + rest)
}
