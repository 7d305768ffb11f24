package inflate

import "encoding/binary"

// huffman decodes symbols until the window is full or the block ends: by the fast loop where the buffer has enough, else one by one.
func (z *Reader) huffman() error {
	for z.state == inHuffman && z.to <= len(z.win)-slack {
		if src, _ := z.r.Peek(z.r.Buffered()); len(src) >= enough { // what is buffered can be peeked
			used, err := z.fast(src)
			z.used += int64(used)
			if _, discardErr := z.r.Discard(used); err != nil || discardErr != nil {
				return err
			}
			continue
		}
		if err := z.one(); err != nil {
			return err
		}
	}
	return nil
}

// one decodes one symbol.
func (z *Reader) one() error {
	e, err := z.symbol(&z.lit)
	switch {
	case err != nil:
		return err
	case e&isLiteral != 0:
		z.win[z.to] = byte(e >> 16)
		z.to++
		return nil
	case e&isEnd != 0:
		z.state = atBlock
		return nil
	case e>>16 == 0:
		return z.corrupt()
	}
	more := uint(z.lit.extra(e))
	if err := z.need(more); err != nil {
		return err
	}
	length := int(e>>16) + int(z.take(more))
	if e, err = z.symbol(&z.dist); err != nil {
		return err
	}
	more = uint(z.dist.extra(e))
	if err := z.need(more); err != nil {
		return err
	}
	distance := int(e>>16) + int(z.take(more))
	if e>>16 == 0 || distance > z.to {
		return z.corrupt()
	}
	for range length {
		z.win[z.to] = z.win[z.to-distance]
		z.to++
	}
	return nil
}

// fast decodes symbols while src has enough bytes and the window room, and returns how many bytes of src it used.
func (z *Reader) fast(src []byte) (used int, err error) {
	acc, n, to, win := z.acc, z.n, z.to, z.win
	lit, dist := z.lit.entries, z.dist.entries
	litMask, distMask := uint64(1)<<z.lit.bits-1, uint64(1)<<z.dist.bits-1
	at, end := 0, len(src)-enough
	room := len(win) - slack
	for at <= end && to <= room {
		// 56 bits or more: enough for three literals, or for a length and a distance.
		acc |= binary.LittleEndian.Uint64(src[at:]) << (n & 63)
		at += int(63-n) >> 3
		n |= 56
		e := lit[acc&litMask]
		if e&isLiteral != 0 {
			acc, n = acc>>(e&31), n-uint(e&31)
			win[to] = byte(e >> 16)
			to++
			if e = lit[acc&litMask]; e&isLiteral != 0 {
				acc, n = acc>>(e&31), n-uint(e&31)
				win[to] = byte(e >> 16)
				to++
				if e = lit[acc&litMask]; e&isLiteral != 0 {
					acc, n = acc>>(e&31), n-uint(e&31)
					win[to] = byte(e >> 16)
					to++
					continue
				}
			}
			acc |= binary.LittleEndian.Uint64(src[at:]) << (n & 63)
			at += int(63-n) >> 3
			n |= 56
		}
		if e&isLink != 0 {
			e = lit[uint64(e>>16)+acc>>z.lit.bits&(1<<z.lit.extra(e)-1)]
		}
		acc, n = acc>>(e&31), n-uint(e&31)
		if e&isLiteral != 0 {
			win[to] = byte(e >> 16)
			to++
			continue
		}
		if e>>16 == 0 {
			if e&isEnd != 0 {
				z.state = atBlock
			} else {
				err = z.corrupt()
			}
			break
		}
		more := e >> 5 & 15
		length := int(e>>16) + int(acc&(1<<more-1))
		acc, n = acc>>more, n-uint(more)
		e = dist[acc&distMask]
		if e&isLink != 0 {
			e = dist[uint64(e>>16)+acc>>z.dist.bits&(1<<z.dist.extra(e)-1)]
		}
		acc, n = acc>>(e&31), n-uint(e&31)
		more = e >> 5 & 15
		distance := int(e>>16) + int(acc&(1<<more-1))
		acc, n = acc>>more, n-uint(more)
		if e>>16 == 0 || distance > to {
			err = z.corrupt()
			break
		}
		match(win, to, distance, length)
		to += length
	}
	at -= int(n >> 3) // whole bytes go back
	z.acc, z.n, z.to = acc&(1<<(n&7)-1), n&7, to
	return at, err
}

// match copies length bytes from distance before a place; it may write 7 more, for which there is room.
func match(win []byte, to, distance, length int) {
	from := to - distance
	if distance >= 8 {
		src, dst := win[from:from+length+8], win[to:to+length+8]
		for i := 0; i < length; i += 8 {
			binary.LittleEndian.PutUint64(dst[i:], binary.LittleEndian.Uint64(src[i:]))
		}
		return
	}
	dst := win[to : to+length]
	if distance == 1 {
		c := win[from]
		for i := range dst {
			dst[i] = c
		}
		return
	}
	src := win[from : from+length]
	for i := range dst {
		dst[i] = src[i]
	}
}
