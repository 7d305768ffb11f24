package shard

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/winnow-data/winnow/stages/blob"
)

// strict says whether encoding/json reads line as one object, and whether it breaks none of the rules that we have on top: valid UTF-8, no lone
// surrogates, no name twice.
func strict(line []byte) (map[string]json.RawMessage, bool) {
	var m map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(&m); err != nil || m == nil || d.More() || !utf8.Valid(line) {
		return nil, false
	}
	if rest := line[d.InputOffset():]; len(bytes.TrimLeft(rest, " \t\r\n")) > 0 {
		return nil, false
	}
	// encoding/json turns a lone surrogate into U+FFFD: look for escapes of the surrogate range that are not pairs.
	for i := 0; i+6 <= len(line); i++ {
		if line[i] != '\\' {
			continue
		}
		if line[i+1] != 'u' {
			i++
			continue
		}
		r := hex4(line[i+2:])
		switch {
		case r >= 0xDC00 && r <= 0xDFFF:
			return nil, false
		case r >= 0xD800 && r <= 0xDBFF:
			if i+12 > len(line) || line[i+6] != '\\' || line[i+7] != 'u' || hex4(line[i+8:]) < 0xDC00 || hex4(line[i+8:]) > 0xDFFF {
				return nil, false
			}
			i += 6
		}
		i += 5
	}
	return m, true
}

// The scanner takes what encoding/json takes, less what our rules forbid, and finds the same values.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"text":"x"}`, `{"a":[1,2,{"b":null}],"c":-1.5e+3}`, `{"\u0061":"\ud83d\ude00\n"}`, `{"a":"\ud800"}`, "{\"a\":\"\x01\"}", `{"a":1,"a":2}`, `{}`, ` { "a" : [ ] , "b" : { } } `,
		`{"a":tru}`, `{"a":01}`, `{"a":1.}`, `{"a":"é中😀"}`, "{\"a\":\"\xff\"}", `{"a":[[[[]]]]}`, `[]`, `{"a":1}{}`, `{"12345678":"12345678\\"}`, `{"a":"\/\b\f"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var s scanner
		ms, err := s.object(line, nil)
		want, ok := strict(line)
		if ok && err != nil && strings.Contains(err.Error(), "stands twice") {
			return
		}
		if ok != (err == nil) {
			t.Fatalf("%q: encoding/json says %v, the scanner %v", line, ok, err)
		}
		if !ok {
			return
		}
		if len(ms) != len(want) {
			t.Fatalf("%q: %d members, want %d", line, len(ms), len(want))
		}
		for _, m := range ms {
			raw, ok := want[m.decodedName()]
			if !ok || !bytes.Equal(raw, m.raw) {
				t.Fatalf("%q: member %q is %q, want %q", line, m.decodedName(), m.raw, raw)
			}
			if raw[0] != '"' {
				continue
			}
			var v string
			if err := json.Unmarshal(raw, &v); err != nil {
				t.Fatal(err)
			}
			m.raw = bytes.Clone(m.raw)
			if got := m.text(); got != v {
				t.Fatalf("%q: the string is %q, want %q", line, got, v)
			}
			var back string
			if quote := appendQuoted(nil, v); json.Unmarshal(quote, &back) != nil || back != v {
				t.Fatalf("%q is quoted as %q", v, quote)
			}
		}
	})
}

// Whatever bytes a compressed file holds, reading ends, and each record of what it decodes to is a document or a damage.
func FuzzCompressed(f *testing.F) {
	f.Add(gz(noisy(1, 0, 3), noisy(2, 3, 3)), uint(40), byte(1), false)
	f.Add(zst(noisy(1, 0, 3), noisy(2, 3, 3)), uint(40), byte(1), true)
	f.Add(gz([]byte("{\"text\":\"x\"}\n")), uint(3), byte(0), false)
	f.Fuzz(func(t *testing.T, data []byte, at uint, flip byte, frames bool) {
		if len(data) > 0 {
			data = bytes.Clone(data)
			data[at%uint(len(data))] ^= flip
		}
		c := Gzip
		if frames {
			c = Zstd
		}
		readAll(t, blob.Bytes(data), "f", Part{Kind: Kind{JSONL, c}}, Options{MaxRecord: 1 << 20, Window: 1 << 20})
	})
}

// Lines are read the same in one part and in many, and damage plus documents are the lines that are not blank.
func FuzzJSONL(f *testing.F) {
	f.Add([]byte("{\"text\":\"x\"}\n\n{\"text\":5}\r\n{\"id\":1,\"text\":\"y\"}"), int64(5))
	f.Add([]byte("\ufeff{\"text\":\"x\"}\n"), int64(1))
	f.Fuzz(func(t *testing.T, data []byte, target int64) {
		if bom(data) != "" || guessLines(data) != "" {
			return
		}
		opt := Options{Kind: Kind{Format: JSONL}, MaxRecord: 50}
		docs, damage := readAll(t, blob.Bytes(data), "f", Part{}, opt)
		lines := 0
		for line := range bytes.Lines(bytes.TrimPrefix(data, utf8BOM)) {
			if !isBlank(line) {
				lines++
			}
		}
		if len(docs)+len(damage) != lines {
			t.Fatalf("%d documents and %d damages of %d lines", len(docs), len(damage), lines)
		}
		parts, err := Parts(t.Context(), blob.Bytes(data), "f", max(target, int64(len(data)/20), 1), opt)
		if err != nil {
			t.Fatal(err)
		}
		var again []string
		for _, p := range parts {
			d, _ := readAll(t, blob.Bytes(data), "f", p, opt)
			again = append(again, d...)
		}
		if strings.Join(docs, "\n") != strings.Join(again, "\n") {
			t.Fatalf("%d parts give other documents", len(parts))
		}
	})
}
