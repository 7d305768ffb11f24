package code

import "testing"

// What stands between think tags is no answer: the program is looked for behind it.
func TestExtractSpoken(t *testing.T) {
	const draft, final = "```python\ndef f(x): return x\n```\n", "```python\ndef f(x): return x+1\n```"
	const want = "def f(x): return x+1\n"
	for name, answer := range map[string]string{
		"thoughts":             "<think>\n" + draft + "</think>\n" + final,
		"white space in front": "\n\n<think>\n" + draft + "</think>\n\n" + final,
		"opened by the prompt": "Let me see.\n" + draft + "</think>\n" + final,
		"Windows":              "<think>\r\n" + draft + "</think>\r\n" + final,
		"byte order mark":      "\ufeffdef f(x): return x+1\n",
		"tags in code":         "```python\ndef f(x): return x+1\n```\nIt finds <think>\nand\n</think>\nin a text.",
	} {
		if got := Extract(answer, "f"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
