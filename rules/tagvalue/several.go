package tagvalue

import "github.com/zonelint/zonelint/zone"

// Several are the records of one name that readers take for the same standard's.
type Several struct {
	// First is the first of them, Extra are those that differ from it and from
	// each other: records of the same RDATA are one record to DNS (RFC 2181,
	// section 5).
	First zone.Record
	Extra []zone.Record
	// Gone are all records but those like the first.
	Gone []zone.Record
	// Alike says that all say the same.
	Alike bool

	text string
	tags []Tag
	data map[string]bool
}

// Add adds a record with its text and tags.
func (s *Several) Add(r zone.Record, text string, tags []Tag) {
	if s.First.Name == "" {
		s.First, s.text, s.tags, s.Alike = r, text, tags, true
		return
	}
	if r.Data == s.First.Data {
		return
	}
	s.Gone = append(s.Gone, r)
	if s.data[r.Data] {
		return
	}
	if s.data == nil {
		s.data = map[string]bool{}
	}
	s.data[r.Data] = true
	s.Extra = append(s.Extra, r)
	s.Alike = s.Alike && Same(s.text, s.tags, text, tags)
}
