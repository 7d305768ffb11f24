package fasttext

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
)

func lid176(t testing.TB) *Model {
	m, err := Load(realdata.Path(t, "data/langid/lid.176.ftz"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A goldenRow is a text with what fastText C++ 0.9.2 answers. Documents of Common Crawl have no text there.
type goldenRow struct {
	ID   string
	Text *string
	Hash string `json:"text_sha256_16"`
	Top3 [][2]any
}

func golden(t testing.TB) (rows []goldenRow) {
	f, err := os.Open(realdata.Path(t, "golden/langid/fasttext_lid176ftz.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(z)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var row goldenRow
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestGolden compares three labels and probabilities, bit for bit, with those of fastText C++ 0.9.2.
func TestGolden(t *testing.T) {
	p, cc, bad := lid176(t).Predictor(), realdata.CommonCrawl(t), 0
	rows := golden(t)
	for _, row := range rows {
		if row.Text == nil {
			text, ok := cc[row.ID]
			if sum := sha256.Sum256([]byte(text)); !ok || hex.EncodeToString(sum[:8]) != row.Hash {
				t.Fatalf("%s: the text is not among the documents of Common Crawl", row.ID)
			}
			row.Text = &text
		}
		got, err := p.Predict(*row.Text, 3, nil)
		if err != nil {
			t.Fatalf("%s: %v", row.ID, err)
		}
		same := len(got) == len(row.Top3)
		for i := 0; same && i < len(got); i++ {
			same = strings.TrimPrefix(got[i].Label, "__label__") == row.Top3[i][0] && got[i].Probability == float32(row.Top3[i][1].(float64))
		}
		if !same {
			if bad++; bad < 10 {
				t.Errorf("%s: got %v, want %v", row.ID, got, row.Top3)
			}
		}
	}
	if len(rows) != 1795 || bad > 0 {
		t.Errorf("%d of %d texts differ; want 0 of 1,795", bad, len(rows))
	}
}
