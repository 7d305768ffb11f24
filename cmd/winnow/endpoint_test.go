package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// endpoint starts a service that speaks the OpenAI protocol. Its model grades a text by the digit behind "worth", says nothing of use where there is
// none, and refuses texts with "forbidden". It writes verifiers and follows instructions as [autoIF] does. It takes 20 ms for a reply.
func endpoint() *httptest.Server {
	verifiers, err := newAutoIF()
	if err != nil {
		panic(err) // the data is part of the test
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Messages []struct{ Content string } `json:"messages"`
			Seed     json.Number                `json:"seed"`
		}
		if r.URL.Path != "/v1/chat/completions" {
			http.Error(w, `{"error":{"message":"not found"}}`, http.StatusNotFound)
			return
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || len(q.Messages) == 0 {
			http.Error(w, `{"error":{"message":"what?"}}`, http.StatusBadRequest)
			return
		}
		time.Sleep(20 * time.Millisecond)
		text := q.Messages[len(q.Messages)-1].Content
		if strings.Contains(text, "forbidden") {
			http.Error(w, `{"error":{"message":"the content is refused","type":"invalid_request_error"}}`, http.StatusBadRequest)
			return
		}
		reply := "I cannot say."
		if s := verifiers.reply(text, q.Seed.String()); s != "" {
			reply = s
		}
		if _, rest, ok := strings.Cut(text, "worth "); ok && rest != "" {
			reply = "It has merit.\nScore: " + rest[:1]
		}
		fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%q},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10}}`, reply)
	}))
}
