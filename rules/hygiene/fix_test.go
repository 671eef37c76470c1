package hygiene

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// fix makes the fixes of a zone and returns its new text and the findings
// that are left in it.
func fix(t *testing.T, src string, upTo rules.Safety) (text string, before, left []rules.Finding) {
	t.Helper()
	z, before := ruletest.Parse(t, "fix.zone", src, Rules())
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := e.Fix(z, upTo)
	if err != nil {
		t.Fatal(err)
	}
	for i, why := range res.NotMade {
		if strings.Contains(why, "did not help") {
			t.Errorf("%s: %s", res.Left[i].Rule.ID, why)
		}
	}
	edits, err := masterfile.Edit(z, res.Changes)
	if err != nil {
		t.Fatal(err)
	}
	text = src
	for _, edit := range edits {
		text = string(edit.New)
	}
	again, left := ruletest.Parse(t, "fixed.zone", text, Rules())
	if got, want := records(again), records(res.Zone); !slices.Equal(got, want) {
		t.Errorf("the text reads as\n%s\nand should as\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	second, err := e.Fix(again, upTo)
	if err != nil {
		t.Fatal(err)
	}
	if len(second.Changes) > 0 {
		t.Errorf("a second run changes %v", second.Changes)
	}
	return text, before, left
}

func records(z *zone.Zone) []string {
	var out []string
	for r := range z.Records() {
		out = append(out, r.String())
	}
	slices.Sort(out)
	return out
}

// The text of each zone is as it was but for the lines given: those that begin
// with "-" are gone, those with "+" have come.
func TestFixes(t *testing.T) {
	key := strings.Repeat("A", 300)
	for name, c := range map[string]struct {
		src  string
		upTo rules.Safety
		want string
		left []string
	}{
		"duplicate": {"@ MX 10 mail.example.net. ; the first\n@ MX 10 MAIL.example.net. ; the second\n", rules.Safe, "@ MX 10 mail.example.net. ; the first\n", nil},
		"duplicate with another TTL": {
			"@ 300 MX 10 mail.example.net.\n@ 600 MX 10 mail.example.net.\n@ 300 MX 20 mail2.example.net.\n", rules.Safe,
			"@ 300 MX 10 mail.example.net.\n@ 300 MX 20 mail2.example.net.\n", nil,
		},
		"duplicate of a generated one":     {"$GENERATE 1-2 h$ A 192.0.2.$\nh2 A 192.0.2.2\nh3 A 192.0.2.3\n", rules.Safe, "$GENERATE 1-2 h$ A 192.0.2.$\nh3 A 192.0.2.3\n", nil},
		"duplicate before a generated one": {"h2 A 192.0.2.2\nh3 A 192.0.2.3\n$GENERATE 1-2 h$ A 192.0.2.$\n", rules.Safe, "h3 A 192.0.2.3\n$GENERATE 1-2 h$ A 192.0.2.$\n", nil},
		"TTLs":                             {"@ 600 MX 10 mail.example.net.\n@ 5m  MX 20 mail2.example.net.\n", rules.Safe, "@ 300 MX 10 mail.example.net.\n@ 5m  MX 20 mail2.example.net.\n", nil},
		"TTL of a text to mend":            {"@ 600 TXT v=spf1 mx -all\n@ 300 TXT \"text\"\n", rules.Safe, "@ 300 TXT \"v=spf1 mx -all\"\n@ 300 TXT \"text\"\n", nil},
		"out of zone":                      {"_dmarc. TXT \"v=DMARC1; p=none\"\n", rules.Unsafe, "_dmarc.example.com. TXT \"v=DMARC1; p=none\"\n", nil},
		"out of zone, taken":               {"www. A 192.0.2.1\nwww A 192.0.2.2\n", rules.Unsafe, "www. A 192.0.2.1\nwww A 192.0.2.2\n", []string{"zone-out-of-zone"}},
		"out of zone, the same":            {"www. A 192.0.2.1\nwww A 192.0.2.1\n", rules.Unsafe, "www A 192.0.2.1\n", nil},
		"address as CNAME":                 {"imap CNAME 192.0.2.1 ; there\n", rules.Unsafe, "", nil},
		"owner":                            {"_dmarc.example.com TXT \"v=DMARC1; p=none\"\n", rules.Safe, "", nil},
		"owner and a text to mend":         {"_dmarc.example.com TXT v=DMARC1; p=none\n", rules.Safe, "", nil},
		"owner whose name is taken":        {"www.example.com A 192.0.2.1\nwww A 192.0.2.2\n", rules.Unsafe, "www.example.com A 192.0.2.1\nwww A 192.0.2.2\n", []string{"zone-doubled-origin"}},
		"owner whose name is a CNAME":      {"www.example.com A 192.0.2.1\nwww CNAME www.example.net.\n", rules.Unsafe, "www.example.com A 192.0.2.1\nwww CNAME www.example.net.\n", []string{"zone-doubled-origin"}},
		"owner at the apex, second policy": {"example.com TXT \"v=spf1 mx -all\"\n@ TXT \"v=spf1 -all\"\n", rules.Unsafe, "example.com TXT \"v=spf1 mx -all\"\n@ TXT \"v=spf1 -all\"\n", []string{"zone-doubled-origin"}},
		"owner at the apex":                {"example.com TXT \"v=spf1 mx -all\"\n@ TXT \"site=1\"\n", rules.Safe, "", nil},
		"owner that is meant so":           {"mail.example.com A 192.0.2.1\n@ MX 10 mail.example.com.example.com.\n", rules.Safe, "mail.example.com A 192.0.2.1\n@ MX 10 mail.example.com.example.com.\n", []string{"zone-doubled-origin"}},
		"owner and target":                 {"mail.example.com A 192.0.2.1\n@ MX 10 mail.example.com\n", rules.Safe, "", nil},
		"target":                           {"@\tMX\t10 mx.webmo.fr ; ours\n", rules.Safe, "@\tMX\t10 mx.webmo.fr. ; ours\n", nil},
		"target that is there":             {"@ MX 10 mx.webmo.fr\n@ MX 10 mx.webmo.fr.\n", rules.Unsafe, "@ MX 10 mx.webmo.fr.\n", nil},
		"target that is there, safe":       {"@ MX 20 mx.webmo.fr\n@ MX 10 mx.webmo.fr.\n", rules.Safe, "@ MX 20 mx.webmo.fr\n@ MX 10 mx.webmo.fr.\n", []string{"zone-doubled-origin"}},
		"target that is the owner":         {"mail CNAME mail.example.com\n", rules.Unsafe, "mail CNAME mail.example.com\n", []string{"zone-doubled-origin"}},
		"target that is gone, unsafe":      {"@ MX 10 mail.example.com\n", rules.Unsafe, "@ MX 10 mail.example.com\n", []string{"zone-doubled-origin"}},
		"target that is gone":              {"@ MX 10 mail.example.com\n", rules.Safe, "@ MX 10 mail.example.com\n", []string{"zone-doubled-origin"}},
		"semicolon":                        {"_dmarc TXT v=DMARC1; p=none; rua=mailto:a@example.com\n", rules.Safe, "_dmarc TXT \"v=DMARC1; p=none; rua=mailto:a@example.com\"\n", nil},
		"semicolon and a comment":          {"_dmarc TXT v=DMARC1; p=none ; for now\n", rules.Safe, "_dmarc TXT v=DMARC1; p=none ; for now\n", []string{"zone-txt-semicolon"}},
		"unquoted":                         {"@ TXT v=spf1 mx -all ; all\n", rules.Safe, "@ TXT \"v=spf1 mx -all\" ; all\n", nil},
		"unquoted and long":                {"@ TXT v=spf1 include:" + key[:250] + ".example.net -all\n", rules.Safe, "@ TXT \"v=spf1 include:" + key[:240] + "\" \"" + key[:10] + ".example.net -all\"\n", nil},
		"non-ASCII": {
			"@ TXT \"v=spf1\u00a0mx –all\"\na TXT “v=spf1 mx -all”\n_dmarc TXT “v=DMARC1; p=none”\n", rules.Safe,
			"@ TXT \"v=spf1 mx -all\"\na TXT \"v=spf1 mx -all\"\n_dmarc TXT \"v=DMARC1; p=none\"\n", nil,
		},
		"non-ASCII, letters":             {"@ TXT \"v=spf1 a:é.example.net –all\"\n", rules.Unsafe, "@ TXT \"v=spf1 a:é.example.net –all\"\n", []string{"zone-txt-nonascii"}},
		"strings stay cut":               {"_dmarc TXT ( \"v=DMARC1;\u00a0\" ; version\n  \"p=none\" )\n", rules.Safe, "_dmarc TXT ( \"v=DMARC1; \" ; version\n  \"p=none\" )\n", nil},
		"strings stay cut at their ends": {"_dmarc TXT \"\u00a0v=DMARC1;\" \" p=none\u00a0\"\n", rules.Safe, "_dmarc TXT \"v=DMARC1;\" \" p=none\"\n", nil},
		"cut and long":                   {"k._domainkey TXT v=DKIM1\\;p=" + key + "; k=rsa\n", rules.Safe, "k._domainkey TXT \"v=DKIM1;p=" + key[:245] + "\" \"" + key[:55] + "; k=rsa\"\n", nil},
		"dashes":                         {"@ TXT \"v=spf1 include:xn—mller-kva.example.net\u00a0-all\"\n", rules.Safe, "@ TXT \"v=spf1 include:xn--mller-kva.example.net -all\"\n", nil},
		"apostrophe":                     {"k._domainkey TXT \"v=DKIM1; n=don’t; p=\"\n", rules.Safe, "k._domainkey TXT \"v=DKIM1; n=don't; p=\"\n", nil},
		"backslash":                      {"_dmarc TXT \"v=DMARC1\\\\; p=none\"\n", rules.Safe, "_dmarc TXT \"v=DMARC1; p=none\"\n", nil},
		"long":                           {"s._domainkey TXT \"v=DKIM1; p=" + key + "\"\n", rules.Safe, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, nl := range []string{"\n", "\r\n"} {
				src := strings.ReplaceAll(rules.Example(c.src), "\n", nl)
				text, _, left := fix(t, src, c.upTo)
				text = strings.ReplaceAll(text, nl, "\n")
				if c.want != "" {
					if got := strings.TrimPrefix(text, rules.ExampleHeader); got != c.want {
						t.Errorf("got\n%swant\n%s", got, c.want)
					}
				} else {
					t.Log(strings.TrimPrefix(text, rules.ExampleHeader))
				}
				if ids := ruletest.IDs(left); !slices.Equal(ids, c.left) {
					t.Errorf("left: %v, want %v", ids, c.left)
				}
			}
		})
	}
}

// No fix of any test zone brings a kind of finding that was not there.
func TestFixesBringNothingNew(t *testing.T) {
	files, err := filepath.Glob("testdata/*.zone")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, upTo := range []rules.Safety{rules.Safe, rules.Unsafe} {
			t.Run(filepath.Base(file)+"/"+upTo.String(), func(t *testing.T) {
				src, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				_, before, left := fix(t, string(src), upTo)
				was := map[string]bool{}
				for _, f := range before {
					was[f.Name.String()+f.Rule.ID] = true
				}
				for _, f := range left {
					if !was[f.Name.String()+f.Rule.ID] {
						t.Errorf("new: %s at %s: %s", f.Rule.ID, f.Span, f.Message)
					}
					if f.Fix != nil && len(f.Fix.Changes) > 0 && f.Fix.Safety <= upTo && f.Span.Start.Line > 0 {
						t.Logf("not made: %s %s", f.Span, f.Message)
					}
				}
			})
		}
	}
}

// What the strings of a policy lost, and the quotes within them, as the file
// has it afterwards.
func TestFixesOfStrings(t *testing.T) {
	for src, want := range map[string]string{
		`@ TXT "v=spf1 a" "mx -all"`:                                                    `@ TXT "v=spf1 a " "mx -all"`,
		`@ TXT ( "v=spf1 a" ; one` + "\n" + `  "mx" "-all" ) ; two`:                     `@ TXT ( "v=spf1 a " ; one` + "\n" + `  "mx " "-all" ) ; two`,
		`_dmarc TXT "v=DMARC1; p=none" "rua=mailto:a@example.com"`:                      `_dmarc TXT "v=DMARC1; p=none; " "rua=mailto:a@example.com"`,
		`_dmarc TXT "v=DMARC1" "p=none; rua=mailto:a@x.fr" "mailto:b@x.fr"`:             `_dmarc TXT "v=DMARC1; " "p=none; rua=mailto:a@x.fr," "mailto:b@x.fr"`,
		`_dmarc TXT "\"v=DMARC1; p=none\""`:                                             `_dmarc TXT "v=DMARC1; p=none"`,
		`@ TXT "\"v=spf1 mx\" \" -all\"" ; spf`:                                         `@ TXT "v=spf1 mx -all" ; spf`,
		`s._domainkey TXT "v=DKIM1; p=AAAA\" \"BBBB"`:                                   `s._domainkey TXT "v=DKIM1; p=AAAABBBB"`,
		`_dmarc TXT "\"v=DMARC1\\; p=none\""`:                                           `_dmarc TXT "v=DMARC1; p=none"`,
		`@ TXT "\"v=spf1 mx\" \"a -all\""`:                                              `@ TXT "\"v=spf1 mx\" \"a -all\""`, // a blank is lost as well
		`@ TXT "v=spf1 ` + strings.Repeat("ip4:192.0.2.1 ", 17) + `ip4:1.1.1.1" "-all"`: `@ TXT "v=spf1 ` + strings.Repeat("ip4:192.0.2.1 ", 17) + `ip4:1.1.1." "1 " "-all"`,
	} {
		text, _, left := fix(t, rules.ExampleHeader+src+"\n", rules.Safe)
		if got := strings.TrimSuffix(strings.TrimPrefix(text, rules.ExampleHeader), "\n"); got != want {
			t.Errorf("%s\nbecomes\n%s\nwant\n%s", src, got, want)
		}
		if src != want && len(left) > 0 {
			t.Errorf("%s: left %v", src, ruletest.IDs(left))
		}
	}
}

// However a valid record is cut into strings, nothing is lost.
func TestValidCuts(t *testing.T) {
	for owner, text := range map[string]string{
		"@":            "v=spf1 a mx:example.net/24//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.example.net exists:%{i}.s.example.net a:mxa.example.com ~all exp=e.example.com",
		"_dmarc":       "v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=r; rua=mailto:a@example.com,mailto:b@example.net!10m; ruf=mailto:c@example.com; fo=1:d:s; t=y; psd=n",
		"s._domainkey": "v=DKIM1; k=rsa; h=sha256; s=email; t=s; n=note; p=" + exampleKey,
		"_mta-sts":     "v=STSv1; id=20260101T000000;",
		"_smtp._tls":   "v=TLSRPTv1; rua=mailto:a@example.com,https://example.com/tls",
	} {
		for i := 1; i < len(text); i++ {
			for _, second := range []int{i + 1, i + 3, i + 20} {
				cut := []string{text[:i], text[i:]}
				if second < len(text) {
					cut = []string{text[:i], text[i:second], text[second:]}
				}
				src := rules.ExampleHeader + owner + " TXT"
				for _, s := range cut {
					for len(s) > 255 {
						src += " \"" + s[:255] + "\""
						s = s[255:]
					}
					src += " \"" + s + "\""
				}
				if fs := ruletest.Lint(t, "cut.zone", src+"\n", Rules()); len(fs) > 0 {
					t.Fatalf("%s: %s", src, fs[0].Message)
				}
			}
		}
	}
}
