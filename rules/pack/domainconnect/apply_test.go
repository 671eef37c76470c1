package domainconnect_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/pack/domainconnect"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// head begins a template whose records follow.
const head = `{"providerId":"mail.example.net","providerName":"Mail","serviceId":"Boxes","serviceName":"Mailboxes","records":[`

func parseTemplate(t testing.TB, records string) *domainconnect.Template {
	t.Helper()
	tpl, err := domainconnect.Parse("t.json", []byte(head+records+"]}"))
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func parseZone(t testing.TB, src string) *zone.Zone {
	t.Helper()
	z, err := masterfile.Parse("z", []byte("$TTL 500\n@ SOA ns.example.net. h.example.net. 1 2 3 4 5\n@ NS ns.example.net.\n"+src+"\n"), masterfile.Options{Origin: zone.MustName("example.com")})
	if err != nil {
		t.Fatal(err)
	}
	if len(z.Problems) > 0 {
		t.Fatal(z.Problems)
	}
	return z
}

// changed returns a line for each record that goes and each that comes, and
// checks that the template has nothing to do after that.
func changed(t testing.TB, z *zone.Zone, cs zone.ChangeSet, again func(*zone.Zone) zone.ChangeSet) []string {
	t.Helper()
	var out []string
	for _, c := range cs {
		for _, r := range c.Before {
			out = append(out, fmt.Sprintf("- %s %s %s", r.Name.Relative(z.Apex), r.Type, r.RData()))
		}
		for _, r := range c.After {
			out = append(out, fmt.Sprintf("+ %s %d %s %s", r.Name.Relative(z.Apex), r.TTL, r.Type, r.RData()))
		}
	}
	slices.Sort(out)
	next, ok := z.Apply(cs)
	if !ok {
		t.Fatalf("the changes are not of the zone: %v", out)
	}
	if more := again(next); len(more) > 0 {
		t.Errorf("applied again, the template changes %v", more)
	}
	return out
}

type applyTest struct {
	name, zone, records string
	host                string
	params              map[string]string
	groups              []string
	want                string // what changes, a line each; or an error
	err                 error
	notes               string
}

func (tt applyTest) run(t *testing.T) {
	tpl := parseTemplate(t, tt.records)
	z := parseZone(t, tt.zone)
	apply := func(z *zone.Zone) (zone.ChangeSet, []string, error) {
		cs, notes, err := domainconnect.Apply(z, tpl, tt.params, tt.groups, tt.host)
		var said []string
		for _, n := range notes {
			said = append(said, n.Message)
		}
		return cs, said, err
	}
	cs, notes, err := apply(z)
	if tt.err != nil {
		if !errors.Is(err, tt.err) {
			t.Fatalf("error %v, want %v", err, tt.err)
		}
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %q, want %q in it", err, tt.want)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	got := changed(t, z, cs, func(z *zone.Zone) zone.ChangeSet {
		cs, _, err := apply(z)
		if err != nil {
			t.Fatal(err)
		}
		return cs
	})
	var want []string
	for _, l := range strings.Split(tt.want, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			want = append(want, l)
		}
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("changes\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if said := strings.Join(notes, "\n"); tt.notes == "" && said != "" || !strings.Contains(said, tt.notes) {
		t.Errorf("notes %q, want %q", said, tt.notes)
	}
}

// The rows of the specification's table of conflicts.
func TestConflicts(t *testing.T) {
	full := `
a A 192.0.2.1
a AAAA 2001:db8::1
a MX 10 mx.example.net.
a TXT "one"
a TXT "two"
a CAA 0 issue "ca.example.net"
b A 192.0.2.1
_x._tcp.a SRV 1 2 3 s.example.net.
_y._tcp.a SRV 1 2 3 s.example.net.
`
	for _, tt := range []applyTest{
		{name: "CNAME removes all else", zone: full, records: `{"type":"CNAME","host":"a","pointsTo":"c.example.net","ttl":600}`, want: `
- a A 192.0.2.1
- a AAAA 2001:db8::1
- a MX 10 mx.example.net.
- a TXT "one"
- a TXT "two"
- a CAA 0 issue "ca.example.net"
+ a 600 CNAME c.example.net.`},
		{name: "CNAME replaces CNAME", zone: "a CNAME b", records: `{"type":"CNAME","host":"A","pointsTo":"c.example.net.","ttl":600}`, want: `
- a CNAME b.example.com.
+ a 600 CNAME c.example.net.`},
		{name: "CNAME with another TTL stays", zone: "a CNAME c.example.net.", records: `{"type":"CNAME","host":"a","pointsTo":"C.example.net","ttl":600}`},
		{name: "A removes A, AAAA and CNAME", zone: full + "c CNAME d", records: `{"type":"A","host":"a","pointsTo":"192.0.2.9","ttl":600},{"type":"A","host":"c","pointsTo":"192.0.2.9","ttl":600}`, want: `
- a A 192.0.2.1
- a AAAA 2001:db8::1
+ a 600 A 192.0.2.9
- c CNAME d.example.com.
+ c 600 A 192.0.2.9`},
		{name: "AAAA removes A", zone: full, records: `{"type":"AAAA","host":"a","pointsTo":"2001:DB8:0::1","ttl":600}`, want: "- a A 192.0.2.1"},
		{name: "A and AAAA together", zone: full, records: `{"type":"AAAA","host":"a","pointsTo":"2001:db8::1"},{"type":"A","host":"a","pointsTo":"192.0.2.1"},{"type":"A","host":"a","pointsTo":"192.0.2.2"}`, want: "+ a 500 A 192.0.2.2"},
		{name: "MX replaces the set", zone: "@ MX 10 mx.example.net.\n@ MX 20 old.example.net.\nfoo CNAME x", records: `{"type":"MX","host":"@","pointsTo":"mx.example.net","priority":10,"ttl":60},{"type":"MX","host":"","pointsTo":"mx2.example.net","priority":"5","ttl":60}`, want: `
- @ MX 20 old.example.net.
+ @ 500 MX 5 mx2.example.net.`},
		{name: "MX of another preference", zone: "@ MX 10 mx.example.net.", records: `{"type":"MX","host":"@","pointsTo":"mx.example.net","priority":0,"ttl":60}`, want: `
- @ MX 10 mx.example.net.
+ @ 60 MX 0 mx.example.net.`},
		{name: "without a TTL it keeps that of the set", zone: "@ 77 MX 10 old.example.net.", records: `{"type":"MX","host":"@","pointsTo":"mx.example.net","priority":0}`, want: `
- @ MX 10 old.example.net.
+ @ 77 MX 0 mx.example.net.`},
		{name: "signatures stay", zone: "a RRSIG A 8 3 60 20261231000000 20261101000000 1 example.com. AAAA\na TXT x", records: `{"type":"CNAME","host":"a","pointsTo":"x","ttl":60}`, want: `
- a TXT "x"
+ a 60 CNAME x.`},
		{name: "MX removes CNAME", zone: "a CNAME b", records: `{"type":"MX","host":"a","pointsTo":"@","priority":0,"ttl":60}`, want: `
- a CNAME b.example.com.
+ a 60 MX 0 example.com.`},
		{name: "null MX", zone: "@ MX 10 mx.example.net.", records: `{"type":"MX","host":"@","pointsTo":".","priority":0,"ttl":60}`, want: `
- @ MX 10 mx.example.net.
+ @ 60 MX 0 .`},
		{name: "SRV of the same service", zone: full, host: "a", records: `{"type":"SRV","name":"@","service":"_x","protocol":"TCP","priority":"0","weight":0,"port":443,"target":"t.example.net","ttl":60}`, want: `
- _x._tcp.a SRV 1 2 3 s.example.net.
+ _x._tcp.a 60 SRV 0 0 443 t.example.net.`},
		{name: "SRV without underscores", records: `{"type":"SRV","name":"","service":"sip","protocol":"_tls","priority":0,"weight":0,"port":443,"target":"t.example.net","ttl":60}`, want: "+ _sip._tls 60 SRV 0 0 443 t.example.net."},
		{name: "TXT joins", zone: full, records: `{"type":"TXT","host":"a","data":"three","ttl":60}`, want: `+ a 500 TXT "three"`},
		{name: "TXT is there", zone: full, records: `{"type":"TXT","host":"a","data":"\"t\" \"wo\"","ttl":60}`},
		{name: "TXT removes CNAME", zone: "a CNAME b", records: `{"type":"TXT","host":"a","data":"t","ttl":60}`, want: `
- a CNAME b.example.com.
+ a 60 TXT "t"`},
		{name: "TXT of mode All", zone: full, records: `{"type":"TXT","host":"a","data":"two","ttl":60,"txtConflictMatchingMode":"All"}`, want: `- a TXT "one"`},
		{name: "TXT of mode Prefix", zone: full, records: `{"type":"TXT","host":"a","data":"three","ttl":60,"txtConflictMatchingMode":"Prefix","txtConflictMatchingPrefix":"t"}`, want: `
- a TXT "two"
+ a 500 TXT "three"`},
		{name: "the prefix minds the case", zone: full, records: `{"type":"TXT","host":"a","data":"three","ttl":60,"txtConflictMatchingMode":"Prefix","txtConflictMatchingPrefix":"T"}`, want: `+ a 500 TXT "three"`},
		{name: "but not that of a version tag, nor does the mode", zone: `_dmarc TXT "V=dmarc1; p=reject"`, records: `{"type":"TXT","host":"_dmarc","data":"v=DMARC1; p=none","ttl":60,"txtConflictMatchingMode":"prefix","txtConflictMatchingPrefix":"v=DMARC1"}`, want: `
- _dmarc TXT "V=dmarc1; p=reject"
+ _dmarc 60 TXT "v=DMARC1; p=none"`, notes: `"prefix" is written "Prefix"`},
		{name: "two TXT of one prefix", zone: `a TXT "t0"`, records: `{"type":"TXT","host":"a","data":"t1","txtConflictMatchingMode":"Prefix","txtConflictMatchingPrefix":"t"},{"type":"TXT","host":"a","data":"t2","txtConflictMatchingMode":"Prefix","txtConflictMatchingPrefix":"t"}`, want: `
- a TXT "t0"
+ a 500 TXT "t1"
+ a 500 TXT "t2"`},
		{name: "NS removes all at and below", zone: "s A 192.0.2.1\nx.s A 192.0.2.1\nxs A 192.0.2.1\ns NS ns1.example.net.", records: `{"type":"NS","host":"s","pointsTo":"ns1.example.net","ttl":60},{"type":"NS","host":"s","pointsTo":"ns2.example.net","ttl":60}`, want: `
- s A 192.0.2.1
- x.s A 192.0.2.1
+ s 500 NS ns2.example.net.`},
		{name: "a record removes NS at and above", zone: "s NS ns1.example.net.\ns DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000\nb.s A 192.0.2.1\nt NS ns1.example.net.", records: `{"type":"TXT","host":"a.s","data":"x","ttl":60}`, want: `
- s NS ns1.example.net.
- s DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000
+ a.s 60 TXT "x"`},
		{name: "but not below", zone: "x.s NS ns1.example.net.", records: `{"type":"TXT","host":"s","data":"x","ttl":60}`, want: `+ s 60 TXT "x"`},
		{name: "the apex keeps its NS", records: `{"type":"A","host":"@","pointsTo":"192.0.2.1","ttl":60}`, want: "+ @ 60 A 192.0.2.1"},
		{name: "NS at the apex removes nothing", zone: "a A 192.0.2.1", records: `{"type":"NS","host":"@","pointsTo":"ns2.example.net","ttl":60}`, want: "+ @ 500 NS ns2.example.net.", notes: "serve the whole zone"},
		{name: "another type removes nothing", zone: full, records: `{"type":"CAA","host":"a","data":"0 issue \"other.example.net\"","ttl":60},{"type":"TYPE65280","host":"a","data":"\\# 2 0001","ttl":60},{"type":"TYPE256","host":"a","data":"\\# 4 c0000201","ttl":60}`, want: `
+ a 60 URI 49152 513 ""
+ a 500 CAA 0 issue "other.example.net"
+ a 60 TYPE65280 \# 2 0001`},
		{name: "services of providers are left out", records: `{"type":"REDIR301","host":"@","target":"https://example.net/"},{"type":"APEXCNAME","pointsTo":"example.net"},{"type":"A","host":"www","pointsTo":"192.0.2.1","ttl":1}`, want: "+ www 1 A 192.0.2.1", notes: "REDIR301 is no type of the DNS"},
		{name: "the SOA stays", records: `{"type":"SOA","host":"@","data":"a. b. 1 2 3 4 5"}`, err: domainconnect.ErrInvalidTemplate, want: "t.json:1:"},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestSelfConflicts(t *testing.T) {
	for _, tt := range []applyTest{
		{name: "two CNAMEs", records: `{"type":"CNAME","host":"a","pointsTo":"x"},{"type":"CNAME","host":"%v%","pointsTo":"y"}`, params: map[string]string{"v": "A"}, err: domainconnect.ErrInvalidData, want: "the CNAME record of A cannot stand together with the CNAME record of a on line 1"},
		{name: "CNAME and A", records: `{"type":"A","host":"a","pointsTo":"192.0.2.1"},{"type":"CNAME","host":"a","pointsTo":"y"}`, err: domainconnect.ErrInvalidData, want: "cannot stand together"},
		{name: "CNAME and SPFM", records: `{"type":"SPFM","host":"a","spfRules":"a"},{"type":"CNAME","host":"a","pointsTo":"y"}`, err: domainconnect.ErrInvalidData, want: "cannot stand together"},
		{name: "NS and A below", records: `{"type":"NS","host":"a","pointsTo":"x.example.net"},{"type":"A","host":"b.a","pointsTo":"192.0.2.1"}`, err: domainconnect.ErrInvalidData, want: "cannot stand together"},
		{name: "A and NS at its name", records: `{"type":"A","host":"a","pointsTo":"192.0.2.1"},{"type":"NS","host":"a","pointsTo":"x.example.net"}`, err: domainconnect.ErrInvalidData, want: "cannot stand together"},
		{name: "NS below A", records: `{"type":"NS","host":"b.a","pointsTo":"x"},{"type":"A","host":"a","pointsTo":"192.0.2.1","ttl":1}`, want: "+ b.a 500 NS x.\n+ a 1 A 192.0.2.1"},
		{name: "a like end of a label", records: `{"type":"NS","host":"a","pointsTo":"x"},{"type":"A","host":"xa","pointsTo":"192.0.2.1"}`, want: "+ a 500 NS x.\n+ xa 500 A 192.0.2.1"},
		{name: "NS beside NS", records: `{"type":"NS","host":"a","pointsTo":"x"},{"type":"NS","host":"a","pointsTo":"y"}`, want: "+ a 500 NS x.\n+ a 500 NS y."},
		{name: "NS at the apex", records: `{"type":"NS","host":"@","pointsTo":"x"},{"type":"A","host":"a","pointsTo":"192.0.2.1"}`, want: "+ @ 500 NS x.\n+ a 500 A 192.0.2.1", notes: "whole zone"},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestSPFM(t *testing.T) {
	spfm := func(rules string) string { return fmt.Sprintf(`{"type":"SPFM","host":"@","spfRules":%q}`, rules) }
	for _, tt := range []applyTest{
		{name: "new", records: spfm("include:x.example.net"), want: `+ @ 500 TXT "v=spf1 include:x.example.net ~all"`},
		{name: "new with a TTL", records: `{"type":"SPFM","host":"@","spfRules":"a","ttl":"300"}`, want: `+ @ 300 TXT "v=spf1 a ~all"`},
		{name: "merged behind, with all and TTL kept", zone: `@ 60 TXT "v=spf1 a -all"`, records: `{"type":"SPFM","host":"@","spfRules":"include:x.example.net","ttl":300}`, want: `
- @ TXT "v=spf1 a -all"
+ @ 60 TXT "v=spf1 a include:x.example.net -all"`},
		{name: "there already", zone: `@ TXT "V=SPF1  +a   INCLUDE:X.example.net. ~all"`, records: spfm("include:x.example.net a")},
		{name: "a longer name is another", zone: `@ TXT "v=spf1 include:x.com.au ~all"`, records: spfm("include:x.com"), want: `
- @ TXT "v=spf1 include:x.com.au ~all"
+ @ 500 TXT "v=spf1 include:x.com.au include:x.com ~all"`},
		{name: "a part is there", zone: `@ TXT "v=spf1 include:x.example.net a ~all"`, records: spfm("a include:y.example.net"), want: `
- @ TXT "v=spf1 include:x.example.net a ~all"
+ @ 500 TXT "v=spf1 include:x.example.net a include:y.example.net ~all"`},
		{name: "two at a host are one", records: spfm("include:x.example.net") + "," + spfm("a include:x.example.net"), want: `+ @ 500 TXT "v=spf1 include:x.example.net a ~all"`},
		{name: "upper case", zone: `@ TXT "V=SPF1 -all"`, records: spfm("a"), want: `
- @ TXT "V=SPF1 -all"
+ @ 500 TXT "v=spf1 a -all"`},
		{name: "bare", zone: `@ TXT "v=spf1"`, records: spfm("a"), want: `
- @ TXT "v=spf1"
+ @ 500 TXT "v=spf1 a ~all"`},
		{name: "two records become one", zone: "@ TXT \"v=spf1 a ~all\"\n@ TXT \"v=spf1 mx -all\"\n@ TXT \"v=spf10 a\"", records: spfm("include:x.example.net"), want: `
- @ TXT "v=spf1 a ~all"
- @ TXT "v=spf1 mx -all"
+ @ 500 TXT "v=spf1 a mx include:x.example.net ~all"`, notes: "example.com. has 2 SPF records"},
		{name: "redirect stays last, without all", zone: `@ TXT "v=spf1 redirect=_spf.example.net"`, records: spfm("include:x.example.net ~all"), want: `
- @ TXT "v=spf1 redirect=_spf.example.net"
+ @ 500 TXT "v=spf1 include:x.example.net redirect=_spf.example.net"`},
		{name: "redirect as a rule", records: spfm("redirect=_spf.example.net"), want: `+ @ 500 TXT "v=spf1 redirect=_spf.example.net"`},
		{name: "redirect beside all", zone: `@ TXT "v=spf1 -all"`, records: spfm("redirect=_spf.example.net"), want: `
- @ TXT "v=spf1 -all"
+ @ 500 TXT "v=spf1 include:_spf.example.net -all"`, notes: "has no effect beside -all"},
		{name: "behind all it has no effect", zone: `@ TXT "v=spf1 mx -all a redirect=y.example.net"`, records: spfm("a redirect=y.example.net"), want: `
- @ TXT "v=spf1 mx -all a redirect=y.example.net"
+ @ 500 TXT "v=spf1 mx a include:y.example.net -all a redirect=y.example.net"`, notes: "has no effect beside -all"},
		{name: "neither all nor redirect", zone: `@ TXT "v=spf1 a"`, records: spfm("a"), want: `
- @ TXT "v=spf1 a"
+ @ 500 TXT "v=spf1 a ~all"`},
		{name: "the least restrictive qualifier", zone: `@ TXT "v=spf1 -a ?mx ip4:192.0.2.1/32 -all"`, records: spfm("~a mx -ip4:192.0.2.1"), want: `
- @ TXT "v=spf1 -a ?mx ip4:192.0.2.1/32 -all"
+ @ 500 TXT "v=spf1 ~a mx ip4:192.0.2.1/32 -all"`},
		{name: "version and all in the rules", records: spfm("v=spf1 include:x.example.net -all"), want: `+ @ 500 TXT "v=spf1 include:x.example.net ~all"`},
		{name: "nothing in the rules", records: spfm("v=spf1 ~all"), notes: "nothing is merged"},
		{name: "all that protects nobody", zone: `@ TXT "v=spf1 ?all"`, records: spfm("a"), want: `
- @ TXT "v=spf1 ?all"
+ @ 500 TXT "v=spf1 a ?all"`, notes: "ends in ?all"},
		{name: "no term", records: spfm("foo"), want: `+ @ 500 TXT "v=spf1 foo ~all"`, notes: `"foo" is no term`},
		{name: "too many lookups", zone: `@ TXT "v=spf1 include:1.example.net include:2.example.net include:3.example.net include:4.example.net include:5.example.net include:6.example.net include:7.example.net include:8.example.net include:9.example.net include:10.example.net ~all"`, records: spfm("mx"), want: `
- @ TXT "v=spf1 include:1.example.net include:2.example.net include:3.example.net include:4.example.net include:5.example.net include:6.example.net include:7.example.net include:8.example.net include:9.example.net include:10.example.net ~all"
+ @ 500 TXT "v=spf1 include:1.example.net include:2.example.net include:3.example.net include:4.example.net include:5.example.net include:6.example.net include:7.example.net include:8.example.net include:9.example.net include:10.example.net mx ~all"`, notes: "11 terms that cost a DNS lookup"},
		{name: "other TXT stay, and give the TTL", zone: `@ 77 TXT "x"`, records: `{"type":"SPFM","host":"@","spfRules":"a","ttl":300}`, want: `+ @ 77 TXT "v=spf1 a ~all"`},
		{name: "below the apex, in the place of an alias", zone: "b CNAME c", host: "b", records: spfm("a"), want: `
- b CNAME c.example.com.
+ b 500 TXT "v=spf1 a ~all"`},
		{name: "TXT is merged too", zone: `@ TXT "v=spf1 a -all"`, records: `{"type":"TXT","host":"@","data":"v=spf1 include:x.example.net ~all"}`, want: `
- @ TXT "v=spf1 a -all"
+ @ 500 TXT "v=spf1 a include:x.example.net -all"`},
		{name: "TXT of its own prefix replaces", zone: `@ TXT "v=spf1 a -all"`, records: `{"type":"TXT","host":"@","data":"v=spf1 include:x.example.net ?all","txtConflictMatchingMode":"Prefix","txtConflictMatchingPrefix":"v=spf1"}`, want: `
- @ TXT "v=spf1 a -all"
+ @ 500 TXT "v=spf1 include:x.example.net ?all"`},
		{name: "TXT of mode All replaces", zone: `@ TXT "v=spf1 a -all"`, records: `{"type":"TXT","host":"@","data":"v=spf1 mx ?all","txtConflictMatchingMode":"All"}`, want: `
- @ TXT "v=spf1 a -all"
+ @ 500 TXT "v=spf1 mx ?all"`},
		{name: "a redirect and an all become one record", zone: "@ TXT \"v=spf1 redirect=_spf.example.net\"\n@ TXT \"v=spf1 a -all\"", records: spfm("mx"), want: `
- @ TXT "v=spf1 redirect=_spf.example.net"
- @ TXT "v=spf1 a -all"
+ @ 500 TXT "v=spf1 a include:_spf.example.net mx -all"`, notes: "2 SPF records"},
		{name: "TXT that lets nobody pass replaces", zone: `@ TXT "v=spf1 a ~all"`, records: `{"type":"TXT","host":"@","data":"v=spf1 -all"}`, want: `
- @ TXT "v=spf1 a ~all"
+ @ 500 TXT "v=spf1 -all"`},
		{name: "mode All keeps what SPFM merged", zone: "@ TXT \"v=spf1 a ~all\"\n@ TXT x", records: spfm("mx") + `,{"type":"TXT","host":"@","data":"y","txtConflictMatchingMode":"All"}`, want: `
- @ TXT "v=spf1 a ~all"
- @ TXT "x"
+ @ 500 TXT "v=spf1 a mx ~all"
+ @ 500 TXT "y"`},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestRender(t *testing.T) {
	p := func(kv ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	a := func(host string) string { return fmt.Sprintf(`{"type":"A","host":%q,"pointsTo":"192.0.2.1"}`, host) }
	mx := func(to string) string {
		return fmt.Sprintf(`{"type":"MX","host":"@","pointsTo":%q,"priority":1}`, to)
	}
	txt := func(data string) string { return fmt.Sprintf(`{"type":"TXT","host":"@","data":%q}`, data) }
	srv := `{"type":"SRV","name":"@","service":%q,"protocol":%q,"priority":%s,"weight":"%%w%%","port":1,"target":%q}`
	for _, tt := range []applyTest{
		{name: "host below the host", host: "b", records: a("a"), want: "+ a.b 500 A 192.0.2.1"},
		{name: "@ is the host", host: "b.c", records: a("@"), want: "+ b.c 500 A 192.0.2.1"},
		{name: "empty is the host", host: "@", records: a("%v%"), params: p("v", ""), want: "+ @ 500 A 192.0.2.1"},
		{name: "absolute", host: "b", records: a("x.%domain%.") + "," + a("%domain%.") + "," + a("y.%fqdn%."), want: "+ x 500 A 192.0.2.1\n+ @ 500 A 192.0.2.1\n+ y.b 500 A 192.0.2.1"},
		{name: "in another case", records: a("x.EXAMPLE.com."), want: "+ x 500 A 192.0.2.1"},
		{name: "without the dot it is relative", host: "b", records: a("%host%.%domain%"), want: "+ b.example.com.b 500 A 192.0.2.1"},
		{name: "not in the zone", records: a("a.notexample.com."), err: domainconnect.ErrInvalidData, want: `t.json:1:132: the A record has the owner "a.notexample.com.", which is not in the zone of example.com`},
		{name: "a single label", records: a("a."), err: domainconnect.ErrInvalidData},
		{name: "wildcards", host: "b", records: a("*") + "," + a("*.x") + "," + a("*.y.%domain%."), want: "+ *.b 500 A 192.0.2.1\n+ *.x.b 500 A 192.0.2.1\n+ *.y 500 A 192.0.2.1"},
		{name: "a wildcard within", records: a("a.*"), err: domainconnect.ErrInvalidData},
		{name: "two wildcards", records: a("*.*"), err: domainconnect.ErrInvalidData},
		{name: "a wildcard and @", records: a("*.@"), err: domainconnect.ErrInvalidData},
		{name: "an empty label", records: a("%v%.x"), params: p("v", ""), err: domainconnect.ErrInvalidData},
		{name: "a hyphen first", records: a("-x"), err: domainconnect.ErrInvalidData},
		{name: "a blank", records: a("a b"), err: domainconnect.ErrInvalidData},
		{name: "a long label", records: a(strings.Repeat("a", 64)), err: domainconnect.ErrInvalidData},
		{name: "a long name", records: a(strings.Repeat("a23456789.", 25) + "a"), err: domainconnect.ErrInvalidData},
		{name: "underscores", records: a("_a.b_c"), want: "+ _a.b_c 500 A 192.0.2.1"},
		{name: "CNAME at the apex", records: `{"type":"CNAME","host":"%domain%.","pointsTo":"x"}`, host: "b", err: domainconnect.ErrInvalidData, want: "where the SOA is"},
		{name: "points at the host", host: "b", records: mx("@"), want: "+ b 500 MX 1 b.example.com."},
		{name: "points at nothing", records: mx(""), err: domainconnect.ErrInvalidData},
		{name: "points at a blank", records: mx("a b"), err: domainconnect.ErrInvalidData},
		{name: "points at a long name", records: mx(strings.Repeat("a23456789.", 26)), err: domainconnect.ErrInvalidData},
		{name: "two dots at the end", records: mx("a.."), err: domainconnect.ErrInvalidData},
		{name: "NS at itself", records: `{"type":"NS","host":"a","pointsTo":"@"}`, err: domainconnect.ErrInvalidData},
		{name: "A at @", records: `{"type":"A","host":"a","pointsTo":"@"}`, err: domainconnect.ErrInvalidData},
		{name: "A of IPv6", records: `{"type":"A","host":"a","pointsTo":"::1"}`, err: domainconnect.ErrInvalidData, want: "no IPv4 address"},
		{name: "AAAA of IPv4", records: `{"type":"AAAA","host":"a","pointsTo":"::ffff:192.0.2.1"}`, err: domainconnect.ErrInvalidData, want: "no IPv6 address"},
		{name: "AAAA of a link", records: `{"type":"AAAA","host":"a","pointsTo":"fe80::1%v%"}`, params: p("v", "%eth0"), err: domainconnect.ErrInvalidData},
		{name: "a part of an address", records: `{"type":"A","host":"a","pointsTo":"192.0.2.%n%"}`, params: p("n", "7"), want: "+ a 500 A 192.0.2.7"},
		{name: "values are not read again", records: txt("a%v%b"), params: p("v", "%x%y%"), want: `+ @ 500 TXT "a%x%y%b"`},
		{name: "side by side", records: txt("%a%%b%"), params: p("a", "1", "b", "2", "c", "3"), want: `+ @ 500 TXT "12"`},
		{name: "built in", host: "b", records: txt("%domain% %host% %fqdn%"), params: p("domain", "x"), want: `+ b 500 TXT "example.com b b.example.com"`},
		{name: "without a value", records: txt("%DkimKey%"), params: p("dkimkey", "x"), err: domainconnect.ErrMissingParameter, want: "the variable DkimKey has no value; it is written so, and not dkimkey"},
		{name: "without a partner", records: txt("100 %"), err: domainconnect.ErrInvalidTemplate, want: "without a partner"},
		{name: "no name", records: txt("50 % of 100 %"), err: domainconnect.ErrInvalidTemplate, want: "no name of a variable"},
		{name: "@ and nothing in TXT", records: txt("@") + "," + txt(""), want: "+ @ 500 TXT \"@\"\n+ @ 500 TXT \"\""},
		{name: "quotes", records: txt(`"a\"b" "\099\\"`) + "," + txt(`"a" b"`) + "," + txt(`"\`) + "," + txt(`"a\"`) + "," + txt(`"\300"`), want: `
+ @ 500 TXT "a\"bc\\"
+ @ 500 TXT "\"a\" b\""
+ @ 500 TXT "\"\\"
+ @ 500 TXT "\"a\\\""
+ @ 500 TXT "\"\\300\""`},
		{name: "numbers", records: `{"type":"MX","host":"@","pointsTo":"x","priority":"%p%","ttl":"%t%"}`, params: p("p", "7", "t", "60"), want: "+ @ 60 MX 7 x."},
		{name: "two variables", records: `{"type":"MX","host":"@","pointsTo":"x","priority":"%p%%t%"}`, params: p("p", "7", "t", "60"), err: domainconnect.ErrInvalidData, want: "neither a number nor one variable"},
		{name: "a digit and a variable", records: `{"type":"MX","host":"@","pointsTo":"x","priority":"1%p%"}`, params: p("p", "7"), err: domainconnect.ErrInvalidData},
		{name: "a fraction", records: `{"type":"MX","host":"@","pointsTo":"x","priority":1.5}`, err: domainconnect.ErrInvalidData},
		{name: "too much", records: `{"type":"MX","host":"@","pointsTo":"x","priority":65536}`, err: domainconnect.ErrInvalidData},
		{name: "less than nothing", records: `{"type":"A","host":"@","pointsTo":"192.0.2.1","ttl":-1}`, err: domainconnect.ErrInvalidData},
		{name: "SRV", records: fmt.Sprintf(srv, "_%s%", "%p%", "0", "@"), params: p("s", "sip", "p", "_UDP", "w", "3"), want: "+ _sip._udp 500 SRV 0 3 1 example.com."},
		{name: "no service", records: fmt.Sprintf(srv, "", "tcp", "0", "@"), params: p("w", "3"), err: domainconnect.ErrInvalidData},
		{name: "no protocol", records: fmt.Sprintf(srv, "a", "sctp", "0", "@"), params: p("w", "3"), err: domainconnect.ErrInvalidData, want: "none of tcp, udp and tls"},
		{name: "unknown type", records: `{"type":"!X","host":"@","data":"x"}`, err: domainconnect.ErrUnknownType},
		{name: "data of a type", records: `{"type":"CAA","host":"@","data":"x"}`, err: domainconnect.ErrInvalidData},
		{name: "no data of a type", records: `{"type":"CAA","host":"@","data":""}`, err: domainconnect.ErrInvalidData},
		{name: "@ as data", records: `{"type":"PTR","host":"@","data":"@"}`, err: domainconnect.ErrInvalidData},
		{name: "a line break", records: `{"type":"PTR","host":"@","data":"a.\n@ A 192.0.2.1"}`, err: domainconnect.ErrInvalidData},
		{name: "no such host", host: "a..b", records: a("@"), err: domainconnect.ErrInvalidData},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestGroups(t *testing.T) {
	records := `{"type":"TXT","host":"@","data":"all"},{"type":"TXT","host":"@","data":"one %v%","groupId":"One"},{"type":"TXT","host":"@","data":"two","groupId":"Two"}`
	for _, tt := range []applyTest{
		{name: "none", records: records, params: map[string]string{"v": "1"}, want: "+ @ 500 TXT \"all\"\n+ @ 500 TXT \"one 1\"\n+ @ 500 TXT \"two\""},
		{name: "without the variables of others", records: records, groups: []string{"Two"}, want: "+ @ 500 TXT \"all\"\n+ @ 500 TXT \"two\""},
		{name: "case counts", records: records, groups: []string{"two"}, want: `+ @ 500 TXT "all"`},
		{name: "no match", records: `{"type":"TXT","host":"@","data":"one","groupId":1}`, groups: []string{"2"}, notes: "it has 1"},
	} {
		t.Run(tt.name, tt.run)
	}
}

// What comes takes the place of what goes in the file.
func TestPlaces(t *testing.T) {
	z := parseZone(t, "@ MX 10 old.example.net. ; first\nw A 192.0.2.1")
	cs, _, err := domainconnect.Apply(z, parseTemplate(t, `{"type":"MX","host":"@","pointsTo":"mx.example.net","priority":10,"ttl":500},{"type":"MX","host":"@","pointsTo":"mx2.example.net","priority":20,"ttl":500}`), nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	edits, err := masterfile.Edit(z, cs)
	if err != nil || len(edits) != 1 {
		t.Fatal(edits, err)
	}
	want := "$TTL 500\n@ SOA ns.example.net. h.example.net. 1 2 3 4 5\n@ NS ns.example.net.\n@ MX 10 mx.example.net. ; first\n@ MX 20 mx2.example.net.\nw A 192.0.2.1\n"
	if got := string(edits[0].New); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHostRequired(t *testing.T) {
	tpl, err := domainconnect.Parse("t.json", []byte(strings.Replace(head, `"records"`, `"hostRequired":true,"records"`, 1)+`{"type":"A","host":"@","pointsTo":"192.0.2.1"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	z := parseZone(t, "")
	if _, _, err := domainconnect.Apply(z, tpl, nil, nil, "@"); !errors.Is(err, domainconnect.ErrHostRequired) {
		t.Error(err)
	}
	if cs, _, err := domainconnect.Apply(z, tpl, nil, nil, "blog"); err != nil || len(cs) != 1 {
		t.Error(cs, err)
	}
}

// All mistakes are told at once, with their kinds.
func TestErrorsTogether(t *testing.T) {
	tpl := parseTemplate(t, "\n"+`{"type":"A","host":"@","pointsTo":"%ip%"},`+"\n"+`{"type":"A","host":"@","pointsTo":"x"}`)
	_, _, err := domainconnect.Apply(parseZone(t, ""), tpl, nil, nil, "")
	if !errors.Is(err, domainconnect.ErrMissingParameter) || !errors.Is(err, domainconnect.ErrInvalidData) || errors.Is(err, domainconnect.ErrInvalidTemplate) {
		t.Error(err)
	}
	want := "t.json:2:35: the variable ip has no value\nt.json:3:35: the A record points at \"x\", which is no IPv4 address"
	if err.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", err, want)
	}
}
