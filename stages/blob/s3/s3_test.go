package s3

import (
	"fmt"
	"testing"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/blobtest"
)

// eachServer runs a test against every server.
func eachServer(t *testing.T, f func(*testing.T, *blobtest.Server)) {
	for _, name := range []string{"minio", "versitygw"} {
		t.Run(name, func(t *testing.T) { f(t, blobtest.Start(t, name)) })
	}
}

func open(t *testing.T, prefix string) *Store {
	t.Helper()
	s, err := Open("test", prefix, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *blobtest.Server) {
		srv.Setenv(t, "")
		n := 0
		blobtest.Run(t, func(t *testing.T) blob.Store {
			n++
			return open(t, fmt.Sprintf("case%02d/below", n))
		})
	})
}
