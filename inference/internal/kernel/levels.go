package kernel

import (
	"fmt"
	"slices"
	"strings"
)

// A level is a set of instructions that kernels are written for. Each contains those before it of the same architecture.
type level uint8

const (
	generic  level = iota // plain Go
	neon                  // arm64
	avx2                  // amd64: AVX2 and FMA
	avx512                // F, BW, DQ, VL
	vnni                  // and VNNI
	vnniBF16              // and BF16
)

var levelNames = [...]string{generic: "generic", neon: "neon", avx2: "avx2", avx512: "avx512", vnni: "avx512-vnni", vnniBF16: "avx512-vnni-bf16"}

// best is what this CPU runs, current what the kernels use.
var (
	best    = detect()
	current = best
)

// Level returns the name of the instruction set in use.
func Level() string { return levelNames[current] }

// Levels returns the names of all that this CPU runs, the plainest first.
func Levels() []string {
	names := []string{levelNames[generic]}
	for l := generic + 1; l <= best; l++ {
		if (l == neon) == (best == neon) {
			names = append(names, levelNames[l])
		}
	}
	return names
}

// SetLevel chooses the instruction set, for tests and comparisons: nothing may be running.
func SetLevel(name string) error {
	if !slices.Contains(Levels(), name) {
		return fmt.Errorf("kernel level %q: this CPU runs %s", name, strings.Join(Levels(), ", "))
	}
	current = level(slices.Index(levelNames[:], name))
	return nil
}
