package settings

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// dump writes a tree with its places, so that a test reads like the text.
func dump(n *Node) string {
	at := fmt.Sprintf("@%d:%d", n.Pos.Line, n.Pos.Column)
	switch n.Kind {
	case Null:
		return "null" + at
	case Scalar:
		if n.Quoted {
			return fmt.Sprintf("%q%s", n.Text, at)
		}
		return n.Text + at
	case List:
		var parts []string
		for _, c := range n.Items {
			parts = append(parts, dump(c))
		}
		return "[" + strings.Join(parts, " ") + "]" + at
	}
	var parts []string
	for _, p := range n.Pairs {
		parts = append(parts, dump(p.Key)+"="+dump(p.Value))
	}
	return "{" + strings.Join(parts, " ") + "}" + at
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"empty", "", "null@1:1"},
		{"a comment", "# c\n", "null@1:1"},
		{"core schema words", "a: [no, on, yes, ~, null, 1k, 012]", `{a@1:1=[no@1:5 on@1:9 yes@1:13 null@1:18 null@1:21 1k@1:27 012@1:31]@1:4}@1:1`},
		{"quotes", `a: ["1", 'it''s', "x\ty"]`, `{a@1:1=["1"@1:5 "it's"@1:10 "x\ty"@1:19]@1:4}@1:1`},
		{"block", "a:\n  - b\n  - c:\n      d: 1\n", "{a@1:1=[b@2:5 {c@3:5={d@4:7=1@4:10}@4:7}@3:5]@2:3}@1:1"},
		{"line ends of Windows", "a: 1\r\nb:\r\n  - c\r\n", "{a@1:1=1@1:4 b@2:1=[c@3:5]@3:3}@1:1"},
		{"byte order mark", "\ufeffa: 1\nb: 2", "{a@1:1=1@1:4 b@2:1=2@2:4}@1:1"},
		{"wide characters", "中: {文: 字}", "{中@1:1={文@1:5=字@1:8}@1:4}@1:1"},
		{"a value missing", "a:\nb: 1", "{a@1:1=null@1:3 b@2:1=1@2:4}@1:1"},
		{"literal block", "a: |\n  x\n  y\nb: 1", `{a@1:1="x\ny\n"@1:4 b@4:1=1@4:4}@1:1`},
		{"header", "---\na: 1", "{a@2:1=1@2:4}@2:1"},
		{"flow key without value", "{a: 1, b}", "{a@1:2=1@1:5 b@1:8=null@1:9}@1:1"},
		{"number keys", "{1: a, true: b}", "{1@1:2=a@1:5 true@1:8=b@1:14}@1:1"},
		{"glob and url", "a: s3://x/**/*.gz\nb: '*.gz'", `{a@1:1=s3://x/**/*.gz@1:4 b@2:1="*.gz"@2:4}@1:1`},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree, ps := Parse("r.yaml", []byte(test.src))
			if len(ps) > 0 {
				t.Fatal(lines(ps))
			}
			if got := dump(tree); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"anchor", "a: &x 1", "1:4 anchors are not part of the recipe grammar"},
		{"tag", "a: !!str 1", "1:4 tags are not part of the recipe grammar"},
		{"binary tag", "a: !!binary aGk=", "1:4 tags are not part of the recipe grammar"},
		{"merge", "<<: {a: 1}", "1:1 merge keys are not part of the recipe grammar"},
		{"two documents", "a: 1\n---\nb: 2", "2:1 a recipe is one document: --- begins a second"},
		{"double key", "a: 1\nb: {c: 1, c: 2}\na: 2", "2:11 the key \"c\" stands twice: first in line 2\n3:1 the key \"a\" stands twice: first in line 1"},
		{"double key in quotes", "a: 1\n\"a\": 2", `2:1 the key "a" stands twice: first in line 1`},
		{"a map as key", "{a: 1}: 2", ""},
		{"NUL", "a: \x00", "1:4 the character U+0000 cannot stand in a recipe"},
		{"escape", "a: 1\nb: \x1b[31m", "2:4 the character U+001B cannot stand in a recipe"},
		{"invalid UTF-8", "a: é\xff", "1:5 the byte 0xff is not UTF-8"},
		{"lone return", "a: 1\rb: 2", "1:5 the character U+000D cannot stand in a recipe"},
		{"tab", "a:\n\tb: 1", "2:1 a tab cannot indent YAML | use spaces"},
		{"open bracket", "a: [1, 2", "1:4 sequence end token ']' not found | a bracket before is not closed"},
		{"colon", "a: b: c", "1:4 mapping value is not allowed in this context"},
		{"too many keys", strings.Repeat("a: 1\n", maxKeys+1), "4097:2 the map has more than 4096 keys"},
		{"too many keys in brackets", "{" + strings.Repeat("a: 1, ", maxKeys+1) + "}", "1:24579 the map has more than 4096 keys"},
		{"too large", strings.Repeat("#", maxSize+1), "0:0 the recipe has 2097153 bytes, allowed are 2097152"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree, ps := Parse("r.yaml", []byte(test.src))
			if len(ps) == 0 || tree != nil {
				t.Fatalf("got %v, want a problem", tree)
			}
			if got := lines(ps); test.want != "" && got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// Depth is bounded in every way to nest: 50 levels are read, 200 refused.
func TestParseDepth(t *testing.T) {
	block := func(n int, line func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(line(i))
		}
		return b.String()
	}
	for name, nest := range map[string]func(n int) string{
		"brackets": func(n int) string { return "a: " + strings.Repeat("[", n) + strings.Repeat("]", n) },
		"braces":   func(n int) string { return strings.Repeat("{a: ", n) + "1" + strings.Repeat("}", n) },
		"dashes":   func(n int) string { return strings.Repeat("- ", n) + "a" },
		"keys":     func(n int) string { return block(n, func(i int) string { return strings.Repeat(" ", i) + "a:\n" }) },
		"open":     func(n int) string { return strings.Repeat("[", n) },
	} {
		t.Run(name, func(t *testing.T) {
			if _, ps := Parse("", []byte(nest(50))); len(ps) > 0 && name != "open" {
				t.Errorf("50 levels: %s", lines(ps))
			}
			for _, n := range []int{200, 1500} {
				_, ps := Parse("", []byte(nest(n)))
				if got := lines(ps); !strings.Contains(got, "inside each other") {
					t.Errorf("%d levels: got %q", n, got)
				}
			}
		})
	}
}

// A recipe of a megabyte is read.
func TestParseLarge(t *testing.T) {
	for name, src := range map[string]string{
		"stages": "stages:\n" + strings.Repeat("  - gopher_quality: {words: {min: 20}, bullets: {max: .inf}}\n", 17_000),
		"keys": func() string {
			var b strings.Builder
			for i := range 5 {
				fmt.Fprintf(&b, "map_%d:\n", i)
				for j := range 4000 {
					fmt.Fprintf(&b, "  key_%d: 1\n", j)
				}
			}
			return b.String()
		}(),
		"items": "a:\n" + strings.Repeat("- b\n", 100_000),
		"flow":  "a: [" + strings.Repeat("b,", 100_000) + "]",
		"text":  "a: \"" + strings.Repeat("x", 1<<20) + "\"\n",
	} {
		start := time.Now()
		if tree, ps := Parse("", []byte(src)); len(ps) > 0 || tree.Kind != Map {
			t.Errorf("%s: %s", name, lines(ps))
		}
		t.Logf("%s: %d bytes in %v", name, len(src), time.Since(start))
	}
}

// What is written reads back to the same tree, on one line and in lines.
func TestWriteRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"a", "no", "true", "~", "null", "1", "0x1f", ".inf", "1k", "", " a ", "a: b", "# c", "-", "--- ", "---", "- a", "?", "*x", "&x", "!t", "%", "@x", "`", "it's", `"q"`, "x\ny", "tab\there", "中文", "s3://b/**/*.gz", "\\", "😀", "a,b", "[", "}", "|", ">", "=", "<<", "\u2028", "\u00a0", "\u0085", "\u0088", "\x7f", "\ufeff", "0 B", "\x01", "...0", "---0"}
	var tree func(depth int) *Node
	tree = func(depth int) *Node {
		k := Kind(r.IntN(4))
		if depth > 4 {
			k = Scalar
		}
		n := &Node{Kind: k}
		switch k {
		case Scalar:
			n.Text = words[r.IntN(len(words))]
			n.Quoted = !plainMeaning(n.Text) || n.Text == "" || n.Text == "~" || n.Text == "null" || r.IntN(2) == 0
		case List:
			for range r.IntN(4) {
				n.Items = append(n.Items, tree(depth+1))
			}
		case Map:
			for _, w := range words[:r.IntN(4)] {
				n.Pairs = append(n.Pairs, Pair{&Node{Kind: Scalar, Text: w + fmt.Sprint(depth)}, tree(depth + 1)})
			}
		}
		return n
	}
	for range 3000 {
		n := tree(0)
		for name, src := range map[string]string{"flow": n.InFlow(), "block": string(n.Block())} {
			again, ps := Parse("", []byte(src))
			if len(ps) > 0 {
				t.Fatalf("%s %q: %s", name, src, lines(ps))
			}
			if !again.Same(n) {
				t.Fatalf("%s %q: got %s, want %s", name, src, dump(again), dump(n))
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"a: 1\nb: [x, 'y', no]\nc: {d: |\n  e\n}", "\ufeffa: 1\r\n- b", "a: &x *x", "<<: !!a\n? b", "---\n...\n---", "a:\n  - b: {c: [d, {e: .inf}]}\n", "\"\\u0041\\x\"", "{a: 1 b: 2}", "- - - a", "%YAML 1.2\n---\n", "a: >-\n\n  b\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		tree, ps := Parse("f.yaml", src)
		if (tree == nil) != (len(ps) > 0) {
			t.Fatalf("tree %v, problems %v", tree, ps)
		}
		if tree == nil {
			return
		}
		again, ps := Parse("f.yaml", []byte(tree.InFlow()))
		if len(ps) > 0 || !again.Same(tree) {
			t.Fatalf("%q does not read back: %s", tree.InFlow(), lines(ps))
		}
		s := sampleDefaults
		for _, p := range Decode(tree, &s) {
			if p.Pos.Line < 1 || p.Pos.Line > bytes.Count(src, []byte("\n"))+1 {
				t.Fatalf("%v lies outside the text", p)
			}
		}
		Canonical(&s)
	})
}
