package tokenizer

// Parts is all that makes a tokenizer, whatever file it came from.
type Parts struct {
	// Tokens lists the vocabulary by id. Ordinary tokens are written in the byte-level alphabet of GPT-2, in which "Ġthe" is " the"; added
	// and special ones as they are. An empty string is an id without a token.
	Tokens []string
	// Types holds the token types of GGUF by id: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte. Control and user
	// defined tokens count as Added. Nil: all normal.
	Types []int
	// Merges lists the merges "left right" from the lowest rank up. Left and right are tokens, and so is what they make.
	Merges []string
	// Pre names how text is cut into words: qwen2 (also qwen3), gpt-2, smollm, llama-bpe (Llama 3), the other names of GGUF files that mean
	// one of these, or the regular expression itself as tokenizer.json has it.
	Pre string
	// NFC says that text is normalised first.
	NFC bool
	// IgnoreMerges says that a word in the vocabulary is one token even where merges would not lead to it (Llama 3).
	IgnoreMerges bool
	// Unknown is the token for bytes that the vocabulary lacks. With "" such bytes are left out, as tokenizers and llama.cpp do: SmolLM2 has
	// no tokens for nine control characters and the bytes that begin unassigned planes.
	Unknown string
	// FuseUnknown says that unknown tokens in a row are one. It is refused where it would matter: where the vocabulary lacks bytes.
	FuseUnknown bool
	// Added lists tokens found in text as they are, before it is cut into words.
	Added []AddedToken
	// BOS, EOS and Pad are ids, -1 for none. Ends lists further ids that end a generated text.
	BOS, EOS, Pad int32
	Ends          []int32
	// AddBOS says that the model wants BOS before a raw prompt.
	AddBOS bool
	// Closing lists the ids that the model wants behind a text, as embedding models do whose last token is the text's vector.
	Closing []int32
	// ChatTemplate is a Jinja template, "" for none.
	ChatTemplate string

	addedAt map[int32]int // where in Added an id is, while files are read
}

// An AddedToken is looked for in the text itself. The flags mean what they mean in the tokenizers library.
type AddedToken struct {
	ID      int32
	Content string
	// Special tokens are found only when asked for; others always, as by tokenizers and llama.cpp.
	Special bool
	// LStrip and RStrip take the white space on that side into the token.
	LStrip, RStrip bool
	// SingleWord tokens count only between characters that are no part of a word.
	SingleWord bool
	// Normalized tokens are looked for after normalisation.
	Normalized bool
}

// GGUF token types that matter here.
const (
	typeUnknown     = 2
	typeControl     = 3
	typeUserDefined = 4
	typeUnused      = 5
)
