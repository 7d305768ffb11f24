"""Writes english.txt from a description of spaCy's English tokenizer as JSON (its special cases and patterns): the classes of
characters that the patterns are made of, and the special cases.

    python3.11 english.py spacy-en-tokenizer.json > ../english.txt
"""

import json
import re
import sys

data = json.load(open(sys.argv[1], encoding="utf-8"))


def classes(pattern):
    """The bracketed classes of a pattern, in order."""
    out, i = [], 0
    while i < len(pattern):
        if pattern[i] == "\\":
            i += 2
        elif pattern[i] == "[":
            j = i + 1
            while pattern[j] != "]":
                j += 2 if pattern[j] == "\\" else 1
            out.append(pattern[i : j + 1])
            i = j + 1
        else:
            i += 1
    return out


def ranges(cls):
    test, out = re.compile(cls).fullmatch, []
    for c in range(0x110000):
        if not 0xD800 <= c <= 0xDFFF and test(chr(c)):
            if out and out[-1][1] == c - 1:
                out[-1][1] = c
            else:
                out.append([c, c])
    return " ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in out)


def singles(pattern, head, tail):
    """The alternatives of a pattern that are one character, escaped or not."""
    out = set()
    for alternative in pattern.split("|"):
        body = alternative.removeprefix(head).removesuffix(tail)
        if alternative.startswith(head) and alternative.endswith(tail) and len(body.removeprefix("\\")) == 1:
            out.add(body.removeprefix("\\"))
    return "[" + "".join("\\" + c if c in "\\]^-[" else c for c in sorted(out)) + "]"


prefix, suffix, infix, url = (data[k] for k in ("prefix_regex", "suffix_regex", "infix_regex", "url_match"))
long = lambda pattern: [c for c in classes(pattern) if len(c) > 100]
icons = long(prefix)[0]
assert icons == long(suffix)[0] == long(infix)[0]
units = re.search(r"\(\?<=\[0-9\]\)\(\?:(km\|.*?)\)\$", suffix).group(1)
money = re.search(r"\(\?<=\[0-9\]\)\(\?:(\\\$\|.*?)\)\$", suffix).group(1)
before_stop, two_before_stop = long(suffix)[1], long(suffix)[2]
assert suffix.endswith(f"(?<={before_stop})\\.$|(?<={two_before_stop}{two_before_stop})\\.$")
stop_after, stop_before = long(infix)[1], long(infix)[2]
letters, letters_digits = long(infix)[3], long(infix)[5]
assert infix.endswith(
    f"|(?<=[0-9])[+\\-\\*^](?=[0-9-])|(?<={stop_after})\\.(?={stop_before})|(?<={letters}),(?={letters})"
    f"|(?<={letters_digits})(?:-|–|—|--|---|——|~)(?={letters})|(?<={letters_digits})[:<>=/](?={letters})"
)
for name, value in {
    "prefix": ranges(singles(prefix, "^", "")),
    "suffix": ranges(singles(suffix, "", "$")),
    "icon": ranges(icons),
    "before_stop": ranges(before_stop),
    "two_before_stop": ranges(two_before_stop),
    "stop_after": ranges(stop_after),
    "stop_before": ranges(stop_before),
    "letter": ranges(letters),
    "tld": ranges(long(url)[0]),
    "sentence_end": ranges("[" + "".join(data["sentencizer_punct_chars"]) + "]"),
    "unit": "|".join(dict.fromkeys((units + "|" + money.replace("\\", "")).split("|"))),
}.items():
    sys.stdout.write(f"{name} {value}\n")
assert ranges(letters_digits) == ranges(letters[:-1] + "0-9]")
sys.stdout.write("special\n")
for key, pieces in sorted(data["special_cases"].items()):
    assert "".join(pieces) == key
    if not key.isspace():  # \t, \n and " " stand for themselves
        sys.stdout.write("\t".join(pieces) + "\n")
