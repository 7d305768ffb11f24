package sandbox

import (
	"encoding/json"
	"time"
)

// A Program is what a box runs: the source, then expressions in its global scope.
type Program struct {
	Source string
	// Calls are Python expressions such as `f([1, 2])`. They are evaluated in order; what they give comes back as an [Answer].
	Calls []string
	// Needs, if set, names for each call one before it: where that has raised the call is not made and answers that it was "Skipped"; -1 for none.
	Needs []int
	// Guests are programs that run one after another in the place of Source, for callers that know them to be harmless to each other, with all calls each. The answer
	// of one is a list: ["v", value] or ["x", type, message, errno, false] for each call, or alone ["syntax", type, …] or ["top", type, …]. Those that are
	// not Tame are only compiled; their list is empty if that works.
	Guests []string
	Tame   []bool
	// Skip leaves out the first calls; their answers stay empty.
	Skip int
	// Stop ends the program at the first call that raises.
	Stop   bool
	Limits Limits

	Binary []byte // a program that [Go.Build] made takes the place of Source and Calls
	Stdin  []byte // what a binary reads
}

// An Answer is what one call gave.
type Answer struct {
	Given bool            // the program answered; otherwise it had ended by then
	Value json.RawMessage // the value, JSON with tags; nil if the call raised
	Raised
}

// Raised is an exception of the program.
type Raised struct {
	Type    string // class name; "" for none
	Message string // at most 300 characters
	Errno   int    // of an OSError
	Inner   bool   // of a test: raised by the program it tests
}

// An Outcome is how a program ended. All of it but CPU, Wall and Memory follows from the program, unless it is flaky.
type Outcome struct {
	End     Verdict // Pass where the source ran and every call was answered, even by an exception
	Why     string
	Answers []Answer // one for each call
	Raised  Raised   // by the source itself
	CPU     time.Duration
	Wall    time.Duration
	Keeper  time.Duration // CPU time of the program's zygote since its own start: what isolation costs
	Memory  int64         // most bytes seen
	Stdout  []byte
	Stderr  []byte // at most 64 KiB of each are kept
	Printed int64  // bytes of both
}

// verdict classifies an exception.
func (r Raised) verdict() Verdict {
	switch {
	case r.Type == "MemoryError":
		return Memory
	case r.Errno == 28 || r.Errno == 27 || r.Errno == 122 || r.Errno == 24: // no space, file too large, quota, too many open files
		return FSLimit
	case r.Errno == 11 && r.Type == "BlockingIOError" || r.Type == "RuntimeError" && r.Message == "can't start new thread":
		return ProcLimit
	case r.Errno == 12:
		return Memory
	}
	return Exception
}

// Verdict says what the answer alone tells: Pass where a value came.
func (a Answer) Verdict() Verdict {
	if !a.Given {
		return Protocol
	}
	if a.Type != "" {
		return a.Raised.verdict()
	}
	return Pass
}

// String is the exception as Python would print it, in one line.
func (r Raised) String() string {
	if r.Message == "" {
		return r.Type
	}
	return r.Type + ": " + r.Message
}
