package cloudflare_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/providers/cloudflare"
	"github.com/zonelint/zonelint/providers/cloudflare/cloudflaretest"
)

func TestProxiedMailHosts(t *testing.T) {
	proxied := func(typ, name, content string) object {
		return object{"type": typ, "name": name, "content": content, "proxied": true}
	}
	mx := func(name, target string) object {
		return object{"type": "MX", "name": name, "content": target, "priority": 10}
	}
	srv := func(name, target string) object {
		return object{"type": "SRV", "name": name, "data": map[string]any{"priority": 0, "weight": 1, "port": 993, "target": target}}
	}
	txt := func(name, text string) object { return object{"type": "TXT", "name": name, "content": text} }
	for _, tc := range []struct {
		name string
		zone []object
		want []string // use, host, owner of the proxied record, owner of what names it
	}{
		{"nothing proxied", []object{mx("@", "mail.example.com"), {"type": "A", "name": "mail", "content": "192.0.2.1"}}, nil},
		{"proxied web", []object{mx("@", "mail.example.com"), {"type": "A", "name": "mail", "content": "192.0.2.1"}, proxied("A", "@", "192.0.2.1"), proxied("A", "www", "192.0.2.1")}, nil},
		{"proxied MX host", []object{mx("@", "mail.example.com"), proxied("A", "mail", "192.0.2.1"), proxied("AAAA", "mail", "2001:db8::1")}, []string{"MX mail mail @"}},
		{"of several names", []object{mx("@", "mail.example.com"), mx("sub", "mail.example.com"), proxied("A", "mail", "192.0.2.1")}, []string{"MX mail mail @"}},
		{"the top as MX host", []object{mx("@", "example.com"), proxied("A", "@", "192.0.2.1")}, []string{"MX @ @ @"}},
		{"MX host through an alias", []object{mx("@", "mail.example.com"), {"type": "CNAME", "name": "mail", "content": "web.example.com"}, proxied("A", "web", "192.0.2.1")}, []string{"MX mail web @"}},
		{"MX host through a proxied alias", []object{mx("@", "mail.example.com"), proxied("CNAME", "mail", "mx.host.example")}, []string{"MX mail mail @"}},
		{"MX host through a wildcard", []object{mx("@", "mail.example.com"), proxied("A", "*", "192.0.2.1")}, []string{"MX mail * @"}},
		{"MX host outside of the zone", []object{mx("@", "mail.host.example"), proxied("A", "*", "192.0.2.1")}, nil},
		{"aliases in a circle", []object{mx("@", "a.example.com"), {"type": "CNAME", "name": "a", "content": "b.example.com"}, {"type": "CNAME", "name": "b", "content": "a.example.com"}, proxied("A", "www", "192.0.2.1")}, nil},
		{"null MX", []object{mx("@", "."), proxied("A", "@", "192.0.2.1")}, nil},
		{"IMAP host", []object{srv("_imaps._tcp", "imap.example.com"), proxied("A", "imap", "192.0.2.1")}, []string{"SRV imap imap _imaps._tcp"}},
		{"autodiscover", []object{srv("_autodiscover._tcp", "web.example.com"), proxied("A", "web", "192.0.2.1")}, nil},
		{"SPF a", []object{txt("@", `"v=spf1 a mx a:relay.example.com/24 a:%{d} -a:no.example.com ~all"`), proxied("A", "@", "192.0.2.1"), proxied("A", "relay", "192.0.2.1"), proxied("A", "no", "192.0.2.1")}, []string{"SPF @ @ @", "SPF relay relay @"}},
		{"another text", []object{txt("@", `"about a:www.example.com"`), proxied("A", "www", "192.0.2.1")}, nil},
		{"DKIM by a proxied alias", []object{proxied("CNAME", "s1._domainkey", "s1.host.example"), proxied("CNAME", "_dmarc", "d.host.example"), proxied("CNAME", "www", "w.example")}, []string{"text s1._domainkey s1._domainkey s1._domainkey", "text _dmarc _dmarc _dmarc"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := cloudflaretest.New(t)
			s.AddZone("example.com", tc.zone...)
			var got []string
			for _, h := range cloudflare.ProxiedMailHosts(snapshot(t, open(t, s, cloudflaretest.GoodToken))) {
				got = append(got, fmt.Sprint(h.Use, " ", h.Name.Relative(example), " ", h.Record.Name.Relative(example), " ", h.By.Name.Relative(example)))
				m := h.Message()
				if !strings.Contains(m, h.Name.String()) || !strings.Contains(m, "to DNS only.") || strings.Contains(m, "%!") || strings.Contains(m, "  ") {
					t.Errorf("message %q", m)
				}
				if h.ID == "" {
					t.Error("no id")
				}
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}
