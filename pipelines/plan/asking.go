package plan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/winnow-data/winnow/pipelines/recipe"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/shard"
)

// A Model is a model of the recipe as the plan's keys see it.
type Model struct {
	Name     string `json:"name"`     // in the recipe
	Identity string `json:"identity"` // checksum of its files, or what it is called where
}

// A Cost is what a stage will ask of a model, estimated: all documents of the input come to it.
type Cost struct {
	Label     string  `json:"label"`
	Model     string  `json:"model"`
	Documents float64 `json:"documents"`
	Calls     float64 `json:"calls"`
	In        float64 `json:"tokens_in"`
	Out       float64 `json:"tokens_out"`
	Money     float64 `json:"money"` // by the model's price; 0 where it has none
	Rate      float64 `json:"rate"`  // tokens a second, by which tasks are parted
	Hours     float64 `json:"hours"` // at that rate
}

// What estimates are made of.
const (
	// tokenBytes is how long a token is on average; English has 4 to 5 bytes, Chinese 3 to 4, code 3.
	tokenBytes = 4
	// decodeWeight is how many tokens could be read while one is written.
	decodeWeight = 8
	// taskSeconds is how long the model work of one task may take at the nominal rate.
	taskSeconds = 300
	// nominal is the product of a model's bytes and the tokens it reads in a second on one modest core.
	nominal = 2e11
	// endpointRate is the nominal rate of an endpoint, in tokens a second.
	endpointRate = 1000
	// maxParted bounds the tasks that a phase is parted into.
	maxParted = 20_000
)

// rate is the nominal speed of a model in tokens a second.
func rate(m recipe.Model, size int64) float64 {
	switch {
	case m.Rate > 0:
		return float64(m.Rate)
	case size > 0:
		return math.Max(1, nominal/float64(size))
	}
	return endpointRate
}

// An average is what the first documents of an input come to.
type average struct {
	n, text, record float64 // documents, bytes of their texts, and of them as JSON lines
}

// What is read to know how large documents are.
const (
	averageFiles   = 8
	averageRecords = 50
)

// average looks at the first records of some input files. It decides where tasks end, so it depends on the input alone.
func (s Sources) average(ctx context.Context, rec *recipe.Recipe, inputs []Input) (a average, err error) {
	for k := 0; k < len(inputs); k += max(1, len(inputs)/averageFiles) {
		in := inputs[k]
		if err := s.first(ctx, in, ShardOptions(rec.Inputs[in.Entry], in.Kind), &a); err != nil {
			return a, fmt.Errorf("input %s: %w", in.Name, err)
		}
	}
	return a, nil
}

// first adds the first records of one file.
func (s Sources) first(ctx context.Context, in Input, opt shard.Options, a *average) (err error) {
	o, err := s.Open(in).Open(ctx, in.Name)
	if err != nil {
		return err
	}
	opt.Damaged = func(shard.Damage) {}
	parts, err := shard.Parts(ctx, o, in.Name, 0, opt)
	if err != nil || len(parts) == 0 {
		return errors.Join(err, o.Close())
	}
	r, err := shard.Open(ctx, o, in.Name, parts[0], opt)
	if err != nil {
		return errors.Join(err, o.Close())
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var line []byte
	for range averageRecords {
		var docs [1]stages.Document
		n, err := r.Read(docs[:])
		if d := &docs[0]; n == 1 {
			if d.Source == opt.Source || d.Source == shard.Label(in.Name) {
				d.Source = "" // the input does not say it
			}
			line = shard.AppendJSON(line[:0], d)
			a.n, a.text, a.record = a.n+1, a.text+float64(len(d.Body())), a.record+float64(len(line)+1)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// costs estimates what the stages will ask of models; nil where none does. It fills in the stages' models.
func (p *Plan) costs(ctx context.Context, rec *recipe.Recipe, src Sources) ([]Cost, error) {
	var list []Cost
	for k := range rec.Stages {
		asks, ok := rec.Asks(k)
		if !ok {
			continue
		}
		m := rec.Models[asks.Model]
		identity, size, err := src.identify(ctx, rec, asks.Model)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", rec.Stages[k].Label, err)
		}
		p.Stages[k].Model = &Model{asks.Model, identity}
		if asks.Ask == stages.AskCount {
			continue
		}
		list = append(list, Cost{Label: rec.Stages[k].Label, Model: asks.Model, Rate: rate(m, size)})
	}
	if len(list) == 0 {
		return nil, nil
	}
	a, err := src.average(ctx, rec, p.Inputs)
	if err != nil {
		return nil, err
	}
	docs := math.Round(float64(p.Decoded()) * a.n / math.Max(1, a.record))
	size := a.text / math.Max(1, a.n)
	if p.Limit > 0 {
		docs = math.Min(docs, float64(p.Limit)*float64(len(p.Inputs)))
	}
	for i := range list {
		k := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Label == list[i].Label })
		asks, _ := rec.Asks(k)
		list[i].estimate(asks, rec.Models[asks.Model], size, docs)
	}
	return list, nil
}

// estimate says what a stage asks about so many documents of a mean size. What all requests have in common is computed once by a model that
// runs here, and by an endpoint each time.
func (c *Cost) estimate(asks stages.Asks, m recipe.Model, size, docs float64) {
	shown := size
	if asks.Bytes > 0 {
		shown = math.Min(shown, float64(asks.Bytes))
	}
	prefix, text, out := float64(asks.Prefix)/tokenBytes, shown/tokenBytes, float64(asks.Out)
	c.Documents, c.Calls = docs, docs*asks.Calls
	c.In, c.Out = c.Calls*(prefix+text), c.Calls*out
	work := text + decodeWeight*out
	if m.URL != "" {
		work += prefix
	}
	c.Hours = c.Calls * work / c.Rate / 3600
	c.Money = (c.In*m.Price.In + c.Out*m.Price.Out) / 1e6
}

// seconds is the time of one document.
func (c *Cost) seconds() float64 { return 3600 * c.Hours / math.Max(1, c.Documents) }

// identify asks who joins the rooms for a model's identity and size.
func (s Sources) identify(ctx context.Context, rec *recipe.Recipe, name string) (string, int64, error) {
	if s.Identify == nil {
		return name, 0, nil
	}
	return s.Identify(ctx, rec, name)
}

// splits says for each stage that asks a model how many tasks one task's documents are dealt to, so that the model work of none takes longer than
// taskSeconds at the nominal rate. Stages behind each other share a pass, and its tasks.
func (p *Plan) splits(rec *recipe.Recipe, parts [][]Part) map[int]int {
	if len(p.Costs) == 0 {
		return nil
	}
	var largest, all int64
	for _, task := range parts {
		var n int64
		for _, part := range task {
			n += part.Bytes
		}
		largest, all = max(largest, n), all+n
	}
	seconds := 0.0
	for i := range p.Costs {
		seconds += p.Costs[i].seconds()
	}
	docs := p.Costs[0].Documents * float64(largest) / math.Max(1, float64(all))
	n := int(min(maxParted/float64(max(1, len(parts))), math.Ceil(docs*seconds/taskSeconds)))
	out := map[int]int{}
	for k := range rec.Stages {
		if asks, ok := rec.Asks(k); ok && asks.Ask != stages.AskCount {
			out[k] = max(1, n)
		}
	}
	return out
}
