package golang

import (
	"regexp"
	"strings"

	"github.com/winnow-data/winnow/synth/check/code"
)

// open is how a prompt that ends inside of a function is closed, so that it can be read.
const open = "\n\tpanic(0)\n}\n"

// readPrompt reads a prompt that is code: a whole file, or one that ends where a function begins, whose name it returns.
func readPrompt(prompt string) (s *source, begun string) {
	if s, err := read(prompt + open); err == nil && len(s.file.Decls) > 0 {
		for name, f := range s.functions() {
			if s.offset(f.End()) >= len(strings.TrimSpace(s.text))-1 {
				return s, name
			}
		}
	}
	if s, err := read(prompt); err == nil && len(s.file.Decls) > 0 {
		return s, ""
	}
	return nil, ""
}

// Program makes the program of an answer to a prompt: its fenced block that declares entry (or the function that the prompt begins), else its first
// block, else its text. What declares a function stands alone, with the imports of the prompt that it uses; what does not goes on where the prompt ends, up
// to the end of that function.
func Program(prompt, answer, entry string) string {
	given, begun := readPrompt(prompt)
	if entry == "" {
		entry = begun
	}
	declares := func(block string) bool {
		return entry != "" && regexp.MustCompile(`(?m)^func\s+`+regexp.QuoteMeta(entry)+`\s*[(\[]`).MatchString(block)
	}
	c := code.Block(answer, []string{"go", "golang"}, declares)
	switch {
	case clause.MatchString(c) || given == nil:
		return c
	case declares(c) || begun == "" || topLevel.MatchString(c) && !continues(prompt, c):
		s, err := read(c)
		if err != nil || len(s.file.Imports) > 0 {
			return c
		}
		return "package main\n\n" + importsFor(given.imports(), free(s.file)) + c
	}
	whole := prompt + "\n" + c
	if _, err := read(whole); err == nil {
		return whole
	}
	return prompt + "\n" + cut(c)
}

// cut returns a completion up to the end of the function that the prompt began.
func cut(c string) string {
	if body, _, found := strings.Cut(c, "\n}"); found {
		return body + "\n}\n"
	}
	return c
}

// continues says whether a completion goes on inside of the function that the prompt began.
func continues(prompt, c string) bool {
	_, err := read(prompt + "\n" + cut(c))
	return err == nil
}

var (
	clause   = regexp.MustCompile(`(?m)^package\s+\w+`)
	topLevel = regexp.MustCompile(`(?m)^(func\s+\w+\s*[(\[]|func\s+\(|type\s+\w+\s)`)
)
