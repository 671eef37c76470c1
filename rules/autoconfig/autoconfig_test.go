package autoconfig

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/hygiene"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

func TestValidate(t *testing.T) {
	if err := rules.Validate(Rules()); err != nil {
		t.Error(err)
	}
}

func TestZones(t *testing.T) { ruletest.Zones(t, "testdata/*.zone", Rules()) }

func TestExamples(t *testing.T) { ruletest.Examples(t, Rules()) }

func TestFixes(t *testing.T) {
	for _, c := range []struct {
		name, zone    string
		upTo          rules.Safety
		changes, left []string
	}{
		{
			"owner", "_imaps IN SRV 0 1 993 imap.example.net.\n_imaps IN SRV 5 1 993 imap2.example.net.", rules.Unsafe,
			[]string{
				"-_imaps.example.com. 3600 IN SRV 0 1 993 imap.example.net.", "-_imaps.example.com. 3600 IN SRV 5 1 993 imap2.example.net.",
				"+_imaps._tcp.example.com. 3600 IN SRV 0 1 993 imap.example.net.", "+_imaps._tcp.example.com. 3600 IN SRV 5 1 993 imap2.example.net.",
			},
			nil,
		},
		{"owner, not safely", "_imaps IN SRV 0 1 993 imap.example.net.", rules.Safe, nil, []string{"srv-owner"}},
		{"owner that is taken", "_imaps IN SRV 0 1 993 imap.example.net.\n_imaps._tcp IN SRV 0 0 0 .", rules.Unsafe, nil, []string{"srv-owner"}},
		{
			"service", "_smtps._tcp IN SRV 0 1 465 smtp.example.net.", rules.Unsafe,
			[]string{"-_smtps._tcp.example.com. 3600 IN SRV 0 1 465 smtp.example.net.", "+_submissions._tcp.example.com. 3600 IN SRV 0 1 465 smtp.example.net."},
			nil,
		},
		{"null", "_imap._tcp IN SRV 0 0 143 .", rules.Safe, []string{"-_imap._tcp.example.com. 3600 IN SRV 0 0 143 .", "+_imap._tcp.example.com. 3600 IN SRV 0 0 0 ."}, nil},
		{"null mixed", "_imap._tcp IN SRV 0 0 0 .\n_imap._tcp IN SRV 0 1 143 imap.example.net.", rules.Unsafe, []string{"-_imap._tcp.example.com. 3600 IN SRV 0 0 0 ."}, nil},
		{"port 0", "_imaps._tcp IN SRV 0 1 0 imap.example.net.", rules.Unsafe, []string{"-_imaps._tcp.example.com. 3600 IN SRV 0 1 0 imap.example.net.", "+_imaps._tcp.example.com. 3600 IN SRV 0 1 993 imap.example.net."}, nil},
		{
			"TLS", "_submission._tcp IN SRV 0 1 465 smtp.example.net.", rules.Unsafe,
			[]string{"-_submission._tcp.example.com. 3600 IN SRV 0 1 465 smtp.example.net.", "+_submissions._tcp.example.com. 3600 IN SRV 0 1 465 smtp.example.net."},
			nil,
		},
		{
			"TLS, named already", "_submission._tcp IN SRV 0 1 465 smtp.example.net.\n_submission._tcp IN SRV 0 1 587 smtp.example.net.\n_submissions._tcp IN SRV 9 1 465 smtp.example.net.", rules.Unsafe,
			[]string{"-_submission._tcp.example.com. 3600 IN SRV 0 1 465 smtp.example.net."},
			nil,
		},
		{"TLS, mixed", "_submission._tcp IN SRV 0 1 465 smtp.example.net.\n_submission._tcp IN SRV 0 1 587 smtp.example.net.", rules.Unsafe, nil, []string{"srv-port-tls"}},
		{"TLS, taken", "_imap._tcp IN SRV 0 1 993 imap.example.net.\n_imaps._tcp IN SRV 0 0 0 .", rules.Unsafe, nil, []string{"srv-port-tls"}},
		{"wrong port", "_imaps._tcp IN SRV 0 1 995 imap.example.net.", rules.Unsafe, []string{"-_imaps._tcp.example.com. 3600 IN SRV 0 1 995 imap.example.net.", "+_imaps._tcp.example.com. 3600 IN SRV 0 1 993 imap.example.net."}, nil},
		{"duplicate", "_imaps._tcp IN SRV 5 1 993 imap.example.net.\n_imaps._tcp IN SRV 0 1 993 imap.example.net.", rules.Unsafe, []string{"-_imaps._tcp.example.com. 3600 IN SRV 5 1 993 imap.example.net."}, nil},
		{
			"alias", "_imaps._tcp IN SRV 0 1 993 a\na IN CNAME b\nb IN CNAME c\nc IN A 192.0.2.1", rules.Unsafe,
			[]string{"-_imaps._tcp.example.com. 3600 IN SRV 0 1 993 a.example.com.", "+_imaps._tcp.example.com. 3600 IN SRV 0 1 993 c.example.com."},
			nil,
		},
		{"alias of a host that is named too", "_imaps._tcp IN SRV 0 1 993 a\n_imaps._tcp IN SRV 1 1 993 c\na IN CNAME c\nc IN A 192.0.2.1", rules.Unsafe, nil, []string{"srv-target-cname"}},
		{"alias that leads away", "_imaps._tcp IN SRV 0 1 993 a\na IN CNAME c.example.net.", rules.Unsafe, nil, []string{"srv-target-cname"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, rules.ExampleHeader+c.zone+"\n", Rules(), c.upTo)
			if !slices.Equal(changes, c.changes) {
				t.Errorf("changes:\n got %q\nwant %q", changes, c.changes)
			}
			if !slices.Equal(left, c.left) {
				t.Errorf("left: got %q, want %q", left, c.left)
			}
		})
	}
}

func engine(t fataler, servers ...resolve.Server) *rules.Engine {
	e, err := rules.NewEngine(Rules(), rules.Options{Servers: servers})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return e
}

type fataler interface {
	Fatalf(format string, args ...any)
}

func parse(t fataler, origin, src string) *zone.Zone {
	z, err := masterfile.Parse("test.zone", []byte(src), masterfile.Options{Origin: zone.MustName(origin)})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return z
}

// Names outside of the zone are judged where another server knows them, and
// never where none does.
func TestOutside(t *testing.T) {
	z := parse(t, "example.com", rules.ExampleHeader+`
_imaps._tcp IN SRV 0 1 993 host.example.net.
_imaps._tcp IN SRV 1 1 993 alias.example.net.
_imaps._tcp IN SRV 2 1 993 gone.example.net.
_imaps._tcp IN SRV 3 1 993 text.example.net.
_imaps._tcp IN SRV 4 1 993 host.example.org.
autoconfig IN CNAME text.example.net.
autodiscover IN CNAME gone.example.net.
`)
	if fs := engine(t).Run(z); len(fs) > 0 {
		t.Errorf("offline: %v", fs)
	}
	other := parse(t, "example.net", "@ 60 IN SOA ns h 1 2 3 4 5\n@ 60 IN NS ns\nhost 60 IN A 192.0.2.1\nalias 60 IN CNAME host\ntext 60 IN TXT x\n")
	var got []string
	for _, f := range engine(t, resolve.NewZones([]*zone.Zone{other})).Run(z) {
		got = append(got, f.Severity.String()+" "+f.Rule.ID)
	}
	want := []string{"info srv-target-cname", "warning srv-target-missing", "warning srv-target-missing", "warning autoconfig-no-address"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A missing final dot is told once.
func TestDoubled(t *testing.T) {
	fs := ruletest.Lint(t, "test.zone", rules.ExampleHeader+"_imaps._tcp IN SRV 0 1 993 imap.example.net\n", slices.Concat(Rules(), hygiene.Rules()))
	if ids := ruletest.IDs(fs); !slices.Equal(ids, []string{"zone-doubled-origin"}) {
		t.Errorf("%v", ids)
	}
}

// A source that is not the whole zone does not prove that a host is missing.
func TestIncomplete(t *testing.T) {
	z := parse(t, "example.com", rules.ExampleHeader+"_imaps._tcp IN SRV 0 1 993 nowhere\nimaps._tcp IN SRV 0 1 993 alias\nalias IN CNAME host\n")
	z.Complete = false
	if ids := ruletest.IDs(engine(t).Run(z)); !slices.Equal(ids, []string{"srv-owner", "srv-target-cname"}) {
		t.Errorf("%v", ids)
	}
	if res, err := engine(t).Fix(z, rules.Unsafe); err != nil || len(res.Changes) > 0 {
		t.Errorf("%v %v", res.Changes, err)
	}
}

func TestSeverities(t *testing.T) {
	for record, want := range map[string]string{
		"imaps._tcp IN SRV 0 1 993 a.example.net.":         "warning srv-owner",
		"sip._tcp IN SRV 0 1 5060 a.example.net.":          "info srv-owner",
		"_imaps._tcp IN SRV 0 1 9993 a.example.net.":       "info srv-port-unusual",
		"_imaps._tcp IN SRV 0 0 1 .":                       "info srv-null-fields",
		"_autodiscover._tcp IN SRV 0 0 444 a.example.net.": "warning srv-port-wrong",
	} {
		fs := ruletest.Lint(t, "test.zone", rules.ExampleHeader+record+"\n", Rules())
		if len(fs) != 1 || fs[0].Severity.String()+" "+fs[0].Rule.ID != want {
			t.Errorf("%s: %v", record, fs)
		}
	}
}

// Records as the RFCs and mail hosts have them give no finding.
func TestValidGiveNothing(t *testing.T) {
	e := engine(t)
	labels := []string{}
	for label := range services {
		labels = append(labels, label)
	}
	slices.Sort(labels)
	rapid.Check(t, func(t *rapid.T) {
		for range 10 {
			src := rules.ExampleHeader + "mail IN A 192.0.2.1\n"
			for i, label := range rapid.SliceOfNDistinct(rapid.SampledFrom(labels), 1, 5, rapid.ID).Draw(t, "services") {
				if rapid.IntRange(0, 3).Draw(t, "offered") == 0 {
					src += label + "._tcp IN SRV 0 0 0 .\n"
					continue
				}
				for j := range rapid.IntRange(1, 3).Draw(t, "servers") {
					host := rapid.SampledFrom([]string{"h%d-%d.example.net.", "mail", "192-0-2-1.example.net."}).Draw(t, "host")
					if strings.Contains(host, "%") {
						host = fmt.Sprintf(host, i, j)
					} else if j > 0 {
						continue
					}
					src += fmt.Sprintf("%s._tcp IN SRV %d %d %d %s\n", label, rapid.Uint16().Draw(t, "priority"), rapid.Uint16().Draw(t, "weight"), services[label].port, host)
				}
			}
			if fs := e.Run(parse(t, "example.com", src)); len(fs) > 0 {
				t.Fatalf("%s: %s\n%s", fs[0].Rule.ID, fs[0].Message, src)
			}
		}
	})
}

// palette is records of which a zone is put together at random.
var palette = strings.Split(strings.TrimSpace(`
_imaps._tcp IN SRV 0 1 993 mail
_imaps._tcp IN SRV 5 1 993 alias
_imaps._tcp IN SRV 0 1 143 mail
_imaps._tcp IN SRV 0 1 995 mail
_imaps._tcp IN SRV 0 1 0 nowhere
_imaps._tcp IN SRV 0 0 993 .
_imaps._tcp IN SRV 0 0 0 .
_imaps._tcp IN SRV 0 1 1993 mail
_imap._tcp IN SRV 0 1 993 mail
_imap._tcp IN SRV 0 1 143 mail
_imap._tcp IN SRV 0 1 143 imap.example.net.
_imaps IN SRV 0 1 993 mail
_imaps.tcp IN SRV 0 1 143 alias
_imap4s._tcp IN SRV 0 1 993 mail
_tcp._imap IN SRV 0 1 993 mail
_smtps._tcp IN SRV 0 1 465 mail
_submission._tcp IN SRV 0 1 465 alias
_submissions._tcp IN SRV 0 1 587 alias
*._tcp IN SRV 0 1 443 mail
* IN CNAME mail
sip._tcp IN SRV 0 1 5060 alias
autoconfig IN CNAME text
text IN TXT x
`), "\n")

// Whatever the zone: a fix does away with its finding and brings none as bad,
// and a second run has nothing to do.
func TestFixesHold(t *testing.T) {
	e := engine(t)
	for _, safety := range []rules.Safety{rules.Safe, rules.Unsafe} {
		t.Run(safety.String(), rapid.MakeCheck(func(t *rapid.T) {
			src := rules.ExampleHeader + "mail IN A 192.0.2.1\nalias IN CNAME mail\n" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(palette), 1, 6).Draw(t, "records"), "\n") + "\n"
			z := parse(t, "example.com", src)
			res, err := e.Fix(z, safety)
			if err != nil {
				t.Fatal(err)
			}
			for i, why := range res.NotMade {
				if strings.Contains(why, "did not help") {
					t.Fatalf("%s: %s: %s\n%s", res.Left[i].Rule.ID, res.Left[i].Message, why, src)
				}
			}
			again, err := e.Fix(res.Zone, safety)
			if err != nil || len(again.Changes) > 0 {
				t.Fatalf("a second run changes %v (%v)\n%s", again.Changes, err, src)
			}
			known := map[string]int{}
			for _, f := range e.Run(z) {
				known[f.Rule.ID+string(f.Name)]++
			}
			for _, f := range res.Left {
				key := f.Rule.ID + string(f.Name)
				if known[key]--; known[key] >= 0 || f.Severity == rules.Info {
					continue
				}
				for _, g := range res.Fixed {
					if f.Severity >= g.Severity && f.Name == g.Name {
						t.Fatalf("new finding %s: %s\n%s", f.Rule.ID, f.Message, src)
					}
				}
			}
		}))
	}
}

func TestLinear(t *testing.T) {
	e := engine(t)
	apex := zone.MustName("example.com")
	for name, record := range map[string]func(i int) (owner string, priority, port uint16, target string){
		"one name, many hosts": func(i int) (string, uint16, uint16, string) {
			return "_imaps._tcp", 0, 993, fmt.Sprintf("h%d.example.com", i)
		},
		"one name, one host":  func(i int) (string, uint16, uint16, string) { return "_imaps._tcp", uint16(i), 993, "mail.example.com" },
		"one name, wrong TLS": func(i int) (string, uint16, uint16, string) { return "_imaps._tcp", uint16(i), 143, "mail.example.com" },
		"one name, aliases": func(i int) (string, uint16, uint16, string) {
			return "_imaps._tcp", uint16(i), 993, "alias.example.com"
		},
		"one name, not offered": func(i int) (string, uint16, uint16, string) { return "_imaps._tcp", uint16(i), 0, "." },
		"many names, wrong form": func(i int) (string, uint16, uint16, string) {
			return fmt.Sprintf("imaps._tcp.d%d", i), 0, 993, "mail.example.com"
		},
	} {
		t.Run(name, func(t *testing.T) {
			ruletest.Linear(t, 800, func(size int) {
				b := zone.NewBuilder(size)
				b.Add(zone.NewName(zone.MustName("alias.example.com"), zone.TypeCNAME, 60, zone.MustName("mail.example.com")))
				for i := range size {
					owner, priority, port, target := record(i)
					r := zone.Record{Name: zone.MustName(owner + ".example.com"), Type: zone.TypeSRV, Class: zone.ClassIN, TTL: 60, Data: "123456" + string(zone.MustName(target))}
					b.Add(withFields(r, priority, 0, port))
				}
				z := b.Zone(apex)
				z.Complete = true
				e.Run(z)
			})
		})
	}
}

// FuzzRules proves that no owner, port or target makes a rule or fix panic.
func FuzzRules(f *testing.F) {
	for _, owner := range []string{"_imaps._tcp", "imaps._tcp", "_tcp._imap", "*", "_smtps._tcp", "_", "_._tcp", "a\\.b._tcp", "@"} {
		for _, target := range []string{".", "mail", "192.0.2.1", "autoconfig", "_imaps._tcp", "a.example.net."} {
			f.Add(owner, uint16(993), target)
		}
	}
	e := engine(f)
	apex := zone.MustName("example.com")
	f.Fuzz(func(t *testing.T, owner string, number uint16, target string) {
		name, err := zone.ParseName(owner, apex)
		to, err2 := zone.ParseName(target, apex)
		if err != nil || err2 != nil {
			return
		}
		b := zone.NewBuilder(3)
		r := zone.Record{Name: name, Type: zone.TypeSRV, Class: zone.ClassIN, TTL: 60, Data: "\x00\x00\x00\x01\x00\x00" + string(to)}
		b.Add(withPort(r, number))
		b.Add(withPort(r, 993))
		b.Add(zone.NewName(zone.MustName("autoconfig.example.com"), zone.TypeCNAME, 60, name))
		z := b.Zone(apex)
		z.Complete = true
		res, err := e.Fix(z, rules.Unsafe)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := e.Fix(res.Zone, rules.Unsafe); err != nil || len(again.Changes) > 0 {
			t.Fatalf("a second run changes %v (%v)", again.Changes, err)
		}
	})
}
