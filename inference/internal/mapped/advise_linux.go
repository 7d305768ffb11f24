package mapped

import "golang.org/x/sys/unix"

// adviseHuge asks for huge pages. Kernels without them refuse, which is no error.
func adviseHuge(data []byte) { _ = unix.Madvise(data, unix.MADV_HUGEPAGE) }
