package filters

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/stagetest"
	"github.com/winnow-data/winnow/stages/text"
)

// detector returns a stage with default settings as change leaves them, ready for use.
func detector(t testing.TB, change func(*Language)) *Language {
	t.Helper()
	l := languageDefaults
	if change != nil {
		change(&l)
	}
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	if err := l.Provision(&stages.Env{}); err != nil {
		t.Fatal(err)
	}
	return &l
}

const (
	english = "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood."
	french  = "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité."
	hans    = "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。"
	hant    = "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。"
	serbian = "Сва људска бића рађају се слободна и једнака у достојанству и правима. Она су обдарена разумом и свешћу и треба једни према другима да поступају у духу братства."
)

func TestLanguageKeeps(t *testing.T) {
	for _, c := range []struct {
		name string
		keep []string
		text string
		want string // rule of the drop
		why  string
	}{
		{"annotate only", nil, french, "", ""},
		{"wanted", []string{"en", "fr"}, french, "", ""},
		{"unwanted", []string{"en"}, french, "language", "fr-Latn"},
		{"zh is both", []string{"zh"}, hant, "", ""},
		{"zh-Hant keeps traditional", []string{"zh-Hant"}, hant, "", ""},
		{"zh-Hant drops simplified", []string{"zh-Hant"}, hans, "language", "zh-Hans"},
		{"zh-Hans", []string{"en", "zh-Hans"}, hans, "", ""},
		{"sr-Cyrl", []string{"sr-Cyrl"}, serbian, "", ""},
		{"sr-Latn", []string{"sr-Latn"}, serbian, "language", "sr-Cyrl"},
		{"unsure", []string{"en", "zh"}, english[:80] + hans[:60], "score", "en-Latn"},
		{"no letters", []string{"en"}, "12 + 34 = 46", "language", "und-Zyyy"},
		{"no letters wanted", []string{"und"}, "12 + 34 = 46", "", ""},
		{"empty", []string{"en"}, "", "language", "und-Zyyy"},
	} {
		l := detector(t, func(l *Language) { l.Keep = c.keep })
		_, v, err := stagetest.Map(l, stages.Document{Text: c.text})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if v.Rule != c.want || v.Why != c.why {
			t.Errorf("%s: got rule %q, why %q, score %v; want %q, %q", c.name, v.Rule, v.Why, v.Value, c.want, c.why)
		}
	}
}

func TestLanguageFields(t *testing.T) {
	l := detector(t, nil)
	declared := stages.Fields{{Name: "url", Raw: []byte(`"x"`)}, {Name: "language", Raw: []byte(`{"code":"eng"}`)}, {Name: "script", Raw: []byte(`1`)}}
	d := stages.Document{Text: english, Fields: declared}
	var v text.View
	v.Reset(d.Text)
	if _, err := l.Map(&d, &v); err != nil {
		t.Fatal(err)
	}
	if got := v.Language(); got != "en" {
		t.Errorf("the view's language is %q, want en", got)
	}
	want := []string{"url", "language", "script", "language_declared", "language_score", "language_raw"}
	var got []string
	for _, f := range d.Fields {
		got = append(got, f.Name)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("fields %v, want %v", got, want)
	}
	for name, want := range map[string]string{"language": `"en"`, "script": `"Latn"`, "language_raw": `"English"`, "language_declared": `{"code":"eng"}`} {
		if raw, _ := d.Fields.Raw(name); string(raw) != want {
			t.Errorf("%s is %s, want %s", name, raw, want)
		}
	}
	if score, _ := d.Fields.Number("language_score"); !(score > 0.9 && score <= 1) {
		t.Errorf("language_score is %v, want above 0.9", score)
	}
	// A second pass over a text that has changed takes its own answer for its own, not for the input's.
	d.Text = french
	v.Reset(d.Text)
	if _, err := l.Map(&d, &v); err != nil {
		t.Fatal(err)
	}
	if raw, _ := d.Fields.Raw("language_declared"); string(raw) != `{"code":"eng"}` {
		t.Errorf("language_declared after a second pass is %s", raw)
	}
	if code, _ := d.Fields.Text("language"); code != "fr" {
		t.Errorf("language after a second pass is %q, want fr", code)
	}
	if len(d.Fields) != len(want) {
		t.Errorf("%d fields after a second pass, want %d", len(d.Fields), len(want))
	}
	once, _, _ := stagetest.Map(l, stages.Document{Text: english})
	twice, _, _ := stagetest.Map(l, once)
	if _, ok := twice.Fields.Raw("language_declared"); ok || len(twice.Fields) != 4 {
		t.Errorf("a second pass over a document that came without a language leaves %v", twice.Fields)
	}
}

// TestLanguageUnbelieved: a guess below min stands in language_raw only. Later stages would judge the text by the wrong words.
func TestLanguageUnbelieved(t *testing.T) {
	for _, c := range []struct {
		keep       []string
		rule, code string
	}{
		{nil, "", "und"},
		{[]string{"en"}, "score", "und"},
		{[]string{"de"}, "language", "und"},
		{[]string{"de", "und"}, "", "und"},
	} {
		l := detector(t, func(l *Language) { l.Min, l.Keep = 1, c.keep })
		var v text.View
		d := stages.Document{Text: english + " " + french}
		v.Reset(d.Text)
		verdict, err := l.Map(&d, &v)
		if err != nil {
			t.Fatal(err)
		}
		code, _ := d.Fields.Text("language")
		if verdict.Rule != c.rule || code != c.code || v.Language() != "" {
			t.Errorf("keep %v: rule %q, language %q, view %q; want %q, %q and no language", c.keep, verdict.Rule, code, v.Language(), c.rule, c.code)
		}
		if raw, _ := d.Fields.Text("language_raw"); raw == "" {
			t.Errorf("keep %v: the guess is not in language_raw", c.keep)
		}
	}
}

func TestLanguageValidate(t *testing.T) {
	for _, c := range []struct {
		change func(*Language)
		want   string // part of the error; "" none
	}{
		{func(l *Language) {}, ""},
		{func(l *Language) { l.Keep = []string{"en", "zh-Hant", "sr-Latn", "km", "und"} }, ""},
		{func(l *Language) { l.Keep = []string{"english"} }, "did you mean en?"},
		{func(l *Language) { l.Keep = []string{"deu"} }, "did you mean de?"},
		{func(l *Language) { l.Keep = []string{"cmn"} }, "did you mean zh?"},
		{func(l *Language) { l.Keep = []string{"EN"} }, "did you mean en?"},
		{func(l *Language) { l.Keep = []string{"klingon"} }, "no language that the engine knows"},
		{func(l *Language) { l.Keep = []string{""} }, "no language that the engine knows"},
		{func(l *Language) { l.Keep = []string{"zh-Traditional"} }, "a script of ISO 15924"},
		{func(l *Language) { l.Keep = []string{"zh-"} }, "a script of ISO 15924"},
		{func(l *Language) { l.Min = 1.1 }, "allowed are 0 to 1"},
		{func(l *Language) { l.Min = stages.NA }, "allowed are 0 to 1"},
		{func(l *Language) { l.Engine = "cld3" }, "allowed are lingua and fasttext"},
		{func(l *Language) { l.Engine = "fasttext" }, "needs model"},
		{func(l *Language) { l.Model = "lid.176.ftz" }, "engine: fasttext"},
		{func(l *Language) { l.Short = "own" }, "allowed are lingua-go and trigrams"},
		{func(l *Language) { l.Engine, l.Model, l.Keep = "fasttext", "m", []string{"ceb", "gsw"} }, ""},
		{func(l *Language) { l.Engine, l.Model, l.Keep = "fasttext", "m", []string{"eng"} }, "did you mean en?"},
		{func(l *Language) { l.Engine, l.Model, l.Keep = "fasttext", "m", []string{"English"} }, "did you mean en?"},
	} {
		l := languageDefaults
		c.change(&l)
		err := l.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("engine %s, model %q, keep %q, min %v: got %v, want %q", l.Engine, l.Model, l.Keep, l.Min, err, c.want)
		}
	}
}

func TestFromLabel(t *testing.T) {
	for label, want := range map[string]string{
		"__label__en": "en", "__label__zh": "zh", "__label__yue": "yue", "__label__ceb": "ceb", "__label__als": "gsw", "__label__no": "no", "__label__sh": "sh",
		"__label__tl": "tl", "__label__he": "he", "__label__eng_Latn": "en", "__label__arb_Arab": "ar", "__label__als_Latn": "sq", "__label__heb_Hebr": "he",
		"__label__cmn_Hani": "zh", "__label__nob_Latn": "nb", "__label__nno_Latn": "nn", "__label__zh-Hant": "zh", "__label__jav_Latn": "jv",
		"__label__hq": "hq", "__label__high quality": "high quality", "__label__": "", "x": "x",
	} {
		if got := fromLabel(label); got != want {
			t.Errorf("fromLabel(%q) = %q, want %q", label, got, want)
		}
	}
}

func lid176(t testing.TB, keep ...string) *Language {
	model := realdata.Path(t, "data/langid/lid.176.ftz")
	return detector(t, func(l *Language) { l.Engine, l.Model, l.Keep = "fasttext", stages.Path(model), keep })
}

func TestLanguageFastText(t *testing.T) {
	l := lid176(t, "en", "zh-Hant")
	for _, c := range []struct{ name, text, language, script, raw, rule string }{
		{"english", english, "en", "Latn", "__label__en", ""},
		{"with newlines", strings.ReplaceAll(english, " ", "\n"), "en", "Latn", "__label__en", ""},
		{"french", french, "fr", "Latn", "__label__fr", "language"},
		{"traditional", hant, "zh", "Hant", "__label__zh", ""},
		{"simplified", hans, "zh", "Hans", "__label__zh", "language"},
		{"digits", "12 34", "und", "Zyyy", "", "language"},
		{"empty", "", "und", "Zyyy", "", "language"},
	} {
		d, v, err := stagetest.Map(l, stages.Document{Text: c.text})
		if err != nil {
			t.Fatal(err)
		}
		language, _ := d.Fields.Text("language")
		script, _ := d.Fields.Text("script")
		raw, _ := d.Fields.Text("language_raw")
		if language != c.language || script != c.script || c.raw != "" && raw != c.raw || v.Rule != c.rule {
			t.Errorf("%s: got %s %s %q, rule %q, want %s %s %q, rule %q", c.name, language, script, raw, v.Rule, c.language, c.script, c.raw, c.rule)
		}
	}
	bad := languageDefaults
	bad.Engine, bad.Model, bad.Keep = "fasttext", l.Model, []string{"xh"} // Xhosa, which lid.176 does not know
	if err := bad.Provision(&stages.Env{}); err == nil || !strings.Contains(err.Error(), `keep "xh"`) {
		t.Errorf("a language the model does not know: got %v", err)
	}
	bad.Model = "absent.ftz"
	if err := bad.Provision(&stages.Env{Dir: t.TempDir()}); err == nil {
		t.Error("a model that is absent: no error")
	}
}

// TestLanguageFastTextGolden compares the field language_score with fastText's probability, through the whole stage.
func TestLanguageFastTextGolden(t *testing.T) {
	l := lid176(t)
	f, err := os.Open(realdata.Path(t, "golden/langid/fasttext_lid176ftz.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for in := json.NewDecoder(z); in.More(); {
		var row struct {
			ID   string
			Text *string
			Top3 [][2]any
		}
		if err := in.Decode(&row); err != nil {
			t.Fatal(err)
		}
		if row.Text == nil {
			continue
		}
		n++
		d, _, err := stagetest.Map(l, stages.Document{Text: *row.Text})
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := d.Fields.Text("language_raw")
		score, _ := d.Fields.Number("language_score")
		if want := float32(row.Top3[0][1].(float64)); raw != "__label__"+row.Top3[0][0].(string) || float32(score) != min(1, want) {
			t.Errorf("%s: got %s %v, want %v", row.ID, raw, score, row.Top3[0])
		}
	}
	if n < 1000 {
		t.Errorf("%d texts compared, want at least 1000", n)
	}
}

// TestLanguageWorkers runs instances beside each other: what they share is read-only, so the answers are those of one alone.
func TestLanguageWorkers(t *testing.T) {
	texts := []string{english, french, hans, hant, serbian, english[:100], french[:50], "", "12", english + hans}
	answers := func(l *Language) string {
		var b strings.Builder
		for _, s := range texts {
			d, _, err := stagetest.Map(l, stages.Document{Text: s})
			if err != nil {
				t.Error(err)
			}
			for _, f := range d.Fields {
				b.Write(f.Raw)
			}
		}
		return b.String()
	}
	want := answers(detector(t, nil))
	var wg sync.WaitGroup
	for range 4 {
		l := detector(t, nil)
		wg.Go(func() {
			for range 5 {
				if got := answers(l); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzLanguage(f *testing.F) {
	for _, s := range []string{"", english, hans, "\xff\xfe", "a\u0301\u0301", strings.Repeat("ab ", 1000), "ŒŒŒ İı ǅ", english[:50] + hans} {
		f.Add(s)
	}
	l := detector(f, func(l *Language) { l.Short = "trigrams" })
	f.Fuzz(func(t *testing.T, s string) {
		d, _, err := stagetest.Map(l, stages.Document{Text: s})
		if err != nil {
			t.Fatal(err)
		}
		again, _, _ := stagetest.Map(detector(t, func(l *Language) { l.Short = "trigrams" }), stages.Document{Text: s})
		for i, field := range d.Fields {
			if string(field.Raw) != string(again.Fields[i].Raw) || !json.Valid(field.Raw) {
				t.Fatalf("%s: %s, then %s", field.Name, field.Raw, again.Fields[i].Raw)
			}
		}
		score, ok := d.Fields.Number("language_score")
		if code, _ := d.Fields.Text("language"); !ok || !(score >= 0 && score <= 1) || (code == "und") != (score < l.Min) {
			t.Fatalf("language %s, score %v", code, score)
		}
	})
}
