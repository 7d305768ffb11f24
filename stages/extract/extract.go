// Package extract takes the main text out of HTML pages: the article without menus, footers and advertisements. It is the one door to the
// library that finds it, go-trafilatura, a port of trafilatura (Barbaresi 2021, ACL demos).
//
//	page, err := extract.Page(html, extract.Options{Mode: extract.Quality, MaxSize: 10 << 20, MaxTime: 5 * time.Second})
//	page.Text // one line for each paragraph, heading, list item, table row
//
// Pages are hostile. What is too large, nested too deeply or too entangled is refused before the library sees it, by limits that depend
// on the page alone, so that a page is refused on every machine or on none. The time limit stands behind them for what they let through; it counts CPU time, so that a busy machine refuses
// no more pages than an idle one. A
// panic of the library is an error.
package extract

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// A Mode says how much work one page is worth.
type Mode string

// The modes. Measured on the 162 annotated pages of trafilatura's own evaluation, see BenchmarkPage.
const (
	Quality Mode = "quality" // a second opinion for pages of which little was found
	Fast    Mode = "fast"    // one pass
)

// Options bound and steer the extraction of one page.
type Options struct {
	Mode    Mode
	MaxSize int64         // bytes of HTML
	MaxTime time.Duration // CPU time, where the system tells it (Linux), else wall time; 0: no limit
}

// A Result is what a page says.
type Result struct {
	Text  string // "" where nothing was found
	Title string
}

// Errors of pages that are refused. Each is a fault of the page, and the same on every machine.
var (
	ErrSize  = errors.New("the page is too large")
	ErrNodes = errors.New("the page has too many elements")
	ErrDepth = errors.New("the page is nested too deeply")
)

// ErrTime is the error of a page that took longer than it may. Its goroutine is abandoned and ends when the library does.
var ErrTime = errors.New("the page took too long")

// Page returns the main text of an HTML page in UTF-8. It is safe for concurrent use.
func Page(src string, o Options) (Result, error) {
	if int64(len(src)) > o.MaxSize {
		return Result{}, fmt.Errorf("extracting text: %w: %d bytes, allowed are %d", ErrSize, len(src), o.MaxSize)
	}
	doc, err := parse(src)
	if err != nil {
		return Result{}, fmt.Errorf("extracting text: %w", err)
	}
	if o.MaxTime <= 0 {
		return guarded(doc, o.Mode)
	}
	return timed(doc, o)
}

// patience is how many times MaxTime a page may take by the wall clock, on a machine that has other work to do.
const patience = 20

// timed runs the library in a goroutine of its own, the only way to leave it, and on a thread of its own, the only way to know what it uses.
func timed(doc *tree, o Options) (Result, error) {
	type answer struct {
		page Result
		err  error
	}
	done, started := make(chan answer, 1), make(chan clock, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		started <- startClock()
		page, err := guarded(doc, o.Mode)
		done <- answer{page, err}
	}()
	begin := time.Now()
	look := time.NewTimer(o.MaxTime)
	defer look.Stop()
	used := func() time.Duration { return 0 }
	for {
		select {
		case a := <-done:
			return a.page, a.err
		case c := <-started:
			used, started = c.used, nil
		case <-look.C:
			u := used()
			if u >= o.MaxTime || time.Since(begin) >= patience*o.MaxTime {
				return Result{}, fmt.Errorf("extracting text: %w: allowed are %v of CPU time", ErrTime, o.MaxTime)
			}
			look.Reset(max(o.MaxTime-u, time.Millisecond))
		}
	}
}

// guarded turns a panic of the library into an error.
func guarded(doc *tree, mode Mode) (page Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			page, err = Result{}, fmt.Errorf("extracting text: the extractor panicked: %v, at %s", p, site(debug.Stack()))
		}
	}()
	return find(doc, mode), nil
}

// site returns where a panic began: the frame below the runtime's.
func site(stack []byte) string {
	lines := strings.Split(string(stack), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "panic(") && i+3 < len(lines) {
			f, _, _ := strings.Cut(lines[i+2], "(0x")
			return f
		}
	}
	return "an unknown place"
}
