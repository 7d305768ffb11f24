package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/stages/settings"
)

// helpTemplate leads with examples.
const helpTemplate = `{{with .Short}}{{.}}{{end}}
{{if .HasExample}}
Examples:
{{.Example}}
{{end}}{{with .Long}}
{{. | trimTrailingWhitespaces}}
{{end}}
Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{if .HasAvailableSubCommands}}{{$cmds := .Commands}}{{range $group := .Groups}}
{{.Title}}{{range $cmds}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}`

// dress gives the command line its help, its suggestions and its own errors.
func dress(root *cobra.Command, out io.Writer) {
	root.SetHelpTemplate(helpTemplate)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.SetCompletionCommandGroupID("help")
	root.SetHelpCommandGroupID("help")
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "completion":
			c.Short = "shell completion for bash, zsh, fish and powershell"
			c.Example = "  source <(winnow completion bash)"
		case "help":
			c.Hidden = true
		default:
			c.PreRunE = oneOfEach
		}
	}
	root.Args = cobra.ArbitraryArgs
	root.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(root, args[0])
		}
		_, err := io.WriteString(out, brief)
		return err
	}
}

// oneOfEach refuses flags that exclude each other, as wrong usage.
func oneOfEach(c *cobra.Command, _ []string) error {
	if err := c.ValidateFlagGroups(); err != nil {
		return usage("%w", err)
	}
	return nil
}

// unknownCommand says what was perhaps meant.
func unknownCommand(root *cobra.Command, name string) error {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	near := settings.Nearest(name, names)
	if len(near) == 0 {
		return usage("unknown command %q; winnow --help lists them", name)
	}
	return usage("unknown command %q; did you mean %s?", name, strings.Join(near, " or "))
}
