package masterfile_test

import (
	"testing"
	"time"

	"github.com/zonelint/zonelint/zone/masterfile"
)

func TestNextSerial(t *testing.T) {
	now := time.Date(2026, 11, 21, 23, 59, 0, 0, time.UTC)
	tests := []struct {
		name string
		old  uint32
		want uint32
	}{
		{"a counter", 7, 8},
		{"a large counter", 123456789, 123456790},
		{"a date of an earlier day", 2026110307, 2026112100},
		{"a date of today", 2026112100, 2026112101},
		{"today's numbers are used up", 2026112199, 2026112200},
		{"a date in the future is kept going", 2027010100, 2027010101},
		{"no date: the month is 13", 2026130100, 2026130101},
		{"no date: 30 February", 2026023000, 2026023001},
		{"Unix time", 1700000000, uint32(now.Unix())},
		{"Unix time of this second", uint32(now.Unix()), uint32(now.Unix()) + 1},
		{"the end of the circle", 4294967295, 1},
		{"zero", 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := masterfile.NextSerial(tt.old, now)
			if got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
			// RFC 1982, section 3.2: higher, in serial arithmetic.
			if int32(got-tt.old) <= 0 {
				t.Errorf("%d is not higher than %d", got, tt.old)
			}
		})
	}
}
