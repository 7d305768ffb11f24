package filters

import (
	"reflect"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// maskPII returns the component ready for use.
func maskPII(t *testing.T, m MaskPII) *MaskPII {
	t.Helper()
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	if err := m.Provision(&stages.Env{}); err != nil {
		t.Fatal(err)
	}
	return &m
}

func TestMaskPII(t *testing.T) {
	const dirty = "ann@site.org, 13812345678, tel 415-555-2671"
	for _, c := range []struct {
		name     string
		settings MaskPII
		in, want stages.Document
	}{
		{"text", MaskPII{}, stages.Document{Text: dirty}, stages.Document{Text: "<EMAIL>, 13812345678, tel <PHONE>"}},
		{"nothing to mask", MaskPII{}, stages.Document{Text: "plain"}, stages.Document{Text: "plain"}},
		{"one kind", MaskPII{Kinds: []string{"email"}}, stages.Document{Text: dirty}, stages.Document{Text: "<EMAIL>, 13812345678, tel 415-555-2671"}},
		{"one region", MaskPII{Regions: []string{"cn"}}, stages.Document{Text: "电话" + dirty}, stages.Document{Text: "电话<EMAIL>, <PHONE>, tel 415-555-2671"}},
		{"counted", MaskPII{Count: true}, stages.Document{Text: dirty}, stages.Document{
			Text: "<EMAIL>, 13812345678, tel <PHONE>", Fields: stages.Fields{{Name: "pii_masked", Raw: []byte("2")}},
		}},
		{
			"turns and answers",
			MaskPII{},
			stages.Document{Turns: []stages.Turn{{Role: "user", Content: "a@b.com"}}, Answers: []stages.Answer{{Text: "8.8.8.8"}}},
			stages.Document{Turns: []stages.Turn{{Role: "user", Content: "<EMAIL>"}}, Answers: []stages.Answer{{Text: "<IP>"}}},
		},
		{
			"other fields stay",
			MaskPII{},
			stages.Document{Text: "a@b.com", Fields: stages.Fields{{Name: "url", Raw: []byte(`"x@y.org"`)}}},
			stages.Document{Text: "<EMAIL>", Fields: stages.Fields{{Name: "url", Raw: []byte(`"x@y.org"`)}}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.in
			v, err := maskPII(t, c.settings).Map(&d, &text.View{})
			if err != nil || v != (stages.Verdict{}) {
				t.Errorf("Map: verdict %v, error %v", v, err)
			}
			if !reflect.DeepEqual(d, c.want) {
				t.Errorf("got %+v, want %+v", d, c.want)
			}
		})
	}
}

func TestMaskPIISettings(t *testing.T) {
	for _, m := range []MaskPII{{Kinds: []string{"e-mail"}}, {Regions: []string{"mars"}}} {
		if err := m.Validate(); err == nil {
			t.Errorf("%+v: no error", m)
		}
	}
	if got := (&MaskPII{Count: true}).Writes(); !reflect.DeepEqual(got, []string{"pii_masked"}) {
		t.Errorf("Writes() = %q", got)
	}
}
