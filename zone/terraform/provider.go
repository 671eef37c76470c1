package terraform

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/jsontree"
	"github.com/zonelint/zonelint/zone/internal/rdata"
)

// autoTTL is what Cloudflare serves for the TTL 1, in seconds.
const autoTTL = 300

// proxyMark is what Cloudflare's own exports say of a record behind the proxy.
const proxyMark = "cf_tags=cf-proxied:true"

// host reads a name that a record points at.
func (r *reader) host(s string) (zone.Name, error) {
	n, err := rdata.Name(s, r.origin)
	if err != nil {
		return n, fmt.Errorf("the target %q is no domain name: %w", clip(s), err)
	}
	return n, nil
}

// number reads a whole number; fields that are not set count as 0.
func number(n node, limit uint64) (uint64, error) {
	if !n.value.Known() {
		return 0, nil
	}
	v, ok := n.value.Uint(limit)
	if !ok {
		return 0, fmt.Errorf("a field is no number from 0 to %d", limit)
	}
	return v, nil
}

// mx makes an MX record of its fields.
func (r *reader) mx(preference, exchange node) {
	pref, err := number(preference, 0xffff)
	target, err2 := r.host(exchange.value.Str())
	r.emit(zone.NewMX(r.name, r.ttl, uint16(pref), target), cmp.Or(err, err2), jsontree.Plain, preference, exchange)
}

// srv makes an SRV record of its fields.
func (r *reader) srv(priority, weight, port, target node) {
	prio, err := number(priority, 0xffff)
	w, err2 := number(weight, 0xffff)
	po, err3 := number(port, 0xffff)
	host, err4 := r.host(target.value.Str())
	r.emit(zone.NewSRV(r.name, r.ttl, uint16(prio), uint16(w), uint16(po), host), cmp.Or(err, err2, err3, err4), jsontree.Plain, priority, weight, port, target)
}

// caa makes a CAA record of its fields.
func (r *reader) caa(flags, tag, value node) {
	f, err := number(flags, 255)
	t, v := tag.value.Str(), value.value.Str()
	switch {
	case err != nil:
	case t == "" || len(t) > 255:
		err = errors.New("a CAA record without a tag")
	case len(v) > 60_000:
		err = errors.New("a value that is longer than a record can hold")
	default:
		r.emit(zone.NewCAA(r.name, r.ttl, uint8(f), t, v), nil, jsontree.Plain, flags, tag, value)
		return
	}
	r.emit(zone.Record{}, err, jsontree.Plain)
}

// readCloudflare reads a record of either version of Cloudflare's provider.
func readCloudflare(r *reader) {
	content, old, data, priority := r.get("content"), r.get("value"), r.get("data"), r.get("priority")
	if !content.value.Known() && content.hidden() == open && (old.value.Known() || old.hidden() != open) {
		content = old
	}
	if es := data.elements(); data.value.Kind() == jsontree.Array && len(es) > 0 { // version 4 has a list of one
		data = es[0]
	}
	if r.ttl <= 1 {
		r.ttl = autoTTL
	}
	hosts := r.typ == zone.TypeA || r.typ == zone.TypeAAAA || r.typ == zone.TypeCNAME
	if hosts && r.get("proxied").value.True() {
		r.mark = proxyMark
	}
	structured := data.value.Kind() == jsontree.Object
	switch {
	case r.typ == zone.TypeCNAME && r.name == r.apex:
		// In DNS terms there is none: it is flattened.
		for _, t := range [...]zone.Type{zone.TypeA, zone.TypeAAAA, zone.Type(dns.TypeHTTPS)} {
			r.problem(zone.ProblemComputed, r.name, t, "Cloudflare answers with the addresses of the target, since a CNAME record at the top of the zone is flattened")
		}
	case r.typ == zone.TypeSRV && structured:
		f := func(name string) node { return data.get(name) }
		prio := f("priority")
		if !prio.value.Known() && prio.hidden() == open {
			prio = priority
		}
		if r.seen("data", prio, f("weight"), f("port"), f("target")) {
			r.srv(prio, f("weight"), f("port"), f("target"))
		}
	case r.typ == zone.TypeCAA && structured:
		if flags, tag, value := data.get("flags"), data.get("tag"), data.get("value"); r.seen("data", flags, tag, value) {
			r.caa(flags, tag, value)
		}
	case r.typ == zone.TypeTLSA && structured:
		usage, selector, matching, certificate := data.get("usage"), data.get("selector"), data.get("matching_type"), data.get("certificate")
		if !r.seen("data", usage, selector, matching, certificate) {
			return
		}
		u, err := number(usage, 255)
		s, err2 := number(selector, 255)
		m, err3 := number(matching, 255)
		rec, err4 := rdata.Parse(r.name, r.typ, r.ttl, fmt.Sprintf("%d %d %d %s", u, s, m, certificate.value.Str()), zone.Root)
		r.emit(rec, cmp.Or(err, err2, err3, err4), jsontree.Plain, usage, selector, matching, certificate)
	case structured && !content.value.Known():
		r.problem(zone.ProblemComputed, r.name, r.typ, "the data of %s records are not read", r.typ)
	case !r.seen("content", content):
	case r.typ == zone.TypeMX:
		if !priority.value.Known() {
			if r.seen("priority", priority) {
				r.bad("This MX record of %s has no priority. Set priority.", r.name)
			}
			return
		}
		if r.seen("priority", priority) {
			r.mx(priority, content)
		}
	case r.typ == zone.TypeSRV && len(strings.Fields(content.value.Str())) == 3:
		prio, err := number(priority, 0xffff)
		rec, err2 := rdata.Parse(r.name, r.typ, r.ttl, strconv.FormatUint(prio, 10)+" "+content.value.Str(), r.origin)
		r.emit(rec, cmp.Or(err, err2), jsontree.Plain, content)
	default:
		r.line(content)
	}
}

// readRoute53 reads a record set of AWS. Texts have no outer quotes: the
// provider puts them around, and "" inside begins another string.
func readRoute53(r *reader) {
	for range r.get("alias").value.Elements() {
		r.computed()
		return
	}
	set := r.get("set_identifier")
	records := r.get("records")
	if !r.seen("records", records) || !r.seen("set_identifier", set) {
		return
	}
	r.set = set.value.Str()
	for _, e := range records.elements() {
		if r.typ != zone.TypeTXT && r.typ != zone.TypeSPF {
			r.line(e)
			continue
		}
		words, err := rdata.Strings(`"` + e.value.Str() + `"`)
		for _, w := range words {
			if !w.Quoted {
				err = errors.New("quotes around the text are put there by the provider; inside it they are written \\\"")
			}
		}
		r.emit(rdata.Record(r.name, r.typ, r.ttl, words), err, jsontree.Inside, e)
	}
}

// readGoogle reads a record set of Google Cloud DNS, in presentation format.
func readGoogle(r *reader) {
	emit := func(list node) {
		if !r.seen("rrdatas", list) {
			return
		}
		for _, e := range list.elements() {
			if r.typ == zone.TypeTXT || r.typ == zone.TypeSPF {
				r.words(e)
			} else {
				r.line(e)
			}
		}
	}
	policy := r.get("routing_policy")
	if policy.hidden() != open && !r.seen("routing_policy", policy) {
		return
	}
	alternatives := false
	for _, p := range policy.elements() {
		for _, kind := range [...]string{"wrr", "geo"} {
			for i, e := range p.get(kind).elements() {
				r.set, alternatives = fmt.Sprintf("%s %s %d", r.address, kind, i), true
				emit(e.get("rrdatas"))
			}
		}
		for _, backup := range p.get("primary_backup").elements() {
			alternatives = true
			r.computed() // the primary is a load balancer
			for i, e := range backup.get("backup_geo").elements() {
				r.set = fmt.Sprintf("%s backup %d", r.address, i)
				emit(e.get("rrdatas"))
			}
		}
	}
	if !alternatives {
		emit(r.get("rrdatas"))
	}
}

// words reads a TXT record in presentation format, in which a text without
// quotes is as many strings as it has words.
func (r *reader) words(n node) {
	words, err := rdata.Strings(n.value.Str())
	rec := rdata.Record(r.name, r.typ, r.ttl, words)
	before := r.source.Len()
	r.emit(rec, err, jsontree.Quoted, n)
	if r.source.Len() > before && rdata.LosesBlanks(words) {
		r.split(zone.Loc{Source: r.source, Offset: uint32(before)})
	}
}

// readDigitalOcean reads a record of DigitalOcean.
func readDigitalOcean(r *reader) {
	value := r.get("value")
	if !r.seen("value", value) {
		return
	}
	s := value.value.Str()
	if s == "@" || !strings.Contains(s, ".") {
		r.origin = r.apex
	}
	priority := r.get("priority")
	switch r.typ {
	case zone.TypeMX:
		if r.seen("priority", priority) {
			r.mx(priority, value)
		}
	case zone.TypeSRV:
		if weight, port := r.get("weight"), r.get("port"); r.seen("value", priority, weight, port) {
			r.srv(priority, weight, port, value)
		}
	case zone.TypeCAA:
		if flags, tag := r.get("flags"), r.get("tag"); r.seen("value", flags, tag) {
			r.caa(flags, tag, value)
		}
	default:
		r.line(value)
	}
}

// readPowerDNS reads a record set of PowerDNS, which takes texts in quotes
// only.
func readPowerDNS(r *reader) {
	records := r.get("records")
	if !r.seen("records", records) {
		return
	}
	for _, e := range records.elements() {
		if (r.typ == zone.TypeTXT || r.typ == zone.TypeSPF) && !strings.HasPrefix(e.value.Str(), `"`) {
			r.bad("This %s record of %s is not in quotes, and PowerDNS refuses it. Write \"\\\"...\\\"\".", r.typ, r.name)
			continue
		}
		r.line(e)
	}
}

// readValue reads a resource that holds one record in an attribute; names
// without a final dot are relative to the zone where relative says so.
func readValue(attribute string, relative bool) func(*reader) {
	return func(r *reader) {
		v := r.get(attribute)
		if relative {
			r.origin = r.apex
		}
		if r.seen(attribute, v) {
			r.line(v)
		}
	}
}

// readValues is readValue for a resource that holds a record set.
func readValues(attribute string, relative bool) func(*reader) {
	return func(r *reader) {
		v := r.get(attribute)
		if relative {
			r.origin = r.apex
		}
		if !r.seen(attribute, v) {
			return
		}
		for _, e := range v.elements() {
			r.line(e)
		}
	}
}

// readAzure reads a record set of Azure, whose fields have attributes of their
// own.
func readAzure(r *reader) {
	if r.get("target_resource_id").value.Str() != "" || r.get("target_resource_id").hidden() != open && !r.get("records").value.Known() && !r.get("record").value.Known() {
		r.computed()
		return
	}
	switch r.typ {
	case zone.TypeA, zone.TypeAAAA, zone.TypeNS, zone.TypePTR:
		readValues("records", false)(r)
		return
	case zone.TypeCNAME:
		readValue("record", false)(r)
		return
	}
	blocks := r.get("record")
	if !r.seen("record", blocks) {
		return
	}
	for _, b := range blocks.elements() {
		switch r.typ {
		case zone.TypeMX:
			r.mx(b.get("preference"), b.get("exchange"))
		case zone.TypeTXT:
			v := b.get("value")
			rec, err := rdata.Text(r.name, r.typ, r.ttl, v.value.Str())
			r.emit(rec, err, jsontree.Plain, v)
		case zone.TypeSRV:
			r.srv(b.get("priority"), b.get("weight"), b.get("port"), b.get("target"))
		case zone.TypeCAA:
			r.caa(b.get("flags"), b.get("tag"), b.get("value"))
		}
	}
}
