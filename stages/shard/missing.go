package shard

import (
	"encoding/binary"
	"math"
)

// Missing stands for a number that is not there, in tables and in the signals of documents: a quiet NaN that no arithmetic produces.
var Missing = math.Float64frombits(missingBits)

const missingBits = 0x7FF8_0000_0000_0055

// IsMissing says whether x is [Missing].
func IsMissing(x float64) bool { return math.Float64bits(x) == missingBits }

// In a row a number is 0 if it is missing, itself plus two if it is whole and small, else 1 and its eight bytes.
const (
	numberMissing = iota
	numberRaw
	numberWhole
	maxWholeNumber = 1 << 20
)

// appendNumbers appends numbers, most of which are whole or missing.
func appendNumbers(dst []byte, list []float64) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(list)))
	for _, x := range list {
		switch n := uint64(0); {
		case IsMissing(x):
			dst = append(dst, numberMissing)
			continue
		case x >= 0 && x < maxWholeNumber:
			if n = uint64(x); math.Float64bits(float64(n)) == math.Float64bits(x) {
				dst = binary.AppendUvarint(dst, n+numberWhole)
				continue
			}
		}
		dst = binary.LittleEndian.AppendUint64(append(dst, numberRaw), math.Float64bits(x))
	}
	return dst
}

// numbers reads what appendNumbers has written.
func (c *rowCursor) numbers() []float64 {
	list := make([]float64, c.count())
	for i := range list {
		switch n := c.uvarint(); {
		case n == numberMissing:
			list[i] = Missing
		case n == numberRaw && len(c.b)-c.i >= 8:
			list[i] = math.Float64frombits(binary.LittleEndian.Uint64(c.b[c.i:]))
			c.i += 8
		case n == numberRaw:
			c.bad = true
			return nil
		default:
			list[i] = float64(n - numberWhole)
		}
	}
	return list
}
