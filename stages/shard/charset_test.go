package shard

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"github.com/winnow-data/winnow/stages/blob"
)

// Article 1 of the Universal Declaration of Human Rights.
var samples = map[string]string{
	"gb18030":      "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
	"big5":         "人人生而自由﹐在尊嚴和權利上一律平等。他們賦有理性和良心﹐並應以兄弟關係的精神相對待。",
	"shift_jis":    "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。",
	"euc-jp":       "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。",
	"euc-kr":       "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.",
	"windows-1251": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.",
	"koi8-r":       "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.",
	"windows-1252": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.",
	"iso-8859-7":   "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με λογική και συνείδηση.",
	"windows-1256": "يولد جميع الناس أحراراً متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميراً وعليهم أن يعامل بعضهم بعضاً بروح الإخاء.",
}

func encode(t testing.TB, name, s string) []byte {
	t.Helper()
	e, err := htmlindex.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := encoding.ReplaceUnsupported(e.NewEncoder()).Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTextFiles(t *testing.T) {
	for name, s := range samples {
		docs, damage := readAll(t, blob.Bytes(encode(t, name, s)), "dir/a.txt", Part{}, Options{})
		if len(docs) != 1 || len(damage) != 0 || !strings.Contains(docs[0], s) {
			t.Errorf("%s, guessed: got %.200q and %d damages", name, docs, len(damage))
		}
		docs, damage = readAll(t, blob.Bytes(encode(t, name, s)), "dir/a.txt", Part{}, Options{Encoding: name})
		if len(docs) != 1 || len(damage) != 0 || !strings.Contains(docs[0], s) {
			t.Errorf("%s, named: got %.200q and %d damages", name, docs, len(damage))
		}
		page := "<html><body>" + s
		docs, damage = readAll(t, blob.Bytes(encode(t, name, page)), "a.html", Part{}, Options{})
		if len(docs) != 1 || len(damage) != 0 || !strings.Contains(docs[0], s) || !strings.Contains(docs[0], `"content_type":"text/html"`) {
			t.Errorf("%s, page: got %.200q and %d damages", name, docs, len(damage))
		}
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte("text über"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, in, want, bad string }{
		{"empty", "", "", ""},
		{"utf-8", "a\nbü", `{"id":"f","text":"a\nbü","source":"f"}`, ""},
		{"byte order mark", "\ufeffa", `{"id":"f","text":"a","source":"f"}`, ""},
		{"utf-16", string(utf16), `{"id":"f","text":"text über","source":"f"}`, ""},
		{"damaged UTF-8", strings.Repeat("äöü", 20) + "\xff", "", "invalid UTF-8"},
		{"neither", "\x81\xff\x00\xfe\x80\x81", "", "invalid UTF-8"},
	} {
		docs, damage := readAll(t, blob.Bytes([]byte(c.in)), "f.txt", Part{Kind: Kind{Format: Text}}, Options{})
		if strings.Join(docs, "") != c.want {
			t.Errorf("%s: got %q, want %q", c.name, docs, c.want)
		}
		if (len(damage) > 0) != (c.bad != "") || c.bad != "" && !strings.Contains(damage[0].Reason, c.bad) {
			t.Errorf("%s: got %d damages, want %q", c.name, len(damage), c.bad)
		}
	}
	if docs, damage := readAll(t, blob.Bytes(make([]byte, 100)), "f.txt", Part{}, Options{MaxRecord: 99}); len(docs) != 0 || len(damage) != 1 {
		t.Errorf("over the limit: got %d documents and %d damages", len(docs), len(damage))
	}
}

func TestLines(t *testing.T) {
	docs, damage := readAll(t, blob.Bytes([]byte("one\r\n\n caf\xe9\ntwo \nthree")), "d/f.txt", Part{}, Options{Kind: Kind{Format: Lines}, Source: "s"})
	equal(t, docs, `{"id":"d/f#0","text":"one","source":"s"}`, `{"id":"d/f#2","text":"two ","source":"s"}`, `{"id":"d/f#3","text":"three","source":"s"}`)
	if len(damage) != 1 || damage[0].Record != 1 || damage[0].Offset != 6 {
		t.Errorf("got damages %q", reasons(damage))
	}
}

func TestCharsetOfJSONL(t *testing.T) {
	for _, name := range []string{"gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"} {
		var lines []string
		for i := range 5 {
			lines = append(lines, fmt.Sprintf(`{"id":"%d","text":"%s"}`, i, samples[name]))
		}
		data := encode(t, name, strings.Join(lines, "\n"))
		docs, damage := readAll(t, blob.Bytes(data), "f.jsonl", Part{}, Options{})
		if len(docs) != 5 || len(damage) != 0 || !strings.Contains(docs[4], samples[name]) {
			t.Errorf("%s: got %d documents, %d damages, %.200q", name, len(docs), len(damage), docs)
		}
		// A line that does not decode is damaged.
		docs, damage = readAll(t, blob.Bytes(append(data, "\n{\"text\":\"\xff\xff\"}"...)), "f.jsonl", Part{}, Options{})
		if len(docs) != 5 || len(damage) != 1 || !strings.Contains(damage[0].Reason, "do not decode from "+name) {
			t.Errorf("%s with a bad line: got %d documents and %d damages", name, len(docs), len(damage))
		}
	}
	latin, err := charmap.Windows1252.NewEncoder().String(`{"text":"` + samples["windows-1252"] + `"}`)
	if err != nil {
		t.Fatal(err)
	}
	if docs, damage := readAll(t, blob.Bytes([]byte(latin)), "f.jsonl", Part{}, Options{}); len(docs) != 0 || len(damage) != 1 {
		t.Errorf("Latin is not guessed for JSONL: got %d documents and %d damages", len(docs), len(damage))
	}
	if docs, _ := readAll(t, blob.Bytes([]byte(latin)), "f.jsonl", Part{}, Options{Encoding: "latin1"}); len(docs) != 1 || !strings.Contains(docs[0], "égaux") {
		t.Errorf("Latin by name: got %q", docs)
	}
	// One bad line does not change what a UTF-8 file is.
	mixed := `{"text":"` + samples["gb18030"] + "\"}\n" + string(encode(t, "gb18030", `{"text":"`+samples["gb18030"]+`"}`))
	if docs, damage := readAll(t, blob.Bytes([]byte(mixed)), "f.jsonl", Part{}, Options{}); len(docs) != 1 || len(damage) != 1 {
		t.Errorf("mixed: got %d documents and %d damages", len(docs), len(damage))
	}
	for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		b, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().Bytes([]byte("{\"text\":\"ü\"}\n{\"text\":\"b\"}"))
		if err != nil {
			t.Fatal(err)
		}
		docs, damage := readAll(t, blob.Bytes(b), "f.jsonl", Part{}, Options{})
		if len(docs) != 2 || len(damage) != 0 {
			t.Errorf("UTF-16: got %q and %d damages", docs, len(damage))
		}
	}
	if _, err := Parts(t.Context(), blob.Bytes(nil), "f.jsonl", 0, Options{Encoding: "klingon"}); err == nil || !strings.Contains(err.Error(), `encoding "klingon"`) {
		t.Errorf("unknown encoding: got %v", err)
	}
}

func FuzzCharset(f *testing.F) {
	for name, s := range samples {
		f.Add(encode(f, name, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, of := range []func([]byte) (string, error){
			func(b []byte) (string, error) { return textOf(b, "") },
			func(b []byte) (string, error) { return pageOf(b, "text/html") },
		} {
			if s, err := of(b); err == nil && strings.ToValidUTF8(s, "") != s {
				t.Errorf("%q decodes to invalid UTF-8 %q", b, s)
			}
		}
		guessLines(b)
	})
}
