// Package dolma holds the @dolma presets: filters that measure what the taggers of dolma 1.2.1 do, digit for digit, and keep what its mixer
// would. Tests hold every value against the attributes in golden/dolma and on made-up texts (testdata/odd.jsonl.gz).
package dolma
