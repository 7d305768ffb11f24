package run

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/pipelines/run/runtest"
	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/shard"
)

// signalRows runs a runner and returns the rows of its signals by id and turn, spelled for comparison: what dropped it, bytes_out, and the numbers of its rules.
func signalRows(t *testing.T, r *Runner, out string) map[string]string {
	t.Helper()
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(out, Folder, "signals", "*.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, name := range names {
		for row, err := range r.signals.Rows(t.Context(), blob.Local(filepath.Dir(name)), filepath.Base(name)) {
			if err != nil {
				t.Fatal(err)
			}
			var m []string
			for _, x := range row.M {
				if shard.IsMissing(x) {
					m = append(m, "-")
				} else {
					m = append(m, fmt.Sprint(x))
				}
			}
			if rows[row.ID] != "" {
				t.Errorf("two rows for %q", row.ID)
			}
			rows[row.ID] = fmt.Sprintf("%s out %d: %s", row.DroppedBy, row.BytesOut, strings.Join(m, " "))
		}
	}
	return rows
}

// TestSignals: every document has one row with what all passes have measured, and what went was measured on by all that judge single documents.
func TestSignals(t *testing.T) {
	const list = "[number, blanker, once, batcher, order, number: {label: again, length: {max: 6}}]"
	want := map[string]string{ // number.length blanker.empty once.again batcher.unwanted again.length
		"0.0":           " out 5: 5 - - - 5",
		"0.1":           "number.quarantined out -1: NaN - - - -",
		"0.2":           "number.quarantined out -1: - - - - -",
		"0.3":           "blanker.empty out -1: 5 0 - - -",
		"0.4":           " out 4: 4 - - - 4",
		"0.4/batcher-1": "again.length out 11: - - - - 11",
		"0.4/batcher-2": "again.length out 16: - - - - 16",
		"0.5":           "batcher.quarantined out -1: 4 - - - -",
		"0.6":           "batcher.unwanted out 8: 8 - - 0 8",
		"0.7":           "once.again out 5: 5 - 1 - 5",
		"1.0":           "batcher.quarantined out -1: 7 - - - -",
		"1.1":           "number.length out 51: 51 - - - 51",
		"1.2":           "input.empty out -1: - - - - -",
		"1.3":           "once.again out 5: 5 - 1 - 5",
		"1.4":           " out 5: 5 - - - 5",
	}
	var first map[string]string
	for _, opt := range []Options{{Workers: 1}, {Workers: 3, Batch: 1}, {Workers: 2, Batch: 3}} {
		out := filepath.Join(t.TempDir(), "out")
		r := planned(t, out, list, opt, texts...)
		rows := signalRows(t, r, out)
		if first == nil {
			for id, s := range want {
				if rows[id] != s {
					t.Errorf("%s: %q, want %q", id, rows[id], s)
				}
			}
			if len(rows) != len(want) {
				t.Errorf("%d rows, want %d: %q", len(rows), len(want), rows)
			}
			first = runtest.Fingerprint(t, filepath.Join(out, Folder, "signals"))
			continue
		}
		runtest.Same(t, fmt.Sprintf("signals with %+v", opt), runtest.Fingerprint(t, filepath.Join(out, Folder, "signals")), first)
	}
}

// TestSignalsSampled: of the documents that go, those of the sample are measured on and no others; without signals there is no file of them. The corpus is the same.
func TestSignalsSampled(t *testing.T) {
	var lines []string
	for i := range 400 {
		lines = append(lines, strings.Repeat("long enough to go ", 1+i%4))
	}
	const list = "[number, number: {label: again}]"
	bytesOf := map[string][]string{}
	for _, mode := range []string{plan.SignalsOff, plan.SignalsSample, plan.SignalsAll} {
		out := filepath.Join(t.TempDir(), "out")
		r := plannedAs(t, mode, out, list, Options{Workers: 2}, lines)
		if mode == plan.SignalsSample {
			r.plan.Signals.Share = 0.1 // the input is small, and would be measured whole
		}
		rows := signalRows(t, r, out)
		bytesOf[mode] = corpus(t, out)
		if mode == plan.SignalsOff {
			if _, err := os.Stat(filepath.Join(out, Folder, "signals")); err == nil || len(rows) > 0 {
				t.Errorf("signals that were not asked for: %d", len(rows))
			}
			continue
		}
		on, sampled := 0, 0
		for id, s := range rows {
			if !strings.HasPrefix(s, "number.length") {
				continue
			}
			if measured := !strings.HasSuffix(s, " -"); measured {
				on++
				if !r.plan.Signals.Has(id) {
					t.Errorf("%s was measured on and is not in the sample: %s", id, s)
				}
			}
			if r.plan.Signals.Has(id) {
				sampled++
			}
		}
		if len(rows) != 400 || on != sampled || mode == plan.SignalsAll && on != 200 || mode == plan.SignalsSample && (on < 8 || on > 40) {
			t.Errorf("%s: %d rows, %d measured on, %d in the sample", mode, len(rows), on, sampled)
		}
	}
	if !slices.Equal(bytesOf[plan.SignalsOff], bytesOf[plan.SignalsAll]) || !slices.Equal(bytesOf[plan.SignalsOff], bytesOf[plan.SignalsSample]) {
		t.Error("the mode of signals has changed the corpus")
	}
}

// TestSignalsAreRecounted: a run whose signals tell of fewer documents than were read fails.
func TestSignalsAreRecounted(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	r := planned(t, out, "[number]", Options{}, texts...)
	for i := range r.plan.Phases {
		ph := &r.plan.Phases[i]
		if ph.Finish {
			break
		}
		if err := r.phase(t.Context(), ph); err != nil {
			t.Fatal(err)
		}
	}
	res, err := r.Result(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.recountSignals(t.Context(), res); err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(filepath.Join(out, Folder, signalsName(r.plan.Phases[0].Name, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, Folder, signalsName(r.plan.Phases[0].Name, 0)), other, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.recountSignals(t.Context(), res); err == nil || !strings.Contains(err.Error(), "rows") {
		t.Errorf("another task's signals: error %v", err)
	}
	res.Markers[0].Signals = 0
	if err := r.recountSignals(t.Context(), res); err == nil || !strings.Contains(err.Error(), "13 documents were read and made") {
		t.Errorf("a task without signals: error %v", err)
	}
}

// TestMeasuredOnIsNoFault: what goes wrong while a document is measured on is no fault of the run, and the document stays dropped.
func TestMeasuredOnIsNoFault(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	r := planned(t, out, "[batcher, number, blanker, number: {label: again}]", Options{}, []string{"unwanted", "unwanted boom", "plain"})
	rows := signalRows(t, r, out)
	for id, want := range map[string]string{"0.0": "batcher.unwanted out 8: 0 8 - 8", "0.1": "batcher.unwanted out -1: 0 - - -", "0.2": " out 5: - 5 - 5"} {
		if rows[id] != want {
			t.Errorf("%s: %q, want %q", id, rows[id], want)
		}
	}
	s, err := r.Summary(t.Context())
	if err != nil || s.Quarantined != 0 || s.Dropped != 2 || s.Kept != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}
