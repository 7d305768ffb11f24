package shard

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
)

// A shape turns the values of one column of a file, nested or not, into JSON: the record assembly of Dremel (Melnik et al. 2010,
// section 4.3), one row at a time.
type shape struct {
	optional bool
	form     string   // "leaf", "list", "map", "struct"
	typ      *coltype // of a leaf
	kind     parquet.Kind
	kids     []*shape // list: the element; map: key and value; struct: the members
	names    [][]byte // of the members, quoted, with a colon
	leaves   int      // primitive columns below
}

func shapeOf(n parquet.Node) *shape {
	if n.Repeated() {
		kid := shapeOf(parquet.Required(n))
		return &shape{form: "list", kids: []*shape{kid}, leaves: kid.leaves}
	}
	s := &shape{optional: n.Optional(), form: "struct"}
	if n.Leaf() {
		s.form, s.typ, s.kind, s.leaves = "leaf", leafType(n.Type()), n.Type().Kind(), 1
		return s
	}
	kids := n.Fields()
	if inner, form := nestedShape(n); form == "list" {
		s.form = "list"
		s.kids = []*shape{shapeOf(inner)}
		s.leaves = s.kids[0].leaves
		return s
	} else if form == "map" {
		s.form, kids = "map", inner.Fields()
	}
	for _, f := range kids {
		kid := shapeOf(f)
		s.kids = append(s.kids, kid)
		s.names = append(s.names, append(appendQuoted(nil, f.Name()), ':'))
		s.leaves += kid.leaves
	}
	return s
}

// repeats says whether a row may have several values below s.
func (s *shape) repeats() bool {
	if s.form == "list" || s.form == "map" {
		return true
	}
	return slices.ContainsFunc(s.kids, (*shape).repeats)
}

// append appends the value that cols, one list of values for each leaf, hold below the levels def and rep.
func (s *shape) append(dst []byte, cols [][]parquet.Value, def, rep int) []byte {
	if s.optional {
		if cols[0][0].DefinitionLevel() <= def {
			return append(dst, "null"...)
		}
		def++
	}
	switch s.form {
	case "leaf":
		return s.scalar(dst, cols[0][0])
	case "struct":
		dst = append(dst, '{')
		for i, kid := range s.kids {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = kid.append(append(dst, s.names[i]...), cols[:kid.leaves], def, rep)
			cols = cols[kid.leaves:]
		}
		return append(dst, '}')
	case "list":
		dst = append(dst, '[')
		s.each(cols, def, rep+1, func(i int, cols [][]parquet.Value) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = s.kids[0].append(dst, cols, def+1, rep+1)
		})
		return append(dst, ']')
	}
	key, value := s.kids[0], s.kids[1]
	dst = append(dst, '{')
	s.each(cols, def, rep+1, func(i int, cols [][]parquet.Value) {
		if i > 0 {
			dst = append(dst, ',')
		}
		k := key.append(nil, cols[:key.leaves], def+1, rep+1)
		if k[0] != '"' {
			k = appendQuoted(nil, string(k))
		}
		dst = append(append(dst, k...), ':')
		dst = value.append(dst, cols[key.leaves:], def+1, rep+1)
	})
	return append(dst, '}')
}

// each cuts the values of a repeated node into elements, at the values whose repetition level is rep.
func (s *shape) each(cols [][]parquet.Value, def, rep int, f func(int, [][]parquet.Value)) {
	if cols[0][0].DefinitionLevel() <= def {
		return // empty
	}
	left := append([][]parquet.Value(nil), cols...)
	one := make([][]parquet.Value, len(cols))
	for i := 0; len(left[0]) > 0; i++ {
		for k := range left {
			n := 1
			for n < len(left[k]) && left[k][n].RepetitionLevel() > rep {
				n++
			}
			one[k], left[k] = left[k][:n], left[k][n:]
		}
		f(i, one)
	}
}

// scalar appends a leaf's value. Not-a-number and infinities, which JSON has no spelling for, become null.
func (s *shape) scalar(dst []byte, v parquet.Value) []byte {
	switch s.typ.kind {
	case "bool":
		return strconv.AppendBool(dst, v.Boolean())
	case "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64":
		return s.integer(dst, v)
	case "float", "double":
		return s.real(dst, v)
	case "date":
		return append(time.Unix(int64(v.Int32())*86400, 0).UTC().AppendFormat(append(dst, '"'), time.DateOnly), '"')
	case "time", "timestamp":
		return s.clock(dst, v)
	case "decimal":
		return appendDecimal(dst, s.unscaled(v), s.typ.digits[1])
	case "uuid":
		if b := v.ByteArray(); len(b) == 16 {
			h := hex.EncodeToString(b)
			return append(dst, `"`+h[:8]+"-"+h[8:12]+"-"+h[12:16]+"-"+h[16:20]+"-"+h[20:]+`"`...)
		}
	case "json":
		if b := v.ByteArray(); (s.kind == parquet.ByteArray) && json.Valid(b) {
			if bytes.IndexByte(b, '\n') >= 0 {
				return appendRaw(dst, b)
			}
			return append(dst, b...)
		}
	}
	if s.kind != parquet.ByteArray && s.kind != parquet.FixedLenByteArray {
		return appendQuoted(dst, v.String())
	}
	return appendBytes(dst, v.ByteArray())
}

// appendBytes appends text as a string, and other bytes as {"base64":"…"}.
func appendBytes(dst, b []byte) []byte {
	if utf8.Valid(b) {
		return appendQuoted(dst, view(b))
	}
	dst = append(dst, `{"base64":"`...)
	dst = base64.StdEncoding.AppendEncode(dst, b)
	return append(dst, `"}`...)
}

func (s *shape) integer(dst []byte, v parquet.Value) []byte {
	unsigned := s.typ.kind[0] == 'u'
	switch {
	case s.kind == parquet.Int32 && unsigned:
		return strconv.AppendUint(dst, uint64(v.Uint32()), 10)
	case s.kind == parquet.Int32:
		return strconv.AppendInt(dst, int64(v.Int32()), 10)
	case unsigned:
		return strconv.AppendUint(dst, v.Uint64(), 10)
	}
	return strconv.AppendInt(dst, v.Int64(), 10)
}

func (s *shape) real(dst []byte, v parquet.Value) []byte {
	bits, x := 64, 0.0
	switch s.kind {
	case parquet.Float:
		bits, x = 32, float64(v.Float())
	case parquet.Double:
		x = v.Double()
	default:
		b := v.ByteArray()
		if len(b) != 2 {
			return append(dst, "null"...)
		}
		bits, x = 32, half(binary.LittleEndian.Uint16(b))
	}
	if x-x != 0 {
		return append(dst, "null"...)
	}
	return strconv.AppendFloat(dst, x, 'g', -1, bits)
}

// half decodes an IEEE 754 half.
func half(h uint16) float64 {
	sign, exp, frac := 1-2*float64(h>>15), int(h>>10&31), float64(h&1023)
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 31:
		return math.Inf(int(sign)) * (1 - frac) // NaN for a fraction of 1, an infinity else; both become null
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

func (s *shape) clock(dst []byte, v parquet.Value) []byte {
	var n int64
	switch s.kind {
	case parquet.Int32:
		n = int64(v.Int32())
	case parquet.Int96:
		w := v.Int96() // days since the Julian epoch, and nanoseconds of the day
		n = (int64(w[2])-2440588)*86400e9 + int64(uint64(w[1])<<32|uint64(w[0]))
	default:
		n = v.Int64()
	}
	per := map[string]int64{"ms": 1e3, "us": 1e6, "ns": 1e9}[s.typ.unit]
	t := time.Unix(floorDiv(n, per), (n-floorDiv(n, per)*per)*(1e9/per)).UTC()
	layout := "2006-01-02T15:04:05.999999999"
	switch {
	case s.typ.kind == "time":
		layout = "15:04:05.999999999"
	case s.typ.utc:
		layout += "Z"
	}
	return append(t.AppendFormat(append(dst, '"'), layout), '"')
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// unscaled returns the digits of a decimal.
func (s *shape) unscaled(v parquet.Value) *big.Int {
	switch s.kind {
	case parquet.Int32:
		return big.NewInt(int64(v.Int32()))
	case parquet.Int64:
		return big.NewInt(v.Int64())
	}
	b := v.ByteArray() // two's complement, big endian
	x := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]&0x80 != 0 {
		x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(len(b))*8))
	}
	return x
}

// appendDecimal appends digits with a point before the last scale ones.
func appendDecimal(dst []byte, x *big.Int, scale int) []byte {
	s := x.String()
	if s[0] == '-' {
		dst, s = append(dst, '-'), s[1:]
	}
	for len(s) <= scale {
		s = "0" + s
	}
	dst = append(dst, s[:len(s)-scale]...)
	if scale > 0 {
		dst = append(append(dst, '.'), s[len(s)-scale:]...)
	}
	return dst
}
