//go:build !unix

package ruletest

import "time"

var start = time.Now()

// spent returns the time since the start, for want of the processor time.
func spent() time.Duration { return time.Since(start) }
