package sandbox

import "golang.org/x/sys/unix"

const (
	auditArch    = 0xc00000b7
	foreignCalls = 0
)

// oldCalls are refused and exist on this architecture only.
var oldCalls = []uint32{unix.SYS_KEXEC_FILE_LOAD}

// forkCalls start processes without flags.
var forkCalls []uint32
