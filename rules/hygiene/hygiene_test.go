package hygiene

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/autoconfig"
	bimirules "github.com/zonelint/zonelint/rules/bimi"
	dkimrules "github.com/zonelint/zonelint/rules/dkim"
	dmarcrules "github.com/zonelint/zonelint/rules/dmarc"
	"github.com/zonelint/zonelint/rules/mx"
	"github.com/zonelint/zonelint/rules/ruletest"
	spfrules "github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/rules/transport"
	"github.com/zonelint/zonelint/zone"
)

func TestRules(t *testing.T) {
	all := slices.Concat(Rules(), dkimrules.Rules(), dmarcrules.Rules(), spfrules.Rules(), mx.Rules(), transport.Rules(), bimirules.Rules(), autoconfig.Rules())
	if err := rules.Validate(all); err != nil {
		t.Error(err)
	}
	// Two rules that supersede each other would both be silent.
	by := map[string][]string{}
	for _, r := range all {
		by[r.ID] = r.Supersedes
	}
	for _, r := range all {
		for _, id := range r.Supersedes {
			if slices.Contains(by[id], r.ID) {
				t.Errorf("%s and %s supersede each other", r.ID, id)
			}
		}
	}
	ruletest.Examples(t, Rules())
}

func TestZones(t *testing.T) { ruletest.Zones(t, "testdata/*.zone", Rules()) }

// Each zone gives the same findings at the same places with other line ends.
func TestLineEnds(t *testing.T) {
	files, err := filepath.Glob("testdata/*.zone")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		src := strings.ReplaceAll(string(b), "\r\n", "\n")
		want := ruletest.Places(ruletest.Lint(t, "lf.zone", src, Rules()))
		got := ruletest.Places(ruletest.Lint(t, "crlf.zone", strings.ReplaceAll(src, "\n", "\r\n"), Rules()))
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%v\nwith CRLF, and without\n%v", file, got, want)
		}
	}
}

// severities are those of findings that differ from their rule's, and of some
// that must not.
func TestSeverities(t *testing.T) {
	for _, c := range []struct {
		src, want string
	}{
		{"ns1.example.net. A 192.0.2.53\n", "warning zone-out-of-zone"},
		{"ns3.example.net. A 192.0.2.53\n", "error zone-out-of-zone"},
		{"ns1.example.net. TXT x\n", "error zone-out-of-zone"},
		{"abs.example.com.example.com. A 192.0.2.1\n", "warning zone-doubled-origin"},
		{"$ORIGIN .\nabs.example.com.example.com A 192.0.2.1\n", "warning zone-doubled-origin"},
		{"$ORIGIN example.com.example.com.\nabs A 192.0.2.1\n", "warning zone-doubled-origin"},
		{"$ORIGIN example.com\nabs A 192.0.2.1\n", "error zone-doubled-origin"},
		{"$ORIGIN example.com;\nabs A 192.0.2.1\n", "error zone-doubled-origin"},
		{"abs.example.com A 192.0.2.1\n", "error zone-doubled-origin"},
		{"www CNAME abs.example.com.example.com.\n", "warning zone-doubled-origin"},
		{"@ MX 10 abs.example.com.example.com.\n", "error zone-doubled-origin"},
		{"@ MX 10 mx.webmo.fr\n", "error zone-doubled-origin"},
		{"@ MX 10 mx.webmo.fr\n* A 192.0.2.1\n", "warning zone-doubled-origin"},
		{"@ MX 10 webmo.fr\n", "error zone-doubled-origin"},
		{"@ MX 10 webmo.fr\n* A 192.0.2.1\n", ""},
		{"www CNAME webmo.fr\n", "warning zone-doubled-origin"},
		{"www CNAME www.webmo.fr\n", "error zone-doubled-origin"},
		{"www CNAME www.webmo.fr\nfr A 192.0.2.1\n", "warning zone-cname-dangling"},
		{"www CNAME www.webmo.fr\n$INCLUDE missing\n", "error zone-include"},
		{"www CNAME www.webmo.fr\nbroken\n", "warning zone-cname-dangling, error zone-syntax"},
		{"www CNAME 192.0.2.1\n", "error zone-target-ip"},
		{"www CNAME 192.0.2.1\n* A 192.0.2.1\n", "warning zone-target-ip"},
		{"www CNAME 192.0.2.1.\n* A 192.0.2.1\n", "error zone-target-ip"},
		{"a.shop A 192.0.2.1\nshop NS ns1.example.net.\n", "warning zone-occluded"},
		{"a.shop TXT \"v=spf1 -all\"\nshop NS ns1.example.net.\n", "error zone-occluded"},
		{"_dmarc.shop CNAME d.example.net.\nshop NS ns1.example.net.\n", "error zone-occluded"},
		{"$TTL 60", "warning zone-dialect"},
		{"$TTL 60\n", ""},
		{"$GENERATE 1-2 a$ MX 10 b.example.net.", "warning zone-dialect, warning zone-dialect"},
		{"x TXT “hello”\n", "info zone-txt-nonascii"},
		{"x TXT \"v=DMARC1;\u00a0p=none\"\n", "error zone-txt-nonascii"},
	} {
		var got []string
		for _, f := range ruletest.Lint(t, "severity.zone", rules.Example(c.src), Rules()) {
			got = append(got, f.Severity.String()+" "+f.Rule.ID)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%q gives %v, want %s", c.src, got, c.want)
		}
	}
}

// The class and the words of fixes, where these are not the usual ones.
func TestFixWords(t *testing.T) {
	for _, c := range []struct {
		src, want string
	}{
		{"www. A 192.0.2.1\n", "unsafe move the A record to www.example.com."},
		{"s1._domainkey. TXT x\n", "unsafe move the TXT record to s1._domainkey.example.com."},
		{"www.lan. A 192.0.2.1\n", "manual correct the owner www.lan., or put it into the zone that it belongs to"},
		{"localhost. A 127.0.0.1\n", "manual correct the owner localhost., or put it into the zone that it belongs to"},
		{"dev. A 192.0.2.1\n", "manual correct the owner dev., or put it into the zone that it belongs to"},
		{"_dmarc. A 192.0.2.1\nsub. A 192.0.2.1\nsub NS ns1.example.net.\n", "unsafe move the A record to _dmarc.example.com., manual move the A record to sub.example.com., which is not in this zone: it is delegated or redirected"},
		{"@ MX 10 mx.webmo.fr\n@ MX 10 mx.webmo.fr.\n", "unsafe remove the MX record; there is one with mx.webmo.fr. already"},
		{"@ MX 10 mx.webmo.fr\n@ MX 20 mx.webmo.fr.\n", "unsafe write the target as mx.webmo.fr."},
		{"www CNAME 192.0.2.1\n", "unsafe write 192.0.2.1 as an A record in place of the CNAME"},
		{"@ TXT \"v=spf1 a\" \"mx\" -all\n", "unsafe put the text in quotes"},
		{"@ TXT v=spf1 mx mmx -all\n", "unsafe put the text in quotes"},
		{"_dmarc TXT v=DMARC1; p=none ; for now\n", "unsafe put the whole text in quotes"},
		{"_dmarc TXT \"v=DMARC1; p=none; rua=mailto:é@example.com\"\n", "manual write the text in ASCII"},
	} {
		var got []string
		for _, f := range ruletest.Lint(t, "fix.zone", rules.Example(c.src), Rules()) {
			got = append(got, f.Fix.Safety.String()+" "+f.Fix.Description)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%q gives %q, want %q", c.src, got, c.want)
		}
	}
	// A CNAME at the apex has no A record beside it to take its place.
	for _, f := range ruletest.Lint(t, "fix.zone", rules.Example("@ CNAME 192.0.2.1\n"), Rules()) {
		if f.Fix.Safety != rules.Manual {
			t.Errorf("%s: %s", f.Rule.ID, f.Fix.Description)
		}
	}
}

// Whole zones: no SOA where the zone was not read to its end, and names that
// others register below a public suffix.
func TestOtherZones(t *testing.T) {
	const soa = " 3600 SOA ns1.example.net. hostmaster.example.net. 1 2 3 4 5\n"
	for _, c := range []struct {
		src  string
		want []string
	}{
		{"$TTL 60\n@ NS ns1.example.net.\n", []string{"zone-soa-missing"}},
		{"$TTL 60\n@ NS ns1.example.net.\n$INCLUDE more\n", []string{"zone-include"}},
		{"$TTL 60\n@ NS ns1.example.net.\n@ SAO x\n", []string{"zone-syntax"}},
		{"co.uk." + soa + "co.uk.co.uk. 60 NS ns1.example.net.\n", nil},
		{"com." + soa + "com.com. 60 NS ns1.example.net.\n", nil},
		{"aa.aa." + soa + "aa.aa.aa. 60 NS ns1.example.net.\n", nil},
		{"aa.aa." + soa + "x.aa.aa.aa.aa. 60 NS ns1.example.net.\n", []string{"zone-doubled-origin"}},
		{"example.com." + soa + "example.com. 60 NS ns1.example.net.\nexample.com. 60 DNAME example.net.\n", nil},
		{"." + soa + "com. 60 NS ns1.com.\nns1.com. 60 A 192.0.2.1\n", []string{"zone-rname"}},
	} {
		if got := ruletest.IDs(ruletest.Lint(t, "other.zone", c.src, Rules())); !slices.Equal(got, c.want) {
			t.Errorf("%q gives %v, want %v", c.src, got, c.want)
		}
	}
}

// A zone that comes from a provider has no file: no word of it can be looked
// at, and the provider may keep the SOA and NS records to itself.
func TestProviderZone(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []string
	}{
		{"", nil},
		{"@ CNAME www.example.net.\n@ MX 10 mail.example.net.\n", nil},
		{"@ CNAME www.example.net.\n@ NS ns1.example.net.\n", []string{"zone-cname-apex"}},
		{"_dmarc.example.com TXT \"v=DMARC1; p=none\"\n", []string{"zone-doubled-origin"}},
		{"@ MX 10 mail.example.com\n", []string{"zone-doubled-origin"}},
		{"@ MX 10 mx.webmo.fr\n", nil},
		{"www CNAME 192.0.2.1\n", []string{"zone-target-ip"}},
		{"a CNAME b\nb CNAME a\n", []string{"zone-cname-loop"}},
		{"@ TXT \"v=DMARC1\\\\; p=none\"\n", []string{"zone-txt-backslash"}},
		{"@ TXT \"v=spf1\u00a0mx -all\"\n", []string{"zone-txt-nonascii"}},
		{"@ TXT v=spf1 mx -all\n", nil},
		{"@ 300 MX 10 a.example.net.\n@ 600 MX 20 b.example.net.\n", []string{"zone-ttl-mixed"}},
	} {
		z, _ := ruletest.Parse(t, "provider.zone", "$TTL 3600\n"+c.src, nil)
		b := zone.NewBuilder(z.Len())
		for r := range z.Records() {
			r.Loc, r.Notes = zone.Loc{}, 0
			b.Add(r)
		}
		bare := b.Zone(z.Apex)
		bare.Complete = true
		e, err := rules.NewEngine(Rules(), rules.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := ruletest.IDs(e.Run(bare)); !slices.Equal(got, c.want) {
			t.Errorf("%q gives %v, want %v", c.src, got, c.want)
		}
	}
}
