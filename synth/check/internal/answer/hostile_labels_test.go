package answer

import (
	"strings"
	"testing"
)

// TestAdversary has answers that a reader of numbers alone takes for the gold answer, or for another one, and is wrong. '.' is anything but Same,
// ',' anything but Different.
func TestAdversary(t *testing.T) {
	var j Judge
	for _, r := range adversary {
		o, why := verdict(&j, r.gold, r.answer)
		got := map[Outcome]byte{Same: '=', Different: '!', Unsure: '?'}[o]
		if got != r.want && !(r.want == '.' && o != Same) && !(r.want == ',' && o != Different) {
			t.Errorf("%q against gold %q: got %c %s, want %c (read %q, %v)", r.answer, r.gold, got, why, r.want, j.answer.text, j.answer.span.Kind)
		}
	}
}

var adversary = []row{
	// dates
	{'.', "January 5", "February 5"},
	{'?', "January 5", "5"},
	{'=', "January 5", "January 5"},
	{'=', "January 5", "The answer is January 5."},
	{'.', "5", "January 5"},
	{'.', "2026-01-05", "2020"},
	{'=', "2026-01-05", "2026-01-05"},
	{'.', "2026-01-05", "2026-01-06"},
	{'.', "2026/01/05", "405.2"},
	{'.', "5 January", "5 February"},
	{'.', "2020", "2026-01-05"},
	{'.', "January 5, 2026", "January 5, 2025"},
	{'=', "2026-01-05", "January 5, 2026"},
	{'?', "January 5", "January 5, 2026"},
	{'.', "5/1/2026", "1/5/2026"},
	{'.', "Jan 5", "Feb 5"},
	{'.', "March 3", "May 3"},
	{'=', "5 months", "5"},
	{'.', "Monday 5", "Tuesday 5"},
	{'=', "10-3-2", "5"},
	{'=', "5", "10-3-2"},
	{'=', "5", "He may buy 5."},
	// words that change the value
	{'?', "5", "The answer is at least 5"},
	{'?', "5", "The answer is greater than 5"},
	{'?', "5", "The answer is less than 5."},
	{'?', "5", "The answer is more than 5."},
	{'?', "5", "The answer is 5 squared"},
	{'?', "5", "The answer is 5 cubed"},
	{'.', "5", "The answer is not 5"},
	{'?', "5", "at most 5"},
	{'?', "5", "5 or more"},
	{'?', "5", "It is definitely not 5"},
	{'?', "5", "The result is less than 5"},
	{'?', "5", "twice 5"},
	{'?', "5", "The answer is half of 5"},
	{'?', "5", "Answer: no more than 5"},
	{'?', "5", "The answer is at least 5 and at most 9"},
	{'?', "5", "the square root of 5"},
	{'?', "5", "The answer is never 5"},
	{'?', "5", `\boxed{\text{at least } 5}`},
	{'?', "5", "#### at least 5"},
	{'?', "5", "#### not 5"},
	{'?', "5", "The answer cannot be 5"},
	{'=', "5 cm squared", "5 square cm"},
	{'=', "25", "5^2"},
	{'=', "at least 5", "at least 5"},
	{'?', "at least 5", "5"},
	{'?', "at least 5", "at most 5"},
	{'?', "5", "over 5"},
	{'=', "5", "5 more apples"},
	{'=', "5", "She has 5 more than Bob."},
	{'=', "5", "The answer is about 5"},
	{'=', "5", "He has 3 times more than 1, so the answer is 5"},
	{'.', "5", "#### 6\n#### 5 is wrong"},
	{'.', "5", "#### 5 is wrong"},
	{'.', "5", "The answer is 5? No, wrong."},
	{'.', "5", `\boxed{5} is wrong`},
	{'.', "5", "5,5"},
	{'.', "5", "5, 5"},
	{'.', "5", `\boxed{5,5}`},
	{'=', "{5}", "{5}"},
	{'=', "5,5", "5,5"},
	{'.', "5,5", "5"},
	{'=', "5", "x=5"},
	// suffixes
	{'.', "100", "$100B"},
	{'=', "100000", "100k"},
	{'=', "100000", "$100k"},
	{'=', "100000", "100K"},
	{'=', "1000000", "1M"},
	{'=', "1500000", "$1.5M"},
	{'=', "2000000000", "2B"},
	{'=', "2000000000", "$2bn"},
	{'.', "100", "100k"},
	{'.', "100", "$100 M"},
	{'.', "100", "100 B"},
	{'=', "5", "5 m"},
	{'=', "5", "5m"},
	{'=', "$100k", "100000"},
	{'=', "$100k", "$100k"},
	{'.', "$100k", "100"},
	{'=', "5k", "5k"},
	{'=', "$5k$", "5k"},
	{'.', "1", "The answer is 1M."},
	// other writings
	{',', "1234567", "12,34,567"},
	{'=', "12", "a dozen"},
	{'=', "24", "two dozen"},
	{'?', "5", "V"},
	{'?', "14", "XIV"},
	{'=', "XIV", "XIV"},
	{'=', "0", "〇"},
	{'=', "25", "٢٥"},
	{'=', "25", "२५"},
	{'=', "25", "۲۵"},
	{'=', "5", "⑤"},
	{'=', "12", "⑫"},
	{',', "8:30 a.m.", "8:30 a.m."},
	{',', "8:30 a.m.", "8:30 AM"},
	{',', "8:30", "8:30 a.m."},
	{'.', "8:30 a.m.", "8:30 p.m."},
	{'.', "30", "8:30 a.m."},
	{'.', "8:30 a.m.", "9:30 a.m."},
	{'.', "8:30 am", "8:30 pm"},
	{'.', "8:30 a.m.", "30"},
	{',', "$5.50", "550 cents"},
	{',', "550 cents", "$5.50"},
	{'.', "$5.50", "560 cents"},
	{'=', "$5.50", "5.50"},
	{'?', "undefined", "does not exist"},
	{'?', "does not exist", "undefined"},
	{'=', "undefined", "undefined"},
	{'!', "undefined", "5"},
}

// TestAdversaryNear has what is near the rows of TestAdversary: around what the first ones mend, and what must stay.
func TestAdversaryNear(t *testing.T) {
	var j Judge
	for _, r := range []row{
		{'=', "5", "On January 3 he had 2. Now he has 5."},
		{'=', "5", "By 8:30 a.m. he had 5."},
		{'=', "5", "At least one reader may ask. The answer is 5."},
		{'=', "5", "5 pm"},
		{'=', "5", "The answer is 5 cm."},
		{'=', "5", "It is no more than an estimate, but the answer is 5."},
		{'?', "10", "twice 5"},
		{'=', "5", "The answer is not 6 but 5."},
		{'=', "5", "The answer is not 6, it is 5."},
		{'=', "5", "#### 5\nIt is wrong to say 6."},
		{'=', "5", `\boxed{5} is right.`},
		{'=', "wrong", `\boxed{wrong}`},
		{'=', "5", "6 is wrong. The answer is 5."},
		{'.', "$5", "5 cents"},
		{'=', "5 cents", "5"},
		{'=', "$5", "500 cents is $5"},
		{'!', "5", "VI"},
		{'!', "$5.50", "551 cents"},
		{'=', "15", "3 times 5"},
		{'=', "1.5 million", "1.5M"},
		{'=', "3 m", "3m"},
		{'=', "300 K", "300 K"},
		{'=', "12,34,567", "12,34,567"},
		{'=', "(12,34,567)", "(12,34,567)"},
		{'=', "8:30", "8:30"},
		{'=', "20:30", "8:30 p.m."},
		{'.', "20:30", "8:30 a.m."},
		{'!', "8:30 a.m.", "8:31 a.m."},
		{'=', "3:4", "3:4"},
		{'!', "3:4", "4:3"},
		{'=', "-5", "-٥"},
		{'=', "3.5", "٣.٥"},
		{'=', "1月5日", "January 5"},
		{'!', "1月5日", "2月5日"},
		{'=', "Tuesday", "Tuesday"},
		{'=', "May", "May"},
		{'=', "5", "If at least 3 pass, then 5 pass."},
		{'=', "6", "half a dozen"},
		{'=', "$x > 5$", "x > 5"},
		{'!', "$x > 5$", "x < 5"},
		{'=', "-5", "negative 5"},
		{'=', "5", "The answer is approximately 5."},
		{'.', "5", "It isn’t 5"},
		{'.', "5", "The answer must not be 5"},
		{'.', "5", "The answer can't be 5."},
		{'.', "5", "The answer is 5, or more."},
		{'.', "5", "Answer: <5"},
		{'.', "5", "#### ≥5"},
		{'=', "5", "> 5"},
		{'=', "5", "<answer>5</answer>"},
	} {
		o, why := verdict(&j, r.gold, r.answer)
		got := map[Outcome]byte{Same: '=', Different: '!', Unsure: '?'}[o]
		if got != r.want && !(r.want == '.' && o != Same) && !(r.want == ',' && o != Different) {
			t.Errorf("%q against gold %q: got %c %s, want %c (read %q, %v)", r.answer, r.gold, got, why, r.want, j.answer.text, j.answer.span.Kind)
		}
	}
}

// TestDeepFormula has no statement: the last number stands deep in a formula that is not read as a whole.
func TestDeepFormula(t *testing.T) {
	var j Judge
	for _, n := range []int{100, 2000, 100_000} {
		deep := strings.Repeat(`\sqrt{1+`, n) + "5" + strings.Repeat("}", n)
		if o, why := verdict(&j, "5", deep); o == Same {
			t.Errorf("%d roots: got %d %s, want another", n, o, why)
		}
		if o, why := verdict(&j, "5", "So we have "+deep); o == Same {
			t.Errorf("%d roots in a sentence: got %d %s, want another", n, o, why)
		}
	}
}

// TestUnreadableGold tells the golds that are no value from those that are compared as text.
func TestUnreadableGold(t *testing.T) {
	var j Judge
	for gold, readable := range map[string]bool{
		"": false, "???": false, `\frac{`: false, " ": false, "$$": false, `\boxed{}`: false, "...": false, "1/0": false, "}": false, "####": false,
		"Tuesday": true, "B": true, "nothing": true, "5": true, "(1, 2]": true, "[0, 1)": true, "no solution": true, "does not exist": true, "x^2": true,
	} {
		g, ok := Final(gold, Auto)
		err := error(errEmpty)
		if ok {
			err = j.Gold(g)
		}
		if (err == nil) != readable {
			t.Errorf("gold %q: got %v, want readable %v", gold, err, readable)
		}
	}
}
