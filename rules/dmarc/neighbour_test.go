package dmarc

import (
	"strconv"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

// neighbours lints a zone of example.com beside other zones; closed says that
// there is no DNS but these.
func neighbours(t *testing.T, src string, closed bool, others map[string]string) []rules.Finding {
	t.Helper()
	var zones []*zone.Zone
	for apex, text := range others {
		z, err := masterfile.Parse(apex, []byte("$TTL 60\n@ SOA ns h 1 2 3 4 5\n"+text+"\n"), masterfile.Options{Origin: zone.MustName(apex)})
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, z)
	}
	server := resolve.NewZones(zones)
	if closed {
		server = resolve.NewWorld(zones)
	}
	e, err := rules.NewEngine(Rules(), rules.Options{Servers: []resolve.Server{server}})
	if err != nil {
		t.Fatal(err)
	}
	z, err := masterfile.Parse("test.zone", []byte(header+src+"\n"), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e.Run(z)
}

func TestNeighbours(t *testing.T) {
	const external = `_dmarc TXT "v=DMARC1; p=none; rua=mailto:a@example.net"`
	type zones map[string]string
	for _, c := range []struct {
		name, zone string
		closed     bool
		others     zones
		want       string
	}{
		{"nobody knows", external, false, nil, ""},
		{"no such domain", external, true, nil, "warning dmarc-report-auth 35+20 warning dmarc-report-mx 35+20"},
		{"not accepted", external, false, zones{"example.net": "@ A 192.0.2.1"}, "warning dmarc-report-auth 35+20"},
		{"accepted", external, false, zones{"example.net": "@ A 192.0.2.1\nexample.com._report._dmarc TXT \"v=DMARC1\""}, ""},
		{"accepted from all", external, false, zones{"example.net": "@ A 192.0.2.1\n*._report._dmarc TXT \"v=DMARC1;\""}, ""},
		{"accepted by one of two", external, false, zones{"example.net": "@ A 192.0.2.1\n*._report._dmarc TXT \"v=DMARC1;\"\n*._report._dmarc TXT x"}, ""},
		{"accepted by a CNAME", external, false, zones{"example.net": "@ A 192.0.2.1\n*._report._dmarc CNAME yes\nyes TXT \"v=DMARC1; rua=mailto:b@example.net\""}, ""},
		{"accepted by a CNAME to nobody knows", external, false, zones{"example.net": "@ A 192.0.2.1\n*._report._dmarc CNAME yes.example."}, ""},
		{"accepted by a void record", external, false, zones{"example.net": "@ A 192.0.2.1\n*._report._dmarc TXT \"v=dmarc1\""}, "warning dmarc-report-auth 35+20"},
		{"another is accepted", external, false, zones{"example.net": "@ A 192.0.2.1\nexample.org._report._dmarc TXT \"v=DMARC1;\""}, "warning dmarc-report-auth 35+20"},
		{"takes no mail", external, false, zones{"example.net": "@ MX 0 .\n*._report._dmarc TXT \"v=DMARC1;\""}, "warning dmarc-report-mx 35+20"},
		{"mail of a subdomain is no other's", `_dmarc TXT "v=DMARC1; p=none; rua=mailto:a@r.example.com"` + "\nr A 192.0.2.1", true, nil, ""},
		{"a subdomain's reports to the domain", `_dmarc.a TXT "v=DMARC1; p=none; rua=mailto:a@example.com"` + "\n_dmarc TXT \"v=DMARC1; p=none\"", true, nil, ""},
		{"a subdomain without a policy above", `_dmarc.a TXT "v=DMARC1; p=none; rua=mailto:a@example.com"`, true, nil, "warning dmarc-report-auth 37+20"},
		{
			"an organization of its own", "_dmarc TXT \"v=DMARC1; p=none\"\n" + `_dmarc.a TXT "v=DMARC1; p=none; psd=n; rua=mailto:a@example.com"`, false, nil,
			"warning dmarc-report-auth 44+20",
		},
		{"a policy that a CNAME leads to", "_dmarc CNAME x.example.net.", false, zones{"example.net": "@ A 192.0.2.1\nx TXT \"v=DMARC1; p=none; rua=mailto:a@example.net\""}, "warning dmarc-report-auth 14+14"},
		{"a CNAME to nothing", "_dmarc CNAME x.example.net.", false, zones{"example.net": "@ A 192.0.2.1"}, "error dmarc-cname-target 14+14"},
		{"a CNAME to a void record", "_dmarc CNAME x.example.net.", false, zones{"example.net": "x TXT \"v=dmarc1; p=none\""}, "error dmarc-cname-target 14+14"},
		{"a CNAME to a record without effect", "_dmarc CNAME x.example.net.", false, zones{"example.net": "x TXT \"v=DMARC1; p=nothing\""}, "error dmarc-cname-target 14+14"},
		{"a CNAME to two records", "_dmarc CNAME x.example.net.", false, zones{"example.net": "x TXT \"v=DMARC1; p=none\"\nx TXT \"v=DMARC1; p=reject\""}, "error dmarc-cname-target 14+14"},
		{"a CNAME to a record", "_dmarc CNAME x.example.net.", false, zones{"example.net": "x TXT \"v=DMARC1; p=none\"\nx TXT z"}, ""},
		{"a policy of the public suffix", "_dmarc.a TXT \"v=DMARC1; p=none\"\nb.a MX 10 mx.example.net.", false, zones{"com": `_dmarc TXT "v=DMARC1; p=reject; psd=y"`}, "warning dmarc-receivers-differ 1+3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range neighbours(t, c.zone, c.closed, c.others) {
				place, _, _ := strings.Cut(ruletest.Places([]rules.Finding{f})[0], " ")
				_, column, _ := strings.Cut(place, ":")
				got = append(got, f.Severity.String()+" "+f.Rule.ID+" "+column)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}

// Which receivers do not send reports depends on how they find the
// organizational domain.
func TestReportAuthReaders(t *testing.T) {
	for src, want := range map[string]string{
		`_dmarc TXT "v=DMARC1; p=none; rua=mailto:a@example.net"`:                                             "so receivers send none",
		"_dmarc TXT \"v=DMARC1; p=none\"\n_dmarc.a TXT \"v=DMARC1; p=none; psd=n; rua=mailto:a@example.com\"": "so receivers by RFC 9990 send none",
	} {
		fs := neighbours(t, src, true, map[string]string{"example.net": "@ A 192.0.2.1"})
		if len(fs) != 1 || !strings.Contains(fs[0].Message, want) {
			t.Errorf("%s: %+v", src, fs)
		}
	}
}

// TestLinearZone checks that what asks for other names does not ask more often
// in a larger zone.
func TestLinearZone(t *testing.T) {
	ruletest.Linear(t, 300, func(size int) {
		var b strings.Builder
		b.WriteString(header)
		for i := range size {
			n := strconv.Itoa(i)
			b.WriteString("_dmarc.d" + n + ` IN TXT "v=DMARC1; p=none; psd=n; rua=mailto:a@example.com,mailto:b@d` + n + ".example.com\"\n")
			b.WriteString("a.b.c.d" + n + " IN MX 10 mx.example.net.\nd" + n + " IN MX 0 .\n_dmarc.e" + n + " IN CNAME _dmarc.d" + n + "\n*.f" + n + " IN TXT \"v=DMARC1; p=none\"\n")
		}
		ruletest.Lint(t, "x.zone", b.String(), Rules())
	})
}
