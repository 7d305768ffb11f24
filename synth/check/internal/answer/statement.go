package answer

import "strings"

func english(s string, at int) (string, bool) {
	rest := s[at:min(len(s), at+maxStatement)]
	if l, ok := lettered(rest); ok {
		return l, true
	}
	if t, ok := preceding(s, at); ok {
		return t, true
	}
	if c := s[at-1] | 0x20; c == 'n' || c == 'e' || c == 's' && !strings.HasPrefix(strings.TrimLeft(rest, " "), ":") {
		return "", false
	}
	if at < len(s) && s[at]|0x20 == 's' {
		rest = rest[1:]
	}
	k, ok := linked(rest)
	if !ok {
		return "", false
	}
	rest = strings.TrimLeft(rest[k:], " \t\r\n:*_=")
	rest = strings.TrimPrefix(rest, "：")
	for _, t := range [...]string{"'t", "’t"} { // isn't
		if after, ok := strings.CutPrefix(rest, t); ok {
			rest = "not" + after
		}
	}
	for {
		word := firstWord(rest)
		switch strings.ToLower(word) {
		case "not":
			k := afterNot(rest)
			if k < 0 {
				return "", len(sentence(rest))+2 > len(rest) // the text ends with what it is not
			}
			rest = rest[k:]
			continue
		case "therefore", "thus", "simply", "just", "exactly", "approximately", "about", "given", "by", "indeed", "then", "option", "choice", "now":
			rest = strings.TrimLeft(rest[len(word):], " \t\r\n:*,")
			continue
		case "correct", "right", "wrong", "incorrect", "clear", "obvious", "found", "obtained", "reasonable", "as", "that", "because", "in", "what", "which":
			return "", false
		}
		return sentence(rest), true
	}
}

func lettered(s string) (string, bool) {
	line, _, _ := strings.Cut(s, "\n")
	t := strings.TrimLeft(line, " \t:*-–—=.")
	t = strings.TrimLeft(strings.TrimPrefix(t, "is "), " \t:*")
	letter := strings.TrimLeft(t, "([")
	if letter == "" || letter[0] < 'A' || letter[0] > 'J' {
		return "", false
	}
	after := letter[1:]
	if strings.Trim(after, " )].,:*!\r\t") == "" || after[0] == ')' {
		return strings.TrimRight(t, " .*!"), true
	}
	return "", false
}

func preceding(s string, at int) (string, bool) {
	k := at
	for k > 0 && isLetter(s[k-1]) {
		k--
	}
	t, is := s[max(0, k-60):k], false
	for again := true; again && !is; {
		again = false
		t = strings.TrimRight(t, " *")
		for _, w := range [...]string{" correct", " right", " best", " final", " the", " our", " is"} {
			if head, ok := strings.CutSuffix(t, w); ok {
				t, again, is = head, true, w == " is"
			}
		}
	}
	if !is {
		return "", false
	}
	t = t[strings.LastIndexAny(t, " \n\t")+1:]
	t = strings.Trim(t, "().,*:\"")
	letter := len(t) == 1 && t[0] >= 'A' && t[0] <= 'J'
	return t, letter || t != "" && strings.Trim(t, "0123456789.,/%$-") == "" && t[len(t)-1] != '-'
}

// maxStatement bounds a statement in prose, in bytes.
const maxStatement = 1024

func linked(s string) (end int, ok bool) {
	i := 0
	for i < len(s) && strings.IndexByte(" \t*_", s[i]) >= 0 {
		i++
	}
	if i == len(s) {
		return i, strings.TrimSpace(s) == "" && i > 0 && strings.Contains(s, "*")
	}
	if s[i] == ':' || s[i] == '=' || strings.HasPrefix(s[i:], "：") {
		return i + 1, true
	}
	for clause := i; i-clause < 120; {
		word := firstWord(s[i:])
		if word == "" {
			if i >= len(s) || strings.IndexByte(".\n?!;", s[i]) >= 0 {
				return 0, false
			}
			if s[i] == ':' {
				return i + 1, true
			}
			i++
			continue
		}
		i += len(word)
		switch word {
		case "isn", "aren", "wasn":
			return i, true
		case "is", "are", "was", "be", "equals", "becomes":
			return i, true
		}
	}
	return 0, false
}

func afterNot(s string) int {
	end := len(s)
	if k := strings.IndexAny(s, "\n"); k >= 0 {
		end = k
	}
	for _, mark := range [...]string{" but ", " it is ", " it's ", " is "} {
		if k := strings.Index(s[:end], mark); k >= 0 {
			return k + len(mark)
		}
	}
	return -1
}

func firstWord(s string) string {
	i := 0
	for i < len(s) && isLetter(s[i]) {
		i++
	}
	return s[:i]
}

func chinese(s string, at int) (string, bool) {
	rest := s[at:min(len(s), at+maxStatement)]
	linked := !strings.HasSuffix(s[:at], "答案")
	for again := true; again; {
		again = false
		for _, w := range [...]string{" ", "\n", "*", "是", "为", "：", ":", "等于", "应该", "应", "就", "选项", "选择", "选", "=", "＝"} {
			if strings.HasPrefix(rest, w) {
				rest, again, linked = rest[len(w):], true, linked || w != " " && w != "\n" && w != "*"
			}
		}
	}
	if rest != "" && !linked && !strings.ContainsAny(rest[:1], "0123456789-$\\(") {
		return "", false
	}
	return sentence(rest), true
}

func sentence(s string) string {
	s = strings.TrimLeft(s, " \t\r\n")
	dollars, depth := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '$':
			dollars++
		case '{':
			depth++
		case '}':
			depth--
		case '\\':
			if i+1 < len(s) && (s[i+1] == ')' || s[i+1] == ']') {
				return s[:i]
			}
			i++
		case '\n':
			if dollars&1 == 0 && depth <= 0 {
				return s[:i]
			}
		case '.', '!', '?':
			if c == '!' && i > 0 && s[i-1]-'0' <= 9 || dollars&1 == 1 && strings.Contains(s[i:], "$") || depth > 0 {
				continue
			}
			if i+1 == len(s) || strings.IndexByte(" \n\t\r*\"'$", s[i+1]) >= 0 {
				return s[:i]
			}
		case 0xe3:
			if strings.HasPrefix(s[i:], "。") {
				return s[:i]
			}
		}
	}
	return s
}
