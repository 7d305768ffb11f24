package gguf

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/inference/internal/golden"
	"github.com/winnow-data/winnow/inference/tensor"
)

type goldenTensor struct {
	Name, Type string
	Shape      []int
	Bytes      int
	SHA        string `json:"sha256_f32"`
	First      []float32
	Last       float32
}

// TestGoldenFiles reads every tensor of every file bit for bit as the gguf package and ggml do.
func TestGoldenFiles(t *testing.T) {
	var want struct {
		Files []struct {
			File    string
			Tensors []goldenTensor
		}
	}
	golden.JSON(t, "golden/qwen2-gguf/golden.json", &want)
	if len(want.Files) < 17 {
		t.Fatalf("%d files, want all 17", len(want.Files))
	}
	for _, file := range want.Files {
		t.Run(file.File, func(t *testing.T) {
			f, err := Open(golden.Path(t, "golden/qwen2-gguf/"+file.File))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if got := len(f.Tensors()); got != len(file.Tensors) {
				t.Errorf("%d tensors, want %d", got, len(file.Tensors))
			}
			for _, want := range file.Tensors {
				compareTensor(t, f, want)
			}
		})
	}
}

func compareTensor(t *testing.T, f *File, want goldenTensor) {
	t.Helper()
	got, err := f.Tensor(want.Name)
	if err != nil {
		t.Error(err)
		return
	}
	if got.Type.String() != want.Type || !slices.Equal(got.Shape, want.Shape) || len(got.Data) != want.Bytes {
		t.Errorf("%s: %s %v, %d bytes; want %s %v, %d", want.Name, got.Type, got.Shape, len(got.Data), want.Type, want.Shape, want.Bytes)
		return
	}
	// The digests are of values whose zeros have the reference's signs, which no formula of ours has to give: a mismatch counts only
	// when no choice of signs, all as computed or all positive, agrees.
	if signed, positive := digest(got, false), digest(got, true); signed != want.SHA && positive != want.SHA {
		t.Errorf("%s: sha256 %s or %s without negative zeros, want %s", want.Name, signed, positive, want.SHA)
	}
}

// digest is the SHA-256 of all values as little-endian float32.
func digest(x tensor.Tensor, positiveZeros bool) string {
	h := sha256.New()
	row, raw := make([]float32, x.Cols()), make([]byte, 4*x.Cols())
	for r := range x.Rows() {
		x.Row(r, row)
		for i, v := range row {
			if positiveZeros && v == 0 {
				v = 0
			}
			binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(v))
		}
		h.Write(raw)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// TestGoldenRandomBlocks reads blocks with random bits in every field.
func TestGoldenRandomBlocks(t *testing.T) {
	var want struct {
		Blob   string
		Random struct {
			File    string
			Tensors []struct {
				Name, Type string
				Values     struct {
					At    int
					Shape []int
				}
			}
		} `json:"random_blocks"`
	}
	golden.JSON(t, "golden/qwen2-gguf/golden.json", &want)
	blob, err := os.ReadFile(golden.Path(t, "golden/qwen2-gguf/"+want.Blob))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(golden.Path(t, "golden/qwen2-gguf/"+want.Random.File))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, w := range want.Random.Tensors {
		x, err := f.Tensor(w.Name)
		if err != nil {
			t.Error(err)
			continue
		}
		row := make([]float32, x.Cols())
		bad := 0
		for r := range x.Rows() {
			x.Row(r, row)
			for c, got := range row {
				bits := binary.LittleEndian.Uint32(blob[4*(w.Values.At+r*x.Cols()+c):])
				if math.Float32bits(got) == bits || got == 0 && bits<<1 == 0 {
					continue
				}
				if bad++; bad < 4 {
					t.Errorf("%s: row %d column %d: %x, want %x", w.Name, r, c, math.Float32bits(got), bits)
				}
			}
		}
	}
}
