package stages

import (
	"encoding/json"
	"testing"
)

// FuzzText: a string field is what encoding/json reads, whichever way it is read.
func FuzzText(f *testing.F) {
	for _, s := range []string{`"a"`, `"a\\n\\"b\\\\"`, `"\\u00e9"`, "\"\xff\"", `"a`, `"a\\"`, `"\\x"`, "\"a\nb\"", `"é"`, `"a"b"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) == 0 || raw[0] != '"' {
			return
		}
		var want string
		err := json.Unmarshal(raw, &want)
		got, ok := Fields{{"f", raw}}.Text("f")
		if ok != (err == nil) || got != want && ok {
			t.Errorf("%q: %q %v, want %q %v", raw, got, ok, want, err)
		}
	})
}
