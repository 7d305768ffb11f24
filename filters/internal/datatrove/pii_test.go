package datatrove

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
)

// masked returns a text as the preset leaves it.
func masked(t testing.TB, m MaskPII, s string) string {
	t.Helper()
	d := stages.Document{Text: s}
	if v, err := m.Map(&d, nil); err != nil || v != (stages.Verdict{}) {
		t.Fatalf("Map: verdict %v, error %v", v, err)
	}
	return d.Text
}

// TestMaskPII holds cases of the peer's own test (tests/pipeline/filters/test_pii_removal.py, told in spec/curation.md 5.3) and others
// that the patterns decide.
func TestMaskPII(t *testing.T) {
	m := MaskPIIDefaults
	m.EmailReplacement, m.IPReplacement = []string{"EMAIL"}, []string{"IP"}
	for in, want := range map[string]string{
		"":                               "",
		"email@example.com":              "EMAIL",
		"first.last+tag@sub.example.com": "EMAIL",
		"email@example.co.jp, x":         "EMAIL, x",
		"email@[123.123.123.123]":        "EMAIL",
		"email@[1.2.3.tag:]":             "EMAIL",
		"email@[1.2.3.-tag:]":            "EMAIL",
		"email@[1.2.3.tag-:]":            "email@[1.2.3.tag-:]",
		"email@[1.2.3.4":                 "email@[IP",
		`"email"@example.com`:            `"email"@example.com`,
		"email@example@example.com":      "email@EMAIL",
		".email@example.com":             ".EMAIL",
		"email.@example.com":             "email.@example.com",
		"email..email@example.com":       "email..EMAIL",
		"あいうえお@example.com":              "あいうえお@example.com",
		"email@example.web":              "EMAIL",
		"email@111.222.333.44444":        "EMAIL",
		"email@-example.com":             "email@-example.com",
		"email@example":                  "email@example",
		"email@example.":                 "email@example.",
		"email@example.com.":             "EMAIL.",
		"email@example.com-":             "EMAIL-",
		"email@example-.com":             "email@example-.com",
		"email@a.b-.com":                 "EMAIL-.com",
		"a@b.com@c.com":                  "EMAIL@c.com",
		" !a@b.com":                      " !EMAIL",
		"é!a@b.com":                      "éEMAIL",
		"_a@b.com":                       "EMAIL",
		"éa@b.com":                       "éa@b.com",
		".3.3.3.0":                       ".IP",
		"8.8.8.8":                        "IP",
		"1234.5.6.7":                     "1IP",
		"999.5.6.7":                      "9IP",
		"1.2.3.256":                      "IP6",
		"1.2.3.4.5.6.7.8":                "IP.IP",
		"1.256.2.3.4":                    "1.2IP",
		"01.2.3.4":                       "01.2.3.4",
		"1.2.3.04, 1.2.3.4":              "1.2.3.04, IP",
		"10.0.0.1 172.16.0.1 172.32.0.1": "10.0.0.1 172.16.0.1 IP",
		"192.168.0.8.8.8.8":              "192.168.0.8.8.8.8", // the first four are taken, and private
		"1.2.3":                          "1.2.3",
		"1.2.3.":                         "1.2.3.",
	} {
		if got := masked(t, m, in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestMaskPIICountsPerDocument(t *testing.T) {
	m := MaskPIIDefaults
	for range 2 {
		d := stages.Document{
			Turns:   []stages.Turn{{Content: "a@b.com 8.8.8.8"}, {Content: "c@d.com e@f.com 9.9.9.9"}},
			Answers: []stages.Answer{{Text: "g@h.com"}},
		}
		if _, err := m.Map(&d, nil); err != nil {
			t.Fatal(err)
		}
		want := []string{"email@example.com 22.214.171.124", "firstname.lastname@example.org email@example.com 126.96.36.199", "firstname.lastname@example.org"}
		if got := []string{d.Turns[0].Content, d.Turns[1].Content, d.Answers[0].Text}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMaskPIISettings(t *testing.T) {
	all := MaskPIIDefaults
	all.OnlyRemovePublicIPs = false
	mail, ip := MaskPIIDefaults, MaskPIIDefaults
	mail.RemoveIPs, ip.RemoveEmails = false, false
	chain := MaskPIIDefaults
	chain.EmailReplacement = []string{"1.2.3.4"}
	const dirty = "a@b.com 10.0.0.1 8.8.8.8"
	for _, c := range []struct {
		m    MaskPII
		want string
	}{
		{all, "email@example.com 22.214.171.124 126.96.36.199"},
		{mail, "email@example.com 10.0.0.1 8.8.8.8"},
		{ip, "a@b.com 10.0.0.1 22.214.171.124"},
		{chain, "22.214.171.124 10.0.0.1 126.96.36.199"},
	} {
		if got := masked(t, c.m, dirty); got != c.want {
			t.Errorf("%+v: %q, want %q", c.m, got, c.want)
		}
	}
	for _, m := range []MaskPII{{RemoveEmails: true}, {RemoveIPs: true}} {
		if err := m.Validate(); err == nil || !strings.Contains(err.Error(), "none given") {
			t.Errorf("%+v: error %v", m, err)
		}
	}
	if err := (&MaskPII{}).Validate(); err != nil {
		t.Error(err)
	}
}

// globalAddresses is the SHA-256 of what IPv4Address.is_global of Python 3.11.7 says of the addresses below, a byte each.
const globalAddresses = "0350971d109aedacfd50f4f25657ebc269f3ff20f16f17a9e4e377fadecbc150"

func TestIsGlobal(t *testing.T) {
	var all []byte
	second := []int{0, 2, 18, 19, 51, 168, 255}
	var every []int
	for b := range 256 {
		every = append(every, b)
	}
	for a := range 256 {
		bs := second
		switch a {
		case 100, 169, 172, 192, 198, 203:
			bs = every
		}
		for _, b := range bs {
			for _, c := range []int{0, 1, 2, 3, 51, 99, 100, 101, 112, 113, 114, 168} {
				for _, d := range []int{0, 7, 8, 9, 169, 170, 171, 172, 255} {
					yes := byte(0)
					if isGlobal([4]int{a, b, c, d}) {
						yes = 1
					}
					all = append(all, yes)
				}
			}
		}
	}
	if sum := sha256.Sum256(all); hex.EncodeToString(sum[:]) != globalAddresses {
		t.Error("other addresses are global than in Python")
	}
}

// goldenPII calls f with every golden document: what the peer's formatter, new for each, made of it.
func goldenPII(t testing.TB, f func(id, text string, changed bool, sum string, edited *string)) {
	for _, set := range []string{"ship", "here"} {
		type row struct {
			ID, Text string
			Filter   struct {
				PII struct {
					Changed bool   `json:"changed"`
					SHA256  string `json:"text_sha256"`
				} `json:"pii"`
			} `json:"filter"`
		}
		var rows []row
		read := func(name string, use func([]byte)) {
			realdata.Lines(t, "golden/datatrove/"+name+"."+set+".jsonl.zst", use)
		}
		read("docs", func(b []byte) {
			var r row
			if err := json.Unmarshal(b, &r); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, r)
		})
		i := 0
		read("filters.en", func(b []byte) {
			if err := json.Unmarshal(b, &rows[i]); err != nil {
				t.Fatal(err)
			}
			i++
		})
		edited := map[string]*string{}
		read("texts", func(b []byte) {
			var r struct {
				ID    string             `json:"id"`
				Texts map[string]*string `json:"texts"`
			}
			if err := json.Unmarshal(b, &r); err != nil {
				t.Fatal(err)
			}
			edited[r.ID] = r.Texts["pii"]
		})
		for _, r := range rows {
			f(r.ID, r.Text, r.Filter.PII.Changed, r.Filter.PII.SHA256, edited[r.ID])
		}
	}
}

func TestMaskPIIGolden(t *testing.T) {
	docs, changes := 0, 0
	goldenPII(t, func(id, text string, changed bool, sum string, edited *string) {
		got := masked(t, MaskPIIDefaults, text)
		docs++
		if changed {
			changes++
		}
		if h := sha256.Sum256([]byte(got)); (got != text) != changed || hex.EncodeToString(h[:]) != sum {
			t.Errorf("%s: changed %v, the peer's %v", id, got != text, changed)
		}
		if changed != (edited != nil) || edited != nil && *edited != got {
			t.Errorf("%s: another text than the peer's", id)
		}
	})
	if docs < 1300 || changes < 100 {
		t.Errorf("%d documents with %d changed were compared", docs, changes)
	}
}

func FuzzMaskPII(f *testing.F) {
	for _, s := range []string{"a@b.com", "é!a@b.c.", "a@[1.2.3.x:]", "1234.1.256.1.1.1", "@.@", "a@\xff.b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := MaskPIIDefaults
		m.EmailReplacement, m.IPReplacement = []string{"\x00"}, []string{"\x01"}
		got := masked(t, m, s)
		if again := masked(t, m, s); got != again {
			t.Errorf("%q becomes %q, then %q", s, got, again)
		}
		if strings.Count(got, "\x00") == strings.Count(s, "\x00") && strings.Count(got, "\x01") == strings.Count(s, "\x01") && got != s {
			t.Errorf("%q becomes %q without a replacement", s, got)
		}
	})
}

func BenchmarkMaskPII(b *testing.B) {
	var texts []string
	var size int64
	goldenPII(b, func(_, text string, _ bool, _ string, _ *string) {
		texts = append(texts, text)
		size += int64(len(text))
	})
	b.SetBytes(size)
	for b.Loop() {
		for _, s := range texts {
			masked(b, MaskPIIDefaults, s)
		}
	}
}
