package answer

import "testing"

// Amounts with words that multiply: in money, in dozens, and the Chinese numerals that leave their last unit out.
func TestAmounts(t *testing.T) {
	var j Judge
	for _, r := range []row{
		{'!', "100", "$100 million"},
		{'=', "100000000", "$100 million"},
		{'=', "$100 million", "100,000,000"},
		{'=', "5500", "$5.5 thousand"},
		{'=', "5", "$5$"},
		{'=', "5", "$5"},
		{'=', "$5x$", "$5x$"},
		{'=', "12", "1 dozen"},
		{'?', "5", "5 dozen"},
		{'=', "5 dozen", "5"},
		{'=', "5 dozen", "60"},
		{'!', "5 dozen", "6"},
		{'=', "24 eggs", "2 dozen"},
		{'!', "2 eggs", "2 dozen"},
		{'!', "2 dozen", "24 kg"},
		{'=', "2 dozen eggs", "24"},
		{'?', "100", "100 crore"},
		{'=', "100000", "1 lakh"},
		{'=', "250", "答案是二百五"},
		{'!', "205", "答案是二百五"},
		{'=', "205", "二百零五"},
		{'=', "15000", "一万五"},
		{'=', "10500", "一万零五百"},
		{'=', "10005", "一万零五"},
		{'=', "15", "十五"},
		{'=', "105000", "十万五"},
		{'=', "150000000", "一亿五"},
		{'=', "2003", "二〇〇三"},
		{'=', "205.5", "二百零五点五"},
		{'=', "10500", "1万零500"},
		{'=', "10500", "1万500"},
		{'!', "10000", "1万零500"},
		{'=', "300000005", "3亿零5"},
	} {
		o, why := verdict(&j, r.gold, r.answer)
		if got := map[Outcome]byte{Same: '=', Different: '!', Unsure: '?'}[o]; got != r.want {
			t.Errorf("%q against gold %q: got %c %s, want %c (read %q, %v)", r.answer, r.gold, got, why, r.want, j.answer.text, j.answer.span.Kind)
		}
	}
}
