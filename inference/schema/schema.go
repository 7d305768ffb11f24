// Package schema turns a set of labels or a JSON schema into an automaton over bytes that says which texts are allowed.
package schema
