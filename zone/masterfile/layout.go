package masterfile

import (
	"fmt"

	"github.com/zonelint/zonelint/zone"
)

// placed is an entry in the order of reading, with what it did to the state of
// the reader.
type placed struct {
	start, end uint32
	file       uint16
	kind       placedKind
	owned      bool // begins in the first column
	hasTTL     bool
	hasOwner   bool // there is an owner behind this entry
	unsettled  bool // a record whose TTL is not known
	typ        zone.Type
	ttl        uint32    // of a record
	owner      zone.Name // current behind this entry
	origin     zone.Name // in force at this entry
	ttls       ttlState  // behind this entry
}

type placedKind uint8

const (
	placedUnread    placedKind = iota // something that could not be read
	placedDirective                   // a line that begins with a dollar sign
	placedRecord                      // a record with an entry of its own
	placedBlank                       // nothing but blanks and comments
	placedFileStart                   // an included file begins; its $INCLUDE comes behind its entries
)

// layout reads the files of a source again, with other texts if they are given
// (one for each file), and returns their entries in the order of reading, and
// the zone that they make.
func (s *source) layout(texts [][]byte) ([]placed, *zone.Zone) {
	at := func(i int) *file {
		if texts == nil {
			return s.files[i]
		}
		return newFile(s.files[i].name, s.files[i].dir, texts[i])
	}
	var out []placed
	p := newParser(at(0), s.opts, s.origin)
	p.load = func(target string, n int) (*file, string) {
		i, ok := s.included[includeKey{p.index, n}]
		if !ok {
			return nil, fmt.Sprintf("$INCLUDE %s was not followed.", quote([]byte(target)))
		}
		out = append(out, placed{kind: placedFileStart, file: uint16(i), ttls: p.ttls})
		return at(i), ""
	}
	p.watch = func(e *entry, h *header) {
		pl := placed{
			start: uint32(e.start), end: uint32(e.end), file: uint16(p.index), owned: e.owned,
			hasOwner: p.hasOwner, origin: p.origin, ttls: p.ttls,
		}
		if p.hasOwner {
			pl.owner = p.builder.NodeName(p.owner)
		}
		switch {
		case h != nil:
			pl.kind, pl.typ, pl.hasTTL = placedRecord, h.typeValue, h.ttl >= 0
			pl.ttl, pl.unsettled = p.headTTL, !p.knownTTL
		case e.blank:
			pl.kind = placedBlank
		case e.owned && p.scan.src[e.toks[0].start] == '$':
			pl.kind = placedDirective
		}
		out = append(out, pl)
	}
	p.file(0, s.origin)
	return out, p.zone()
}
