// Package sandbox runs programs that nobody trusts, such as code that a model wrote, and says how they ended.
//
// Three parties take part. The supervisor (this package) is trusted. The program runs in a process of its own that sees its inputs only:
// expressions to evaluate, never what they should give. Whoever compares the values with expectations is trusted again and lives in
// the caller, see synth/check/code. A program that spoofs equality, walks frames or exits early thus gains nothing: it can only claim
// values, and has not seen those that are wanted. Tests that cannot be cut into inputs and expectations run in a second process, which
// calls the program through the supervisor ([Sandbox.Judge]).
//
// Programs run in boxes. A box is an isolated process with a warm interpreter (the zygote) that forks for each program; the fork
// gets process and mount namespaces of its own, a work folder in memory with a cap on bytes and files, no capabilities, no network,
// limits, and a filter on system calls. It cannot see the zygote, and nothing of it survives its end. [Open] looks for the strongest
// isolation that this machine offers and refuses what lies under the floor.
//
//	s, err := sandbox.Open(sandbox.Options{})
//	o, err := s.Run(ctx, sandbox.Program{Source: "def f(x): return x + 1", Calls: []string{"f(1)", "f(2)"}, Limits: sandbox.DefaultLimits})
//	o.Answers[0].Value // 2, as JSON with tags, see [Value]
package sandbox
