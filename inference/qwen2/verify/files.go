package verify

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
)

// An array is where values lie in the folder's blob of little-endian float32.
type array struct {
	At    int   `json:"at"`
	Shape []int `json:"shape"`
}

// A blob is that file.
type blob []byte

func readBlob(folder, name string) (blob, error) {
	return os.ReadFile(filepath.Join(folder, name))
}

// values returns the numbers of an array; nil for one that is absent.
func (b blob) values(a *array) []float32 {
	if a == nil {
		return nil
	}
	n := 1
	for _, d := range a.Shape {
		n *= d
	}
	if a.At < 0 || n < 0 || a.At+n > len(b)/4 {
		return []float32{float32(math.NaN())} // a file cut short fails every comparison
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*(a.At+i):]))
	}
	return v
}

// readJSON decodes a file of a golden folder.
func readJSON(folder, name string, v any) error {
	path := filepath.Join(folder, name)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func exists(parts ...string) bool {
	_, err := os.Stat(filepath.Join(parts...))
	return err == nil
}
