// Command generate packs the trigram models of lingua-go into one table that package lingua uses straight from the bytes
// embedded in the binary. Run it in the folder of package lingua: go run ./_generate
//
// A model gives, per language, the probability of a letter after two letters. The packed cell is its negative logarithm, capped:
// beyond the cap a trigram counts as one never seen. The layout stands in table.go, which reads it.
package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	lingua "github.com/pemistahl/lingua-go"
	"github.com/pemistahl/lingua-go/serialization"
	"google.golang.org/protobuf/proto"
)

const (
	module = "github.com/pemistahl/lingua-go"
	limit  = 8.0 // nats; cell 255
	steps  = 254 // cells below the cap
)

var scripts = []struct {
	code      string
	letters   *unicode.RangeTable
	languages []lingua.Language
}{
	{"Arab", unicode.Arabic, lingua.AllLanguagesWithArabicScript()},
	{"Cyrl", unicode.Cyrillic, lingua.AllLanguagesWithCyrillicScript()},
	{"Deva", unicode.Devanagari, lingua.AllLanguagesWithDevanagariScript()},
	{"Latn", unicode.Latin, lingua.AllLanguagesWithLatinScript()},
}

func main() {
	log.SetFlags(0)
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		log.Fatalf("finding %s: %v", module, err)
	}
	models := filepath.Join(strings.TrimSpace(string(dir)), "language-models")
	var out bytes.Buffer
	out.WriteString("winnowL1")
	number(&out, len(scripts))
	for _, s := range scripts {
		if err := pack(&out, models, s.code, s.letters, s.languages); err != nil {
			log.Fatalf("packing %s: %v", s.code, err)
		}
	}
	if err := os.WriteFile("table.bin", out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

func pack(out *bytes.Buffer, models, script string, letters *unicode.RangeTable, languages []lingua.Language) error {
	costs := map[[3]rune][]byte{}
	used := map[rune]bool{}
	for i, l := range languages {
		code := strings.ToLower(l.IsoCode639_1().String())
		m, err := read(filepath.Join(models, code, "trigrams.pb.bin.zip"))
		if err != nil {
			return fmt.Errorf("%s: %w", code, err)
		}
		for _, set := range m.NgramSets {
			cost := -math.Log(set.Probability)
			if cost >= limit {
				continue
			}
			for _, g := range set.Ngrams {
				key := [3]rune([]rune(g))
				if !unicode.Is(letters, key[0]) || !unicode.Is(letters, key[1]) || !unicode.Is(letters, key[2]) {
					continue
				}
				if costs[key] == nil {
					costs[key] = bytes.Repeat([]byte{255}, len(languages))
				}
				costs[key][i] = byte(math.Round(cost / limit * steps))
				used[key[0]], used[key[1]], used[key[2]] = true, true, true
			}
		}
	}
	alphabet := make([]rune, 0, len(used))
	for r := range used {
		alphabet = append(alphabet, r)
	}
	slices.Sort(alphabet)
	if len(alphabet) >= 1<<10 {
		return fmt.Errorf("%d letters, at most %d", len(alphabet), 1<<10-1)
	}
	write(out, script, languages, alphabet, costs)
	return nil
}

// write appends one script: see table.go for the layout.
func write(out *bytes.Buffer, script string, languages []lingua.Language, alphabet []rune, costs map[[3]rune][]byte) {
	keys := make([]uint32, 0, len(costs))
	rows := map[uint32][]byte{}
	for g, row := range costs {
		var key uint32
		for _, r := range g {
			i, _ := slices.BinarySearch(alphabet, r)
			key = key<<10 | uint32(i+1)
		}
		keys = append(keys, key)
		rows[key] = row
	}
	slices.Sort(keys)
	bits := 1
	for 1<<bits < 2*len(keys) {
		bits++
	}
	stride := (4 + len(languages) + 7) / 8 * 8
	out.WriteString(script)
	number(out, len(languages))
	for _, l := range languages {
		out.WriteString(strings.ToLower(l.IsoCode639_1().String()))
	}
	number(out, len(alphabet))
	for _, r := range alphabet {
		number(out, int(r))
	}
	number(out, bits)
	number(out, len(keys))
	slots := make([]uint32, 1<<bits)
	for row, key := range keys {
		at := key * 0x9E3779B1 >> (32 - bits)
		for slots[at] != 0 {
			at = (at + 1) & (1<<bits - 1)
		}
		slots[at] = uint32(row + 1)
	}
	for _, s := range slots {
		number(out, int(s))
	}
	for _, key := range keys {
		row := make([]byte, stride)
		binary.LittleEndian.PutUint32(row, key)
		copy(row[4:], rows[key])
		out.Write(row)
	}
	log.Printf("%s: %d languages, %d letters, %d trigrams", script, len(languages), len(alphabet), len(keys))
}

func number(out *bytes.Buffer, n int) {
	out.Write(binary.LittleEndian.AppendUint32(nil, uint32(n)))
}

func read(path string) (*serialization.SerializableLanguageModel, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	r, err := z.File[0].Open()
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	m := new(serialization.SerializableLanguageModel)
	return m, proto.Unmarshal(b, m)
}
