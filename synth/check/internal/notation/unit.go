package notation

import "strings"

// maxNoun is how many words may stand behind a number as what it counts.
const maxNoun = 4

// units reads the unit or the noun behind a value that has one: 5 cm, 60 miles per hour, 12 red apples, 5元.
func (p *Parser) units(n *Node) *Node {
	if !p.unitToken() || !measurable(n) {
		return n
	}
	start, end, words := p.tok.start, p.tok.end, 0
	p.unit = true
	text := ""
loop:
	for !p.fail {
		m := p.mark()
		switch t := p.tok; t.kind {
		case tokWord, tokName:
			if words == maxNoun || breaks(t.str) {
				break loop
			}
			words++
		case tokText, tokMoney:
			words++
			text = t.str
		case '/', '*':
			p.next()
			if !p.unitToken() {
				p.back(m)
				break loop
			}
			continue
		case '^':
			if t.str == "raised" {
				break
			}
			p.next()
			if p.tok.kind == '{' {
				p.next()
				if p.tok.kind == '-' {
					p.next()
				}
				if p.tok.kind != tokNumber {
					p.back(m)
					break loop
				}
				p.next()
			} else if p.tok.kind == '-' {
				p.next()
			}
		case tokNumber:
			if c := p.s[t.start-1]; t.space || t.end != t.start+1 || c|0x20 < 'a' || c|0x20 > 'z' { // m2
				break loop
			}
		default:
			break loop
		}
		end = p.tok.end
		p.next()
	}
	p.unit = false
	if words == 0 {
		return n
	}
	q := p.node(Quantity, n)
	if n.Kind == Relation { // 48 + 24 = 72 clips
		q = p.node(Quantity, n.Kids[len(n.Kids)-1])
	}
	if q == nil {
		return nil
	}
	q.Str = strings.TrimSpace(p.s[start:end])
	if words == 1 && text != "" && (q.Str[0] == '\\' && strings.HasSuffix(q.Str, "}") && strings.Count(q.Str, "{") == 1 || q.Str == text) {
		q.Str = text
	}
	if n.Kind == Relation {
		n.Kids[len(n.Kids)-1] = q
		return n
	}
	return q
}

// unitToken says whether the next token may begin a unit.
func (p *Parser) unitToken() bool {
	switch t := p.tok; t.kind {
	case tokText, tokMoney:
		return true
	case tokWord:
		return !breaks(t.str)
	case tokName:
		return p.unit && IsUnit(t.str)
	}
	return false
}

// measurable says whether n may have a unit: not a set, not text.
func measurable(n *Node) bool {
	switch n.Kind {
	case Set, Text, Space, Union, Meet, Without, Matrix, List:
		return false
	case Relation:
		return n.Ops[len(n.Ops)-1] != 'E'
	case Sym:
		return false
	}
	return true
}

// breaks says whether a word ends what a number counts: the sentence goes on.
func breaks(word string) bool {
	switch word {
	case "is", "are", "was", "were", "because", "since", "as", "so", "which", "that", "when", "if", "where", "for", "in", "on", "at", "with", "from",
		"by", "and", "or", "but", "then", "than", "to", "the", "this", "it", "he", "she", "they", "we", "I", "therefore", "thus", "hence", "after", "before",
		"have", "has", "had", "will", "would", "can", "could", "be", "not", "also", "respectively", "is.", "因为", "所以", "是":
		return true
	}
	return false
}

// numberWord returns the value of an English number word from zero to twenty, and of the tens.
func numberWord(s string) (int64, bool) {
	if len(s) < 3 || len(s) > 9 {
		return 0, false
	}
	switch strings.ToLower(s) {
	case "zero":
		return 0, true
	case "one":
		return 1, true
	case "two":
		return 2, true
	case "three":
		return 3, true
	case "four":
		return 4, true
	case "five":
		return 5, true
	case "six":
		return 6, true
	case "seven":
		return 7, true
	case "eight":
		return 8, true
	case "nine":
		return 9, true
	case "ten":
		return 10, true
	case "eleven":
		return 11, true
	case "twelve":
		return 12, true
	case "thirteen":
		return 13, true
	case "fourteen":
		return 14, true
	case "fifteen":
		return 15, true
	case "sixteen":
		return 16, true
	case "seventeen":
		return 17, true
	case "eighteen":
		return 18, true
	case "nineteen":
		return 19, true
	case "twenty":
		return 20, true
	case "thirty":
		return 30, true
	case "forty":
		return 40, true
	case "fifty":
		return 50, true
	case "sixty":
		return 60, true
	case "seventy":
		return 70, true
	case "eighty":
		return 80, true
	case "ninety":
		return 90, true
	}
	return 0, false
}

// fractionWord returns the denominator that an English word names, 0 for none. "second" is a time.
func fractionWord(s string) int64 {
	switch strings.ToLower(strings.TrimSuffix(s, "s")) {
	case "half", "halve":
		return 2
	case "third":
		return 3
	case "quarter", "fourth":
		return 4
	case "fifth":
		return 5
	case "sixth":
		return 6
	case "seventh":
		return 7
	case "eighth":
		return 8
	case "ninth":
		return 9
	case "tenth":
		return 10
	}
	return 0
}
