package transport

import (
	"fmt"
	"slices"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
)

const (
	hash  = "2b7d6cd8a2f2a0ee0ae4d2a2f9ff4d1a4cfc2ad8a9bb8ec1c0e04f47d1d2a3b4"
	owner = "_25._tcp.mail IN TLSA "
)

func TestTLSAFixes(t *testing.T) {
	for _, c := range []struct {
		name, zone    string
		changes, left []string
	}{
		{"usage 1", owner + "1 1 1 " + hash, []string{
			"-_25._tcp.mail.example.com. 3600 IN TLSA 1 1 1 " + hash,
			"+_25._tcp.mail.example.com. 3600 IN TLSA 3 1 1 " + hash,
		}, nil},
		{
			"usage 1 beside 3", owner + "1 1 1 " + hash + "\n" + owner + "3 1 1 " + hash,
			[]string{"-_25._tcp.mail.example.com. 3600 IN TLSA 1 1 1 " + hash},
			nil,
		},
		{"usage 0", owner + "0 1 1 " + hash, nil, []string{"tlsa-smtp-choice"}},
		{"another port", "_465._tcp.mail IN TLSA 1 1 1 " + hash, nil, nil},
		{"length", owner + "3 1 1 00", nil, []string{"tlsa-len"}},
		{"no data", owner + `\# 3 030100`, nil, []string{"tlsa-len"}},
		{"too short", owner + `\# 2 0301`, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, rules.ExampleHeader+c.zone+"\n", Rules(), rules.Unsafe)
			if !slices.Equal(changes, c.changes) {
				t.Errorf("changes:\n got %q\nwant %q", changes, c.changes)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

// FuzzTLSA compares the verdict on any RDATA with that of RFC 6698, section 2.1,
// written in another way.
func FuzzTLSA(f *testing.F) {
	f.Add([]byte{3, 1, 1}, uint16(25))
	f.Add(append([]byte{2, 0, 2}, make([]byte, 64)...), uint16(25))
	f.Add(append([]byte{0, 2, 1}, make([]byte, 32)...), uint16(443))
	f.Add([]byte{255, 255, 255}, uint16(25))
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, port uint16) {
		if len(data) > 60000 {
			return
		}
		b := zone.NewBuilder(1)
		b.Add(zone.Record{Name: zone.MustName(fmt.Sprintf("_%d._tcp.mail.example.com", port)), Type: zone.TypeTLSA, Class: zone.ClassIN, TTL: 3600, Data: string(data)})
		z := b.Zone(zone.MustName("example.com"))
		var want []string
		if len(data) >= 3 {
			usage, selector, matching, rest := data[0], data[1], data[2], len(data)-3
			if usage > 3 && usage < 255 {
				want = append(want, "tlsa-usage")
			}
			if selector > 1 && selector < 255 {
				want = append(want, "tlsa-selector")
			}
			if matching > 2 && matching < 255 {
				want = append(want, "tlsa-mtype")
			}
			if matching == 0 && rest == 0 || matching == 1 && rest != 32 || matching == 2 && rest != 64 {
				want = append(want, "tlsa-len")
			}
			if usage < 2 && port == 25 {
				want = append(want, "tlsa-smtp-choice")
			}
			if usage >= 2 && matching == 2 && port == 25 {
				want = append(want, "tlsa-no-sha256")
			}
		}
		if got := ruletest.IDs(e.Run(z)); !sameSet(got, want) {
			t.Fatalf("%x at port %d: got %q, want %q", data, port, got, want)
		}
		if _, err := e.Fix(z, rules.Unsafe); err != nil {
			t.Fatal(err)
		}
	})
}
