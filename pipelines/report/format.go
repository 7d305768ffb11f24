package report

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// thin is the narrow space that never breaks, between a number and its unit.
const thin = "\u202f"

// count writes 1234567 as 1,234,567.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// short writes a number in at most four digits: 12, 9,876, 12.3k, 4.56M, 7.8B.
func short(n int64) string {
	if n > -10_000 && n < 10_000 {
		return count(n)
	}
	return scaled(float64(n), 1000, []string{"", "k", "M", "B", "T", "Q"})
}

// size writes bytes: 512 B, 12.3 kB, 4.56 GB.
func size(n int64) string {
	return scaled(float64(n), 1000, []string{thin + "B", thin + "kB", thin + "MB", thin + "GB", thin + "TB", thin + "PB"})
}

func scaled(x, step float64, units []string) string {
	sign := ""
	if x < 0 {
		sign, x = "−", -x
	}
	k := 0
	for x >= step && k < len(units)-1 {
		x /= step
		k++
	}
	if k > 0 && digits(x) == "1000" && k < len(units)-1 {
		x /= step
		k++
	}
	if k == 0 {
		return sign + strconv.FormatFloat(x, 'f', -1, 64) + units[0]
	}
	return sign + digits(x) + units[k]
}

// digits writes x with three digits.
func digits(x float64) string {
	switch {
	case x >= 99.95:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 9.995:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

// share writes a part of a whole: 0 %, < 0.01 %, 0.34 %, 12.3 %, 100 %. Something less than all is never written as 100 %.
func share(n, of int64) string {
	if of == 0 {
		return "–"
	}
	return percent(float64(n) / float64(of))
}

func percent(x float64) string {
	p := 100 * x
	switch {
	case p == 0:
		return "0" + thin + "%"
	case p < 0:
		return "−" + percent(-x)
	case p < 0.01:
		return "<" + thin + "0.01" + thin + "%"
	case p < 1:
		return trim(p, 2) + thin + "%"
	case p < 99:
		return trim(p, 1) + thin + "%"
	case p < 100:
		return trim(math.Floor(p*100)/100, 2) + thin + "%"
	}
	return trim(p, 0) + thin + "%"
}

func trim(x float64, places int) string {
	s := strconv.FormatFloat(x, 'f', places, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// measure writes a measurement in three or four digits.
func measure(x float64) string {
	switch a := math.Abs(x); {
	case math.IsNaN(x):
		return "–"
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return "−∞"
	case a == math.Trunc(a) && a < 1e15:
		if a >= 1e5 {
			return short(int64(x))
		}
		return count(int64(x))
	case a >= 1000:
		return short(int64(math.Round(x)))
	case a >= 100:
		return signed(x, 1)
	case a >= 1:
		return signed(x, 2)
	case a >= 0.001:
		return signed(x, 4)
	}
	return strings.Replace(strconv.FormatFloat(x, 'g', 2, 64), "-", "−", 1)
}

// about writes x in three digits, without the zeros at its end: what is known from bins, and ticks.
func about(x float64) string {
	a := math.Abs(x)
	if a < 0.001 || math.IsInf(x, 0) || math.IsNaN(x) {
		return measure(x)
	}
	places := 2 - int(math.Floor(math.Log10(a)))
	switch p := math.Pow(10, float64(-places)); {
	case a >= 10_000:
		s := scaled(math.Round(a/p)*p, 1000, []string{"", "k", "M", "B", "T", "Q"})
		digits := strings.TrimRight(s, "kMBTQ")
		unit := s[len(digits):]
		if strings.Contains(digits, ".") {
			digits = strings.TrimRight(strings.TrimRight(digits, "0"), ".")
		}
		if x < 0 {
			digits = "−" + digits
		}
		return digits + unit
	case places < 0:
		return count(int64(math.Round(x/p) * p))
	}
	return signed(x, places)
}

func signed(x float64, places int) string { return strings.Replace(trim(x, places), "-", "−", 1) }

// duration writes seconds: 0.8 s, 12 s, 3 min 20 s, 2 h 5 min, 3 d 4 h.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case seconds < 0.0005:
		return "0" + thin + "s"
	case seconds < 0.9995:
		return trim(1000*seconds, 0) + thin + "ms"
	case seconds < 10:
		return trim(seconds, 1) + thin + "s"
	case d < time.Minute:
		return trim(seconds, 0) + thin + "s"
	case d < time.Hour:
		return two(int64(d/time.Minute), "min", int64(d%time.Minute/time.Second), "s")
	case d < 48*time.Hour:
		return two(int64(d/time.Hour), "h", int64(d%time.Hour/time.Minute), "min")
	}
	return two(int64(d/(24*time.Hour)), "d", int64(d%(24*time.Hour)/time.Hour), "h")
}

func two(a int64, unit string, b int64, small string) string {
	s := count(a) + thin + unit
	if b > 0 {
		s += " " + count(b) + thin + small
	}
	return s
}

// plural writes "1 document", "2,000 documents".
func plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many(one)
}

func many(one string) string {
	if strings.HasSuffix(one, "y") {
		return strings.TrimSuffix(one, "y") + "ies"
	}
	return one + "s"
}
