package dmarc

import (
	"regexp"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"

	"github.com/zonelint/zonelint/rules/ruletest"
)

func TestParseVersion(t *testing.T) {
	for _, c := range []struct {
		text   string
		named  bool
		form   Form
		span   string // the version as written
		rest   string // what is read as tags
		proven bool
	}{
		{"v=DMARC1", false, VersionGood, "v=DMARC1", "", true},
		{"v=DMARC1;p=none", false, VersionGood, "v=DMARC1", "p=none", true},
		{"v=DMARC1 ;\tp=none", false, VersionGood, "v=DMARC1", "\tp=none", true},
		{"V=DMARC1; p=none", false, VersionLoose, "V=DMARC1", " p=none", true},
		{"v\t= DMARC1; p=none", false, VersionLoose, "v\t= DMARC1", " p=none", true},
		{" v=DMARC1; p=none", false, VersionBehind, "v=DMARC1", " p=none", true},
		{"\"v=DMARC1; p=none\"", false, VersionBehind, "v=DMARC1", " p=none\"", true},
		{"\u00a0\ufeffv=DMARC1", false, VersionBehind, "v=DMARC1", "", true},
		{"v=dmarc1; p=none", false, VersionCase, "v=dmarc1", " p=none", true},
		{" V = Dmarc1, p=none", false, VersionCase, "V = Dmarc1", "p=none", true},
		{"v=DMARC1 p=none", false, VersionUnclosed, "v=DMARC1", "p=none", true},
		{"v=DMARC1, p = none", false, VersionUnclosed, "v=DMARC1", "p = none", true},
		{`v=DMARC1\; p=none`, false, VersionUnclosed, "v=DMARC1", "p=none", true},
		{"v=DMARC1p=none", false, VersionUnclosed, "v=DMARC1", "p=none", true},
		{"v=DMARC1.", false, VersionUnclosed, "v=DMARC1", "", true},
		{"v=DMARC1 none", false, VersionUnclosed, "v=DMARC1", "none", false},
		{"v=DMARC1-p=none", false, VersionUnclosed, "v=DMARC1", "-p=none", false},
		{"v=DMARC1\r\n", false, VersionUnclosed, "v=DMARC1", "", true},
		{"v=DMARC; p=none", false, VersionOther, "v=DMARC", " p=none", true},
		{"v=DMARC2; p=none", false, VersionOther, "v=DMARC2", " p=none", false},
		{"v=DMARC1.0; p=none", false, VersionOther, "v=DMARC1.0", " p=none", false},
		{"v=DMARC10", false, VersionOther, "v=DMARC10", "", false},
		{"v:DMARC1; p=none", false, VersionOther, "v:DMARC1", " p=none", true},
		{"DMARC1; p=none", true, VersionBare, "DMARC1", " p=none", true},
		{"DMARC1; p=none", false, NotDMARC, "", "", false},
		{"DMARC is not for us", true, NotDMARC, "", "", false},
		{"p=none; v=DMARC1", true, VersionLate, "v=DMARC1", "", true},
		{"p=none; v=DMARC", true, VersionLate, "v=DMARC", "", false},
		{"p=none; v=DMARC1", false, NotDMARC, "", "", false},
		{"p=Reject; sp=none", true, VersionMissing, "", "", true},
		{"rua=mailto:a@example.com", true, VersionMissing, "", "", true},
		{"v=spf1 -all", true, NotDMARC, "", "", false},
		{"v=DKIM1; p=none", true, NotDMARC, "", "", false},
		{"k=rsa; p=MIGf", true, NotDMARC, "", "", false},
		{"v=TLSRPTv1; rua=mailto:a@example.com", true, NotDMARC, "", "", false},
		{"google-site-verification=abc", true, NotDMARC, "", "", false},
		{"v=DMAR", true, NotDMARC, "", "", false},
		{"v", true, NotDMARC, "", "", false},
		{"v=", true, NotDMARC, "", "", false},
		{"", true, NotDMARC, "", "", false},
	} {
		r := Parse(c.text, c.named, nil)
		v := r.Version
		if v.Form != c.form || v.Span.Of(c.text) != c.span || v.Proven != c.proven {
			t.Errorf("%q: got form %d, span %q, proven %v; want %d, %q, %v", c.text, v.Form, v.Span.Of(c.text), v.Proven, c.form, c.span, c.proven)
		}
		if v.Form != NotDMARC && v.Form != VersionLate && v.Form != VersionMissing && c.text[v.Rest:] != c.rest {
			t.Errorf("%q: tags begin at %q, want %q", c.text, c.text[v.Rest:], c.rest)
		}
	}
}

func TestTag(t *testing.T) {
	text := "v=DMARC1; x; p: reject ;SP none; \u00a0aspf=s; RUA = mailto:a@example.com; fo="
	r := Parse(text, false, nil)
	for name, want := range map[string]string{"p": "reject", "sp": "none", "aspf": "s", "rua": "mailto:a@example.com", "fo": ""} {
		tag, ok := r.Tag(name)
		if !ok || tag.Value.Of(text) != want {
			t.Errorf("%s: got %q, %v; want %q", name, tag.Value.Of(text), ok, want)
		}
	}
	for _, name := range []string{"np", "x", "", "v"} {
		if tag, ok := r.Tag(name); ok {
			t.Errorf("%s: %+v", name, tag)
		}
	}
}

func TestValidURI(t *testing.T) {
	for uri, want := range map[string]bool{
		"mailto:a@example.com":         true,
		"MAILTO:a@example.com":         true,
		"mailto:a@example.com!10m":     true,
		"mailto:a@example.com!5":       true,
		"mailto:a%2Cb@example.com":     true,
		"mailto:a@example.com?subject": true,
		"https://example.com/r?a=b":    true,
		"x-report+v1:foo":              true,
		"mailto:a@example.com!":        false,
		"mailto:a@example.com!10x":     false,
		"mailto:a@example.com!1!2":     false,
		"mailto:":                      false,
		"mailto:a":                     false,
		"mailto:@example.com":          false,
		"mailto:a@":                    false,
		"mailto:?to=a@example.com":     false,
		"mailto:a%2@example.com":       false,
		"mailto:a%zz@example.com":      false,
		"mailto:a b@example.com":       false,
		"mailto:<a@example.com>":       false,
		"mailto:é@example.com":         false,
		"a@example.com":                false,
		"example.com":                  false,
		"1x:foo":                       false,
		":foo":                         false,
		"":                             false,
	} {
		if got := ValidURI(uri); got != want {
			t.Errorf("%q: got %v", uri, got)
		}
	}
}

func TestNearPolicy(t *testing.T) {
	for s, want := range map[string]struct {
		p       Policy
		certain bool
	}{
		`"none"`:         {None, true},
		"none.":          {None, true},
		"Reject ":        {Reject, true},
		"“quarantine”":   {Quarantine, true},
		`none\`:          {None, true},
		"quarentine":     {Quarantine, false},
		"quarantined":    {Quarantine, false},
		"quar":           {Quarantine, false},
		"rejected":       {Reject, false},
		"rejcet":         {Reject, false},
		"non":            {None, false},
		"nnoe":           {None, false},
		"no":             {NoPolicy, false},
		"monitor":        {NoPolicy, false},
		"":               {NoPolicy, false},
		"block":          {NoPolicy, false},
		"none of yours?": {None, false},
	} {
		if p, certain := nearPolicy(s); p != want.p || certain != want.certain {
			t.Errorf("%q: got %q, %v", s, p, certain)
		}
	}
}

// A record is at most 65,535 octets; work that grows with the square of that
// would stop the check of a zone.
func TestHostileRecords(t *testing.T) {
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{"p p;", ";", "=x;", "p=none;", "p=x p=y ", "a-b=c;", "ruax=c;", "np none,", "\u00a0p=x;", "v=DMARC1;", "rua=x,", "x=y;", "pct=5;rf=1;", "a@example.com,", "rua=a@b.c , ;", "fo=0:1:;ruf=,mailto:a b;", "fo=1;"} {
		t.Run(unit, func(t *testing.T) {
			ruletest.Linear(t, 4000, func(size int) {
				b := zone.NewBuilder(1)
				b.Add(zone.NewTXT(zone.MustName("_dmarc.example.com"), 3600, "v=DMARC1;"+strings.Repeat(unit, size/len(unit))))
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

// goodVersion is the ABNF of the version and what may follow it (RFC 9989,
// section 4.8), written in another way.
var goodVersion = regexp.MustCompile(`^[vV][ \t]*=[ \t]*DMARC1[ \t]*(;|$)`)

func seed(f *testing.F) {
	for _, s := range []string{
		"v=DMARC1; p=reject; rua=mailto:a@example.com,mailto:b@example.net!10m; fo=1:d", " v=dmarc1 p=none", "p=none; v=DMARC1;", "DMARC1;p:none;;",
		"V = DMARC1 , rua = x sp=none", "v=DMARC; v=DMARC1; p=none; p=none;p=reject", "\"v=DMARC1; p='none'\"", "v=DMARC1\\; p=non\\; =x; \u00a0p=none; a-b=c", "rua=mailto:a@b;p",
		"v=DMARC1; rau=mailto:a@example.com; p=none; pct=0; rf=afrf; adkim=strict; psd=no; t=yes", "v=DMARC1;p=none;fo=0:1,d;ruf=a@example.com, ,mailto:b@example.com!1m mailto:c@example.com",
		"v=spf1 -all", "v=DMARC1; p=reject; sp=none; np=none; rua=https://example.com,mailto=a@example.com,;fo=1",
	} {
		f.Add(s)
	}
}

func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text string) {
		r := Parse(text, true, nil)
		if got, want := r.Version.Valid(), goodVersion.MatchString(text); got != want {
			t.Fatalf("%q: version %d, want valid %v", text, r.Version.Form, want)
		}
		if Meant(text) != (Parse(text, false, nil).Version.Form != NotDMARC) {
			t.Fatalf("%q: Meant and Parse disagree", text)
		}
		for i, tag := range r.Tags {
			if tag.Name.From > tag.Name.To || tag.Value.From > tag.Value.To || tag.Value.To > len(text) || tag.Name.To > tag.Value.From {
				t.Fatalf("%q: tag %d: %+v", text, i, tag)
			}
		}
	})
}

// FuzzFix proves that every fix does away with its finding and brings no other,
// whatever the record says, and that the loop ends.
func FuzzFix(f *testing.F) {
	seed(f)
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		f.Fatal(err)
	}
	apex := zone.MustName("example.com")
	policy := zone.MustName("_dmarc.example.com")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4000 {
			return
		}
		for _, owner := range []zone.Name{apex, policy} {
			b := zone.NewBuilder(2)
			b.Add(zone.NewMX(apex, 3600, 10, zone.MustName("mx.example.net")))
			b.Add(zone.NewTXT(owner, 3600, text))
			z := b.Zone(apex)
			z.Complete = true
			before := map[string]bool{}
			worst := rules.Info
			for _, f := range e.Run(z) {
				before[f.Rule.ID] = true
				worst = max(worst, f.Severity)
			}
			res, err := e.Fix(z, rules.Unsafe)
			if err != nil {
				t.Fatalf("%s %q: %v", owner, text, err)
			}
			var now []string
			for r := range res.Zone.OfType(zone.TypeTXT) {
				now = append(now, r.String())
			}
			for i, why := range res.NotMade {
				// A record is not moved as long as it has a mistake that takes a
				// person to mend; and the engine leaves what would bring another.
				if res.Left[i].Rule == misplaced || strings.HasPrefix(why, "its fix would lead to") {
					continue
				}
				t.Fatalf("%s %q: %s: %s\n%s", owner, text, res.Left[i].Rule.ID, why, strings.Join(now, "\n"))
			}
			for _, f := range res.Left {
				// What can be read at last may have a lesser mistake.
				if !before[f.Rule.ID] && f.Severity >= worst && f.Severity > rules.Info {
					t.Fatalf("%s %q: new finding %s: %s\n%s", owner, text, f.Rule.ID, f.Message, strings.Join(now, "\n"))
				}
			}
		}
	})
}
