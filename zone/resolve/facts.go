package resolve

import (
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// Fact is something that is known of the DNS without asking it, such as what a
// mail host publishes for its customers to include.
type Fact struct {
	Name zone.Name
	Type zone.Type
	// Status is Found, which 0 means too, where Data says what there is; NoData
	// or NameError where it is known that there is nothing. A NameError is about
	// every type of the name.
	Status zone.Status
	// Data are the RDATA of the RRset, in wire format as in zone.Record;
	// zone.TextData makes those of a TXT record.
	Data []string
	// Date is the day on which it was last seen to be so, as 2006-01-02.
	Date string
}

// Facts is a Server for facts. What is in none of them is Unknown.
type Facts struct {
	sets  map[zone.Key]Reply
	names map[zone.Name]Reply    // that do not exist
	known map[zone.Name]struct{} // of which anything is said
}

// NewFacts returns a Server for facts. Of two that say something of the same
// name and type the later one by date holds, the first where both are of a day.
func NewFacts(facts []Fact) *Facts {
	s := &Facts{sets: map[zone.Key]Reply{}, names: map[zone.Name]Reply{}, known: map[zone.Name]struct{}{}}
	for _, f := range facts {
		s.known[f.Name] = struct{}{}
		r := Reply{Status: f.Status, From: Pinned, Date: f.Date}
		if f.Status == zone.NameError {
			if old, ok := s.names[f.Name]; !ok || old.Date < f.Date {
				s.names[f.Name] = r
			}
			continue
		}
		if f.Status == zone.Unknown {
			r.Status = zone.Found
		}
		if r.Status == zone.Found {
			if len(f.Data) == 0 {
				continue // it says nothing
			}
			for _, d := range f.Data {
				r.Records = append(r.Records, zone.Record{Name: f.Name, Type: f.Type, Class: zone.ClassIN, Data: d})
			}
			slices.SortFunc(r.Records, zone.CompareRecords)
			r.Records = slices.CompactFunc(r.Records, zone.Record.Same)
		}
		key := zone.Key{Name: f.Name, Type: f.Type}
		if old, ok := s.sets[key]; !ok || old.Date < f.Date {
			s.sets[key] = r
		}
	}
	return s
}

// Query implements Server.
func (s *Facts) Query(name zone.Name, t zone.Type) Reply {
	if _, ok := s.known[name]; !ok {
		return Reply{}
	}
	if r, ok := s.sets[zone.Key{Name: name, Type: t}]; ok {
		return r
	}
	if r, ok := s.sets[zone.Key{Name: name, Type: zone.TypeCNAME}]; ok && r.Status == zone.Found {
		r.Status = zone.Aliased
		return r
	}
	return s.names[name]
}
