// Package dedup removes documents that repeat others: identical ones ([Exact]), and near-duplicates that were compared with the very
// document that stays ([MinHash]).
//
// Both are barriers of a few phases, which exchange sorted tables of fixed-width rows (dedup/internal/rows), so that ten million documents
// cost no object each and memory is bounded by Env.Memory. A document is a ref: its task, and the number of live documents before it.
//
//	dedup_exact     scan ─ hashes ─▶ resolve ─ removed ─▶ cut
//	dedup_minhash   scan ─ bands ─▶ band ─ edges ─▶ cluster ─ members ─▶ spread ─ words ─▶ verify ─ removed ─▶ cut
//
// The presets of datatrove ([DatatroveExact], [DatatroveMinHash]) take the same ways, but for who stays, which there depends on the order of the input:
// the one in the order of the peer's queue, the other at the root of the peer's union-find, and nothing is verified.
//
// Who survives otherwise (see [Keep]) follows from contents alone, so the same rows stay for any order, sharding, number of workers and
// memory. What was found is in the facts of task 0 of the last phase, as a [Summary], and the comparison that decided about each candidate in
// the files evidence.jsonl.zst of verify.
//
//	stages:
//	  - dedup_exact
//	  - dedup_minhash: {similarity: 0.75, keep: {newest: crawl}, within: source}
package dedup

import "github.com/winnow-data/winnow/stages"

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{
	stages.Define("dedup_exact", exactDefaults),
	stages.Define("dedup_exact@datatrove", datatroveExact),
	stages.Define("dedup_minhash", minHashDefaults),
	stages.Define("dedup_minhash@datatrove", datatroveMinHash),
}
