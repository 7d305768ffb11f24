// Package datatrove holds the @datatrove presets: filters that keep, drop and edit what datatrove 0.10.1 does, for the same reasons. What a word
// and a sentence are is in stages/text/datatrove, which the presets of dedup use too.
//
// Values are counted as the peer counts them (the values of each filter), so that tests hold the counts and not just the decisions against the peer's
// own, on the documents of golden/datatrove and on made-up ones (testdata/odd.jsonl.gz). Each page ends with the known differences.
package datatrove
