package shard

// A Schema is the columns that all Parquet shards of an output have, beside those of winnow's own.
type Schema struct {
	Columns []Column `json:"columns"`
}

// A Column is a field with a Parquet type of its own.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}
