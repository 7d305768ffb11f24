package remote

import (
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference/remote/remotetest"
)

// TestLooseReplies: who reads with patience gets what came: JSON of another form at once, other words after the last way. Others get an error.
func TestLooseReplies(t *testing.T) {
	long := `{"name":"A","age":4,"why":"` + strings.Repeat("x", 300) + `"}`
	for _, c := range []struct {
		name, said, mode, text string
		calls                  int
	}{
		{"a list", `["a"]`, Auto, `["a"]`, 1},
		{"a member too many", long, Auto, long, 1},
		{"fenced", "```json\n[1]\n```", Auto, "```json\n[1]\n```", 1},
		{"fits", ` {"name":"A","age":4} `, Auto, `{"name":"A","age":4}`, 1},
		{"words", "Sure: A is 4.", Auto, "Sure: A is 4.", 3},
		{"cut off", `{"name":"A`, Auto, `{"name":"A`, 3},
		{"one way", "Sure: A is 4.", Schema, "Sure: A is 4.", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := remotetest.New(t)
			e.Reply = func(map[string]any) string { return c.said }
			m := open(t, e, func(o *Options) { o.JSON = c.mode })
			r := chat("Who?")
			r.Schema = []byte(personSchema)
			strict := one(t, m, r)
			if fits := c.name == "fits"; (strict.Err == nil) != fits {
				t.Errorf("strict: %+v", strict)
			}
			before := len(e.Calls(""))
			r.Loose = true
			got := one(t, m, r)
			if calls := len(e.Calls("")) - before; got.Err != nil || got.Text != c.text || got.Out == 0 || calls != c.calls {
				t.Errorf("got %+v in %d calls, want %q in %d", got, calls, c.text, c.calls)
			}
		})
	}
}
