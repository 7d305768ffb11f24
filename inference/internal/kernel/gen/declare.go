package main

import "fmt"

// A family is the tiles of one kind.
type family struct {
	function, doc string
	suffix        string // of the tile's name between the format and the number of tokens
	end           string // and after it
	from, to      int    // tokens
}

var familiesAMD64 = []family{
	{"run512alone", "runs the AVX-512 tile that is the only one of its panel", "512x", "alone", 1, maxWide},
	{"run512", "runs one AVX-512 tile of several", "512x", "", 3, maxTokens},
	{"run256", "runs one AVX2 tile", "256x", "", 1, maxTokens2},
}

var familiesARM64 = []family{{"runNEON", "runs one NEON tile", "NEONx", "", 1, maxTokensNEON}}

// declare writes the Go side: the declarations and a switch for each family. Calls through function values would move their arguments to
// the heap.
func declare(families []family) func(*source) {
	return func(s *source) {
		s.line("package kernel")
		for _, fam := range families {
			s.declare(fam)
		}
	}
}

// declare writes a family.
func (s *source) declare(fam family) {
	s.line("\n// %s %s.", fam.function, fam.doc)
	s.line("func %s(f Format, n int, a *intTile) {", fam.function)
	s.line("\tswitch f {")
	for i, f := range formats {
		if i == len(formats)-1 {
			s.line("\tdefault:")
		} else {
			s.line("\tcase %s:", f.constant)
		}
		s.line("\t\tswitch n {")
		for n := fam.from; n <= fam.to; n++ {
			s.line("\t\tcase %d:\n\t\t\t%s(a)", n, fam.name(f, n))
		}
		s.line("\t\t}")
	}
	s.line("\t}\n}")
	for _, f := range formats {
		for n := fam.from; n <= fam.to; n++ {
			s.line("\n//go:noescape\nfunc %s(a *intTile)", fam.name(f, n))
		}
	}
}

func (fam family) name(f format, n int) string {
	return fmt.Sprintf("%s%s%d%s", f.name, fam.suffix, n, fam.end)
}
