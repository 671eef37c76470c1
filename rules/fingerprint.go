package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/zonelint/zonelint/zone"
)

// Fingerprint tells a finding apart from the others of its zone, and is the
// same in the next run: 32 hexadecimal digits.
type Fingerprint string

// Fingerprints returns the fingerprints of the findings of a zone, in their
// order. A fingerprint is made of
//
//   - the rule and the rule pack,
//   - the zone, the owner and the type,
//   - the data of the record that the finding is about, without what may change
//     and leave its meaning: the serial of an SOA record, and where a text is
//     split into strings; or, if it is about no single record, what About says,
//   - the data of the records that the pack misses,
//   - how many findings before it are like it in all this.
//
// It is not made of the file, the line, the TTL, the severity or the words of
// the message, nor of anything else in the zone. A record that is changed has
// new findings therefore, and one that is moved has not.
func Fingerprints(z *zone.Zone, fs []Finding) []Fingerprint {
	out := make([]Fingerprint, len(fs))
	seen := make(map[[sha256.Size]byte]uint64, len(fs))
	for i, f := range fs {
		key := sha256.Sum256(identity(z, f))
		n := seen[key]
		seen[key]++
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(key[:], n))
		out[i] = Fingerprint(hex.EncodeToString(sum[:16]))
	}
	return out
}

// identity is what tells the finding apart from all that are not like it. Each
// of its parts has its length before it, so that no two findings run together.
func identity(z *zone.Zone, f Finding) []byte {
	var b []byte
	part := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	part("zonelint finding 1")
	part(f.Rule.ID)
	part(f.Pack)
	part(string(f.Zone))
	part(string(f.Name))
	b = binary.BigEndian.AppendUint16(b, uint16(f.Type))
	if r, ok := recordOf(z, f); ok {
		part(meaning(r))
	}
	part(f.About)
	if f.Pack == "" || f.Fix == nil {
		return b
	}
	for _, c := range f.Fix.Changes {
		for _, r := range c.After {
			if r.Loc == (zone.Loc{}) { // new, not one that is there and changed
				part(string(r.Name))
				part(meaning(r))
			}
		}
	}
	return b
}

// recordOf returns the record that a finding is about; ok is false if it is
// about none or several.
func recordOf(z *zone.Zone, f Finding) (r zone.Record, ok bool) {
	if f.Loc == (zone.Loc{}) {
		return r, false
	}
	n, ok := z.Node(f.Name)
	if !ok {
		return r, false
	}
	for r := range n.Of(f.Type) {
		if r.Loc == f.Loc {
			return r, true
		}
	}
	for r := range n.Records() {
		if r.Loc == f.Loc {
			return r, true
		}
	}
	return r, false
}

// meaning is the data of a record without what says nothing.
func meaning(r zone.Record) string {
	switch r.Type {
	case zone.TypeTXT, zone.TypeSPF:
		return r.Text()
	case zone.TypeSOA:
		if _, ok := r.SOA(); ok {
			return r.WithSerial(0).Data
		}
	}
	return r.Data
}
