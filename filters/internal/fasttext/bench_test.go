package fasttext

import (
	"archive/zip"
	"io"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
)

// BenchmarkPredict reads the Universal Declaration of Human Rights in some 380 languages, each as one text.
func BenchmarkPredict(b *testing.B) {
	p := lid176(b).Predictor()
	z, err := zip.OpenReader(realdata.Path(b, "data/langid/udhr2.zip"))
	if err != nil {
		b.Fatal(err)
	}
	defer z.Close()
	var texts []string
	n := 0
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".txt") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			b.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			b.Fatal(err)
		}
		texts, n = append(texts, string(text)), n+len(text)
	}
	var into []Prediction
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		for _, t := range texts {
			if into, err = p.Predict(t, 1, into); err != nil {
				b.Fatal(err)
			}
		}
	}
}
