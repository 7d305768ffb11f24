// Package golang judges programs of Go by test functions (func TestX(t *testing.T)) or by what they print.
//
// A test file is compiled without the program: the functions that it tests become proxies there, of the signature that the prompt gives, or the
// program if the prompt is no code. The program is compiled on its own, in another box, and answers the calls. It sees arguments, never what is
// expected. A program that reads standard input and prints sees its input; what it prints is compared here.
//
//	t, err := golang.Parse(prompt, "", tests)
//	r, err := t.Judge(ctx, box, toolchain, golang.Program(prompt, answer, ""), limits)
//	r.Verdict // pass
package golang
