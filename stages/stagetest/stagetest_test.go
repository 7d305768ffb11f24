package stagetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

// probe is a barrier that tests bend: each field breaks one thing.
type probe struct {
	Mode   string
	shared *int // lives as long as the test, so that a second run of a task can see the first
}

type apply func(*stages.Batch) error

func (f apply) Apply(_ context.Context, b *stages.Batch) error { return f(b) }

func (p *probe) Phases() []stages.Phase {
	if p.Mode == "sort" {
		return []stages.Phase{{Name: "order", Sort: func(d *stages.Document) uint64 { return uint64(d.Text[0]) << 56 }}}
	}
	return []stages.Phase{
		{Name: "scan", Looks: true, Pass: func(t *stages.Task) (stages.Stage, error) {
			w, n := t.Create("ids"), 0
			t.AtEnd(func() error { t.Fact("docs", n); return w.Close() })
			if p.Mode == "leak" {
				t.Create("other")
			}
			return apply(func(b *stages.Batch) error {
				for i, d := range b.Live() {
					n++
					fmt.Fprintln(w, d.ID)
					switch p.Mode {
					case "look and change":
						d.Text = "changed"
					case "look and drop":
						b.Drop(i, stages.Verdict{Rule: "any"})
					case "impure":
						*p.shared++
						fmt.Fprintln(w, *p.shared)
					}
				}
				return nil
			}), nil
		}},
		{Name: "join", Work: func(_ context.Context, t *stages.Task) error {
			w := t.Create("all")
			for i := range t.Files.Tasks("scan") {
				name := "ids"
				if p.Mode == "missing" {
					name = "nothing"
				}
				f, err := t.Open("scan", i, name)
				if err != nil {
					return err
				}
				if _, err := io.Copy(w, io.NewSectionReader(f, 0, f.Size())); err != nil {
					return err
				}
				if err := f.Close(); err != nil {
					return err
				}
			}
			if p.Mode == "peek" {
				if _, err := t.Open("cut", 0, "x"); err != nil {
					return err
				}
			}
			return w.Close()
		}},
		{Name: "cut", Pass: func(*stages.Task) (stages.Stage, error) {
			return apply(func(b *stages.Batch) error {
				for i, d := range b.Live() {
					switch d.Text {
					case "drop":
						b.Drop(i, stages.Verdict{Rule: "word"})
					case "fail":
						b.Fail(i, errors.New("bad"))
					case "make":
						b.Make(i, stages.Document{Text: "child"})
					}
				}
				return nil
			}), nil
		}},
	}
}

func docs(texts ...string) []stages.Document {
	var out []stages.Document
	for i, s := range texts {
		out = append(out, stages.Document{ID: fmt.Sprint("d", i), Text: s})
	}
	return out
}

func TestRun(t *testing.T) {
	in := docs("a", "drop", "make", "fail", "b")
	for _, o := range []Options{{}, {Tasks: 2, Batch: 1}, {Tasks: 9, Shuffle: 7}} {
		got, err := Run(t.Context(), New[probe](stages.Define("probe", probe{}), nil), in, o)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"d0", "d2", "d2/cut-1", "d4"}; !slices.Equal(got.IDs(), want) {
			t.Errorf("%+v: survivors %v, want %v", o, got.IDs(), want)
		}
		if want := []int{0, 2, 2, 4}; !slices.Equal(got.From, want) || !got.Made[2] || got.Made[1] {
			t.Errorf("from %v made %v, want %v", got.From, got.Made, want)
		}
		if got.Outcomes[1].Verdict.Rule != "word" || got.Outcomes[3].Err == nil || got.Outcomes[0].Phase != "" {
			t.Errorf("outcomes %+v", got.Outcomes)
		}
		if want := "d0\nd1\nd2\nd3\nd4\n"; string(got.File("join", 0, "all")) != want {
			t.Errorf("joined %q, want %q", got.File("join", 0, "all"), want)
		}
		if got.Dropped()["word"] != 1 {
			t.Errorf("dropped %v", got.Dropped())
		}
	}
	if in[2].Text != "make" {
		t.Error("the documents given were changed")
	}
}

func TestRunFindsBreaches(t *testing.T) {
	for mode, want := range map[string]string{
		"look and change": "looks, but changed",
		"look and drop":   "looks, but changed",
		"impure":          "is not pure: file ids differs",
		"leak":            "left open",
		"missing":         fs.ErrNotExist.Error(),
		"peek":            "no earlier phase",
	} {
		shared := 0
		make := New(stages.Define("probe", probe{}), func(p *probe) { p.Mode, p.shared = mode, &shared })
		_, err := Run(t.Context(), make, docs("a", "b", "c", "d", "e", "f"), Options{Tasks: 6, Shuffle: 1})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", mode, err, want)
		}
	}
}

func TestRunSorts(t *testing.T) {
	make := New(stages.Define("probe", probe{}), func(p *probe) { p.Mode = "sort" })
	got, err := Run(t.Context(), make, docs("\xf0", "b", "a1", "a2"), Options{Tasks: 2})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"d2", "d3", "d1", "d0"}; !slices.Equal(got.IDs(), want) {
		t.Errorf("order %v, want %v", got.IDs(), want)
	}
	if len(got.Tasks) != 2 || len(got.Tasks[1]) != 1 {
		t.Errorf("tasks %v", got.Tasks)
	}
}

func TestRunFaults(t *testing.T) {
	for _, op := range []string{"create", "write", "close", "open", "read"} {
		full := errors.New("disk full")
		_, err := Run(t.Context(), New[probe](stages.Define("probe", probe{}), nil), docs("a"), Options{Fault: func(o string) error {
			if o == op {
				return full
			}
			return nil
		}})
		if !errors.Is(err, full) {
			t.Errorf("%s: error %v, want %v", op, err, full)
		}
	}
}

type length struct{ Bytes stages.Range }

func (l *length) Rules() []stages.Rule              { return []stages.Rule{{Name: "bytes", Keep: l.Bytes}} }
func (l *length) Measure(v *text.View, m []float64) { m[0] = float64(len(v.Text())) }

func TestJudge(t *testing.T) {
	f := &length{Bytes: stages.Between(1, 3)}
	for s, want := range map[string]string{"": "bytes", "a": "", "abc": "", "abcd": "bytes"} {
		if got, err := Judge(f, s, ""); err != nil || got.Rule != want {
			t.Errorf("%q: %v %v, want rule %q", s, got, err, want)
		}
	}
}
