// Package rows writes finished rows as trainers take them: one JSON object for each, in the layout that `format:` of an output names.
//
//	encode := rows.Encoder("trl")
//	line, err = encode(line, &d) // d.Kind is sft, dpo or kto
//
// A row is a conversation that ends with the assistant (sft), a prompt with a chosen and a rejected answer (dpo), or a conversation with the field `label`
// (kto). Each line also holds the row's id and its parents, by which `winnow explain` finds what made it; trainers carry or drop columns that they do not know.
//
//	            sft                                    dpo                                  kto
//	trl         prompt, completion                     prompt, chosen, rejected             prompt, completion, label
//	messages    messages                               -                                    -
//	sharegpt    conversations, system                  conversations, system, chosen, rejected   conversations, system, kto_tag
//	alpaca      instruction, input, output, system, history   … with chosen, rejected             … with kto_tag
//	llama-factory  as sharegpt, with dataset_info.json beside the shards
//
// In TRL (1.16) prompt, completion, chosen and rejected are lists of messages, the prompt always explicit. In LLaMA-Factory chosen and rejected are one object
// each: one file cannot serve both.
//
// Nothing that is no valid row is written: [Check] says what is wrong, and the encoders refuse it.
package rows

import (
	"errors"
	"fmt"
	"slices"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/dialogue"
	"github.com/winnow-data/winnow/stages/jsontext"
)

// Formats are the layouts that rows can be written in.
var Formats = []string{"trl", "messages", "sharegpt", "alpaca", "llama-factory"}

// Is says whether a name is that of a layout of rows.
func Is(format string) bool { return slices.Contains(Formats, format) }

// Takes says whether a layout can hold rows of a kind.
func Takes(format, kind string) bool {
	return format != "messages" && (kind == "sft" || kind == "dpo" || kind == "kto") || kind == "sft"
}

// Form is the form of conversations (shard.Forms) in which rows of a layout are read back; "" for another format.
func Form(format string) string {
	if format == "llama-factory" {
		return "sharegpt"
	}
	if Is(format) {
		return format
	}
	return ""
}

// Kind is the kind of a row: what pick made it, or sft for a conversation that ends with the assistant and came in as it is.
func Kind(d *stages.Document) string {
	if n := len(d.Turns); d.Kind == "" && n > 0 && d.Turns[n-1].Role == dialogue.Assistant {
		return "sft"
	}
	return d.Kind
}

// Check says what is wrong with a row: roles that do not take turns, an empty or endless content, a control token in it, a side of a pair that is missing or the
// same as the other but for white space, a label that is no boolean.
func Check(d *stages.Document) error {
	switch Kind(d) {
	case "sft", "kto":
		if err := dialogue.Check(d.Turns); err != nil {
			return err
		}
		if d.Turns[len(d.Turns)-1].Role != dialogue.Assistant {
			return errors.New("the conversation ends with the user: there is nothing to learn")
		}
		if d.Kind == "kto" {
			if raw, _ := d.Fields.Raw(label); string(raw) != "true" && string(raw) != "false" {
				return fmt.Errorf("the field %q is no boolean but %.40q", label, raw)
			}
		}
		return nil
	case "dpo":
		return checkPair(d)
	}
	return errors.New("it is no row: it ends with no answer, and pick has made none of it")
}

func checkPair(d *stages.Document) error {
	if err := dialogue.CheckPrompt(d.Turns); err != nil {
		return fmt.Errorf("prompt: %w", err)
	}
	if len(d.Answers) != 2 {
		return fmt.Errorf("a pair has two answers, not %d", len(d.Answers))
	}
	for i, side := range []string{"chosen", "rejected"} {
		if err := dialogue.CheckAnswer(d.Answers[i].Text); err != nil {
			return fmt.Errorf("%s: %w", side, err)
		}
	}
	if dialogue.Same(d.Answers[0].Text, d.Answers[1].Text) {
		return errors.New("chosen and rejected are the same but for white space")
	}
	return nil
}

// label is the field that says whether a kto row is good.
const label = "label"

// Encoder returns what appends a row to a line, without its end, in a layout of [Formats].
func Encoder(format string) func(dst []byte, d *stages.Document) ([]byte, error) {
	layout := map[string]func(*writer, *stages.Document, string){
		"trl": trl, "messages": messages, "sharegpt": shareGPT, "llama-factory": shareGPT, "alpaca": alpaca,
	}[format]
	return func(dst []byte, d *stages.Document) ([]byte, error) {
		kind := Kind(d)
		if !Takes(format, kind) {
			return dst, fmt.Errorf("row %s: the format %s has no place for rows of kind %q", d.ID, format, kind)
		}
		if err := Check(d); err != nil {
			return dst, fmt.Errorf("row %s: %w", d.ID, err)
		}
		w := writer{dst: dst}
		w.open('{')
		w.text("id", d.ID)
		layout(&w, d, kind)
		if len(d.Parents) > 0 {
			w.key("parents")
			w.open('[')
			for _, p := range d.Parents {
				w.comma()
				w.quote(p)
			}
			w.close(']')
		}
		w.close('}')
		return w.dst, nil
	}
}

// writer appends JSON.
type writer struct {
	dst   []byte
	first bool
}

func (w *writer) open(c byte)  { w.dst, w.first = append(w.dst, c), true }
func (w *writer) close(c byte) { w.dst, w.first = append(w.dst, c), false }

func (w *writer) comma() {
	if !w.first {
		w.dst = append(w.dst, ',')
	}
	w.first = false
}

func (w *writer) quote(s string) { w.dst = jsontext.Append(w.dst, s) }

func (w *writer) key(name string) {
	w.comma()
	w.quote(name)
	w.dst = append(w.dst, ':')
}

func (w *writer) text(name, value string) {
	w.key(name)
	w.quote(value)
}

// bool writes what a kto row's label says.
func (w *writer) bool(name string, d *stages.Document) {
	raw, _ := d.Fields.Raw(label)
	w.key(name)
	w.dst = append(w.dst, raw...)
}
