package report

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/winnow-data/winnow/pipelines/stats"
	"github.com/winnow-data/winnow/pipelines/tally"
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// evil is text that tries to become markup, script, a request, or something else than it is.
const evil = "\u202e\x1b<script>alert(1)</script><img src=\"http://evil.example/x\" onerror='alert(2)'>\"'`&amp;{{.}}</style></title>\u202e\x00\x1b[2J\xff]]>--><svg onload=alert(3)>"

// hostileMaterial is a run whose every text comes from an enemy, of so many stages and things that nothing fits.
func hostileMaterial(size int) Material {
	layout := make([]tally.Stage, size)
	for i := range layout {
		layout[i] = tally.Stage{Label: fmt.Sprint(evil, i), Name: "gopher_quality", Rules: make([]stages.Rule, 6)}
		for k := range layout[i].Rules {
			layout[i].Rules[k] = stages.Rule{Name: fmt.Sprint("rule_", k), Keep: stages.Between(0.5, 2), Unit: []string{"share", "", "words"}[k%3], Doc: evil}
		}
	}
	sum := tally.New(layout, nil)
	r := rand.New(rand.NewPCG(8, 8))
	m := make([]float64, 6)
	for i := range 400 * size {
		d := &stages.Document{ID: fmt.Sprint(evil, i), Source: fmt.Sprint(i%400, evil), Text: strings.Repeat(evil, 4) + strings.Repeat("&", 400)}
		d.Fields.SetText("language", fmt.Sprint("l", i%300, evil))
		d.Fields.SetText("script", fmt.Sprint("s", i%300, evil))
		d.Fields.SetText("licence", fmt.Sprint(evil, i%300))
		d.Fields.SetText("url", fmt.Sprintf("http://%s%d/", strings.Repeat("&", 60), i%3000))
		sum.Read(d, len(d.Text), 7)
		s := i % size
		for k := range s + 1 {
			sum.Enter(k, 1)
		}
		for k := range m {
			m[k] = math.Exp(r.NormFloat64() * 2)
		}
		m[5] = stages.NA
		sum.Measured(s, m, fmt.Sprint("l", i%40))
		switch i % 7 {
		case 0:
			sum.Quarantined(s, d, fmt.Sprint(evil, string(rune('a'+i%26)), i))
		default:
			sum.Dropped(s, r.IntN(6), d, stages.Verdict{Value: m[0], Why: evil, Kept: evil}, 7)
		}
	}
	out := Material{Tally: sum, Run: Run{
		Name: evil, Command: evil, Winnow: evil, Platform: evil, Began: evil, Seconds: 1, Key: evil, Recipe: strings.Repeat(evil+"\n```\n", 5000),
	}}
	for i := range 3000 {
		out.Run.Inputs = append(out.Run.Inputs, File{Name: fmt.Sprint(evil, i), Bytes: int64(i), SHA256: evil})
		out.Run.Outputs = append(out.Run.Outputs, File{Name: fmt.Sprintf("%s-%05d.parquet", evil, i), SHA256: evil})
		out.Run.Versions = append(out.Run.Versions, Version{evil, evil, i})
		out.Run.Checksums = append(out.Run.Checksums, File{Name: evil})
		out.Tasks = append(out.Tasks, Task{Phase: fmt.Sprint(i%100, evil), Index: i, Start: float64(i), Seconds: 3, Bytes: 1e6, Memory: 1e8})
		out.Quarantined = append(out.Quarantined, Record{File: evil, Stage: evil, Reason: evil})
	}
	out.Seconds = map[string]float64{evil: 3, evil + "0": 7}
	groups := []map[string]any{}
	for i := range 500 {
		groups = append(groups, map[string]any{"group": fmt.Sprint(evil, i), "asked": 0.9, "achieved": 0.1})
	}
	for i := range 20 {
		out.Facts = append(out.Facts,
			Fact{Stage: fmt.Sprint(evil, i), Name: "mix", Value: map[string]any{"by": evil, "unit": evil, "groups": groups, "budget": 100}},
			Fact{Stage: fmt.Sprint(evil, i), Name: "near_duplicates", Value: map[string]any{
				"largest": []any{map[string]any{"kept": evil, "size": 1e6}}, "sizes": make([]int, 60), "why": map[string]int{evil: 3, "x": 2},
				"accepted": []int{1, 2}, "rejected": []int{5, 5}, "random": map[string]any{"degree": 3, "source": evil},
			}},
			Fact{Stage: evil, Name: "mix", Value: "no object"},
		)
	}
	return out
}

// checkPage says what in a page could do harm or does not fit.
func checkPage(t *testing.T, page []byte) {
	t.Helper()
	if len(page) > maxPage {
		t.Errorf("%d bytes, at most %d", len(page), maxPage)
	}
	elements := map[string]bool{}
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		elements[token.Data] = true
		switch token.Data {
		case "script", "img", "iframe", "object", "embed", "form", "base", "image", "use", "foreignobject", "animate", "set":
			t.Fatalf("element %s", token)
		}
		for _, a := range token.Attr {
			key, value := strings.ToLower(a.Key), strings.ToLower(a.Val)
			if strings.HasPrefix(key, "on") || key == "style" || key == "src" || key == "srcset" || key == "xlink:href" {
				t.Fatalf("attribute in %s", token)
			}
			if key == "href" && !strings.HasPrefix(value, "#") && value != "data:," {
				t.Fatalf("link in %s", token)
			}
		}
	}
	for _, want := range []string{"html", "style", "section", "svg"} {
		if !elements[want] {
			t.Errorf("no element %s", want)
		}
	}
	for _, bad := range []string{"\u202e", "\x00", "\x1b", "\u2028"} {
		if bytes.Contains(page, []byte(bad)) {
			t.Errorf("holds %q", bad)
		}
	}
	if m := regexp.MustCompile(`(?i)@import|url\(`).Find(page[:bytes.Index(page, []byte("</head>"))]); m != nil {
		t.Errorf("style sheet holds %q", m)
	}
	for _, m := range regexp.MustCompile(`NaN|[+-]Inf\b|ZgotmplZ|%!\w?\(|<nil>`).FindAll(page, 3) {
		t.Errorf("holds %q", m)
	}
}

func TestHostileRun(t *testing.T) {
	for _, size := range []int{1, 12, 60} {
		d := Build(hostileMaterial(size))
		var b bytes.Buffer
		if err := d.HTML(&b); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d stages: %d bytes", size, b.Len())
		checkPage(t, b.Bytes())
	}
}

func TestEmptyRun(t *testing.T) {
	var b bytes.Buffer
	d := Build(Material{Tally: tally.New(nil, nil), Run: Run{Name: "empty"}})
	if err := d.HTML(&b); err != nil {
		t.Fatal(err)
	}
	checkPage(t, b.Bytes())
	if len(d.Alerts) == 0 || d.Alerts[0].Level != Red {
		t.Errorf("alerts %+v, want one that nothing is left", d.Alerts)
	}
}

func TestHostileStats(t *testing.T) {
	s := stats.New(stats.Options{By: "group"})
	var v text.View
	for i := range 2000 {
		d := &stages.Document{ID: evil + fmt.Sprint(i), Source: evil, Text: strings.Repeat(evil, 3) + fmt.Sprint("\nline number of this text ", i%50)}
		d.Fields.SetText(fmt.Sprint(evil, i%250), evil)
		d.Fields.SetText("group", fmt.Sprint(evil, i%300))
		d.Fields.SetText("language", fmt.Sprint(i%300, evil))
		d.Fields.SetText("licence", fmt.Sprint(i%300, evil))
		d.Fields.SetText("url", "http://"+evil)
		v.Reset(d.Body())
		s.Add(d, &v)
	}
	d := Describe(evil, s)
	d.Files = []File{{Name: evil, SHA256: evil}}
	var b bytes.Buffer
	if err := d.HTML(&b); err != nil {
		t.Fatal(err)
	}
	checkPage(t, b.Bytes())
}

func TestEmptyStats(t *testing.T) {
	var b bytes.Buffer
	if err := Describe("empty", stats.New(stats.Options{})).HTML(&b); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("NaN")) {
		t.Error("holds NaN")
	}
}
