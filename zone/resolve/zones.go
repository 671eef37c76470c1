package resolve

import "github.com/zonelint/zonelint/zone"

// Zones serves zones that are held in memory. A name belongs to the zone with
// the longest apex at or above it.
type Zones struct {
	byApex map[zone.Name]*zone.Zone
	// closed says that there is no DNS but these zones.
	closed bool
}

// NewZones returns a Server for zones of which no two have the same apex; of
// those that do, the first serves.
func NewZones(zs []*zone.Zone) *Zones { return &Zones{byApex: byApex(zs)} }

// NewWorld is NewZones for zones that are the only DNS there is: a name outside
// of all of them does not exist.
func NewWorld(zs []*zone.Zone) *Zones { return &Zones{byApex: byApex(zs), closed: true} }

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
	if s.closed {
		return Reply{Status: zone.NameError, From: Neighbour}
	}
	return Reply{}
}
