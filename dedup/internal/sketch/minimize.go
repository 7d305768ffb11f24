package sketch

// minimizeGeneric sets each sig[i] to the least of itself and (x ⊕ b[i]) · a[i] over all x of block. The lengths of sig, a and b are
// equal and a multiple of Lanes.
func minimizeGeneric(sig, a, b, block []uint32) {
	for at := 0; at < len(sig); at += 4 {
		s, a, b := sig[at:at+4:at+4], a[at:at+4:at+4], b[at:at+4:at+4]
		a0, a1, a2, a3 := a[0], a[1], a[2], a[3]
		b0, b1, b2, b3 := b[0], b[1], b[2], b[3]
		s0, s1, s2, s3 := s[0], s[1], s[2], s[3]
		for _, x := range block {
			s0 = min(s0, (x^b0)*a0)
			s1 = min(s1, (x^b1)*a1)
			s2 = min(s2, (x^b2)*a2)
			s3 = min(s3, (x^b3)*a3)
		}
		s[0], s[1], s[2], s[3] = s0, s1, s2, s3
	}
}
