package recipe

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/settings"
)

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (l *loader) models(n *settings.Node) {
	if n == nil || n.Kind == settings.Null {
		return
	}
	if n.Kind != settings.Map {
		l.add(settings.At(n, "%s, want names with their models", n.Is()).In("models"))
		return
	}
	l.recipe.Models = map[string]Model{}
	for _, p := range n.Pairs {
		var m Model
		where := "models: " + p.Key.Text
		ps := settings.Decode(p.Value, &m)
		l.add(within(where, ps)...)
		if len(ps) == 0 {
			l.model(p, m, where)
		}
		l.recipe.Models[p.Key.Text] = m
	}
}

func (l *loader) model(p settings.Pair, m Model, where string) {
	var given []string
	for _, key := range []string{"hub", "file", "url", "replay"} {
		if p.Value.Get(key) != nil {
			given = append(given, key)
		}
	}
	if len(given) != 1 {
		q := settings.At(p.Key, "exactly one of hub, file, url and replay says where a model is, got %s", orNone(given))
		l.add(q.In(where))
		return
	}
	of := map[string]string{"revision": "hub", "key_env": "url", "concurrency": "url", "rpm": "url", "tpm": "url", "timeout": "url", "price": "url"}
	for _, q := range p.Value.Pairs {
		if base := of[q.Key.Text]; base != "" && base != given[0] {
			l.add(settings.At(q.Key, "%s goes with %s, not with %s", q.Key.Text, base, given[0]).In(where))
		}
	}
	if k := p.Value.Get("model"); k != nil && given[0] != "url" && given[0] != "replay" {
		l.add(settings.At(k, "model goes with url and replay, not with %s", given[0]).In(where))
	}
	if k := p.Value.Get("key_env"); k != nil && !variable.MatchString(m.KeyEnv) {
		q := settings.At(k, "the value is no name of an environment variable")
		q.Help, q.Secret = "keys never stand in a recipe: name the variable that holds it", true
		l.add(q.In(where + ": key_env"))
	}
	if u := p.Value.Get("url"); u != nil {
		l.endpoint(u, p, m, where)
	}
	if h := p.Value.Get("hub"); h != nil && l.opt.Hub != nil {
		if help, err := l.opt.Hub(m); err != nil {
			q := settings.At(h, "%v", err)
			q.Help = help
			l.add(q.In(where + ": hub"))
		}
	}
	if f := p.Value.Get("file"); f != nil && strings.HasPrefix(string(m.File), embedded) {
		q := settings.At(f, "the binary holds no models")
		q.Help = "it holds records, which answer in a model's place: replay: embedded:…"
		l.add(q.In(where + ": file"))
	} else if f != nil {
		l.file(f, string(m.File), where+": file")
	}
	if f := p.Value.Get("replay"); f != nil {
		l.file(f, string(m.Replay), where+": replay")
	}
}

// endpoint checks the address of a service: http or https, and no key in it.
func (l *loader) endpoint(n *settings.Node, p settings.Pair, m Model, where string) {
	u, err := url.Parse(m.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		q := settings.At(n, "%s is no address of a service", n.Is())
		q.Help, q.Secret = "write http://HOST:PORT/v1 or https://HOST/v1", true
		l.add(q.In(where + ": url"))
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		q := settings.At(n, "the address holds more than host and path")
		q.Help, q.Secret = "keys never stand in a recipe: name the variable that holds it with key_env", true
		l.add(q.In(where + ": url"))
	case m.Model == "":
		l.add(settings.At(p.Key, "no model: its name at the endpoint is missing").In(where))
	}
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, " and ")
}

// unusedModels warns of models that no stage names.
func (l *loader) unusedModels(tree *settings.Node) {
	models := tree.Get("models")
	if models == nil {
		return
	}
	used := map[string]bool{}
	scalars(tree.Get("stages"), used)
	for i := range l.recipe.Stages {
		if a, ok := l.recipe.Asks(i); ok {
			used[a.Model] = true
		}
	}
	for _, p := range models.Pairs {
		if !used[p.Key.Text] {
			w := settings.At(p.Key, "no stage uses the model %q", p.Key.Text)
			w.Warning = true
			l.add(w.In("models"))
		}
	}
}

// scalars collects the values below a node.
func scalars(n *settings.Node, into map[string]bool) {
	if n == nil {
		return
	}
	if n.Kind == settings.Scalar {
		into[n.Text] = true
	}
	for _, c := range n.Items {
		scalars(c, into)
	}
	for _, p := range n.Pairs {
		scalars(p.Value, into)
	}
}

// Asks returns what stage i asks of a model, with the model's name in the recipe, and whether it asks anything.
func (r *Recipe) Asks(i int) (stages.Asks, bool) {
	c, ps := r.Stages[i].decode()
	if len(ps) > 0 {
		return stages.Asks{}, false
	}
	a, ok := c.(stages.Asker)
	if !ok {
		return stages.Asks{}, false
	}
	asks := a.Asks()
	if asks.Model == "" && len(r.Models) == 1 {
		for name := range r.Models {
			asks.Model = name
		}
	}
	return asks, asks.Ask != ""
}

// asks checks that the model a stage asks is one of the recipe's, and one that can answer.
func (l *loader) asks(s *Stage, c any, body *settings.Node) {
	a, ok := c.(stages.Asker)
	if !ok || a.Asks().Ask == "" {
		return
	}
	asks, names := a.Asks(), make([]string, 0, len(l.recipe.Models))
	for name := range l.recipe.Models {
		names = append(names, name)
	}
	slices.Sort(names)
	at := s.name
	if n := body.Get("model"); n != nil {
		at = n
	}
	name := asks.Model
	switch {
	case name == "" && len(names) == 1:
		name = names[0]
	case len(names) == 0:
		p := settings.At(at, "the recipe has no models")
		p.Help = "add models: {NAME: {hub: …}}, with hub, file, url or replay"
		l.add(p.In(s.Label + ": model"))
		return
	case name == "":
		p := settings.At(at, "no model is named, and the recipe has %d", len(names))
		p.Allowed = names
		l.add(p.In(s.Label + ": model"))
		return
	}
	m, ok := l.recipe.Models[name]
	if !ok {
		l.add(settings.Unknown(at, "model", names).In(s.Label + ": model"))
		return
	}
	if help := unable(m, asks.Ask); help != "" {
		what := "an endpoint"
		if m.Replay != "" {
			what = "a record"
		}
		p := settings.At(at, "the model %q is %s and cannot answer this stage", name, what)
		p.Help = help
		l.add(p.In(s.Label + ": model"))
	}
}

// unable says what an endpoint or a record is missing for what is asked, "" where it may answer: some endpoints tell log-probabilities of given words, none has
// a classification head, and neither lends a tokenizer.
func unable(m Model, ask stages.Ask) string {
	switch {
	case m.URL != "" && ask == stages.AskClassify:
		return "a classification head needs a model that runs here: hub or file"
	case (m.URL != "" || m.Replay != "") && ask == stages.AskCount:
		return "counting needs the model's tokenizer: hub or file"
	}
	return ""
}
