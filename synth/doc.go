// Package synth holds what makes prompts and answers, what checks them, and what picks rows for training: post-training is one movement.
//
//	stages:
//	  - answer: {model: student, n: 16}          # something adds answers to a prompt
//	  - check_math: {gold: answer}               # checks write on each answer what they found
//	  - check_equations
//	  - dedup_answers: {by: equations}
//	  - pick:                                    # rows are made of answers that passed, pairs of those that differ
//	      sft: {where: passed, best: shortest}
//	      dpo: {chosen: passed, rejected: {failed: check_math}}
//
// An answer has passed when all its checks passed, and failed when one failed and none is unknown. An unknown result is never a negative.
//
// The checkers are in package check. [Catalog] lists the components.
package synth
