package pii

import "net/netip"

// ip reads a public address whose first digits stand at i and returns its end.
func (sc *scan) ip(i int) (end int, ok bool) {
	s := sc.s
	j := i
	for j < len(s) && j-i < 4 && s[j] >= '0' && s[j] <= '9' {
		j++
	}
	if j-i <= 3 && j < len(s) && s[j] == '.' {
		return sc.ip4(i)
	}
	if s[i] == '2' || s[i] == '3' {
		return sc.ip6(i)
	}
	return 0, false
}

// ip4 reads four octets. A number with two zeros at its end (2.0.0.0) is a version or a network, one behind "version" a version, and one of
// small octets needs a word for address before it.
func (sc *scan) ip4(i int) (int, bool) {
	s, j := sc.s, i
	var a [4]byte
	for k := range a {
		if k > 0 {
			if j >= len(s) || s[j] != '.' {
				return 0, false
			}
			j++
		}
		x, from := 0, j
		for j < len(s) && s[j] >= '0' && s[j] <= '9' && j-from < 4 {
			x = x*10 + int(s[j]-'0')
			j++
		}
		if j == from || x > 255 || j-from > 1 && s[from] == '0' {
			return 0, false
		}
		a[k] = byte(x)
	}
	if a[2] == 0 && a[3] == 0 || !public(netip.AddrFrom4(a)) {
		return 0, false
	}
	if !sc.opensAddress(i) || !closesAddress(s, j) {
		return 0, false
	}
	w := sc.before(i, contextBytes)
	if versioned(w) || small(a) && !(ends(w, "/") || ends(w, "@") || mentions(w, addressWords)) {
		return 0, false
	}
	return j, true
}

// small says whether the octets are those of a version or a clause (3.36.10.2) rather than of an address: all below 40. Of the public
// addresses 1 in 1,700 looks so; those of the great resolvers do, and are known by their repetition.
func small(a [4]byte) bool {
	for _, x := range a {
		if x >= 40 {
			return false
		}
	}
	return a[0] != a[1] || a[2] != a[3] || a[1] != a[2] && a != [4]byte{8, 8, 4, 4}
}

// ip6 reads an address of 2000::/3, the only block that is given to hosts (RFC 4291, 2.4): its first group has four digits. One that ends
// in "::" is a network, or a year in a text with markup.
func (sc *scan) ip6(i int) (int, bool) {
	s := sc.s
	if i+4 >= len(s) || s[i+4] != ':' {
		return 0, false
	}
	j := i
	for j < len(s) && j-i < 46 && (hex(s[j]) || s[j] == ':') {
		j++
	}
	for j > i && s[j-1] == ':' && !has(s, j-2, "::") {
		j--
	}
	a, err := netip.ParseAddr(s[i:j])
	if err != nil || s[j-1] == ':' || !public(a) || !sc.opensAddress(i) || sc.inside6(i) || !closesAddress(s, j) {
		return 0, false
	}
	return j, true
}

// inside6 says whether the group at i goes on an address: behind a colon and hexadecimal digits.
func (sc *scan) inside6(i int) bool {
	w := sc.before(i, 8)
	if !ends(w, ":") {
		return false
	}
	w = w[:len(w)-1]
	n := len(w)
	for n > 0 && hex(w[n-1]) {
		n--
	}
	return ends(w, ":") || n < len(w) && opens(w[:n])
}

func hex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// opensAddress says whether an address may begin at i: as a number, and behind what stands before addresses in URLs and lists.
func (sc *scan) opensAddress(i int) bool {
	w := sc.before(i, 16)
	if w == "" {
		return true
	}
	switch w[len(w)-1] {
	case '/', '@', '+', ',', ':', '=':
		return !endsMask(w[:len(w)-1])
	}
	return opens(w)
}

// closesAddress says whether an address may end at i: as a number, and before a port or a prefix length.
func closesAddress(s string, i int) bool {
	if i < len(s) {
		switch s[i] {
		case ':', '/', ',', '-', '+', '=':
			return i+1 >= len(s) || !beginsMask(s[i+1:])
		}
	}
	return closes(s, i)
}

// reserved are the blocks that belong to nobody (IANA special-purpose registries, RFC 6890), beside those netip knows.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"),
}

func public(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	if a.Is6() && a.As16()[0]&0xE0 != 0x20 {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
