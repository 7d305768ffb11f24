package settings

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

const maxDigits = 40 // characters of a number; longer ones are no number a person writes

func boolean(s string) (value, ok bool) {
	switch s {
	case "true", "True", "TRUE":
		return true, true
	case "false", "False", "FALSE":
		return false, true
	}
	return false, false
}

var counts = map[string]int64{"": 1, "k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}

var sizes = map[string]int64{
	"": 1, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
}

// cut parts the digits of s from its unit. Digits are [+-]digits[.digits].
func cut(s string) (digits, unit string, ok bool) {
	end := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '-' && r != '+' })
	if end < 0 {
		end = len(s)
	}
	digits, unit = s[:end], s[end:]
	body := strings.TrimLeft(digits, "+-")
	if len(digits)-len(body) > 1 || len(body) > maxDigits || !strings.ContainsAny(body, "0123456789") ||
		strings.Count(body, ".") > 1 || strings.ContainsAny(body, "+-") {
		return "", "", false
	}
	return digits, unit, true
}

func whole(s string, units map[string]int64, what string) (int64, error) {
	digits, unit, ok := cut(s)
	if !ok {
		return 0, fmt.Errorf("%s is not %s", quote(s), what)
	}
	factor, ok := units[unit]
	if !ok {
		return 0, &unitError{s, unit, unitNames(units)}
	}
	x, ok := new(big.Rat).SetString(digits)
	if !ok {
		return 0, fmt.Errorf("%s is not %s", quote(s), what)
	}
	x.Mul(x, new(big.Rat).SetInt64(factor))
	switch {
	case x.Sign() < 0:
		return 0, fmt.Errorf("%s is below zero", quote(s))
	case !x.IsInt():
		return 0, fmt.Errorf("%s is not whole", quote(s))
	case !x.Num().IsInt64():
		return 0, fmt.Errorf("%s is too large", quote(s))
	}
	return x.Num().Int64(), nil
}

// A unitError is a number with a unit that does not exist.
type unitError struct {
	text, unit string
	known      []string
}

func (e *unitError) Error() string {
	return fmt.Sprintf("%s has the unknown unit %s", quote(e.text), quote(e.unit))
}

// unitNames lists units from small to large.
func unitNames(units map[string]int64) []string {
	var names []string
	for u := range units {
		if u != "" {
			names = append(names, u)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(units[a], units[b]) })
	return names
}

// ParseCount reads a count: 10k, 5M, 1.5B, 2T, or digits. It must be whole and not negative.
func ParseCount(s string) (int64, error) { return whole(s, counts, "a count") }

// ParseBytes reads a number of bytes: 256MiB, 10MB, 4096. It must be whole and not negative.
func ParseBytes(s string) (int64, error) { return whole(s, sizes, "a size") }

// ParseShare reads a share between 0 and 1: 1% or 0.01.
func ParseShare(s string) (float64, error) {
	x, err := parseNumber(s)
	if err != nil {
		return 0, fmt.Errorf("%s is not a share", quote(s))
	}
	if !(x >= 0 && x <= 1) {
		return 0, fmt.Errorf("%s is not between 0 and 1", quote(s))
	}
	return x, nil
}

// ParseTime reads a time span that is not negative: 30s, 1.5h, 250ms.
func ParseTime(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		if _, unit, ok := cut(s); ok && unit == "" {
			return 0, fmt.Errorf("%s has no unit", quote(s))
		}
		return 0, fmt.Errorf("%s is not a time span", quote(s))
	}
	if d < 0 {
		return 0, fmt.Errorf("%s is below zero", quote(s))
	}
	return d, nil
}

// parseNumber reads a number as recipes spell it: YAML's own spellings, 1% and the suffixes of counts. NaN is refused.
func parseNumber(s string) (float64, error) {
	switch s {
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return math.Inf(1), nil
	case "-.inf", "-.Inf", "-.INF":
		return math.Inf(-1), nil
	case ".nan", ".NaN", ".NAN":
		return 0, errors.New("a bound or number cannot be .nan")
	}
	if x, ok := prefixed(s); ok {
		return x, nil
	}
	digits, unit, ok := cut(s)
	if !ok {
		return 0, fmt.Errorf("%s is not a number", quote(s))
	}
	if unit != "" && (unit[0] == 'e' || unit[0] == 'E') {
		digits, unit = s, ""
	}
	if strings.ContainsAny(digits, "_xXpPiInN") || len(digits) > maxDigits+8 {
		return 0, fmt.Errorf("%s is not a number", quote(s))
	}
	// The unit goes into the exponent, so that 1% is 0.01 and not 1/100 rounded twice.
	exponent := map[string]string{"": "", "%": "e-2", "k": "e3", "M": "e6", "B": "e9", "T": "e12"}
	e, ok := exponent[unit]
	if !ok {
		return 0, fmt.Errorf("%s is not a number", quote(s))
	}
	x, err := strconv.ParseFloat(digits+e, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("%s is too large", quote(s))
	}
	if err != nil {
		return 0, fmt.Errorf("%s is not a number", quote(s))
	}
	return x, nil
}

// prefixed reads the whole numbers 0x1f and 0o17 of YAML 1.2.
func prefixed(s string) (float64, bool) {
	if !strings.HasPrefix(s, "0x") && !strings.HasPrefix(s, "0o") || strings.Contains(s, "_") {
		return 0, false
	}
	u, err := strconv.ParseUint(s, 0, 53)
	return float64(u), err == nil
}

// parseInt reads a whole number of the given size in bits.
func parseInt(s string, bits int) (int64, error) {
	if strings.Contains(s, "_") {
		return 0, fmt.Errorf("%s is not a whole number", quote(s))
	}
	i, err := strconv.ParseInt(s, intBase(s), bits)
	return i, intError(s, err)
}

// ParseUint reads a whole number that is not negative, such as a seed.
func ParseUint(s string) (uint64, error) {
	if strings.Contains(s, "_") {
		return 0, fmt.Errorf("%s is not a whole number", quote(s))
	}
	if strings.HasPrefix(s, "-") {
		return 0, fmt.Errorf("%s is below zero", quote(s))
	}
	u, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), intBase(s), 64)
	return u, intError(s, err)
}

// intBase is 0 (by prefix) for 0x and 0o alone: 012 is twelve in YAML 1.2.
func intBase(s string) int {
	if strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0o") {
		return 0
	}
	return 10
}

func intError(s string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%s is too large", quote(s))
	}
	return fmt.Errorf("%s is not a whole number", quote(s))
}
