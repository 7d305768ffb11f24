//go:build !unix

package run

// join enters the run's folder. Without file locks nobody knows whether others are at work, so nothing is swept.
func (r *Runner) join() (leave func(), err error) { return func() {}, nil }
