// Package tests runs test functions of Go inside of a box, in a process that does not hold the program they test.
package tests

import (
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/winnow-data/winnow/synth/sandbox/shim"
)

// Run runs tests and says of each, in their order, whether it passed. It does not return.
func Run(all ...testing.InternalTest) {
	shim.Say(`["loaded"]`)
	l := &ledger{records: make([]string, len(all))}
	for i, x := range all {
		all[i].F = func(t *testing.T) {
			panicked := ""
			t.Cleanup(func() { l.record(i, t, panicked) }) // when its subtests are done, too
			defer func() {
				if r := recover(); r != nil {
					panicked = shim.Describe(r, false)
					t.Fail()
				}
			}()
			x.F(t)
		}
	}
	testing.Main(func(string, string) (bool, error) { return true, nil }, all, nil, nil)
}

// A ledger holds records back until those before them are there: parallel tests end in any order.
type ledger struct {
	mu      sync.Mutex
	records []string
	said    int
}

func (l *ledger) record(i int, t *testing.T, panicked string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	number := strconv.Itoa(i)
	switch {
	case panicked != "":
		l.records[i] = `["x",` + number + "," + panicked + "]"
	case t.Failed():
		l.records[i] = `["x",` + number + `,"AssertionError","",0,false]`
	case t.Skipped():
		l.records[i] = `["x",` + number + `,"Unsendable","the test skips itself",0,false]`
	default:
		l.records[i] = `["v",` + number + `,null]`
	}
	for l.said < len(l.records) && l.records[l.said] != "" {
		shim.Say(l.records[l.said])
		l.said++
	}
	if l.said == len(l.records) {
		shim.Say(`["done"]`)
		_ = os.Stdout.Sync()
	}
}
