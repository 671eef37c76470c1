package terraform

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/zone"
)

// planOf makes a plan of resources as they stand in planned_values.
func planOf(resources ...string) string {
	return `{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{"resources":[` + strings.Join(resources, ",\n") + `]}}}`
}

// resourceOf makes a resource of its address and values.
func resourceOf(address, values string) string {
	typ, _, _ := strings.Cut(address, ".")
	return fmt.Sprintf(`{"address":%q,"mode":"managed","type":%q,"values":%s}`, address, typ, values)
}

// listing is the records and problems of zones, one a line.
func listing(zones []*zone.Zone) []string {
	var out []string
	for _, z := range zones {
		out = append(out, "zone "+z.Apex.String())
		for r := range z.Records() {
			line := strings.TrimSpace(r.String())
			if c := r.Comment(); c != "" {
				line += " ; " + c
			}
			out = append(out, line)
		}
		for _, p := range z.Problems {
			if p.Type == zone.TypeSOA || p.Type == zone.TypeNS {
				continue
			}
			kind := map[zone.ProblemKind]string{zone.ProblemSyntax: "syntax", zone.ProblemComputed: "computed", zone.ProblemHidden: "hidden", zone.ProblemSplitText: "split"}[p.Kind]
			out = append(out, fmt.Sprintf("%s %s %s", kind, p.Name, p.Type))
		}
	}
	return out
}

// Each type of resource, with the ways in which its values are written.
func TestResources(t *testing.T) {
	for _, tc := range []struct {
		name, address, values string
		want                  []string
	}{
		{"Cloudflare MX", "cloudflare_dns_record.a", `{"zone_id":"z","name":"example.com","type":"MX","content":"mx.example.net","priority":0,"ttl":1}`, []string{"example.com. 300 IN MX 0 mx.example.net."}},
		{"Cloudflare MX without priority", "cloudflare_dns_record.a", `{"zone_id":"z","name":"@","type":"MX","content":"mx.example.net","ttl":1}`, []string{"syntax example.com. MX"}},
		{"Cloudflare null MX", "cloudflare_dns_record.a", `{"zone_id":"z","name":"@","type":"MX","content":".","priority":0,"ttl":60}`, []string{"example.com. 60 IN MX 0 ."}},
		{"Cloudflare relative name", "cloudflare_record.a", `{"zone_id":"z","name":"www","type":"A","value":"192.0.2.1","proxied":true,"ttl":1}`, []string{"www.example.com. 300 IN A 192.0.2.1 ; cf_tags=cf-proxied:true"}},
		{"Cloudflare TXT in quotes", "cloudflare_dns_record.a", `{"zone_id":"z","name":"a.example.com","type":"TXT","content":"\"v=spf1 \" \"-all\"","ttl":300}`, []string{`a.example.com. 300 IN TXT "v=spf1 " "-all"`}},
		{"Cloudflare TXT without", "cloudflare_dns_record.a", `{"zone_id":"z","name":"a","type":"TXT","content":"v=spf1 -all","ttl":300}`, []string{`a.example.com. 300 IN TXT "v=spf1 -all"`}},
		{"Cloudflare SRV", "cloudflare_dns_record.a", `{"zone_id":"z","name":"_imaps._tcp","type":"SRV","data":{"priority":1,"weight":2,"port":993,"target":"imap.example.net"},"ttl":300}`, []string{"_imaps._tcp.example.com. 300 IN SRV 1 2 993 imap.example.net."}},
		{"Cloudflare SRV of version 4", "cloudflare_record.a", `{"zone_id":"z","name":"_imaps._tcp","type":"SRV","data":[{"priority":1,"weight":2,"port":993,"target":"imap.example.net"}],"ttl":300}`, []string{"_imaps._tcp.example.com. 300 IN SRV 1 2 993 imap.example.net."}},
		{"Cloudflare CAA", "cloudflare_dns_record.a", `{"zone_id":"z","name":"@","type":"CAA","data":{"flags":"0","tag":"issue","value":"ca.example"},"ttl":300}`, []string{`example.com. 300 IN CAA 0 issue "ca.example"`}},
		{"Cloudflare TLSA", "cloudflare_dns_record.a", `{"zone_id":"z","name":"_25._tcp.mx","type":"TLSA","data":{"usage":3,"selector":1,"matching_type":1,"certificate":"00ff"},"ttl":300}`, []string{`_25._tcp.mx.example.com. 300 IN TLSA 3 1 1 00ff`}},
		{"Cloudflare CNAME at the top", "cloudflare_dns_record.a", `{"zone_id":"z","name":"@","type":"CNAME","content":"a.example.net","ttl":300}`, []string{"computed example.com. A", "computed example.com. AAAA", "computed example.com. HTTPS"}},
		{"AWS MX", "aws_route53_record.a", `{"zone_id":"z","name":"","type":"MX","ttl":300,"records":["10 mx1.example.net","20 mx2.example.net."]}`, []string{"example.com. 300 IN MX 10 mx1.example.net.", "example.com. 300 IN MX 20 mx2.example.net."}},
		{"AWS TXT in two strings", "aws_route53_record.a", `{"zone_id":"z","name":"s1._domainkey.example.com","type":"TXT","ttl":300,"records":["v=DKIM1; p=AA\"\"BB \\\"x\\\""]}`, []string{`s1._domainkey.example.com. 300 IN TXT "v=DKIM1; p=AA" "BB \"x\""`}},
		{"AWS TXT in quotes", "aws_route53_record.a", `{"zone_id":"z","name":"a","type":"TXT","ttl":300,"records":["\"v=spf1 -all\""]}`, []string{"syntax a.example.com. TXT"}},
		{"AWS alias", "aws_route53_record.a", `{"zone_id":"z","name":"","type":"A","alias":[{"name":"x.cloudfront.net","zone_id":"y"}]}`, []string{"computed example.com. A"}},
		{"Google TXT without quotes", "google_dns_record_set.a", `{"managed_zone":"z","name":"example.com.","type":"TXT","ttl":300,"rrdatas":["v=spf1 include:example.net -all"]}`, []string{`example.com. 300 IN TXT "v=spf1" "include:example.net" "-all"`, "split example.com. TXT"}},
		{"Google TXT in quotes", "google_dns_record_set.a", `{"managed_zone":"z","name":"example.com.","type":"TXT","ttl":300,"rrdatas":["\"v=spf1 -all\"","one"]}`, []string{`example.com. 300 IN TXT "v=spf1 -all"`, `example.com. 300 IN TXT "one"`}},
		{"DigitalOcean", "digitalocean_record.a", `{"domain":"example.com","name":"@","type":"MX","priority":10,"value":"mx.example.net.","ttl":1800}`, []string{"example.com. 1800 IN MX 10 mx.example.net."}},
		{"DigitalOcean alias to the top", "digitalocean_record.a", `{"domain":"example.com","name":"www","type":"CNAME","value":"@","ttl":1800}`, []string{"www.example.com. 1800 IN CNAME example.com."}},
		{"DigitalOcean CAA", "digitalocean_record.a", `{"domain":"example.com","name":"@","type":"CAA","flags":0,"tag":"issue","value":"ca.example.","ttl":1800}`, []string{`example.com. 1800 IN CAA 0 issue "ca.example."`}},
		{"Hetzner", "hetznerdns_record.a", `{"zone_id":"z","name":"@","type":"MX","value":"10 mail","ttl":60}`, []string{"example.com. 60 IN MX 10 mail.example.com."}},
		{"Hetzner TXT", "hetznerdns_record.a", `{"zone_id":"z","name":"_dmarc","type":"TXT","value":"v=DMARC1; p=none","ttl":60}`, []string{`_dmarc.example.com. 60 IN TXT "v=DMARC1; p=none"`}},
		{"PowerDNS", "powerdns_record.a", `{"zone":"example.com.","name":"example.com.","type":"TXT","ttl":60,"records":["\"a\" \"b\"","c"]}`, []string{`example.com. 60 IN TXT "a" "b"`, "syntax example.com. TXT"}},
		{"Gandi", "gandi_livedns_record.a", `{"zone":"example.com","name":"@","type":"MX","ttl":10800,"values":["10 spool.mail.gandi.net.","50 mail"]}`, []string{"example.com. 10800 IN MX 10 spool.mail.gandi.net.", "example.com. 10800 IN MX 50 mail.example.com."}},
		{"OVH SPF", "ovh_domain_zone_record.a", `{"zone":"example.com","subdomain":"","fieldtype":"SPF","ttl":0,"target":"\"v=spf1 -all\""}`, []string{`example.com. 0 IN TXT "v=spf1 -all"`}},
		{"Azure MX", "azurerm_dns_mx_record.a", `{"zone_name":"example.com","resource_group_name":"g","name":"@","ttl":300,"record":[{"preference":"10","exchange":"mx.example.net"}]}`, []string{"example.com. 300 IN MX 10 mx.example.net."}},
		{"Azure TXT", "azurerm_dns_txt_record.a", `{"zone_name":"example.com","name":"_dmarc","ttl":300,"record":[{"value":"v=DMARC1; p=none"}]}`, []string{`_dmarc.example.com. 300 IN TXT "v=DMARC1; p=none"`}},
		{"Azure A", "azurerm_dns_a_record.a", `{"zone_name":"example.com","name":"www","ttl":300,"records":["192.0.2.1","192.0.2.2"]}`, []string{"www.example.com. 300 IN A 192.0.2.1", "www.example.com. 300 IN A 192.0.2.2"}},
		{"Azure alias", "azurerm_dns_a_record.a", `{"zone_name":"example.com","name":"www","ttl":300,"records":[],"target_resource_id":"/x"}`, []string{"computed www.example.com. A"}},
		{"Azure SRV", "azurerm_dns_srv_record.a", `{"zone_name":"example.com","name":"_imaps._tcp","ttl":300,"record":[{"priority":1,"weight":2,"port":993,"target":"i.example.net"}]}`, []string{"_imaps._tcp.example.com. 300 IN SRV 1 2 993 i.example.net."}},
		{"Azure CAA", "azurerm_dns_caa_record.a", `{"zone_name":"example.com","name":"@","ttl":300,"record":[{"flags":0,"tag":"issue","value":"ca.example"}]}`, []string{`example.com. 300 IN CAA 0 issue "ca.example"`}},
		{"a bad address", "cloudflare_dns_record.a", `{"zone_id":"z","name":"www","type":"A","content":"192.0.2.300","ttl":1}`, []string{"syntax www.example.com. A"}},
		{"a type of the provider's own", "hetznerdns_record.a", `{"zone_id":"z","name":"www","type":"ALIAS","value":"x","ttl":1}`, []string{"computed www.example.com. A", "computed www.example.com. AAAA"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			zones, err := Parse("plan.json", []byte(planOf(resourceOf(tc.address, tc.values))), Options{ZoneMap: map[string]string{"z": "example.com"}})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(append([]string{"zone example.com."}, tc.want...), listing(zones)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	for _, tc := range []struct {
		name, src string
		want      error
		text      string
	}{
		{"no plan", `{"a":1}`, ErrNotPlan, "not what"},
		{"no values", `{"format_version":"1.0"}`, ErrNotPlan, ""},
		{"a later version", `{"format_version":"2.0","planned_values":{}}`, ErrVersion, `it is "2.0"`},
		{"errors", `{"format_version":"1.2","errored":true,"planned_values":{}}`, ErrErrored, ""},
		{"an unknown zone", planOf(resourceOf("cloudflare_dns_record.a", `{"zone_id":"0123","name":"www","type":"A","content":"192.0.2.1"}`)), nil, `the domain name of the zone "0123" (of cloudflare_dns_record.a) is not in the file; give it with --zone-map '0123=example.com'`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Parse("plan.json", []byte(tc.src), Options{})
			if err == nil || tc.want != nil && !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("%v", err)
			}
		})
	}
}
