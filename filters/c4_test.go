package filters

import (
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/text"
)

func TestC4Lines(t *testing.T) {
	without := func(names ...string) C4 {
		f := c4
		for _, name := range names {
			f.Without(name)
		}
		return f
	}
	const good = "This line has five words."
	for _, c := range []struct {
		name, language string
		f              C4
		text, want     string
	}{
		{"empty", "en", c4, "", ""},
		{"nothing to cut keeps the very text", "en", c4, "  " + good + " \r\n\n\n" + good + "\n", "  " + good + " \r\n\n\n" + good + "\n"},
		{"no end mark", "en", c4, good + "\nA menu entry without a mark\n" + good, good + "\n" + good},
		{"comma, ellipsis", "en", c4, "One two three four five,\nOne two three four five...\nOne two three four five…\n" + good, good},
		{"closing quote is an end", "en", c4, "“I have never been there”\n\"I have never been there\"\nI have never been there)\n", "“I have never been there”\n\"I have never been there\""},
		{"four words", "en", c4, "Only four words here.\n" + good, good},
		{"paragraphs stay apart", "en", c4, good + "\n\n\nMenu\n\n\n" + good + "\nMenu\n" + good, good + "\n\n" + good + "\n" + good},
		{"indentation stays", "en", c4, "Menu\n\t" + good, "\t" + good},
		{"javascript, in any case", "en", c4, "Please enable JavaScript to see it.\n" + good, good},
		{"policy", "en", c4, "You agree to the Terms of Use here.\nThis site USES COOKIES to track you.\n" + good, good},
		{"policy in Chinese", "zh", c4, "请您仔细阅读我们的隐私政策。\n我们今天去公园散步了。", "我们今天去公园散步了。"},
		{"two phrases in one line", "en", c4, "Our privacy policy, and use of cookies too.\n" + good + "\nOur terms of use are these here.", good},
		{"citations", "en", c4, "The mill burnt down twice.[1][23] [edit]\nIt [citation needed] was built again soon.[]", "The mill burnt down twice.\nIt  was built again soon."},
		{"brackets that are none", "en", c4, "It [sic] was [a1] built [again soon.", "It [sic] was [a1] built [again soon."},
		{"too few words without citations", "en", c4, "See [1] and [2].\n" + good, good},
		{"long word", "en", c4, "One two three four " + strings.Repeat("x", 1001) + ".\n" + good, good},
		{"longest word allowed", "en", c4, "One two three four " + strings.Repeat("x", 1000) + ".\nMenu", "One two three four " + strings.Repeat("x", 1000) + "."},
		{"a line of Chinese without spaces is no long word", "zh", c4, strings.Repeat("我们今天去公园散步，", 200) + "好。\n菜单", strings.Repeat("我们今天去公园散步，", 200) + "好。"},
		{"eight Han characters are five words", "zh", c4, "今天天气真的很好。\n天气真的很好。", "今天天气真的很好。"},
		{"Thai needs no end mark", "th", c4, "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน\nข้อ", "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน"},
		{"Hindi, Arabic, Armenian", "", c4, "यह एक बहुत अच्छा दिन है।\nهل هذا يوم جميل جدا يا صديقي؟\nԵրկիրն անձեւ ու անկազմ էր:", "यह एक बहुत अच्छा दिन है।\nهل هذا يوم جميل جدا يا صديقي؟\nԵրկիրն անձեւ ու անկազմ էր:"},
		{"without end_mark", "en", without("end_mark"), "A menu entry without a mark\nMenu", "A menu entry without a mark"},
		{"without line_words", "en", without("line_words"), "Yes.\nMenu", "Yes."},
		{"without word_chars", "en", without("word_chars"), "a b c d " + strings.Repeat("x", 1001) + ".", "a b c d " + strings.Repeat("x", 1001) + "."},
		{"without javascript", "en", without("javascript"), "Please enable JavaScript to see it.\nOur privacy policy is a good one.", "Please enable JavaScript to see it."},
		{"without policy", "en", without("policy"), "Please enable JavaScript to see it.\nOur privacy policy is a good one.", "Our privacy policy is a good one."},
		{"without citations", "en", without("citations"), "The mill burnt down twice.[1]\n" + good, good},
	} {
		f := c.f
		var v text.View
		v.Reset(c.text)
		v.SetLanguage(c.language)
		d := stages.Document{Text: c.text}
		if verdict, err := f.Map(&d, &v); err != nil || verdict.Rule != "" {
			t.Errorf("%s: verdict %v, error %v", c.name, verdict, err)
		}
		if d.Text != c.want {
			t.Errorf("%s: got %q, want %q", c.name, d.Text, c.want)
		}
	}
}

func TestC4CutsEveryTurn(t *testing.T) {
	d := stages.Document{Turns: []stages.Turn{{Role: "user", Content: "Menu\nThis line has five words."}, {Role: "assistant", Content: "Another line of five words.\nMenu"}}}
	var v text.View
	v.Reset(d.Body())
	f := c4
	if _, err := f.Map(&d, &v); err != nil {
		t.Fatal(err)
	}
	if got, want := d.Body(), "This line has five words.\n\nAnother line of five words."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestC4Measures(t *testing.T) {
	for _, c := range []struct {
		text                     string
		sentences, lorem, braces float64
	}{
		{"", 0, 0, 0},
		{"One. Two. Three.", 3, 0, 0},
		{"Lorem ipsum LOREM IPSUM lorem-ipsum lorem ipsu", 1, 2, 0},
		{"f() { {", 1, 0, 2},
		{"世界。人权。", 2, 0, 0},
	} {
		f := c4
		var v text.View
		v.Reset(c.text)
		m := make([]float64, 3)
		f.Measure(&v, m)
		if m[0] != c.sentences || m[1] != c.lorem || m[2] != c.braces {
			t.Errorf("%q: got %v, want %v", c.text, m, []float64{c.sentences, c.lorem, c.braces})
		}
	}
}

// Every line rule has a setting of its name, so that `without: [NAME]` and the setting mean the same.
func TestC4SwitchesAreSettings(t *testing.T) {
	f := c4
	for _, name := range f.Switches() {
		before := f
		f.Without(name)
		if sameSettings(before, f) {
			t.Errorf("without %s changes nothing", name)
		}
	}
	before := f
	f.Without("no such rule")
	if !sameSettings(before, f) {
		t.Error("an unknown name changes a setting")
	}
}

func sameSettings(a, b C4) bool {
	return a.EndMark == b.EndMark && a.LineWords.Min == b.LineWords.Min && a.WordChars.Max == b.WordChars.Max &&
		a.Javascript == b.Javascript && a.Policy == b.Policy && a.Citations == b.Citations
}
