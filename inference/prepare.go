package inference

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/inference/chat"
	"github.com/winnow-data/winnow/inference/schema"
)

// prepare checks a request and makes a job of it. What is wrong with it is an error of the request alone.
func (b *Batcher) prepare(r *Request, grammars map[string]*schema.Grammar) (*job, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if err := b.can(r); err != nil {
		return nil, err
	}
	j := &job{task: r.Task, pooling: r.Pooling}
	ids, err := b.prompt(r)
	if err != nil {
		return nil, err
	}
	if j.choices, err = b.choices(r); err != nil {
		return nil, err
	}
	if ids, err = b.fit(r, ids, j.choices); err != nil {
		return nil, err
	}
	for i, id := range ids {
		if id < 0 || int(id) >= b.shape.vocab {
			return nil, fmt.Errorf("token %d is %d, want 0 to %d", i, id, b.shape.vocab-1)
		}
	}
	j.ids, j.prompt, j.limit = ids, len(ids), len(ids)
	j.share = b.sharedTokens(r, ids)
	switch r.Task {
	case Generate:
		return j, b.prepareWriting(j, r, grammars)
	case Score:
		j.logProbs = make([]float64, len(ids)-1)
	case Choose:
		j.logProbs = make([]float64, len(r.Choices))
	case Embed:
		j.sum = make([]float64, b.shape.hidden)
	}
	return j, b.fits(j, len(ids))
}

// Can says what the model lacks for a task with a text; nil is nothing.
func (b *Batcher) Can(t Task) error { return b.can(&Request{Task: t}) }

// can says whether the model is of the kind that the task needs.
func (b *Batcher) can(r *Request) error {
	switch {
	case r.Task == Classify && b.shape.labels == 0:
		return errors.New("classify: the model has no classification head")
	case r.Task <= Score && !b.shape.head:
		return fmt.Errorf("%v: the model has no language head", r.Task)
	case b.tok == nil && (r.IDs == nil || len(r.Choices) > 0 || len(r.Stop) > 0 || len(r.Labels) > 0 || r.Schema != nil):
		return errors.New("the model has no tokenizer: give ids, and no choices, stop texts, labels or schema")
	}
	return nil
}

// prompt is the request's tokens.
func (b *Batcher) prompt(r *Request) (ids []int32, err error) {
	switch {
	case r.IDs != nil:
		ids = slices.Clone(r.IDs)
	case r.Messages != nil:
		if b.noChat != nil {
			return nil, b.noChat
		}
		ids, err = b.render(r.Messages, r.Task != Score && r.Task != Embed && r.Task != Classify)
	default:
		ids = b.encode(nil, r.Prompt, r.Special)
	}
	if err != nil {
		return nil, err
	}
	need := 1
	if r.Task == Score {
		need = 2
	}
	if len(ids) < need {
		return nil, fmt.Errorf("%v: the prompt has %d tokens, want at least %d", r.Task, len(ids), need)
	}
	return ids, nil
}

// encode is the tokens of a raw text, with the token that begins a text where the model wants one.
func (b *Batcher) encode(dst []int32, text string, special bool) []int32 {
	if bos, add := b.tok.BOS(); add && bos >= 0 {
		dst = append(dst, bos)
	}
	return b.tok.Encode(dst, text, special)
}

func (b *Batcher) render(ms []Message, answer bool) ([]int32, error) {
	turns := make([]chat.Message, len(ms))
	for i, m := range ms {
		turns[i] = chat.Message(m)
	}
	if err := b.tmpl.Check(turns); err != nil {
		return nil, err
	}
	return chat.Append(nil, b.tok, b.tmpl.Render(turns, answer))
}

func (b *Batcher) choices(r *Request) ([][]int32, error) {
	var cs [][]int32
	for i, text := range r.Choices {
		ids := b.tok.Encode(nil, text, r.Special)
		if len(ids) == 0 {
			return nil, fmt.Errorf("choose: choice %d has no tokens", i)
		}
		cs = append(cs, ids)
	}
	return cs, nil
}

// fit sees to it that prompt and answer fit the context, cutting the prompt where the request allows it.
func (b *Batcher) fit(r *Request, ids []int32, choices [][]int32) ([]int32, error) {
	most, context := b.shape.context, b.shape.context
	switch r.Task {
	case Generate:
		most -= r.MaxTokens - 1 // the last token written is not read again
		if r.MaxTokens == 0 && r.Truncate {
			most -= context / 4
		}
	case Choose:
		for _, c := range choices {
			most = min(most, context-len(c)+1)
		}
	}
	if len(ids) <= most || r.Task == Generate && len(ids) <= context && !r.Truncate {
		return ids, nil // an answer that does not fit ends with FinishLength
	}
	if !r.Truncate {
		return nil, fmt.Errorf("the prompt has %d tokens%s, and the model's context is %d: shorten it, or let it be truncated", len(ids), besides(context-most), context)
	}
	if most < 1 {
		return nil, fmt.Errorf("answers of %d tokens leave no room in the context of %d", context-most, context)
	}
	if r.Task == Score {
		return ids[:most], nil
	}
	head := most / 2
	return append(ids[:head], ids[len(ids)-(most-head):]...), nil
}

func besides(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" besides %d for the answer", n)
}

// fits says whether the memory can hold one sequence of n tokens.
func (b *Batcher) fits(j *job, n int) error {
	for _, c := range j.choices {
		n = max(n, j.prompt+len(c)+pageTokens) // a branch copies a page
	}
	if (n+b.shape.page-1)/b.shape.page > b.shape.pages {
		return b.memoryError(n)
	}
	return nil
}

// sharedTokens is how many of the request's tokens the Shared hint is about.
func (b *Batcher) sharedTokens(r *Request, ids []int32) int {
	switch {
	case r.Shared <= 0:
		return 0
	case r.IDs != nil:
		return min(r.Shared, len(ids))
	case r.Messages != nil:
		begin, err := b.render(r.Messages[:min(r.Shared, len(r.Messages))], false)
		if err != nil {
			return 0 // such as a template that wants more than these
		}
		return common(begin, ids)
	}
	return common(b.encode(nil, r.Prompt[:min(r.Shared, len(r.Prompt))], r.Special), ids)
}

func (b *Batcher) prepareWriting(j *job, r *Request, grammars map[string]*schema.Grammar) error {
	j.limit = b.shape.context + 1
	if r.MaxTokens > 0 {
		j.limit = min(j.limit, j.prompt+r.MaxTokens)
	}
	need := j.limit - 1
	if r.MaxTokens == 0 {
		need = j.prompt
	}
	if err := b.fits(j, need); err != nil {
		return err
	}
	w := &writing{temperature: r.Temperature, topK: r.TopK, topP: r.TopP, minP: r.MinP, penalty: r.Penalty, seed: seedOf(r.Seed, r.Key)}
	if w.topP == 0 {
		w.topP = 1
	}
	if w.penalty == 0 {
		w.penalty = 1
	}
	for _, s := range r.Stop {
		w.stop = append(w.stop, []byte(s))
	}
	room := min(j.limit-j.prompt, 1024)
	j.ids = slices.Grow(j.ids, room)
	w.logProbs, w.ends = make([]float64, 0, room), make([]int, 0, room)
	w.text = make([]byte, 0, 8*room)
	j.writing = w
	g, name, err := r.grammar(grammars)
	j.grammar, j.grammarName = g, name
	return err
}

// grammar is what the request's Labels or Schema allow, nil where they are not set; name is its own. seen holds those of the call's other requests.
func (r *Request) grammar(seen map[string]*schema.Grammar) (g *schema.Grammar, name string, err error) {
	switch {
	case r.Labels != nil:
		name = "labels\x00" + strings.Join(r.Labels, "\x00")
	case r.Schema != nil:
		name = "schema\x00" + string(r.Schema)
	default:
		return nil, "", nil
	}
	if g = seen[name]; g != nil {
		return g, name, nil
	}
	if r.Labels != nil {
		g, err = schema.Labels(r.Labels)
	} else {
		g, err = schema.Compile(r.Schema)
	}
	if err == nil && seen != nil {
		seen[name] = g
	}
	return g, name, err
}

// Check says what no model can make sense of.
func (r *Request) Check() error {
	sources := 0
	for _, set := range []bool{r.Messages != nil, r.Prompt != "", r.IDs != nil} {
		if set {
			sources++
		}
	}
	bad := func(x float64, lo, hi float64) bool { return !(x >= lo && x <= hi) }
	switch {
	case sources == 0:
		return errors.New("the request is empty: it has no messages, no prompt and no ids")
	case sources > 1:
		return errors.New("the request has more than one of messages, prompt and ids")
	case r.Task > Classify:
		return fmt.Errorf("unknown %v", r.Task)
	case (r.Task == Choose) != (len(r.Choices) > 0):
		return fmt.Errorf("%v with %d choices: choose needs some, other tasks none", r.Task, len(r.Choices))
	case r.Task != Generate && (r.Labels != nil || r.Schema != nil || len(r.Stop) > 0):
		return fmt.Errorf("%v with labels, a schema or stop texts: these are for generate", r.Task)
	case r.Labels != nil && r.Schema != nil:
		return errors.New("labels and a schema: give one of them")
	case r.MaxTokens < 0 || r.TopK < 0 || r.Shared < 0:
		return fmt.Errorf("max_tokens %d, top_k %d, shared %d: want 0 or more", r.MaxTokens, r.TopK, r.Shared)
	case bad(r.Temperature, 0, 100) || r.Temperature > 0 && r.Temperature < 1e-3:
		return fmt.Errorf("temperature %v: want 0, or 0.001 to 100", r.Temperature)
	case bad(r.TopP, 0, 1) || bad(r.MinP, 0, 1):
		return fmt.Errorf("top_p %v, min_p %v: want 0 to 1", r.TopP, r.MinP)
	case r.Penalty != 0 && bad(r.Penalty, 0.01, 100) || math.IsNaN(r.Penalty):
		return fmt.Errorf("penalty %v: want 0.01 to 100, or 0 for none", r.Penalty)
	case slices.Contains(r.Stop, ""):
		return errors.New("a stop text is empty")
	}
	return nil
}
