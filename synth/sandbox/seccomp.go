//go:build linux && (amd64 || arm64)

package sandbox

import "encoding/binary"

// An instruction of classic BPF, see linux/filter.h.
type instruction struct {
	code   uint16
	jt, jf uint8
	k      uint32
}

const (
	bpfLoad  = 0x20 // ld [k]
	bpfEqual = 0x15 // jeq k
	bpfAtLst = 0x35 // jge k
	bpfMask  = 0x54 // and k
	bpfRet   = 0x06 // ret k

	retAllow = 0x7fff0000
	retErrno = 0x00050000
	retKill  = 0x80000000

	errnoPerm   = 1
	errnoNoSys  = 38
	errnoFamily = 97
	errnoAgain  = 11

	// ownPid stands for the id of the process that takes the filter; the zygote puts it in.
	ownPid = 'P'<<8 | 'I'<<16 | 'D'<<24 | 0xef
)

// arg is the offset of the low half of a system call's argument in seccomp_data.
func arg(n uint32) uint32 { return 16 + 8*n }

// zygoteFilter returns the filter that a zygote takes on itself and hands down, as struct sock_filter. Everything that reaches into other
// processes, the kernel's configuration, or memory that no limit counts is refused with EPERM; foreign instruction sets kill. It is the
// long one: the kernel compiles it once for a box instead of once for a program, which is half of a program's cost.
func zygoteFilter() []byte {
	p := start()
	for _, nr := range deniedCalls {
		p = append(p, instruction{bpfEqual, 0, 1, nr}, instruction{bpfRet, 0, 0, retErrno | errnoPerm})
	}
	p = append(p,
		// clone3 passes its flags in memory: the C library falls back to clone, whose flags can be seen.
		instruction{bpfEqual, 0, 1, callClone3}, instruction{bpfRet, 0, 0, retErrno | errnoNoSys},
		// memory files live outside the work folder and its cap
		instruction{bpfEqual, 0, 1, callMemfdCreate}, instruction{bpfRet, 0, 0, retErrno | errnoNoSys},
		// sockets: AF_UNIX only, which meets nobody in a network of its own
		instruction{bpfEqual, 0, 4, callSocket}, instruction{bpfLoad, 0, 0, arg(0)},
		instruction{bpfEqual, 0, 1, 1}, instruction{bpfRet, 0, 0, retAllow}, instruction{bpfRet, 0, 0, retErrno | errnoFamily},
	)
	return assemble(append(p, instruction{bpfRet, 0, 0, retAllow}))
}

// start refuses foreign architectures and leaves the call's number in the accumulator.
func start() []instruction {
	p := []instruction{
		{bpfLoad, 0, 0, 4},
		{bpfEqual, 1, 0, auditArch},
		{bpfRet, 0, 0, retKill},
		{bpfLoad, 0, 0, 0},
	}
	if foreignCalls != 0 {
		p = append(p, instruction{bpfAtLst, 0, 1, foreignCalls}, instruction{bpfRet, 0, 0, retKill})
	}
	return p
}

// programFilter returns what a program lives under besides: what its zygote needed to fork it is refused. Without namespaces of its own
// (alone) a program may neither start processes nor reach others.
func programFilter(alone bool) []byte {
	p := start()
	for _, nr := range zygoteCalls {
		p = append(p, instruction{bpfEqual, 0, 1, nr}, instruction{bpfRet, 0, 0, retErrno | errnoPerm})
	}
	const namespaces = 0x7e020080 // CLONE_NEW* of clone(2)
	if alone {
		const thread = 0x00010000
		for _, nr := range forkCalls {
			p = append(p, instruction{bpfEqual, 0, 1, nr}, instruction{bpfRet, 0, 0, retErrno | errnoAgain})
		}
		p = append(p,
			instruction{bpfEqual, 0, 5, callClone}, instruction{bpfLoad, 0, 0, arg(0)},
			instruction{bpfMask, 0, 0, thread}, instruction{bpfEqual, 1, 0, thread},
			instruction{bpfRet, 0, 0, retErrno | errnoAgain}, instruction{bpfRet, 0, 0, retAllow})
		p = append(p, mortal(callKill, 1, ownPid, retErrno|errnoPerm)...)
		p = append(p, mortal(callTgkill, 2, ownPid, retErrno|errnoPerm)...)
		for _, nr := range aloneCalls {
			p = append(p, instruction{bpfEqual, 0, 1, nr}, instruction{bpfRet, 0, 0, retErrno | errnoPerm})
		}
	} else {
		p = append(p,
			instruction{bpfEqual, 0, 5, callClone}, instruction{bpfLoad, 0, 0, arg(0)},
			instruction{bpfMask, 0, 0, namespaces}, instruction{bpfEqual, 1, 0, 0},
			instruction{bpfRet, 0, 0, retErrno | errnoPerm}, instruction{bpfRet, 0, 0, retAllow})
		p = append(p, mortal(callKill, 1, 1, retAllow)...)
		p = append(p, mortal(callTgkill, 2, 1, retAllow)...)
	}
	p = append(p, instruction{bpfRet, 0, 0, retAllow})
	return assemble(p)
}

// mortal makes SIGKILL and SIGABRT that a program sends to itself (own) end it by the filter, which tells them from those of others; the first
// process of a namespace would not notice them at all. at is the argument that holds the signal, others what becomes of signals to others.
func mortal(nr, at, own, others uint32) []instruction {
	return []instruction{
		{bpfEqual, 0, 8, nr},
		{bpfLoad, 0, 0, arg(0)},
		{bpfEqual, 0, 5, own},
		{bpfLoad, 0, 0, arg(at)},
		{bpfEqual, 1, 0, 9},
		{bpfEqual, 0, 1, 6},
		{bpfRet, 0, 0, retKill},
		{bpfRet, 0, 0, retAllow},
		{bpfRet, 0, 0, others},
	}
}

func assemble(p []instruction) []byte {
	var b []byte
	for _, i := range p {
		b = binary.NativeEndian.AppendUint16(b, i.code)
		b = append(b, i.jt, i.jf)
		b = binary.NativeEndian.AppendUint32(b, i.k)
	}
	return b
}
