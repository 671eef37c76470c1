package dmarc

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		want       string // "severity rule" of each finding
	}{
		{"no mail", "@ IN A 192.0.2.1", ""},
		{"null MX", "@ IN MX 0 .", ""},
		{"MX", mail, "warning dmarc-missing"},
		{"SPF", `@ IN TXT "v=spf1 mx -all"`, "warning dmarc-missing"},
		{"SPF in capitals", `@ IN TXT "V=SPF1"`, "warning dmarc-missing"},
		{"no SPF", `@ IN TXT "v=spf10 mx"`, ""},
		{"sends nothing", "@ IN MX 0 .\n@ IN TXT \"v=spf1  -ALL\"", "info dmarc-missing"},
		{"refuses all but has MX", mail + `@ IN TXT "v=spf1 -all"`, "warning dmarc-missing"},
		{"MX of another name", "mail IN MX 10 mx.example.net.", ""},
		{"there", mail + `_dmarc IN TXT "v=DMARC1; p=none"`, ""},
		{"void", mail + `_dmarc IN TXT "v=dmarc1; p=none"`, "error dmarc-version"},
		{"CNAME", mail + "_dmarc IN CNAME example.dmarc.example.net.", ""},
		{"CNAME in the zone", mail + "_dmarc IN CNAME policy\npolicy IN TXT \"v=DMARC1; p=none\"", ""},
		{"CNAME to nothing", mail + "_dmarc IN CNAME policy", "error dmarc-cname-target"},
		{"CNAME to something else", mail + "_dmarc IN CNAME www\nwww IN A 192.0.2.1", "error dmarc-cname-target"},
		{"CNAME loop", mail + "_dmarc IN CNAME a\na IN CNAME _dmarc", ""},
		{"delegation", mail + "_dmarc IN NS ns1.example.net.", ""},
		{"wildcard TXT", mail + `* IN TXT "v=DMARC1; p=none"`, "info dmarc-wildcard"},
		{"wildcard TXT of SPF", mail + `* IN TXT "v=spf1 -all"`, "warning dmarc-missing"},
		{"wildcard A", mail + "* IN A 192.0.2.1", "warning dmarc-missing"},
		{"wildcard CNAME", mail + "* IN CNAME @", "warning dmarc-missing"},
		{"wildcard CNAME to a record", mail + "* IN CNAME @\n@ IN TXT \"v=DMARC1; p=none\"", ""},
		{"wildcard CNAME that leads away", mail + "* IN CNAME www.example.net.", ""},
		{"wildcard stopped", mail + "* IN TXT \"v=DMARC1; p=none\"\n_dmarc IN A 192.0.2.1", "warning dmarc-missing warning dmarc-wildcard"},
		{"wildcard stopped by a name below", mail + "* IN TXT \"v=DMARC1; p=none\"\nx._dmarc IN A 192.0.2.1", "warning dmarc-missing warning dmarc-wildcard"},
		{"misplaced", mail + `@ IN TXT "v=DMARC1; p=none"`, "error dmarc-misplaced"},
		{"label without underscore", mail + `dmarc IN TXT "v=DMARC1; p=none"`, "warning dmarc-misplaced"},
		{"misspelt label", mail + `_dmac IN TXT "v=DMARC1; p=none"`, "warning dmarc-misplaced"},
		{"misplaced for another name", mail + `www.a IN TXT "v=DMARC1; p=none"`, "warning dmarc-missing warning dmarc-misplaced"},
		{"origin doubled", mail + `_dmarc.example.com IN TXT "v=DMARC1; p=none"`, ""},
		{"origin doubled in a CNAME", mail + `_dmarc.example.com IN CNAME x.example.net.`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range ruletest.Lint(t, "test.zone", header+c.zone+"\n", Rules()) {
				got = append(got, f.Severity.String()+" "+f.Rule.ID)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

// Which domains ought to have a record of their own.
func TestMissingByApex(t *testing.T) {
	for apex, want := range map[string]bool{
		"example.com":               true,
		"example.co.uk":             true,
		"example.test":              true,
		"mail.example.com":          false,
		"co.uk":                     false,
		"com":                       false,
		".":                         false,
		"2.0.192.in-addr.arpa":      false,
		"home.arpa":                 false,
		`a\.b.example.com`:          false,
		"xn--bcher-kva.example.com": false,
		"xn--bcher-kva.com":         true,
	} {
		z, err := masterfile.Parse("test.zone", []byte("@ 3600 IN SOA ns.example.net. h.example.net. 1 2 3 4 5\n@ 3600 IN MX 10 mx.example.net.\n"), masterfile.Options{Origin: zone.MustName(apex)})
		if err != nil {
			t.Fatal(err)
		}
		e, err := rules.NewEngine(Rules(), rules.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(e.Run(z)) == 1; got != want {
			t.Errorf("%s: got %v", apex, got)
		}
		// What a source does not hold is not missing if it is only a part.
		z.Complete = false
		if fs := e.Run(z); len(fs) > 0 {
			t.Errorf("%s, incomplete: %v", apex, fs)
		}
	}
}

func TestMisplacedInAPart(t *testing.T) {
	z, err := masterfile.Parse("test.zone", []byte(rules.ExampleHeader+`@ IN TXT "v=DMARC1; p=none"`), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	z.Complete = false
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fs := e.Run(z)
	if !slices.Equal(ruletest.IDs(fs), []string{"dmarc-misplaced"}) || fs[0].Fix.Safety != rules.Manual {
		t.Errorf("%+v", fs)
	}
}
