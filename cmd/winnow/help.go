package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
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
		}
	}
	root.SuggestionsMinimumDistance = 2
	root.Args = cobra.ArbitraryArgs
	root.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(root, args[0])
		}
		_, err := io.WriteString(out, brief)
		return err
	}
}

// unknownCommand says what was perhaps meant.
func unknownCommand(root *cobra.Command, name string) error {
	near := root.SuggestionsFor(name)
	if len(near) == 0 {
		return usage("unknown command %q; winnow --help lists them", name)
	}
	for i := range near {
		near[i] = fmt.Sprintf("%q", near[i])
	}
	return usage("unknown command %q; did you mean %s?", name, strings.Join(near, " or "))
}
