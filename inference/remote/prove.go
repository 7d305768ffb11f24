package remote

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"unicode"

	"github.com/winnow-data/winnow/inference"
)

// A way is one of the ways to the log-probabilities of a prompt. Whether an endpoint has it is found out once.
type way struct {
	mu    sync.Mutex
	state wayState
}

type wayState uint8

const (
	untried wayState = iota
	believed
	fails
)

func (w *way) works() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state == believed
}

// agreement is how far the two log-probabilities of one token may lie apart, in nats: more than batches and kernels differ, less than two tokens do.
const agreement = 0.3

// prove finds out whether an endpoint's log-probabilities of a prompt are those of its tokens: what it gives the likeliest next token must be what it gives that
// token as the end of a prompt. Servers are known to answer with those of the token behind it (llama-cpp-python 0.3) or to leave tokens out; then, and where
// it has none, the error is errSilent.
func (m *Model) prove(ctx context.Context, w *way, known inference.Request, measured measure) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state == untried {
		ok, err := m.agrees(ctx, known, measured)
		switch {
		case err != nil && !cannot(err):
			return err
		case ok:
			w.state = believed
		default:
			w.state = fails
		}
	}
	if w.state == fails {
		return errSilent
	}
	return nil
}

func (m *Model) agrees(ctx context.Context, known inference.Request, measured measure) (bool, error) {
	next, _, err := m.likeliest(ctx, known)
	if err != nil {
		return false, err
	}
	word, want := "", math.Inf(-1)
	for token, lp := range next {
		if lp > want && strings.IndexFunc(strings.TrimPrefix(token, " "), func(r rune) bool { return !unicode.IsLetter(r) }) < 0 && strings.TrimSpace(token) != "" {
			word, want = token, lp
		}
	}
	if word == "" {
		return false, nil
	}
	probs, _, _, err := measured(ctx, behind(known, word))
	if err != nil || len(probs) == 0 {
		return false, err
	}
	return math.Abs(probs[len(probs)-1]-want) <= agreement, nil
}

// mentions says whether an error is about one of the words.
func mentions(err error, words ...string) bool {
	if errors.Is(err, ErrContext) || errors.Is(err, ErrRefused) {
		return false
	}
	text := strings.ToLower(err.Error())
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
