package settings

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

const (
	maxSize  = 2 << 20 // bytes of a recipe
	maxDepth = 64      // maps and lists inside each other
	maxKeys  = 4096    // keys of one map
)

// badBytes reports what is no text: invalid UTF-8, control characters; and what is too large.
func badBytes(src []byte) *Problem {
	if len(src) > maxSize {
		return &Problem{Message: fmt.Sprintf("the recipe has %d bytes, allowed are %d", len(src), maxSize)}
	}
	line, column := 1, 1
	for at := 0; at < len(src); {
		r, n := utf8.DecodeRune(src[at:])
		switch {
		case r == utf8.RuneError && n == 1:
			return &Problem{Pos: Pos{line, column}, Width: 1, Message: fmt.Sprintf("the byte 0x%02x is not UTF-8", src[at])}
		case r < ' ' && r != '\t' && r != '\n' && (r != '\r' || at+1 < len(src) && src[at+1] != '\n'), r == 0x7f, r >= 0x80 && r < 0xa0 && r != 0x85, r == 0xfeff && at > 0:
			return &Problem{Pos: Pos{line, column}, Width: 1, Message: fmt.Sprintf("the character %U cannot stand in a recipe", r)}
		}
		at, column = at+n, column+1
		if r == '\n' {
			line, column = line+1, 1
		}
		if r == 0xfeff {
			column--
		}
	}
	return nil
}

// tooMuch bounds depth and keys before the parser runs, which is recursive, and quadratic in the keys of one map. Levels are brackets, and
// block collections by their growing columns.
func tooMuch(tokens token.Tokens) *Problem {
	type level struct{ column, keys int } // column 0: a bracket
	var levels []level
	for _, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			levels = append(levels, level{})
		case token.MappingEndType, token.SequenceEndType:
			for len(levels) > 0 && levels[len(levels)-1].column > 0 {
				levels = levels[:len(levels)-1]
			}
			if len(levels) > 0 {
				levels = levels[:len(levels)-1]
			}
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType:
			column := t.Position.Column
			if t.Type == token.MappingValueType && t.Prev != nil { // the key's column: keys are of different widths
				column = t.Prev.Position.Column
			}
			last := func() *level { return &levels[len(levels)-1] }
			if len(levels) > 0 && last().column == 0 {
				last().keys++
			} else {
				for len(levels) > 0 && last().column > column {
					levels = levels[:len(levels)-1]
				}
				if len(levels) == 0 || last().column < column {
					levels = append(levels, level{column: column})
				}
				last().keys++
			}
			if last().keys > maxKeys && t.Type != token.SequenceEntryType {
				return &Problem{Pos: Pos{t.Position.Line, t.Position.Column}, Width: 1, Message: fmt.Sprintf("the map has more than %d keys", maxKeys)}
			}
		}
		if len(levels) > 2*maxDepth {
			return &Problem{Pos: Pos{t.Position.Line, t.Position.Column}, Width: 1, Message: fmt.Sprintf("more than %d maps and lists lie inside each other", maxDepth)}
		}
	}
	return nil
}

// notInRecipes reports what YAML has and recipes have not.
func notInRecipes(tokens token.Tokens) []Problem {
	var out []Problem
	content, directive := false, false
	for _, t := range tokens {
		message, help := "", ""
		switch t.Type {
		case token.AnchorType:
			message = "anchors are not part of the recipe grammar"
		case token.AliasType:
			message, help = "aliases are not part of the recipe grammar", `quote what begins with *: "*.jsonl"`
		case token.TagType:
			message = "tags are not part of the recipe grammar"
		case token.MergeKeyType:
			message = "merge keys are not part of the recipe grammar"
		case token.DirectiveType:
			message, directive = "directives are not part of the recipe grammar", true
		case token.MappingKeyType:
			message = "a key must be a plain word, without ?"
		case token.DocumentHeaderType:
			if content && !directive {
				message = "a recipe is one document: --- begins a second"
			}
		}
		content = content || t.Type != token.CommentType && t.Type != token.DocumentHeaderType
		if message != "" {
			out = append(out, Problem{Pos: Pos{t.Position.Line, max(1, t.Position.Column)}, Width: max(1, len(strings.TrimSpace(t.Value))), Message: message, Help: help})
		}
	}
	return out
}
