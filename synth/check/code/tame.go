package code

import "strings"

// isTame says whether a program is so tame that it may share a process with others: it binds names and calls functions that compute. It can reach
// nothing that outlives it there: no attribute but methods of values and functions of a few modules, no name of the interpreter, no class, no text that is evaluated. What
// is not known to be tame is not: this is a list of what is allowed.
func isTame(program string) bool {
	if len(program) > 64<<10 || strings.Contains(program, "\x00") {
		return false
	}
	lines, err := cut(program)
	if err != nil {
		return false
	}
	for _, l := range lines {
		if !tame(l.tokens) {
			return false
		}
	}
	return true
}

func tame(t []token) bool {
	if len(t) > 0 && (t[0].text == "import" || t[0].text == "from") {
		return tameImport(t)
	}
	for i, x := range t {
		switch x.kind {
		case name:
			after := i > 0 && t[i-1].kind == op && t[i-1].text == "."
			if after && !methods[x.text] || !after && !tameName(x.text) {
				return false
			}
			if after && (i+1 == len(t) || t[i+1].kind != op || !reads[t[i+1].text]) {
				return false
			}
		case str:
			if p := strings.ToLower(x.text[:strings.IndexAny(x.text, `"'`)]); strings.ContainsAny(p, "ft") {
				return false
			}
		case op:
			if x.text == "@" || x.text == "@=" {
				return false
			}
		}
	}
	return true
}

// reads are the operators behind an attribute that cannot be a part of what it is assigned to.
var reads = setOf("( . * / + - ** // % < > <= >= == !=")

// tameImport reads `import a, b` and `from a import b, c`.
func tameImport(t []token) bool {
	if t[0].text == "from" {
		if len(t) < 4 || !modules[t[1].text] || t[2].text != "import" {
			return false
		}
		t = t[3:]
		for _, x := range t {
			if x.kind == name && !methods[x.text] && !typing[x.text] || x.kind != name && x.text != "," {
				return false
			}
		}
		return true
	}
	for _, x := range t[1:] {
		if x.kind == name && !modules[x.text] || x.kind != name && x.text != "," {
			return false
		}
	}
	return true
}

// tameName says whether a name is a word of the language, a builtin that computes, or of the program's own.
func tameName(s string) bool {
	if strings.HasPrefix(s, "__") || strings.HasSuffix(s, "__") {
		return false
	}
	for _, r := range s {
		if r >= 0x80 {
			return false
		}
	}
	return !wild[s]
}

func setOf(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

var (
	// wild are builtins and words of the language that reach further than a value.
	wild = setOf(`eval exec compile open input print globals locals vars dir getattr setattr delattr hasattr type object super memoryview classmethod
		staticmethod property breakpoint help exit quit copyright credits license id hash callable iter aiter anext format bytearray
		global nonlocal class async await yield del with match case BaseException KeyboardInterrupt SystemExit GeneratorExit
		MemoryError RecursionError`)

	// modules are those that hold functions and no state.
	modules = setOf("math re typing collections itertools functools string heapq bisect fractions copy")

	typing = setOf("List Dict Set Tuple Optional Any Union Iterable Callable FrozenSet Sequence Iterator Deque DefaultDict")

	// methods are what may stand behind a dot: methods of values, functions and constants of modules.
	methods = setOf(`append extend insert pop remove clear index count sort reverse copy keys values items get setdefault update popitem add discard
		union intersection difference symmetric_difference issubset issuperset isdisjoint split rsplit splitlines join strip lstrip rstrip replace find rfind
		rindex lower upper title capitalize swapcase casefold startswith endswith isalpha isdigit isnumeric isdecimal isalnum isspace isupper islower istitle
		isidentifier center ljust rjust zfill partition rpartition translate maketrans encode decode bit_length is_integer real imag conjugate fromkeys
		most_common elements appendleft popleft rotate
		sqrt floor ceil gcd lcm factorial pi e inf nan log log2 log10 exp pow sin cos tan asin acos atan atan2 degrees radians hypot fabs fmod modf trunc isnan isinf
		isclose isqrt comb perm prod dist fsum
		findall finditer match search sub subn fullmatch group groups start end span escape
		Counter defaultdict OrderedDict deque  chain permutations combinations combinations_with_replacement product groupby accumulate zip_longest
		islice takewhile dropwhile starmap repeat cycle reduce cmp_to_key heappush heappop heapify nlargest nsmallest bisect_left bisect_right insort
		ascii_lowercase ascii_uppercase ascii_letters digits punctuation deepcopy Fraction numerator denominator
		IGNORECASE I M S X math re string collections itertools functools heapq bisect fractions copy typing`)
)
