package runes

import (
	"reflect"
	"testing"
)

func TestTable(t *testing.T) {
	var table Table
	table.Set(1, Ranges("41-5A AA 10FFFF"))
	table.Set(2, Ranges("5A-61"))
	for r, want := range map[rune]uint16{'A': 1, 'Z': 3, '[': 2, 'a': 2, 'b': 0, 0xAA: 1, 0xAB: 0, 0x10FFFF: 1, 0x10FFFE: 0, -1: 0, 0x110000: 0} {
		if got := table.Of(r); got != want {
			t.Errorf("%U: flags %d, want %d", r, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	if got, want := Lines("a 1 2\nb\n"), map[string]string{"a": "1 2", "b": ""}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for name, f := range map[string]func(){
		"twice":  func() { Lines("a 1\na 2\n") },
		"no hex": func() { Ranges("41-5G") },
		"beyond": func() { Ranges("110000") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}
