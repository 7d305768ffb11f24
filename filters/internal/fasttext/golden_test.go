package fasttext

import (
	"bufio"
	"compress/gzip"
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

// TestGolden compares labels and probabilities, bit for bit, with those of fastText C++ 0.9.2.
func TestGolden(t *testing.T) {
	f, err := os.Open(realdata.Path(t, "golden/langid/fasttext_lid176ftz.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	p := lid176(t).Predictor()
	in, n, bad := bufio.NewScanner(z), 0, 0
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var row struct {
			ID   string
			Text *string
			Top3 [][2]any
		}
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Text == nil {
			continue
		}
		n++
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
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	if n < 1000 || bad > 0 {
		t.Errorf("%d of %d texts differ; want 0 of at least 1000", bad, n)
	}
}
