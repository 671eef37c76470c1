package terraform

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/jsontree"
	"github.com/zonelint/zonelint/zone/internal/rdata"
)

// recordType is a type of resource that holds records.
type recordType struct {
	kind string // as in hostType
	zone string // the attribute that says which zone it belongs to
	// direct says that the attribute holds the domain name itself.
	direct bool
	name   string // the attribute with the owner
	typ    string // the attribute with the RR type; "" if the resource type says it
	fixed  zone.Type
	read   func(*reader)
}

var recordTypes = map[string]recordType{
	"cloudflare_dns_record":    {kind: "cloudflare", zone: "zone_id", name: "name", typ: "type", read: readCloudflare},
	"cloudflare_record":        {kind: "cloudflare", zone: "zone_id", name: "name", typ: "type", read: readCloudflare},
	"aws_route53_record":       {kind: "aws", zone: "zone_id", name: "name", typ: "type", read: readRoute53},
	"google_dns_record_set":    {kind: "google", zone: "managed_zone", name: "name", typ: "type", read: readGoogle},
	"digitalocean_record":      {kind: "digitalocean", zone: "domain", direct: true, name: "name", typ: "type", read: readDigitalOcean},
	"hetznerdns_record":        {kind: "hetznerdns", zone: "zone_id", name: "name", typ: "type", read: readValue("value", true)},
	"powerdns_record":          {kind: "powerdns", zone: "zone", direct: true, name: "name", typ: "type", read: readPowerDNS},
	"gandi_livedns_record":     {kind: "gandi", zone: "zone", direct: true, name: "name", typ: "type", read: readValues("values", true)},
	"ovh_domain_zone_record":   {kind: "ovh", zone: "zone", direct: true, name: "subdomain", typ: "fieldtype", read: readValue("target", true)},
	"azurerm_dns_a_record":     azure(zone.TypeA),
	"azurerm_dns_aaaa_record":  azure(zone.TypeAAAA),
	"azurerm_dns_cname_record": azure(zone.TypeCNAME),
	"azurerm_dns_mx_record":    azure(zone.TypeMX),
	"azurerm_dns_txt_record":   azure(zone.TypeTXT),
	"azurerm_dns_srv_record":   azure(zone.TypeSRV),
	"azurerm_dns_caa_record":   azure(zone.TypeCAA),
	"azurerm_dns_ns_record":    azure(zone.TypeNS),
	"azurerm_dns_ptr_record":   azure(zone.TypePTR),
}

func azure(t zone.Type) recordType {
	return recordType{kind: "azurerm", zone: "zone_name", direct: true, name: "name", fixed: t, read: readAzure}
}

// defaultTTL is that of a record whose TTL the provider chooses, in seconds.
const defaultTTL = 300

// reader reads the records of one resource.
type reader struct {
	*parser
	resource
	*target
	name   zone.Name
	typ    zone.Type
	ttl    uint32
	origin zone.Name // completes names without a final dot
	set    string    // of alternatives
	mark   string    // comment of the records
	place  jsontree.Place
	// secretive says that something in the resource is not to be shown.
	secretive bool
}

// record reads a resource.
func (p *parser) record(r resource) {
	t := recordTypes[r.typ]
	h := p.hostFor(r, t)
	if h == nil {
		p.unknownZone(r, t)
		return
	}
	start := h.span
	if start.IsZero() {
		start = p.spanOf(r)
	}
	apex, err := rdata.Name(h.name, zone.Root)
	if err != nil {
		p.unknown = append(p.unknown, UnknownZone{clip(h.name), r.address})
		return
	}
	rd := &reader{parser: p, resource: r, target: p.target(h, t.kind, apex, start), typ: t.fixed, ttl: defaultTTL, origin: zone.Root}
	rd.place = jsontree.Place{Whole: r.whole.Range(), Address: r.address}
	p.veil.show(r.whole.At("address").Range())
	if rd.secretive = r.past || holdsTrue(r.sensitive); !rd.secretive {
		p.veil.show(rd.place.Whole)
	}
	if !rd.owner(t) || !rd.rrtype(t) {
		return
	}
	ttl := r.get("ttl")
	rd.place.TTL = ttl.value.Range()
	if ttl.hidden() == open && ttl.value.Known() {
		n, ok := ttl.value.Uint(1<<31 - 1)
		if !ok {
			rd.bad("The TTL of this %s record is no number of seconds up to 2147483647.", rd.typ)
			return
		}
		rd.ttl = uint32(n)
	}
	t.read(rd)
}

// spanOf returns the place of a resource.
func (p *parser) spanOf(r resource) zone.Span {
	s := p.doc.Span(r.whole.Range())
	s.Address = r.address
	return s
}

// hostFor returns the zone of a record; nil if it is not known.
func (p *parser) hostFor(r resource, t recordType) *host {
	if !t.direct {
		return p.hostOf(r, t.kind, t.zone)
	}
	name := r.get(t.zone).str()
	if name == "" {
		return p.hostOf(r, t.kind, t.zone)
	}
	// Azure has zones of one name in several resource groups.
	group := r.get("resource_group_name").str()
	return &host{key: strings.ToLower(t.kind + " " + group + " " + strings.TrimSuffix(name, ".")), name: name}
}

// unknownZone remembers that the zone of a record is not known.
func (p *parser) unknownZone(r resource, t recordType) {
	id := r.get(t.zone).str()
	if id == "" {
		id = r.address
	}
	for _, u := range p.unknown {
		if u.ID == id {
			return
		}
	}
	if len(p.unknown) < 100 {
		p.unknown = append(p.unknown, UnknownZone{id, r.address})
	}
}

func (r *reader) owner(t recordType) bool {
	n := r.get(t.name)
	r.place.Owner = n.value.Range()
	if why := n.hidden(); why != open {
		r.hide(why, "name")
		return false
	}
	s := n.value.Str()
	if s == "" || s == "@" {
		r.name = r.apex
		return true
	}
	var err error
	switch t.kind {
	case "cloudflare", "aws":
		// Absolute with or without its dot, or relative to the zone.
		if r.name, err = rdata.Name(s, zone.Root); err == nil && !r.name.Within(r.apex) {
			r.name, err = rdata.Name(strings.TrimSuffix(s, "."), r.apex)
		}
	case "google", "powerdns":
		r.name, err = rdata.Name(s, zone.Root)
	default:
		r.name, err = rdata.Name(s, r.apex)
	}
	if err != nil {
		r.bad("The name %q is no domain name: %v.", clip(s), err)
		return false
	}
	return true
}

func (r *reader) rrtype(t recordType) bool {
	if t.typ == "" {
		return true
	}
	n := r.get(t.typ)
	r.place.Type = n.value.Range()
	if why := n.hidden(); why != open {
		r.hide(why, "type")
		return false
	}
	s := strings.ToUpper(n.value.Str())
	if t.kind == "ovh" && (s == "SPF" || s == "DKIM" || s == "DMARC") {
		s = "TXT" // what OVH publishes for these
	}
	typ, ok := zone.ParseType(s)
	if !ok {
		// A type of the provider's own, such as ALIAS, gives addresses.
		for _, t := range [...]zone.Type{zone.TypeA, zone.TypeAAAA} {
			r.problem(zone.ProblemComputed, r.name, t, "the provider works out what %s gives", clip(s))
		}
		return false
	}
	r.typ = typ
	return true
}

func (r *reader) problem(kind zone.ProblemKind, name zone.Name, t zone.Type, format string, args ...any) {
	span := r.spanOf(r.resource)
	if kind == zone.ProblemHidden { // the address alone may be shown
		span = r.doc.Span(r.whole.At("address").Range())
		span.Address = r.address
	}
	r.problems = append(r.problems, zone.Problem{Kind: kind, Span: span, Name: name, Type: t, Lost: true, Message: fmt.Sprintf(format, args...)})
}

// bad reports a record that cannot be read.
func (r *reader) bad(format string, args ...any) {
	r.problem(zone.ProblemSyntax, r.name, r.typ, format, args...)
}

// hide reports a record whose data are not to be looked at. It never quotes a
// value.
func (r *reader) hide(why secret, what string) {
	if why == sensitive {
		r.problem(zone.ProblemHidden, r.name, r.typ, "The attribute %s is marked as sensitive, so this record is neither shown nor checked. What is published in DNS is no secret: take the mark away with nonsensitive() to have it checked.", what)
		return
	}
	r.problem(zone.ProblemHidden, r.name, r.typ, "The attribute %s is known only after the plan is applied, so this record is not checked. Check the state then: \"terraform show -json\" without a plan writes it.", what)
}

// computed says that the provider works out the records.
func (r *reader) computed() {
	r.problem(zone.ProblemComputed, r.name, r.typ, "the provider answers with the addresses of another resource")
}

// seen reports whether values may be looked at, and else says why not.
func (r *reader) seen(what string, ns ...node) bool {
	for _, n := range ns {
		if why := n.hidden(); why != open {
			r.hide(why, what)
			return false
		}
	}
	return true
}

// emit adds a record that was read from the given fields.
func (r *reader) emit(rec zone.Record, err error, notation jsontree.Notation, fields ...node) {
	if err == nil && len(rec.Data) > 0xffff {
		err = errors.New("the data are longer than DNS allows")
	}
	if err != nil {
		r.bad("This %s record of %s cannot be read: %v.", r.typ, r.name, err)
		return
	}
	if r.left--; r.left < 0 {
		r.tooMany = true
		return
	}
	p := r.place
	p.Notation, p.Comment = notation, r.mark
	for i, f := range fields[:min(len(fields), len(p.Fields))] {
		p.Fields[i] = f.value.Range()
	}
	rec.Loc = r.source.add(p)
	if r.secretive {
		r.veil.show(p.Owner, p.TTL, p.Type)
		r.veil.show(p.Fields[:]...)
	}
	if !r.target.add(rec, r.set) {
		r.tooMany = true
	}
}

// line reads RDATA in presentation format.
func (r *reader) line(n node) {
	if r.typ == zone.TypeTXT || r.typ == zone.TypeSPF {
		r.text(n)
		return
	}
	if n.value.Kind() != jsontree.String {
		r.bad("This %s record of %s has no data.", r.typ, r.name)
		return
	}
	rec, err := rdata.Parse(r.name, r.typ, r.ttl, n.value.Str(), r.origin)
	r.emit(rec, err, jsontree.Plain, n)
}

// text reads the text of a TXT record: quoted strings, or a text as it is.
func (r *reader) text(n node) {
	s := n.value.Str()
	if !strings.HasPrefix(strings.TrimLeft(s, " \t"), `"`) {
		rec, err := rdata.Text(r.name, r.typ, r.ttl, s)
		r.emit(rec, err, jsontree.Plain, n)
		return
	}
	words, err := rdata.Strings(s)
	rec := rdata.Record(r.name, r.typ, r.ttl, words)
	rec.Notes &^= zone.LongString // the provider cuts a long one itself
	r.emit(rec, err, jsontree.Quoted, n)
}
