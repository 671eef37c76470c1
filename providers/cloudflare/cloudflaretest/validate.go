package cloudflaretest

import (
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
)

var hostname = regexp.MustCompile(`^([a-z0-9_*]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$`)

func invalid(code int, format string, args ...any) *apiErr {
	return fail(http.StatusBadRequest, code, format, args...)
}

// normalize brings a record into the form in which Cloudflare keeps and tells
// it, or says what is wrong with it among the others.
func normalize(z *Zone, others []Record, r Record) *apiErr {
	name := strings.ToLower(strings.TrimSuffix(r.str("name"), "."))
	switch {
	case name == "":
		return invalid(9000, "DNS name is invalid.")
	case name == "@":
		name = z.Name
	case name != z.Name && !strings.HasSuffix(name, "."+z.Name):
		name += "." + z.Name
	}
	r["name"] = name
	typ := strings.ToUpper(r.str("type"))
	r["type"] = typ
	ttl, ok := r.num("ttl")
	if _, set := r["ttl"]; !set || ttl == 0 && ok {
		ttl = 1
	}
	least := 60
	if z.Plan == "enterprise" {
		least = 30
	}
	if ttl != 1 && (ttl < least || ttl > 86400) {
		return invalid(9021, "Invalid TTL. Must be between %d and 86400 seconds, or 1 for Automatic.", least)
	}
	proxied, _ := r["proxied"].(bool)
	proxiable := typ == "A" || typ == "AAAA" || typ == "CNAME"
	if proxied && !proxiable {
		return invalid(9004, "This record type cannot be proxied.")
	}
	if proxied {
		ttl = 1
	}
	r["ttl"], r["proxied"], r["proxiable"] = ttl, proxied, proxiable
	for k, v := range map[string]any{"comment": nil, "tags": []any{}, "settings": map[string]any{}} {
		if r[k] == nil {
			r[k] = v
		}
	}
	if tags, _ := r["tags"].([]any); len(tags) > 0 && z.Plan == "free" {
		return invalid(9301, "DNS record has 1 tags, exceeding the quota of 0.")
	}
	if e := content(r, typ); e != nil {
		return e
	}
	return conflicts(z, others, r)
}

// content checks and normalizes the data of a record.
func content(r Record, typ string) *apiErr {
	c := r.str("content")
	host := func(code int, msg string) *apiErr {
		h := strings.ToLower(strings.TrimSuffix(c, "."))
		if c == "." {
			h = "."
		} else if _, err := netip.ParseAddr(h); err == nil || !hostname.MatchString(h) {
			return invalid(code, "%s", msg)
		}
		r["content"] = h
		return nil
	}
	data, _ := r["data"].(map[string]any)
	d := Record(data)
	switch typ {
	case "A":
		if a, err := netip.ParseAddr(c); err != nil || !a.Is4() {
			return invalid(9005, "Content for A record must be a valid IPv4 address.")
		}
	case "AAAA":
		a, err := netip.ParseAddr(c)
		if err != nil || !a.Is6() {
			return invalid(9006, "Content for AAAA record must be a valid IPv6 address.")
		}
		r["content"] = a.String()
	case "CNAME", "NS", "PTR":
		return host(9007, "Content for "+typ+" record is invalid.")
	case "MX":
		if n, ok := r.num("priority"); !ok || n < 0 || n > 65535 {
			return invalid(9100, "priority is a required field.")
		}
		return host(9009, "Content for MX record must be a hostname.")
	case "TXT":
		if strings.Trim(c, `" `) == "" {
			return &apiErr{status: http.StatusBadRequest, code: 1004, msg: "DNS Validation Error", chain: fail(0, 9106, "Content for TXT record cannot be empty.")}
		}
	case "SRV":
		p, ok1 := d.num("priority")
		w, ok2 := d.num("weight")
		port, ok3 := d.num("port")
		if !ok1 || !ok2 || !ok3 || d.str("target") == "" {
			return invalid(9101, "weight is a required data field.")
		}
		target := d.str("target")
		if target != "." {
			target = strings.TrimSuffix(target, ".")
		}
		data["target"] = target
		r["priority"] = p
		r["content"] = fmt.Sprintf("%d %d %s", w, port, target)
	case "CAA":
		flags, ok := d.num("flags")
		if !ok || d.str("tag") == "" {
			return invalid(9101, "tag is a required data field.")
		}
		r["content"] = fmt.Sprintf("%d %s %q", flags, d.str("tag"), d.str("value"))
	case "TLSA":
		u, ok1 := d.num("usage")
		s, ok2 := d.num("selector")
		m, ok3 := d.num("matching_type")
		if !ok1 || !ok2 || !ok3 || d.str("certificate") == "" {
			return invalid(9101, "certificate is a required data field.")
		}
		r["content"] = fmt.Sprintf("%d %d %d %s", u, s, m, d.str("certificate"))
	default:
		if c == "" {
			return invalid(9020, "Invalid DNS record type")
		}
	}
	return nil
}

// conflicts finds what cannot stand beside the others. A CNAME may stand beside
// records other than addresses; at the top of a zone it is flattened.
func conflicts(z *Zone, others []Record, r Record) *apiErr {
	address := func(t string) bool { return t == "A" || t == "AAAA" }
	typ, size := r.str("type"), len(r.str("content"))
	for _, o := range others {
		if o.str("name") != r.str("name") {
			continue
		}
		ot := o.str("type")
		switch {
		case ot == typ && o.str("content") == r.str("content") && fmt.Sprint(o["priority"]) == fmt.Sprint(r["priority"]):
			return invalid(81058, "An identical record already exists.")
		case typ == "CNAME" && (address(ot) || ot == "CNAME"):
			return invalid(81053, "An A, AAAA, or CNAME record with that host already exists. For more details, refer to <https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/>.")
		case address(typ) && ot == "CNAME":
			return invalid(81054, "A CNAME record with that host already exists. For more details, refer to <https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/>.")
		case (typ == "NS") != (ot == "NS") && r.str("name") != z.Name:
			return invalid(81056, "NS records with that host already exist.")
		case typ == "TXT" && ot == "TXT":
			size += len(o.str("content"))
		}
	}
	if typ == "TXT" && size > 8192 {
		return invalid(1004, "The combined content of the TXT records of a name is longer than 8192 characters.")
	}
	return nil
}

// CheckMail finds what must be at no moment: a name that had MX records and has
// none, and a name with several SPF records that had one at most.
func CheckMail(before, after []Record) error {
	count := func(rs []Record, is func(Record) bool) map[string]int {
		n := map[string]int{}
		for _, r := range rs {
			if is(r) {
				n[r.str("name")]++
			}
		}
		return n
	}
	mx := func(r Record) bool { return r.str("type") == "MX" }
	spf := func(r Record) bool {
		c := strings.ToLower(strings.TrimPrefix(r.str("content"), `"`))
		return r.str("type") == "TXT" && (c == "v=spf1" || strings.HasPrefix(c, "v=spf1 ") || strings.HasPrefix(c, `v=spf1"`))
	}
	had, has := count(before, mx), count(after, mx)
	for name := range had {
		if has[name] == 0 {
			return fmt.Errorf("%s has no MX record any more", name)
		}
	}
	had, has = count(before, spf), count(after, spf)
	for name, n := range has {
		if n > 1 && n > had[name] {
			return fmt.Errorf("%s has %d SPF records", name, n)
		}
	}
	return nil
}
