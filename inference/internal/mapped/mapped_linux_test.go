package mapped

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

var sum byte // keeps reads from being optimised away

func touch(data []byte) {
	for i := 0; i < len(data); i += 512 {
		sum += data[i]
	}
}

// smaps returns a number in KiB that the kernel gives for the mapping that begins at data.
func smaps(t *testing.T, data []byte, field string) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skipf("no smaps here: %v", err)
	}
	at := uintptr(unsafe.Pointer(&data[0]))
	inside := false
	for line := range strings.Lines(string(text)) {
		var from, to uintptr
		if n, _ := fmt.Sscanf(line, "%x-%x ", &from, &to); n == 2 {
			inside = from <= at && at < to
		}
		if rest, ok := strings.CutPrefix(line, field+":"); ok && inside {
			var kib int
			if _, err := fmt.Sscan(rest, &kib); err != nil {
				t.Fatal(err)
			}
			return kib
		}
	}
	t.Fatalf("smaps has no %s for the mapping", field)
	return 0
}

// TestDontNeed: the pages leave the resident set, and only whole ones within the slice.
func TestDontNeed(t *testing.T) {
	data, release, err := File(write(t, bytes.Repeat([]byte{9}, 8<<20)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := release(); err != nil {
			t.Error(err)
		}
	}()
	touch(data)
	if got := smaps(t, data, "Rss"); got != 8<<10 {
		t.Fatalf("%d KiB resident after reading all of 8 MiB", got)
	}
	DontNeed(data[1 : len(data)-1])
	if got := smaps(t, data, "Rss"); got > 8 { // fewer where the file lies in huge pages, which are given up whole
		t.Errorf("%d KiB resident, want at most the first and the last page", got)
	}
	touch(data)
	DontNeed(data[100:4000])
	if got := smaps(t, data, "Rss"); got != 8<<10 {
		t.Errorf("%d KiB resident after part of a page was given up, want all", got)
	}
}

// TestHugePages: where the kernel gives huge pages, Huge is made of them.
func TestHugePages(t *testing.T) {
	mode, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil || bytes.Contains(mode, []byte("[never]")) {
		t.Skipf("no transparent huge pages here: %s, %v", mode, err)
	}
	b := Huge(16 << 20)
	defer Free(b)
	touch(b)
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	if got := smaps(t, b, "AnonHugePages"); got != 16<<10 {
		t.Errorf("%d KiB in huge pages, want all of 16 MiB", got)
	}
}

// TestFree: the memory is gone from the process.
func TestFree(t *testing.T) {
	b := Huge(64 << 20)
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	at := uintptr(unsafe.Pointer(&b[0]))
	Free(b)
	text, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(text)) {
		var from, to uintptr
		if n, _ := fmt.Sscanf(line, "%x-%x ", &from, &to); n == 2 && from <= at && at < to && to-from >= 64<<20 {
			t.Errorf("still mapped: %s", line)
		}
	}
}

// TestGuardFault: a file that is cut short under its mapping gives an error, not the end of the process.
func TestGuardFault(t *testing.T) {
	path := write(t, bytes.Repeat([]byte{1}, 1<<20))
	data, release, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 4096); err != nil {
		t.Fatal(err)
	}
	if err := Guard(func() { touch(data) }); !errors.Is(err, ErrFault) {
		t.Errorf("error %v, want one that wraps ErrFault", err)
	}
	if err := Guard(func() { touch(data[:4096]) }); err != nil {
		t.Errorf("what is left: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}

// TestPipe: what would never end, or never begin, is refused.
func TestPipe(t *testing.T) {
	pipe := t.TempDir() + "/pipe"
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{pipe, "/dev/zero"} {
		if _, _, err := File(path); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("%s: error %v", path, err)
		}
	}
}

// BenchmarkRead reads a mapped file for the first time, and again after DontNeed.
func BenchmarkRead(b *testing.B) {
	path := b.TempDir() + "/file"
	if err := os.WriteFile(path, bytes.Repeat([]byte{1}, 256<<20), 0o644); err != nil {
		b.Fatal(err)
	}
	data, release, err := File(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		touch(data)
		DontNeed(data)
	}
	if err := release(); err != nil {
		b.Fatal(err)
	}
}
