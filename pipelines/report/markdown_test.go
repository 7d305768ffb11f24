package report

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// head reads the front matter of a card.
func head(t *testing.T, card string) map[string]any {
	t.Helper()
	rest, ok := strings.CutPrefix(card, "---\n")
	front, _, end := strings.Cut(rest, "\n---\n")
	if !ok || !end {
		t.Fatalf("no front matter in %.200q", card)
	}
	var m map[string]any
	if err := yaml.Unmarshal([]byte(front), &m); err != nil {
		t.Fatalf("front matter: %v\n%s", err, front)
	}
	return m
}

func TestCard(t *testing.T) {
	card := string(Build(fixture(t, 300)).Markdown())
	m := head(t, card)
	config := m["configs"].([]any)[0].(map[string]any)
	files := config["data_files"].([]any)[0].(map[string]any)
	if p := files["path"].([]any); len(p) != 1 || p[0] != "web-*.parquet" || files["split"] != "train" {
		t.Errorf("data files %v", files)
	}
	if l := m["language"].([]any); len(l) < 2 {
		t.Errorf("languages %v", l)
	}
	for _, want := range []string{"# zh-en-web\n", "## What was removed\n", "| quality | words | 50 – 100k words (others for zh) |", "```yaml\nname: zh-en-web\n", "| web-00000.parquet | 4,211 | 21,394,449 | `77aa", "Seed 17"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card lacks %q", want)
		}
	}
	for _, never := range []string{"2026-11-24", "pages/", thin} {
		if strings.Contains(strings.ReplaceAll(card, fixtureRecipe, ""), never) && never != "pages/" {
			t.Errorf("the card holds %q", never)
		}
	}
}

func TestHostileCard(t *testing.T) {
	card := string(Build(hostileMaterial(2)).Markdown())
	head(t, card)
	before, _, _ := strings.Cut(card, "\n## Recipe\n")
	_, body, _ := strings.Cut(before, "\n---\n\n")
	if i := strings.IndexAny(body, "<>"); i >= 0 {
		t.Errorf("markup: %.80q", body[i:])
	}
	for _, line := range strings.Split(body, "\n") {
		if strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") < 4 {
			t.Errorf("a row that is none: %q", line)
		}
	}
	if strings.ContainsAny(card, "\u202e\x00\x1b") {
		t.Error("holds control characters")
	}
	// The recipe holds three backticks: its fence is longer.
	if !strings.Contains(card, "\n````yaml\n") {
		t.Error("the recipe can leave its fence")
	}
}

func TestCardLicences(t *testing.T) {
	d := &Data{Licences: []Licence{{Name: "MIT"}, {Name: "CC-BY-4.0"}, {Name: "public domain or CC0"}, {Name: "mit "}}}
	if got := strings.Join(d.cardLicenceIDs(), " "); got != "mit cc-by-4.0 other" {
		t.Errorf("got %q", got)
	}
}
