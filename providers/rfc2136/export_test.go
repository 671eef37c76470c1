package rfc2136

import "time"

// For tests.
var (
	Message     = message
	ParseServer = parseServer
)

// SetClock gives the backend another clock.
func SetClock(b *Backend, now func() time.Time) { b.now = now }
