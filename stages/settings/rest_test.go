package settings

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

type openStruct struct {
	Mode string
	Rest map[string]stages.Range `yaml:"FIELD,inline"`
}

func TestInlineMapTakesOtherKeys(t *testing.T) {
	decode := func(src string, into any) string {
		n, ps := Parse("", []byte(src))
		if len(ps) > 0 {
			t.Fatalf("%s: %s", src, ps[0].Text())
		}
		if ps := Decode(n, into, "label"); len(ps) > 0 {
			return ps[0].Text()
		}
		return ""
	}
	defaults := map[string]stages.Range{"old": stages.AtLeast(1)}
	c := openStruct{Rest: defaults}
	if fault := decode("{mode: a, score: {min: 2}, label: x, perplexity: {max: 9}}", &c); fault != "" {
		t.Fatal(fault)
	}
	if c.Mode != "a" || len(c.Rest) != 2 || c.Rest["score"].Min != 2 || c.Rest["perplexity"].Max != 9 {
		t.Errorf("got %+v", c)
	}
	if len(defaults) != 1 {
		t.Errorf("the defaults have changed: %v", defaults)
	}
	c = openStruct{Rest: defaults}
	if fault := decode("{mode: a}", &c); fault != "" || len(c.Rest) != 1 {
		t.Errorf("no other key: %q, %+v", fault, c)
	}
	if fault := decode("{score: high}", &c); !strings.HasPrefix(fault, "score: ") {
		t.Errorf("a wrong value: %q", fault)
	}
	fs := Fields(&c)
	if len(fs) != 2 || !fs[1].Rest || fs[1].Name != "FIELD" || fs[1].Type != "bounds" {
		t.Errorf("fields: %+v", fs)
	}
	raw, err := json.Marshal(ObjectSchema(fs))
	if err != nil || !strings.Contains(string(raw), `"additionalProperties":{"additionalProperties":false`) || strings.Contains(string(raw), "FIELD") {
		t.Errorf("schema: %s, %v", raw, err)
	}
}
