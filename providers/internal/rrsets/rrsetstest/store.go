// Package rrsetstest holds the zone of a fake API that keeps RRsets.
package rrsetstest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// Set is an RRset of the store.
type Set struct {
	Key     zone.Key
	TTL     uint32
	Values  []string // RDATA in presentation format
	Comment string   // something that DNS does not know of
}

// Store is a zone in memory. It refuses what real providers refuse: a CNAME
// beside other records, RDATA that cannot be read, and the same record twice. It
// may be used by several goroutines at once.
type Store struct {
	Apex zone.Name
	// Origin is what names without the final dot are relative to.
	Origin zone.Name

	mu     sync.Mutex
	sets   map[zone.Key]Set
	writes int
}

// New makes a store that holds the records, and NS records of the provider.
func New(apex zone.Name, records []zone.Record) *Store {
	s := &Store{Apex: apex, Origin: zone.Root, sets: map[zone.Key]Set{}}
	ns := zone.Key{Name: apex, Type: zone.TypeNS}
	s.sets[ns] = Set{Key: ns, TTL: 86400, Values: []string{"ns1.provider.example.", "ns2.provider.example."}}
	for _, r := range records {
		k := zone.Key{Name: r.Name, Type: r.Type}
		set := s.sets[k]
		set.Key, set.TTL, set.Values = k, r.TTL, append(set.Values, r.RData())
		s.sets[k] = set
	}
	return s
}

// Sets returns all RRsets in the order of their names.
func (s *Store) Sets() []Set {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.sets), func(a, b Set) int {
		return cmp.Or(zone.CompareNames(a.Key.Name, b.Key.Name), cmp.Compare(a.Key.Type, b.Key.Type))
	})
}

// Get returns an RRset; one without values is not there.
func (s *Store) Get(k zone.Key) Set {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sets[k]
}

// Writes is how often the zone was changed.
func (s *Store) Writes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

// Replace puts all the RRsets into the zone, or none; without values they go.
func (s *Store) Replace(sets ...Set) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := maps.Clone(s.sets)
	for _, set := range sets {
		if len(set.Values) == 0 {
			delete(next, set.Key)
			continue
		}
		next[set.Key] = set
	}
	if _, err := records(next, s.Origin); err != nil {
		return err
	}
	for k := range next {
		for o := range next {
			if k.Type == zone.TypeCNAME && o.Name == k.Name && o.Type != k.Type {
				return fmt.Errorf("a CNAME record beside others at %s", k.Name)
			}
		}
	}
	s.sets = next
	s.writes++
	return nil
}

// Truth is what DNS would answer.
func (s *Store) Truth() []zone.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	rs, err := records(s.sets, s.Origin)
	if err != nil {
		panic(err)
	}
	return rs
}

func records(sets map[zone.Key]Set, origin zone.Name) ([]zone.Record, error) {
	var out []zone.Record
	for k, set := range sets {
		for i, v := range set.Values {
			r, err := providers.ParseRelative(k.Name, k.Type, set.TTL, v, origin)
			if err != nil {
				return nil, err
			}
			if slices.Contains(set.Values[:i], v) {
				return nil, errors.New("the same record twice")
			}
			out = append(out, r)
		}
	}
	return out, nil
}
