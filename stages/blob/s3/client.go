package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/winnow-data/winnow/stages/blob/internal/remote"
)

// Amazon is where buckets are without AWS_ENDPOINT_URL.
const Amazon = "https://s3.amazonaws.com"

// stalled is how long an answer or the next byte of one may take.
const stalled = 30 * time.Second

// A client asks one store. All stores of one address and one way to sign share it, and so its connections and its back-off.
type client struct {
	core    minio.Core
	pacer   *remote.Pacer
	address string
	stall   time.Duration
}

var (
	mu      sync.Mutex
	clients = map[string]*client{}
)

// clientFor returns the client that the environment asks for.
func clientFor(opt Options) (*client, error) {
	e := environment(os.Getenv)
	key := fmt.Sprint(e, opt.Anonymous)
	mu.Lock()
	defer mu.Unlock()
	if c := clients[key]; c != nil {
		return c, nil
	}
	c, err := newClient(e, opt)
	if err == nil {
		clients[key] = c
	}
	return c, err
}

func newClient(e env, opt Options) (*client, error) {
	u, err := url.Parse(e.address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.User != nil {
		return nil, fmt.Errorf("AWS_ENDPOINT_URL: %q is no address of a store; http://HOST:PORT and https://HOST are", shown(e.address))
	}
	creds := credentials.New(signed{&credentials.Chain{Providers: e.providers()}})
	if opt.Anonymous {
		creds = credentials.NewStatic("", "", "", credentials.SignatureAnonymous)
	}
	region := e.region
	if region == "" && e.address != Amazon {
		region = "us-east-1" // saves the question, which some stores do not answer
	}
	mc, err := minio.New(u.Host, &minio.Options{
		Creds: creds, Secure: u.Scheme == "https", Region: region, Transport: remote.Transport(stalled), MaxRetries: 1,
	})
	if err != nil {
		return nil, err
	}
	return &client{core: minio.Core{Client: mc}, pacer: remote.NewPacer(judge), address: e.address, stall: stalled}, nil
}

// shown is an address without what may be secret in it.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "what it holds"
	}
	u.User, u.RawQuery = nil, ""
	return u.String()
}

// reader returns a body that can be sent again.
func (c *client) reader(p []byte) io.Reader { return bytes.NewReader(p) }

// signed is a chain of credentials that says so when it finds none, instead of asking without.
type signed struct{ *credentials.Chain }

var errNoCredentials = errors.New(`no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role is given; ` +
	`for a public bucket say anonymous: true on the input`)

// RetrieveWithCredContext implements [credentials.Provider].
func (s signed) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	v, err := s.Chain.RetrieveWithCredContext(cc)
	if err == nil && (v.AccessKeyID == "" || v.SecretAccessKey == "") {
		err = errNoCredentials
	}
	return v, err
}

// Retrieve implements [credentials.Provider].
func (s signed) Retrieve() (credentials.Value, error) { return s.RetrieveWithCredContext(nil) }

// metadata finds a role by the services of a cloud. It asks no metadata service where that is switched off.
func metadata(get func(string) string) []credentials.Provider {
	if strings.EqualFold(get("AWS_EC2_METADATA_DISABLED"), "true") && get("AWS_WEB_IDENTITY_TOKEN_FILE") == "" &&
		get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") == "" && get("AWS_CONTAINER_CREDENTIALS_FULL_URI") == "" {
		return nil
	}
	return []credentials.Provider{&credentials.IAM{Client: &http.Client{Timeout: 5 * time.Second}}}
}

// Ping asks the store whether the bucket is there.
func (s *Store) Ping(ctx context.Context) error {
	return s.do(ctx, "look for", "", func(ctx context.Context) error {
		ok, err := s.c.core.BucketExists(ctx, s.bucket)
		if err == nil && !ok {
			return minio.ErrorResponse{Code: minio.NoSuchBucket, StatusCode: http.StatusNotFound}
		}
		return err
	})
}
