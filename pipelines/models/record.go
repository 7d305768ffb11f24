package models

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/winnow-data/winnow/inference"
)

// recorded puts record and budget in front of a model.
func (s *Set) recorded(name string, o Opened) (*model, error) {
	m := &model{name: name, here: o.Here, asked: o.Model, price: s.rec.Models[name].Price, budget: s.budget}
	if o.Recorded {
		return m, nil
	}
	m.counted = &metered{Model: o.Model, price: m.price, budget: s.budget}
	m.asked = m.counted
	if s.opt.Answers == "" {
		return m, nil
	}
	store, err := s.record()
	if err != nil {
		return nil, err
	}
	m.asked = &single{Model: inference.Record(m.counted, store), abroad: map[string]chan struct{}{}}
	return m, s.charge(name, m, store.Usage(m.counted.Name()))
}

// record opens the run's record, once: a segment of this machine's name, or of a further one where several processes of it are at work.
func (s *Set) record() (*inference.Store, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.store == nil && s.storeErr == nil {
		s.store, s.storeErr = inference.OpenStore(s.opt.Answers, segment())
	}
	return s.store, s.storeErr
}

// segment names what this process appends to.
func segment() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		return "answers"
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(host))
}

// charge books what earlier sessions of this run have paid: what the record holds beyond what it held when the run began. Where several runs at a time
// share a record, each is charged for all.
func (s *Set) charge(name string, m *model, u inference.Usage) error {
	before := u
	if s.opt.Run != "" {
		raw, err := json.Marshal(u)
		if err != nil {
			return err
		}
		have, err := once(filepath.Join(s.opt.Run, "models", digest(name + "\x00" + m.counted.Name())[:16]+".began"), string(raw))
		if err == nil {
			err = json.Unmarshal([]byte(have), &before)
		}
		if err != nil {
			return fmt.Errorf("the run's note of what its record held when it began: %w", err)
		}
	}
	in, out := u.In-before.In, u.Out-before.Out
	s.budget.had(Spent{u.Calls - before.Calls, in + out, cost(m.price, in, out)})
	return nil
}

// openReplay opens a record as a model. It is asked for its replies alone: without a tokenizer, since a record has none.
func openReplay(s Spec) (o Opened, err error) {
	if s.Carried != nil {
		o.Model, err = inference.ReplayFS(s.Carried, s.Path, s.Model.Model)
	} else {
		o.Model, err = inference.Replay(s.Path, s.Model.Model)
	}
	if err != nil {
		return Opened{}, err
	}
	o.Here, o.Recorded = !strings.HasPrefix(o.Model.Name(), "remote "), true
	return o, nil
}
