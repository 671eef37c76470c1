// Package mailbox tells whether the mailboxes that records name for reports can
// get mail.
package mailbox

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// Domain returns the domain of the mailbox that a mailto URI names; "" if it is
// none, or names its domain in an odd way.
func Domain(uri string) zone.Name {
	const scheme = "mailto:"
	if len(uri) < len(scheme) || !strings.EqualFold(uri[:len(scheme)], scheme) {
		return ""
	}
	address, _, _ := strings.Cut(uri[len(scheme):], "?")
	domain := address[strings.LastIndexByte(address, '@')+1:]
	if len(domain) == len(address) || strings.ContainsAny(domain, "%[\\,! ") {
		return ""
	}
	host, err := zone.ParseName(domain, zone.Root)
	if err != nil || host == zone.Root {
		return ""
	}
	return host
}

// Refused says why a domain certainly takes no mail, as what follows its name in
// a sentence; "" if it may take some (RFC 5321, section 5.1; RFC 7505, section
// 3).
func Refused(p *rules.Pass, domain zone.Name) string {
	a := p.Lookup(domain, zone.TypeMX)
	switch a.Status {
	case zone.Found:
		for _, r := range a.Records {
			if r.Target() != zone.Root {
				return ""
			}
		}
		return "has a null MX"
	case zone.NameError:
		return "does not exist"
	case zone.NoData:
		for _, t := range [...]zone.Type{zone.TypeA, zone.TypeAAAA} {
			if !p.Lookup(domain, t).Status.Absent() {
				return ""
			}
		}
		return "has neither an MX nor an address"
	}
	return ""
}
