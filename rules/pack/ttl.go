package pack

import "github.com/zonelint/zonelint/zone"

// defaultTTL is the TTL in seconds of a new record in a zone that shows none.
const defaultTTL = 3600

// newTTL returns the TTL in seconds for a record to be added: that of its RRset
// if there is one (RFC 2181, section 5.2), else the usual one of the zone.
func newTTL(z *zone.Zone, name zone.Name, t zone.Type) uint32 {
	if rs := z.RRset(name, t); len(rs) > 0 {
		return rs[0].TTL
	}
	return usualTTL(z)
}

// usualTTL returns the TTL that most of the apex records have, each RRset
// counting once and the first of equals winning. The SOA record only counts if
// nothing else is there: its TTL is often set apart.
func usualTTL(z *zone.Zone) uint32 {
	apex, ok := z.Node(z.Apex)
	if !ok {
		return firstTTL(z)
	}
	type tally struct {
		ttl uint32
		n   int
	}
	var tallies []tally
	seen := map[zone.Type]bool{zone.TypeSOA: true, zone.TypeRRSIG: true, zone.TypeNSEC: true}
	var soa uint32 = defaultTTL
	for r := range apex.Records() {
		if r.Type == zone.TypeSOA {
			soa = r.TTL
		}
		if seen[r.Type] || r.Notes&zone.NoTTL != 0 {
			continue
		}
		seen[r.Type] = true
		at := -1
		for i := range tallies {
			if tallies[i].ttl == r.TTL {
				at = i
			}
		}
		if at < 0 {
			tallies = append(tallies, tally{r.TTL, 1})
		} else {
			tallies[at].n++
		}
	}
	best := tally{ttl: soa}
	for _, t := range tallies {
		if t.n > best.n {
			best = t
		}
	}
	return best.ttl
}

func firstTTL(z *zone.Zone) uint32 {
	for r := range z.Records() {
		return r.TTL
	}
	return defaultTTL
}
