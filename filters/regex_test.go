package filters

import (
	"fmt"
	"strings"
	"testing"
)

// TestProgramSize: an expression whose program is too large for RE2's memory is refused with its size; large lists of words are not.
func TestProgramSize(t *testing.T) {
	var words []string
	for i := range 5000 {
		words = append(words, fmt.Sprintf("w%dx%d", i*7919%10007, i))
	}
	list := `\b(` + strings.Join(words, "|") + `)\b`
	for name, c := range map[string]struct {
		match string
		ok    bool
	}{
		"a class nine hundred times":     {`(?i)[\pL\pN]{1,900}[^a]{1,900}`, false},
		"letters three hundred times":    {`\pL{1,300}`, false},
		"at least so many letters":       {`\pL{900,}`, false},
		"within another repetition":      {`((\pL{10}){10}){9}`, false},
		"five thousand words":            {list, true},
		"five thousand words, any case":  {`(?i)` + list, true},
		"letters, any number":            {`\pL+`, true},
		"letters a hundred times":        {`\pL{1,100}`, true},
		"a thousand characters, bounded": {`a.{1,1000}b`, true},
	} {
		_, err := compile(c.match)
		if c.ok != (err == nil) || err != nil && !strings.Contains(err.Error(), "at most 200000 are allowed") {
			t.Errorf("%s: %v", name, err)
		}
		for stage, err := range map[string]error{"pattern": (&Pattern{Match: c.match}).Validate(), "replace": (&Replace{Match: c.match, With: "x"}).Validate()} {
			if c.ok != (err == nil) {
				t.Errorf("%s, %s: %v", stage, name, err)
			}
		}
	}
}

// TestCountOfItsOwn: the number of places may not take the place of what a document has by itself.
func TestCountOfItsOwn(t *testing.T) {
	for name, ok := range map[string]bool{"": true, "places": true, "text": false, "id": false, "source": false, "kind": false, "turns": false, "language": true} {
		err := (&Replace{Match: "a", With: "b", Count: name}).Validate()
		if ok != (err == nil) || err != nil && !strings.Contains(err.Error(), "part of every document") {
			t.Errorf("count: %q: %v", name, err)
		}
	}
}
