package masterfile

import "math"

// ttlState is what a record without a TTL gets: the value of $TTL (RFC 2308,
// section 4), else the last TTL written (RFC 1035, section 5.1). If the SOA
// record gets none from either, its minimum takes the place of $TTL, as BIND
// has it.
type ttlState struct {
	defaultTTL, lastTTL, minimum    uint32
	hasDefault, hasLast, hasMinimum bool
}

// inherited returns the TTL of a record that gives none.
func (s ttlState) inherited() (ttl uint32, ok bool) {
	switch {
	case s.hasDefault:
		return s.defaultTTL, true
	case s.hasMinimum:
		return s.minimum, true
	}
	return s.lastTTL, s.hasLast
}

// take is the state behind a record.
func (s ttlState) take(explicit bool, ttl uint32) ttlState {
	if explicit || !s.hasDefault && !s.hasLast {
		s.lastTTL, s.hasLast = ttl, true
	}
	return s
}

// parseTTL reads a number of seconds, or numbers with units as BIND writes
// them ("1h30m", "2W"): seconds, minutes, hours, days, weeks in any case. After
// a unit every number needs one. ok is false for anything else and for more
// than 32 bits.
func parseTTL(s []byte) (seconds uint32, ok bool) {
	var total, n uint64
	digits, units := false, false
	for _, c := range s {
		if '0' <= c && c <= '9' {
			n = n*10 + uint64(c-'0')
			if n > math.MaxUint32 {
				return 0, false
			}
			digits = true
			continue
		}
		if !digits {
			return 0, false
		}
		switch c | 0x20 {
		case 's':
		case 'm':
			n *= 60
		case 'h':
			n *= 3600
		case 'd':
			n *= 86400
		case 'w':
			n *= 604800
		default:
			return 0, false
		}
		total += n
		if total > math.MaxUint32 {
			return 0, false
		}
		n, digits, units = 0, false, true
	}
	if digits {
		if units {
			return 0, false
		}
		return uint32(n), true
	}
	return uint32(total), units
}

// parseUint reads a decimal number of at most max.
func parseUint(s []byte, max uint64) (uint64, bool) {
	if len(s) == 0 || len(s) > 20 {
		return 0, false
	}
	var n uint64
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
		if n > max {
			return 0, false
		}
	}
	return n, true
}
