package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference/hub"
)

func newModelPull(a *app) *cobra.Command {
	var file string
	var asJSON bool
	c := &cobra.Command{
		Use:   "pull ORG/NAME[@REVISION]",
		Short: "download a model into the cache that the Python libraries use too",
		Example: `  winnow model pull Qwen/Qwen2.5-0.5B-Instruct
  winnow model pull Qwen/Qwen2.5-0.5B-Instruct-GGUF --file '*q8_0*'
  winnow model pull org/name@v1.0 --json | jq -r .path`,
		Long: "It fetches the configuration, the tokenizer and the safetensors files, or one GGUF file. What is in the cache is not fetched again, an interrupted\n" +
			"download goes on where it stopped, and every file is compared with the hub's checksum. REVISION is a branch, a tag or a commit (default main).\n\n" +
			"Variables: HF_ENDPOINT (another hub), HF_TOKEN or `hf auth login` (private and gated models), HF_HOME or HF_HUB_CACHE (the cache), HF_HUB_OFFLINE=1.",
		Args: exactArgs(1, "a model's name on the hub, such as Qwen/Qwen2.5-0.5B-Instruct"),
		RunE: func(c *cobra.Command, args []string) error {
			want, err := hub.Parse(args[0])
			if err != nil {
				return exitError{exitUsage, err}
			}
			want.File = file
			return a.pull(c.Context(), want, asJSON)
		},
	}
	c.Flags().StringVar(&file, "file", "", "one file of the repository: its name, a glob, or a part of the name such as q8_0")
	c.Flags().BoolVar(&asJSON, "json", false, "speak JSON: the result on standard output, progress as lines on standard error")
	return c
}

func (a *app) pull(ctx context.Context, want hub.Want, asJSON bool) error {
	h, err := hub.FromEnv(os.Getenv)
	if err != nil {
		return exitError{exitUsage, err}
	}
	ctx, cancel := a.stoppable(ctx)
	defer cancel()
	bar := newPullBar(a.err, asJSON)
	h.Progress = bar.at
	begun := time.Now()
	p, err := h.Pull(ctx, want)
	bar.close()
	switch {
	case errors.Is(err, context.Canceled):
		return exitError{exitInterrupted, fmt.Errorf("stopped; this goes on where it was: %s", want.Command())}
	case err != nil:
		return err
	case asJSON:
		e := json.NewEncoder(a.out)
		e.SetEscapeHTML(false)
		return e.Encode(p)
	}
	fmt.Fprint(a.out, pulledText(p, time.Since(begun)))
	return nil
}

// pulledText tells people what is in the cache.
func pulledText(p hub.Pulled, took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, commit %s\n", p.Name, safe(p.Revision), p.Commit)
	width := 0
	for _, f := range p.Files {
		width = max(width, len(f.Name))
	}
	for _, f := range p.Files {
		how := "in the cache already"
		if !f.Cached {
			how = "fetched, checked by " + f.Checksum
		}
		fmt.Fprintf(&b, "  %-*s %8s  %s\n", width, safe(f.Name), size(f.Size), how)
	}
	if p.Fetched > 0 {
		fmt.Fprintf(&b, "%s fetched in %s, %.1f MB/s\n", size(p.Fetched), short(took), float64(p.Fetched)/max(took.Seconds(), 1e-3)/1e6)
	}
	fmt.Fprintln(&b, p.Path)
	return b.String()
}

// A pullBar shows how far a download is: one line that rewrites itself on a terminal, a line now and then elsewhere, JSON lines with --json.
type pullBar struct {
	w              io.Writer
	json, terminal bool
	every          time.Duration

	mu           sync.Mutex
	begun, shown time.Time
}

func newPullBar(w io.Writer, asJSON bool) *pullBar {
	b := &pullBar{w: w, json: asJSON, terminal: isTerminal(w) && !asJSON, every: heartbeat, begun: time.Now(), shown: time.Now()}
	if b.terminal {
		b.every = 200 * time.Millisecond
	}
	return b
}

func (b *pullBar) at(p hub.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.Note == "" && time.Since(b.shown) < b.every {
		return
	}
	b.shown = time.Now()
	switch {
	case b.json:
		line, err := json.Marshal(struct {
			Type    string `json:"message_type"`
			File    string `json:"file"`
			Bytes   int64  `json:"bytes"`
			Total   int64  `json:"bytes_total"`
			Fetched int64  `json:"bytes_fetched"`
			Files   int    `json:"files_done"`
			Of      int    `json:"files"`
			Note    string `json:"note,omitempty"`
		}{"status", p.File, p.Bytes, p.Total, p.Fetched, p.FilesDone, p.Files, p.Note})
		if err == nil {
			fmt.Fprintf(b.w, "%s\n", line)
		}
	case p.Note != "" && b.terminal:
		fmt.Fprintf(b.w, "\r\x1b[K%s: %s\n", safe(p.File), oneLine(p.Note, 200))
	case p.Note != "":
		fmt.Fprintf(b.w, "%s: %s\n", safe(p.File), oneLine(p.Note, 200))
	case b.terminal:
		fmt.Fprintf(b.w, "\r\x1b[K%s", pullLine(p, time.Since(b.begun)))
	default:
		fmt.Fprintln(b.w, pullLine(p, time.Since(b.begun)))
	}
}

// close clears the line.
func (b *pullBar) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.terminal {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}

// pullLine is one line: bar, share, bytes, rate, time left, file.
func pullLine(p hub.Progress, took time.Duration) string {
	rate := float64(p.Fetched) / max(took.Seconds(), 1e-3)
	if p.Total <= 0 {
		return fmt.Sprintf("%d of %d files  %s  %.1f MB/s  %s", p.FilesDone, p.Files, size(p.Bytes), rate/1e6, oneLine(p.File, 60))
	}
	share := min(1, float64(p.Bytes)/float64(p.Total))
	const width = 16
	full := int(share * width)
	s := fmt.Sprintf("[%s%s] %3.0f %%  %s of %s  %.1f MB/s", strings.Repeat("#", full), strings.Repeat(".", width-full), 100*share, size(p.Bytes), size(p.Total), rate/1e6)
	if left := p.Total - p.Bytes; left > 0 && rate > 1 && took > time.Second {
		s += "  " + short(time.Duration(float64(left)/rate*float64(time.Second))) + " left"
	}
	return s + "  " + oneLine(p.File, 40)
}
