package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/winnow-data/winnow/pipelines/run"
)

// heartbeat is how often a line comes where nobody watches a terminal.
const heartbeat = 30 * time.Second

// A progress shows how far a run is: one line that rewrites itself on a terminal, a plain line now and then elsewhere, JSON
// lines with --json.
type progress struct {
	w        io.Writer
	read     func() run.Progress
	terminal bool
	json     bool
	stop     chan struct{}
	done     chan struct{}
}

// startProgress shows what read returns until Close.
func startProgress(w io.Writer, asJSON bool, read func() run.Progress) *progress {
	p := &progress{w: w, read: read, terminal: isTerminal(w), json: asJSON, stop: make(chan struct{}), done: make(chan struct{})}
	every := heartbeat
	if p.terminal && !asJSON {
		every = time.Second
	}
	go func() {
		defer close(p.done)
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				p.show()
			case <-p.stop:
				if p.terminal && !p.json {
					fmt.Fprint(p.w, "\r\x1b[K")
				}
				return
			}
		}
	}()
	return p
}

// Close ends the display and clears its line.
func (p *progress) Close() {
	close(p.stop)
	<-p.done
}

func (p *progress) show() {
	s := p.read()
	if s.Phase == "" {
		return
	}
	if p.json {
		line, err := json.Marshal(struct {
			Type string `json:"message_type"`
			run.Progress
		}{"status", s})
		if err == nil {
			fmt.Fprintf(p.w, "%s\n", line)
		}
		return
	}
	line := progressLine(s)
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		return
	}
	fmt.Fprintln(p.w, line)
}

// progressLine is one line: phase, bar, documents, rate, kept, time left, memory of limit.
func progressLine(s run.Progress) string {
	var b strings.Builder
	share := 0.0
	switch {
	case s.BytesTotal > 0:
		share = float64(s.Bytes) / float64(s.BytesTotal)
	case s.Tasks > 0:
		share = float64(s.TasksDone) / float64(s.Tasks)
	}
	share = min(share, 1)
	const width = 16
	full := int(share * width)
	fmt.Fprintf(&b, "%d/%d %s [%s%s] %3.0f %%", s.PhaseIndex+1, s.Phases, s.Phase,
		strings.Repeat("#", full), strings.Repeat(".", width-full), 100*share)
	seconds := s.Elapsed.Seconds()
	if s.Documents > 0 && seconds > 0.2 {
		fmt.Fprintf(&b, "  %s docs  %s/s", compact(s.Documents), compact(int64(float64(s.Documents)/seconds)))
		if s.Bytes > 0 {
			fmt.Fprintf(&b, "  %.1f MB/s", float64(s.Bytes)/seconds/1e6)
		}
		fmt.Fprintf(&b, "  kept %.0f %%", 100*float64(s.Kept)/float64(s.Documents))
	}
	if share > 0.02 && share < 1 && seconds > 2 {
		fmt.Fprintf(&b, "  %s left", short(time.Duration(seconds*(1-share)/share*float64(time.Second))))
	}
	fmt.Fprintf(&b, "  RAM %s/%s", size(s.Memory), size(s.Limit))
	return b.String()
}

// compact writes a count in at most five characters.
func compact(n int64) string {
	switch {
	case n >= 10_000_000_000:
		return fmt.Sprintf("%d G", n/1_000_000_000)
	case n >= 10_000_000:
		return fmt.Sprintf("%.1f M", float64(n)/1e6)
	case n >= 10_000:
		return fmt.Sprintf("%.1f k", float64(n)/1e3)
	}
	return fmt.Sprint(n)
}

// size writes bytes for people.
func size(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%.0f GiB", float64(n)/(1<<30))
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.0f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}

// short writes a duration in its two largest units.
func short(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	case d >= time.Minute:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d >= 10*time.Second:
		return fmt.Sprintf("%.0fs", d.Seconds())
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}

// comma writes a count with thousands separators.
func comma(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// isTerminal says whether a person watches w.
func isTerminal(w io.Writer) bool {
	if o, ok := w.(*output); ok {
		w = o.Writer
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
