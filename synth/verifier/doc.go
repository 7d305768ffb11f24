// Package verifier makes functions that verify an instruction out of what a model wrote, by holding them against each other: AutoIF (Dong et al. 2024,
// arXiv 2406.13542).
//
//	o, err := verifier.Read(reply)                       // a function evaluate(response) and cases for it
//	set.Add(o)
//	results, err := set.Run(ctx, box, limits)            // every function on every case, in a sandbox
//	v := results.Cross(verifier.Strict)
//	v.Functions                                          // those that may be trusted
//
// The functions are code that nobody has read: they run in boxes alone, as modules, so that they see what they import themselves.
package verifier
