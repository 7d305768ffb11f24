package shard

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/realdata"
)

// record makes a WARC record whose Content-Length is off by lie.
func record(kind, id, contentType, body string, lie int) []byte {
	return fmt.Appendf(nil, "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%s>\r\nWARC-Target-URI: http://e.org/%s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
		kind, id, id, contentType, len(body)+lie, body)
}

func response(id, header, body string, lie int) []byte {
	return record("response", id, "application/http; msgtype=response", "HTTP/1.1 200 OK\r\n"+header+"\r\n\r\n"+body, lie)
}

// ids returns the ids of documents, without urn:uuid:.
func ids(docs []string) string {
	var out []string
	for _, d := range docs {
		id, _, _ := strings.Cut(strings.TrimPrefix(d, `{"id":"urn:uuid:`), `"`)
		out = append(out, id)
	}
	return strings.Join(out, " ")
}

func TestWARC(t *testing.T) {
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("<p>" + strings.Repeat("中文网页内容", 10))
	zip := string(gz([]byte("<p>zipped")))
	html := "Content-Type: text/html"
	a, b := response("a", html, "<p>one", 0), response("b", html, "<p>two", 0)
	join := func(p ...[]byte) []byte { return bytes.Join(p, nil) }
	text := func(s string) string { return `"text":` + string(appendQuoted(nil, s)) }
	for _, c := range []struct {
		name     string
		in       []byte
		ids, has string
		damage   int
		reason   string
	}{
		{name: "empty"},
		{name: "two", in: join(a, b), ids: "a b", has: `"url":"http://e.org/a","content_type":"text/html","warc_record_id":"urn:uuid:a"`},
		{name: "no blank lines behind the last", in: bytes.TrimRight(join(a, b), "\r\n"), ids: "a b"},
		{name: "others are left out", in: join(record("warcinfo", "i", "application/warc-fields", "x", 0), a, record("request", "r", "application/http", "GET / HTTP/1.0\r\n\r\n", 0), record("metadata", "m", "text/plain", "x", 0), response("img", "Content-Type: image/png", "\x89PNG", 0), b, record("response", "dns", "text/dns", "x", 0)), ids: "a b"},
		{name: "redirect is left out", in: join(record("response", "r", "application/http", "HTTP/1.1 301 Moved\r\n\r\n<p>", 0), a), ids: "a"},
		{name: "conversion", in: record("conversion", "w", "text/plain", "文字\nline", 0), ids: "w", has: text("文字\nline")},
		{name: "conversion of invalid UTF-8", in: join(record("conversion", "w", "text/plain", "caf\xe9", 0), a), ids: "a", damage: 1, reason: "invalid UTF-8"},
		{name: "resource", in: record("resource", "r", "text/html; charset=utf-8", "<p>ü", 0), ids: "r", has: text("<p>ü")},
		{name: "charset of the header", in: response("g", html+"; charset=gbk", gb, 0), ids: "g", has: "中文网页内容"},
		{name: "charset of the meta element", in: response("g", html, "<meta charset=gb2312>"+gb, 0), ids: "g", has: "中文网页内容"},
		{name: "no charset", in: response("g", html, gb, 0), ids: "g", has: "中文网页内容"},
		{name: "lying charset", in: response("g", html+"; charset=iso-8859-1", "<p>"+strings.Repeat("中文", 8), 0), ids: "g", has: "中文"},
		{name: "Latin", in: response("g", html+"; charset=iso-8859-1", "<p>caf\xe9", 0), ids: "g", has: "café"},
		{name: "chunked", in: response("c", html+"\r\nTransfer-Encoding: chunked", "4\r\n<p>x\r\n3;q=1\r\nyz!\r\n0\r\n\r\n", 0), ids: "c", has: text("<p>xyz!")},
		{name: "chunks undone already", in: response("c", html+"\r\nTransfer-Encoding: chunked", "<p>plain", 0), ids: "c", has: text("<p>plain")},
		{name: "gzip body", in: response("z", html+"\r\nContent-Encoding: gzip", zip, 0), ids: "z", has: text("<p>zipped")},
		{name: "gzip undone already", in: response("z", html+"\r\nContent-Encoding: gzip", "<p>plain", 0), ids: "z", has: text("<p>plain")},
		{name: "gzip body cut", in: join(response("z", html+"\r\nContent-Encoding: gzip", zip[:len(zip)-9], 0), a), ids: "a", damage: 1, reason: "content encoding gzip"},
		{name: "no HTTP", in: join(record("response", "n", "application/http", "hello", 0), a), ids: "a", damage: 1, reason: "HTTP/… was expected"},
		{name: "length too long by one", in: join(a, response("l", html, "<p>lie", 1), b), ids: "a l b"}, // the blank line belongs to nobody
		{name: "length too long", in: join(a, response("l", html, "<p>lie", 40), b), ids: "a b", damage: 1, reason: "Content-Length is "},
		{name: "length beyond the end", in: join(a, response("l", html, "<p>lie", 1<<20), b), ids: "a b", damage: 1, reason: "Content-Length is "},
		{name: "length over the limit", in: join(a, response("l", html, "<p>lie", 1<<40), b), ids: "a b", damage: 1, reason: "at most"},
		{name: "length too short", in: join(a, response("l", html, "<p>lie", -3), b), ids: "a b", damage: 1, reason: "no record starts behind"},
		{name: "length negative", in: join(a, response("l", html, "<p>lie", -100), b), ids: "a b", damage: 1, reason: "a number was expected"},
		{name: "no length", in: join(a, bytes.Replace(b, []byte("Content-Length:"), []byte("X:"), 1), b), ids: "a b", damage: 1, reason: `Content-Length is ""`},
		{name: "garbage before", in: join([]byte("garbage\r\n"), a, b), ids: "a b", damage: 1, reason: "no WARC record starts here"},
		{name: "header without end", in: join(a, []byte("WARC/1.0\r\nWARC-Type: response\r\n")), ids: "a", damage: 1, reason: "has no end"},
		{name: "cut", in: join(a, b[:len(b)-8]), ids: "a", damage: 1, reason: "bytes are there"},
		{name: "NUL in the text", in: record("conversion", "w", "text/plain", "a\x00b", 0), ids: "w", has: `a\u0000b`},
	} {
		records := bytes.SplitAfter(c.in, []byte("\r\n\r\nWARC/"))
		for i := range records {
			if i+1 < len(records) {
				records[i] = bytes.TrimSuffix(records[i], []byte("WARC/"))
				records[i+1] = append([]byte("WARC/"), records[i+1]...)
			}
		}
		for form, in := range map[string][]byte{"f.warc": c.in, "one.warc.gz": gz(c.in), "each.warc.gz": gz(records...), "each.warc.zst": zst(records...)} {
			t.Run(c.name+" "+form, func(t *testing.T) {
				docs, damage := readAll(t, blob.Bytes(in), form, Part{Kind: Kind{WARC, map[bool]Compression{true: Plain, false: Gzip}[form == "f.warc"]}}, Options{})
				if strings.HasSuffix(form, "zst") {
					docs, damage = readAll(t, blob.Bytes(in), form, Part{}, Options{})
				}
				if got := ids(docs); got != c.ids {
					t.Errorf("got documents %q, want %q", got, c.ids)
				}
				if c.has != "" && (len(docs) == 0 || !strings.Contains(docs[0], c.has)) {
					t.Errorf("got %.500q, want %q in it", docs, c.has)
				}
				if len(damage) != c.damage {
					t.Errorf("got %d damages, want %d", len(damage), c.damage)
				}
				for _, d := range damage {
					if c.damage == 1 && form == "f.warc" && !strings.Contains(d.Reason, c.reason) || d.Record < 0 || len(d.Raw) == 0 {
						t.Errorf("got record %d, %q, %d bytes; want %q", d.Record, d.Reason, len(d.Raw), c.reason)
					}
				}
			})
		}
	}
}

// A broken or cut gzip member costs its records only.
func TestWARCBrokenMembers(t *testing.T) {
	var members [][]byte
	for i := range 5 {
		members = append(members, gz(response(fmt.Sprint("r", i), "Content-Type: text/html", "<p>"+strings.Repeat(fmt.Sprint("text ", i*i, " "), 200), 0)))
	}
	for name, c := range map[string]struct {
		third []byte
		want  string
	}{
		"cut":     {members[2][:len(members[2])/2], "r0 r1 r3 r4"},
		"flipped": {append(append(bytes.Clone(members[2][:60]), members[2][60]^0xff), members[2][61:]...), "r0 r1 r3 r4"},
		"garbage": {[]byte("garbage between members"), "r0 r1 r3 r4"},
		"missing": {nil, "r0 r1 r3 r4"},
		"header":  {members[2][:5], "r0 r1 r3 r4"},
	} {
		in := bytes.Join([][]byte{members[0], members[1], c.third, members[3], members[4]}, nil)
		docs, damage := readAll(t, blob.Bytes(in), "f.warc.gz", Part{}, Options{})
		if got := ids(docs); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		want := 1
		if c.third == nil {
			want = 0
		}
		if len(damage) != want {
			t.Fatalf("%s: got %d damages, want %d", name, len(damage), want)
		}
		if want == 1 && damage[0].Offset != int64(len(members[0])+len(members[1])) {
			t.Errorf("%s: damage at %d, want %d: %s", name, damage[0].Offset, len(members[0])+len(members[1]), damage[0].Reason)
		}
	}
}

func TestRealWARC(t *testing.T) {
	for name, want := range map[string]struct{ docs, damage int }{
		"dolma-sample-0000.warc.gz":      {22, 0},
		"iawc-text-extraction-test.warc": {1, 0},
		"jwarc-cc.warc.gz":               {1, 0},
		"resiliparse-clipped.warc.gz":    {0, 1},
		"resiliparse-warcfile.warc.gz":   {16, 0},
		"cc_net-sample.wet.txt":          {0, 4}, // its lengths count carriage returns that it has lost
	} {
		data, err := os.ReadFile(realdata.Path(t, "data/web/warc/"+name))
		if err != nil {
			t.Fatal(err)
		}
		docs, damage := readAll(t, blob.Bytes(data), name, Part{}, Options{})
		if len(docs) != want.docs || len(damage) != want.damage {
			t.Errorf("%s: got %d documents and %d damages, want %d and %d", name, len(docs), len(damage), want.docs, want.damage)
		}
		for _, d := range docs {
			if strings.Count(d, replacement) > 3 {
				t.Errorf("%s: %d undecoded places in %.80s", name, strings.Count(d, replacement), d)
			}
		}
	}
}

func FuzzWARC(f *testing.F) {
	f.Add(response("a", "Content-Type: text/html\r\nTransfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n", 0), 100)
	f.Add(record("conversion", "w", "text/plain; charset=gbk", "x", 5), 3)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		zipped := gz(data)
		for c, in := range map[Compression][]byte{Plain: data, Gzip: zipped[:len(zipped)-cut&15]} {
			docs, damage := readAll(t, blob.Bytes(in), "f", Part{Kind: Kind{WARC, c}}, Options{MaxRecord: 1 << 16})
			if len(docs)+len(damage) > len(data)+2 {
				t.Errorf("%d documents and %d damages of %d bytes", len(docs), len(damage), len(data))
			}
		}
	})
}
