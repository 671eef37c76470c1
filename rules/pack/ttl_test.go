package pack

import (
	"testing"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

func TestNewTTL(t *testing.T) {
	const soa = "@ 86400 IN SOA ns1.example.net. hostmaster.example.net. 1 7200 3600 1209600 3600\n"
	tests := []struct {
		name, zone string
		want       uint32
	}{
		{"SOA alone", soa, 86400},
		{"nothing at the apex", "www 60 IN A 192.0.2.1\n", 60},
		{"the only other RRset", soa + "@ 7200 IN NS a.example.net.\n", 7200},
		{"most of the RRsets", soa + "@ 7200 IN NS a.example.net.\n@ 300 IN A 192.0.2.1\n@ 300 IN AAAA 2001:db8::1\n", 300},
		{"an RRset counts once", soa + "@ 60 IN A 192.0.2.1\n@ 60 IN A 192.0.2.2\n@ 7200 IN NS a.example.net.\n@ 7200 IN CAA 0 issue \"ca.example\"\n", 7200},
		{"the first of equals", soa + "@ 7200 IN NS a.example.net.\n@ 300 IN A 192.0.2.1\n", 7200},
		{"the RRset itself", soa + "@ 7200 IN NS a.example.net.\n@ 60 IN MX 10 mail.example.net.\n@ 7200 IN TXT \"x\"\n", 60},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apex := zone.MustName("example.com")
			z, err := masterfile.Parse("x", []byte(tt.zone), masterfile.Options{Origin: apex})
			if err != nil {
				t.Fatal(err)
			}
			if got := newTTL(z, apex, zone.TypeMX); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
