package hygiene

import (
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

// The mailbox of the SOA record: what is said of it, and what a fix makes of it.
func TestContact(t *testing.T) {
	const at = "warning 3:27 "
	for _, c := range []struct{ rname, more, want, fixed string }{
		{"hostmaster.example.net.", "", "", ""},
		{"hostmaster.example.com.", "@ MX 10 mx.example.net.", "", ""},
		{"hostmaster", "@ A 192.0.2.1", "", ""},
		{".", "", "", ""},
		{"hostmaster@example.net.", "", at, "hostmaster.example.net."},
		{"hostmaster@example.net", "", at, "hostmaster.example.net."},
		{"hostmaster@example.com", "@ MX 10 mx.example.net.", at, "hostmaster.example.com."},
		{"hostmaster@mail.example.com", "mail A 192.0.2.1", at, "hostmaster.mail.example.com."},
		{"first.last@example.net.", "", at, `first\.last.example.net.`},
		{`hostmaster\@example.net.`, "", at, "hostmaster.example.net."},
		{"hostmaster@mail", "mail A 192.0.2.1", at, "hostmaster.mail.example.com."},
		{"hostmaster@intern.lan", "", at, ""},
		{"a@b@example.net.", "", at, ""},
		{strings.Repeat("a", 40) + "." + strings.Repeat("b", 30) + "@example.net.", "", "warning 3:27 ", ""},
		{"@.example.net.", "", at, ""},
		{"hostmaster.example.com", "@ MX 10 mx.example.net.", at, "hostmaster.example.com."},
		{"hostmaster.example.com.", "", "info 3:27 ", ""},
		{"hostmaster.example.com.", "@ MX 0 .", "info 3:27 ", ""},
		{"first.last.example.com.", "@ MX 10 mx.example.net.", "info 3:27 ", ""},
		{`first\.last.example.com.`, "@ MX 10 mx.example.net.", "", ""},
	} {
		src := "$ORIGIN example.com.\n$TTL 3600\n@ IN SOA ns1.example.net. " + c.rname + " 2026112101 7200 3600 1209600 3600\n@ NS ns1.example.net.\n" + c.more + "\n"
		got := ""
		for _, f := range ruletest.Lint(t, "rname.zone", src, []*rules.Rule{rname}) {
			got += f.Severity.String() + " " + strings.TrimPrefix(f.Span.String(), "rname.zone:") + " "
		}
		if got != c.want {
			t.Errorf("%s gives %q, want %q", c.rname, got, c.want)
		}
		changes, left := ruletest.Fixed(t, src, []*rules.Rule{rname}, rules.Safe)
		fixed := ""
		if len(changes) == 2 {
			fixed = strings.Fields(changes[1])[5]
		}
		if fixed != c.fixed || fixed != "" && len(left) > 0 {
			t.Errorf("%s becomes %q (%v, left %v), want %q", c.rname, fixed, changes, left, c.fixed)
		}
	}
}

// The serial goes up once, and the line stays otherwise as it is.
func TestContactText(t *testing.T) {
	src := "$ORIGIN example.com.\n$TTL 3600\n@ IN SOA ns1.example.net. ( host@example.net. ; who\n  7 ; serial\n  7200 3600 1209600 3600 )\n@ NS ns1.example.net.\n"
	text, _, _ := fix(t, src, rules.Safe)
	want := strings.Replace(src, "host@example", "host.example", 1)
	if text != want {
		t.Errorf("got\n%swant\n%s", text, want)
	}
}

func TestServers(t *testing.T) {
	parse := func(name, src string) *zone.Zone {
		z, err := masterfile.Parse(name, []byte(src), masterfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	const soa = "@ 3600 IN SOA ns1.example.net. hostmaster.example.net. 2026112101 7200 3600 1209600 3600\n@ 3600 IN NS ns1\n"
	near := []resolve.Server{resolve.NewZones([]*zone.Zone{parse("example.net.zone", "$ORIGIN example.net.\n$TTL 60\n"+soa+
		"ns1 A 192.0.2.53\nhost A 192.0.2.1\nc1 CNAME c2\nc2 CNAME c3\nc3 CNAME c4\nc4 CNAME c5\nc5 CNAME host\nd1 CNAME gone\n")})}
	const contact = "info zone-rname"
	for src, want := range map[string]string{
		"a CNAME host.example.net.":                                "",
		"a CNAME gone.example.net.":                                "warning zone-cname-dangling",
		"a CNAME d1.example.net.":                                  "warning zone-cname-dangling",
		"a CNAME x.example.org.":                                   "",
		"a CNAME b\nb CNAME c\nc CNAME d\nd CNAME c1.example.net.": "warning zone-cname-chain",
		"b CNAME c\nc CNAME d\nd CNAME c1.example.net.":            "",
	} {
		e, err := rules.NewEngine(Rules(), rules.Options{Servers: near})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range e.Run(parse("example.com.zone", rules.ExampleHeader+src+"\n")) {
			if s := f.Severity.String() + " " + f.Rule.ID; s != contact {
				got += s
			}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", src, got, want)
		}
	}
}
