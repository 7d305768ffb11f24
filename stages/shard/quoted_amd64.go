//go:build amd64 && !purego

package shard

import "golang.org/x/sys/cpu"

// useAVX2 is set once; tests switch it off to see the generic form.
var useAVX2 = cpu.X86.HasAVX2

// plainBlock is how many bytes the kernel looks at in one step.
const plainBlock = 32

// plain is plainGeneric. Why assembly: in a run that filters JSON the strings' scan went from 0.051 to 0.02 CPU s of 0.57 for 117 MB.
func plain(b []byte, i int) (end int, esc, high bool) {
	if !useAVX2 || len(b)-i < plainBlock || b[i] == '\\' {
		return plainGeneric(b, i)
	}
	n, esc, high := plainAVX2(&b[i], len(b)-i)
	end, e, h := plainGeneric(b, i+n)
	return end, esc || e, high || h
}

// plainAVX2 is plainGeneric for the n bytes from b on; it may end where less than plainBlock bytes are left.
//
//go:noescape
func plainAVX2(b *byte, n int) (end int, esc, high bool)
