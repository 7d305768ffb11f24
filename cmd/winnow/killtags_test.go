package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/winnow-data/winnow/pipelines/run/runtest"
)

// tagging is a recipe that tags prompts, makes one vocabulary of the tags and chooses by them, in four tasks; %s is what the tagger is.
const tagging = `
name: all
seed: 11
models:
  tagger: {%s, rate: 20}
input: {path: "prompts/*.jsonl", prompt: q}
stages:
  - tag
  - normalize_tags: {min_count: 2, support: 5, confidence: 0.9, overlay: edits.yaml}
  - select: {rows: 30, quota: {tags: {"*": 25}}}
output: {path: all, format: jsonl}
limits: {damaged: 20%%, model_failures: 30%%}
`

// spellings are tags as a model writes them: each line is one intention, the first more frequent than the last.
var spellings = [][]string{
	{"Unit Conversion", "unit-conversions", "unit conversion"},
	{"poetry writing", "Poetry Writing", "poetry-writing"},
	{"java", "Java", "JAVA"},
	{"grammar check", "grammar checks"},
	{"travel advice", "Travel Advice"},
	{"数学", "数学"},
	{"c++", "C++"},
	{"rare thing"},
}

// tagsOf is what the tagger of the test says: no usable tag to every fifth question, and never anything else to some prompts.
func tagsOf(question, seed string) string {
	h := fnv.New64a()
	fmt.Fprint(h, question, seed)
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	if strings.Contains(question, "number 7 ") || r.IntN(5) == 0 {
		return `{"tags":[{"tag":"<no>","explanation":"x"}]}`
	}
	var tags []string
	for range 1 + r.IntN(4) {
		s := spellings[min(r.IntN(len(spellings)), r.IntN(len(spellings)))]
		tags = append(tags, fmt.Sprintf(`{"tag":%q,"explanation":"x"}`, s[r.IntN(len(s))]))
	}
	return `{"tags":[` + strings.Join(tags, ",") + `]}`
}

// newTagger starts a service that tags, and counts requests.
func newTagger(asked *atomic.Int64) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Messages []struct{ Content string } `json:"messages"`
			Seed     json.Number                `json:"seed"`
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) == 0 {
			http.Error(w, `{"error":{"message":"what?"}}`, http.StatusBadRequest)
			return
		}
		asked.Add(1)
		time.Sleep(3 * time.Millisecond)
		reply, _ := json.Marshal(tagsOf(q.Messages[len(q.Messages)-1].Content, q.Seed.String()))
		fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%s},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":20}}`, reply)
	}))
}

// taggable writes the recipe with prompts to tag and a person's edits, and returns its name and its output.
func taggable(t *testing.T, model string, files, each int) (name, out string) {
	t.Helper()
	name, out = recipeFile(t, fmt.Sprintf(tagging, model))
	dir := filepath.Dir(name)
	texts := map[string]string{"edits.yaml": "rename: {poetry writing: verse}\nban: [java]\n"}
	for f := range files {
		var b strings.Builder
		for i := range each {
			fmt.Fprintf(&b, "{\"id\":\"f%d-%d\",\"q\":\"Please do number %d of file %d.\"}\n", f, i, i, f)
		}
		texts[fmt.Sprintf("prompts/%d.jsonl", f)] = b.String()
	}
	if err := os.Mkdir(filepath.Join(dir, "prompts"), 0o700); err != nil {
		t.Fatal(err)
	}
	then := time.Unix(1e9, 0) // the time of an input is part of the plan's key
	for file, text := range texts {
		file = filepath.Join(dir, file)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, then, then); err != nil {
			t.Fatal(err)
		}
	}
	return name, out
}

// TestKillTags ends a run that tags, normalises and selects with SIGKILL, once in the midst of the tagging and once in every phase, the barriers' among them, and
// gives the same command again: the same bytes, and no reply is in the record twice. So does a replay with nobody there, and other numbers of workers.
func TestKillTags(t *testing.T) {
	var asked atomic.Int64
	server := newTagger(&asked)
	defer server.Close()
	const files, each = 4, 25
	url := fmt.Sprintf("url: %q, model: m, concurrency: 4", server.URL+"/v1")
	name, out := taggable(t, url, files, each)
	mustRun(t, winnow(t, "run", "-q", name))
	want := bytesOf(t, out)
	n, again := replies(t, out)
	if n < files*each*9/8 || again > 0 || asked.Load() != int64(n) {
		t.Fatalf("%d replies in the record, %d of them again, %d requests", n, again, asked.Load())
	}
	rows, err := os.ReadFile(filepath.Join(out, "all-00000.jsonl"))
	if err != nil || strings.Count(string(rows), "\n") != 30 || !strings.Contains(string(rows), `"verse"`) || strings.Contains(strings.ToLower(string(rows)), "java") {
		t.Fatalf("30 rows, with verse and without java: %v\n%s", err, rows)
	}
	var phases []string // of each task, in the order in which they are done
	for m := range markers(t, out) {
		phases = append(phases, filepath.Base(filepath.Dir(m)))
	}
	slices.Sort(phases)
	t.Logf("%d questions; phases %v", n, slices.Compact(slices.Clone(phases)))

	t.Run("kill", func(t *testing.T) {
		name, out := taggable(t, url, files, each)
		kills := 0
		first := asked.Load() + int64(n/3)
		_, killed := until(t, winnow(t, "run", "-q", "--workers", "1", name), func() bool { return asked.Load() >= first })
		if !killed {
			t.Fatal("the run ended before it was killed in the midst of tag")
		}
		for k, phase := range phases {
			if k > 0 && phases[k-1] == phase {
				continue
			}
			// Every task before this phase is done, so that the run is in it.
			if _, killed := until(t, winnow(t, "run", "-q", "--workers", "1", name), func() bool { return len(markers(t, out)) >= max(k, 1) }); killed {
				kills++
			}
		}
		mustRun(t, winnow(t, "run", "-q", name))
		runtest.Same(t, "again", bytesOf(t, out), want)
		if m, again := replies(t, out); m != n || again > 0 {
			t.Errorf("%d replies in the record, %d of them again; want %d", m, again, n)
		}
		if kills < 3 {
			t.Errorf("%d kills", kills)
		}
		t.Logf("%d kills", kills+1)
	})

	server.Close()
	before := asked.Load()
	record := filepath.Join(out, "_winnow", "answers")
	var replayed map[string]string
	for _, workers := range []int{1, 2, 8} {
		name, out := taggable(t, fmt.Sprintf("replay: %q", record), files, each)
		mustRun(t, winnow(t, "run", "-q", "--workers", strconv.Itoa(workers), name))
		got := bytesOf(t, out)
		if replayed == nil {
			replayed = got
		}
		runtest.Same(t, fmt.Sprintf("%d workers", workers), got, replayed)
		if got["all-00000.jsonl"] != want["all-00000.jsonl"] {
			t.Errorf("%d workers: the rows of a replay differ", workers)
		}
	}
	if asked.Load() != before {
		t.Error("a replay asked somebody")
	}
}
