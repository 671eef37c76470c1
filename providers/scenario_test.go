package providers_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// tb is what testing and rapid have in common.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Fatal(args ...any)
}

var example = zone.MustName("example.com")

// rec reads "owner TTL TYPE RDATA".
func rec(t tb, line string) zone.Record {
	t.Helper()
	f := strings.SplitN(line, " ", 4)
	name, err := zone.ParseName(f[0], example)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	var ttl uint32
	if _, err := fmt.Sscan(f[1], &ttl); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	typ, ok := zone.ParseType(f[2])
	if !ok {
		t.Fatalf("%q: type", line)
	}
	r, err := providers.ParseRecord(name, typ, ttl, f[3])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func recs(t tb, lines ...string) []zone.Record {
	t.Helper()
	var out []zone.Record
	for _, l := range lines {
		out = append(out, rec(t, l))
	}
	return out
}

// scenario is a zone, and the records that go from and come into it.
type scenario struct {
	name       string
	zone       []string
	gone, come []string
	// replace: the nth that goes and the nth that comes are the same record,
	// changed.
	replace bool
}

var ground = []string{
	"@ 3600 SOA ns1.dns.example. hostmaster.dns.example. 1 7200 900 1209600 300",
	"@ 3600 NS ns1.dns.example.", "@ 3600 NS ns2.dns.example.",
	"@ 300 A 192.0.2.1", "www 300 A 192.0.2.1",
	`@ 300 TXT "google-site-verification=abc"`,
}

var scenarios = []scenario{
	{
		name: "first set-up",
		come: []string{
			"@ 300 MX 10 mx1.host.example.", "@ 300 MX 20 mx2.host.example.", `@ 300 TXT "v=spf1 include:spf.host.example -all"`,
			`_dmarc 300 TXT "v=DMARC1; p=quarantine"`, "s1._domainkey 300 CNAME s1.dkim.host.example.", "_imaps._tcp 300 SRV 0 1 993 imap.host.example.",
		},
	},
	{
		name: "migration",
		zone: []string{
			"@ 300 MX 0 mail.example.com.", "@ 300 MX 50 backup.old.example.", `@ 300 TXT "v=spf1 mx -all"`, `_dmarc 300 TXT "v=DMARC1; p=none"`,
			"mail 300 A 192.0.2.9", `old._domainkey 300 TXT "v=DKIM1; p=b2xk"`,
		},
		gone: []string{"@ 300 MX 0 mail.example.com.", "@ 300 MX 50 backup.old.example.", `@ 300 TXT "v=spf1 mx -all"`, `_dmarc 300 TXT "v=DMARC1; p=none"`, "mail 300 A 192.0.2.9", `old._domainkey 300 TXT "v=DKIM1; p=b2xk"`},
		come: []string{"@ 300 MX 10 mx1.host.example.", `@ 300 TXT "v=spf1 include:spf.host.example -all"`, `_dmarc 300 TXT "v=DMARC1; p=reject"`, `new._domainkey 300 TXT "v=DKIM1; p=bmV3"`},
	},
	{
		name: "SPF merge",
		zone: []string{"@ 300 MX 10 mail.host.example.", `@ 300 TXT "v=spf1 include:a.example ~all"`, `@ 300 TXT "v=spf1 include:b.example ~all"`},
		gone: []string{`@ 300 TXT "v=spf1 include:a.example ~all"`, `@ 300 TXT "v=spf1 include:b.example ~all"`},
		come: []string{`@ 300 TXT "v=spf1 include:a.example include:b.example ~all"`}, replace: true,
	},
	{
		name: "DKIM rotation",
		zone: []string{`s1._domainkey 300 TXT "v=DKIM1; p=b25l"`, `s2._domainkey 300 TXT "p=dHdv"`, "s3._domainkey 300 CNAME s3.old.example."},
		gone: []string{`s1._domainkey 300 TXT "v=DKIM1; p=b25l"`, `s2._domainkey 300 TXT "p=dHdv"`, "s3._domainkey 300 CNAME s3.old.example."},
		come: []string{`s1._domainkey 300 TXT "v=DKIM1; p=` + strings.Repeat("Rk9VUg", 30) + `" "` + strings.Repeat("Rk9VUg", 30) + `"`, `s4._domainkey 300 TXT "v=DKIM1; p="`, "s3._domainkey 300 CNAME s3.new.example."},
	},
	{
		name: "CNAME in place of A",
		zone: []string{"autoconfig 300 A 192.0.2.7", "autoconfig 300 AAAA 2001:db8::7", "autodiscover 300 CNAME old.example."},
		gone: []string{"autoconfig 300 A 192.0.2.7", "autoconfig 300 AAAA 2001:db8::7", "autodiscover 300 CNAME old.example."},
		come: []string{"autoconfig 300 CNAME autoconfig.host.example.", "autodiscover 300 A 192.0.2.8", "autodiscover 300 MX 10 mx1.host.example."},
	},
	{
		name: "other TTLs and preferences",
		zone: []string{"@ 300 MX 10 a.host.example.", "@ 300 MX 20 b.host.example.", `@ 300 TXT "v=spf1 mx -all"`},
		gone: []string{"@ 300 MX 10 a.host.example.", "@ 300 MX 20 b.host.example.", `@ 300 TXT "v=spf1 mx -all"`, "@ 300 A 192.0.2.1"},
		come: []string{"@ 600 MX 10 a.host.example.", "@ 300 MX 5 b.host.example.", `@ 600 TXT "v=spf1 mx -all"`, "@ 600 A 192.0.2.1"}, replace: true,
	},
	{
		name: "null MX",
		zone: []string{"@ 300 MX 0 mail.example.com.", "mail 300 A 192.0.2.9"},
		gone: []string{"@ 300 MX 0 mail.example.com."}, come: []string{"@ 300 MX 0 ."}, replace: true,
	},
}

// start is the zone before.
func (s scenario) start(t tb) []zone.Record {
	return append(recs(t, ground...), recs(t, s.zone...)...)
}

// target is the zone after.
func (s scenario) target(t tb) []zone.Record {
	gone := recs(t, s.gone...)
	out := slices.DeleteFunc(s.start(t), func(r zone.Record) bool {
		return slices.ContainsFunc(gone, r.Same)
	})
	return append(out, recs(t, s.come...)...)
}

func (s scenario) keys(t tb) []zone.Key {
	var cs zone.ChangeSet
	for _, r := range recs(t, slices.Concat(s.gone, s.come)...) {
		cs = append(cs, zone.Add(r))
	}
	return cs.Keys()
}

// changes are those of the scenario on its first zone, as rules would make
// them.
func (s scenario) changes(t tb, z *zone.Zone) zone.ChangeSet {
	var cs zone.ChangeSet
	come := recs(t, s.come...)
	for i, r := range recs(t, s.gone...) {
		at := slices.IndexFunc(z.RRset(r.Name, r.Type), r.Same)
		if at < 0 {
			t.Fatalf("no %s", r)
		}
		old := z.RRset(r.Name, r.Type)[at]
		if s.replace && i < len(come) {
			cs = append(cs, zone.Replace(old, come[i]))
			come[i].Name = ""
			continue
		}
		cs = append(cs, zone.Remove(old))
	}
	for _, r := range come {
		if r.Name != "" {
			cs = append(cs, zone.Add(r))
		}
	}
	return cs
}

// rest are the changes that lead from any zone to the target.
func (s scenario) rest(t tb, z *zone.Zone) zone.ChangeSet {
	b := zone.NewBuilder(0)
	for _, r := range s.target(t) {
		b.Add(r)
	}
	return zone.Diff(z, b.Zone(example), s.keys(t))
}

// kinds are kinds of provider.
var kinds = []struct {
	name string
	caps providers.Capabilities
}{
	{"batches", providers.Capabilities{Atomic: true, Update: true, AutoTTL: 300}},
	{"small batches", providers.Capabilities{Atomic: true, Update: true, MaxOps: 2}},
	{"RRsets at once", providers.Capabilities{Atomic: true, Conditional: true}},
	{"one by one", providers.Capabilities{Update: true}},
	{"append and delete", providers.Capabilities{}},
	{"several one after another", providers.Capabilities{MaxOps: 3}},
}

// records are the records of a provider in DNS terms, sorted.
func records(items []providers.Item) []string {
	var out []string
	for _, it := range items {
		out = append(out, it.Record.String())
	}
	slices.Sort(out)
	return out
}

func lines(rs []zone.Record) []string {
	var out []string
	for _, r := range rs {
		out = append(out, r.String())
	}
	slices.Sort(out)
	return out
}
