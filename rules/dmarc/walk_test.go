package dmarc

import (
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

// world returns a Pass in a DNS that has nothing but the DMARC records of the
// given domains, each "domain record".
func world(t *testing.T, records ...string) *rules.Pass {
	t.Helper()
	var b strings.Builder
	b.WriteString("$TTL 60\n. SOA ns. h. 1 2 3 4 5\n")
	for _, r := range records {
		domain, text, _ := strings.Cut(r, " ")
		b.WriteString("_dmarc." + domain + ". TXT \"v=DMARC1; " + text + "\"\n")
	}
	z, err := masterfile.Parse("root", []byte(b.String()), masterfile.Options{Origin: zone.Root})
	if err != nil {
		t.Fatal(err)
	}
	return &rules.Pass{Zone: z, Servers: []resolve.Server{resolve.NewWorld(nil)}}
}

// The examples of RFC 9989, section 4.10.2, and what follows from its steps.
func TestOrganizationalDomain(t *testing.T) {
	for _, c := range []struct {
		name    string
		records []string
		domain  string
		org     string
	}{
		{"the fewest labels", []string{"mail.example.com p=none", "example.com p=none"}, "a.mail.example.com", "example.com"},
		{"psd=n", []string{"mail.example.com p=none; psd=n", "example.com p=none"}, "a.mail.example.com", "mail.example.com"},
		{"psd=y above", []string{"com p=none; psd=y"}, "a.mail.example.com", "example.com"},
		{"psd=y at the start", []string{"example.com p=none; psd=y"}, "example.com", "example.com"},
		{"psd=y at the start and above", []string{"a.bank.example p=none; psd=y", "bank.example p=none; psd=y"}, "a.bank.example", "a.bank.example"},
		{"no record", nil, "a.mail.example.com", "a.mail.example.com"},
		{"psd=u", []string{"mail.example.com p=none; psd=u", "example.com p=none"}, "a.mail.example.com", "example.com"},
		{"the public suffix without psd", []string{"example.com p=none", "com p=none"}, "example.com", "com"},
		{"nine labels", []string{"b.c.d.e.f.g.example.com p=none; psd=n", "example.com p=none"}, "a.b.c.d.e.f.g.example.com", "example.com"},
		{"eight labels", []string{"c.d.e.f.g.example.com p=none; psd=n", "example.com p=none"}, "b.c.d.e.f.g.example.com", "c.d.e.f.g.example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := walk(world(t, c.records...), zone.MustName(c.domain), true); got.org != zone.MustName(c.org) || got.state == open {
				t.Errorf("got %s (state %d), want %s", got.org, got.state, c.org)
			}
		})
	}
}

// What each kind of receiver does with mail of a domain that exists.
func TestPolicyDiscovery(t *testing.T) {
	for _, c := range []struct {
		name         string
		records      []string
		domain       string
		newer, older string
	}{
		{"its own", []string{"example.org p=reject; sp=quarantine; np=none"}, "example.org", "the policy reject of example.org.", ""},
		{"a subdomain", []string{"example.org p=reject; sp=quarantine; np=none"}, "sub.example.org", "the policy quarantine of example.org.", ""},
		{"no sp", []string{"example.org p=reject; np=none"}, "sub.example.org", "the policy reject of example.org.", ""},
		{"no p, with reports", []string{"example.org sp=reject; rua=mailto:d@example.org"}, "sub.example.org", "the policy none of example.org.", ""},
		{"no p, without reports", []string{"example.org sp=reject; np=reject"}, "sub.example.org", "no valid policy at example.org.", ""},
		{"np that is none", []string{"example.org p=reject; np=all"}, "example.org", "no valid policy at example.org.", "the policy reject of example.org."},
		{"nothing", nil, "nothing.example", "no policy", ""},
		{"a domain between", []string{"sub.example.org p=reject"}, "a.sub.example.org", "the policy reject of sub.example.org.", "no policy"},
		{"a domain between with psd=n", []string{"sub.example.org p=none; psd=n", "example.org p=reject"}, "a.sub.example.org", "the policy none of sub.example.org.", "the policy reject of example.org."},
		{"a domain between without", []string{"sub.example.org p=none", "example.org p=reject"}, "a.sub.example.org", "the policy reject of example.org.", ""},
		{"a public suffix", []string{"bank p=reject; psd=y"}, "giant.bank", "the policy reject of bank.", "no policy"},
		{"below a public suffix", []string{"bank p=reject; psd=y", "giant.bank p=none"}, "a.giant.bank", "the policy none of giant.bank.", ""},
		{"far below a public suffix", []string{"bank p=reject; psd=y", "a.giant.bank p=none"}, "b.a.giant.bank", "the policy reject of bank.", "no policy"},
		{"twelve labels", []string{"example.com p=reject; sp=quarantine"}, "a.b.c.d.e.f.g.h.i.j.mail.example.com", "the policy quarantine of example.com.", ""},
		{"two records", []string{"example.org p=reject", "example.org p=none"}, "example.org", "no policy", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, domain := world(t, c.records...), zone.MustName(c.domain)
			if c.older == "" {
				c.older = c.newer
			}
			if got := newer(p, domain); got.state == open || got.String() != c.newer {
				t.Errorf("RFC 9989: %s, want %s", got, c.newer)
			}
			if got := older(p, domain); got.state == open || got.String() != c.older {
				t.Errorf("RFC 7489: %s, want %s", got, c.older)
			}
		})
	}
}

// Offline a name outside of the zone is not known, and nothing follows from it.
func TestPolicyUnknown(t *testing.T) {
	z, err := masterfile.Parse("x", []byte(strings.ReplaceAll(rules.ExampleHeader, "example.com", "mail.example.com")+"_dmarc.a TXT \"v=DMARC1; p=none\"\n"), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &rules.Pass{Zone: z}
	domain := zone.MustName("b.a.mail.example.com")
	if n, o := newer(p, domain), older(p, domain); n.state != open || o.state != open {
		t.Errorf("newer %+v, older %+v", n, o)
	}
	if c := walk(p, domain, true); c.state != open {
		t.Errorf("%+v", c)
	}
}
