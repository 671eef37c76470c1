package spf_test

import (
	"fmt"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// BenchmarkRules checks a zone of 100,000 names with an SPF record, a DMARC
// record and a DKIM key each, in which there is nothing to find.
func BenchmarkRules(b *testing.B) {
	e, err := rules.NewEngine(spf.Rules(), rules.Options{})
	if err != nil {
		b.Fatal(err)
	}
	apex := zone.MustName("example.com")
	build := zone.NewBuilder(500_000)
	for i := range 100_000 {
		owner, err := apex.Child(fmt.Sprintf("h%d", i))
		if err != nil {
			b.Fatal(err)
		}
		build.Add(zone.Record{Name: owner, Type: zone.TypeA, Class: zone.ClassIN, TTL: 3600, Data: "\xc0\x00\x02\x01"})
		build.Add(zone.NewMX(owner, 3600, 10, apex))
		build.Add(zone.NewTXT(owner, 3600, "v=spf1 a mx ip4:192.0.2.0/24 include:_spf.example.net ~all"))
		build.Add(zone.NewTXT("\x06_dmarc"+owner, 3600, "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"))
		build.Add(zone.NewTXT("\x02s1\x0a_domainkey"+owner, 3600, "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ"))
	}
	z := build.Zone(apex)
	b.ReportAllocs()
	for b.Loop() {
		if fs := e.Run(z); len(fs) > 0 {
			b.Fatal(fs[0].Message)
		}
	}
}
