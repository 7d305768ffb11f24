// Package constraint verifies instructions about the form of an answer: its length, its words, its case, its lists, its language.
//
//	c, err := constraint.Parse("length_constraints:number_words", []byte(`{"relation": "at least", "num_words": 300}`))
//	f := c.Verify(constraint.NewText(answer, lingua.New()), constraint.Strict)
//	f.Result, f.Why // Failed, "at least 300 words: 212 words"
//
// It holds the 25 verifiers of IFEval (Zhou et al. 2023, arXiv 2311.07911) with the verdicts of lm_eval 0.4.13 and nltk 3.10, whose quirks are kept:
// keywords are regular expressions, "don't" is two words, "---" is a list item. Language is told by package lingua.
// Beyond IFEval there are the relations "at most", "more than" and "exactly", Chinese, letters that are no letters, and detectable_format:json_schema.
//
// What cannot be decided is Unknown with the reason: an instruction of another name, arguments that are missing, misspelled or make no sense (the
// reference draws random ones), a regular expression with look-around or back-references. Regular expressions run in time in proportion to
// pattern × text, and every verifier ends in bounded time whatever the answer.
package constraint
