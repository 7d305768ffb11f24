package constraint

import (
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// The detector does not know Nepali, which shares its script with Hindi and Marathi. Words that only one side has tell them apart.
var (
	nepaliWords = set("र छ छन् छैन छु पनि गर्न गर्ने गरी हुन्छ हुनेछ गर्नेछ हो भने यो यस तथा गरेको भएको")
	otherWords  = set("है हैं के में और की से था थे हो सकता आहे आहेत आणि या च्या किंवा व हा ही हे ते त्याला त्याच्या त्यांच्या अशा ज्या कोणत्याही करण्याचा")
)

// plurals and objects of Nepali are written onto the word.
var nepaliEndings = []string{"लाई", "हरू", "हरु", "द्वारा", "हरूको", "मा"}

// sure is the score from which on the detector is believed that a text is in Hindi or Marathi.
const sure = 0.9

// fewWords is the number of telling words from which on Nepali is told.
const fewWords = 4

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// nepali judges a text in Devanagari of which Nepali is wanted.
func (t *Text) nepali() found {
	ours, others := 0, 0
	for w := range strings.FieldsSeq(t.text) {
		w = strings.Trim(w, "।,.;:()!?")
		if otherWords[w] {
			others++
		}
		if nepaliWords[w] {
			ours++
			continue
		}
		for _, e := range nepaliEndings {
			if len(w) > len(e) && strings.HasSuffix(w, e) {
				ours++
				break
			}
		}
	}
	switch {
	case ours >= fewWords && ours > 3*others:
		return is(true)
	case others >= fewWords && others > 3*ours, t.language().Score >= sure && others >= ours:
		return noted(false, "it has the words of Hindi or Marathi")
	}
	return found{result: stages.Unknown, note: "too little to tell Nepali from Hindi and Marathi"}
}
