package stages

import "errors"

// Final marks an error of a stage or a barrier that trying again will not mend: a budget that cannot be met, an invariant
// that does not hold. Other errors are the world's, and the task is tried again.
func Final(err error) error {
	if err == nil {
		return nil
	}
	return finalError{err}
}

// IsFinal says whether err, or one it wraps, was marked by [Final].
func IsFinal(err error) bool {
	var f finalError
	return errors.As(err, &f)
}

type finalError struct{ error }

func (f finalError) Unwrap() error { return f.error }
