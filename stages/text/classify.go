package text

// classify fills blocks with the classes of the bytes of s, block k from byte 63·k on, until one holds a byte beyond ASCII, and returns how
// many it has filled. s must reach to the end of the last block.
//
// classifyGeneric is its meaning. Why assembly: with it words of English are counted at 4.8 GB/s, see BenchmarkCut.
func classify(s string, blocks []asciiBlock) int {
	if len(blocks) == 0 {
		return 0
	}
	_ = s[(len(blocks)-1)*blockStep+blockBytes-1]
	return classifyBlocks(s, blocks)
}

// Eight bytes at a time: a lane is a byte of the word, and what holds for it is told by its high bit.
const (
	lanes = 0x0101010101010101
	highs = 0x80 * lanes
)

func classifyGeneric(s string, blocks []asciiBlock) int {
	for k := range blocks {
		b := &blocks[k]
		*b = asciiBlock{}
		for i := 0; i < blockBytes; i += 8 {
			b.add(load64(s[k*blockStep+i:]), i)
		}
		if b.high != 0 {
			return k + 1
		}
	}
	return len(blocks)
}

// add sets the bits of the eight bytes from i on.
func (b *asciiBlock) add(x uint64, i int) {
	beyond := x & highs
	x &^= highs
	// A byte is in a range if adding one number, but not the other, carries it over 0x7F.
	t := x | 0x20*lanes
	set := func(m *uint64, in uint64) { *m |= in &^ beyond >> 7 * 0x0102040810204080 >> 56 << i }
	set(&b.letter, (t+0x1F*lanes)&^(t+0x05*lanes)&highs)
	set(&b.digit, (x+0x50*lanes)&^(x+0x46*lanes)&highs)
	set(&b.joiner, equal(x, '_'))
	set(&b.point, equal(x, '.')|equal(x, '\''))
	set(&b.colon, equal(x, ':'))
	set(&b.comma, equal(x, ',')|equal(x, ';'))
	b.high |= beyond >> 7 * 0x0102040810204080 >> 56 << i
}

// equal returns the lanes of x, all ASCII, that are c.
func equal(x, c uint64) uint64 { return ^(x ^ c*lanes + 0x7F*lanes) & highs }
