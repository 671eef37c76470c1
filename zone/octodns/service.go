package octodns

import (
	"math"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// service reads the value of an SVCB or HTTPS record (RFC 9460).
func (v *valueReader) service(t zone.Type, n *node) *fault {
	if n.kind != mapping {
		return faultf(n, "Here stands a %s, and the value of %s record is a mapping with svcpriority, targetname and svcparams.", n.kind, article(t))
	}
	priority, ok := v.r.get(n, "svcpriority").number()
	if !ok || priority < 0 || priority > math.MaxUint16 {
		return faultf(n, "svcpriority is missing or no number from 0 to 65535.")
	}
	target := v.r.get(n, "targetname")
	if target.isNull() {
		return faultf(n, "targetname is missing.")
	}
	soft := v.target(target, "targetname")
	if soft != nil && !soft.soft {
		return soft
	}
	name := zone.Name(v.buf).String()
	text := strconv.FormatInt(priority, 10) + " " + name
	if params := v.r.get(n, "svcparams"); !params.isNull() {
		if params.kind != mapping {
			return faultf(params, "svcparams is no mapping.")
		}
		for _, p := range v.r.pairs(params) {
			text += " " + paramText(p.key.value) + v.param(p.value)
		}
	}
	rr, err := dns.NewRR(". 0 IN " + t.String() + " " + text)
	if err != nil || rr == nil {
		return faultf(n, "These are not the data of %s record.", article(t))
	}
	rec, err := zone.FromRR(rr)
	if err != nil {
		return faultf(n, "These are not the data of %s record.", article(t))
	}
	v.buf = append(v.buf[:0], rec.Data...)
	return soft
}

// paramText keeps the key of a parameter from being anything else.
func paramText(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			return c
		}
		return '?'
	}, s)
}

// param is the value of a service parameter in presentation format.
func (v *valueReader) param(n *node) string {
	n = v.r.deref(n)
	switch {
	case n.isNull():
		return ""
	case n.kind == sequence:
		var parts []string
		for _, k := range n.kids {
			if k = v.r.deref(k); k.kind == scalar {
				parts = append(parts, k.value)
			}
		}
		return "=" + zone.Quote(strings.Join(parts, ","))
	case n.kind == scalar:
		return "=" + zone.Quote(n.value)
	}
	return "=?"
}

// location reads the value of a LOC record (RFC 1876).
func (v *valueReader) location(n *node) *fault {
	if n.kind != mapping {
		return faultf(n, "Here stands a %s, and the value of a LOC record is a mapping.", n.kind)
	}
	keys := [...]string{
		"lat_degrees", "lat_minutes", "lat_seconds", "lat_direction", "long_degrees", "long_minutes", "long_seconds", "long_direction",
		"altitude", "size", "precision_horz", "precision_vert",
	}
	text := ". 0 IN LOC"
	for i, key := range keys {
		k := v.r.get(n, key)
		if k.isNull() || k.kind != scalar || k.value == "" || strings.Trim(k.value, "0123456789.-+NSEW") != "" {
			return faultf(n, "%s is missing or no number.", key)
		}
		text += " " + k.value
		if i >= 8 {
			text += "m"
		}
	}
	rr, err := dns.NewRR(text)
	if err != nil || rr == nil {
		return faultf(n, "These are not the data of a LOC record.")
	}
	rec, err := zone.FromRR(rr)
	if err != nil {
		return faultf(n, "These are not the data of a LOC record.")
	}
	v.buf = append(v.buf, rec.Data...)
	return nil
}
