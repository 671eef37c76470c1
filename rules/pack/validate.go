package pack

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

var (
	idPattern  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	allPattern = regexp.MustCompile(`^[-~?]all$`)
)

// validate looks at what the types of the fields cannot say. It runs on a pack
// whose every value could be read.
func (d *decoder) validate(p *Pack) {
	if !idPattern.MatchString(p.ID) {
		d.failAt(&p.ID, "id: %q is not kebab-case: lower-case letters and digits, joined by hyphens", p.ID)
	}
	for i := range p.Sources {
		s := &p.Sources[i]
		if u, err := url.Parse(s.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			d.failAt(&s.URL, "url: %q is no web address", s.URL)
		}
	}
	if p.MX == nil && p.SPF == nil && p.DMARC == nil && len(p.Records) == 0 {
		d.failAt(p, "the pack asks for nothing: it has none of mx, spf, dmarc and records")
	}
	unique(d, p.Detect.MX, "mx")
	unique(d, p.Detect.SPF, "spf")
	unique(d, p.Detect.Autoconfig, "autoconfig")
	if p.MX != nil {
		d.validateMX(p.MX)
	}
	if p.SPF != nil {
		d.validateSPF(p.SPF)
	}
	if p.DMARC != nil {
		d.validateDMARC(p.DMARC)
	}
	d.validateRecords(p.Records)
}

// unique reports names that stand twice in a list.
func unique(d *decoder, names []zone.Name, what string) {
	seen := map[zone.Name]bool{}
	for i := range names {
		if seen[names[i]] {
			d.failAt(&names[i], "%s: %s stands in the list twice", what, names[i])
		}
		seen[names[i]] = true
	}
}

func (d *decoder) validateMX(m *MX) {
	seen := map[zone.Name]bool{}
	for i := range m.Records {
		x := &m.Records[i]
		if seen[x.Exchange] {
			d.failAt(&x.Exchange, "exchange: %s has an MX record above already", x.Exchange)
		}
		seen[x.Exchange] = true
	}
}

func (d *decoder) validateRecords(rs []Record) {
	seen := map[string]bool{}
	for i := range rs {
		r := &rs[i]
		switch {
		case r.Name == "@":
			d.failAt(&r.Name, "name: a CNAME record cannot stand at the apex, where the SOA is")
			continue
		case strings.HasSuffix(r.Name, "."):
			d.failAt(&r.Name, "name: %q is relative to the customer's zone and has no final dot", r.Name)
			continue
		case strings.ContainsFunc(r.Name, func(c rune) bool { return !hostRune(c) }):
			d.failAt(&r.Name, "name: %q is no domain name", r.Name)
			continue
		}
		if _, err := zone.ParseName(r.Name, zone.Root); err != nil {
			d.failAt(&r.Name, "name: %q is no domain name: %v", r.Name, err)
			continue
		}
		if r.Type != zone.TypeCNAME {
			d.failAt(&r.Type, "type: %s records cannot be asked for here, only CNAME", r.Type)
		}
		key := strings.ToLower(r.Name)
		if seen[key] {
			d.failAt(&r.Name, "name: %s has a record above already", r.Name)
		}
		seen[key] = true
	}
}
