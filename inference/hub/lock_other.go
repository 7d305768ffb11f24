//go:build !unix

package hub

import "os"

// tryLock lets everybody pass: checksums keep the cache right, and only work is done twice.
func tryLock(*os.File) (bool, error) { return true, nil }
