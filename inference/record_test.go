package inference

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// parrot answers each prompt with itself and counts.
type parrot struct {
	name  string
	calls atomic.Int64
	fail  string // a prompt that gets an error of its own
}

func (p *parrot) Complete(_ context.Context, rs []Request) ([]Reply, error) {
	replies := make([]Reply, len(rs))
	for i, r := range rs {
		p.calls.Add(1)
		replies[i] = Reply{Text: r.Prompt + "!", IDs: []int32{1, 2}, LogProbs: []float64{-0.1, math.Inf(-1), -1.0 / 3}, Vector: []float32{1.5, 1.0 / 3}, Finish: FinishStop, In: 3, Out: 2}
		if r.Prompt == p.fail && p.fail != "" {
			replies[i] = Reply{Err: errors.New("too hard")}
		}
	}
	return replies, nil
}
func (p *parrot) Count(text string) int { return len(text) }
func (p *parrot) Name() string          { return p.name }
func (p *parrot) Close() error          { return nil }

func openStore(t testing.TB, dir, segment string) *Store {
	t.Helper()
	s, err := OpenStore(dir, segment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func complete(t testing.TB, m Model, rs ...Request) []Reply {
	t.Helper()
	replies, err := m.Complete(t.Context(), rs)
	if err != nil {
		t.Fatal(err)
	}
	return replies
}

func TestRecordAsksOnce(t *testing.T) {
	dir := t.TempDir()
	p := &parrot{name: "p", fail: "hard"}
	s := openStore(t, dir, "task-0")
	rs := []Request{{Prompt: "a"}, {Prompt: "hard"}, {Prompt: "a", Key: "other", Shared: 1}, {Prompt: "a", Temperature: 1}, {Prompt: "a", Temperature: 1, Key: "x"}}
	first := complete(t, Record(p, s), rs...)
	if p.calls.Load() != 4 {
		t.Errorf("%d requests went to the model, want 4: two were equal", p.calls.Load())
	}
	if first[1].Err == nil {
		t.Error("the failed request has no error")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openStore(t, dir, "task-1") // another process, another segment
	second := complete(t, Record(p, s), rs...)
	if p.calls.Load() != 5 {
		t.Errorf("%d requests went to the model, want one more, the failed one", p.calls.Load())
	}
	first[1], second[1] = Reply{}, Reply{}
	if !reflect.DeepEqual(first, second) {
		t.Errorf("from the record %+v, want %+v", second, first)
	}
	if u := s.Usage("p"); u != (Usage{Calls: 3, In: 9, Out: 6}) {
		t.Errorf("usage %+v", u)
	}
	other := &parrot{name: "q"}
	complete(t, Record(other, s), rs[0])
	if other.calls.Load() != 1 {
		t.Error("another model got the reply of the first")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	if _, err := Replay(dir, ""); err == nil || !strings.Contains(err.Error(), "p, q") {
		t.Errorf("replay of two models: %v", err)
	}
	m, err := Replay(dir, "p")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	again := complete(t, m, rs[0], Request{Prompt: "unknown", Key: "k"})
	if !reflect.DeepEqual(again[0], first[0]) || !errors.Is(again[1].Err, ErrNotRecorded) {
		t.Errorf("replay gives %+v", again)
	}
}

// Whatever a killed process leaves of its segment: what is whole is found, the rest is cut off, and appending goes on.
func TestRecordSurvivesTornEnds(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir, "t")
	p := &parrot{name: "p"}
	for i := range 3 {
		complete(t, Record(p, s), Request{Prompt: fmt.Sprint(i)})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "t"+segmentSuffix)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var ends []int
	if _, err := frames(whole, func(at int64, f []byte) error { ends = append(ends, int(at)+len(f)); return nil }); err != nil || len(ends) != 3 {
		t.Fatalf("frames end at %v (%v), want 3", ends, err)
	}
	for cut := 0; cut <= len(whole); cut += 7 {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, e := range ends {
			if e <= cut {
				want++
			}
		}
		s := openStore(t, dir, "t")
		if got := s.Usage("p").Calls; got != int64(want) {
			t.Fatalf("cut at %d: %d replies, want %d", cut, got, want)
		}
		complete(t, Record(p, s), Request{Prompt: "more"})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openStore(t, dir, "")
		if got := s.Usage("p").Calls; got != int64(want)+1 {
			t.Fatalf("cut at %d and appended to: %d replies, want %d", cut, got, want+1)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// Damage in the middle loses one frame only.
	whole[ends[0]+frameHeader+3] ^= 1
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, dir, "t")
	defer s.Close()
	if got := s.Usage("p").Calls; got != 2 {
		t.Errorf("a damaged frame leaves %d replies, want 2", got)
	}
}

func TestRecordIsReadableByZstd(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir, "t")
	p := &parrot{name: "p"}
	complete(t, Record(p, s), Request{Prompt: "a", Key: "doc-1"})
	complete(t, Record(p, s), Request{Prompt: "b"})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "t"+segmentSuffix))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	want := `{"model":"p","request":"` + (&Request{Prompt: "a"}).Hash() + `","key":"doc-1","task":"generate","text":"a!","ids":[1,2],"log_probs":[-0.1,null,-0.3333333333333333],"vector":[1.5,0.33333334],"finish":"stop","in":3,"out":2}`
	if len(lines) != 2 || lines[0] != want {
		t.Errorf("the segment reads\n%s\nwant first\n%s", text.String(), want)
	}
}

// Two processes may be given one segment name; here two stores of one process.
func TestRecordSegmentsAreNotShared(t *testing.T) {
	dir := t.TempDir()
	a, b := openStore(t, dir, "t"), openStore(t, dir, "t")
	var wg sync.WaitGroup
	for i, s := range []*Store{a, b} {
		for k := range 4 {
			wg.Go(func() {
				for n := range 20 {
					complete(t, Record(&parrot{name: "p"}, s), Request{Prompt: fmt.Sprint(i, k, n)})
				}
			})
		}
	}
	wg.Wait()
	if err := errors.Join(a.Close(), b.Close()); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, dir, "")
	defer s.Close()
	if got := s.Usage("p").Calls; got != 160 {
		t.Errorf("%d replies, want 160", got)
	}
}

// halfway gives one reply and an error beside it.
type halfway struct{ parrot }

func (h *halfway) Complete(ctx context.Context, rs []Request) ([]Reply, error) {
	replies, err := h.parrot.Complete(ctx, rs[:1])
	all := make([]Reply, len(rs))
	copy(all, replies)
	for i := 1; i < len(all); i++ {
		all[i].Err = errors.New("limit")
	}
	return all, errors.Join(err, errors.New("limit"))
}

func TestRecordKeepsWhatCameBesideAnError(t *testing.T) {
	s := openStore(t, t.TempDir(), "t")
	defer s.Close()
	h := &halfway{parrot{name: "p"}}
	if _, err := Record(h, s).Complete(t.Context(), []Request{{Prompt: "a"}, {Prompt: "b"}}); err == nil {
		t.Fatal("no error")
	}
	if _, ok, err := s.Find("p", (&Request{Prompt: "a"}).Hash()); !ok || err != nil {
		t.Errorf("the paid reply is not in the record: %v", err)
	}
}

func TestHash(t *testing.T) {
	base := Request{Prompt: "a", MaxTokens: 5, Temperature: 0.5, Key: "k"}
	same := []Request{
		{Prompt: "a", MaxTokens: 5, Temperature: 0.5, Key: "k", Shared: 1, TopP: 1, Penalty: 1},
	}
	for _, r := range same {
		if r.Hash() != base.Hash() {
			t.Errorf("%+v has another hash", r)
		}
	}
	differ := []func(*Request){
		func(r *Request) { r.Prompt = "b" },
		func(r *Request) { r.Key = "l" },
		func(r *Request) { r.Seed = 1 },
		func(r *Request) { r.MaxTokens = 6 },
		func(r *Request) { r.Temperature = 0 },
		func(r *Request) { r.TopK = 2 },
		func(r *Request) { r.TopP = 0.5 },
		func(r *Request) { r.MinP = 0.5 },
		func(r *Request) { r.Penalty = 1.1 },
		func(r *Request) { r.Stop = []string{"x"} },
		func(r *Request) { r.Labels = []string{"x"} },
		func(r *Request) { r.Schema = []byte(`{"type":"null"}`) },
		func(r *Request) { r.Special = true },
		func(r *Request) { r.Truncate = true },
		func(r *Request) { r.Task = Score },
		func(r *Request) { r.Prompt, r.IDs = "", []int32{1} },
		func(r *Request) { r.Prompt, r.Messages = "", []Message{{"user", "a"}} },
	}
	seen := map[string]int{base.Hash(): -1}
	for i, change := range differ {
		r := base
		change(&r)
		if k, ok := seen[r.Hash()]; ok {
			t.Errorf("changes %d and %d have one hash", i, k)
		}
		seen[r.Hash()] = i
	}
	a, b := Request{Prompt: "a", Key: "k"}, Request{Prompt: "a", Key: "l", Seed: 3, TopK: 4}
	if a.Hash() != b.Hash() {
		t.Error("the key counts though nothing is sampled")
	}
}

func FuzzFrames(f *testing.F) {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	two := appendFrame(appendFrame(nil, []byte("{}\n"), enc), []byte("{}\n"), enc)
	f.Add(two)
	f.Add(two[:len(two)-1])
	f.Fuzz(func(t *testing.T, data []byte) {
		end, err := frames(data, func(at int64, frame []byte) error {
			if frameAt(data[at:]) == nil || len(frame) > len(data)-int(at) {
				t.Fatal("a frame that is none")
			}
			return nil
		})
		if err != nil || end > int64(len(data)) {
			t.Fatalf("end %d of %d, %v", end, len(data), err)
		}
	})
}

// BenchmarkRecord is batches of 100 replies of 300 bytes each, fsync included.
func BenchmarkRecord(b *testing.B) {
	s := openStore(b, b.TempDir(), "t")
	defer s.Close()
	m := Record(&parrot{name: "p"}, s)
	n := 0
	for b.Loop() {
		rs := make([]Request, 100)
		for i := range rs {
			n++
			rs[i].Prompt = fmt.Sprint(n, strings.Repeat(" word", 60))
		}
		if _, err := m.Complete(b.Context(), rs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "replies/s")
}
