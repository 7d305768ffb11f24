package tokenizer

import (
	"encoding/json"
	"fmt"
	"strings"
)

// preJSON is a pre-tokenizer.
type preJSON struct {
	Type             string           `json:"type"`
	Pattern          *json.RawMessage `json:"pattern"`
	Behavior         string           `json:"behavior"`
	Invert           bool             `json:"invert"`
	AddPrefixSpace   bool             `json:"add_prefix_space"`
	UseRegex         *bool            `json:"use_regex"`
	IndividualDigits bool             `json:"individual_digits"`
	List             []preJSON        `json:"pretokenizers"`
}

// pattern returns how a pre-tokenizer cuts text, as Parts.Pre has it.
func (j *preJSON) pattern() (string, error) {
	if j == nil {
		return "", fmt.Errorf("there is none; supported are ByteLevel, and Split or Digits before it")
	}
	list := []preJSON{*j}
	if j.Type == "Sequence" {
		list = j.List
	}
	if len(list) == 0 {
		return "", fmt.Errorf("the sequence is empty; supported are ByteLevel, and Split or Digits before it")
	}
	if kind := list[len(list)-1].Type; kind != "ByteLevel" {
		return "", fmt.Errorf("type %.40q is not supported; supported are ByteLevel, and Split or Digits before it", kind)
	}
	last := list[len(list)-1]
	if last.AddPrefixSpace {
		return "", fmt.Errorf("add_prefix_space is not supported")
	}
	regex := last.UseRegex == nil || *last.UseRegex
	switch {
	case len(list) == 1 && regex:
		return "gpt-2", nil
	case len(list) == 2 && regex && list[0].Type == "Digits" && list[0].IndividualDigits:
		return "smollm", nil
	case len(list) == 2 && !regex && list[0].Type == "Split":
		return list[0].split()
	}
	var names []string
	for _, l := range list {
		names = append(names, fmt.Sprintf("%.40s", l.Type))
	}
	return "", fmt.Errorf("the sequence %s is not supported; supported are ByteLevel, Digits (individual) then ByteLevel, Split then ByteLevel without regex", strings.Join(names, ", "))
}

// split returns the regular expression of a Split whose matches are words.
func (j *preJSON) split() (string, error) {
	var p struct{ Regex string }
	if j.Pattern == nil || json.Unmarshal(*j.Pattern, &p) != nil || p.Regex == "" {
		return "", fmt.Errorf("a Split without a regular expression is not supported")
	}
	isolated := j.Behavior == "Isolated" && !j.Invert
	if _, err := scannerOf(p.Regex); err != nil {
		return "", err
	}
	if !isolated && !(j.Behavior == "Removed" && j.Invert) {
		return "", fmt.Errorf("a Split with behavior %.40q, invert %t is not supported; supported is Isolated", j.Behavior, j.Invert)
	}
	return p.Regex, nil
}
