package stages

import "errors"

// Final marks an error of a phase that trying again cannot mend: a budget that cannot be met, a weight for a group that does not exist. The
// run stops at it. nil stays nil.
func Final(err error) error {
	if err == nil {
		return nil
	}
	return finalError{err}
}

// IsFinal says whether err or an error that it wraps is marked by [Final].
func IsFinal(err error) bool {
	var f finalError
	return errors.As(err, &f)
}

type finalError struct{ error }

func (e finalError) Unwrap() error { return e.error }
