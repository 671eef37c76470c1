package caa

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// The tags of properties that are in the registry of IANA or about to be.
const (
	tagIssue  = "issue"        // RFC 8659, section 4.2
	tagWild   = "issuewild"    // RFC 8659, section 4.3
	tagMail   = "issuemail"    // RFC 9495
	tagIODEF  = "iodef"        // RFC 8659, section 4.4
	tagEmail  = "contactemail" // CA/Browser Forum, Baseline Requirements, A.1.1
	tagPhone  = "contactphone" // the same, A.1.2
	tagVMC    = "issuevmc"     // of the mark certificates of BIMI
	tagSecure = "security"     // draft-ietf-lamps-caa-security
)

// known are the tags that are not called unknown.
var known = []string{tagIssue, tagWild, tagMail, tagIODEF, tagEmail, tagPhone, tagVMC, tagSecure}

// property is one CAA record.
type property struct {
	zone.Record
	flags uint8
	// tag is the known tag that the record has, in lower case, else what it
	// wrote.
	tag     string
	known   bool
	written string // the tag as written
	value   string
	issue   Issue // of issue, issuewild and issuemail
	set     *set  // that it belongs to
}

// critical is the Issuer Critical Flag (RFC 8659, section 4.1).
const critical = 1 << 7

// restricts reports whether the property is of those that name an issuer.
func (p *property) restricts() bool { return p.tag == tagIssue || p.tag == tagWild || p.tag == tagMail }

// issuer returns the domain name of the CA, in lower case; "" if there is none.
func (p *property) issuer() string { return strings.ToLower(p.issue.Issuer.Of(p.value)) }

// set is the CAA records of one owner, in the order of the source.
type set struct {
	name       zone.Name
	properties []property
}

// sets is the subject of the CAA records of every owner, but of those below a
// delegation, for which the zone does not answer.
var sets = &rules.Subject[*set]{New: func() func(*rules.Pass, func(*set)) { return new(set).each }}

func (s *set) each(p *rules.Pass, visit func(*set)) {
	for n := range p.Zone.NodesOf(zone.TypeCAA) {
		if p.Zone.Cut(n.Name()) != "" {
			continue
		}
		s.name, s.properties = n.Name(), s.properties[:0]
		for r := range n.Of(zone.TypeCAA) {
			if q, ok := read(r); ok {
				q.set = s
				s.properties = append(s.properties, q)
			}
		}
		visit(s)
	}
}

// read parses a record; ok is false for one of another type.
func read(r zone.Record) (p property, ok bool) {
	flags, tag, value, ok := r.CAA()
	if !ok {
		return p, false
	}
	p = property{Record: r, flags: flags, tag: tag, written: tag, value: value}
	for _, k := range known {
		// Tags match whatever their case (RFC 8659, section 4.1).
		if strings.EqualFold(k, tag) {
			p.tag, p.known = k, true
			break
		}
	}
	if p.restricts() {
		p.issue = ParseIssue(value)
	}
	return p, true
}

// each is a check of every property alone.
func each(check func(*rules.Pass, *property)) rules.Runner {
	return rules.On(sets, func(p *rules.Pass, s *set) {
		for i := range s.properties {
			check(p, &s.properties[i])
		}
	})
}

// Fields of a CAA record.
var (
	flagsField = zone.Field(0)
	tagField   = zone.Field(1)
)

// at is the part of a record that a span of its value is.
func at(s Span) zone.Part { return zone.ValuePart(s.From, s.To) }

// excerpt is as much of a text as a message quotes.
func excerpt(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}

// with is the change of the record into one of another value.
func (p *property) with(value string) zone.Change {
	return zone.Replace(p.Record, p.WithCAA(p.flags, p.written, value))
}

// retag is the change of the record into one of other flags or another tag.
func (p *property) retag(flags uint8, tag string) zone.Change {
	return zone.Replace(p.Record, p.WithCAA(flags, tag, p.value))
}
