package filters

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/realdata"
	"github.com/winnow-data/winnow/stages/text"
)

type peerVerdict struct {
	Keep   bool            `json:"keep"`
	Reason string          `json:"reason"`
	Values json.RawMessage `json:"values"`
}

type peerDoc struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Lang   string `json:"lang"`
	Filter struct {
		Quality    peerVerdict `json:"gopher_quality"`
		Repetition peerVerdict `json:"gopher_repetition"`
		C4         peerVerdict `json:"c4"`
		FineWeb    peerVerdict `json:"fineweb"`
	} `json:"filter"`
}

func peerDocs(t testing.TB, variant string) []peerDoc {
	var docs []peerDoc
	for _, set := range []string{"ship", "here"} {
		base := len(docs)
		realdata.Lines(t, "golden/datatrove/docs."+set+".jsonl.zst", func(b []byte) {
			var d peerDoc
			if err := json.Unmarshal(b, &d); err != nil {
				t.Fatal(err)
			}
			docs = append(docs, d)
		})
		i := base
		realdata.Lines(t, "golden/datatrove/filters."+variant+"."+set+".jsonl.zst", func(b []byte) {
			if err := json.Unmarshal(b, &docs[i]); err != nil {
				t.Fatal(err)
			}
			i++
		})
	}
	return docs
}

// agreement is the least share of the 802 English documents of datatrove's golden outputs, those made up for a threshold left out, that our
// variant and datatrove decide alike. -v lists the others. Their reasons:
//
//   - gopher_repetition, 754 alike: datatrove drops 16 texts of a few words in which an n-gram that occurs once has its share; ours drops 17
//     by n-grams, whose words are compared without the punctuation around them and counted wherever they lie in a copy (datatrove goes
//     on n words behind each); 12 by lines that differ in indentation only; datatrove drops 2 by blank lines and 1 by n-grams.
//   - gopher_quality, 777 alike: the golden words are chunks between white space. With the punctuation on them 8 texts have too long
//     words, 9 too few with a letter, 2 too few at all; ours drops 4 by their symbols and 2 by ellipses behind which white space stands.
//   - fineweb, 788 alike: 6 texts whose end marks stand before a quote or bracket; 5 where indentation counts as characters of a copy or
//     keeps copies apart; 3 by a word or a line more or less at the bound.
//   - c4, 784 alike at datatrove's bounds of 5 sentences and 3 words a line: 10 by sentences, spaCy's there; 8 by a line with a brace,
//     which one of the two has cut before.
var agreement = map[string]float64{"gopher_repetition": 0.93, "gopher_quality": 0.965, "fineweb": 0.98, "c4": 0.97}

func TestDatatroveAgreement(t *testing.T) {
	repetition, quality, fine, web := gopherRepetition, gopherQuality, fineWeb, c4
	web.Sentences, web.LineWords = stages.AtLeast(5), stages.AtLeast(3)
	ws, en := peerDocs(t, "ws"), peerDocs(t, "en")
	alike, all := map[string]int{}, 0
	var v text.View
	for i := range ws {
		d := &ws[i]
		if d.Lang != "eng" || strings.HasPrefix(d.ID, "edge/") {
			continue
		}
		all++
		for _, c := range []struct {
			name string
			ours stages.Filter
			peer bool
		}{
			{"gopher_repetition", &repetition, d.Filter.Repetition.Keep},
			{"gopher_quality", &quality, d.Filter.Quality.Keep},
			{"fineweb", &fine, d.Filter.FineWeb.Keep},
			{"c4", &web, en[i].Filter.C4.Keep},
		} {
			v.Reset(d.Text)
			v.SetLanguage("en")
			why := step(t, &v, c.ours, "en")
			if (why == "") == c.peer {
				alike[c.name]++
			} else {
				t.Logf("%s: %s: ours %q, datatrove keeps: %v", c.name, d.ID, why, c.peer)
			}
		}
	}
	for name, least := range agreement {
		got := float64(alike[name]) / float64(all)
		t.Logf("%s: %d of %d alike: %.4f", name, alike[name], all, got)
		if !(got >= least) {
			t.Errorf("%s: %d of %d documents alike: %.3f, want %.3f", name, alike[name], all, got, least)
		}
	}
}
