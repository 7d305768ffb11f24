package tokenizer

import "unicode/utf8"

// A premerge knows characters of two and three bytes whose bytes become one token before anything else can touch them. Words then begin with
// those tokens instead of the bytes, which is three times as short for Chinese, and end with the same ids.
//
// Take a character whose bytes merge, alone, to the token c by steps of which the last has the highest rank, r. Until then each next step is
// possible, so the steps taken elsewhere meanwhile all have lower ranks than r. Those that could spoil it join one of the character's unfinished
// ends with a neighbour. If the ranks of all such merges at both of its boundaries are above r, none of them is taken. And if every merge
// that uses c has a rank above r, none of them would come before c in a word that begins with c. So beginning with c changes nothing.
type premerge struct {
	chars []char   // by code point from 0x80 to 0xffff
	cross []uint32 // by the bytes on both sides of a boundary: the lowest rank of a merge across it that takes a part of a character
}

// A char is a character that merges to one token.
type char struct {
	id   int32  // plus 1; 0: the character has no token, or uses it too early
	rank uint32 // of the last step
}

// crossing tells whether a merge joins across a boundary between characters: in UTF-8 its right side begins one. partial is true when one of the
// sides has a part of a character at its end.
func crossing(left, right []byte) (across, partial bool) {
	if len(left) == 0 || len(right) == 0 || !utf8.RuneStart(right[0]) {
		return false, false
	}
	return true, !whole(left) || !whole(right)
}

// whole reports whether the bytes are characters from beginning to end.
func whole(b []byte) bool { return utf8.Valid(b) }

// setPremerge finds the characters. first holds, by token, the lowest rank of a merge across characters that uses it.
func (t *Tokenizer) setPremerge(first []uint32) {
	t.pre.chars = make([]char, 0x10000)
	for id := range t.ends {
		b := t.Bytes(int32(id))
		if len(b) < 2 || len(b) > 3 {
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError || n != len(b) {
			continue
		}
		if rank, ok := t.steps(b, int32(id)); ok && first[id] > rank {
			t.pre.chars[r] = char{int32(id) + 1, rank}
		}
	}
}

// steps returns the rank of the last step by which the bytes of a character, alone, become the token c.
func (t *Tokenizer) steps(b []byte, c int32) (last uint32, ok bool) {
	x, y := t.bytes[b[0]], t.bytes[b[1]]
	if len(b) == 2 {
		last = t.rank(x, y)
		return last, last != noRank && t.merged[last] == c
	}
	z := t.bytes[b[2]]
	ahead, behind := t.rank(x, y), t.rank(y, z)
	lower := min(ahead, behind)
	if lower == noRank {
		return 0, false
	}
	if two := t.merged[lower]; ahead < behind {
		last = t.rank(two, z)
	} else {
		last = t.rank(x, two)
	}
	return last, last != noRank && last > lower && t.merged[last] == c
}

// rank is pairs.rank for ids of bytes that may have no token.
func (t *Tokenizer) rank(left, right int32) uint32 {
	if left < 0 || right < 0 {
		return noRank
	}
	return t.pairs.rank(left, right)
}

// begin appends the tokens that a word begins with: its bytes, or whole characters where that comes to the same. Bytes without a token are left
// out.
func (t *Tokenizer) begin(dst []int32, word []byte) []int32 {
	left := uint32(noRank) // of the boundary before the character
	for i := 0; i < len(word); {
		c := word[i]
		n := 1
		if c >= 0xc2 && c < 0xf0 {
			var r rune
			r, n = decode(word, i)
			right := uint32(noRank)
			if i+n < len(word) {
				right = t.pre.cross[int(word[i+n-1])<<8|int(word[i+n])]
			}
			char := t.pre.chars[r&0xffff]
			alone := char.id != 0 && char.rank < left && char.rank < right
			left = right
			if alone {
				dst = append(dst, char.id-1)
				i += n
				continue
			}
		} else if c >= 0xf0 {
			n = 4
		}
		for _, c := range word[i : i+n] {
			if id := t.bytes[c]; id >= 0 {
				dst = append(dst, id)
			}
		}
		i += n
		if n != 2 && n != 3 && i < len(word) {
			left = t.pre.cross[int(word[i-1])<<8|int(word[i])]
		}
	}
	return dst
}
