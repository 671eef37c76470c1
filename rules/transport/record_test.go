package transport

import (
	"regexp"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

func TestMeant(t *testing.T) {
	for _, c := range []struct {
		standard *Standard
		text     string
		named    bool
		form     tagvalue.Form
		proven   bool
	}{
		{STS, "v=STSv1; id=1", false, tagvalue.VersionGood, true},
		{STS, "v=STSv1", false, tagvalue.VersionGood, true},
		{STS, "v=STSv1 ; id=1", false, tagvalue.VersionSpaced, true},
		{STS, "\"v=STSv1; id=1\"", false, tagvalue.VersionBehind, true},
		{STS, "v=StsV1; id=1", false, tagvalue.VersionCase, true},
		{STS, "V=STSv1; id=1", false, tagvalue.VersionCase, true},
		{STS, "v= STSv1; id=1", false, tagvalue.VersionCase, true},
		{STS, "v=STSv1 id=1", false, tagvalue.VersionUnclosed, true},
		{STS, "v=STSv1id=1", false, tagvalue.VersionUnclosed, true},
		{STS, "v=STSv1 whatever", false, tagvalue.VersionUnclosed, false},
		{STS, "v=STSv1.", false, tagvalue.VersionUnclosed, true},
		{STS, "v=STSv10; id=1", false, tagvalue.VersionOther, false},
		{STS, "v=STSv1.1; id=1", false, tagvalue.VersionOther, false},
		{STS, "v=STSv2; id=1", false, tagvalue.VersionOther, false},
		{STS, "v=STS1; id=1", false, tagvalue.VersionOther, true},
		{STS, "v=STS; id=1", false, tagvalue.VersionOther, true},
		{STS, "v:STSv1; id=1", false, tagvalue.VersionOther, true},
		{STS, "STSv1; id=1", true, tagvalue.VersionBare, true},
		{STS, "STSv1; id=1", false, tagvalue.NotMeant, false},
		{STS, "id=1;v=STSv1", true, tagvalue.VersionLate, true},
		{STS, "id=1;v=STSv2", true, tagvalue.VersionLate, false},
		{STS, "id=1;v=spf1", true, tagvalue.NotMeant, false},
		{STS, "id=1", true, tagvalue.VersionMissing, true},
		{STS, "id=1", false, tagvalue.NotMeant, false},
		{STS, "v=STSx", true, tagvalue.NotMeant, false},
		{STS, "v=TLSRPTv1; rua=mailto:a@example.com", true, tagvalue.NotMeant, false},
		{STS, "v", true, tagvalue.NotMeant, false},
		{STS, "", true, tagvalue.NotMeant, false},
		{TLSRPT, "v=TLSRPTv1;rua=mailto:a@example.com", false, tagvalue.VersionGood, true},
		{TLSRPT, "rua=mailto:a@example.com", true, tagvalue.VersionMissing, true},
		{TLSRPT, "rua=x", true, tagvalue.NotMeant, false},
		{TLSRPT, "v=DMARC1; rua=mailto:a@example.com", true, tagvalue.NotMeant, false},
	} {
		v := c.standard.Parse(c.text, c.named, nil).Version
		if v.Form != c.form || v.Proven != c.proven {
			t.Errorf("%s %q: got form %d, proven %v; want %d, %v", c.standard.Name, c.text, v.Form, v.Proven, c.form, c.proven)
		}
	}
}

func TestCheckURI(t *testing.T) {
	for uri, want := range map[string]URIFault{
		"mailto:a@example.com":           0,
		"MAILTO:a%2Cb@example.com?x=y@z": 0,
		"https://example.com":            0,
		"https://[2001:db8::1]:8443/x":   0,
		"":                               NoText,
		"a@example.com":                  NoURI,
		"example.com":                    NoURI,
		"1x:a":                           NoURI,
		"mailto:a@example.com!10m":       BadOctet,
		"mailto:a b@example.com":         BadOctet,
		"mailto:a%2@example.com":         BadOctet,
		"mailto:é@example.com":           BadOctet,
		"mailto:":                        NoAddress,
		"mailto:a":                       NoAddress,
		"mailto:@example.com":            NoAddress,
		"https:example.com":              NoAddress,
		"https://":                       NoAddress,
		"https:///x":                     NoAddress,
		"http://example.com":             OtherScheme,
		"tel:1":                          OtherScheme,
	} {
		if got := CheckURI(uri); got != want {
			t.Errorf("%q: got %d, want %d", uri, got, want)
		}
	}
}

// The ABNF of RFC 8461, section 3.1, and RFC 8460, section 3, with what their
// text and errata say of it, written in another way. The field of TLS-RPT is
// only looked at as to its URIs by the rule itself.
var (
	goodSTS    = regexp.MustCompile(`^v=STSv1([ \t]*;[ \t]*[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[!-:<>-~]+)+([ \t]*;[ \t]*)?$`)
	firstID    = regexp.MustCompile(`;[ \t]*id=([^; \t]*)`)
	goodID     = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)
	equalsSign = regexp.MustCompile(`=[^;]*=`)
)

func seed(f *testing.F) {
	for _, s := range []string{
		"v=STSv1; id=20260831085700Z;", " V=stsv1 id=1", "id=1; v=STSv1;", "STSv1;id:1;;", "v = STSv1 , id = 1", "v=STSv1; id=2026-11-21; id=1; x=y=z; =x",
		"v=TLSRPTv1; rua=mailto:a@example.com,https://example.com", "v=TLSRPT1 rua=a@example.com", "rua=mailto:a@example.com, ,b@example.com!10m; v=TLSRPTv1",
		"v=TLSRPTv1;rua=mailto:a@b;rua=mailto:c@d,rua=<e@f>; RUA=x", "v=STSv1; id=1 ", "\"v=STSv1\\; id=é\"",
	} {
		f.Add(s)
	}
}

// FuzzSTS compares the verdict of the rules with the ABNF: an MTA-STS record
// has an error exactly if it does not follow it.
func FuzzSTS(f *testing.F) {
	seed(f)
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 || !STS.Meant(text) {
			return
		}
		b := zone.NewBuilder(1)
		b.Add(zone.NewTXT(zone.MustName("_mta-sts.example.com"), 3600, text))
		found := ""
		for _, f := range e.Run(b.Zone(zone.MustName("example.com"))) {
			if f.Severity == rules.Error {
				found = f.Rule.ID + ": " + f.Message
			}
		}
		want := goodSTS.MatchString(text) && !equalsSign.MatchString(strings.TrimPrefix(text, "v=STSv1"))
		if id := firstID.FindStringSubmatch(text); id == nil || !goodID.MatchString(id[1]) {
			want = false
		}
		if want != (found == "") {
			t.Fatalf("%q: valid %v, but %q", text, want, found)
		}
	})
}

// A record is at most 65,535 octets; work that grows with the square of that
// would stop the check of a zone.
func TestHostileRecords(t *testing.T) {
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ owner, head, unit string }{
		{"_mta-sts", "v=STSv1;", ";"},
		{"_mta-sts", "v=STSv1;", "id = 1;"},
		{"_mta-sts", "v=STSv1;", "x=1 id=2 "},
		{"_mta-sts", "v=STSv1;", "v=STSv1;"},
		{"_smtp._tls", "v=TLSRPTv1;", "rua=a@b;"},
		{"_smtp._tls", "v=TLSRPTv1;rua=", "a@b,"},
		{"_smtp._tls", "v=TLSRPTv1;rua=x", ","},
		{"_smtp._tls", "v=TLSRPTv1;", "rua=mailto:a@b.c;"},
	} {
		t.Run(c.unit, func(t *testing.T) {
			ruletest.Linear(t, 4000, func(size int) {
				b := zone.NewBuilder(1)
				b.Add(zone.NewTXT(zone.MustName(c.owner+".example.com"), 3600, c.head+strings.Repeat(c.unit, size/len(c.unit))))
				z := b.Zone(zone.MustName("example.com"))
				if n := len(e.Run(z)); n == 0 || n > 100 {
					t.Errorf("%d findings", n)
				}
				if _, err := e.Fix(z, rules.Unsafe); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
