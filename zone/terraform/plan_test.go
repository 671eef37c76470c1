package terraform

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/zone"
)

// a plan of what changes: records that are made, changed, replaced, deleted and
// forgotten, and values that are not known or not to be shown.
const changing = `{
  "format_version": "1.2",
  "terraform_version": "1.9.0",
  "planned_values": {"root_module": {"resources": [
    {"address": "aws_route53_zone.main", "mode": "managed", "type": "aws_route53_zone", "name": "main", "values": {"zone_id": "Z1", "name": "example.com"}},
    {"address": "aws_route53_record.mx", "mode": "managed", "type": "aws_route53_record", "name": "mx",
      "values": {"zone_id": "Z1", "name": "example.com", "type": "MX", "ttl": 300, "records": ["10 mx.example.net"]}},
    {"address": "aws_route53_record.verify", "mode": "managed", "type": "aws_route53_record", "name": "verify",
      "values": {"zone_id": "Z1", "name": "verify", "type": "TXT", "ttl": 300, "records": [null]}},
    {"address": "aws_route53_record.made", "mode": "managed", "type": "aws_route53_record", "name": "made",
      "values": {"zone_id": "Z1", "type": "CNAME", "ttl": 300, "records": ["x.example.net"]}},
    {"address": "aws_route53_record.secret", "mode": "managed", "type": "aws_route53_record", "name": "secret",
      "values": {"zone_id": "Z1", "name": "secret", "type": "TXT", "ttl": 300, "records": ["hunter2"]}, "sensitive_values": {"records": true}},
    {"address": "aws_route53_record.old[0]", "mode": "managed", "type": "aws_route53_record", "name": "old",
      "values": {"zone_id": "Z1", "name": "replaced", "type": "A", "ttl": 300, "records": ["192.0.2.1"]}}
  ]}},
  "resource_changes": [
    {"address": "aws_route53_record.mx", "mode": "managed", "type": "aws_route53_record", "name": "mx", "change": {"actions": ["update"], "after_unknown": {"fqdn": true}}},
    {"address": "aws_route53_record.verify", "mode": "managed", "type": "aws_route53_record", "name": "verify",
      "change": {"actions": ["create"], "after_unknown": {"id": true, "fqdn": true, "records": [true]}, "after_sensitive": {"records": [false]}}},
    {"address": "aws_route53_record.made", "mode": "managed", "type": "aws_route53_record", "name": "made", "change": {"actions": ["create"], "after_unknown": {"name": true, "records": [false]}}},
    {"address": "aws_route53_record.gone", "mode": "managed", "type": "aws_route53_record", "name": "gone",
      "change": {"actions": ["delete"], "before": {"zone_id": "Z1", "name": "gone", "type": "A", "ttl": 300, "records": ["192.0.2.9"]}, "after": null}},
    {"address": "aws_route53_record.left", "mode": "managed", "type": "aws_route53_record", "name": "left",
      "change": {"actions": ["forget"], "before": {"zone_id": "Z1", "name": "left", "type": "A", "ttl": 300, "records": ["192.0.2.8"]}, "after": null}},
    {"address": "aws_route53_record.old[0]", "mode": "managed", "type": "aws_route53_record", "name": "old",
      "change": {"actions": ["delete", "create"], "before": {"zone_id": "Z1", "name": "old", "type": "A", "ttl": 300, "records": ["192.0.2.7"]}, "after_unknown": {"id": true}}},
    {"address": "aws_route53_record.old[0]", "mode": "managed", "type": "aws_route53_record", "name": "old", "deposed": "byebye",
      "change": {"actions": ["delete"], "before": {"zone_id": "Z1", "name": "deposed", "type": "A", "ttl": 300, "records": ["192.0.2.6"]}, "after_unknown": {"records": true}}}
  ]
}`

func TestPlan(t *testing.T) {
	zones, err := Parse("plan.json", []byte(changing), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"zone example.com.",
		"example.com. 300 IN MX 10 mx.example.net.",
		"replaced.example.com. 300 IN A 192.0.2.1",
		"left.example.com. 300 IN A 192.0.2.8",
		"hidden verify.example.com. TXT",
		"hidden  None",
		"hidden secret.example.com. TXT",
	}
	if d := cmp.Diff(want, listing(zones)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	for _, p := range zones[0].Problems {
		if strings.Contains(p.Message, "hunter2") {
			t.Errorf("a secret in %q", p.Message)
		}
	}
	if zones[0].Complete {
		t.Error("complete without being asked")
	}
	r := zones[0].RRset(zone.MustName("example.com"), zone.TypeMX)[0]
	for part, want := range map[zone.Part]string{
		zone.Field(1):                    "mx.example.net",
		{Kind: zone.PartOwner}:           "example.com",
		{Kind: zone.PartTTL}:             "300",
		{Kind: zone.PartType}:            "MX",
		{Kind: zone.PartRData}:           "10 mx.example.net",
		zone.TextPart(0, 2):              "10",
		{Kind: zone.PartField, Index: 9}: "10 mx.example.net",
	} {
		s := r.Span(part)
		if got := changing[s.Start.Offset:s.End.Offset]; got != want || s.Start.Line != 7 || s.Address != "aws_route53_record.mx" {
			t.Errorf("%v: %s %q\nwant %s", part, s, got, want)
		}
	}
	if s := r.Span(zone.Part{}); s.String() != "plan.json:6:5" || s.End.Line != 7 {
		t.Error(s)
	}
}

// Zones that are made in the same plan have no id: the configuration says which
// zone a record refers to, through modules, variables and outputs.
func TestReferences(t *testing.T) {
	const src = `{
  "format_version": "1.2",
  "planned_values": {"root_module": {
    "resources": [
      {"address": "cloudflare_zone.main", "mode": "managed", "type": "cloudflare_zone", "values": {"name": "example.com"}},
      {"address": "cloudflare_zone.each[\"a.b\"]", "mode": "managed", "type": "cloudflare_zone", "values": {"name": "a.example"}},
      {"address": "cloudflare_zone.each[\"c\"]", "mode": "managed", "type": "cloudflare_zone", "values": {"name": "c.example"}},
      {"address": "cloudflare_dns_record.main", "mode": "managed", "type": "cloudflare_dns_record", "values": {"name": "www", "type": "A", "content": "192.0.2.1", "ttl": 60}},
      {"address": "cloudflare_dns_record.each[\"c\"]", "mode": "managed", "type": "cloudflare_dns_record", "values": {"name": "www", "type": "A", "content": "192.0.2.2", "ttl": 60}},
      {"address": "cloudflare_dns_record.output", "mode": "managed", "type": "cloudflare_dns_record", "values": {"name": "www", "type": "A", "content": "192.0.2.3", "ttl": 60}}
    ],
    "child_modules": [
      {"address": "module.dns[\"x.y\"]", "resources": [
        {"address": "module.dns[\"x.y\"].cloudflare_dns_record.in[0]", "mode": "managed", "type": "cloudflare_dns_record", "values": {"name": "in", "type": "A", "content": "192.0.2.4", "ttl": 60}}
      ]},
      {"address": "module.many", "resources": [
        {"address": "module.many.cloudflare_dns_record.r[\"c\"]", "mode": "managed", "type": "cloudflare_dns_record", "values": {"name": "many", "type": "A", "content": "192.0.2.5", "ttl": 60}}
      ]},
      {"address": "module.zone", "resources": [
        {"address": "module.zone.cloudflare_zone.this", "mode": "managed", "type": "cloudflare_zone", "values": {"name": "module.example"}}
      ]}
    ]
  }},
  "resource_changes": [
    {"address": "cloudflare_dns_record.main", "type": "cloudflare_dns_record", "change": {"actions": ["create"], "after_unknown": {"zone_id": true}}}
  ],
  "configuration": {"root_module": {
    "resources": [
      {"address": "cloudflare_dns_record.main", "expressions": {"zone_id": {"references": ["cloudflare_zone.main.id", "cloudflare_zone.main"]}}},
      {"address": "cloudflare_dns_record.each", "expressions": {"zone_id": {"references": ["cloudflare_zone.each", "each.key"]}}},
      {"address": "cloudflare_dns_record.output", "expressions": {"zone_id": {"references": ["module.zone.id", "module.zone"]}}}
    ],
    "module_calls": {
      "dns": {"expressions": {"zone": {"references": ["cloudflare_zone.main.id", "cloudflare_zone.main"]}}, "module": {
        "resources": [{"address": "cloudflare_dns_record.in", "expressions": {"zone_id": {"references": ["var.zone"]}}}]
      }},
      "many": {"expressions": {"zones": {"references": ["cloudflare_zone.each"]}}, "module": {
        "resources": [{"address": "cloudflare_dns_record.r", "expressions": {"zone_id": {"references": ["var.zones", "each.key"]}}}]
      }},
      "zone": {"module": {"outputs": {"id": {"expression": {"references": ["cloudflare_zone.this.id", "cloudflare_zone.this"]}}}}}
    }
  }}
}`
	zones, err := Parse("plan.json", []byte(src), Options{Complete: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"zone example.com.", "www.example.com. 60 IN A 192.0.2.1", "in.example.com. 60 IN A 192.0.2.4",
		"zone c.example.", "www.c.example. 60 IN A 192.0.2.2", "many.c.example. 60 IN A 192.0.2.5",
		"zone module.example.", "www.module.example. 60 IN A 192.0.2.3",
	}
	if d := cmp.Diff(want, listing(zones)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if !zones[0].Complete {
		t.Error("not complete")
	}
	// Of several zones the one with the index of the record is meant only where
	// the expression speaks of it.
	var unknown *UnknownZoneError
	_, err = Parse("plan.json", []byte(strings.Replace(src, `["var.zones", "each.key"]`, `["var.zones"]`, 1)), Options{})
	if !errors.As(err, &unknown) || len(unknown.Zones) != 1 || unknown.Zones[0].Address != `module.many.cloudflare_dns_record.r["c"]` {
		t.Error(err)
	}
}

// Zones of one name are kept apart: private from public, and by resource group.
// A data source names a zone too.
func TestZonesOfOneName(t *testing.T) {
	const src = `{
  "format_version": "1.2",
  "prior_state": {"values": {"root_module": {"resources": [
    {"address": "data.aws_route53_zone.public", "mode": "data", "type": "aws_route53_zone", "values": {"id": "/hostedzone/Z1", "zone_id": "Z1", "name": "example.com"}},
    {"address": "aws_route53_record.past", "mode": "managed", "type": "aws_route53_record", "values": {"zone_id": "Z1", "name": "past", "type": "A", "ttl": 60, "records": ["192.0.2.1"]}}
  ]}}},
  "planned_values": {"root_module": {"resources": [
    {"address": "aws_route53_zone.private", "mode": "managed", "type": "aws_route53_zone", "values": {"zone_id": "Z2", "name": "example.com", "vpc": [{"vpc_id": "x"}]}},
    {"address": "aws_route53_record.a", "mode": "managed", "type": "aws_route53_record", "values": {"zone_id": "Z1", "name": "www", "type": "A", "ttl": 60, "records": ["192.0.2.1"]}},
    {"address": "aws_route53_record.b", "mode": "managed", "type": "aws_route53_record", "values": {"zone_id": "Z2", "name": "www", "type": "A", "ttl": 60, "records": ["10.0.0.1"]}},
    {"address": "azurerm_dns_a_record.c", "mode": "managed", "type": "azurerm_dns_a_record", "values": {"zone_name": "example.com", "resource_group_name": "one", "name": "www", "ttl": 60, "records": ["192.0.2.3"]}},
    {"address": "azurerm_dns_a_record.d", "mode": "managed", "type": "azurerm_dns_a_record", "values": {"zone_name": "example.com", "resource_group_name": "two", "name": "www", "ttl": 60, "records": ["192.0.2.4"]}}
  ]}}
}`
	zones, err := Parse("plan.json", []byte(src), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"zone example.com.", "www.example.com. 60 IN A 192.0.2.1",
		"zone example.com.", "www.example.com. 60 IN A 10.0.0.1",
		"zone example.com.", "www.example.com. 60 IN A 192.0.2.3",
		"zone example.com.", "www.example.com. 60 IN A 192.0.2.4",
	}
	if d := cmp.Diff(want, listing(zones)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// Records that answer in turn are never taken for one RRset.
func TestAlternatives(t *testing.T) {
	zones, err := Parse("plan.json", []byte(planOf(
		resourceOf("aws_route53_record.a", `{"zone_id":"z","name":"","type":"TXT","ttl":60,"set_identifier":"blue","records":["v=spf1 -all"]}`),
		resourceOf("aws_route53_record.b", `{"zone_id":"z","name":"","type":"TXT","ttl":60,"set_identifier":"green","records":["v=spf1 mx -all", "x"]}`),
		resourceOf("aws_route53_record.c", `{"zone_id":"z","name":"","type":"MX","ttl":60,"records":["10 mx"]}`),
		resourceOf("google_dns_record_set.d", `{"managed_zone":"z2","name":"b.example.","type":"A","ttl":60,"routing_policy":[{"geo":[{"location":"x","rrdatas":["192.0.2.1"]},{"location":"y","rrdatas":["192.0.2.2"]}]}]}`),
	)), Options{Complete: true, ZoneMap: map[string]string{"z": "a.example", "z2": "b.example"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"zone a.example.", `a.example. 60 IN TXT "v=spf1 -all"`, "a.example. 60 IN MX 10 mx.",
		"zone a.example.", `a.example. 60 IN TXT "v=spf1 mx -all"`, `a.example. 60 IN TXT "x"`,
		"zone b.example.", "b.example. 60 IN A 192.0.2.1",
		"zone b.example.", "b.example. 60 IN A 192.0.2.2",
	}
	if d := cmp.Diff(want, listing(zones)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	for i, want := range []bool{true, false, true, false} {
		if zones[i].Complete != want {
			t.Errorf("zone %d: complete %v", i, !want)
		}
	}
}

// A state has the same form, without changes.
func TestState(t *testing.T) {
	zones, err := Parse("state.json", []byte(`{"format_version":"1.0","values":{"root_module":{"resources":[`+
		resourceOf("hetznerdns_zone.a", `{"id":"abc","name":"example.com"}`)+","+
		resourceOf("hetznerdns_record.b", `{"zone_id":"abc","name":"@","type":"A","value":"192.0.2.1","ttl":60}`)+`]}}}`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"zone example.com.", "example.com. 60 IN A 192.0.2.1"}, listing(zones)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// What would cost much is refused.
func TestLimits(t *testing.T) {
	record := resourceOf("powerdns_record.a", `{"zone":"example.com.","name":"a.example.com.","type":"A","ttl":60,"records":["192.0.2.1","192.0.2.2"]}`)
	for limit, ok := range map[int]bool{2: false, 3: true} {
		if _, err := Parse("plan.json", []byte(planOf(record)), Options{Records: limit}); (err == nil) != ok {
			t.Errorf("%d: %v", limit, err)
		}
	}
	deep := `{"format_version":"1.0","values":{"root_module":` + strings.Repeat(`{"child_modules":[`, 230) + strings.Repeat("]}", 230) + "}}"
	if _, err := Parse("plan.json", []byte(deep), Options{}); err == nil {
		t.Error("modules within each other without end")
	}
}
