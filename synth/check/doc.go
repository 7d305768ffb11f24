// Package check holds what judges an answer to a prompt without a model: mathematics here, each check in one file.
//
//	m := check.MathDefaults
//	c := m.Check(&d, &d.Answers[0]) // stages.Check{Name: "check_math", Result: stages.Passed, Score: 1, Why: "18 = 18"}
//
// A check serves one goroutine and keeps its memory from answer to answer. What it cannot decide is Unknown, with the reason: a gold answer that cannot be
// read, a value that is right only by some convention. It never evaluates code, and every answer, however large or deep, ends in bounded time.
package check
