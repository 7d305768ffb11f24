package shard

import (
	"bytes"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/stages"
)

var rowSamples = []stages.Document{
	{},
	{ID: "a", Source: "s", Text: "text\x00\xff", Kind: "sft"},
	{ID: "b", Turns: []stages.Turn{{Role: "user", Content: "q"}, {}}, Parents: []string{"p", ""}},
	{ID: "c", Turns: []stages.Turn{}},
	{ID: "d", Answers: []stages.Answer{{}, {Text: "t", By: "m", Checks: []stages.Check{{Name: "n", Result: stages.Failed, Score: math.Inf(-1), Why: "w"}, {Result: stages.Passed}}}}},
	{ID: "e", Fields: stages.Fields{{Name: "n", Raw: []byte(`{"a": 1}`)}, {Name: "", Raw: []byte("5")}}},
	{ID: "f", Text: strings.Repeat("long ", 300_000)},
	{ID: "g", Text: "after"},
	{ID: "h", Signals: []float64{0, 1, 0.25, -3, 1 << 20, 1<<20 - 1, 1e300, math.Inf(1)}},
	{ID: "i", Signals: []float64{}},
}

func encodeRows(t testing.TB, docs []stages.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewRowWriter(&b)
	for i := range docs {
		if err := w.Write(&docs[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decodeRows(data []byte, batch int) (all []stages.Document, err error) {
	r := NewRowReader(bytes.NewReader(data))
	for {
		docs := make([]stages.Document, batch)
		n, err := r.Read(docs)
		all = append(all, docs[:n]...)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
	}
}

func TestRows(t *testing.T) {
	for _, docs := range [][]stages.Document{nil, rowSamples[:1], rowSamples} {
		data := encodeRows(t, docs)
		if !bytes.Equal(data, encodeRows(t, docs)) {
			t.Error("the same rows gave other bytes")
		}
		for _, batch := range []int{1, 3, 100} {
			got, err := decodeRows(data, batch)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(docs) || len(docs) > 0 && !reflect.DeepEqual(got, docs) {
				t.Errorf("batch %d: %d rows that differ from the %d written", batch, len(got), len(docs))
			}
		}
	}
}

func TestDamagedRows(t *testing.T) {
	data := encodeRows(t, append(rowSamples[:6:6], rowSamples[7]))
	for n := range data {
		if _, err := decodeRows(data[:n], 4); err == nil {
			t.Errorf("cut at %d of %d: got nil, want an error", n, len(data))
		}
		bad := bytes.Clone(data)
		bad[n] ^= 0x10
		if _, err := decodeRows(bad, 4); err == nil {
			t.Errorf("flipped byte %d: got nil, want an error", n)
		}
	}
	// A cut between two blocks.
	var b bytes.Buffer
	w := NewRowWriter(&b)
	for range 3 {
		if err := w.Write(&rowSamples[6]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := decodeRows(b.Bytes(), 4); err == nil {
		t.Error("without the end: got nil, want an error")
	}
}

// A whole block that is gone shows by the count at the end.
func TestLostBlock(t *testing.T) {
	one := encodeRows(t, rowSamples[6:7])
	two := encodeRows(t, append(rowSamples[6:7:7], rowSamples[6]))
	block := len(two) - len(one)
	if _, err := decodeRows(append([]byte(rowMagic), two[len(rowMagic)+block:]...), 4); err == nil || !strings.Contains(err.Error(), "the end says otherwise") {
		t.Errorf("got %v, want an error", err)
	}
}

func FuzzRows(f *testing.F) {
	f.Add(encodeRows(f, rowSamples[:6]))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = decodeRows(data, 4)
		// A block that passes its checksum must not be trusted either.
		r := &RowReader{block: data, left: 3}
		var d stages.Document
		for r.left > 0 && r.row(&d) == nil {
			r.left--
		}
	})
}
