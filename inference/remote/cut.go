package remote

import (
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/winnow-data/winnow/inference"
)

// maxCuts is how often a text is shortened until it fits.
const maxCuts = 6

// gap stands where the middle of a text was taken out.
const gap = "\n…\n"

var (
	numbers = regexp.MustCompile(`\d{2,}`)
	status  = regexp.MustCompile(`status \d+`)
)

// cut takes the middle out of the longest text of r. How much follows from the numbers in the endpoint's complaint, else it is half.
func cut(r inference.Request, complaint error) (inference.Request, error) {
	keep := share(complaint.Error())
	switch {
	case len(r.IDs) > 0:
		n := int(float64(len(r.IDs)) * keep)
		if n < 2 {
			return r, complaint
		}
		r.IDs = slices.Concat(r.IDs[:n/2], r.IDs[len(r.IDs)-(n-n/2):])
		return r, nil
	case r.Prompt != "":
		short, ok := middle(r.Prompt, keep)
		if !ok {
			return r, complaint
		}
		r.Prompt = short
		return r, nil
	}
	longest := 0
	for i, m := range r.Messages {
		if len(m.Content) > len(r.Messages[longest].Content) {
			longest = i
		}
	}
	short, ok := middle(r.Messages[longest].Content, keep)
	if !ok {
		return r, complaint
	}
	r.Messages = slices.Clone(r.Messages)
	r.Messages[longest].Content = short
	return r, nil
}

// share is how much of a text to keep: limit over asked, with a tenth to spare, where a complaint names both.
func share(complaint string) float64 {
	var least, most float64
	for _, s := range numbers.FindAllString(status.ReplaceAllString(complaint, ""), -1) {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || n > 1e8 {
			continue
		}
		if least == 0 || n < least {
			least = n
		}
		most = max(most, n)
	}
	if least == 0 || least == most {
		return 0.5
	}
	return min(0.9, max(0.05, 0.9*least/most))
}

// middle keeps a share of text, the same much at both ends.
func middle(text string, keep float64) (string, bool) {
	n := int(float64(len(text)) * keep / 2)
	if n < 16 {
		return "", false
	}
	head, tail := n, len(text)-n
	for head > 0 && !utf8.RuneStart(text[head]) {
		head--
	}
	for tail < len(text) && !utf8.RuneStart(text[tail]) {
		tail++
	}
	return text[:head] + gap + text[tail:], true
}
