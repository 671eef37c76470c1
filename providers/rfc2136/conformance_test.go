package rfc2136_test

import (
	"slices"
	"testing"

	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/providers/rfc2136/rfc2136test"
	"github.com/zonelint/zonelint/zone"
)

func TestConformance(t *testing.T) {
	eachOf(t, slices.Concat(rfc2136test.Kinds(), rfc2136test.Signing()), func(t *testing.T, s *server) {
		providertest.Conformance(t, func(t *testing.T, records []zone.Record) providertest.Harness {
			s.reset(t, records)
			return providertest.Harness{Backend: s.writer(t), Truth: func() []zone.Record { return s.truth(t) }}
		})
	})
}
