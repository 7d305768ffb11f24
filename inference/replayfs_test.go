package inference

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// TestReplayFS: a record that a program carries answers as the folder does, and says what it has not.
func TestReplayFS(t *testing.T) {
	rs := []Request{
		{Key: "a-1", Prompt: "a", Temperature: 0.5},
		{Key: "a-2", Prompt: "a", Temperature: 0.5},
		{Key: "b", Messages: []Message{{Role: "user", Content: "“b”\n"}}},
		{Key: "c", Prompt: "c"},
	}
	said := []Reply{
		{Text: "one", Finish: FinishStop, By: "somebody"},
		{Text: "two \u2028", Finish: FinishLength, In: 3, Out: 4, LogProbs: []float64{-1}},
		{Text: "three", Vector: []float32{1}},
		{Err: errors.New("no")},
	}
	segment, err := Segment("m", rs, said)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Segment("n", rs[3:], []Reply{{Text: "of n"}})
	if err != nil {
		t.Fatal(err)
	}
	later, err := Segment("m", rs[:1], []Reply{{Text: "a later reply to the same request"}})
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{
		"r/one/a.jsonl.zst": {Data: append(segment, later...)}, "r/one/README.md": {Data: []byte("x")},
		"r/two/a.jsonl.zst": {Data: segment}, "r/two/b.jsonl.zst": {Data: other},
		"r/torn/a.jsonl.zst": {Data: segment[:len(segment)-1]}, "r/empty/README.md": {Data: []byte("x")},
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.jsonl.zst"), fsys["r/one/a.jsonl.zst"].Data, 0o600); err != nil {
		t.Fatal(err)
	}
	folder, err := Replay(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	m, err := ReplayFS(fsys, "r/one", "")
	if err != nil {
		t.Fatal(err)
	}
	if m.Name() != "m" || m.Count("a") != -1 {
		t.Errorf("name %q, %d tokens", m.Name(), m.Count("a"))
	}
	got, want := complete(t, m, rs...), complete(t, folder, rs...)
	for i := range 3 {
		if !reflect.DeepEqual(got[i], said[i]) || !reflect.DeepEqual(want[i], said[i]) {
			t.Errorf("request %s: %+v, the folder says %+v, want %+v", rs[i].Key, got[i], want[i], said[i])
		}
	}
	if !errors.Is(got[3].Err, ErrNotRecorded) || !errors.Is(want[3].Err, ErrNotRecorded) {
		t.Errorf("%v, %v, want that it is not recorded", got[3].Err, want[3].Err)
	}
	for _, c := range []struct{ dir, name, want string }{
		{"r/two", "", "replies of several models, say of which: m, n"},
		{"r/two", "o", "no replies of o; it has those of m, n"},
		{"r/torn", "", "record r/torn/a.jsonl.zst: its end is damaged"},
		{"r/empty", "", "it has no replies"},
		{"r/none", "", "it has no replies"},
	} {
		if _, err := ReplayFS(fsys, c.dir, c.name); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.dir, err, c.want)
		}
	}
	if n, err := ReplayFS(fsys, "r/two", "n"); err != nil || complete(t, n, rs[3])[0].Text != "of n" {
		t.Errorf("the second of two models: %v", err)
	}
	if _, err := Segment("m", rs, said[:2]); err == nil {
		t.Error("a segment with replies missing")
	}
}
