package sandbox

// A Verdict says how a program fared.
type Verdict string

// The verdicts. HarnessError and Flaky say nothing about the program and are never a negative; TimeoutWall may be the machine's fault.
const (
	Pass         Verdict = "pass"
	Wrong        Verdict = "wrong"         // another value than expected
	Exception    Verdict = "exception"     // an exception reached the top, SystemExit included
	Syntax       Verdict = "syntax"        // does not compile
	TimeoutCPU   Verdict = "timeout_cpu"   // used up its CPU time
	TimeoutWall  Verdict = "timeout_wall"  // waited too long
	Memory       Verdict = "memory"        // more memory than allowed
	OutputLimit  Verdict = "output_limit"  // wrote or returned too much
	FSLimit      Verdict = "fs_limit"      // files too large or too many
	ProcLimit    Verdict = "proc_limit"    // too many processes or threads
	Protocol     Verdict = "protocol"      // ended without answering, or answered what nobody asked
	HarnessError Verdict = "harness_error" // the sandbox or the tests are at fault
	Flaky        Verdict = "flaky"         // two runs disagree
)

// Failed says whether v is the program's own fault, so that it may serve as a negative.
func (v Verdict) Failed() bool {
	switch v {
	case Pass, HarnessError, Flaky, TimeoutWall:
		return false
	}
	return true
}
