package kernel

import "testing"

func TestPeaks(t *testing.T) {
	for threads := range 2 {
		p := Peaks(threads + 1)
		t.Logf("%d threads: VNNI %.0f, BF16 %.0f, FMA %.0f Gop/s, read %.1f GB/s", threads+1, p.VNNI/1e9, p.BF16/1e9, p.FMA/1e9, p.Read/1e9)
		if p.Read < 1e8 || p.Read > 1e13 {
			t.Errorf("memory is read at %g bytes/s", p.Read)
		}
		if (p.FMA > 0) != (current >= avx2) || (p.VNNI > 0) != (current >= vnni) || (p.BF16 > 0) != (current >= vnniBF16) {
			t.Errorf("level %s has peaks %+v", Level(), p)
		}
	}
}
