package rfc2136_test

import (
	"testing"

	"github.com/zonelint/zonelint/providers/rfc2136"
	"github.com/zonelint/zonelint/zone"
)

// A target that is taken has a server that is taken again as it was completed,
// and a zone that has a name.
func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"axfr://ns1.example.net/example.com", "axfr://[2001:db8::1]:54/a%2Fb.example.", "axfr://192.0.2.1:53/.", "axfr://[::1/x", "AXFR:///"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, target string) {
		got, err := rfc2136.ParseTarget(target)
		if err != nil {
			return
		}
		if again, err := rfc2136.ParseServer(got.Server); err != nil || again != got.Server {
			t.Errorf("%q becomes %q: %v", got.Server, again, err)
		}
		if again, err := zone.ParseName(got.Zone.String(), ""); err != nil || again != got.Zone {
			t.Errorf("%q becomes %q: %v", got.Zone, again, err)
		}
	})
}
