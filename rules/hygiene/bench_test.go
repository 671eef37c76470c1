package hygiene

import (
	"bytes"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/workload"
)

func engineOf(b *testing.B, rs ...*rules.Rule) *rules.Engine {
	b.Helper()
	e, err := rules.NewEngine(rs, rules.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// BenchmarkLarge checks one zone of 200,000 records with each rule alone and
// with all.
func BenchmarkLarge(b *testing.B) {
	var src bytes.Buffer
	if err := workload.Large(&src, 200_000); err != nil {
		b.Fatal(err)
	}
	z, err := masterfile.Parse("large.zone", src.Bytes(), masterfile.Options{Origin: zone.MustName("example.com")})
	if err != nil {
		b.Fatal(err)
	}
	run := func(name string, rs ...*rules.Rule) {
		b.Run(name, func(b *testing.B) {
			e := engineOf(b, rs...)
			b.ReportAllocs()
			for b.Loop() {
				if fs := e.Run(z); len(fs) > 0 {
					b.Fatal(fs[0].Message)
				}
			}
		})
	}
	run("all", Rules()...)
	for _, r := range Rules() {
		run(r.ID, r)
	}
}

// BenchmarkSmall checks one zone of 25 records.
func BenchmarkSmall(b *testing.B) {
	var src bytes.Buffer
	name, err := workload.Small(&src, 1)
	if err != nil {
		b.Fatal(err)
	}
	z, err := masterfile.Parse(name, src.Bytes(), masterfile.Options{})
	if err != nil {
		b.Fatal(err)
	}
	e := engineOf(b, Rules()...)
	b.ReportAllocs()
	for b.Loop() {
		if fs := e.Run(z); len(fs) > 0 {
			b.Fatal(fs[0].Message)
		}
	}
}
