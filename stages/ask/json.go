package ask

import (
	"encoding/json"
	"errors"
	"strings"
)

// JSON finds the JSON value in a reply: the whole of it, what stands between a pair of code fences, or what reaches from the first brace or
// bracket to the last.
func JSON(reply string) (json.RawMessage, error) {
	s := strings.TrimSpace(reply)
	if json.Valid([]byte(s)) {
		return json.RawMessage(s), nil
	}
	if _, rest, ok := strings.Cut(s, "```"); ok {
		if inside, _, ok := strings.Cut(rest, "```"); ok {
			if first, body, ok := strings.Cut(inside, "\n"); ok && !strings.ContainsAny(first, "{[") {
				inside = body
			}
			if inside = strings.TrimSpace(inside); json.Valid([]byte(inside)) {
				return json.RawMessage(inside), nil
			}
		}
	}
	for _, pair := range []string{"{}", "[]"} {
		from, to := strings.IndexByte(s, pair[0]), strings.LastIndexByte(s, pair[1])
		if from >= 0 && to > from && json.Valid([]byte(s[from:to+1])) {
			return json.RawMessage(s[from : to+1]), nil
		}
	}
	return nil, errors.New("the reply holds no JSON")
}

// Label finds which label a reply is: spaces, quotes, an end mark and case do not count.
func Label(reply string, labels []string) (string, bool) {
	s := strings.Trim(reply, trimmed+".!")
	for _, l := range labels {
		if s == l {
			return l, true
		}
	}
	for _, l := range labels {
		if strings.EqualFold(s, strings.Trim(l, trimmed+".!")) {
			return l, true
		}
	}
	return "", false
}
