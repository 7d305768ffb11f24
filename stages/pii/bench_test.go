package pii

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// BenchmarkMask runs over prose of this repository and over a table of numbers, the dearest text there is for a scan that stops at digits.
func BenchmarkMask(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"prose", prose(b)},
		{"numbers", strings.Repeat("2020-01-31 17179869184 4111 555 0123 3.14159265 192.168.1.1\n", 2000)},
		{"found", strings.Repeat("Ann, tel. 415-555-2671, ann@site.org, from 93.184.216.34, wrote a line of an ordinary length.\n", 2000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				Mask(c.text)
			}
		})
	}
}

// prose returns the comments of this package, over and over.
func prose(b *testing.B) string {
	files, err := os.ReadDir(".")
	if err != nil {
		b.Fatal(err)
	}
	var text strings.Builder
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		r, err := os.Open(f.Name())
		if err != nil {
			b.Fatal(err)
		}
		for sc := bufio.NewScanner(r); sc.Scan(); {
			if line, ok := strings.CutPrefix(strings.TrimSpace(sc.Text()), "// "); ok {
				text.WriteString(line + "\n")
			}
		}
		r.Close()
	}
	return strings.Repeat(text.String(), 20)
}
