package transport

import (
	"slices"
	"sort"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// policySource is the policy file as a source of its own, so that reports can
// show its lines.
type policySource struct{ file, text string }

func (policySource) Span(zone.Loc, zone.Part) zone.Span { return zone.Span{} }
func (policySource) Comment(zone.Loc) string            { return "" }
func (policySource) Comments(string) []zone.Comment     { return nil }

func (s policySource) Text(file string) []byte {
	if file != s.file {
		return nil
	}
	return []byte(s.text)
}

// position returns the place of an offset in the file.
func (p *Policy) position(offset int) zone.Position {
	line := sort.SearchInts(p.lines, offset+1)
	return zone.Position{Offset: offset, Line: line, Column: offset - p.lines[line-1] + 1}
}

func (p *Policy) span(s tagvalue.Span) zone.Span {
	return zone.Span{File: p.File, Start: p.position(s.From), End: p.position(s.To)}
}

// at returns a finding that points into the policy of a domain.
func (p *Policy) at(domain zone.Name, s tagvalue.Span, message string) rules.Finding {
	return rules.Finding{
		Name: domain, Type: zone.TypeTXT, Message: message, Span: p.span(s), About: s.Of(p.Text),
		Loc: zone.Loc{Source: policySource{p.File, p.Text}, Offset: uint32(min(s.From, 1<<30))},
	}
}

// served is a policy with the domains of the zone that it is for.
type served struct {
	*Policy
	domains []zone.Name
}

// eachPolicy visits the policies that are for domains of the zone.
func eachPolicy(p *rules.Pass, policies []*Policy, visit func(*served)) {
	for _, policy := range policies {
		s := served{Policy: policy}
		switch d := policy.Domain; {
		case d == "":
			s.domains = domainsOf(p.Zone)
		case d.Within(p.Zone.Apex) && p.Zone.Cut(d) == "":
			s.domains = []zone.Name{d}
		}
		if len(s.domains) > 0 {
			visit(&s)
		}
	}
}

// domainsOf returns the domains of a zone that have both MX and an MTA-STS
// record, or its apex if that has at least MX.
func domainsOf(z *zone.Zone) []zone.Name {
	var out []zone.Name
	for _, t := range []zone.Type{zone.TypeTXT, zone.TypeCNAME} {
		for r := range z.OfType(t) {
			if !strings.HasPrefix(string(r.Name), STS.wire) || z.Cut(r.Name) != "" {
				continue
			}
			if d := r.Name.Parent(); !slices.Contains(out, d) && z.Lookup(d, zone.TypeMX).Status == zone.Found {
				out = append(out, d)
				if len(out) == maxDomains {
					return out
				}
			}
		}
	}
	if len(out) == 0 && z.Lookup(z.Apex, zone.TypeMX).Status == zone.Found {
		out = append(out, z.Apex)
	}
	slices.SortFunc(out, zone.CompareNames)
	return out
}

// maxDomains is how many domains of a zone a policy is held against that was
// given for none.
const maxDomains = 100

// exchanges returns the MX records of a domain; none where they are not known
// for certain or say that the domain takes no mail (RFC 7505).
func exchanges(z *zone.Zone, domain zone.Name) []zone.Record {
	a := z.Lookup(domain, zone.TypeMX)
	if a.Status != zone.Found {
		return nil
	}
	rs := a.Records()
	if slices.ContainsFunc(rs, func(r zone.Record) bool { return r.Target() == zone.Root }) {
		return nil
	}
	return rs
}
