package dnscontrol

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/jsontree"
	"github.com/zonelint/zonelint/zone/internal/rdata"
)

// defaultTTL is that of a record without one, in seconds.
const defaultTTL = 300

// domain is a zone that is being read.
type domain struct {
	*parser
	apex     zone.Name
	source   *source
	builder  *zone.Builder
	problems []zone.Problem
	proxied  bool // Cloudflare's proxy stands before what does not say otherwise
}

// targetField is the index of the RDATA field that a record of the type has its
// target in.
func targetField(typ string) int {
	switch typ {
	case "MX":
		return 1
	case "CAA":
		return 2
	case "SRV", "TLSA":
		return 3
	}
	return 0
}

// fields are the members of a record that its kind of RDATA is made of.
type fields struct {
	whole, name, typ, ttl, target, meta, subdomain, filepos    jsontree.Value
	comparable, zonefile, txtstrings                           jsontree.Value
	mxpreference, srvpriority, srvweight, srvport              jsontree.Value
	caatag, caaflag, tlsausage, tlsaselector, tlsamatchingtype jsontree.Value
	r53, azure                                                 jsontree.Value
}

func read(v jsontree.Value) (f fields) {
	m := v.Get("name", "type", "ttl", "target", "meta", "subdomain", "filepos", "comparable", "zonfefilepartial", "txtstrings",
		"mxpreference", "srvpriority", "srvweight", "srvport", "caatag", "caaflag", "tlsausage", "tlsaselector", "tlsamatchingtype",
		"r53_alias", "azure_alias")
	return fields{
		v, m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9],
		m[10], m[11], m[12], m[13], m[14], m[15], m[16], m[17], m[18], m[19], m[20],
	}
}

// record reads one record.
func (d *domain) record(v jsontree.Value, address string) {
	f := read(v)
	place := jsontree.Place{
		Whole: v.Range(), Owner: f.name.Range(), TTL: f.ttl.Range(), Type: f.typ.Range(), Address: address,
		Fields: [4]jsontree.Range{cmp.Or(f.target.Range(), f.comparable.Range(), f.zonefile.Range())},
	}
	loc := d.source.add(place, f.filepos.Str(), call{name: f.name.Str(), value: f.target.Str(), under: "." + d.apex.String(), field: targetField(f.typ.Str())})
	problem := func(kind zone.ProblemKind, name zone.Name, t zone.Type, format string, args ...any) {
		d.problems = append(d.problems, zone.Problem{
			Kind: kind, Span: d.source.Span(loc, zone.Part{}), Name: name, Type: t, Lost: true,
			Message: fmt.Sprintf(format, args...),
		})
	}
	if f.name.Kind() != jsontree.String || f.typ.Kind() != jsontree.String {
		problem(zone.ProblemSyntax, "", 0, "This record has no name or no type. Write the file anew with \"dnscontrol print-ir\".")
		return
	}
	name, err := rdata.Name(f.name.Str(), d.apex)
	if err != nil {
		problem(zone.ProblemSyntax, "", 0, "The name %q of this record is no domain name: %v.", clip(f.name.Str()), err)
		return
	}
	t, ok := zone.ParseType(f.typ.Str())
	if !ok || t == zone.TypeSOA {
		for _, t := range vendor(f) {
			n := name
			if f.typ.Str() == "IMPORT_TRANSFORM" {
				n = ""
			}
			problem(zone.ProblemComputed, n, t, "DNSControl or the provider works out what %s gives", clip(f.typ.Str()))
		}
		return
	}
	if t == zone.TypeTXT && pending(f) {
		problem(zone.ProblemHidden, name, t, "DNSControl flattens or splits this SPF record when it is pushed, so what will be published is not checked. \"dnscontrol print-ir\" without --raw writes it as it will be.")
		return
	}
	ttl := uint64(defaultTTL)
	if f.ttl.Known() {
		if ttl, ok = f.ttl.Uint(1<<31 - 1); !ok {
			problem(zone.ProblemSyntax, name, t, "The TTL of this %s record is no number of seconds up to 2147483647.", t)
			return
		}
		if ttl == 0 {
			ttl = defaultTTL
		}
	}
	r, err := d.data(f, name, t, uint32(ttl))
	switch {
	case errors.Is(err, errUnknown):
		problem(zone.ProblemComputed, name, t, "the data of this %s record are in fields that are not known", t)
		return
	case err != nil:
		problem(zone.ProblemSyntax, name, t, "This %s record of %s cannot be read: %v.", t, name, err)
		return
	case len(r.Data) > 0xffff:
		problem(zone.ProblemSyntax, name, t, "The data of this %s record are longer than DNS allows.", t)
		return
	}
	if d.behindProxy(f, t) {
		d.source.mark(loc)
	}
	r.Loc = loc
	d.builder.Add(r)
}

// errUnknown says that a record holds its data in fields that are new.
var errUnknown = errors.New("unknown fields")

// data makes the record. Numbers that are 0 are left out of the JSON.
func (d *domain) data(f fields, name zone.Name, t zone.Type, ttl uint32) (zone.Record, error) {
	target := f.target.Str()
	if target == "" && t != zone.TypeTXT && t != zone.TypeSPF {
		text := cmp.Or(f.comparable.Str(), f.zonefile.Str())
		if text == "" {
			return zone.Record{}, errUnknown
		}
		return rdata.Parse(name, t, ttl, text, zone.Root)
	}
	var bad error
	number := func(v jsontree.Value, limit uint64) uint64 {
		if !v.Known() {
			return 0
		}
		n, ok := v.Uint(limit)
		if !ok && bad == nil {
			bad = fmt.Errorf("a field is no number from 0 to %d", limit)
		}
		return n
	}
	host := func() zone.Name {
		origin := d.apex
		if sub := f.subdomain.Str(); sub != "" {
			if o, err := rdata.Name(sub, d.apex); err == nil {
				origin = o
			}
		}
		n, err := rdata.Name(target, origin)
		if err != nil && bad == nil {
			bad = fmt.Errorf("the target %q is no domain name: %w", clip(target), err)
		}
		return n
	}
	var r zone.Record
	switch t {
	case zone.TypeTXT, zone.TypeSPF:
		if f.txtstrings.Kind() == jsontree.Array && target == "" { // before DNSControl 4
			var words []rdata.Word
			for s := range f.txtstrings.Elements() {
				words = append(words, rdata.Word{Text: s.Str(), Quoted: true})
			}
			return rdata.Record(name, t, ttl, words), nil
		}
		return rdata.Text(name, t, ttl, target)
	case zone.TypeA, zone.TypeAAAA:
		return rdata.Address(name, t, ttl, target)
	case zone.TypeMX:
		r = zone.NewMX(name, ttl, uint16(number(f.mxpreference, 0xffff)), host())
	case zone.TypeSRV:
		r = zone.NewSRV(name, ttl, uint16(number(f.srvpriority, 0xffff)), uint16(number(f.srvweight, 0xffff)), uint16(number(f.srvport, 0xffff)), host())
	case zone.TypeCNAME, zone.TypeNS, zone.TypePTR, zone.TypeDNAME:
		r = zone.NewName(name, t, ttl, host())
	case zone.TypeCAA:
		tag := f.caatag.Str()
		if tag == "" || len(tag) > 255 {
			return r, errors.New("a CAA record without a tag")
		}
		if len(target) > 60_000 {
			return r, errors.New("a value that is longer than a record can hold")
		}
		r = zone.NewCAA(name, ttl, uint8(number(f.caaflag, 255)), tag, target)
	case zone.TypeTLSA:
		text := fmt.Sprintf("%d %d %d %s", number(f.tlsausage, 255), number(f.tlsaselector, 255), number(f.tlsamatchingtype, 255), target)
		if bad == nil {
			return rdata.Parse(name, t, ttl, text, zone.Root)
		}
	default:
		if text := cmp.Or(f.comparable.Str(), f.zonefile.Str()); text != "" {
			return rdata.Parse(name, t, ttl, text, zone.Root)
		}
		return r, errUnknown
	}
	return r, bad
}

// web are types that DNSControl has for what answers to web browsers: nothing
// but addresses may come of them.
var web = map[string]bool{
	"ALIAS": true, "ANAME": true, "AKAMAICDN": true, "AKAMAITLC": true, "CLOUDNS_WR": true, "FRAME": true, "NETLIFY": true, "NETLIFYV6": true,
	"NS1_URLFWD": true, "PAGE_RULE": true, "PORKBUN_URLFWD": true, "URL": true, "URL301": true, "BUNNY_DNS_RDR": true,
	"WORKER_ROUTE": true, "CF_REDIRECT": true, "CF_TEMP_REDIRECT": true, "CF_WORKER_ROUTE": true, "CLOUDFLAREAPI_SINGLE_REDIRECT": true,
}

// vendor returns the types of the records that a type of DNSControl's own, or
// of a provider, may stand for; 0 is any.
func vendor(f fields) []zone.Type {
	typ := f.typ.Str()
	switch {
	case typ == "R53_ALIAS", typ == "AZURE_ALIAS":
		alias := f.r53
		if typ == "AZURE_ALIAS" {
			alias = f.azure
		}
		if t, ok := zone.ParseType(alias.At("type").Str()); ok {
			return []zone.Type{t}
		}
	case web[strings.ToUpper(typ)]:
		return []zone.Type{zone.TypeA, zone.TypeAAAA}
	case typ == "IMPORT_TRANSFORM":
		return []zone.Type{zone.TypeA, zone.TypeCNAME}
	case typ == "NAMESERVER":
		return []zone.Type{zone.TypeNS}
	case typ == "SOA": // without a serial, which the provider counts
		return []zone.Type{zone.TypeSOA}
	case typ == "NO_PURGE", typ == "PURGE":
		return nil
	}
	return []zone.Type{0}
}

// pending reports whether an SPF record says that DNSControl is to flatten or
// split it, and that has not been done yet.
func pending(f fields) bool {
	text := strings.ToLower(f.target.Str())
	if !f.meta.Known() || !strings.HasPrefix(text, "v=spf1") {
		return false
	}
	m := f.meta.Get("flatten", "split", "txtMaxSize")
	for domain := range strings.SplitSeq(strings.ToLower(m[0].Str()), ",") {
		domain = strings.TrimSpace(domain)
		if domain == "*" && strings.Contains(text, "include:") || domain != "" && strings.Contains(text+" ", "include:"+domain+" ") {
			return true
		}
	}
	limit, ok := m[2].Uint(1 << 16)
	if !ok || limit == 0 {
		limit = 255
	}
	return m[1].Str() != "" && uint64(len(text)) > limit
}

// behindProxy reports whether Cloudflare's proxy answers for the record.
func (d *domain) behindProxy(f fields, t zone.Type) bool {
	if t != zone.TypeA && t != zone.TypeAAAA && t != zone.TypeCNAME {
		return false
	}
	switch strings.ToLower(f.meta.At("cloudflare_proxy").Str()) {
	case "on", "full", "true":
		return true
	case "":
		return d.proxied
	}
	return false
}

// raw reads a record that DNSControl has not made one of yet: only its name and
// type are told.
func (d *domain) raw(v jsontree.Value, address string) {
	m := v.Get("type", "args", "filepos")
	loc := d.source.add(jsontree.Place{Whole: v.Range(), Type: m[0].Range(), Address: address}, m[2].Str(), call{})
	t, ok := zone.ParseType(m[0].Str())
	if !ok {
		if web[strings.ToUpper(m[0].Str())] || strings.HasPrefix(m[0].Str(), "CLOUDFLAREAPI_") {
			return
		}
		t = 0
	}
	var name zone.Name
	for a := range m[1].Elements() {
		name, _ = rdata.Name(a.Str(), d.apex) // no name: any
		break
	}
	d.problems = append(d.problems, zone.Problem{
		Kind: zone.ProblemComputed, Span: d.source.Span(loc, zone.Part{}), Name: name, Type: t, Lost: true,
		Message: "DNSControl has not worked out this record yet",
	})
}
