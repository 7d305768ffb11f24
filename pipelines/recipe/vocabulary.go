package recipe

// later are names of the vocabulary that this version has no component for. A name that the registry knows is never looked up here.
var later = []string{
	"extract", "normalize", "language", "gopher_quality", "gopher_repetition", "c4", "fineweb", "length", "mask_pii",
	"dedup_exact", "dedup_minhash", "mix", "sample", "url", "c4_paragraphs", "code_quality", "repeats", "pattern", "replace", "keep",
	"perplexity", "judge", "annotate", "embed", "reward", "tag", "normalize_tags", "select", "answer", "dedup_answers", "check_math",
	"check_equations", "check_code", "check_agreement", "check_constraints", "check_judge", "check_reward", "constrain", "pass_rate", "pick",
	"classify", "upsample", "rephrase", "render", "pack", "dedup_lines", "dedup_substring", "dedup_semantic", "decontaminate", "licence",
	"evolve", "repurpose", "revise", "rank", "hide_needles",
}

// ownFields are what every document has, whatever the input calls it.
var ownFields = []string{"id", "source", "kind", "text"}

// crawlFields are what the records of WARC and WET files have.
var crawlFields = []string{"url", "date", "content_type"}
