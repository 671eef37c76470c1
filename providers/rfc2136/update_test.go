package rfc2136_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/rfc2136"
)

// sections writes prerequisites and updates as "owner TTL class type RDATA".
func sections(rrs []dns.RR) []string {
	var out []string
	for _, rr := range rrs {
		l := strings.Fields(strings.Replace(rr.String(), "CLASS255", "ANY", 1))
		if rr.Header().Rdlength == 0 {
			l = l[:4] // the fields of RDATA that is not there
		}
		out = append(out, strings.Join(l, " "))
	}
	return out
}

// otherTypes are the prerequisites that nothing but A and CNAME is at x.
var otherTypes = func() []string {
	var out []string
	for _, t := range strings.Fields("AAAA MX TXT SRV NS DS PTR CAA TLSA HTTPS SVCB DNAME SSHFP NAPTR URI SPF HINFO LOC RP SMIMEA OPENPGPKEY") {
		out = append(out, "x.example.com. 0 NONE "+t)
	}
	return out
}()

func TestMessage(t *testing.T) {
	for _, tc := range []struct {
		name               string
		gone, come         []string
		stays              map[string]string // one more record before and after, by owner and type
		signed             bool
		prerequisites, ups []string
	}{
		{
			name: "a record comes", come: []string{"x 300 MX 10 a.example."},
			prerequisites: []string{"x.example.com. 0 NONE MX", "x.example.com. 0 NONE CNAME"},
			ups:           []string{"x.example.com. 300 IN MX 10 a.example."},
		},
		{
			name: "a record goes", gone: []string{"x 300 MX 10 a.example."},
			prerequisites: []string{"x.example.com. 0 IN MX 10 a.example."},
			ups:           []string{"x.example.com. 0 ANY MX"},
		},
		{
			name: "one of two", gone: []string{"x 300 MX 10 a.example."}, come: []string{"x 300 MX 5 c.example."}, stays: map[string]string{"x MX": "x 300 MX 20 b.example."},
			prerequisites: []string{"x.example.com. 0 IN MX 10 a.example.", "x.example.com. 0 IN MX 20 b.example."},
			ups:           []string{"x.example.com. 0 NONE MX 10 a.example.", "x.example.com. 300 IN MX 5 c.example."},
		},
		{
			name: "another TTL", gone: []string{"x 300 MX 10 a.example."}, come: []string{"x 600 MX 10 a.example."},
			prerequisites: []string{"x.example.com. 0 IN MX 10 a.example."},
			ups:           []string{"x.example.com. 0 ANY MX", "x.example.com. 600 IN MX 10 a.example."},
		},
		{
			name: "an alias comes", come: []string{"x 300 CNAME a.example."},
			prerequisites: []string{"x.example.com. 0 NONE CNAME", "x.example.com. 0 NONE ANY"},
			ups:           []string{"x.example.com. 300 IN CNAME a.example."},
		},
		{
			name: "an alias in place of addresses, in the wrong order", come: []string{"x 300 CNAME a.example."}, gone: []string{"x 300 A 192.0.2.1"},
			prerequisites: append([]string{"x.example.com. 0 IN A 192.0.2.1", "x.example.com. 0 NONE CNAME"}, otherTypes...),
			ups:           []string{"x.example.com. 0 ANY A", "x.example.com. 300 IN CNAME a.example."},
		},
		{
			name: "an alias in place of addresses in a signed zone", come: []string{"x 300 CNAME a.example."}, gone: []string{"x 300 A 192.0.2.1"}, signed: true,
			prerequisites: append([]string{"x.example.com. 0 IN A 192.0.2.1", "x.example.com. 0 NONE CNAME"}, otherTypes...),
			ups:           []string{"x.example.com. 0 ANY A", "x.example.com. 0 ANY ANY", "x.example.com. 300 IN CNAME a.example."},
		},
		{
			name: "an address in place of an alias", come: []string{"x 300 A 192.0.2.1"}, gone: []string{"x 300 CNAME a.example."},
			prerequisites: []string{"x.example.com. 0 IN CNAME a.example.", "x.example.com. 0 NONE A"},
			ups:           []string{"x.example.com. 0 ANY CNAME", "x.example.com. 300 IN A 192.0.2.1"},
		},
		{
			name: "another alias", come: []string{"x 600 CNAME b.example."}, gone: []string{"x 300 CNAME a.example."}, signed: true,
			prerequisites: []string{"x.example.com. 0 IN CNAME a.example."},
			ups:           []string{"x.example.com. 600 IN CNAME b.example."},
		},
		{
			name: "a text that is cut otherwise", gone: []string{`x 300 TXT "a" "b"`}, come: []string{`x 300 TXT "ab"`},
			prerequisites: []string{`x.example.com. 0 IN TXT "a" "b"`},
			ups:           []string{"x.example.com. 0 ANY TXT", `x.example.com. 300 IN TXT "ab"`},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := step(t, tc.gone, tc.come)
			for i, st := range s.RRsets {
				if l := tc.stays[strings.TrimSuffix(st.Key.Name.Relative(example), ".")+" "+st.Key.Type.String()]; l != "" {
					both := step(t, []string{l}, nil).RRsets[0].Before[0]
					s.RRsets[i].Before = append(st.Before, both)
					s.RRsets[i].After = append([]providers.Item{both}, st.After...)
				}
			}
			m, err := rfc2136.Message(example, s, tc.signed)
			if err != nil {
				t.Fatal(err)
			}
			// As the server reads it.
			raw, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			var got dns.Msg
			if err := got.Unpack(raw); err != nil {
				t.Fatal(err)
			}
			if got.Opcode != dns.OpcodeUpdate || got.RecursionDesired || len(got.Question) != 1 || got.Question[0] != (dns.Question{Name: "example.com.", Qtype: dns.TypeSOA, Qclass: dns.ClassINET}) {
				t.Errorf("%v", got)
			}
			if d := cmp.Diff(tc.prerequisites, sections(got.Answer)); d != "" {
				t.Errorf("prerequisites (-want +got)\n%s", d)
			}
			if d := cmp.Diff(tc.ups, sections(got.Ns)); d != "" {
				t.Errorf("updates (-want +got)\n%s", d)
			}
		})
	}
}
