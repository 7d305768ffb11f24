// Package notation reads mathematics as people and models write it: plain text, LaTeX, Markdown, full-width and Chinese forms, in one
// grammar. It builds a tree and calculates nothing.
//
//	value    = item { sep item }                       sep: , ; 、 and or 和 或
//	item     = relation [ unit ]
//	relation = sets { relop sets }                     = < > ≤ ≥ ≠ ≈ ∈ and their LaTeX and ASCII spellings
//	sets     = ratio { ( ∪ | ∩ | ∖ ) ratio }
//	ratio    = sum { ( ":" | "to" ) sum }
//	sum      = [ + | - | ± | "negative" | 负 ] product { ( + | - | ± | ∓ ) product }
//	product  = power { [ * | × | · | / | ÷ ] power }   nothing between two factors multiplies
//	power    = postfix [ ^ exponent ]
//	postfix  = primary { ! | % | ° | multiplier }      multiplier: thousand, million, 万, 亿
//	primary  = number | mixed | name | π | ∞ | ( value ) | { value } | [ value ] | \{ value \} | "|" sum "|"
//	         | \frac a b | \sqrt[k] a | \binom a b | function argument | matrix | \text{…}
//	mixed    = integer ( integer "/" integer | \frac integer integer )
//	number   = digits with thousands separators ( , thin space, {,} _ ' and spaces before three digits ), a decimal point, an
//	           exponent ( 1.2e5 ), a base ( 101_2 ), full-width digits, vulgar fractions, Chinese numerals ( 一百二十 三分之二 百分之五 )
//
// Three digits behind a comma belong to the number, except in brackets, where (1,234) has two members. [Parser.European] reads
// 1.234,5 instead. What fits none of this is text.
package notation
