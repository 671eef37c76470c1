package masterfile

import (
	"testing"

	"github.com/zonelint/zonelint/zone"
)

// RDATA in the generic form of RFC 3597 must be those of the type to the end.
func TestUnknownForm(t *testing.T) {
	for rdata, good := range map[string]bool{
		`A \# 4 c0000201`:       true,
		`A \# 0`:                false,
		`A \# 3 c00002`:         false,
		`AAAA \# 4 c0000201`:    false,
		`MX \# 4 000a 0161 `:    false,
		`MX \# 5 000a 016100`:   true,
		`MX \# 2 000a`:          false,
		`MX \# 0`:               false,
		`MX \# 6 000a 016100ff`: false,
		`SRV \# 6 000000010001`: false,
		`CNAME \# 0`:            false,
		`CNAME \# 1 00`:         true,
		`NS \# 2 c000`:          false,
		`SOA \# 0`:              false,
		`SOA \# 1 00`:           false,
		`SOA \# 22 0000 0000000100000001000000010000000100000001`: true,
		`TXT \# 0`:         false,
		`TXT \# 1 00`:      true,
		`TXT \# 2 0561`:    false,
		`APL \# 0`:         true,
		`TYPE65280 \# 0`:   true,
		`TYPE65280 \# 1 0`: false,
	} {
		z, err := Parse("x.zone", []byte("x 60 "+rdata+"\n"), Options{Origin: zone.MustName("example.com")})
		if err != nil {
			t.Fatal(err)
		}
		if got := z.Len() == 1; got != good || good != (len(z.Problems) == 0) {
			t.Errorf("%s: taken: %v, %v", rdata, got, z.Problems)
		}
	}
}
