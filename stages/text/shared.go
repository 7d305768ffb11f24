package text

// A sharedCut is what a package outside this one cuts from texts.
type sharedCut struct {
	key   any
	value any
	stale bool
}

// Shared returns what cut makes of the text of v: the first time after Reset it is called, and everyone who asks the same view under the same
// key gets what it has made. into keeps its memory from one text to the next. The key is a value of a type of the caller's own, as with
// contexts; everyone who uses it gives the same T and the same cut.
func Shared[T any](v *View, key any, cut func(s string, into *T)) *T {
	for i := range v.shared {
		if c := &v.shared[i]; c.key == key {
			into := c.value.(*T)
			if c.stale {
				c.stale = false
				cut(v.text, into)
			}
			return into
		}
	}
	into := new(T)
	cut(v.text, into)
	v.shared = append(v.shared, sharedCut{key: key, value: into})
	return into
}
