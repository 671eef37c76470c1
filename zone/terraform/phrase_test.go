package terraform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/zone"
)

// A change in the words of each provider. Records that stay in a set are told
// with it, and what is told reads as the record that was meant.
func TestPhrase(t *testing.T) {
	name := zone.MustName("example.com")
	for _, tc := range []struct {
		name, address, values string
		change                func(rs []zone.Record) zone.Change
		want                  string
	}{
		{
			"one of a set", "google_dns_record_set.a", `{"managed_zone":"z","name":"example.com.","type":"TXT","ttl":300,"rrdatas":["\"x\"","v=spf1 exists:%{i} -all"]}`,
			func(rs []zone.Record) zone.Change {
				fixed := rs[1]
				fixed.Data = zone.TextData("v=spf1 exists:%{i} -all")
				return zone.Replace(rs[1], fixed)
			},
			`google_dns_record_set.a: rrdatas = ["\"x\"", "\"v=spf1 exists:%%{i} -all\""]`,
		},
		{
			"one less", "aws_route53_record.a", `{"zone_id":"z","name":"","type":"TXT","ttl":300,"records":["a\"\"b","c"]}`,
			func(rs []zone.Record) zone.Change { return zone.Remove(rs[1]) },
			`aws_route53_record.a: records = ["a\"\"b"]`,
		},
		{
			"none left", "powerdns_record.a", `{"zone":"example.com.","name":"example.com.","type":"TXT","ttl":300,"records":["\"a\""]}`,
			func(rs []zone.Record) zone.Change { return zone.Remove(rs[0]) },
			`powerdns_record.a: remove it`,
		},
		{
			"one more", "aws_route53_record.a", `{"zone_id":"z","name":"","type":"MX","ttl":300,"records":["10 a"]}`,
			func([]zone.Record) zone.Change { return zone.Add(zone.NewMX(name, 300, 20, zone.MustName("b"))) },
			`aws_route53_record.a: records = ["10 a.", "20 b."]`,
		},
		{
			"a new set", "azurerm_dns_txt_record.a", `{"zone_name":"example.com","name":"@","ttl":300,"record":[{"value":"x"}]}`,
			func([]zone.Record) zone.Change { return zone.Add(zone.NewMX(name, 300, 20, zone.MustName("b"))) },
			`a new azurerm_dns_mx_record: name = "@", ttl = 300, record { preference = 20, exchange = "b" }`,
		},
		{
			"one record", "cloudflare_dns_record.a", `{"zone_id":"z","name":"example.com","type":"MX","content":"a","priority":0,"ttl":1}`,
			func(rs []zone.Record) zone.Change {
				return zone.Replace(rs[0], zone.NewMX(name, 300, 10, zone.MustName("mx.example.net")))
			},
			`cloudflare_dns_record.a: content = "mx.example.net", priority = 10`,
		},
		{
			"a new record", "ovh_domain_zone_record.a", `{"zone":"example.com","subdomain":"","fieldtype":"TXT","ttl":300,"target":"x"}`,
			func([]zone.Record) zone.Change { return zone.Add(zone.NewTXT(name, 60, `a "b"`)) },
			`a new ovh_domain_zone_record: subdomain = "", fieldtype = "TXT", ttl = 60, target = "\"a \\\"b\\\"\""`,
		},
		{
			"a record that goes", "hetznerdns_record.a", `{"zone_id":"z","name":"@","type":"TXT","value":"x","ttl":60}`,
			func(rs []zone.Record) zone.Change { return zone.Remove(rs[0]) },
			`hetznerdns_record.a: remove it`,
		},
		{
			"service", "digitalocean_record.a", `{"domain":"example.com","name":"@","type":"TXT","value":"x","ttl":60}`,
			func([]zone.Record) zone.Change {
				return zone.Add(zone.NewSRV(zone.MustName("_imaps._tcp.example.com"), 60, 1, 2, 993, zone.MustName("imap.example.net")))
			},
			`a new digitalocean_record: name = "_imaps._tcp", type = "SRV", ttl = 60, value = "imap.example.net.", priority = 1, weight = 2, port = 993`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			zones, err := Parse("plan.json", []byte(planOf(resourceOf(tc.address, tc.values))), Options{ZoneMap: map[string]string{"z": "example.com"}})
			if err != nil {
				t.Fatal(err)
			}
			var rs []zone.Record
			for r := range zones[0].Records() {
				rs = append(rs, r)
			}
			got := zones[0].Source.(zone.Phraser).Phrase(zones[0], tc.change(rs))
			if d := cmp.Diff(tc.want, strings.Join(got, "\n")); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}
