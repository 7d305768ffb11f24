//go:build race

package lingua

// racing says that the race detector is at work, under which lingua-go's models take minutes to load.
const racing = true
