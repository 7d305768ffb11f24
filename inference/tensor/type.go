package tensor

import (
	"fmt"
	"strings"
)

// A Type is a way to store numbers. Block types store a fixed number of values of one row in a fixed number of bytes.
type Type uint8

// The types. Those up to Q6_K can be read; the others have a name and a size, so that a file with them can be shown and refused.
const (
	F32 Type = iota
	F16
	BF16
	Q8_0
	Q4_0
	Q4_1
	Q5_0
	Q5_1
	Q2_K
	Q3_K
	Q4_K
	Q5_K
	Q6_K

	F64
	I8
	I16
	I32
	I64
	U8
	U16
	U32
	U64
	Bool
	F8E4M3
	F8E5M2
	Q8_1
	Q8_K
	IQ1_S
	IQ1_M
	IQ2_XXS
	IQ2_XS
	IQ2_S
	IQ3_XXS
	IQ3_S
	IQ4_NL
	IQ4_XS
	TQ1_0
	TQ2_0
	MXFP4
	NVFP4

	end // one past the last type
)

// blocks names each type and says how many values lie in how many bytes (ggml-common.h; Hugging Face's safetensors format).
var blocks = [end]struct {
	name          string
	values, bytes int
}{
	F32: {"F32", 1, 4}, F16: {"F16", 1, 2}, BF16: {"BF16", 1, 2},
	Q8_0: {"Q8_0", 32, 34}, Q4_0: {"Q4_0", 32, 18}, Q4_1: {"Q4_1", 32, 20}, Q5_0: {"Q5_0", 32, 22}, Q5_1: {"Q5_1", 32, 24},
	Q2_K: {"Q2_K", 256, 84}, Q3_K: {"Q3_K", 256, 110}, Q4_K: {"Q4_K", 256, 144}, Q5_K: {"Q5_K", 256, 176}, Q6_K: {"Q6_K", 256, 210},

	F64: {"F64", 1, 8}, I8: {"I8", 1, 1}, I16: {"I16", 1, 2}, I32: {"I32", 1, 4}, I64: {"I64", 1, 8},
	U8: {"U8", 1, 1}, U16: {"U16", 1, 2}, U32: {"U32", 1, 4}, U64: {"U64", 1, 8}, Bool: {"BOOL", 1, 1},
	F8E4M3: {"F8_E4M3", 1, 1}, F8E5M2: {"F8_E5M2", 1, 1},
	Q8_1: {"Q8_1", 32, 36}, Q8_K: {"Q8_K", 256, 292},
	IQ1_S: {"IQ1_S", 256, 50}, IQ1_M: {"IQ1_M", 256, 56}, IQ2_XXS: {"IQ2_XXS", 256, 66}, IQ2_XS: {"IQ2_XS", 256, 74}, IQ2_S: {"IQ2_S", 256, 82},
	IQ3_XXS: {"IQ3_XXS", 256, 98}, IQ3_S: {"IQ3_S", 256, 110}, IQ4_NL: {"IQ4_NL", 32, 18}, IQ4_XS: {"IQ4_XS", 256, 136},
	TQ1_0: {"TQ1_0", 256, 54}, TQ2_0: {"TQ2_0", 256, 66}, MXFP4: {"MXFP4", 32, 17}, NVFP4: {"NVFP4", 64, 36},
}

// String returns the name that files and peers use.
func (t Type) String() string {
	if t >= end {
		return fmt.Sprintf("type %d", uint8(t))
	}
	return blocks[t].name
}

// Block returns how many values of a row lie together in how many bytes. Both are 0 for a type that does not exist.
func (t Type) Block() (values, bytes int) {
	if t >= end {
		return 0, 0
	}
	return blocks[t].values, blocks[t].bytes
}

// Bytes returns the bytes of n values, a multiple of the block.
func (t Type) Bytes(n int) int {
	values, size := t.Block()
	return n / values * size
}

// Readable says whether [Type.Decode] knows the type.
func (t Type) Readable() bool { return t <= Q6_K }

// Readable lists the names of the types that can be read, for messages.
func Readable() string {
	var names []string
	for t := F32; t <= Q6_K; t++ {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}

// ParseType returns the type with this name, in any case.
func ParseType(name string) (Type, bool) {
	for t := range end {
		if strings.EqualFold(t.String(), name) {
			return t, true
		}
	}
	return 0, false
}
