package ask

import (
	"unicode"
	"unicode/utf8"
)

// Cut parts s behind the first words that hold at most n tokens as count counts them, or up to a hundredth less. It cuts before white space where there is some within the
// last 256 bytes, else between characters, and always takes at least one character. Where count cannot say (-1), a token is taken for two bytes.
func Cut(s string, n int, count func(string) int) (head, rest string) {
	if len(s) <= n { // no token is shorter than a byte
		return s, ""
	}
	fits, over := n, len(s) // bytes that hold no more, and bytes that hold more
	switch k := count(s[:start(s, min(len(s), 64*n))]); {
	case k < 0:
		over = min(2*n, len(s))
		fits = over
	case k <= n && len(s) <= 64*n:
		return s, ""
	}
	for guess := 4 * n; over-fits > max(1, fits/128); {
		at := guess
		if at <= fits || at >= over {
			at = fits + (over-fits)/2
		}
		if at = start(s, at); at <= fits {
			break
		}
		k := count(s[:at])
		if k > n {
			over, guess = at, int(float64(at)/float64(k)*float64(n))
			continue
		}
		fits, guess = at, at+int(float64(at)/float64(max(k, 1))*float64(n-k))
	}
	at := boundary(s, fits)
	return s[:at], s[at:]
}

// start moves a place in s back to the beginning of a character.
func start(s string, at int) int {
	for at > 0 && at < len(s) && !utf8.RuneStart(s[at]) {
		at--
	}
	return at
}

// boundary moves a place back to white space, or to the beginning of a character; never to the beginning of s.
func boundary(s string, at int) int {
	at = start(s, at)
	if r, _ := utf8.DecodeRuneInString(s[at:]); at > 0 && unicode.IsSpace(r) {
		return at
	}
	for back := at; back > 0 && at-back < 256; {
		r, size := utf8.DecodeLastRuneInString(s[:back])
		back -= size
		if unicode.IsSpace(r) && back > 0 {
			return back
		}
	}
	if at == 0 {
		_, at = utf8.DecodeRuneInString(s)
	}
	return at
}
