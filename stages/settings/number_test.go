package settings

import (
	"math"
	"testing"
	"time"
)

func TestParseCount(t *testing.T) {
	for in, want := range map[string]int64{"0": 0, "10k": 10_000, "5M": 5e6, "1.5B": 1_500_000_000, "2T": 2e12, "+3": 3, "9223372036854775807": math.MaxInt64, "0.001k": 1, "012": 12} {
		if got, err := ParseCount(in); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "k", "10K", "1.5", "-1", "1e3", "0x10", "1_000", "9223372036854775808", "1..2", "--1", "1-", "1%", "∞", "1000000000000000000000000000000000000000000", "10kk", ".", "7 k", "7k "} {
		if got, err := ParseCount(in); err == nil {
			t.Errorf("%q: got %d, want an error", in, got)
		}
	}
}

func TestParseBytes(t *testing.T) {
	for in, want := range map[string]int64{"4096": 4096, "256MiB": 256 << 20, "10MB": 10e6, "1.5KiB": 1536, "1GiB": 1 << 30, "3B": 3, "8388607TiB": 8388607 << 40} {
		if got, err := ParseBytes(in); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "MiB", "10mb", "10M", "10KB", "0.3B", "-1MB", "8388608TiB"} {
		if got, err := ParseBytes(in); err == nil {
			t.Errorf("%q: got %d, want an error", in, got)
		}
	}
}

func TestParseShare(t *testing.T) {
	for in, want := range map[string]float64{"1%": 0.01, "0.01": 0.01, "100%": 1, "0": 0, "12.5%": 0.125, "7%": 0.07, "1e-3": 0.001} {
		if got, err := ParseShare(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "%", "101%", "-1%", "2", ".inf", ".nan", "1 percent", "NaN", "Inf"} {
		if got, err := ParseShare(in); err == nil {
			t.Errorf("%q: got %v, want an error", in, got)
		}
	}
}

func TestParseTime(t *testing.T) {
	for in, want := range map[string]time.Duration{"30s": 30 * time.Second, "1.5h": 90 * time.Minute, "250ms": 250 * time.Millisecond, "0": 0, "1h30m": 90 * time.Minute} {
		if got, err := ParseTime(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "30", "-1s", "5sec", "1d", "99999999999h"} {
		if got, err := ParseTime(in); err == nil {
			t.Errorf("%q: got %v, want an error", in, got)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for in, want := range map[string]float64{"1": 1, "-2.5": -2.5, "1e3": 1000, "1E-3": 0.001, ".5": 0.5, "100k": 1e5, "30%": 0.3, ".inf": math.Inf(1), "-.INF": math.Inf(-1), "0x1f": 31, "0o17": 15, "0.1": 0.1, "2B": 2e9} {
		if got, err := parseNumber(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "x", ".nan", "NaN", "nan", "inf", "Infinity", "1_000", "1e999", "0x1p4", "0x", "1,5", "1e", "--1", "+-1", "1 2", "1e3k"} {
		if got, err := parseNumber(in); err == nil {
			t.Errorf("%q: got %v, want an error", in, got)
		}
	}
}

func TestParseUint(t *testing.T) {
	for in, want := range map[string]uint64{"0": 0, "18446744073709551615": math.MaxUint64, "0x10": 16, "0o10": 8, "010": 10, "+1": 1} {
		if got, err := ParseUint(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "-1", "18446744073709551616", "1_0", "1.0", "1e3", "0b1", "++1", "+-1"} {
		if got, err := ParseUint(in); err == nil {
			t.Errorf("%q: got %v, want an error", in, got)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"words", "min", "max", "gopher_quality", "gopher_repetition", "c4", "dedup_exact", "a", "max_len"}
	for in, want := range map[string]string{
		"wrods": "words", "word": "words", "mni": "min", "mix": "min max", "max_length": "max_len", "gopher_qualty": "gopher_quality",
		"C4": "c4", "MIN": "min", "b": "", "": "", "zzzzzz": "", "c5": "c4", "dedup": "",
	} {
		got := ""
		for _, n := range Nearest(in, known) {
			if got += " "; got == " " {
				got = ""
			}
			got += n
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := Nearest("x1", []string{"a1", "b1", "c1", "d1"}); got != nil {
		t.Errorf("four ties: got %v, want none", got)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"中文", "文中", 1}, {"ca", "abc", 3}} {
		if got := distance([]rune(test.a), []rune(test.b)); got != test.want {
			t.Errorf("%s, %s: got %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
