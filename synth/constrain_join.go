package synth

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/winnow-data/winnow/stages"
)

// join writes instructions into the last turn, and tells check_constraints of them.
func (c *Constrain) join(d *stages.Document, instructions []string) error {
	ids, err := listField[json.RawMessage](d, "instruction_id_list")
	if err != nil {
		return err
	}
	kwargs, err := listField[json.RawMessage](d, "kwargs")
	if err != nil {
		return err
	}
	if len(ids) != len(kwargs) {
		return fmt.Errorf("field \"kwargs\" lists %d objects, field \"instruction_id_list\" %d instructions", len(kwargs), len(ids))
	}
	for _, s := range instructions {
		functions, _ := c.known.of(s)
		args, err := json.Marshal(functionArgs{s, functions})
		if err != nil {
			return err
		}
		ids, kwargs = append(ids, json.RawMessage(`"`+functionsID+`"`)), append(kwargs, args)
	}
	d.Fields = slices.Clone(d.Fields)
	for _, f := range []struct {
		name string
		list []json.RawMessage
	}{{"instruction_id_list", ids}, {"kwargs", kwargs}} {
		raw, err := json.Marshal(f.list)
		if err != nil {
			return err
		}
		d.Fields.SetRaw(f.name, raw)
	}
	tail := "\n\n" + strings.Join(instructions, "\n")
	if d.Turns == nil {
		d.Text += tail
		return nil
	}
	d.Turns = slices.Clone(d.Turns)
	d.Turns[len(d.Turns)-1].Content += tail
	return nil
}

// listField reads a field that holds a list; nil where there is none.
func listField[T any](d *stages.Document, name string) (list []T, err error) {
	raw, ok := d.Fields.Raw(name)
	if !ok || string(raw) == "null" {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("field %q is %.60s, want a list", name, raw)
	}
	return list, nil
}
