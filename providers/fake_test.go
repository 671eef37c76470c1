package providers_test

import (
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// The provider in memory passes its own tests, with few limits and with many.
func TestConformance(t *testing.T) {
	odd := providers.Capabilities{RRsetTTL: true, MinTTL: 600, NoNullMX: true, TextASCII: true, MaxText: 100, Types: []zone.Type{zone.TypeA, zone.TypeMX, zone.TypeTXT}}
	for _, k := range []struct {
		name string
		caps providers.Capabilities
	}{kinds[0], kinds[4], {"odd", odd}} {
		t.Run(k.name, func(t *testing.T) {
			providertest.Conformance(t, func(t *testing.T, rs []zone.Record) providertest.Harness {
				f := providertest.NewFake(providertest.Apex, k.caps, rs...)
				return providertest.Harness{Backend: f, Truth: func() []zone.Record {
					var out []zone.Record
					for _, it := range f.Items() {
						out = append(out, it.Record)
					}
					return out
				}}
			})
		})
	}
}
