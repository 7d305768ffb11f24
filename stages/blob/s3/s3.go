// Package s3 keeps named bytes in an object store that speaks S3. [Open] takes bucket and prefix; where the store is and who asks come
// from what the AWS tools read as well:
//
//	AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL    where it is; unset: Amazon
//	AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
//	AWS_PROFILE, AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE    profiles: ~/.aws/credentials and ~/.aws/config
//	AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, AWS_CONTAINER_CREDENTIALS_…    roles of Kubernetes and ECS
//	the metadata service of EC2, unless AWS_EC2_METADATA_DISABLED is true
//	AWS_REGION, AWS_DEFAULT_REGION, the profile's region; Amazon is asked where nothing says it
//
// Buckets of other stores are addressed by path, those of Amazon by host name.
//
// What is read is checked against its ETag: an object that changes while it is read is an error, never a mix of two versions. Small objects and
// the first block of every object come with Open, so that a reader of those keeps the old bytes. What is written travels in parts of
// a set size with a CRC32C each, two at a time; the object appears whole at Commit. PutIfAbsent is a single PUT with If-None-Match, and so
// nothing depends on conditions of multipart uploads, which several stores ignore.
//
// All workers share one back-off for one store. A store that goes away for some minutes stops nobody for longer.
package s3

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/internal/remote"
)

// PartSize is how many bytes a part of an upload has. A part waits in memory, and two travel: an open writer holds up to three. Stores take 10,000
// parts, so an object has at most 80 GB.
const PartSize = 8 << 20

// A Store is a prefix of a bucket. It implements [blob.Store].
type Store struct {
	c      *client
	bucket string
	prefix string // "" or ends in a slash
	absent *atomic.Bool
}

// Options change how a store is reached.
type Options struct {
	Anonymous bool // requests are not signed: for public buckets
}

// Open returns the store of a bucket below a prefix. It asks nobody: what is wrong with address or credentials shows at the first request.
func Open(bucket, prefix string, opt Options) (*Store, error) {
	c, err := clientFor(opt)
	if err != nil {
		return nil, fmt.Errorf("s3://%s: %w", bucket, err)
	}
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	return &Store{c: c, bucket: bucket, prefix: prefix, absent: new(atomic.Bool)}, nil
}

// where is a name as people write it.
func (s *Store) where(name string) string { return "s3://" + s.bucket + "/" + s.prefix + name }

// do makes a request, again when the world was at fault, and says what failed.
func (s *Store) do(ctx context.Context, op, name string, try func(context.Context) error) error {
	err := s.c.pacer.Do(ctx, try)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return explain(op, s.where(name), err)
}

// Open implements [blob.Store]. It reads the first bytes.
func (s *Store) Open(ctx context.Context, name string) (blob.Object, error) {
	if err := errors.Join(blob.CheckName("open", name), ctx.Err()); err != nil {
		return nil, err
	}
	var first []byte
	var size int64
	var etag string
	err := s.do(ctx, "open", name, func(ctx context.Context) (err error) {
		first, size, etag, err = s.head(ctx, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	fetch := func(ctx context.Context, p []byte, off int64) error {
		n := 0
		return s.do(ctx, "read", name, func(ctx context.Context) error {
			k, err := s.part(ctx, name, etag, p[n:], off+int64(n))
			n += k
			return err
		})
	}
	return remote.NewObject(ctx, s.where(name), size, etag, first, fetch), nil
}

// head gets the first bytes of an object, its size and its ETag.
func (s *Store) head(ctx context.Context, name string) (first []byte, size int64, etag string, err error) {
	var opt minio.GetObjectOptions
	if err := opt.SetRange(0, remote.Small-1); err != nil {
		return nil, 0, "", err
	}
	body, info, h, err := s.c.core.GetObject(ctx, s.bucket, s.prefix+name, opt)
	if minio.ToErrorResponse(err).Code == minio.InvalidRange { // it is empty
		e, err := s.stat(ctx, name)
		if err == nil && e.Size != 0 {
			err = fmt.Errorf("%w: a range of a file of %d bytes was refused", remote.ErrShort, e.Size)
		}
		return nil, 0, e.Version, err
	}
	if err != nil {
		return nil, 0, "", err
	}
	defer body.Close()
	size = info.Size
	if r := h.Get("Content-Range"); r != "" {
		if size, err = total(r); err != nil {
			return nil, 0, "", err
		}
	}
	first = make([]byte, min(size, remote.Small))
	_, err = remote.Fill(first, body, s.c.stall)
	return first, size, version(info), err
}

// version tells the versions of an object apart: its ETag, or the time it was written at a store that has none.
func version(info minio.ObjectInfo) string {
	if etag := strings.Trim(info.ETag, `"`); etag != "" {
		return etag
	}
	return timed + strconv.FormatInt(info.LastModified.UnixNano(), 10)
}

// timed begins a version that is no ETag.
const timed = "time-"

// total reads the size of the whole from Content-Range.
func total(h string) (int64, error) {
	var from, to, size int64
	if _, err := fmt.Sscanf(h, "bytes %d-%d/%d", &from, &to, &size); err != nil || from != 0 || size < 0 {
		return 0, fmt.Errorf("the store answered with Content-Range %.80q", h)
	}
	return size, nil
}

// part fills p from an offset of the version that etag names.
func (s *Store) part(ctx context.Context, name, etag string, p []byte, off int64) (int, error) {
	var opt minio.GetObjectOptions
	err := opt.SetRange(off, off+int64(len(p))-1)
	if err == nil && !strings.HasPrefix(etag, timed) {
		err = opt.SetMatchETag(etag)
	}
	if err != nil {
		return 0, err
	}
	body, info, h, err := s.c.core.GetObject(ctx, s.bucket, s.prefix+name, opt)
	if err != nil {
		return 0, err
	}
	defer body.Close()
	if v := version(info); v != etag {
		return 0, fmt.Errorf("%w: its ETag was %.80q and is %.80q", ErrChanged, etag, v)
	}
	var from int64
	if _, err := fmt.Sscanf(h.Get("Content-Range"), "bytes %d-", &from); err != nil || from != off {
		return 0, fmt.Errorf("bytes from %d were asked for, the store answered with Content-Range %.80q", off, h.Get("Content-Range"))
	}
	return remote.Fill(p, body, s.c.stall)
}

// Stat implements [blob.Store].
func (s *Store) Stat(ctx context.Context, name string) (e blob.Entry, err error) {
	if err := errors.Join(blob.CheckName("stat", name), ctx.Err()); err != nil {
		return e, err
	}
	err = s.do(ctx, "look at", name, func(ctx context.Context) error {
		e, err = s.stat(ctx, name)
		return err
	})
	return e, err
}

func (s *Store) stat(ctx context.Context, name string) (blob.Entry, error) {
	info, err := s.c.core.StatObject(ctx, s.bucket, s.prefix+name, minio.StatObjectOptions{})
	if err != nil {
		return blob.Entry{}, err
	}
	return blob.Entry{Name: name, Size: info.Size, Version: version(info)}, nil
}

// List implements [blob.Store].
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[blob.Entry, error] {
	return func(yield func(blob.Entry, error) bool) {
		after, stopped := "", false
		err := s.do(ctx, "list", prefix, func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			opt := minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true, StartAfter: after}
			for info := range s.c.core.ListObjectsIter(ctx, s.bucket, opt) {
				if info.Err != nil {
					return info.Err
				}
				after = info.Key
				name, ok := strings.CutPrefix(info.Key, s.prefix)
				if !ok || !fs.ValidPath(name) || name == "." {
					continue // the marker of a folder, or a name that no store of files could hold
				}
				if !yield(blob.Entry{Name: name, Size: info.Size, Version: version(info)}, nil) {
					stopped = true
					return nil
				}
			}
			return ctx.Err()
		})
		if err != nil && !stopped {
			yield(blob.Entry{}, err)
		}
	}
}

// Remove implements [blob.Store].
func (s *Store) Remove(ctx context.Context, name string) error {
	if err := errors.Join(blob.CheckName("remove", name), ctx.Err()); err != nil {
		return err
	}
	err := s.do(ctx, "remove", name, func(ctx context.Context) error {
		return s.c.core.RemoveObject(ctx, s.bucket, s.prefix+name, minio.RemoveObjectOptions{})
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// abandon is how long ending an upload may take that nobody waits for.
const abandon = 30 * time.Second

// Sweep ends the uploads below a prefix that were begun and neither committed nor dropped: a killed process leaves them, no listing shows them, and they
// are paid for. It returns how many there were. It must not run while others write there. MinIO tells of uploads by whole names only, and ends forgotten
// ones itself after a day.
func (s *Store) Sweep(ctx context.Context, prefix string) (n int, err error) {
	err = s.do(ctx, "list the uploads of", prefix, func(ctx context.Context) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for u := range s.c.core.ListIncompleteUploads(ctx, s.bucket, s.prefix+prefix, true) {
			if u.Err != nil {
				return u.Err
			}
			if err := s.c.core.AbortMultipartUpload(ctx, s.bucket, u.Key, u.UploadID); err != nil && code(err) != minio.NoSuchUpload {
				return err
			}
			n++
		}
		return ctx.Err()
	})
	return n, err
}
