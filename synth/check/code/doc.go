// Package code turns the tests of programs into data and judges what programs answer.
//
// A test such as `assert f([1, 2]) == 3` is cut in two: the call `f([1, 2])`, which the program's process evaluates, and the expectation
// `□ == 3`, which is evaluated here, by Python's rules of equality and order, over the value that came back. The program never sees 3.
// [Parse] does this for lists of asserts (MBPP) and for check functions (HumanEval); a test that needs more than expressions over
// literals (loops, helpers, imports) stays code and runs in a second process, which calls the program through the supervisor.
//
//	t, err := code.Parse(code.Source{Asserts: []string{"assert f(1) == 2"}})
//	r, err := t.Judge(ctx, box, "def f(x): return x + 1", limits)
//	r.Verdict // pass
package code
