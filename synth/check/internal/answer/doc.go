// Package answer finds the final answer in a solution and says whether it is the gold answer.
//
// [Final] takes the last explicit statement of an answer: a line behind ####, a \boxed{…}, "the answer is …", 答案是…; without one the
// whole text where it is a value, else its last number. What stands in <think> is no statement.
//
// A [Judge] reads both as mathematics (package notation) and compares by what they are: numbers exactly, sets and lists by their members,
// tuples in order, intervals and inequalities as sets of real numbers, equations up to a factor, expressions by their normal form (package
// algebra), words by their letters. Where two readings are possible, or only a convention separates two values, the outcome is [Unsure].
package answer
