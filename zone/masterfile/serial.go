package masterfile

import (
	"math"
	"time"

	"github.com/zonelint/zonelint/zone"
)

// BumpSerial returns the change that raises the zone's serial, in the style
// that it has; ok is false if the zone has no single SOA record of its own
// line.
func BumpSerial(z *zone.Zone, now time.Time) (c zone.Change, ok bool) {
	soa := z.RRset(z.Apex, zone.TypeSOA)
	if len(soa) != 1 || !soa[0].Editable() {
		return c, false
	}
	s, ok := soa[0].SOA()
	if !ok {
		return c, false
	}
	return zone.Replace(soa[0], soa[0].WithSerial(NextSerial(s.Serial, now))), true
}

// NextSerial returns a serial that is higher than old (RFC 1982) in the style
// of old: YYYYMMDDnn, Unix time, or a counter. It never returns 0, which some
// servers take for "none".
func NextSerial(old uint32, now time.Time) uint32 {
	next := old + 1
	switch {
	case isDate(old):
		y, m, d := now.UTC().Date()
		if today := uint32(y*1000000 + int(m)*10000 + d*100); y < 4295 && today > old {
			next = today
		}
	case isUnixTime(old, now):
		next = max(next, uint32(min(now.Unix(), math.MaxUint32)))
	}
	return max(next, 1)
}

// isDate reports whether a serial reads as a date and a number of two digits.
// A number of the month or day cannot be 0, so a Unix time rarely does.
func isDate(serial uint32) bool {
	y, m, d := int(serial/1000000), int(serial/10000%100), int(serial/100%100)
	if y < 1980 || y > 2100 {
		return false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return m >= 1 && m <= 12 && d >= 1 && t.Month() == time.Month(m)
}

// isUnixTime reports whether a serial reads as a time between 2001-09-09 and
// tomorrow.
func isUnixTime(serial uint32, now time.Time) bool {
	return serial >= 1_000_000_000 && int64(serial) <= now.Unix()+86400
}
