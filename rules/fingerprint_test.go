package rules_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

const printed = `$ORIGIN example.com.
$TTL 3600
@ IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600
@ IN NS ns1.example.net.
@ IN NS ns2.example.net.
@ IN MX 10 mx.webmo.fr.
@ IN TXT "v=spf1 ptr ptr:a.example.net +all"
www IN A 192.0.2.300
_dmarc IN TXT "v=DMARC1; p=none; rua=mailto:a@example.com"
`

var fingerprint = regexp.MustCompile(`^[0-9a-f]{32}$`)

// prints returns the fingerprints of a zone, sorted, with their rules.
func prints(t *testing.T, text string) []string {
	t.Helper()
	z, err := masterfile.Parse("a.zone", []byte(text), masterfile.Options{Origin: zone.MustName("example.com")})
	if err != nil {
		t.Fatal(err)
	}
	e, err := rules.NewEngine(all.Rules(pack.Selector{All: pack.Builtin()}), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fs := e.Run(z)
	var out []string
	for i, p := range rules.Fingerprints(z, fs) {
		if !fingerprint.MatchString(string(p)) {
			t.Errorf("fingerprint %q", p)
		}
		out = append(out, fs[i].Rule.ID+" "+string(p))
	}
	slices.Sort(out)
	if len(out) < 6 || len(slices.Compact(slices.Clone(out))) != len(out) {
		t.Fatalf("too few findings, or equal fingerprints: %q", out)
	}
	return out
}

func replace(t *testing.T, old, new string) string {
	t.Helper()
	out := regexp.MustCompile(regexp.QuoteMeta(old)).ReplaceAllLiteralString(printed, new)
	if out == printed {
		t.Fatalf("%q is not in the zone", old)
	}
	return out
}

// What leaves the meaning of a zone's findings leaves their fingerprints.
func TestFingerprintsStay(t *testing.T) {
	want := prints(t, printed)
	for name, text := range map[string]string{
		"lines moved":          "; a comment\n\n" + printed,
		"serial":               replace(t, "2026112101", "2026112102"),
		"text split":           replace(t, `"v=spf1 ptr ptr:a.example.net +all"`, `"v=spf1 ptr" " ptr:a.example.net +all"`),
		"names written whole":  replace(t, "www IN A 192", "www.EXAMPLE.com.  A   192"),
		"another record":       printed + "ftp IN A 192.0.2.2\n",
		"order of the records": replace(t, "@ IN NS ns1.example.net.\n@ IN NS ns2.example.net.\n", "@ IN NS ns2.example.net.\n@ IN NS ns1.example.net.\n"),
	} {
		if got := prints(t, text); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// What makes another mistake of a finding gives it another fingerprint, and the
// others keep theirs.
func TestFingerprintsDiffer(t *testing.T) {
	before := prints(t, printed)
	for name, c := range map[string]struct{ text, rule string }{
		"another unreadable entry": {replace(t, "192.0.2.300", "192.0.2.301"), "zone-syntax"},
		"another owner":            {replace(t, "www IN A", "www2 IN A"), "zone-syntax"},
		"another text":             {replace(t, "ptr:a.", "ptr:b."), "spf-ptr"},
	} {
		after := prints(t, c.text)
		same := 0
		for _, p := range after {
			if slices.Contains(before, p) {
				same++
				if strings.HasPrefix(p, c.rule+" ") {
					t.Errorf("%s: %s stays", name, p)
				}
			}
		}
		if same < 3 {
			t.Errorf("%s: only %d fingerprints stay", name, same)
		}
	}
}

// Findings of a pack that misses records at one owner are told apart by what it
// misses.
func TestFingerprintsOfMissingRecords(t *testing.T) {
	z := zone.NewBuilder(0).Zone(zone.MustName("example.com"))
	missing := func(preference uint16) rules.Finding {
		f := rules.Finding{Rule: &rules.Rule{ID: "pack-mx-missing"}, Zone: z.Apex, Name: z.Apex, Type: zone.TypeMX, Pack: "webmo"}
		return f.WithFix(rules.Safe, "add it", zone.Add(zone.NewMX(z.Apex, 3600, preference, zone.MustName("mx.webmo.fr"))))
	}
	both := rules.Fingerprints(z, []rules.Finding{missing(10), missing(20)})
	if alone := rules.Fingerprints(z, []rules.Finding{missing(20)}); alone[0] != both[1] {
		t.Errorf("a missing record has the fingerprint %s beside another and %s alone", both[1], alone[0])
	}
	twice := rules.Fingerprints(z, []rules.Finding{missing(10), missing(10)})
	if twice[0] != both[0] || twice[1] == twice[0] {
		t.Errorf("a repeated finding has the fingerprints %q", twice)
	}
}
