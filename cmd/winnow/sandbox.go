package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/synth/sandbox"
)

func newSandbox(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "how this machine holds programs that nobody trusts",
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("unknown command %q; winnow sandbox has test", args[0])
			}
			return c.Help()
		},
	}
	c.AddGroup(&cobra.Group{ID: "sandbox", Title: "Commands:"})
	t := newSandboxTest(a)
	t.GroupID, t.PreRunE = "sandbox", oneOfEach
	c.AddCommand(t)
	return c
}

func newSandboxTest(a *app) *cobra.Command {
	var level, python, golang string
	var asJSON, list bool
	c := &cobra.Command{
		Use:   "test",
		Short: "attack the sandbox of this machine and say what holds",
		Example: `  winnow sandbox test
  winnow sandbox test --isolation landlock --json | jq 'select(.ok | not)'
  winnow sandbox test --list`,
		Long: "Hostile programs run in the sandbox that check_code uses, each with a limit and a verdict that it must get. A harmless program follows each.\n" +
			"The command fails if one passes, reaches a file, a socket or a process of this machine, or changes what the next program sees. It takes a minute or two.",
		Args: exactArgs(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if list {
				for _, x := range sandbox.Attacks() {
					fmt.Fprintf(a.out, "%-14s %s\n", x.Family, x.Name)
				}
				return nil
			}
			o := sandbox.Options{Workers: 1, Python: python}
			if level != "" {
				l, err := sandbox.ParseLevel(level)
				if err != nil {
					return usage("%v", err)
				}
				o.Only = &l
			}
			s, err := sandbox.Open(o)
			if err != nil {
				return err
			}
			defer s.Close()
			g, err := s.Go(golang)
			if err != nil && golang != "" {
				return err
			}
			return a.attack(c, s, g, err, asJSON)
		},
	}
	c.Flags().StringVar(&level, "isolation", "", "namespaces, landlock or unsafe; the strongest that there is")
	c.Flags().StringVar(&python, "python", "", "path of the interpreter; the first that works")
	c.Flags().StringVar(&golang, "go", "", "path of the go command; the first that works")
	c.Flags().BoolVar(&asJSON, "json", false, "JSON lines")
	c.Flags().BoolVar(&list, "list", false, "list the attacks and run none")
	return c
}

// attack runs the suite and prints a line for each attack. noGo says why there is no g.
func (a *app) attack(c *cobra.Command, s *sandbox.Sandbox, g *sandbox.Go, noGo error, asJSON bool) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	if asJSON {
		about := map[string]any{"isolation": s.Level.String(), "python": s.Version, "path": s.Python, "account": s.Account, "passed_over": s.Passed, "go": ""}
		if g != nil {
			about["go"], about["go_path"] = g.Version, g.Path
		}
		if err := e.Encode(about); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(a.out, s)
		if g != nil {
			fmt.Fprintf(a.out, "%s (%s)\n", g.Version, g.Path)
		} else {
			fmt.Fprintf(a.out, "%s; the attacks in Go are left out\n", oneLine(noGo.Error(), 300))
		}
		for _, p := range s.Passed {
			fmt.Fprintln(a.out, "passed over:", oneLine(p, 200))
		}
	}
	n, bad := 0, 0
	var broken error
	err := sandbox.Test(c.Context(), s, g, nil, func(f sandbox.Finding) {
		n++
		state := "held"
		if !f.OK() {
			state = "BROKEN"
			bad++
		}
		if !asJSON {
			why := strings.Join(append(f.Harm, f.Why), "; ")
			fmt.Fprintf(a.out, "%-6s %-14s %-14s %-50s %s\n", state, f.Family, f.Got, f.Name, oneLine(why, 100))
			return
		}
		if err := e.Encode(map[string]any{"family": f.Family, "attack": f.Name, "verdict": f.Got, "why": f.Why, "harm": append([]string{}, f.Harm...), "ok": f.OK()}); err != nil {
			broken = err
		}
	})
	switch {
	case err != nil:
		return err
	case broken != nil:
		return broken
	case bad > 0:
		return fmt.Errorf("attack the sandbox: %d of %d attacks do harm or end otherwise than they must", bad, n)
	case !asJSON:
		fmt.Fprintf(a.out, "all %d attacks held\n", n)
	}
	return nil
}
