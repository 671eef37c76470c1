package hygiene

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	dmarcrules "github.com/zonelint/zonelint/rules/dmarc"
	"github.com/zonelint/zonelint/rules/mx"
	"github.com/zonelint/zonelint/rules/ruletest"
	spfrules "github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

func TestRules(t *testing.T) {
	all := slices.Concat(Rules(), dmarcrules.Rules(), spfrules.Rules(), mx.Rules())
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
		{"abs.example.com.example.com. A 192.0.2.1\n", "warning zone-doubled-origin"},
		{"abs.example.com A 192.0.2.1\n", "error zone-doubled-origin"},
		{"www CNAME abs.example.com.example.com.\n", "warning zone-doubled-origin"},
		{"@ MX 10 abs.example.com.example.com.\n", "error zone-doubled-origin"},
		{"@ MX 10 mx.webmo.fr\n", "error zone-doubled-origin"},
		{"@ MX 10 mx.webmo.fr\n* A 192.0.2.1\n", "warning zone-doubled-origin"},
		{"@ MX 10 webmo.fr\n", "error zone-doubled-origin"},
		{"@ MX 10 webmo.fr\n* A 192.0.2.1\n", ""},
		{"www CNAME webmo.fr\n", "warning zone-doubled-origin"},
		{"www CNAME www.webmo.fr\n", "error zone-doubled-origin"},
		{"www CNAME www.webmo.fr\nfr A 192.0.2.1\n", ""},
		{"www CNAME www.webmo.fr\n$INCLUDE missing\n", "error zone-include"},
		{"www CNAME www.webmo.fr\nbroken\n", "error zone-syntax"},
		{"www CNAME 192.0.2.1\n", "error zone-target-ip"},
		{"www CNAME 192.0.2.1\n* A 192.0.2.1\n", "warning zone-target-ip"},
		{"www CNAME 192.0.2.1.\n* A 192.0.2.1\n", "error zone-target-ip"},
		{"a.shop A 192.0.2.1\nshop NS ns1.example.net.\n", "warning zone-occluded"},
		{"a.shop TXT \"v=spf1 -all\"\nshop NS ns1.example.net.\n", "error zone-occluded"},
		{"_dmarc.shop CNAME d.example.net.\nshop NS ns1.example.net.\n", "error zone-occluded"},
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
