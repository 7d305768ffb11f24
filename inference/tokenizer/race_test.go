//go:build race

package tokenizer

// raceDetector: under it, sync.Pool drops things at random, so calls allocate.
const raceDetector = true
