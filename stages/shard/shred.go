package shard

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
)

// A shredder cuts JSON into the values of the leaves of one column: the reverse of [shape].
type shredder struct {
	typ   *coltype
	first int               // its first leaf in the file
	cols  [][]parquet.Value // by leaf: values not yet written
	scan  scanner
	ms    []member
	marks []int
}

func newShredder(t *coltype, first int) *shredder {
	n := t.leaves()
	return &shredder{typ: t, first: first, cols: make([][]parquet.Value, n), marks: make([]int, n)}
}

// leaves returns the number of primitive columns of a type.
func (t *coltype) leaves() int {
	if len(t.kids) == 0 {
		return 1
	}
	n := 0
	for _, k := range t.kids {
		n += k.leaves()
	}
	return n
}

// add adds the value of one row. A value that the type cannot hold without loss becomes null, and add says false.
func (s *shredder) add(raw []byte) bool {
	for i := range s.cols {
		s.marks[i] = len(s.cols[i])
	}
	if raw != nil && s.value(s.typ, raw, 0, 0, 0, 0) {
		return true
	}
	for i := range s.cols {
		s.cols[i] = s.cols[i][:s.marks[i]]
	}
	s.null(s.typ, 0, 0, 0)
	return raw == nil
}

// null writes that nothing is there below a definition level.
func (s *shredder) null(t *coltype, leaf, rep, def int) {
	for i := range t.leaves() {
		s.put(leaf+i, parquet.NullValue(), rep, def)
	}
}

func (s *shredder) put(leaf int, v parquet.Value, rep, def int) {
	s.cols[leaf] = append(s.cols[leaf], v.Level(rep, def, s.first+leaf))
}

// value writes an optional value: rep is the repetition level it starts at, depth the level of the lists around it.
func (s *shredder) value(t *coltype, raw []byte, leaf, rep, depth, def int) bool {
	if string(raw) == "null" && t.kind != "json" || string(raw) == "null" && def == 0 {
		s.null(t, leaf, rep, def)
		return true
	}
	switch t.kind {
	case "list":
		return s.list(t, raw, leaf, rep, depth, def)
	case "struct", "map":
		return raw[0] == '{' && s.object(t, raw, leaf, rep, depth, def)
	}
	v, ok := t.scalar(raw)
	if ok {
		s.put(leaf, v, rep, def+1)
	}
	return ok
}

func (s *shredder) list(t *coltype, raw []byte, leaf, rep, depth, def int) bool {
	if raw[0] != '[' {
		return false
	}
	i := space(raw, 1)
	if raw[i] == ']' {
		s.null(t, leaf, rep, def+1)
		return true
	}
	for at := rep; raw[i] != ']'; at = depth + 1 {
		end, _, err := s.scan.value(raw, i)
		if err != nil || !s.value(t.kids[0], raw[i:end], leaf, at, depth+1, def+2) {
			return false
		}
		if i = space(raw, end); raw[i] == ',' {
			i = space(raw, i+1)
		}
	}
	return true
}

// object writes a struct or a map. A member that a struct has no place for, or one that stands twice, does not fit.
func (s *shredder) object(t *coltype, raw []byte, leaf, rep, depth, def int) bool {
	first := len(s.ms)
	defer func() { s.ms = s.ms[:first] }()
	var err error
	if s.ms, err = s.scan.object(raw, s.ms); err != nil {
		return false
	}
	n := len(s.ms) - first
	if t.kind == "map" {
		if n == 0 {
			s.null(t, leaf, rep, def+1)
			return true
		}
		for i := range n {
			m := s.ms[first+i]
			s.put(leaf, parquet.ByteArrayValue([]byte(m.decodedName())), rep, def+2)
			if !s.value(t.kids[1], m.raw, leaf+1, rep, depth+1, def+2) {
				return false
			}
			rep = depth + 1
		}
		return true
	}
	placed := 0
	for k, kid := range t.kids {
		var v []byte
		for i := range n {
			if m := &s.ms[first+i]; m.decodedName() == t.names[k] {
				v = m.raw
				placed++
			}
		}
		if v == nil {
			s.null(kid, leaf, rep, def+1)
		} else if !s.value(kid, v, leaf, rep, depth, def+1) {
			return false
		}
		leaf += kid.leaves()
	}
	return placed == n
}

// scalar returns the Parquet value of a raw JSON value, if the type holds it without loss.
func (t *coltype) scalar(raw []byte) (v parquet.Value, ok bool) {
	switch t.kind {
	case "json":
		return parquet.ByteArrayValue(raw), true
	case "bool":
		return parquet.BooleanValue(raw[0] == 't'), raw[0] == 't' || raw[0] == 'f'
	case "int8", "int16", "int32", "int64":
		n, err := strconv.ParseInt(string(raw), 10, bitsOf(t.kind))
		if t.kind == "int64" {
			return parquet.Int64Value(n), err == nil
		}
		return parquet.Int32Value(int32(n)), err == nil
	case "uint8", "uint16", "uint32", "uint64":
		n, err := strconv.ParseUint(string(raw), 10, bitsOf(t.kind))
		if t.kind == "uint64" {
			return parquet.Int64Value(int64(n)), err == nil
		}
		return parquet.Int32Value(int32(n)), err == nil
	case "float":
		x, err := strconv.ParseFloat(string(raw), 32)
		return parquet.FloatValue(float32(x)), err == nil && isNumber(raw)
	case "double":
		x, err := strconv.ParseFloat(string(raw), 64)
		return parquet.DoubleValue(x), err == nil && isNumber(raw) && !lossyInteger(raw, x)
	case "decimal":
		return t.decimal(raw)
	case "binary":
		if raw[0] == '{' {
			b, ok := strings.CutPrefix(string(raw), `{"base64":"`)
			b, ok2 := strings.CutSuffix(b, `"}`)
			data, err := base64.StdEncoding.DecodeString(b)
			return parquet.ByteArrayValue(data), ok && ok2 && err == nil
		}
	}
	if raw[0] != '"' {
		return v, false
	}
	s := unquote(raw)
	switch t.kind {
	case "string", "binary":
		return parquet.ByteArrayValue(s), true
	case "uuid":
		b, err := hex.DecodeString(strings.ReplaceAll(string(s), "-", ""))
		return parquet.FixedLenByteArrayValue(b), err == nil && len(b) == 16 && len(s) == 36
	}
	return t.clock(string(s))
}

func unquote(raw []byte) []byte {
	b := raw[1 : len(raw)-1]
	for _, c := range b {
		if c == '\\' {
			return unescape(make([]byte, 0, len(b)), b)
		}
	}
	return b
}

func isNumber(raw []byte) bool { return raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9' }

// lossyInteger says whether raw is an integer that a double cannot hold.
func lossyInteger(raw []byte, x float64) bool {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return err == nil && (math.Abs(x) >= 1<<53 && (x >= 1<<63 || int64(x) != n))
}

// decimal reads digits that fit precision and scale.
func (t *coltype) decimal(raw []byte) (v parquet.Value, ok bool) {
	s := string(raw)
	whole, frac, _ := strings.Cut(s, ".")
	if !isNumber(raw) || strings.ContainsAny(s, "eE") || len(frac) > t.digits[1] {
		return v, false
	}
	x, ok := new(big.Int).SetString(whole+frac+strings.Repeat("0", t.digits[1]-len(frac)), 10)
	if !ok || len(strings.TrimPrefix(x.String(), "-")) > t.digits[0] {
		return v, false
	}
	switch {
	case t.digits[0] <= 9:
		return parquet.Int32Value(int32(x.Int64())), true
	case t.digits[0] <= 18:
		return parquet.Int64Value(x.Int64()), true
	}
	if x.Sign() < 0 { // two's complement in 16 bytes
		x.Add(x, new(big.Int).Lsh(big.NewInt(1), 128))
	}
	return parquet.FixedLenByteArrayValue(x.FillBytes(make([]byte, 16))), true
}

// clock reads what shape.clock and the date have written, if the unit holds it.
func (t *coltype) clock(s string) (v parquet.Value, ok bool) {
	layout := "2006-01-02T15:04:05"
	switch {
	case t.kind == "date":
		layout = time.DateOnly
	case t.kind == "time":
		layout = "15:04:05"
	case t.utc:
		layout += "Z"
	}
	at, err := time.Parse(layout, s)
	if err != nil {
		return v, false
	}
	if t.kind == "date" {
		return parquet.Int32Value(int32(floorDiv(at.Unix(), 86400))), true
	}
	if t.kind == "time" {
		at = time.Unix(0, int64(at.Sub(at.Truncate(24*time.Hour)))).UTC()
	}
	per := map[string]int64{"ms": 1e3, "us": 1e6, "ns": 1e9}[t.unit]
	fine := int64(at.Nanosecond())
	if fine%(1e9/per) != 0 || per == 1e9 && (at.Year() < 1678 || at.Year() > 2261) {
		return v, false
	}
	n := at.Unix()*per + fine/(1e9/per)
	if t.kind == "time" && t.unit == "ms" {
		return parquet.Int32Value(int32(n)), true
	}
	return parquet.Int64Value(n), true
}
