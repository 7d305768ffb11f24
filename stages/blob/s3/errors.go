package s3

import (
	"crypto/md5" // S3 makes ETags with it
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"

	"github.com/minio/minio-go/v7"

	"github.com/winnow-data/winnow/stages/blob"
	"github.com/winnow-data/winnow/stages/blob/internal/remote"
)

// ErrChanged says that an object was written anew while it was read.
var ErrChanged = errors.New("the object changed while it was read")

// code is the code of an error that the store answered with, "" for others.
func code(err error) string {
	var r minio.ErrorResponse
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// judge says which errors trying again may mend.
func judge(err error) remote.Fault {
	var r minio.ErrorResponse
	if !errors.As(err, &r) {
		return remote.Judge(err)
	}
	switch r.Code {
	case "SlowDown", "SlowDownRead", "SlowDownWrite", "Throttling", "ThrottlingException", "RequestLimitExceeded", "RequestThrottled", "XMinioServerNotInitialized":
		return remote.Fault{Kind: "throttled", Slow: true}
	case "RequestTimeout":
		return remote.Fault{Kind: "timeout"}
	case "BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody", "XAmzContentChecksumMismatch":
		return remote.Fault{Kind: "cut short"}
	case "NotImplemented":
		return remote.Fault{}
	}
	return remote.JudgeStatus(r.StatusCode, 0)
}

// explain says what an error of the store means.
func explain(op, where string, err error) error {
	var r minio.ErrorResponse
	if !errors.As(err, &r) {
		return fmt.Errorf("%s %s: %w", op, where, err)
	}
	why := r.Message
	if why == "" {
		why = r.Code
	}
	switch {
	case r.Code == minio.NoSuchBucket:
		return fmt.Errorf("%s %s: there is no such bucket at this store (AWS_ENDPOINT_URL says which one)", op, where)
	case r.StatusCode == http.StatusForbidden, r.StatusCode == http.StatusUnauthorized, r.Code == "InvalidAccessKeyId", r.Code == "XAdminUserNotFound":
		return fmt.Errorf("%s %s: %w: %s (%s)", op, where, fs.ErrPermission, why, r.Code)
	case r.Code == minio.NoSuchKey, r.Code == minio.NoSuchUpload, r.StatusCode == http.StatusNotFound && op != "list":
		return &fs.PathError{Op: op, Path: where, Err: fs.ErrNotExist}
	case r.StatusCode == http.StatusPreconditionFailed && op == "read":
		return fmt.Errorf("%s %s: %w", op, where, ErrChanged)
	case r.StatusCode == http.StatusPreconditionFailed, r.StatusCode == http.StatusConflict && op == "put":
		return fmt.Errorf("%s %s: %w", op, where, blob.ErrExists)
	case r.StatusCode == http.StatusNotImplemented:
		return fmt.Errorf("%s %s: the store does not know this request: %s (%s)", op, where, why, r.Code)
	}
	return fmt.Errorf("%s %s: %s (%s, status %s)", op, where, why, r.Code, strconv.Itoa(r.StatusCode))
}

// multipartETag is the ETag of an object made of parts: the MD5 of theirs, and how many.
func multipartETag(list []minio.CompletePart) string {
	h := md5.New()
	for _, p := range list {
		b, err := hex.DecodeString(p.ETag)
		if err != nil {
			return ""
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(list))
}
