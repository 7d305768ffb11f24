package code

import (
	"regexp"
	"slices"
	"strings"
)

// begins is a line that begins a program's function, class or imports.
var begins = regexp.MustCompile(`(?m)^(?:(?:async[ \t]+)?def[ \t]+\w+[ \t]*[(\[]|class[ \t]+\w+[ \t]*[:(\[]|import[ \t]+[\w.]+[ \t]*(?:$|,|#|as\b)|from[ \t]+[\w.]+[ \t]+import\b|@\w)`)

// beginsGo is one that begins a file or a function of Go.
var beginsGo = regexp.MustCompile(`(?m)^(?:package[ \t]+\w+[ \t]*$|func[ \t]+[\w(])`)

// unprose returns the program of an answer without fences, without the sentences in front of it and behind it. Where sentences stand within it, the
// answer may hold more than one program; it is returned from the first on, and does not compile.
func unprose(answer string) string {
	start := begins.FindStringIndex(answer)
	if start == nil {
		return answer
	}
	if head := answer[:start[0]]; isProse(head) {
		answer = answer[start[0]:]
	}
	for at := 0; at < len(answer); {
		end := len(answer)
		if n := strings.IndexByte(answer[at:], '\n'); n >= 0 {
			end = at + n + 1
		}
		if sentence.MatchString(answer[at:end]) && isProse(answer[at:end]) && begins.MatchString(answer[:at]) {
			if _, err := cut(answer[:at]); err == nil {
				if begins.MatchString(answer[at:]) {
					return answer
				}
				return answer[:at]
			}
		}
		at = end
	}
	return answer
}

// sentence is a line that may be one: it begins at the margin with a word in upper case, and others follow.
var sentence = regexp.MustCompile(`^\p{Lu}[\p{L}'’]*,?(?:[ \t]+[^ \t\r\n]+){2,}`)

// isProse says whether some line of a text cannot be Python: it does not come apart into tokens, has two names side by side, a name alone,
// or a colon behind what begins no block. A text within which a string of several lines begins or ends is not known to be prose.
func isProse(text string) bool {
	if strings.Count(text, `"""`)%2 != 0 || strings.Count(text, "'''")%2 != 0 {
		return false
	}
	lines, err := cut(text)
	if err != nil {
		return true
	}
	return slices.ContainsFunc(lines, func(l line) bool { return spokenLine(l.tokens) })
}

func spokenLine(t []token) bool {
	if t[0].kind != name || words[t[0].text] && !slices.ContainsFunc(indices(t), func(i int) bool { return twoNames(t, i) }) {
		return false
	}
	if len(t) == 1 || len(t) == 2 && t[1].text == ":" {
		return true
	}
	return slices.ContainsFunc(indices(t), func(i int) bool { return twoNames(t, i) })
}

// twoNames says whether names that are no words of the language stand at i and behind it. Words that are such in some places count for none.
func twoNames(t []token, i int) bool {
	return i+1 < len(t) && t[i].kind == name && t[i+1].kind == name && !words[t[i].text] && !words[t[i+1].text] && !slices.Contains([]string{"match", "case", "type", "print", "exec"}, t[i].text)
}

// IsMixed says whether an answer without fences holds sentences beside the beginning of a program: where one ends and the other begins is a guess.
func IsMixed(answer string) bool {
	answer = spoken(answer)
	if len(fences(answer)) > 0 || !begins.MatchString(answer) {
		return false
	}
	for l := range strings.Lines(answer) {
		if sentence.MatchString(l) && isProse(l) {
			return true
		}
	}
	return false
}
