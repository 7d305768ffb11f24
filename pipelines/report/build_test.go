package report

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/dedup"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
)

// What flows out of a stage flows into the next, to the last byte and word, and the last one's flow is the output.
func TestFlowsJoin(t *testing.T) {
	m := fixture(t, 300)
	d := Build(m)
	if d.Stages[0].In.Documents != d.Totals.Read.Documents-m.Tally.Damaged {
		t.Errorf("first stage in: %+v, read %+v", d.Stages[0].In, d.Totals.Read)
	}
	for i := 1; i < len(d.Stages); i++ {
		if d.Stages[i].In != d.Stages[i-1].Out {
			t.Errorf("%s: in %+v, out of the one before %+v", d.Stages[i].Label, d.Stages[i].In, d.Stages[i-1].Out)
		}
	}
	last := d.Stages[len(d.Stages)-1].Out
	if last.Documents != d.Totals.Kept.Documents || last.Words != d.Totals.Kept.Words {
		t.Errorf("out of the last stage %+v, kept %+v", last, d.Totals.Kept)
	}
	for _, s := range d.Sums {
		if s.Read+s.Made != s.Kept+s.Dropped+s.Quarantined {
			t.Errorf("%+v does not meet", s)
		}
	}
}

func TestWordsOfEditsAreSpread(t *testing.T) {
	layout := []tally.Stage{{Label: "a"}, {Label: "b"}, {Label: "c"}}
	sum := tally.New(layout, nil)
	d := &stages.Document{ID: "x", Text: "some text"}
	sum.Read(d, 100, 20)
	sum.Edited(0, 100, 70)
	sum.Edited(2, 70, 60)
	sum.Kept(d, 60, 12)
	got := stagesOf(sum, nil)
	for i, want := range []tally.Flow{{Documents: 1, Bytes: 70, Words: 14}, {Documents: 1, Bytes: 70, Words: 14}, {Documents: 1, Bytes: 60, Words: 12}} {
		if got[i].Out != want {
			t.Errorf("%s: out %+v want %+v", layout[i].Label, got[i].Out, want)
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	d := Build(fixture(t, 300))
	var b bytes.Buffer
	if err := d.JSON(&b); err != nil {
		t.Fatal(err)
	}
	var back Data
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := back.JSON(&again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("report.json read and written again differs")
	}
	var one, two bytes.Buffer
	if err := d.HTML(&one); err != nil {
		t.Fatal(err)
	}
	if err := back.HTML(&two); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the page drawn from report.json differs from the first one")
	}
}

func TestExamplesAreFiveAndDifferent(t *testing.T) {
	d := Build(fixture(t, 600))
	for _, s := range d.Stages {
		for _, r := range s.Rules {
			seen := map[string]bool{}
			for _, x := range r.Examples {
				if seen[x.ID] {
					t.Errorf("%s.%s: %s twice", s.Label, r.Name, x.ID)
				}
				seen[x.ID] = true
			}
			if want := min(r.Dropped.Documents, 5); int64(len(r.Examples)) != want {
				t.Errorf("%s.%s: %d examples of %d documents", s.Label, r.Name, len(r.Examples), r.Dropped.Documents)
			}
		}
	}
}

// alertsOf are the alerts of the healthy run after a change.
func alertsOf(t *testing.T, change func(*Data)) []Alert {
	t.Helper()
	layout := []tally.Stage{{Label: "q", Name: "q", Rules: []stages.Rule{{Name: "r", Keep: stages.AtLeast(1)}}}, {Label: "mix", Name: "mix", Rules: []stages.Rule{{Name: "over_budget", Keep: stages.Any}}}}
	sum := tally.New(layout, nil)
	for i := range 1000 {
		x := &stages.Document{ID: "x", Source: "s", Text: "text"}
		sum.Read(x, 4, 1)
		sum.Enter(0, 1)
		sum.Measured(0, []float64{float64(i % 10)}, "en")
		if i%10 == 0 {
			sum.Dropped(0, 0, x, stages.Verdict{Rule: "r"}, 1)
			continue
		}
		sum.Enter(1, 1)
		sum.Kept(x, 4, 1)
	}
	d := Build(Material{Tally: sum})
	change(d)
	return d.alerts()
}

func TestAlerts(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Data)
		level  Level
		text   string
	}{
		"healthy":           {func(*Data) {}, Green, "Nothing is lost: 1,000 read = 900 kept + 100 dropped + 0 quarantined"},
		"sums":              {func(d *Data) { d.Sums[0].Kept-- }, Red, "do not meet for run"},
		"nothing left":      {func(d *Data) { d.Totals.Kept.Documents = 0 }, Red, "No document is left"},
		"stage at limit":    {func(d *Data) { d.Stages[0].Dropped.Documents = 900 }, Green, ""},
		"stage past limit":  {func(d *Data) { d.Stages[0].Dropped.Documents = 901 }, Red, "q removed 90.1 % of the 1,000 documents"},
		"mix past limit":    {func(d *Data) { d.Stages[1].Dropped.Documents = 890 }, Note, "mix removed"},
		"source at half":    {func(d *Data) { d.Sources[0].Dropped.Documents = 500 }, Green, ""},
		"source past half":  {func(d *Data) { d.Sources[0].Dropped.Documents = 501 }, Amber, "1 source lost more than half: s (50.1 %)"},
		"source gone":       {func(d *Data) { d.Sources[0].Dropped.Documents = 950 }, Red, "1 source lost nearly everything"},
		"source to the mix": {func(d *Data) { d.Sources[0].Dropped.Documents, d.Sources[0].ByStage = 900, []int64{100, 800} }, Green, ""},
		"small source":      {func(d *Data) { d.Sources[0].Dropped.Documents, d.Sources[0].Before.Documents = 19, 19 }, Green, ""},
		"quarantine few":    {func(d *Data) { d.Quarantine.Records = 1 }, Note, "1 record quarantined, 0.1 %"},
		"quarantine some":   {func(d *Data) { d.Quarantine.Records = 2 }, Amber, "2 records quarantined"},
		"quarantine many":   {func(d *Data) { d.Quarantine.Records = 11 }, Red, "11 records quarantined"},
		"idle rule": {func(d *Data) {
			d.Stages[0].Rules[0].Outside, d.Stages[0].Rules[0].Dropped.Documents = 0, 0
		}, Note, "1 rule never fired: q.r"},
		"cluster at limit": {func(d *Data) { d.Duplicates = []Duplicates{{Largest: []Cluster{{Size: 1000}}}} }, Green, ""},
		"cluster past limit": {func(d *Data) {
			d.Duplicates = []Duplicates{{Stage: "near", Largest: []Cluster{{"a", 5, 4}, {"k", 1001, 3}}}}
		}, Amber, "near found a cluster of 1,001 documents; the one kept is k"},
		"degree":       {func(d *Data) { d.Duplicates = []Duplicates{{Random: &Random{Degree: 1.5}}} }, Amber, "meets 1.5 unrelated ones by chance"},
		"mixture off":  {func(d *Data) { d.Mixtures = []Mixture{{Groups: []MixGroup{{Group: "zh", Asked: 0.4, Achieved: 0.38}}}} }, Amber, "zh (asked 40 %, got 38 %)"},
		"mixture near": {func(d *Data) { d.Mixtures = []Mixture{{Groups: []MixGroup{{Asked: 0.4, Achieved: 0.395}}}} }, Green, ""},
		"epochs": {func(d *Data) {
			d.Mixtures = []Mixture{{Stage: "mix", Budget: 100, Groups: []MixGroup{{Group: "zh", Asked: 0.5, Achieved: 0.5, Taken: 40}}}}
		}, Amber, "largest number of epochs was reached by zh"},
		"source explains half": {func(d *Data) { d.Models = []Asked{{Stage: "judge", Scored: 50, BySource: 0.5}} }, Green, ""},
		"source explains most": {func(d *Data) { d.Models = []Asked{{Stage: "judge", Scored: 50, BySource: 0.62}} }, Amber, "judge: the source alone explains 62 %"},
		"few scores":           {func(d *Data) { d.Models = []Asked{{Scored: 49, BySource: 0.9}} }, Green, ""},
		"perplexity differs":   {func(d *Data) { d.Models = []Asked{{Name: "perplexity", Scored: 90, BySource: 0.9}} }, Green, ""},
		"unparsed some":        {func(d *Data) { d.Models = []Asked{{Stage: "judge", Calls: 100, Unparsed: 2}} }, Note, "2 answers did not say"},
		"unparsed many":        {func(d *Data) { d.Models = []Asked{{Stage: "judge", Calls: 100, Unparsed: 3}} }, Amber, "3 % of the answers did not say"},
		"unanswered":           {func(d *Data) { d.Models = []Asked{{Stage: "judge", Calls: 100, Failed: 1}} }, Note, "1 request got no answer"},
		"unjudged":             {func(d *Data) { d.Stages[0].Unjudged = []Unjudged{{"r", "th", 60, 100}} }, Amber, "q judged under half of th."},
		"one of three": {func(d *Data) {
			d.Stages[0].Rules = append(d.Stages[0].Rules, Rule{Name: "b"}, Rule{Name: "c"})
			d.Stages[0].Unjudged = []Unjudged{{"r", "th", 60, 100}}
		}, Note, "q: not applied: r to th."},
		"judged":       {func(d *Data) { d.Stages[0].Unjudged = []Unjudged{{"r", "th", 50, 100}} }, Green, ""},
		"unjudged few": {func(d *Data) { d.Stages[0].Unjudged = []Unjudged{{"r", "th", 9, 9}} }, Green, ""},
	} {
		alerts := alertsOf(t, c.change)
		text := strings.ReplaceAll(alerts[0].Text, thin, " ")
		if alerts[0].Level != c.level || !strings.Contains(text, c.text) {
			t.Errorf("%s: first alert is %s %q, want %s %q", name, alerts[0].Level, text, c.level, c.text)
		}
		if c.level == Green && len(alerts) != 1 {
			t.Errorf("%s: %d alerts, want none but the green one: %v", name, len(alerts), alerts)
		}
	}
}

func TestFactsFindTheirPlace(t *testing.T) {
	d := Build(fixture(t, 50))
	if len(d.Duplicates) != 1 || d.Duplicates[0].Stage != "near" || d.Duplicates[0].Random == nil || d.Duplicates[0].Sizes[9] != 1 {
		t.Errorf("duplicates %+v", d.Duplicates)
	}
	if len(d.Mixtures) != 1 || d.Mixtures[0].Groups[1].Group != "zh" || !d.Mixtures[0].Short(d.Mixtures[0].Groups[1]) || d.Mixtures[0].Short(d.Mixtures[0].Groups[0]) {
		t.Errorf("mixtures %+v", d.Mixtures)
	}
	if len(d.Facts) != 1 || d.Facts[0].Name != "hashes" {
		t.Errorf("other facts %+v", d.Facts)
	}
	odd := Build(Material{Tally: tally.New(nil, nil), Facts: []Fact{{Name: "mix", Value: 3}, {Name: "near_duplicates", Value: []int{1}}}})
	if len(odd.Facts) != 2 || len(odd.Mixtures)+len(odd.Duplicates) != 0 {
		t.Errorf("facts of another form: %+v", odd.Facts)
	}
}

// The names of a summary's fields are those that dedup writes: none is unknown here, and none is lost.
func TestReadsWhatDedupWrites(t *testing.T) {
	raw, err := json.Marshal(dedup.Summary{
		Documents: 1, Clusters: 2, Members: 3, Removed: 4, Sizes: []int{5}, Largest: []dedup.Cluster{{Kept: "k", Size: 6, Removed: 7}}, Why: map[string]int{"w": 8},
		Accepted: []int{9}, Rejected: []int{10}, Uncompared: 11, Sources: map[string]dedup.Source{"s": {Documents: 12, Removed: 13}}, Alarms: []string{"a"},
		Unranked: 14, Without: 15, Bands: 16, Rows: 17, Random: &dedup.Random{Pairs: 18, Background: 0.19, Degree: 0.2, Source: "s"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var wrote map[string]any
	if err := json.Unmarshal(raw, &wrote); err != nil {
		t.Fatal(err)
	}
	d := Build(Material{Tally: tally.New(nil, nil), Facts: []Fact{{Stage: "near", Name: "near_duplicates", Value: wrote}}})
	var read map[string]any
	if !as(d.Duplicates[0], &read) {
		t.Fatal("no JSON")
	}
	for name, want := range wrote {
		got := read[name]
		if name == "random" {
			delete(want.(map[string]any), "whole") // said by an empty source
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v want %v", name, got, want)
		}
	}
}

func TestThroughputKeepsBytes(t *testing.T) {
	tasks := []Task{{Start: 0, Seconds: 10, Bytes: 1000}, {Start: 3, Seconds: 0, Bytes: 77}, {Start: 9, Seconds: 3, Bytes: 500}}
	list := throughput(tasks)
	got := 0.0
	for _, s := range list {
		got += s.Value * (12.0 / moments)
	}
	if len(list) != moments || !(got > 1576.99 && got < 1577.01) {
		t.Errorf("%d moments with %v bytes, want 1577", len(list), got)
	}
	if throughput(nil) != nil || throughput([]Task{{}}) != nil {
		t.Error("throughput without time")
	}
}

func TestThinnedKeepsThePeak(t *testing.T) {
	list := make([]Sample, 1000)
	for i := range list {
		list[i] = Sample{float64(i), 1}
	}
	list[517].Value = 9
	out := thinned(list)
	peak := 0.0
	for _, s := range out {
		peak = max(peak, s.Value)
	}
	if len(out) != moments || peak != 9 {
		t.Errorf("%d samples, peak %v", len(out), peak)
	}
}

type closer struct{ *bytes.Buffer }

func (closer) Close() error { return nil }

func TestCSV(t *testing.T) {
	d := &StatsData{By: "source", Groups: []StatsGroup{{Name: "=cmd()", Total: tally.Flow{Documents: 3}}, {Name: "a,\"b\""}}, Lines: FrequentList{List: []Frequent{{"-not a number", 2}, {"-5", 1}, {"@x", 1}}}}
	files := map[string]*bytes.Buffer{}
	err := d.CSV(func(name string) (io.WriteCloser, error) {
		files[name] = &bytes.Buffer{}
		return closer{files[name]}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := files["groups.csv"].String(), "source,documents,bytes,words,median_words\n'=cmd(),3,0,0,0\n\"a,\"\"b\"\"\",0,0,0,0\n"; got != want {
		t.Errorf("got %q want %q", got, want)
	}
	if got, want := files["lines.csv"].String(), "line,documents\n'-not a number,2\n-5,1\n'@x,1\n"; got != want {
		t.Errorf("got %q want %q", got, want)
	}
	if len(files) != 11 {
		t.Errorf("%d files", len(files))
	}
}

func TestShardPatterns(t *testing.T) {
	got := shardPatterns([]File{{Name: "web-00000.parquet"}, {Name: "web-00001.parquet"}, {Name: "sub/a-12345.jsonl.zst"}, {Name: "one.jsonl"}, {Name: "a-1.jsonl"}})
	if want := []string{"web-*.parquet", "sub/a-*.jsonl.zst", "one.jsonl", "a-1.jsonl"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q want %q", got, want)
	}
}

func TestSizeCategory(t *testing.T) {
	for n, want := range map[int64]string{0: "n<1K", 999: "n<1K", 1000: "1K<n<10K", 9999: "1K<n<10K", 10_000: "10K<n<100K", 5_000_000: "1M<n<10M", 2e9: "1B<n<10B", 5e12: "n>1T"} {
		if got := sizeCategory(n); got != want {
			t.Errorf("%d: got %s want %s", n, got, want)
		}
	}
}

func BenchmarkHTML(b *testing.B) {
	d := Build(fixture(b, 300))
	var page bytes.Buffer
	if err := d.HTML(&page); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(page.Len()))
	for b.Loop() {
		if err := d.HTML(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
