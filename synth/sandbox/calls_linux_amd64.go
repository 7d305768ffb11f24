package sandbox

import "golang.org/x/sys/unix"

const (
	auditArch    = 0xc000003e
	foreignCalls = 0x40000000 // numbers from here on are the x32 ABI
)

// oldCalls are refused and exist on this architecture only.
var oldCalls = []uint32{unix.SYS_KEXEC_FILE_LOAD, unix.SYS_IOPL, unix.SYS_IOPERM, unix.SYS_MODIFY_LDT, unix.SYS_USELIB, unix.SYS_USTAT, unix.SYS_SYSFS, unix.SYS__SYSCTL}

// forkCalls start processes without flags.
var forkCalls = []uint32{unix.SYS_FORK, unix.SYS_VFORK}
