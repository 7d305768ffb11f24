package stages

// Types that settings are made of, beside bool, string, int, float64, [Range], lists and nested structs. They decode from the
// spellings of the recipe grammar (rule 10) and keep settings structs free of parsing.
type (
	Count int64   // 10k 5M 10B 2T; 0 where a struct says so means "not given"
	Bytes int64   // 256MiB, 10MB, 4096
	Share float64 // 1% or 0.01
	Path  string  // a file; relative to the recipe. Its checksum is part of the plan.
)
