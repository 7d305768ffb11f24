package stages

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestFinal(t *testing.T) {
	if Final(nil) != nil || IsFinal(nil) || IsFinal(io.EOF) {
		t.Error("nil or an ordinary error is final")
	}
	err := fmt.Errorf("mix: %w", Final(io.EOF))
	if !IsFinal(err) || !errors.Is(err, io.EOF) || err.Error() != "mix: EOF" {
		t.Errorf("a final error is not what it was: %v", err)
	}
}
