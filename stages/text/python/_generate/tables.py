"""Writes unicode14.txt: what the str methods of Python 3.11 (Unicode 14.0.0) say of code points, asked of Python itself.

    python3.11 tables.py > ../unicode14.txt
"""

import sys
import unicodedata

assert unicodedata.unidata_version == "14.0.0", unicodedata.unidata_version
POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def ranges(test):
    out, start, last = [], None, None
    for c in POINTS + [None]:
        if c is not None and test(chr(c)):
            if start is None:
                start = c
            elif c != last + 1:
                out.append((start, last))
                start = c
            last = c
        elif start is not None:
            out.append((start, last))
            start = None
    return " ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in out)


def final(s):
    return (s + "Σ").lower().endswith("ς")


def lower():
    """Runs of LO-HI:STRIDE:DELTA of code points whose lower case is one other code point."""
    pairs = [(c, ord(chr(c).lower())) for c in POINTS if len(chr(c).lower()) == 1 and chr(c).lower() != chr(c)]
    runs = []
    for c, to in pairs:
        if runs:
            lo, hi, stride, delta = runs[-1]
            if to - c == delta and (stride == 0 and c - hi <= 2 or c - hi == stride):
                runs[-1] = (lo, c, c - hi, delta)
                continue
        runs.append((c, c, 0, to - c))
    return " ".join(f"{lo:X}-{hi:X}:{max(stride, 1)}:{delta}" for lo, hi, stride, delta in runs)


others = [c for c in POINTS if len(chr(c).lower()) != 1]
assert others == [0x130], others  # İ becomes two code points; the code knows
for name, value in {
    "space": ranges(str.isspace),
    "alpha": ranges(str.isalpha),
    "digit": ranges(str.isdigit),
    "decimal": ranges(str.isdecimal),
    "numeric": ranges(lambda c: c.isalnum() and not c.isalpha()),
    "punctuation": ranges(lambda c: unicodedata.category(c)[0] == "P"),
    "mark": ranges(lambda c: unicodedata.category(c) == "Mn"),
    "cased": ranges(final),
    "ignorable": ranges(lambda c: final("A" + c) and not final(c)),
    "lower": lower(),
}.items():
    sys.stdout.write(f"{name} {value}\n")
