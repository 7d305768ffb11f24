package code

import (
	"slices"
	"strings"
)

// Extract returns the code of an answer: its first fenced block that defines entry, else the first that names a programming language, else the
// first block, else the whole text. A block that the answer does not close reaches to its end.
func Extract(answer, entry string) string {
	return Block(answer, []string{"python", "py", "python3"}, func(block string) bool { return entry != "" && defines(block, entry) })
}

// Block returns, of what follows a model's thoughts, the first fenced block of an answer that is wanted, else the first with one of the tags, else the first, else the whole text.
func Block(answer string, tags []string, wanted func(string) bool) string {
	answer = spoken(strings.TrimPrefix(strings.ReplaceAll(answer, "\r\n", "\n"), "\ufeff"))
	var first, tagged string
	found := false
	for rest := answer; ; {
		tag, block, after, ok := fenced(rest)
		if !ok {
			break
		}
		if wanted(block) {
			return block
		}
		if !found {
			first, found = block, true
		}
		if tagged == "" && slices.Contains(tags, tag) {
			tagged = block
		}
		rest = after
	}
	switch {
	case tagged != "":
		return tagged
	case found:
		return first
	}
	return answer
}

// spoken returns answer without what a model thinks to itself, which begins an answer and ends with a line of its own. Code that holds such a tag stays whole.
func spoken(answer string) string {
	const opens, closes = "<think>", "\n</think>\n"
	if strings.HasPrefix(strings.TrimSpace(answer), opens) || strings.Count(answer, opens) == 0 {
		if _, said, ok := strings.Cut(answer, closes); ok {
			return said
		}
	}
	return answer
}

// fenced finds the next block between lines of three back-quotes.
func fenced(s string) (tag, block, after string, ok bool) {
	i := 0
	if !strings.HasPrefix(s, "```") {
		if i = strings.Index(s, "\n```"); i < 0 {
			return "", "", "", false
		}
		i++
	}
	s = s[i+3:]
	tag, s, _ = strings.Cut(s, "\n")
	tag = strings.ToLower(strings.TrimSpace(tag))
	if strings.HasPrefix(s, "```") {
		return tag, "", s[3:], true
	}
	end := strings.Index(s, "\n```")
	if end < 0 {
		return tag, s, "", true
	}
	return tag, s[:end+1], s[end+4:], true
}

// defines says whether code binds a function or class of that name at its margin.
func defines(code, entry string) bool {
	for l := range strings.Lines(code) {
		l = strings.TrimPrefix(l, "async ")
		for _, word := range []string{"def ", "class "} {
			rest, ok := strings.CutPrefix(l, word)
			if rest, ok2 := strings.CutPrefix(strings.TrimSpace(rest), entry); ok && ok2 && (rest == "" || strings.ContainsAny(rest[:1], " (:[\t")) {
				return true
			}
		}
	}
	return false
}

// Program makes the program of an answer to a prompt. An answer that defines the function stands alone; one that does not goes on where a prompt that
// is code ends, up to where something else begins at the margin ([Cut]).
func Program(prompt, answer, entry string) string {
	c := Extract(answer, entry)
	if entry == "" || !defines(prompt, entry) || defines(c, entry) && !indented(c) {
		return c
	}
	if !strings.HasSuffix(prompt, "\n") && !strings.HasPrefix(c, "\n") {
		prompt += "\n"
	}
	return prompt + Cut(c)
}

// indented says whether code begins inside of something: alone it would not compile, whatever it defines further down.
func indented(code string) bool {
	code = strings.TrimLeft(code, "\r\n")
	return strings.HasPrefix(code, " ") || strings.HasPrefix(code, "\t")
}

// IsCode says whether a prompt is Python that defines entry, as HumanEval's are.
func IsCode(prompt, entry string) bool {
	_, err := cut(prompt)
	return err == nil && entry != "" && defines(prompt, entry)
}

// DefinesCheck says whether code defines check(candidate), as HumanEval's tests do.
func DefinesCheck(source string) bool { return defines(source, "check") }
