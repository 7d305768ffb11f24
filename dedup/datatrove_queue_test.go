package dedup

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
)

// TestHeapify holds the order in which CPython 3.11 leaves numbered elements with few different keys.
func TestHeapify(t *testing.T) {
	for n, want := range map[int]string{
		2500: "6c0d7788d7d139b61c788f5db63e52e5500da2312bd0e327f5f5adcf61b21a1e",
		2501: "de0a4fb9b0ca1f0fc0cc977aa777ee5e313be15d995ac376e492885a1e0ab90f",
		5000: "6af297381f50d30d32b40f0654746d51ca2760aeb74a58347e6295a98c5376e2",
		9001: "864a7b08a37553bf89c4a8221b42ef0b28233ba9f847aaca3de68de8624e40d2",
	} {
		q := make(queue, n)
		for i := range q {
			q[i].row = make([]byte, queueWidth)
			binary.BigEndian.PutUint32(q[i].row, uint32(i)) // no part of the order
			q[i].row[queueFile] = byte(i * 7919 % 1009 % 20)
		}
		q.heapify()
		var b strings.Builder
		for i, v := range q {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Itoa(int(binary.BigEndian.Uint32(v.row))))
		}
		if sum := sha256.Sum256([]byte(b.String())); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%d elements: another order", n)
		}
	}
}
