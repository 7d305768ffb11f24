package tensor_test

import (
	"os/exec"
	"regexp"
	"testing"
)

// TestNothingIsFused: arm64 can multiply and add with one rounding, and Go lets it do so unless a conversion stands between. Values would
// differ between machines in the last bit.
func TestNothingIsFused(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for another architecture")
	}
	c := exec.Command("go", "build", "-gcflags=-S", ".")
	c.Env = append(c.Environ(), "GOARCH=arm64", "GOOS=linux", "CGO_ENABLED=0")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !regexp.MustCompile(`decode_k\.go:\d+\)\s+FMULS`).Match(out) {
		t.Fatal("the listing shows no product of decode_k.go: is this the assembly?")
	}
	if bad := regexp.MustCompile(`\([^()]*\.go:\d+\)\s+FN?M(ADD|SUB)[SD].*`).FindAllString(string(out), -1); len(bad) > 0 {
		t.Errorf("fused: %q", bad)
	}
}
