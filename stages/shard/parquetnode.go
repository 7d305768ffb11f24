package shard

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// group is a Parquet group that keeps the order of its fields; parquet.Group sorts them.
type group struct {
	parquet.Group
	fields []parquet.Field
}

func newGroup() *group { return &group{Group: parquet.Group{}} }

func (g *group) add(name string, n parquet.Node) {
	g.Group[name] = n
	g.fields = append(g.fields, &field{n, name})
}

func (g *group) Fields() []parquet.Field { return g.fields }

type field struct {
	parquet.Node
	name string
}

func (f *field) Name() string { return f.name }
func (f *field) Value(base reflect.Value) reflect.Value {
	return base.MapIndex(reflect.ValueOf(f.name))
}

// node returns the Parquet node of a type. Everything within is optional, as nothing promises otherwise.
func (t *coltype) node() parquet.Node {
	return parquet.Optional(t.required())
}

func (t *coltype) required() parquet.Node {
	units := map[string]parquet.TimeUnit{"ms": parquet.Millisecond, "us": parquet.Microsecond, "ns": parquet.Nanosecond}
	switch t.kind {
	case "json":
		return parquet.JSON()
	case "bool":
		return parquet.Leaf(parquet.BooleanType)
	case "int8", "int16", "int32", "int64":
		return parquet.Int(bitsOf(t.kind))
	case "uint8", "uint16", "uint32", "uint64":
		return parquet.Uint(bitsOf(t.kind))
	case "float":
		return parquet.Leaf(parquet.FloatType)
	case "double":
		return parquet.Leaf(parquet.DoubleType)
	case "date":
		return parquet.Date()
	case "time":
		return parquet.Time(units[t.unit])
	case "timestamp":
		return parquet.TimestampAdjusted(units[t.unit], t.utc)
	case "decimal":
		return parquet.Decimal(t.digits[1], t.digits[0], t.decimalType())
	case "uuid":
		return parquet.UUID()
	case "binary":
		return parquet.Leaf(parquet.ByteArrayType)
	case "list":
		return parquet.List(t.kids[0].node())
	case "map":
		return parquet.Map(t.kids[0].required(), t.kids[1].node())
	case "struct":
		g := newGroup()
		for i, k := range t.kids {
			g.add(t.names[i], k.node())
		}
		return g
	}
	return parquet.String()
}

// decimalType is the smallest Parquet type that holds the digits: 16 bytes hold 38.
func (t *coltype) decimalType() parquet.Type {
	switch {
	case t.digits[0] <= 9:
		return parquet.Int32Type
	case t.digits[0] <= 18:
		return parquet.Int64Type
	}
	return parquet.FixedLenByteArrayType(16)
}

func bitsOf(kind string) int {
	for _, b := range []int{8, 16, 32} {
		if kind == "int"+strconv.Itoa(b) || kind == "uint"+strconv.Itoa(b) {
			return b
		}
	}
	return 64
}

// typeOf returns the type of a node of a file. Shapes that have no spelling of ours are read as JSON.
func typeOf(n parquet.Node) *coltype {
	if n.Repeated() {
		return &coltype{kind: "list", kids: []*coltype{typeOf(parquet.Required(n))}}
	}
	if !n.Leaf() {
		switch kid, shape := nestedShape(n); shape {
		case "list":
			return &coltype{kind: "list", kids: []*coltype{typeOf(kid)}}
		case "map":
			kv := kid.Fields()
			if key := typeOf(kv[0]); key.kind == "string" {
				return &coltype{kind: "map", kids: []*coltype{key, typeOf(kv[1])}}
			}
			return &coltype{kind: "json"}
		}
		t := &coltype{kind: "struct"}
		for _, f := range n.Fields() {
			t.kids, t.names = append(t.kids, typeOf(f)), append(t.names, f.Name())
		}
		if len(t.kids) == 0 || hasDuplicates(t.names) {
			return &coltype{kind: "json"}
		}
		return t
	}
	return leafType(n.Type())
}

func hasDuplicates(names []string) bool {
	s := slices.Clone(names)
	slices.Sort(s)
	return len(slices.Compact(s)) != len(names)
}

// nestedShape recognises a LIST or MAP group and returns its element, or its key_value group.
func nestedShape(n parquet.Node) (parquet.Node, string) {
	fields := n.Fields()
	if len(fields) != 1 || !fields[0].Repeated() {
		return nil, ""
	}
	rep := fields[0]
	shape := ""
	if t := n.Type(); t != nil {
		if l := t.LogicalType(); l != nil {
			switch l.Value.(type) {
			case *format.ListType:
				shape = "list"
			case *format.MapType:
				shape = "map"
			}
		}
	}
	switch {
	case shape == "map" && !rep.Leaf() && len(rep.Fields()) == 2:
		return rep, "map"
	case shape == "list" && !rep.Leaf() && len(rep.Fields()) == 1 && rep.Name() != "array" && !strings.HasSuffix(rep.Name(), "_tuple"):
		return rep.Fields()[0], "list" // three levels
	case shape == "list":
		return parquet.Required(rep), "list" // two levels: the repeated node is the element
	}
	return nil, ""
}

// leafType returns the type of a primitive column.
func leafType(t parquet.Type) *coltype {
	if l := t.LogicalType(); l != nil {
		switch v := l.Value.(type) {
		case *format.StringType, *format.EnumType:
			return &coltype{kind: "string"}
		case *format.JsonType:
			return &coltype{kind: "json"}
		case *format.UUIDType:
			return &coltype{kind: "uuid"}
		case *format.DateType:
			return &coltype{kind: "date"}
		case *format.TimeType:
			return &coltype{kind: "time", unit: unitOf(v.Unit)}
		case *format.TimestampType:
			return &coltype{kind: "timestamp", unit: unitOf(v.Unit), utc: v.IsAdjustedToUTC}
		case *format.DecimalType:
			if v.Precision >= 1 && v.Precision <= 38 && v.Scale >= 0 && v.Scale <= v.Precision {
				return &coltype{kind: "decimal", digits: [2]int{int(v.Precision), int(v.Scale)}}
			}
			return &coltype{kind: "json"}
		case *format.IntType:
			if v.IsSigned {
				return &coltype{kind: "int" + strconv.Itoa(int(v.BitWidth))}
			}
			return &coltype{kind: "uint" + strconv.Itoa(int(v.BitWidth))}
		case *format.Float16Type:
			return &coltype{kind: "float"}
		}
	}
	switch t.Kind() {
	case parquet.Boolean:
		return &coltype{kind: "bool"}
	case parquet.Int32:
		return &coltype{kind: "int32"}
	case parquet.Int64:
		return &coltype{kind: "int64"}
	case parquet.Int96:
		return &coltype{kind: "timestamp", unit: "ns"}
	case parquet.Float:
		return &coltype{kind: "float"}
	case parquet.Double:
		return &coltype{kind: "double"}
	}
	return &coltype{kind: "binary"}
}

func unitOf(u format.TimeUnit) string {
	switch u.Value.(type) {
	case *format.MilliSeconds:
		return "ms"
	case *format.MicroSeconds:
		return "us"
	}
	return "ns"
}
