package ruletest

import (
	"testing"
	"time"
)

// Linear checks that work takes time about in proportion to its size: four
// times the size must not take ten times as long, where the square would take
// sixteen. It compares the best of several runs, in processor time where the
// system tells it, so that a busy machine does not fail it.
func Linear(t *testing.T, size int, work func(size int)) {
	t.Helper()
	best := func(size int) time.Duration {
		least := time.Duration(1<<63 - 1)
		for range 3 {
			began := spent()
			work(size)
			least = min(least, spent()-began)
		}
		return least
	}
	// A busy machine may spoil one measurement; work that is not linear spoils
	// all.
	var small, large time.Duration
	for range 3 {
		small, large = best(size), best(4*size)
		if large <= 10*small+20*time.Millisecond {
			return
		}
	}
	t.Errorf("size %d takes %v, size %d takes %v", size, small, 4*size, large)
}
