package terraform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/jsontree"
)

// source is the records of one zone in a plan.
type source struct {
	*jsontree.Source
	kind string // of the provider: as in hostType
	veil *veil
}

// Text implements zone.Source.
func (s *source) Text(file string) []byte {
	if file != s.Name() {
		return nil
	}
	return s.veil.Text()
}

// add takes the place of a record.
func (s *source) add(p jsontree.Place) zone.Loc {
	loc := s.Source.Add(p)
	loc.Source = s
	return loc
}

// single are the providers whose resources hold one record each.
var single = map[string]bool{"cloudflare": true, "digitalocean": true, "hetznerdns": true, "ovh": true}

// Phrase implements zone.Phraser: the attributes of the resource that makes a
// record, or of one that is to be made. Of a resource that holds a record set,
// all records are told, so that none is lost.
func (s *source) Phrase(z *zone.Zone, c zone.Change) []string {
	if single[s.kind] {
		return s.phraseRecords(z, c)
	}
	var order []string // addresses of resources, "" for one that is to be made
	sets := map[string][]zone.Record{}
	put := func(address string, rs ...zone.Record) {
		if _, ok := sets[address]; !ok {
			order = append(order, address)
		}
		sets[address] = append(sets[address], rs...)
	}
	touched := map[string]bool{}
	for _, r := range z.RRset(c.Name, c.Type) {
		address := r.Span(zone.Part{}).Address
		if !among(c.Before, r) {
			put(address, r)
			continue
		}
		touched[address] = true
		put(address, at(c.After, r.Loc)...)
	}
	for _, r := range c.After {
		if r.Loc.Source != nil {
			continue
		}
		if len(order) == 0 {
			put("")
		}
		touched[order[0]] = true
		put(order[0], r)
	}
	var out []string
	for _, address := range order {
		switch rs := sets[address]; {
		case !touched[address]:
		case len(rs) == 0:
			out = append(out, address+": remove it")
		case address == "":
			if said := s.attributes(rs); said != "" {
				out = append(out, s.made(z, rs[0], said))
			}
		default:
			if said := s.attributes(rs); said != "" {
				out = append(out, address+": "+said)
			}
		}
	}
	return out
}

// phraseRecords is Phrase for resources that hold one record each.
func (s *source) phraseRecords(z *zone.Zone, c zone.Change) []string {
	var out []string
	for _, r := range c.Before {
		if len(at(c.After, r.Loc)) == 0 {
			out = append(out, r.Span(zone.Part{}).Address+": remove it")
		}
	}
	for _, r := range c.After {
		said := s.attributes([]zone.Record{r})
		switch {
		case said == "" || among(c.Before, r):
		case r.Loc.Source != nil:
			out = append(out, r.Span(zone.Part{}).Address+": "+said)
		default:
			out = append(out, s.made(z, r, said))
		}
	}
	return out
}

func among(rs []zone.Record, r zone.Record) bool {
	return slices.ContainsFunc(rs, func(o zone.Record) bool { return o.Loc == r.Loc && o.Same(r) })
}

// at returns the records that take a place.
func at(rs []zone.Record, loc zone.Loc) []zone.Record {
	return slices.DeleteFunc(slices.Clone(rs), func(r zone.Record) bool { return r.Loc != loc })
}

// made tells of a resource that is to be made.
func (s *source) made(z *zone.Zone, r zone.Record, said string) string {
	attribute, name := "name", r.Name.Relative(z.Apex)
	switch s.kind {
	case "google", "powerdns":
		name = r.Name.String()
	case "cloudflare", "aws":
		name = plain(r.Name)
	case "ovh":
		attribute = "subdomain"
		if r.Name == z.Apex {
			name = ""
		}
	}
	rrtype := fmt.Sprintf(", type = %q", r.Type)
	switch s.kind {
	case "ovh":
		rrtype = fmt.Sprintf(", fieldtype = %q", r.Type)
	case "azurerm":
		rrtype = ""
	}
	return fmt.Sprintf("a new %s: %s = %s%s, ttl = %d, %s", s.resourceType(r.Type), attribute, quote(name), rrtype, r.TTL, said)
}

// resourceType is the type of resource that holds records of a type.
func (s *source) resourceType(t zone.Type) string {
	switch s.kind {
	case "cloudflare":
		return "cloudflare_dns_record"
	case "aws":
		return "aws_route53_record"
	case "google":
		return "google_dns_record_set"
	case "azurerm":
		return "azurerm_dns_" + strings.ToLower(t.String()) + "_record"
	case "gandi":
		return "gandi_livedns_record"
	case "ovh":
		return "ovh_domain_zone_record"
	}
	return s.kind + "_record"
}

// attributes are those that hold the data of the records of a resource.
func (s *source) attributes(rs []zone.Record) string {
	r := rs[0]
	switch s.kind {
	case "aws":
		return list("records", rs, insideQuotes)
	case "google":
		return list("rrdatas", rs, zone.Record.RData)
	case "powerdns":
		return list("records", rs, zone.Record.RData)
	case "gandi":
		return list("values", rs, zone.Record.RData)
	case "ovh":
		return "target = " + quote(r.RData())
	case "hetznerdns":
		return "value = " + quote(r.RData())
	case "cloudflare", "digitalocean":
		return s.fields(r)
	case "azurerm":
		switch r.Type {
		case zone.TypeA, zone.TypeAAAA:
			return list("records", rs, zone.Record.RData)
		case zone.TypeNS, zone.TypePTR:
			return list("records", rs, func(r zone.Record) string { return plain(r.Target()) })
		}
		var blocks []string
		for _, r := range rs {
			blocks = append(blocks, azureBlock(r))
		}
		return strings.Join(blocks, " ")
	}
	return ""
}

// list is an attribute that holds the data of several records.
func list(attribute string, rs []zone.Record, data func(zone.Record) string) string {
	var out []string
	for _, r := range rs {
		out = append(out, quote(data(r)))
	}
	return attribute + " = [" + strings.Join(out, ", ") + "]"
}

// insideQuotes is the data of a record as Route 53 has them: the quotes around
// a text are the provider's.
func insideQuotes(r zone.Record) string {
	if r.Type != zone.TypeTXT && r.Type != zone.TypeSPF {
		return r.RData()
	}
	var out []string
	for _, s := range r.Strings() {
		q := zone.Quote(s)
		out = append(out, q[1:len(q)-1])
	}
	return strings.Join(out, `""`)
}

// fields are the attributes where the fields of a record have their own.
func (s *source) fields(r zone.Record) string {
	attribute, target := "content", plain(r.Target())
	if s.kind == "digitalocean" {
		attribute, target = "value", r.Target().String()
	}
	switch r.Type {
	case zone.TypeTXT, zone.TypeSPF:
		if s.kind == "digitalocean" {
			return attribute + " = " + quote(r.Text())
		}
		return attribute + " = " + quote(r.RData())
	case zone.TypeMX:
		return fmt.Sprintf("%s = %s, priority = %d", attribute, quote(target), r.Preference())
	case zone.TypeSRV:
		p, w, port := r.SRV()
		if s.kind == "digitalocean" {
			return fmt.Sprintf("value = %s, priority = %d, weight = %d, port = %d", quote(target), p, w, port)
		}
		return fmt.Sprintf("data = { priority = %d, weight = %d, port = %d, target = %s }", p, w, port, quote(target))
	case zone.TypeCAA:
		flags, tag, value, _ := r.CAA()
		if s.kind == "digitalocean" {
			return fmt.Sprintf("value = %s, flags = %d, tag = %s", quote(value), flags, quote(tag))
		}
		return fmt.Sprintf("data = { flags = %d, tag = %s, value = %s }", flags, quote(tag), quote(value))
	case zone.TypeCNAME, zone.TypeNS, zone.TypePTR:
		return attribute + " = " + quote(target)
	case zone.TypeA, zone.TypeAAAA:
		return attribute + " = " + quote(r.RData())
	}
	return ""
}

// azureBlock is the attribute or block of Azure's resource for a record with
// fields.
func azureBlock(r zone.Record) string {
	switch r.Type {
	case zone.TypeTXT:
		return "record { value = " + quote(r.Text()) + " }"
	case zone.TypeMX:
		return fmt.Sprintf("record { preference = %d, exchange = %s }", r.Preference(), quote(plain(r.Target())))
	case zone.TypeSRV:
		p, w, port := r.SRV()
		return fmt.Sprintf("record { priority = %d, weight = %d, port = %d, target = %s }", p, w, port, quote(plain(r.Target())))
	case zone.TypeCAA:
		flags, tag, value, _ := r.CAA()
		return fmt.Sprintf("record { flags = %d, tag = %s, value = %s }", flags, quote(tag), quote(value))
	case zone.TypeCNAME:
		return "record = " + quote(plain(r.Target()))
	}
	return ""
}

// plain is a name without its final dot.
func plain(n zone.Name) string {
	if n == zone.Root {
		return "."
	}
	return strings.TrimSuffix(n.String(), ".")
}

// quote writes a string as HCL does: "%{" and "${" begin a template there, and
// SPF macros look like one.
func quote(s string) string {
	q := strconv.Quote(s)
	return strings.NewReplacer("%{", "%%{", "${", "$${").Replace(q)
}
