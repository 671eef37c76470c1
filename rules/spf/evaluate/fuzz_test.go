package evaluate_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/spf/evaluate"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// Whatever two records, a text and an envelope hold: no panic, an end within the
// limits, and places that lie in their records.
func FuzzEvaluate(f *testing.F) {
	f.Add("v=spf1 a mx include:b.example.com -all exp=%{l}.example.com", "v=spf1 ptr exists:%{ir}.%{p}.%{d2} redirect=example.com", "%{c} %{S} %{t}", "user@example.com", "mail.example.com", "192.0.2.1")
	f.Add("v=spf1 include:example.com", "", "", "@example.com", "", "2001:db8::1")
	f.Add("v=spf1 a:%{h}.%{H} mx:%{s9r-.} ip4:192.0.2.0/24 ip6:2001:db8::/32 ~all", "v=spf1", "\x00", "", "example.com", "::ffff:192.0.2.1")
	f.Add("v=spf1 redirect=%{l}", "", "", "b.example.com@example.com", "x", "fe80::1%eth0")
	f.Fuzz(func(t *testing.T, first, second, text, sender, helo, ip string) {
		if len(first) > 60000 || len(second) > 60000 || len(text) > 60000 {
			return
		}
		apex := zone.MustName("example.com")
		b := zone.NewBuilder(8)
		b.Add(zone.NewTXT(apex, 60, first))
		b.Add(zone.NewTXT(zone.MustName("b.example.com"), 60, second))
		b.Add(zone.NewTXT(zone.MustName("user.example.com"), 60, text))
		b.Add(zone.NewMX(apex, 60, 10, zone.MustName("mail.example.com")))
		b.Add(zone.NewName(zone.MustName("c.example.com"), zone.TypeCNAME, 60, apex))
		z := b.Zone(apex)
		z.Complete = len(first)%2 == 0
		addr, _ := netip.ParseAddr(ip)
		q := evaluate.Query{Zone: z, IP: addr, Sender: sender, Helo: helo}
		if len(second)%2 == 0 {
			q.Servers = []resolve.Server{resolve.NewWorld(nil)}
		}
		v := evaluate.Evaluate(q)
		if v.Lookups > evaluate.MaxLookups+1 || v.Voids > evaluate.MaxVoids+1 {
			t.Errorf("%d lookups, %d void", v.Lookups, v.Voids)
		}
		if (v.Result == evaluate.Unknown) != (len(v.Gaps) > 0) && v.Result == evaluate.Unknown {
			t.Errorf("unknown, but nothing is")
		}
		if v.Result != evaluate.Unknown && v.Otherwise != evaluate.Unknown {
			t.Errorf("%s or %s", v.Result, v.Otherwise)
		}
		for _, s := range v.Trace {
			if s.Record.Text()[s.From:s.To] != s.Text || s.Depth > evaluate.MaxLookups {
				t.Errorf("%+v", s)
			}
		}
		for _, p := range v.Path {
			if p.Record.Text()[p.From:p.To] != p.Text {
				t.Errorf("%+v", p)
			}
		}
		if v.Explanation != "" && (v.Result != evaluate.Fail && v.Otherwise != evaluate.Fail || strings.IndexFunc(v.Explanation, func(r rune) bool { return r > '~' }) >= 0) {
			t.Errorf("%s with %q", v.Result, v.Explanation)
		}
	})
}
