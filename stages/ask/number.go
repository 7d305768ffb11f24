package ask

import (
	"regexp"
	"strconv"
	"strings"
)

// graded finds what follows the word score, or stands alone: a number, perhaps of a maximum as in 4/5.
var (
	graded  = regexp.MustCompile(`(?i)\b(?:score|grade|rating)\b[^0-9\n.,;-]{0,24}?(-?[0-9][0-9.,/]*)`)
	outOf   = regexp.MustCompile(`^(-?[0-9]+)(?:/([0-9]+))?[.,]?$`)
	trimmed = "*_`#\"' \t\r\n()[]{}:"
)

// Number reads a whole grade from lo to hi out of a reply: the last one that stands behind the word score (grade, rating), else
// the whole reply. A fraction, a number outside, a maximum that is not hi, or none at all is no grade: ok is false, never 0.
func Number(reply string, lo, hi int) (grade int, ok bool) {
	word := strings.Trim(reply, trimmed)
	if all := graded.FindAllStringSubmatch(reply, -1); len(all) > 0 {
		word = all[len(all)-1][1]
	}
	m := outOf.FindStringSubmatch(word)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < lo || n > hi || m[2] != "" && m[2] != strconv.Itoa(hi) {
		return 0, false
	}
	return n, true
}
