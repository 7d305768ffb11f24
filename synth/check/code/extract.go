package code

import (
	"slices"
	"strings"
)

// Extract returns the code of an answer: its first fenced block that defines entry, else the first that names a programming language, else the
// first block, else the text without sentences around it. A block that the answer does not close reaches to its end.
func Extract(answer, entry string) string {
	return block(answer, []string{"python", "py", "python3"}, func(block string) bool { return entry != "" && defines(block, entry) }, unprose)
}

// Block returns, of what follows a model's thoughts, the first fenced block of an answer that is wanted, else the first with one of the tags, else the first, else the whole text.
func Block(answer string, tags []string, wanted func(string) bool) string {
	return block(answer, tags, wanted, func(text string) string { return text })
}

func block(answer string, tags []string, wanted func(string) bool, bare func(string) string) string {
	answer = spoken(strings.TrimPrefix(strings.ReplaceAll(answer, "\r\n", "\n"), "\ufeff"))
	found := fences(answer)
	if !slices.ContainsFunc(found, func(b fenceBlock) bool { return b.margin }) && isBare(answer) {
		return bare(answer) // what is fenced further in belongs to a comment of the code
	}
	for _, b := range found {
		if wanted(b.text) {
			return b.text
		}
	}
	for _, b := range found {
		if b.text != "" && slices.Contains(tags, b.tag) {
			return b.text
		}
	}
	if len(found) > 0 {
		return found[0].text
	}
	return bare(answer)
}

// isBare says whether an answer is code from its margin on, or goes on with code that is indented.
func isBare(answer string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(answer, "\n"), "\n")
	inside := strings.HasPrefix(first, "    ") || strings.HasPrefix(first, "\t")
	return begins.MatchString(answer) || beginsGo.MatchString(answer) || inside && !opening.MatchString(first)
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
