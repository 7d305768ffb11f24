package fasttext

// A Prediction is a label with its probability.
type Prediction struct {
	Label       string // as the file spells it: "__label__en"
	Probability float32
}

// A Predictor answers with one model. It holds scratch memory and belongs to one goroutine.
type Predictor struct {
	model  *Model
	hidden []float32
	out    []float32
	rows   []int32
	hashes []int32
	cache  cache
	gram   []byte
	best   best
	labels []string
}

// Predictor returns a new predictor for m.
func (m *Model) Predictor() *Predictor {
	p := &Predictor{model: m, hidden: make([]float32, m.args.dim), labels: m.Labels()}
	if m.args.loss != lossHS {
		p.out = make([]float32, m.dict.labels())
	}
	return p
}

// Predict returns the k likeliest labels, likeliest first, without those below a probability of about 1e-5. None are returned for a
// model and text without a single known word or n-gram. Every kind of white space, the newline too, separates words; as in
// the reference, a word "</s>" ends the text. The result is valid until the next call.
func (p *Predictor) Predict(text string, k int, into []Prediction) ([]Prediction, error) {
	into = into[:0]
	n := p.average(text)
	if n == 0 || k < 1 {
		return into, nil
	}
	p.best.k, p.best.heap = k, p.best.heap[:0]
	if err := p.outputs(&p.best); err != nil {
		return into, err
	}
	for _, s := range p.best.sorted() {
		into = append(into, Prediction{p.labels[s.label], expf(s.score)})
	}
	return into, nil
}

// average sets hidden to the mean of the rows of the text's words and n-grams and returns how many there were.
func (p *Predictor) average(text string) int {
	m := p.model
	clear(p.hidden)
	p.hashes = p.hashes[:0]
	n := 0
	for ended := false; !ended; {
		var w string
		var h uint32
		w, text, h = cut(text)
		if w == "" {
			w, h, ended = eos, eosHash, true
		} else if w == eos {
			ended = true
		}
		rows, isWord := p.cache.rows(m, w, h, &p.gram)
		if isWord && m.args.wordNgrams > 1 {
			p.hashes = append(p.hashes, int32(h))
		}
		p.add(rows)
		n += len(rows)
	}
	if m.args.wordNgrams > 1 {
		p.rows = m.dict.wordGrams(p.rows[:0], p.hashes, &m.args)
		p.add(p.rows)
		n += len(p.rows)
	}
	if n > 0 {
		by := float32(1 / float64(n))
		for i := range p.hidden {
			p.hidden[i] *= by
		}
	}
	return n
}

// add adds rows to hidden, one after the other. [Model.check] has seen to it that there are as many.
func (p *Predictor) add(rows []int32) {
	if p.model.args.dim == 16 && p.model.input.data != nil {
		sum16((*[16]float32)(p.hidden), p.model.input.data, rows)
		return
	}
	for _, r := range rows {
		p.model.input.add(p.hidden, int(r))
	}
}

// plainSum16 adds rows of 16 numbers, the length of lid.176's vectors: eight sums at a time stay in registers.
func plainSum16(x *[16]float32, data []float32, rows []int32) {
	for half := 0; half < 16; half += 8 {
		h := x[half : half+8 : half+8]
		a, b, c, d, e, f, g, i := h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]
		for _, r := range rows {
			v := data[int(r)*16+half:][:8]
			a += v[0]
			b += v[1]
			c += v[2]
			d += v[3]
			e += v[4]
			f += v[5]
			g += v[6]
			i += v[7]
		}
		h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7] = a, b, c, d, e, f, g, i
	}
}

// cut returns the first word of s, what follows it and the word's hash.
func cut(s string) (word, rest string, h uint32) {
	i := 0
	for i < len(s) && space[s[i]] {
		i++
	}
	h = fnvBasis
	j := i
	for ; j < len(s) && !space[s[j]]; j++ {
		h = step(h, s[j])
	}
	return s[i:j], s[j:], h
}

// space holds what separates words: space, tab, newline, vertical tab, form feed, carriage return and the zero byte.
var space = [256]bool{' ': true, '\t': true, '\n': true, '\v': true, '\f': true, '\r': true, 0: true}
