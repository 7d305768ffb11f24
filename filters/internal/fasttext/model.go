// Package fasttext reads the classifiers that fastText trains (.bin, and .ftz, the compressed form) and answers as fastText 0.9.2
// does, bit for bit: the same additions of the same float32 numbers in the same order.
//
//	m, err := fasttext.Load("lid.176.ftz")
//	p := m.Predictor() // one per goroutine; the model is read-only and shared
//	for _, x := range p.Predict(text, 1) { fmt.Println(x.Label, x.Probability) }
//
// The algorithm is that of Joulin et al. 2016 (arXiv:1607.01759) and, for .ftz, Joulin et al. 2016 (arXiv:1612.03651); the format
// is written down only in the reference's source: fasttext.cc, dictionary.cc, matrix and loss files.
package fasttext

import (
	"errors"
	"fmt"
	"math"
	"os"
)

const (
	magic      = 793712314
	version    = 12
	supervised = 3
	// maxDim bounds the length of a vector. The largest models in use have 300 and fit many times.
	maxDim = 1 << 16
	// maxGram bounds the longest character n-gram, in characters; fastText's default is 6. It keeps the work per byte of text small.
	maxGram = 64
)

// Kinds of output layer, as numbered in the file.
const (
	lossHS      = 1 // a Huffman tree of yes/no decisions
	lossNS      = 2
	lossSoftmax = 3
	lossOVA     = 4
)

// A Model is a trained classifier. It is read-only: any number of goroutines may use it, each through its own [Predictor].
type Model struct {
	args   args
	dict   dictionary
	input  matrix // [words + buckets][dim]
	output matrix // [labels][dim]; of hierarchical softmax [labels-1 inner nodes, one row unused][dim]
	tree   []node // of hierarchical softmax
}

type args struct {
	dim, wordNgrams, loss, bucket, minn, maxn int
}

// Load reads a model from a file.
func Load(path string) (*Model, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading fastText model: %w", err)
	}
	m, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("reading fastText model %q: %w", path, err)
	}
	return m, nil
}

// Parse reads a model from the bytes of its file and keeps parts of them. Whatever sizes b claims, it allocates a small multiple of
// len(b) and at most 128 MiB for decoding a compressed matrix.
func Parse(b []byte) (*Model, error) {
	r := &reader{b: b}
	m := &Model{}
	if got := r.int32(); r.err == nil && got != magic {
		return nil, fmt.Errorf("the file begins with %d, a fastText model with %d", got, magic)
	}
	if got := r.int32(); r.err == nil && got != version && got != version-1 {
		return nil, fmt.Errorf("format version %d, readable are %d and %d", got, version-1, version)
	} else if err := m.args.read(r, got); err != nil {
		return nil, err
	}
	if err := m.dict.read(r, m.args.bucket); err != nil {
		return nil, fmt.Errorf("dictionary: %w", err)
	}
	quantInput := r.bool()
	if err := m.input.read(r, quantInput); err != nil {
		return nil, fmt.Errorf("input matrix: %w", err)
	}
	if !quantInput && m.dict.pruned {
		return nil, errors.New("a pruned dictionary with an uncompressed matrix; only .ftz files are pruned")
	}
	quantOutput := r.bool()
	if err := m.output.read(r, quantInput && quantOutput); err != nil {
		return nil, fmt.Errorf("output matrix: %w", err)
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	if m.args.loss == lossHS {
		var err error
		if m.tree, err = huffman(m.dict.counts); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (a *args) read(r *reader, version int) error {
	var v [12]int // dim ws epoch minCount neg wordNgrams loss model bucket minn maxn lrUpdateRate
	for i := range v {
		v[i] = r.int32()
	}
	r.bytes(8) // t, the sampling threshold of training
	if r.err != nil {
		return r.err
	}
	*a = args{dim: v[0], wordNgrams: v[5], loss: v[6], bucket: v[8], minn: v[9], maxn: v[10]}
	if version == 11 {
		a.maxn = 0 // classifiers of that age have no character n-grams, whatever they say
	}
	switch {
	case v[7] != supervised:
		return fmt.Errorf("model kind %d is no classifier; only kind %d (supervised) is", v[7], supervised)
	case a.dim < 1 || a.dim > maxDim:
		return fmt.Errorf("vectors of %d numbers, allowed are 1 to %d", a.dim, maxDim)
	case a.loss < lossHS || a.loss > lossOVA:
		return fmt.Errorf("loss %d, allowed are 1 (hs), 2 (ns), 3 (softmax), 4 (one-vs-all)", a.loss)
	case a.bucket < 0:
		return fmt.Errorf("%d buckets, allowed are 0 and more", a.bucket)
	case a.maxn > maxGram || a.maxn > 0 && a.minn < 0:
		return fmt.Errorf("character n-grams of %d to %d, allowed are 0 to %d", a.minn, a.maxn, maxGram)
	case a.wordNgrams > maxGram:
		return fmt.Errorf("word n-grams of up to %d, allowed are 0 to %d", a.wordNgrams, maxGram)
	case a.bucket == 0 && (a.maxn > 0 || a.wordNgrams > 1):
		return errors.New("n-grams without buckets")
	}
	return nil
}

// check compares what the parts of the file say about each other, so that no index is out of range when the model is used.
func (m *Model) check() error {
	d := &m.dict
	rows := d.words() + m.args.bucket
	if d.pruned {
		rows = d.words() + d.prunedRows
	}
	switch {
	case m.input.cols != m.args.dim || m.output.cols != m.args.dim:
		return fmt.Errorf("matrices of %d and %d columns for vectors of %d numbers", m.input.cols, m.output.cols, m.args.dim)
	case rows > math.MaxInt32:
		return fmt.Errorf("%d words and n-grams, allowed are up to %d", rows, math.MaxInt32)
	case m.input.rows < rows:
		return fmt.Errorf("an input matrix of %d rows for %d words and n-grams", m.input.rows, rows)
	case d.labels() == 0:
		return errors.New("no labels")
	case m.output.rows < d.labels():
		return fmt.Errorf("an output matrix of %d rows for %d labels", m.output.rows, d.labels())
	}
	return nil
}

// Labels returns the labels as the file spells them, "__label__en", most frequent in training first. The caller may keep it.
func (m *Model) Labels() []string {
	labels := make([]string, m.dict.labels())
	for i := range labels {
		labels[i] = m.dict.label(i)
	}
	return labels
}

// Dim returns the length of the model's vectors.
func (m *Model) Dim() int { return m.args.dim }
