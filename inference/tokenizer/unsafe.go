package tokenizer

import "unsafe"

// This file holds all use of unsafe.

// view returns the bytes of a string without a copy. They must not be written to.
func view(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
