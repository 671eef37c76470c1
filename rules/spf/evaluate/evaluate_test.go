package evaluate_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/rules/spf/evaluate"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

const head = "$ORIGIN example.com.\n$TTL 60\n@ SOA ns1 hostmaster 1 2 3 4 5\n@ NS ns1\n"

func parse(t testing.TB, src string) *zone.Zone {
	t.Helper()
	z, err := masterfile.Parse("example.com.zone", []byte(head+src), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(z.Problems) > 0 {
		t.Fatal(z.Problems)
	}
	return z
}

// summary is a verdict in a line.
func summary(v *evaluate.Verdict) string {
	var b strings.Builder
	b.WriteString(v.Result.String())
	if v.Otherwise != evaluate.Unknown {
		b.WriteString(" or " + v.Otherwise.String())
	}
	for _, p := range v.Path {
		fmt.Fprintf(&b, ", %s %d-%d %s", p.Domain, p.From, p.To, p.Text)
	}
	fmt.Fprintf(&b, "; %d/%d", v.Lookups, v.Voids)
	for _, g := range v.Gaps {
		fmt.Fprintf(&b, " ?%s %s %d", g.Name, g.Type, g.Step)
	}
	return b.String()
}

const (
	server = "mail A 192.0.2.10\n"
	nine   = "a:mail.example.com a:mail.example.com a:mail.example.com a:mail.example.com a:mail.example.com a:mail.example.com a:mail.example.com a:mail.example.com a:mail.example.com"
)

// What decides, at which octets, what it costs, and what is not known, of a zone
// alone.
func TestZoneAlone(t *testing.T) {
	for _, tt := range []struct{ name, zone, ip, from, want string }{
		{"mechanism", `@ TXT "v=spf1 a:mail.example.com -all"` + "\n" + server, "192.0.2.10", "a@example.com", "pass, example.com. 7-25 a:mail.example.com; 1/0"},
		{"all", `@ TXT "v=spf1 a:mail.example.com -all"` + "\n" + server, "192.0.2.11", "a@example.com", "fail, example.com. 26-30 -all; 1/0"},
		{"split strings", `@ TXT "v=spf1 ip4:192.0" ".2.0/24 ~all"`, "192.0.2.11", "a@example.com", "pass, example.com. 7-23 ip4:192.0.2.0/24; 0/0"},
		{"default", `@ TXT "v=spf1 ip4:192.0.2.1"`, "192.0.2.11", "a@example.com", "neutral; 0/0"},
		{"no record", `@ A 192.0.2.1`, "192.0.2.11", "a@example.com", "none; 0/0"},
		{"meant", `@ TXT " v=spf1 -all"`, "192.0.2.11", "a@example.com", "none; 0/0"},
		{"no name", `@ TXT "v=spf1 -all"`, "192.0.2.11", "a@none.example.com", "none; 0/0"},
		{"two records", `@ TXT "v=spf1 -all"` + "\n" + `@ TXT "v=spf1 ~all"`, "192.0.2.11", "a@example.com", "permerror, example.com. 0-11 v=spf1 -all, example.com. 0-11 v=spf1 ~all; 0/0"},
		{"the same record twice", `@ TXT "v=spf1 -all"` + "\n" + `@ TXT "v=spf1 -all"`, "192.0.2.11", "a@example.com", "fail, example.com. 7-11 -all; 0/0"},
		{"syntax before all else", `@ TXT "v=spf1 +all ipv4:192.0.2.1"`, "192.0.2.1", "a@example.com", "permerror, example.com. 12-26 ipv4:192.0.2.1; 0/0"},
		{"include", `@ TXT "v=spf1 ~include:s.example.com -all"` + "\n" + `s TXT "v=spf1 ip4:192.0.2.1"`, "192.0.2.1", "a@example.com", "softfail, example.com. 7-29 ~include:s.example.com, s.example.com. 7-20 ip4:192.0.2.1; 1/0"},
		{"include does not match", `@ TXT "v=spf1 include:s.example.com ?all"` + "\n" + `s TXT "v=spf1 -all"`, "192.0.2.1", "a@example.com", "neutral, example.com. 29-33 ?all; 1/0"},
		{"include of nothing", `@ TXT "v=spf1 include:s.example.com ?all"`, "192.0.2.1", "a@example.com", "permerror, example.com. 7-28 include:s.example.com; 1/0"},
		{"include of a fault", `@ TXT "v=spf1 include:s.example.com ?all"` + "\n" + `s TXT "v=spf1 al"`, "192.0.2.1", "a@example.com", "permerror, example.com. 7-28 include:s.example.com, s.example.com. 7-9 al; 1/0"},
		{"redirect", `@ TXT "v=spf1 redirect=s.example.com"` + "\n" + `s TXT "v=spf1 -all"`, "192.0.2.1", "a@example.com", "fail, example.com. 7-29 redirect=s.example.com, s.example.com. 7-11 -all; 1/0"},
		{"redirect to nothing", `@ TXT "v=spf1 redirect=s.example.com"`, "192.0.2.1", "a@example.com", "permerror, example.com. 7-29 redirect=s.example.com; 1/0"},
		{"redirect beside all", `@ TXT "v=spf1 redirect=s.example.com ?all"`, "192.0.2.1", "a@example.com", "neutral, example.com. 30-34 ?all; 0/0"},
		{"loop", `@ TXT "v=spf1 include:s.example.com"` + "\n" + `s TXT "v=spf1 redirect=example.com"`, "192.0.2.1", "a@example.com", "permerror, example.com. 7-28 include:s.example.com, s.example.com. 7-27 redirect=example.com; 2/0"},
		{"twice is no loop", `@ TXT "v=spf1 include:s.example.com include:s.example.com -all"` + "\n" + `s TXT "v=spf1 ?all"`, "192.0.2.1", "a@example.com", "fail, example.com. 51-55 -all; 2/0"},
		{"void", `@ TXT "v=spf1 a:x.example.com mx -all"`, "192.0.2.1", "a@example.com", "fail, example.com. 26-30 -all; 2/2"},
		{"void over the limit", `@ TXT "v=spf1 a:x.example.com mx exists:y.example.com -all"`, "192.0.2.1", "a@example.com", "permerror, example.com. 26-46 exists:y.example.com; 3/3"},
		{"hosts of an mx are not void", `@ TXT "v=spf1 mx mx mx -all"` + "\n@ MX 10 a\n@ MX 20 b", "192.0.2.1", "a@example.com", "fail, example.com. 16-20 -all; 3/0"},
		{"null MX", `@ TXT "v=spf1 mx -all"` + "\n@ MX 0 .", "192.0.2.1", "a@example.com", "fail, example.com. 10-14 -all; 1/0"},
		{"IPv4-mapped", `@ TXT "v=spf1 -ip6:::/0 ip4:192.0.2.1"`, "::ffff:192.0.2.1", "a@example.com", "pass, example.com. 17-30 ip4:192.0.2.1; 0/0"},
		{"ten lookups", `@ TXT "v=spf1 ` + nine + ` a:mail.example.com -all"` + "\n" + server, "192.0.2.1", "a@example.com", "fail, example.com. 197-201 -all; 10/0"},
		{"eleven lookups", `@ TXT "v=spf1 ` + nine + ` a:mail.example.com a:mail.example.com"` + "\n" + server, "192.0.2.1", "a@example.com", "permerror, example.com. 197-215 a:mail.example.com; 11/0"},
		{"the macro p is a lookup", `@ TXT "v=spf1 ` + nine + ` exists:%{p}.example.com"` + "\n" + server, "192.0.2.1", "a@example.com", "permerror, example.com. 178-201 exists:%{p}.example.com; 11/0"},
		{"no domain", `@ TXT "v=spf1 -all"`, "192.0.2.1", "a@[192.0.2.1]", "none; 0/0"},
		{"one label", `@ TXT "v=spf1 -all"`, "192.0.2.1", "a@localhost", "none; 0/0"},
		{"quoted local-part", `@ TXT "v=spf1 -all"`, "192.0.2.1", `"a@b"@EXAMPLE.com.`, "fail, example.com. 7-11 -all; 0/0"},
		{"a target that is no name", `@ TXT "v=spf1 a:a..example.com -all"`, "192.0.2.1", "a@example.com", "fail, example.com. 24-28 -all; 1/0"},
		{"redirect to what is no name", `@ TXT "v=spf1 redirect=a..example.com"`, "192.0.2.1", "a@example.com", "permerror, example.com. 7-30 redirect=a..example.com; 1/0"},

		// Names outside of the zone.
		{"foreign sender", `@ TXT "v=spf1 -all"`, "192.0.2.1", "a@example.net", "unknown; 0/0 ?example.net. TXT -1"},
		{"unknown include", `@ TXT "v=spf1 include:example.net -all"`, "192.0.2.1", "a@example.com", "unknown or fail, example.com. 27-31 -all; 1/0 ?example.net. TXT 0"},
		{"unknown redirect", `@ TXT "v=spf1 redirect=example.net"`, "192.0.2.1", "a@example.com", "unknown, example.com. 7-27 redirect=example.net; 1/0 ?example.net. TXT 0"},
		{"unknown after the match", `@ TXT "v=spf1 ip4:192.0.2.1 include:example.net"`, "192.0.2.1", "a@example.com", "pass, example.com. 7-20 ip4:192.0.2.1; 0/0"},
		{"unknown host", `@ TXT "v=spf1 mx -all"` + "\n@ MX 10 mx.example.net.", "192.0.2.1", "a@example.com", "unknown or fail, example.com. 10-14 -all; 1/0 ?mx.example.net. A 0"},
		{"a host beside an unknown one", `@ TXT "v=spf1 mx -all"` + "\n@ MX 10 mx.example.net.\n@ MX 20 mail\n" + server, "192.0.2.10", "a@example.com", "pass, example.com. 7-9 mx; 1/0"},
		{"the same either way", `@ TXT "v=spf1 mx a:example.net ip4:192.0.2.1 -all"` + "\n@ MX 10 mx.example.net.", "192.0.2.1", "a@example.com", "pass, example.com. 24-37 ip4:192.0.2.1; 2/0 ?mx.example.net. A 0 ?example.net. A 1"},
		{"not the same if they are void", `@ TXT "v=spf1 a:example.net a:example.org a:example.edu all"`, "192.0.2.1", "a@example.com", "unknown or pass, example.com. 49-52 all; 3/0 ?example.net. A 0 ?example.org. A 1 ?example.edu. A 2"},
		{"an include may fail", `@ TXT "v=spf1 include:example.net all"`, "192.0.2.1", "a@example.com", "unknown or pass, example.com. 27-30 all; 1/0 ?example.net. TXT 0"},
		{"unknown within an include", `@ TXT "v=spf1 include:s.example.com all"` + "\n" + `s TXT "v=spf1 -a:example.net +all"`, "192.0.2.1", "a@example.com", "unknown or pass, example.com. 7-28 include:s.example.com, s.example.com. 22-26 +all; 2/0 ?example.net. A 1"},
		{"ptr", `@ TXT "v=spf1 ptr -all"`, "192.0.2.1", "a@example.com", "unknown or fail, example.com. 11-15 -all; 1/0 ?1.2.0.192.in-addr.arpa. PTR 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := evaluate.Evaluate(evaluate.Query{Zone: parse(t, tt.zone), IP: netip.MustParseAddr(tt.ip), Sender: tt.from})
			if got := summary(v); got != tt.want {
				t.Errorf("%s\nwant %s\n%s", got, tt.want, v.Reason)
			}
			for _, p := range v.Path {
				if p.Record.Text()[p.From:p.To] != p.Text || p.Span().IsZero() {
					t.Errorf("%+v", p)
				}
			}
		})
	}
}

// broken answers nothing, as a DNS does that fails.
type broken struct{}

func (broken) Query(zone.Name, zone.Type) resolve.Reply {
	return resolve.Reply{Err: errors.New("server failure")}
}

func TestDNSFails(t *testing.T) {
	for src, want := range map[string]string{
		`@ TXT "v=spf1 include:example.net -all"`:              "temperror, example.com. 7-26 include:example.net; 1/0",
		`@ TXT "v=spf1 mx -all"` + "\n@ MX 10 mx.example.net.": "temperror, example.com. 7-9 mx; 1/0",
		`@ TXT "v=spf1 ptr -all"`:                              "fail, example.com. 11-15 -all; 1/0",
		`@ TXT "v=spf1 a:x.example.com -all"` + "\nx CNAME x":  "temperror, example.com. 7-22 a:x.example.com; 1/0",
		`@ TXT "v=spf1 -all exp=example.net"`:                  "fail, example.com. 7-11 -all; 0/0",
	} {
		v := evaluate.Evaluate(evaluate.Query{Zone: parse(t, src), Servers: []resolve.Server{broken{}}, IP: netip.MustParseAddr("192.0.2.1"), Sender: "a@example.com"})
		if got := summary(v); got != want {
			t.Errorf("%s: %s\nwant %s", src, got, want)
		}
	}
}

// What is known of a past day is told with the day.
func TestPinned(t *testing.T) {
	name := zone.MustName("example.net")
	facts := resolve.NewFacts([]resolve.Fact{{Name: name, Type: zone.TypeTXT, Data: []string{zone.TextData("v=spf1 ip4:192.0.2.1")}, Date: "2026-11-01"}})
	v := evaluate.Evaluate(evaluate.Query{
		Zone: parse(t, `@ TXT "v=spf1 include:example.net include:example.net -all"`), Servers: []resolve.Server{facts},
		IP: netip.MustParseAddr("192.0.2.2"), Sender: "a@example.com",
	})
	if want := []evaluate.Pinned{{Name: name, Date: "2026-11-01"}}; v.Result != evaluate.Fail || !slices.Equal(v.Pinned, want) {
		t.Errorf("%s, %v", v.Result, v.Pinned)
	}
}

func TestTrace(t *testing.T) {
	z := parse(t, `@ TXT "v=spf1 ip4:192.0.2.1 include:s.example.com ptr:example.com -all exp=why.example.com"`+"\n"+
		`s TXT "v=spf1 a:x.example.com redirect=mail.example.com"`+"\n"+`mail TXT "v=spf1 ?a"`+"\n"+`why TXT "%{i} %{c} %{r} %{t}: %{h} of %{d}, %{S}"`+"\n"+server)
	v := evaluate.Evaluate(evaluate.Query{
		Zone: z, Servers: []resolve.Server{resolve.NewWorld(nil)}, IP: netip.MustParseAddr("192.0.2.9"), Sender: "a@example.com",
		Helo: "h.example.net.", Receiver: "mx.example.org", Now: time.Unix(1795219200, 0),
	})
	var got []string
	for _, s := range v.Trace {
		got = append(got, fmt.Sprintf("%d %s %s: %s %d/%d", s.Depth, s.Domain, s.Text, s.Outcome, s.Lookups, s.Voids))
	}
	want := []string{
		"0 example.com. ip4:192.0.2.1: no match 0/0",
		"0 example.com. include:s.example.com: no match 4/1",
		"1 s.example.com. a:x.example.com: no match 2/1",
		"1 s.example.com. redirect=mail.example.com: followed 4/1",
		"2 mail.example.com. ?a: no match 4/1",
		"0 example.com. ptr:example.com: no match 5/2",
		"0 example.com. -all: match 5/2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if want := "192.0.2.9 192.0.2.9 mx.example.org 1795219200: h.example.net of example.com, a%40example.com"; v.Explanation != want || v.ExplainedBy.String() != "why.example.com." {
		t.Errorf("%q (%s)", v.Explanation, v.NotExplained)
	}
}

// An exp modifier that explains nothing does no harm.
func TestNotExplained(t *testing.T) {
	for text, want := range map[string]string{
		`e TXT "100%"`:                   "the text of e.example.com. has a syntax error",
		`e TXT "a"` + "\n" + `e TXT "b"`: "e.example.com. has 2 TXT records, where receivers take exactly one",
		`e A 192.0.2.1`:                  "e.example.com. has no TXT record",
		`x A 192.0.2.1`:                  "e.example.com. has no TXT record",
		`e CNAME e.example.net.`:         "nothing is known of the TXT records of e.example.net.",
		`e TXT "%{l}"`:                   "the text of e.example.com. is not ASCII when its macros are replaced",
		`e TXT "` + strings.Repeat(`%{s}" "`, 1000) + `"`: "the text of e.example.com. comes to 21000 octets, of which no reply has room",
		`e TXT "%{p}"`: "nothing is known of the PTR records of 1.2.0.192.in-addr.arpa.",
	} {
		from := "local@strict.example.com"
		if strings.Contains(want, "ASCII") {
			from = "l\u00f6cal@strict.example.com"
		}
		if strings.Contains(want, "21000") {
			from = "local23@f.example.com"
			text += "\n" + `f TXT "v=spf1 -all exp=e.example.com"`
		}
		z := parse(t, `strict TXT "v=spf1 -all exp=e.example.com"`+"\n"+text)
		v := evaluate.Evaluate(evaluate.Query{Zone: z, IP: netip.MustParseAddr("192.0.2.1"), Sender: from})
		if v.Result != evaluate.Fail || v.Explanation != "" || v.NotExplained != want || len(v.Gaps) > 0 || v.Lookups > 0 {
			t.Errorf("%s: %s, %q, %q\nwant %q", text, v.Result, v.Explanation, v.NotExplained, want)
		}
	}
}

// More names of an address than ten are ignored; more MX hosts are an error.
func TestNamesOfAddress(t *testing.T) {
	var src strings.Builder
	for i := range 11 {
		fmt.Fprintf(&src, "h%d A 192.0.2.1\n", i)
		fmt.Fprintf(&src, "many MX %d h%d\n", i, i)
	}
	src.WriteString(`p TXT "v=spf1 ptr:h10.example.com ptr:h9.example.com -all"` + "\n" + `p0 TXT "v=spf1 exists:%{p}.p.example.com -all"` + "\nh0.example.com.p A 127.0.0.2\n" +
		`many TXT "v=spf1 mx -all"` + "\n")
	arpa := "$ORIGIN 2.0.192.in-addr.arpa.\n$TTL 60\n@ SOA a. b. 1 2 3 4 5\n"
	for i := range 11 {
		arpa += fmt.Sprintf("1 PTR h%d.example.com.\n", i)
	}
	rev, err := masterfile.Parse("r.zone", []byte(arpa), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	z := parse(t, src.String())
	for from, want := range map[string]string{
		"a@p.example.com":    "pass, p.example.com. 27-45 ptr:h9.example.com; 2/0",
		"a@p0.example.com":   "pass, p0.example.com. 7-32 exists:%{p}.p.example.com; 2/0",
		"a@many.example.com": "permerror, many.example.com. 7-9 mx; 1/0",
	} {
		v := evaluate.Evaluate(evaluate.Query{Zone: z, Servers: []resolve.Server{resolve.NewZones([]*zone.Zone{rev})}, IP: netip.MustParseAddr("192.0.2.1"), Sender: from})
		if got := summary(v); got != want {
			t.Errorf("%s: %s\nwant %s (%s)", from, got, want, v.Reason)
		}
	}
}

// The time is linear in the length of a record, whatever it holds.
func TestLinear(t *testing.T) {
	for _, unit := range []string{"ip4:192.0.2.1 ", "a:%{d}%{s} ", "%{l1r-.+}", "x=%{d} ", "exists:%{d} ", "-"} {
		ruletest.Linear(t, 12000, func(size int) {
			b := zone.NewBuilder(2)
			text := "v=spf1 exists:" + strings.Repeat(unit, size/len(unit)) + "%{d} -all"
			b.Add(zone.NewTXT(zone.MustName("example.com"), 60, text))
			b.Add(zone.NewTXT(zone.MustName("example.com"), 60, strings.Repeat("v=spf1", size/6)))
			z := b.Zone(zone.MustName("example.com"))
			evaluate.Evaluate(evaluate.Query{Zone: z, Servers: []resolve.Server{resolve.NewWorld(nil)}, IP: netip.MustParseAddr("192.0.2.9"), Sender: strings.Repeat("a-", 30) + "@example.com"})
		})
	}
}
