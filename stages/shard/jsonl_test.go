package shard

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// readAll reads one part and returns its documents as JSON lines, and the damage.
func readAll(t testing.TB, obj blob.Object, name string, part Part, opt Options) (docs []string, damage []Damage) {
	t.Helper()
	opt.Damaged = func(d Damage) {
		d.Raw = bytes.Clone(d.Raw)
		damage = append(damage, d)
	}
	r, err := Open(t.Context(), obj, name, part, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	batch := make([]stages.Document, 3)
	for {
		n, err := r.Read(batch)
		for i := range batch[:n] {
			docs = append(docs, string(AppendJSON(nil, &batch[i])))
		}
		if len(r.Positions()) != n {
			t.Fatalf("%d positions for %d documents", len(r.Positions()), n)
		}
		if err == io.EOF {
			return docs, damage
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%.2000s\nwant\n%.2000s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestJSONL(t *testing.T) {
	for _, c := range []struct {
		name, in, want, bad string
		opt                 Options
	}{
		{name: "empty file"},
		{name: "blank lines", in: "\n \t\r\n\n"},
		{name: "id and source", in: `{"id":"a","text":"x","source":"s"}`, want: `{"id":"a","text":"x","source":"s"}`},
		{name: "no id, no source", in: `{"text":"x"}`, want: `{"id":"dir/f#0","text":"x","source":"dir/f"}`},
		{name: "empty text", in: `{"id":"a","text":""}`, want: `{"id":"a","text":"","source":"dir/f"}`},
		{name: "number id", in: `{"id":17,"text":"x"}`, want: `{"id":"17","text":"x","source":"dir/f"}`},
		{name: "null id", in: `{"id":null,"text":"x"}`, want: `{"id":"dir/f#0","text":"x","source":"dir/f"}`},
		{name: "empty id", in: `{"id":"","text":"x"}`, want: `{"id":"dir/f#0","text":"x","source":"dir/f"}`},
		{name: "object id is kept", in: `{"id":{"a":1},"text":"x"}`, want: `{"id":"dir/f#0","text":"x","source":"dir/f","input_id":{"a":1}}`},
		{name: "fields byte for byte, in order", in: `{"z":1.50e+3,"text":"x", "a" : {"b": [1, 2]} ,"\u0061b":"\u00e9"}`, want: `{"id":"dir/f#0","text":"x","source":"dir/f","z":1.50e+3,"a":{"b": [1, 2]},"ab":"\u00e9"}`},
		{name: "escapes", in: `{"text":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00中"}`, want: `{"id":"dir/f#0","text":"\"\\/\b\f\n\r\té😀中","source":"dir/f"}`},
		{name: "NUL escaped", in: `{"text":"a\u0000b"}`, want: `{"id":"dir/f#0","text":"a\u0000b","source":"dir/f"}`},
		{name: "carriage returns", in: "{\"text\":\"x\"}\r\n{\"text\":\"y\"}\r\n", want: `{"id":"dir/f#0","text":"x","source":"dir/f"}` + "\n" + `{"id":"dir/f#1","text":"y","source":"dir/f"}`},
		{name: "byte order mark", in: "\ufeff{\"text\":\"x\"}", want: `{"id":"dir/f#0","text":"x","source":"dir/f"}`},
		{name: "mapping", in: `{"isbn":7,"body":"x","id":"theirs","text":5,"link":"u","url":"v"}`, opt: Options{Text: "body", ID: "isbn", URL: "link"}, want: `{"id":"7","text":"x","source":"dir/f","input_id":"theirs","input_text":5,"url":"u","input_url":"v"}`},
		{name: "literal source", in: `{"text":"x","source":"theirs"}`, opt: Options{Source: "cc"}, want: `{"id":"dir/f#0","text":"x","source":"cc","input_source":"theirs"}`},
		{name: "source from a field", in: `{"text":"x","dump":"cc-24"}`, opt: Options{SourceField: "dump"}, want: `{"id":"dir/f#0","text":"x","source":"cc-24","dump":"cc-24"}`},
		{name: "messages", in: `{"messages":[{"role":"user","content":"q\n"},{"role":"assistant","content":"a","name":null}],"n":1}`, want: `{"id":"dir/f#0","messages":[{"role":"user","content":"q\n"},{"role":"assistant","content":"a"}],"source":"dir/f","n":1}`},
		{name: "text before messages", in: `{"text":"x","messages":"odd"}`, want: `{"id":"dir/f#0","text":"x","source":"dir/f","input_messages":"odd"}`},
		{name: "winnow's own row", in: `{"id":"a","kind":"dpo","text":"x","answers":[{"text":"y","by":"m","checks":[{"name":"c","pass":true,"score":0.5,"why":"w"},{"name":"d","pass":null}]}],"source":"s","parents":["p","q"]}`, want: `{"id":"a","kind":"dpo","text":"x","answers":[{"text":"y","by":"m","checks":[{"name":"c","pass":true,"score":0.5,"why":"w"},{"name":"d","pass":null}]}],"source":"s","parents":["p","q"]}`},
		{name: "others' fields of those names", in: `{"id":"a","text":"x","kind":"mine","answers":{"text":["y"]},"parents":[1],"source":["l"]}`, want: `{"id":"a","text":"x","source":"dir/f","kind":"mine","answers":{"text":["y"]},"parents":[1],"input_source":["l"]}`},
		{name: "no text", in: `{"id":"a"}`, bad: `no field "text"`},
		{name: "text is null", in: `{"text":null}`, bad: `no string but null`},
		{name: "text is a number", in: `{"text":5}`, bad: `no string but 5`},
		{name: "turn with more", in: `{"messages":[{"role":"user","content":"q","tool_calls":[]}]}`, bad: `"tool_calls" has no place`},
		{name: "turn without role", in: `{"messages":[{"content":"q"}]}`, bad: `role and content are both needed`},
		{name: "no turns", in: `{"messages":[]}`, bad: `no turns`},
		{name: "mapping makes one name twice", in: `{"text":"x","input_id":1,"id":2,"k":3}`, opt: Options{ID: "k"}, bad: `"input_id" twice`},
		{name: "raw control character", in: "{\"text\":\"a\tb\"}", bad: "raw control character 0x09"},
		{name: "raw NUL", in: "{\"text\":\"a\x00b\"}", bad: "raw control character 0x00"},
		{name: "lone high surrogate", in: `{"text":"\ud83d"}`, bad: "lone surrogate"},
		{name: "lone low surrogate", in: `{"text":"\ude00"}`, bad: "lone surrogate"},
		{name: "lone surrogate in a field", in: `{"text":"x","f":{"g":"\ud83dx"}}`, bad: "lone surrogate"},
		{name: "duplicate key", in: `{"text":"x","te\u0078t":"y"}`, bad: "stands twice"},
		{name: "duplicate key of many", in: `{"text":"x",` + manyFields(20) + `,"f3":1}`, bad: "stands twice"},
		{name: "invalid UTF-8", in: "{\"text\":\"caf\xe9\"}", bad: "byte 12: invalid UTF-8"},
		{name: "deep nesting", in: `{"text":"x","f":` + strings.Repeat("[", 501) + strings.Repeat("]", 501) + `}`, bad: "nested deeper than 500"},
		{name: "cut", in: `{"text":"x`, bad: "no end"},
		{name: "array", in: `["x"]`, bad: "no JSON object"},
		{name: "two values", in: `{"text":"x"}{}`, bad: "after the end"},
		{name: "unknown escape", in: `{"text":"\x"}`, bad: `unknown escape \x`},
		{name: "leading zero", in: `{"text":"x","n":01}`, bad: "starts with 0"},
		{name: "over the limit", in: `{"text":"` + strings.Repeat("x", 100) + `"}`, opt: Options{MaxRecord: 50}, bad: "the record has 111 bytes, at most 50 are allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := c.in
			if c.bad != "" { // damage does not stop what stands around it
				in = "{\"id\":\"before\",\"text\":\"x\",\"source\":\"s\",\"k\":1}\n" + in + "\n{\"id\":\"after\",\"text\":\"x\",\"source\":\"s\",\"k\":2}\n"
			}
			docs, damage := readAll(t, blob.Bytes([]byte(in)), "dir/f.jsonl", Part{}, c.opt)
			if c.bad == "" {
				var want []string
				if c.want != "" {
					want = strings.Split(c.want, "\n")
				}
				equal(t, docs, want...)
				if len(damage) > 0 {
					t.Errorf("damage: %q", reasons(damage))
				}
				return
			}
			if c.opt.ID == "" {
				if len(docs) != 2 || !strings.Contains(docs[1], "after") {
					t.Errorf("got %.300q, want the records before and after", docs)
				}
			}
			if len(damage) != 1 {
				t.Fatalf("got damages %q, want 1", reasons(damage))
			}
			d := damage[0]
			raw := c.in
			if len(raw) > maxRaw {
				raw = raw[:maxRaw]
			}
			if !strings.Contains(d.Reason, c.bad) || d.File != "dir/f.jsonl" || d.Record != 1 || d.Offset != int64(strings.Index(in, c.in)) || string(d.Raw) != raw {
				t.Errorf("got %q, %d bytes; want record 1 at %d with %q", reasons(damage), len(d.Raw), strings.Index(in, c.in), c.bad)
			}
		})
	}
}

func manyFields(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"f%d":%d`, i, i))
	}
	return strings.Join(list, ",")
}

func TestDeepNestingAllowed(t *testing.T) {
	in := `{"text":"x","f":` + strings.Repeat(`{"a":`, 200) + strings.Repeat("[", 200) + strings.Repeat("]", 200) + strings.Repeat("}", 200) + `}`
	docs, damage := readAll(t, blob.Bytes([]byte(in)), "f.jsonl", Part{}, Options{})
	if len(docs) != 1 || len(damage) != 0 {
		t.Errorf("got %d documents and %d damages", len(docs), len(damage))
	}
}

func corpus(n int, ids bool) []byte {
	var b bytes.Buffer
	for i := range n {
		if ids {
			fmt.Fprintf(&b, `{"id":"d%d","text":"%s"}`+"\n", i, strings.Repeat("word ", i*7%50))
		} else {
			fmt.Fprintf(&b, `{"text":"%s"}`+"\n", strings.Repeat("word ", i*7%50))
		}
		if i%11 == 0 {
			b.WriteString(" \n")
		}
	}
	return b.Bytes()
}

func TestParts(t *testing.T) {
	for _, ids := range []bool{true, false} {
		data := corpus(100, ids)
		obj := blob.Bytes(data)
		want, _ := readAll(t, obj, "f.jsonl", Part{}, Options{})
		if len(want) != 100 {
			t.Fatalf("got %d documents, want 100", len(want))
		}
		for target := int64(1); target < int64(len(data))+10; target = target*2 + 13 {
			parts, err := Parts(t.Context(), obj, "f.jsonl", target, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range parts {
				docs, damage := readAll(t, obj, "f.jsonl", p, Options{})
				if len(damage) > 0 {
					t.Fatal(reasons(damage))
				}
				got = append(got, docs...)
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Fatalf("ids %v, parts of %d bytes: got %d documents that differ", ids, target, len(got))
			}
		}
	}
}

// A part in the middle of a file whose first record has an id counts the records before it when one without an id turns up.
func TestLateNumbers(t *testing.T) {
	data := append(corpus(100, true), "{\"text\":\"last\"}\n"...)
	parts, err := Parts(t.Context(), blob.Bytes(data), "f.jsonl", 1000, Options{})
	if err != nil || len(parts) < 3 || parts[1].First != -1 {
		t.Fatalf("got %+v, %v", parts, err)
	}
	docs, _ := readAll(t, blob.Bytes(data), "f.jsonl", parts[len(parts)-1], Options{})
	if got := docs[len(docs)-1]; !strings.Contains(got, `"f#100"`) {
		t.Errorf("got %s, want id f#100", got)
	}
}

func gz(parts ...[]byte) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		w.Write(p)
		w.Close()
	}
	return b.Bytes()
}

func zst(parts ...[]byte) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		w, _ := zstd.NewWriter(&b)
		w.Write(p)
		w.Close()
	}
	return b.Bytes()
}

func TestCompressed(t *testing.T) {
	data := corpus(2000, false)
	want, _ := readAll(t, blob.Bytes(data), "f.jsonl", Part{}, Options{})
	half := bytes.IndexByte(data[len(data)/2:], '\n') + len(data)/2 + 1
	skippable := []byte{0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'}
	for name, in := range map[string][]byte{
		"f.jsonl.gz":      gz(data),
		"members.gz":      gz(data[:half], nil, data[half:]),
		"odd cut.gz":      gz(data[:100], data[100:]),
		"padded.jsonl.gz": append(gz(data), make([]byte, 1000)...),
		"f.jsonl.zst":     zst(data),
		"frames.zst":      zst(data[:half], nil, data[half:]),
		"skippable.zst":   bytes.Join([][]byte{skippable, zst(data[:half]), skippable, zst(data[half:]), skippable}, nil),
		"no name":         zst(data),
	} {
		docs, damage := readAll(t, blob.Bytes(in), name, Part{}, Options{})
		for i := range docs {
			docs[i] = strings.Replace(strings.Replace(docs[i], Label(name)+"#", "f#", 1), `"source":"`+Label(name), `"source":"f`, 1)
		}
		if strings.Join(docs, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: got %d documents that differ from the %d", name, len(docs), len(want))
		}
		if len(damage) > 0 {
			t.Errorf("%s: damage %q", name, reasons(damage))
		}
	}
}

func TestWorldErrorIsNoDamage(t *testing.T) {
	data := corpus(3000, true)
	mem := blob.Memory()
	for _, name := range []string{"a.jsonl", "a.jsonl.gz", "a.jsonl.zst"} {
		in := map[string][]byte{"a.jsonl": data, "a.jsonl.gz": gz(data), "a.jsonl.zst": zst(data)}[name]
		if err := blob.Put(t.Context(), mem, name, in); err != nil {
			t.Fatal(err)
		}
		obj, err := mem.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := Parts(t.Context(), obj, name, 0, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, plan := range []blob.Plan{{FailAt: 2}, {Short: 1000}} {
			obj, err := blob.Faulty(mem, plan).Open(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			r, err := Open(t.Context(), obj, name, parts[0], Options{Damaged: func(d Damage) { t.Errorf("%s %+v: damage %s", name, plan, d.Reason) }})
			if err == nil {
				docs := make([]stages.Document, 64)
				for err == nil {
					_, err = r.Read(docs)
				}
			}
			if want := map[bool]error{true: blob.ErrInjected, false: io.ErrUnexpectedEOF}[plan.FailAt > 0]; !errors.Is(err, want) {
				t.Errorf("%s %+v: got %v, want %v", name, plan, err, want)
			}
		}
	}
}
