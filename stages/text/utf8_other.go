//go:build !amd64 || purego

package text

func runes(s string) (n int, ok bool) { return runesGeneric(s) }
