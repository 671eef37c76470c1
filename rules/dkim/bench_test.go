package dkim

import (
	"fmt"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// A record in which there is nothing to find costs no allocation.
func TestParseAllocates(t *testing.T) {
	text := "v=DKIM1; k=rsa; p=" + exampleKey
	buf := Parse(text, nil).Tags[:0]
	if n := testing.AllocsPerRun(100, func() { Parse(text, buf) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkRules checks a zone of 20,000 domains with a key each, in which
// there is nothing to find.
func BenchmarkRules(b *testing.B) {
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		b.Fatal(err)
	}
	apex := zone.MustName("example.com")
	build := zone.NewBuilder(20_000)
	for i := range 20_000 {
		owner, err := apex.Child(fmt.Sprintf("s1._domainkey.h%d", i))
		if err != nil {
			b.Fatal(err)
		}
		build.Add(zone.NewTXT(owner, 3600, "v=DKIM1; k=rsa; p="+exampleKey))
	}
	z := build.Zone(apex)
	b.ReportAllocs()
	for b.Loop() {
		if fs := e.Run(z); len(fs) > 0 {
			b.Fatal(fs[0].Message)
		}
	}
}
