package resolve

import "github.com/zonelint/zonelint/zone"

// Zones serves zones that are held in memory. A name belongs to the zone with
// the longest apex at or above it.
type Zones struct {
	byApex map[zone.Name]*zone.Zone
	// closed says that there is no DNS but these zones; above are then the names
	// that exist because an apex lies below them (RFC 8020, section 2).
	closed bool
	above  map[zone.Name]bool
}

// NewZones returns a Server for zones of which no two have the same apex; of
// those that do, the first serves.
func NewZones(zs []*zone.Zone) *Zones { return &Zones{byApex: byApex(zs)} }

// NewWorld is NewZones for zones that are the only DNS there is: a name outside
// of all of them does not exist.
func NewWorld(zs []*zone.Zone) *Zones {
	s := &Zones{byApex: byApex(zs), closed: true, above: map[zone.Name]bool{zone.Root: true}}
	for apex := range s.byApex {
		for n := apex.Parent(); n != "" && !s.above[n]; n = n.Parent() {
			s.above[n] = true
		}
	}
	return s
}

func byApex(zs []*zone.Zone) map[zone.Name]*zone.Zone {
	m := make(map[zone.Name]*zone.Zone, len(zs))
	for _, z := range zs {
		if m[z.Apex] == nil {
			m[z.Apex] = z
		}
	}
	return m
}

// Query implements Server.
func (s *Zones) Query(name zone.Name, t zone.Type) Reply {
	for n := name; n != ""; n = n.Parent() {
		if z := s.byApex[n]; z != nil {
			return askFor(z, name, t, Neighbour)
		}
	}
	switch {
	case !s.closed:
		return Reply{}
	case s.above[name]:
		return Reply{Status: zone.NoData, From: Neighbour}
	}
	return Reply{Status: zone.NameError, From: Neighbour}
}
