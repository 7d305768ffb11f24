package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// list asks which models there are. It is one try.
func (m *Model) list(ctx context.Context) ([]string, error) {
	status, header, answer, err := m.exchange(ctx, http.MethodGet, "models", nil)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, m.fault("models", status, header, answer, nil)
	}
	var l struct {
		Data   []listed `json:"data"`
		Models []listed `json:"models"`
	}
	if err := json.Unmarshal(answer, &l); err != nil {
		var bare []listed
		if json.Unmarshal(answer, &bare) != nil {
			return nil, fmt.Errorf("models: the answer is no list: %q", oneLine(string(answer), 80))
		}
		l.Data = bare
	}
	if len(l.Data) == 0 {
		l.Data = l.Models
	}
	names := make([]string, 0, len(l.Data))
	for _, d := range l.Data {
		if d.ID == "" {
			d.ID = d.Name
		}
		names = append(names, d.ID)
	}
	return names, nil
}

type listed struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}
