package models

// recorded puts record and budget in front of a model.
func (s *Set) recorded(name string, o Opened) (*model, error) {
	price := s.rec.Models[name].Price
	counted := &metered{Model: summed{o.Model}, price: price, budget: s.budget}
	return &model{name: name, here: o.Here, asked: counted, counted: counted, price: price, budget: s.budget}, nil
}
