//go:build !amd64 || purego

package sketch

func forms() []form { return []form{{"generic", true, func() func() { return func() {} }}} }
