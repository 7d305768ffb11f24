package shard

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/stages/blob"
)

// writeAll writes documents that are given as JSON lines, and returns the files' contents.
func writeAll(t testing.TB, lines []string, opt WriteOptions) ([][]byte, []File) {
	t.Helper()
	if opt.Name == nil {
		opt.Name = func(i int) string { return fmt.Sprintf("out-%05d", i) }
	}
	store := blob.Memory()
	w, err := NewWriter(t.Context(), store, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r, err := Open(t.Context(), blob.Bytes([]byte(strings.Join(lines, "\n"))), "f.jsonl", Part{}, Options{Damaged: func(d Damage) { t.Fatal(d.Reason) }})
	if err != nil {
		t.Fatal(err)
	}
	docs := make([]stages.Document, 7)
	for {
		n, err := r.Read(docs)
		for i := range docs[:n] {
			if err := w.Write(&docs[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	files, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for _, f := range files {
		b, err := blob.Get(t.Context(), store, f.Name, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out, files
}

func TestParquetRoundTrip(t *testing.T) {
	lines := []string{
		`{"id":"a","text":"x","source":"s"}`,
		`{"id":"b","text":"","source":"s","n":5,"x":1.5,"ok":true,"s":"é\n","j":{"a":[1, 2]},"l":["p","q"]}`,
		`{"id":"c","text":"中文","source":"s","n":"five","x":"y","ok":0,"s":7,"l":[1],"zzz":{"k":null}}`,
		`{"id":"d","text":"x","source":"s","n":9223372036854775807,"x":9007199254740993,"l":[],"d":"2024-02-29","t":"2024-02-29T12:30:00.000001Z"}`,
		`{"id":"e","text":"x","source":"s","l":["a\"b",null,""],"dec":-12.34,"u":"00112233-4455-6677-8899-aabbccddeeff","m":{"k":1,"l":null},"st":{"a":[{"b":1},{"b":null},{}],"c":"y"}}`,
		`{"id":"f","text":"x","source":"s","dec":1.234,"u":"no","m":{},"st":{"a":[]},"d":"2024-02-30","t":"2024-01-01T00:00:00.0000001Z","b":{"base64":"/w=="},"big":-123456789012345678901234567.89}`,
		`{"id":"g","text":"x","source":"s","st":{"other":1},"st2":5,"b":"plain","f":0.25,"i8":127,"u64":18446744073709551615,"tm":"23:59:59.5"}`,
		`{"id":"h","text":"x","source":"s","f":0.1,"i8":128,"u64":-1,"tm":"24:00:00"}`,
		`{"id":"i","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a\u0000"}],"source":"s"}`,
		`{"id":"j","kind":"dpo","text":"x","answers":[{"text":"y","by":"m","checks":[{"name":"c","pass":true,"score":0.5,"why":"w"},{"name":"d","pass":null}]},{"text":"z"}],"source":"s","parents":["p","q"]}`,
		`{"id":"k","text":"x","source":"s","kind":"mine","answers":{"theirs":1},"parents":"p"}`,
	}
	schema := &Schema{Columns: []Column{
		KindColumn, MessagesColumn, AnswersColumn, ParentsColumn,
		{"n", "int64"},
		{"x", "double"},
		{"ok", "bool"},
		{"s", "string"},
		{"j", "json"},
		{"l", "list<string>"},
		{"d", "date"},
		{"t", "timestamp[us,utc]"},
		{"dec", "decimal(9,2)"},
		{"big", "decimal(38,2)"},
		{"u", "uuid"},
		{"m", "map<string,int64>"},
		{"st", `struct<"a":list<struct<"b":int32>>,"c":string>`},
		{"b", "binary"},
		{"f", "float"},
		{"i8", "int8"},
		{"u64", "uint64"},
		{"tm", "time[ms]"},
	}}
	for name, s := range map[string]*Schema{"typed": schema, "extra only": {}, "default": nil} {
		for _, group := range []int64{0, 1, 200} {
			t.Run(fmt.Sprint(name, group), func(t *testing.T) {
				data, files := writeAll(t, lines, WriteOptions{Format: Parquet, Schema: s, RowGroup: group})
				if len(data) != 1 || files[0].Rows != int64(len(lines)) || files[0].Bytes != int64(len(data[0])) {
					t.Fatalf("got %d files, %+v", len(data), files)
				}
				docs, damage := readAll(t, blob.Bytes(data[0]), "f.parquet", Part{}, Options{})
				for _, d := range damage {
					t.Error(d.Reason)
				}
				if len(docs) != len(lines) {
					t.Fatalf("got %d documents, want %d", len(docs), len(lines))
				}
				for i := range docs {
					if canonical(t, docs[i]) != canonical(t, lines[i]) {
						t.Errorf("got\n%s\nwant\n%s", docs[i], lines[i])
					}
				}
				again, _ := writeAll(t, lines, WriteOptions{Format: Parquet, Schema: s, RowGroup: group})
				if !bytes.Equal(again[0], data[0]) {
					t.Error("the same documents gave other bytes")
				}
			})
		}
	}
}

// canonical sorts the members of a record and leaves out what Parquet has no difference for: null and absent.
func canonical(t *testing.T, line string) string {
	var s scanner
	ms, err := s.object([]byte(line), nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range ms {
		raw := strings.NewReplacer(`,"c":null`, "", `{"b":null}`, "{}").Replace(string(m.raw))
		out = append(out, string(m.name)+":"+raw)
	}
	slices.Sort(out)
	return strings.Join(out, ",")
}

type inner struct {
	B int32    `parquet:"b"`
	C []string `parquet:"c,list"`
}

type foreign struct {
	Body    string            `parquet:"body"`
	ISBN    int64             `parquet:"isbn"`
	Tags    []string          `parquet:"tags,list"`
	Bare    []int32           `parquet:"bare"`
	Inner   []inner           `parquet:"inner,list"`
	Props   map[string]string `parquet:"props"`
	When    time.Time         `parquet:"when,timestamp(millisecond)"`
	Score   *float64          `parquet:"score,optional"`
	Price   int32             `parquet:"price,decimal(2:9)"`
	Blob    []byte            `parquet:"blob"`
	F32     float32           `parquet:"f32"`
	URL     string            `parquet:"url,dict"`
	Missing *string           `parquet:"missing,optional"`
}

func TestForeignParquet(t *testing.T) {
	var b bytes.Buffer
	w := parquet.NewGenericWriter[foreign](&b, parquet.MaxRowsPerRowGroup(2))
	x, nan := 0.5, math.NaN()
	rows := []foreign{
		{
			Body: "one", ISBN: 7, Tags: []string{"a", "b\""}, Bare: []int32{1, 2}, Inner: []inner{{1, []string{"p"}}, {2, nil}}, Props: map[string]string{"k": "v"},
			When: time.Date(2024, 2, 29, 1, 2, 3, 4e6, time.UTC), Score: &x, Price: -5, Blob: []byte{0xff, 0}, F32: 0.1, URL: "u",
		},
		{Body: "two", ISBN: -1, Score: &nan, Blob: []byte("text"), When: time.Unix(-1, 0), URL: "u"},
		{Body: "caf\xe9", ISBN: 3, When: time.Unix(0, 0)},
		{Body: "", ISBN: 4, Tags: make([]string, 1000), When: time.Unix(0, 0)},
	}
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	opt := Options{Text: "body", ID: "isbn", Source: "books"}
	obj := blob.Bytes(b.Bytes())
	docs, damage := readAll(t, obj, "f.parquet", Part{}, opt)
	want := []string{
		`{"id":"7","text":"one","source":"books","tags":["a","b\""],"bare":[1,2],"inner":[{"b":1,"c":["p"]},{"b":2,"c":[]}],"props":{"k":"v"},"when":"2024-02-29T01:02:03.004Z","score":0.5,"price":-0.05,"blob":{"base64":"/wA="},"f32":0.1,"url":"u"}`,
		`{"id":"-1","text":"two","source":"books","tags":[],"bare":[],"inner":[],"props":{},"when":"1969-12-31T23:59:59Z","score":null,"price":0.00,"blob":"text","f32":0,"url":"u"}`,
		`{"id":"4","text":"","source":"books","tags":[""` + strings.Repeat(`,""`, 999) + `],"bare":[],"inner":[],"props":{},"when":"1970-01-01T00:00:00Z","price":0.00,"blob":"","f32":0,"url":""}`,
	}
	equal(t, docs, want...)
	if len(damage) != 1 || damage[0].Record != 2 || !strings.Contains(damage[0].Reason, "byte 3: invalid UTF-8") {
		t.Errorf("got damages %q", reasons(damage))
	}
	cols, err := Columns(t.Context(), obj, "f.parquet", opt)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cols {
		got = append(got, c.Name+" "+c.Type)
	}
	equal(t, got, "tags list<string>", "bare list<int32>", `inner list<struct<"b":int32,"c":list<string>>>`, "props map<string,string>",
		"when timestamp[ms,utc]", "score double", "price decimal(9,2)", "blob binary", "f32 float", "url string", "missing string")

	// What was read can be written with its types and read again.
	out, _ := writeAll(t, docs, WriteOptions{Format: Parquet, Schema: &Schema{cols}})
	again, _ := readAll(t, blob.Bytes(out[0]), "f.parquet", Part{}, Options{})
	for i := range want {
		want[i] = strings.Replace(want[i], `"score":null,`, "", 1)
	}
	equal(t, again, want...)
	same, err := Columns(t.Context(), blob.Bytes(out[0]), "f.parquet", Options{})
	if err != nil || !slices.Equal(same, cols) {
		t.Errorf("columns after writing: got %v, %v", same, err)
	}

	parts, err := Parts(t.Context(), obj, "f.parquet", 1, opt)
	if err != nil || len(parts) != 2 || parts[1].First != 2 || parts[1].Start != 1 {
		t.Fatalf("parts: got %+v, %v", parts, err)
	}
	second, _ := readAll(t, obj, "f.parquet", parts[1], opt)
	equal(t, second, docs[2])
}

func TestParquetErrors(t *testing.T) {
	good, _ := writeAll(t, []string{`{"text":"x"}`}, WriteOptions{Format: Parquet})
	var other bytes.Buffer
	w := parquet.NewGenericWriter[foreign](&other)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, in, want string
	}{
		{"no parquet", "hello", "the bytes do not start with PAR1"},
		{"cut", string(good[0][:len(good[0])/2]), "footer"},
		{"only magic", "PAR1", "footer"},
		{"empty", "", "footer"},
		{"no text column", other.String(), `no column "text"; there are ["body"`},
	} {
		if _, err := Parts(t.Context(), blob.Bytes([]byte(c.in)), "f.parquet", 0, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

// Any one flipped byte of the pages costs rows of one page only, and never a panic.
func TestParquetDamagedPages(t *testing.T) {
	var lines []string
	for i := range 3000 {
		lines = append(lines, fmt.Sprintf(`{"id":"d%d","text":"%s","source":"s","n":%d,"l":["a","b%d"]}`, i, strings.Repeat(fmt.Sprint("word", i, " "), 100), i, i))
	}
	data, _ := writeAll(t, lines, WriteOptions{Format: Parquet, RowGroup: 1 << 20, Schema: &Schema{[]Column{{"n", "int64"}, {"l", "list<string>"}}}})
	f, err := openParquet(newInput(t.Context(), blob.Bytes(data[0]), "f"))
	if err != nil {
		t.Fatal(err)
	}
	last := f.Metadata().RowGroups[len(f.RowGroups())-1]
	end := last.Columns[0].MetaData.DataPageOffset
	if len(f.RowGroups()) < 3 {
		t.Fatalf("got %d row groups, want several", len(f.RowGroups()))
	}
	for off := int64(4); off < end; off += end / 150 {
		bad := bytes.Clone(data[0])
		bad[off] ^= 0x55
		docs, damage := readAll(t, blob.Bytes(bad), "f.parquet", Part{}, Options{})
		lost := int64(0)
		for _, d := range damage {
			lost += max(d.Lost, 1)
		}
		if len(damage) == 0 && len(docs) == 3000 {
			t.Errorf("byte %d: nothing noticed", off)
		}
		if int64(len(docs))+lost != 3000 {
			t.Errorf("byte %d: %d documents and %d lost of 3000", off, len(docs), lost)
		}
		if lost > 1200 { // a page of 1 MiB
			t.Errorf("byte %d: %d rows lost", off, lost)
		}
	}
}

// fakePage and fakePages stand for files of writers that cut rows between pages, which no library of ours writes.
type fakePage struct {
	parquet.Page
	vals []parquet.Value
}

func (p *fakePage) Values() parquet.ValueReader { return &fakeValues{p.vals} }

type fakeValues struct{ left []parquet.Value }

func (v *fakeValues) ReadValues(dst []parquet.Value) (int, error) {
	n := copy(dst, v.left)
	if v.left = v.left[n:]; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

type fakePages struct {
	parquet.Pages
	pages [][]parquet.Value
}

func (p *fakePages) ReadPage() (parquet.Page, error) {
	if len(p.pages) == 0 {
		return nil, io.EOF
	}
	vals := p.pages[0]
	p.pages = p.pages[1:]
	return &fakePage{vals: vals}, nil
}

func TestRowsAcrossPages(t *testing.T) {
	v := func(n int64, rep int) parquet.Value { return parquet.Int64Value(n).Level(rep, 1, 0) }
	l := &leaf{pages: &fakePages{pages: [][]parquet.Value{{v(1, 0), v(2, 1), v(3, 0)}, {v(4, 1)}, {v(5, 1), v(6, 0)}, {v(7, 0), v(8, 1)}}}}
	var got []string
	for {
		vals, err := l.row()
		if err != nil {
			if !strings.Contains(err.Error(), "ends before its rows do") {
				t.Fatal(err)
			}
			break
		}
		row := ""
		for _, x := range vals {
			row += fmt.Sprint(x.Int64(), " ")
		}
		got = append(got, row)
	}
	equal(t, got, "1 2 ", "3 4 5 ", "6 ", "7 8 ")
}

// Whatever a Parquet file holds, it is an error before the first row, damage, or documents.
func FuzzParquet(f *testing.F) {
	var lines []string
	for i := range 50 {
		lines = append(lines, fmt.Sprintf(`{"id":"%d","text":"text %d","n":%d,"l":["a","%d"],"e":1}`, i, i*i, i, i))
	}
	data, _ := writeAll(f, lines, WriteOptions{Format: Parquet, RowGroup: 500, Schema: &Schema{[]Column{{"n", "int64"}, {"l", "list<string>"}}}})
	f.Add(data[0], uint(100), byte(3))
	f.Add(data[0], uint(len(data[0])-40), byte(0xff))
	f.Fuzz(func(t *testing.T, b []byte, at uint, flip byte) {
		if len(b) > 0 {
			b = bytes.Clone(b)
			b[at%uint(len(b))] ^= flip
		}
		obj := blob.Bytes(b)
		parts, err := Parts(t.Context(), obj, "f", 1000, Options{Kind: Kind{Format: Parquet}})
		if err != nil {
			return
		}
		for _, p := range parts {
			r, err := Open(t.Context(), obj, "f", p, Options{})
			if err != nil {
				continue
			}
			docs := make([]stages.Document, 16)
			for rows := 0; err == nil && rows < 10_000; { // a footer may claim any number of rows
				var n int
				n, err = r.Read(docs)
				rows += n
			}
			if err != nil && err != io.EOF {
				t.Fatal(err)
			}
			r.Close()
		}
	})
}
