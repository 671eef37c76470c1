package terraform

import (
	"testing"

	"github.com/zonelint/zonelint/zone"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(planOf(resourceOf("cloudflare_dns_record.a", `{"zone_id":"z","name":"example.com","type":"MX","content":"mx.example.net","priority":0,"ttl":1}`))))
	f.Add([]byte(planOf(resourceOf("aws_route53_record.a", `{"zone_id":"z","name":"a","type":"TXT","set_identifier":"x","records":["a\"\"b"]}`))))
	f.Add([]byte(planOf(resourceOf("google_dns_record_set.a", `{"managed_zone":"z","name":"a.","type":"TXT","routing_policy":[{"wrr":[{"rrdatas":["a b"]}]}]}`))))
	f.Add([]byte(planOf(resourceOf("azurerm_dns_caa_record.a", `{"zone_name":"z","name":"a","record":[{"flags":0,"tag":"a","value":"b"}]}`))))
	f.Add([]byte(`{"format_version":"1.2","planned_values":{"root_module":{"child_modules":[{"address":"module.a","resources":[{"address":"module.a.cloudflare_record.x[\"a]\"]","type":"cloudflare_record","values":{}}]}]}},` +
		`"resource_changes":[{"address":"module.a.cloudflare_record.x[\"a]\"]","type":"cloudflare_record","change":{"actions":["forget"],"after_unknown":{"zone_id":true}}}],` +
		`"configuration":{"root_module":{"module_calls":{"a":{"expressions":{"z":{"references":["module.a.z"]}},"module":{"outputs":{"z":{"expression":{"references":["var.z"]}}},"resources":[{"address":"cloudflare_record.x","expressions":{"zone_id":{"references":["var.z"]}}}]}}}}}}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		Is(src)
		zones, err := Parse("plan.json", src, Options{ZoneMap: map[string]string{"z": "example.com"}})
		if err != nil {
			return
		}
		for _, z := range zones {
			for r := range z.Records() {
				for kind := zone.PartRecord; kind <= zone.PartValue; kind++ {
					for _, p := range []zone.Part{{Kind: kind}, {Kind: kind, Index: 1, From: 1, To: 3}, {Kind: kind, Index: 2, From: 300, To: 300}} {
						s := r.Span(p)
						if s.Start.Offset < 0 || s.End.Offset > len(src) || s.Start.Offset > s.End.Offset {
							t.Fatalf("%s: %v", r, s)
						}
					}
				}
			}
			z.Source.Comments("cf")
		}
	})
}
