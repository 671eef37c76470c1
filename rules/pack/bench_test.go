package pack_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// Small zones of the usual size: of one's own mail server, of a host, and of a
// host with a sender; the last lacks a key.
var smallZones = map[string]string{
	"own":  web + "@ IN MX 10 mail\nmail IN A 192.0.2.2\n" + spfRecord("v=spf1 mx -all") + goodDMARC + unrelated,
	"host": web + m365 + unrelated,
	"sender": web + newGoogleMX + spfRecord("v=spf1 include:_spf.google.com include:sendgrid.net ~all") + goodDMARC +
		"s1._domainkey IN CNAME s1.domainkey.u123.wl4.sendgrid.net.\ns2._domainkey IN CNAME s2.domainkey.u123.wl4.sendgrid.net.\n" +
		"em7 IN CNAME u123.wl4.sendgrid.net.\n" + unrelated,
}

// What the packs cost in the check of a small zone: compare with those without.
func BenchmarkSmallZone(b *testing.B) {
	for name, src := range smallZones {
		for what, s := range map[string]pack.Selector{"packs": {All: pack.Builtin()}, "none": {}} {
			b.Run(name+"/"+what, func(b *testing.B) {
				e, err := rules.NewEngine(all.Rules(s), rules.Options{})
				if err != nil {
					b.Fatal(err)
				}
				z, err := masterfile.Parse("small.zone", []byte(src), masterfile.Options{Origin: zone.MustName("example.com")})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					e.Run(z)
				}
			})
		}
	}
}

// What reading all packs costs at the start of the program.
func BenchmarkParseBuiltin(b *testing.B) {
	files, err := filepath.Glob("data/*.yaml")
	if err != nil {
		b.Fatal(err)
	}
	var src [][]byte
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		src = append(src, data)
	}
	b.ReportAllocs()
	for b.Loop() {
		for i, data := range src {
			if _, err := pack.Parse(files[i], data); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkNewDetector(b *testing.B) {
	s := pack.Selector{All: pack.Builtin()}
	b.ReportAllocs()
	for b.Loop() {
		pack.NewDetector(s)
	}
}
