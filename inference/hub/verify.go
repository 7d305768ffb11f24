package hub

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
)

// The checksums of File.Checksum.
const (
	Sha256   = "sha256"
	GitSha1  = "git sha1"
	Unproved = "size only" // the hub gave an ETag that is no checksum
)

// verify compares a file with what the hub says of it: its size, the sha256 of a large file, the sha1 of the git object (or, on some mirrors, of the
// bytes) of a small one. It says what could be compared.
func verify(path string, hd head) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if hd.size >= 0 && info.Size() != hd.size {
		return "", fmt.Errorf("it is %d bytes long, the hub says %d", info.Size(), hd.size)
	}
	want := hd.sha256
	if len(hd.etag) == 64 && isHex(hd.etag) {
		want = hd.etag
		if hd.sha256 != "" && hd.sha256 != hd.etag {
			return "", fmt.Errorf("the hub gives two checksums for it, %s and %s", hd.etag, hd.sha256)
		}
	}
	if want != "" {
		return Sha256, compare(f, Sha256, want, sha256.New())
	}
	if len(hd.etag) != 40 || !isHex(hd.etag) {
		return Unproved, nil
	}
	git := sha1.New()
	fmt.Fprintf(git, "blob %d\x00", info.Size())
	return GitSha1, compare(f, GitSha1, hd.etag, git, sha1.New())
}

// compare reads f once; one of the sums must be want.
func compare(f io.Reader, name, want string, sums ...hash.Hash) error {
	ws := make([]io.Writer, len(sums))
	for i, s := range sums {
		ws[i] = s
	}
	if _, err := io.CopyBuffer(io.MultiWriter(ws...), struct{ io.Reader }{f}, make([]byte, 1<<20)); err != nil {
		return err
	}
	for _, s := range sums {
		if hex.EncodeToString(s.Sum(nil)) == want {
			return nil
		}
	}
	return fmt.Errorf("its %s is %x, the hub says %s", name, sums[0].Sum(nil), want)
}
