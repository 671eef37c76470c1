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
		server, apex, err := rfc2136.ParseTarget(target)
		if err != nil {
			return
		}
		whole, err := rfc2136.ParseServer(server)
		if err != nil {
			t.Fatalf("%q: %v", server, err)
		}
		if again, err := rfc2136.ParseServer(whole); err != nil || again != whole {
			t.Errorf("%q becomes %q: %v", whole, again, err)
		}
		if again, err := zone.ParseName(apex.String(), ""); err != nil || again != apex {
			t.Errorf("%q becomes %q: %v", apex, again, err)
		}
	})
}
