package pack_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

// withClients returns a selector of a mailbox host with some settings, forced.
func withClients(t *testing.T, clients string) pack.Selector {
	t.Helper()
	p := parsePack(t, "mx:\n  records:\n  - {preference: 10, exchange: mx.here.example}\n"+clients)
	return pack.Selector{Forced: []*pack.Pack{p}, ClientSRV: true}
}

const threeServers = `clients:
- {protocol: imap, host: imap.here.example, port: 143, security: starttls, advice: recommended}
- {protocol: imap, host: imap.here.example, port: 993, security: tls}
- {protocol: pop3, host: pop.here.example, port: 110, security: none, advice: discouraged}
- {protocol: pop3, host: pop.here.example, port: 110, security: starttls}
- {protocol: smtp, host: smtp.here.example, port: 465, security: tls}
- {protocol: smtp, host: smtp.here.example, port: 587, security: starttls, unconfirmed: true}
- {protocol: managesieve, host: imap.here.example, port: 4190, security: starttls}
`

func TestClientSRV(t *testing.T) {
	const (
		imaps       = "+_imaps._tcp.example.com. 60 IN SRV 0 1 993 imap.here.example."
		pop3        = "+_pop3._tcp.example.com. 60 IN SRV 10 1 110 pop.here.example."
		submissions = "+_submissions._tcp.example.com. 60 IN SRV 0 1 465 smtp.here.example."
	)
	one := func(rest string) string {
		return "clients:\n- {protocol: imap, port: 993, security: tls, " + rest + "}\n"
	}
	for _, tt := range []struct {
		name, zone, clients string
		want                []string
	}{
		{"all that is there, with TLS from the first octet before STARTTLS", "", threeServers, []string{imaps, pop3, submissions}},
		{"never beside another", "_imaps._tcp IN SRV 0 1 993 imap.example.net.\n_pop3s._tcp IN SRV 0 1 995 pop.example.net.\n", threeServers, []string{submissions}},
		{"never where the service is said not to be there", "_imap._tcp IN SRV 0 0 0 .\n_imaps._tcp IN SRV 0 0 0 .\n_pop3._tcp IN SRV 0 0 0 .\n_submission._tcp IN SRV 0 0 0 .\n", threeServers, nil},
		{"never in the place of a wildcard", "*._tcp IN SRV 0 0 0 .\n", threeServers, nil},
		{"never beside an alias", "_imaps._tcp IN CNAME other\n*._tcp IN TXT \"x\"\n", threeServers, []string{pop3, submissions}},
		{"never below a delegation", "_tcp IN NS ns1.example.net.\n", threeServers, nil},
		{"never beside one that lacks its final dot", "_imaps._tcp.example.com IN SRV 0 1 993 imap.here.example.\n", threeServers, []string{pop3, submissions}},
		{"never where an entry that cannot be read may be one", "_imaps._tcp IN SRV 0 1 imap.here.example.\n", threeServers, []string{pop3, submissions}},
		{"not what nobody confirms", "", one("host: imap.here.example, unconfirmed: true"), nil},
		{"not what the host advises against", "", one("host: imap.here.example, advice: discouraged"), nil},
		{"not where the name of the user is another", "", one("host: imap.here.example, user: account"), nil},
		{"not a server that is not known", "", "variables:\n- {name: n, about: a number}\n" + one("host: 'imap{n}.here.example'"), nil},
		{"not one of several products", "", threeServers + "- {protocol: imap, host: two.here.example, port: 993, security: tls, note: Two}\n", nil},
		{"not an alias of the zone", "mail IN CNAME imap.here.example.\n", one("host: 'mail.{domain}'"), nil},
		{"not a name of the zone without address", "", one("host: 'mail.{domain}'"), nil},
		{"a name of the zone with an address", "mail IN A 192.0.2.1\n", one("host: 'mail.{domain}'"), []string{"+_imaps._tcp.example.com. 60 IN SRV 0 1 993 mail.example.com."}},
		{
			"not what the pack wants anyway", "", "records:\n- {name: _imap._tcp, type: SRV, target: '.', level: optional}\n" + one("host: imap.here.example"), nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := withClients(t, tt.clients)
			src := head + "@ 60 IN MX 10 mx.here.example.\n@ 60 IN TXT \"v=spf1 mx -all\"\n" + tt.zone
			if changes, left := ruletest.Fixed(t, src, pack.Rules(s), rules.Safe); !slices.Equal(changes, tt.want) || len(left) > 0 {
				t.Errorf("changes %q, left %q", changes, left)
			}
			s.ClientSRV = false
			if fs := ruletest.Lint(t, "test.zone", src, pack.Rules(s)); len(fs) > 0 {
				t.Errorf("not asked for: %q", ruletest.IDs(fs))
			}
		})
	}
}

func TestClientSRVMessage(t *testing.T) {
	src := head + "@ IN MX 10 mx.here.example.\n"
	fs := ruletest.Lint(t, "test.zone", src, pack.Rules(withClients(t, threeServers)))
	if len(fs) != 3 {
		t.Fatalf("%d findings", len(fs))
	}
	const want = "No SRV record tells mail programs the IMAP server of test, so those that look for one have to guess. Add _imaps._tcp.example.com. SRV 0 1 993 imap.here.example."
	if f := fs[0]; f.Message != want || f.Fix.Description != "add _imaps._tcp SRV 0 1 993 imap.here.example." || f.Name.String() != "_imaps._tcp.example.com." || f.Severity != rules.Info {
		t.Errorf("%s %s: %s (%s)", f.Severity, f.Name, f.Message, f.Fix.Description)
	}
}

// A sender's submission is not that of the domain's users, two mailbox hosts
// are none, and neither is one whose servers are gone.
func TestClientSRVHosts(t *testing.T) {
	parse := func(id, rest string) *pack.Pack {
		p, err := pack.Parse("test.yaml", []byte("id: "+id+"\nname: X\nconfidence: documented\nchecked: 2026-11-21\nsources:\n- title: a page\n"+rest+
			"clients:\n- {protocol: smtp, host: smtp.here.example, port: 465, security: tls}\n"))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for name, packs := range map[string][]*pack.Pack{
		"a sender":  {parse("a", "kind: sender\n")},
		"two hosts": {parse("a", "kind: mailbox\n"), parse("b", "kind: server\n")},
		"gone":      {parse("a", "kind: mailbox\nstatus: closed\n")},
	} {
		if fs := ruletest.Lint(t, "test.zone", head, pack.Rules(pack.Selector{Forced: packs, ClientSRV: true})); len(fs) > 0 {
			t.Errorf("%s: %s", name, fs[0].Message)
		}
	}
	s := pack.Selector{Forced: []*pack.Pack{parse("a", "kind: mailbox\n"), parse("b", "kind: sender\n")}, ClientSRV: true}
	if fs := ruletest.Lint(t, "test.zone", head, pack.Rules(s)); len(fs) != 1 || fs[0].Pack != "a" {
		t.Errorf("a mailbox host and a sender: %d findings", len(fs))
	}
}

// A host that is only told by SPF has the mailboxes behind a gateway, but not
// where there is no MX record.
func TestClientSRVUnsure(t *testing.T) {
	const spf = head + "@ IN TXT \"v=spf1 include:_spf.google.com -all\"\n"
	list := pack.Rules(pack.Selector{All: pack.Builtin(), ClientSRV: true})
	for zone, want := range map[string]bool{
		spf: false,
		spf + "@ IN MX 10 eu-smtp-inbound-1.mimecast.com.\n": true,
		spf + "@ IN MX 1 smtp.google.com.\n":                 true,
		spf + "@ IN MX 10 mx.example.net.\n":                 false,
	} {
		if ids := ruletest.IDs(ruletest.Lint(t, "test.zone", zone, list)); slices.Contains(ids, "pack-client-srv") != want {
			t.Errorf("%s: %q", zone, ids)
		}
	}
}

// What is added for each pack is all right by every other rule, and done with
// one run.
func TestClientSRVTogether(t *testing.T) {
	for _, p := range pack.Builtin() {
		if len(p.Clients) == 0 {
			continue
		}
		t.Run(p.ID, func(t *testing.T) {
			s := pack.Selector{Forced: []*pack.Pack{p}, All: pack.Builtin(), Given: examples(p), ClientSRV: true}
			e, err := rules.NewEngine(all.Rules(s), rules.Options{})
			if err != nil {
				t.Fatal(err)
			}
			z := read(t, bare+"mail 300 IN A 192.0.2.1\n")
			had := map[string]bool{}
			for _, f := range e.Run(z) {
				had[f.Rule.ID+f.Name.String()] = true
			}
			res, err := e.Fix(z, rules.Safe)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range res.Left {
				if !had[f.Rule.ID+f.Name.String()] && strings.Contains(f.Name.String(), "._tcp.") || f.Rule.ID == "pack-client-srv" {
					t.Errorf("left: %s: %s", f.Rule.ID, f.Message)
				}
			}
		})
	}
}

// Where other zones or the DNS tell of a server, one that is an alias or has no
// address is not published.
func TestClientSRVOutside(t *testing.T) {
	z := read(t, head+"@ 60 IN MX 10 mx.here.example.\n")
	const there = "$ORIGIN here.example.\n$TTL 60\n@ IN SOA ns h 1 2 3 4 5\n@ IN NS ns\n"
	for _, tt := range []struct {
		zone string
		want []string
	}{
		{"imap IN A 192.0.2.1\npop IN AAAA 2001:db8::1\nsmtp IN A 192.0.2.2\n", []string{"_imaps._tcp", "_pop3._tcp", "_submissions._tcp"}},
		{"imap IN CNAME pop\npop IN A 192.0.2.1\nsmtp IN TXT x\n", []string{"_pop3._tcp"}},
		{"", nil},
	} {
		other, err := masterfile.Parse("here.zone", []byte(there+tt.zone), masterfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := rules.NewEngine(pack.Rules(withClients(t, threeServers)), rules.Options{Servers: []resolve.Server{resolve.NewZones([]*zone.Zone{other})}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range e.Run(z) {
			if f.Rule.ID == "pack-client-srv" {
				got = append(got, f.Name.Relative(z.Apex))
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q", tt.zone, got)
		}
	}
}
