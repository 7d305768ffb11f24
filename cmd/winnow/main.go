// Command winnow turns raw text and raw instructions into training corpora.
//
// One file holds one command. A command reads flags, calls pipelines, and speaks: results go to standard output, progress and errors to
// standard error. main.go knows the commands and the exit codes:
//
//	0 done, or nothing to do     1 failed     2 wrong usage or recipe
//	3 (--strict) done, with quarantined records     4 interrupted; the same command goes on
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitQuarantined = 3
	exitInterrupted = 4
)

func main() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// An app is what every command needs of the world.
type app struct {
	in       io.Reader
	out, err io.Writer
	stop     <-chan struct{} // closed at the first interrupt; a second one ends the context
}

// An output remembers the first write that failed, so that a command whose result did not reach standard output, such as on a full disk, fails.
type output struct {
	io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

// An exitError ends the program with a code. Its error, if any, has not been printed yet.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e exitError) Unwrap() error { return e.err }

// usage is an error of the person at the keyboard: exit code 2.
func usage(format string, args ...any) error {
	return exitError{exitUsage, fmt.Errorf(format, args...)}
}

// Main runs one command and returns its exit code.
func Main(args []string, in io.Reader, out, errw io.Writer) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	kept := &output{Writer: out}
	a := &app{in: in, out: kept, err: errw, stop: interrupts(cancel)}
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(kept)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = kept.err
	}
	code := exitFailed
	var exit exitError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &exit):
		code, err = exit.code, exit.err
	case errors.Is(err, context.Canceled):
		code, err = exitInterrupted, errors.New("stopped")
	}
	if err != nil {
		tell(errw, code, err, slices.Contains(args, "--json"))
	}
	return code
}

// tell prints the error that ended a command: for people, or as a JSON line.
func tell(w io.Writer, code int, err error, asJSON bool) {
	if !asJSON {
		fmt.Fprintf(w, "winnow: %s\n", safe(err.Error())) // it may cite a row, a file or an endpoint
		return
	}
	line, merr := json.Marshal(struct {
		Type  string `json:"message_type"`
		Code  int    `json:"exit_code"`
		Error string `json:"error"`
	}{"error", code, err.Error()})
	if merr != nil {
		panic(merr) // a number and strings always marshal
	}
	fmt.Fprintf(w, "%s\n", line)
}

// interrupts closes the returned channel at the first interrupt or termination signal and cancels at the second. A third ends the program on the spot, should
// it be held where no context reaches, such as at a file that does not open.
func interrupts(cancel func()) <-chan struct{} {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	stop := make(chan struct{})
	go func() {
		<-signals
		close(stop)
		<-signals
		cancel()
		signal.Stop(signals)
	}()
	return stop
}

// stoppable is a context that ends with the first interrupt: for commands that have nothing to bring to a good end.
func (a *app) stoppable(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-a.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// newRoot returns the command line with all commands.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "winnow",
		Short:         "raw text in, training corpus out, and a report that explains every number",
		SilenceErrors: true,
		SilenceUsage:  true,
		Example: `  winnow run quickstart                 curate the sample shards in the binary
  winnow init web > my.yaml             start a recipe of your own
  winnow lint my.yaml                   check it, all errors at once
  winnow plan my.yaml --sample 2000     what it will do, cost and remove
  winnow run my.yaml                    do it; again to go on where it stopped`,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%w (see %s --help)", err, c.CommandPath())
	})
	root.AddGroup(&cobra.Group{ID: "start", Title: "Start:"}, &cobra.Group{ID: "run", Title: "Run:"}, &cobra.Group{ID: "inspect", Title: "Inspect:"}, &cobra.Group{ID: "model", Title: "Models:"}, &cobra.Group{ID: "help", Title: "Help:"})
	for _, c := range commands {
		cmd := c.make(a)
		cmd.GroupID = c.group
		root.AddCommand(cmd)
	}
	dress(root, a.out)
	return root
}
