package filters

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/winnow-data/winnow/filters/internal/fasttext"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/lingua"
	"github.com/winnow-data/winnow/stages/settings"
	"github.com/winnow-data/winnow/stages/text"
)

// Language detects in which language a document is written, says so in fields, and keeps the languages that are wanted.
//
//	language: {keep: [en, zh-Hant], min: 0.65}
//
// It writes `language` (ISO 639-1, else 639-3; "und" where the score is below min or there are no letters: later stages then judge by what
// holds in every language), `script` (ISO 15924, of most letters; Chinese
// is Hans or Hant by the characters that only one of the two has, Hani without such), `language_score` and `language_raw` (the engine's
// own label). A `language` that the input had under that name is kept as `language_declared`. Later stages judge by the detected one.
//
// Engines:
//
//   - lingua needs no file: 75 languages by letter statistics, 20 more by their script. It looks at three windows of 200 letters, not the
//     head alone. The score estimates the probability that the language is right, calibrated with texts of languages it does not know, times
//     the share of letters in that script: a page half English, half Chinese gets about 0.5. Texts under 120 letters that leave doubt go
//     to lingua-go's large models, which load as needed: 0.1 s and up to 20 MB for each language in question, 1 GB if short texts of
//     every kind come. `short: trigrams` does without them, and is right about 95 % of short sentences instead of 97 %.
//   - fasttext reads a model that fastText has trained (`.bin` or `.ftz`, such as lid.176) and answers as fastText does, bit for bit, on
//     the whole text with newlines as spaces. The score is the model's probability of its first label.
type Language struct {
	Keep   []string    // languages that stay: codes, or codes with a script such as zh-Hant or sr-Latn; none given: all stay, annotated
	Min    float64     // least score at which a language is believed; below it a document is und, and one of a wanted language goes
	Engine string      // lingua or fasttext
	Model  stages.Path // the model file of fasttext
	Whole  bool        // lingua: look at the whole text, up to 16 MiB, instead of three windows
	Short  string      // lingua: who decides texts under 120 letters that leave doubt, lingua-go or trigrams

	detect func(string) (lingua.Answer, error)
	guess  lingua.Answer // of the document at hand
}

var languageDefaults = Language{Min: 0.65, Engine: "lingua", Short: "lingua-go"}

// Rules implements [stages.Ruler].
func (l *Language) Rules() []stages.Rule {
	return []stages.Rule{
		{Name: "score", Keep: stages.AtLeast(l.Min), Setting: "min", Doc: "how sure the engine is of a wanted language, 0 to 1"},
		{Name: "language", Keep: stages.Any, Doc: "the detected language is one of keep; the drop names what was found"},
	}
}

// Writes implements [stages.Writer].
func (l *Language) Writes() []string {
	return []string{"language", "script", "language_score", "language_raw", "language_declared"}
}

// Validate implements [stages.Validator].
func (l *Language) Validate() error {
	switch {
	case l.Engine != "lingua" && l.Engine != "fasttext":
		return fmt.Errorf("engine %q: allowed are lingua and fasttext", l.Engine)
	case l.Engine == "fasttext" && l.Model == "":
		return fmt.Errorf("engine fasttext needs model, the path of a .bin or .ftz file")
	case l.Engine == "lingua" && l.Model != "":
		return fmt.Errorf("model %q: engine lingua takes none; for fastText models write engine: fasttext", l.Model)
	case l.Short != "lingua-go" && l.Short != "trigrams":
		return fmt.Errorf("short %q: allowed are lingua-go and trigrams", l.Short)
	case !(l.Min >= 0 && l.Min <= 1):
		return fmt.Errorf("min %v: allowed are 0 to 1", l.Min)
	}
	for _, k := range l.Keep {
		if err := l.known(k); err != nil {
			return err
		}
	}
	return nil
}

// known says whether a value of keep can ever be found.
func (l *Language) known(keep string) error {
	code, script, hasScript := strings.Cut(keep, "-")
	if hasScript && !isScript(script) {
		return fmt.Errorf("keep %q: after the code and a hyphen comes a script of ISO 15924, as in zh-Hant or sr-Latn", keep)
	}
	if code == lingua.Undetermined {
		return nil
	}
	if l.Engine == "fasttext" { // the model knows which, and is read later
		if std := standard(code); std == "" {
			return unknownCode(keep, suggest(code, lingua.Languages()))
		} else if std != code {
			return unknownCode(keep, []string{std})
		}
		return nil
	}
	if slices.Contains(lingua.Languages(), code) {
		return nil
	}
	return unknownCode(keep, suggest(code, lingua.Languages()))
}

// suggest names what an unknown code may have been meant to be: the code of a language by its English name or its ISO 639-3 code, else
// the nearest codes.
func suggest(code string, known []string) []string {
	for _, c := range []string{lingua.Code(code), standard(strings.ToLower(code))} {
		if c != "" && slices.Contains(known, c) {
			return []string{c}
		}
	}
	return settings.Nearest(code, known)
}

func unknownCode(keep string, near []string) error {
	if len(near) == 0 {
		return fmt.Errorf("keep %q: no language that the engine knows; codes are of ISO 639-1, else 639-3, such as en, zh, ceb", keep)
	}
	return fmt.Errorf("keep %q: no language that the engine knows; did you mean %s?", keep, strings.Join(near, " or "))
}

// Provision implements [stages.Provisioner].
func (l *Language) Provision(env *stages.Env) error {
	if l.Engine == "lingua" {
		d := lingua.New()
		d.Whole, d.Alone = l.Whole, l.Short == "trigrams"
		l.detect = func(s string) (lingua.Answer, error) { return d.Detect(s), nil }
		return nil
	}
	path := string(l.Model)
	if !filepath.IsAbs(path) {
		path = filepath.Join(env.Dir, path)
	}
	name := "fasttext " + path
	env.Provide(name, func() (any, error) { return fasttext.Load(path) })
	m, err := stages.Resource[*fasttext.Model](env, name)
	if err != nil {
		return err
	}
	var codes []string
	for _, label := range m.Labels() {
		codes = append(codes, fromLabel(label))
	}
	for _, k := range l.Keep {
		code, _, _ := strings.Cut(k, "-")
		if code != lingua.Undetermined && !slices.Contains(codes, code) {
			return fmt.Errorf("model %q: %w", l.Model, unknownCode(k, settings.Nearest(code, codes)))
		}
	}
	l.detect = byFastText(m)
	return nil
}

// byFastText returns a detector for one goroutine.
func byFastText(m *fasttext.Model) func(string) (lingua.Answer, error) {
	p, scripts := m.Predictor(), lingua.New()
	codes := map[string]string{}
	for _, label := range m.Labels() {
		codes[label] = fromLabel(label)
	}
	var top []fasttext.Prediction
	return func(s string) (a lingua.Answer, err error) {
		var letters bool
		a = lingua.Answer{Language: lingua.Undetermined}
		a.Script, letters = scripts.Script(s)
		if top, err = p.Predict(s, 1, top); err != nil || len(top) == 0 {
			return a, err
		}
		a.Label = top[0].Label
		if letters { // of digits and signs alone the model says something too
			a.Language, a.Score = codes[a.Label], min(1, shortest(top[0].Probability))
		}
		return a, nil
	}
}

// shortest returns the float64 that has the shortest decimal spelling of x.
func shortest(x float32) float64 {
	f, _ := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64) // what FormatFloat writes, ParseFloat reads
	return f
}

// Map implements [stages.Mapper].
func (l *Language) Map(d *stages.Document, t *text.View) (stages.Verdict, error) {
	a, err := l.detect(t.Text())
	if err != nil {
		return stages.Verdict{}, err
	}
	l.guess = a
	tag := a.Language + "-" + a.Script
	if a.Score < l.Min {
		a.Language = lingua.Undetermined
	}
	l.annotate(d, a)
	if a.Language != lingua.Undetermined {
		t.SetLanguage(a.Language)
	}
	switch {
	case len(l.Keep) == 0 || l.wants(a):
		return stages.Verdict{}, nil
	case l.wants(l.guess):
		return stages.Verdict{Rule: "score", Value: a.Score, Why: tag}, nil
	}
	return stages.Verdict{Rule: "language", Value: a.Score, Why: tag}, nil
}

// wants says whether a language is one that stays.
func (l *Language) wants(a lingua.Answer) bool {
	return slices.ContainsFunc(l.Keep, func(k string) bool { return k == a.Language || k == a.Language+"-"+a.Script })
}

// Measures implements [stages.Noter]: the score decides alone where languages are asked for, and und is none of them.
func (l *Language) Measures() int {
	if l.Rerun() != "" {
		return 0
	}
	return 1
}

// Measured implements [stages.Measurer].
func (l *Language) Measured(m []float64) {
	if len(m) > 0 && l.wants(l.guess) {
		m[0] = l.guess.Score
	}
}

// Spare implements [stages.Sparer]: of a document that is und it says what language it would be.
func (l *Language) Spare(d *stages.Document) {
	if l.wants(l.guess) {
		d.Fields.SetText("language", l.guess.Language)
	}
}

// Rerun implements [stages.Rerunner].
func (l *Language) Rerun() string {
	if len(l.Keep) > 0 && !slices.ContainsFunc(l.Keep, func(k string) bool { return strings.HasPrefix(k, lingua.Undetermined) }) {
		return ""
	}
	return "it drops no document, and says which are und, whom later stages then judge by other bounds"
}

// annotate writes the fields. What this stage wrote before is recognised by language_raw and is not taken for the input's.
func (l *Language) annotate(d *stages.Document, a lingua.Answer) {
	_, ours := d.Fields.Raw("language_raw")
	if raw, ok := d.Fields.Raw("language"); ok && !ours {
		if _, taken := d.Fields.Raw("language_declared"); !taken {
			d.Fields.SetRaw("language_declared", raw)
		}
	}
	d.Fields.SetText("language", a.Language)
	d.Fields.SetText("script", a.Script)
	d.Fields.SetNumber("language_score", a.Score)
	d.Fields.SetText("language_raw", a.Label)
}
