package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

const crawlDate = "2026-03-14T09:26:53Z"

// A crawl is a WARC file in the making: every record is a gzip member of its own.
type crawl struct {
	bytes.Buffer
	records int
	err     error
}

func newCrawl() *crawl {
	c := &crawl{}
	c.member([]byte(record("warcinfo", "", "application/warc-fields", "software: winnow quickstart samples\r\nformat: WARC File Format 1.1\r\n", 0)))
	return c
}

// member appends one gzip member.
func (c *crawl) member(data []byte) {
	z, err := gzip.NewWriterLevel(&c.Buffer, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(data)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		c.err = err
	}
}

// page appends a response record with a page.
func (c *crawl) page(url, contentType, body string) {
	c.response(url, "HTTP/1.1 200 OK\r\nContent-Type: "+contentType+"\r\n\r\n"+body, 0)
}

// response appends a response record; its Content-Length is wrong by lie bytes.
func (c *crawl) response(url, http string, lie int) {
	c.records++
	c.member([]byte(record("response", url, "application/http; msgtype=response", http, lie)))
}

func record(kind, url, contentType, block string, lie int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "WARC/1.1\r\nWARC-Type: %s\r\n", kind)
	if url != "" {
		fmt.Fprintf(&b, "WARC-Target-URI: %s\r\n", url)
	}
	id := url // a URI as the standard asks, and one that a person can read: no page stands here twice
	if id == "" {
		id = "urn:uuid:" + uuid(block)
	}
	fmt.Fprintf(&b, "WARC-Date: %s\r\nWARC-Record-ID: <%s>\r\n", crawlDate, id)
	fmt.Fprintf(&b, "Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", contentType, len(block)+lie, block)
	return b.String()
}

// responses returns the response records of a WARC file by URL, in order.
func responses(data []byte) (urls []string, blocks map[string]string) {
	blocks = map[string]string{}
	for {
		i := bytes.Index(data, []byte("WARC/1."))
		if i < 0 {
			return urls, blocks
		}
		data = data[i:]
		end := bytes.Index(data, []byte("\r\n\r\n"))
		if end < 0 {
			return urls, blocks
		}
		head := map[string]string{}
		for _, l := range strings.Split(string(data[:end]), "\r\n")[1:] {
			name, value, _ := strings.Cut(l, ":")
			head[strings.ToLower(name)] = strings.TrimSpace(value)
		}
		n, err := strconv.Atoi(head["content-length"])
		data = data[end+4:]
		if err != nil || n > len(data) {
			return urls, blocks
		}
		if head["warc-type"] == "response" {
			url := strings.Trim(head["warc-target-uri"], "<>")
			urls = append(urls, url)
			blocks[url] = string(data[:n])
		}
		data = data[n:]
	}
}
