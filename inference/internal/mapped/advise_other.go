//go:build unix && !linux

package mapped

// adviseHuge does nothing: the system chooses page sizes itself.
func adviseHuge([]byte) {}
