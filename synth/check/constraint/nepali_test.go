package constraint

import (
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/lingua"
	"github.com/winnow-data/winnow/stages/realdata"
)

// Articles of the Universal Declaration, cut into pieces of 600 bytes, in languages that share a script.
func TestNepali(t *testing.T) {
	texts := realdata.UDHR(t)
	c, err := Parse("language:response_language", []byte(`{"language": "ne"}`))
	if err != nil {
		t.Fatal(err)
	}
	d := lingua.New()
	d.Alone = true
	for _, x := range []struct {
		text string
		want stages.Result
	}{{"nep", stages.Passed}, {"hin", stages.Failed}, {"mar", stages.Failed}} {
		text, ok := texts[x.text]
		if !ok {
			t.Fatalf("no text %q", x.text)
		}
		n, wrong, right := 0, 0, 0
		for at := 2000; at+600 < len(text) && n < 30; at += 600 {
			n++
			switch c.Verify(NewText(text[at:at+600], d), Strict).Result {
			case x.want:
				right++
			case stages.Unknown:
			default:
				wrong++
			}
		}
		if wrong > 0 || right*10 < n*6 {
			t.Errorf("%s: of %d pieces %d right and %d wrong, want none wrong and 6 of 10 right", x.text, n, right, wrong)
		}
		t.Logf("%s: of %d pieces %d right, %d wrong", x.text, n, right, wrong)
	}
}
