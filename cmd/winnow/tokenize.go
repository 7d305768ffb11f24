package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/winnow-data/winnow/inference/tokenizer"
	"github.com/winnow-data/winnow/pipelines/models"
)

func newTokenize(a *app) *cobra.Command {
	var model, folder string
	var special, count bool
	c := &cobra.Command{
		Use:   "tokenize FILE | -",
		Short: "the token ids of each row's text, or their number",
		Example: `  winnow tokenize --model model.gguf rows.jsonl > ids.jsonl
  winnow cat corpus/ | winnow tokenize --model Qwen/Qwen2-0.5B-Instruct --count - | jq .tokens
  winnow tokenize --tokenizer Qwen2-0.5B-Instruct/ --special - < prompts.jsonl`,
		Long: "FILE holds JSON lines (.gz and .zst too), - is standard input. Each row has text and is written again, byte for byte, with ids behind its other fields,\n" +
			"or with --count tokens, their number. A field that is there already gets the new value in its place. No token is put before or behind a text.\n" +
			"Special tokens such as <|im_end|> are ordinary text, unless --special asks for them. A row that cannot be read ends the command with its line\n" +
			"number; the rows before it are written.",
		Args: exactArgs(1, "a file of rows, or - for standard input"),
		RunE: func(_ *cobra.Command, args []string) error {
			if model == "" && folder == "" {
				return usage("--model is missing: name a model folder, a GGUF file, or a pulled model (or --tokenizer and a folder)")
			}
			tok, err := openTokenizer(model, folder)
			if err != nil {
				return err
			}
			w := tokenizing{tok: tok, special: special, count: count}
			out := bufio.NewWriterSize(a.out, 1<<16)
			return errors.Join(a.tokenize(args[0], out, &w), out.Flush())
		},
	}
	c.Flags().StringVar(&model, "model", "", "model folder, GGUF file, or the hub name of a pulled model")
	c.Flags().StringVar(&folder, "tokenizer", "", "folder with tokenizer.json, or vocab.json and merges.txt")
	c.Flags().BoolVar(&special, "special", false, "parse special tokens in text")
	c.Flags().BoolVar(&count, "count", false, "write only the number of tokens")
	c.MarkFlagsMutuallyExclusive("model", "tokenizer")
	return c
}

// openTokenizer opens the tokenizer of a model, or of a folder.
func openTokenizer(model, folder string) (*tokenizer.Tokenizer, error) {
	if folder != "" {
		return tokenizer.Open(folder)
	}
	path, err := findModel(model)
	if err != nil {
		return nil, err
	}
	tok, err := models.OpenTokenizer(path)
	if err != nil {
		return nil, fmt.Errorf("the tokenizer of %s: %w", model, err)
	}
	return tok, nil
}

// tokenize writes the rows of a file with their tokens.
func (a *app) tokenize(name string, out io.Writer, w *tokenizing) error {
	return a.eachLine(name, func(r *jsonRow, text []byte) (err error) {
		if w.line, err = w.row(w.line[:0], r, bytes.TrimRight(text, "\r\n")); err == nil {
			_, err = out.Write(w.line)
		}
		return err
	})
}

// tokenizing adds tokens to rows.
type tokenizing struct {
	tok            *tokenizer.Tokenizer
	special, count bool
	ids            []int32
	value, line    []byte
}

// row appends the row with its new field, and a line end. r says where the row is.
func (w *tokenizing) row(dst []byte, r *jsonRow, raw []byte) ([]byte, error) {
	key := "ids"
	if w.count {
		key = "tokens"
	}
	text, at, err := textField(raw, key)
	if err != nil || at < 0 { // a row that is wrong, or has the field already
		if err := r.parse(raw); err != nil {
			return dst, err
		}
		if _, err := r.oneOf("text"); err != nil {
			return dst, err
		}
		if err := r.get("text", &text); err != nil {
			return dst, err
		}
	}
	w.value = w.tokens(w.value[:0], text)
	if at < 0 {
		if err := r.set(key, json.RawMessage(w.value)); err != nil {
			return dst, err
		}
		return append(r.append(dst), '\n'), nil
	}
	dst = append(append(append(append(dst, raw[:at]...), `,"`...), key...), `":`...)
	return append(append(append(dst, w.value...), raw[at:]...), '\n'), nil
}

// tokens appends the new field's value.
func (w *tokenizing) tokens(dst []byte, text string) []byte {
	if w.count && !w.special {
		return strconv.AppendInt(dst, int64(w.tok.Count(text)), 10)
	}
	w.ids = w.tok.Encode(w.ids[:0], text, w.special)
	if w.count {
		return strconv.AppendInt(dst, int64(len(w.ids)), 10)
	}
	dst = append(dst, '[')
	for i, id := range w.ids {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, int64(id), 10)
	}
	return append(dst, ']')
}

var errNoText = errors.New("no text, or no plain row")

// textField finds the text of a row and where the last of its fields ends, -1 when it has a field of that key already. Any error means that the row
// has to be looked at more closely.
func textField(raw []byte, key string) (text string, at int, err error) {
	if !json.Valid(raw) {
		return "", -1, errNoText
	}
	var value []byte
	i := bytes.IndexByte(raw, '{') + 1 // before it only white space, in a valid object
	if len(bytes.TrimSpace(raw[:max(i-1, 0)])) > 0 || i == 0 {
		return "", -1, errNoText
	}
	for at = i; ; {
		i = skipSpace(raw, i)
		if raw[i] != '"' {
			break // the end
		}
		end := skipValue(raw, i)
		name := raw[i:end]
		if bytes.IndexByte(name, '\\') >= 0 {
			return "", -1, errNoText // a key in another spelling
		}
		from := skipSpace(raw, skipSpace(raw, end)+1)
		to := skipValue(raw, from)
		switch string(name[1 : len(name)-1]) {
		case "text":
			value = raw[from:to]
		case key:
			return "", -1, errNoText
		}
		at = to
		if i = skipSpace(raw, to); raw[i] != ',' {
			break
		}
		i++
	}
	if len(value) == 0 || value[0] != '"' {
		return "", -1, errNoText
	}
	if inner := value[1 : len(value)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), at, nil
	}
	return text, at, json.Unmarshal(value, &text)
}

// skipSpace returns where white space that begins at i ends.
func skipSpace(raw []byte, i int) int {
	for raw[i] == ' ' || raw[i] == '\t' || raw[i] == '\n' || raw[i] == '\r' {
		i++
	}
	return i
}

// skipValue returns where the value that begins at i ends, in valid JSON.
func skipValue(raw []byte, i int) int {
	for depth := 0; ; i++ {
		switch raw[i] {
		case '"':
			for i++; raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
			if depth < 0 {
				return i
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
		}
	}
}
