package evaluate_test

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/rules/spf/evaluate"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// suite is a scenario of the test suite of openspf.org.
type suite struct {
	Description string
	Tests       map[string]suiteTest
	ZoneData    map[string][]map[string]yaml.Node `yaml:"zonedata"`
}

type suiteTest struct {
	Helo, Host, MailFrom string
	Result               words
	Explanation          string
}

// words is one string or a list of them.
type words []string

func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		return n.Decode((*[]string)(w))
	}
	var one string
	err := n.Decode(&one)
	*w = words{one}
	return err
}

// dns serves the zone data of a scenario as the only DNS. A name may time out
// for the types that it does not have.
type dns struct {
	zone    *zone.Zone
	timeout map[zone.Name]bool
}

var errTimeout = errors.New("timeout")

func (d *dns) Query(name zone.Name, t zone.Type) resolve.Reply {
	r := resolve.Ask(d.zone, name, t)
	r.From = resolve.Live
	if r.Status.Absent() && d.timeout[name] {
		return resolve.Reply{Err: errTimeout}
	}
	return r
}

// rawName returns a name that is written without escapes.
func rawName(t *testing.T, s string) zone.Name {
	t.Helper()
	var b strings.Builder
	for _, c := range strings.TrimSuffix(s, ".") {
		if strings.ContainsRune(`"();@$\ `, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	n, err := zone.ParseName(b.String()+".", zone.Root)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return n
}

// serve makes a dns of zone data.
func serve(t *testing.T, data map[string][]map[string]yaml.Node) *dns {
	d := &dns{timeout: map[zone.Name]bool{}}
	b := zone.NewBuilder(100)
	for owner, records := range data {
		name := rawName(t, owner)
		// Texts of type SPF are TXT records too, unless there are such.
		asTXT := !slices.ContainsFunc(records, func(r map[string]yaml.Node) bool { _, ok := r["TXT"]; return ok })
		for _, record := range records {
			for kind, value := range record {
				var list words
				if value.Kind != yaml.MappingNode {
					if err := value.Decode(&list); err != nil {
						t.Fatal(err)
					}
				}
				rec := zone.Record{Name: name, Class: zone.ClassIN, TTL: 60}
				switch kind {
				case "TIMEOUT", "CNAMELOOP":
					d.timeout[name] = true
					continue
				case "A", "AAAA":
					rec.Type, rec.Data = zone.TypeA, string(netip.MustParseAddr(list[0]).AsSlice())
					if kind == "AAAA" {
						rec.Type = zone.TypeAAAA
					}
				case "MX":
					host := zone.Root
					if list[1] != "" {
						host = rawName(t, list[1])
					}
					rec = zone.NewMX(name, 60, 10, host)
				case "PTR":
					rec = zone.NewName(name, zone.TypePTR, 60, rawName(t, list[0]))
				case "CNAME":
					rec = zone.NewName(name, zone.TypeCNAME, 60, rawName(t, list[0]))
				case "SPF", "TXT":
					if kind == "SPF" && !asTXT || kind == "TXT" && list[0] == "NONE" {
						continue
					}
					if len(list) == 0 {
						list = words{""} // without a string it is no record
					}
					rec.Type, rec.Data = zone.TypeTXT, zone.StringsData(list)
				default:
					t.Fatalf("%s: %s", owner, kind)
				}
				b.Add(rec)
			}
		}
	}
	d.zone = b.Zone(zone.Root)
	d.zone.Complete = true
	return d
}

// oracleDir returns the folder of blitiri.com.ar/go/spf, which has the suite.
func oracleDir(t *testing.T) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "blitiri.com.ar/go/spf").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.TrimSpace(string(out))
}

func suites(t *testing.T, file string) []suite {
	f, err := os.Open(filepath.Join(oracleDir(t), "testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []suite
	for d := yaml.NewDecoder(f); ; {
		var s suite
		switch err := d.Decode(&s); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, s)
	}
}

// Every test of the suite for RFC 7208 gives a result that it accepts, and its
// explanation.
func TestSuite(t *testing.T) {
	n, explained := 0, 0
	for _, s := range suites(t, "rfc7208-tests.yml") {
		d := serve(t, s.ZoneData)
		for name, test := range s.Tests {
			n++
			t.Run(name, func(t *testing.T) {
				v := evaluate.Evaluate(evaluate.Query{
					Servers: []resolve.Server{d}, IP: netip.MustParseAddr(test.Host),
					Sender: test.MailFrom, Helo: test.Helo, Now: time.Unix(0, 0),
				})
				if !slices.Contains(test.Result, v.Result.String()) {
					t.Errorf("%s, want one of %v: %s\n%v", v.Result, test.Result, v.Reason, v.Trace)
				}
				switch test.Explanation {
				case "":
					return
				case "DEFAULT":
					test.Explanation = ""
				}
				explained++
				// The nibbles of %{i} may be of either case.
				if !strings.EqualFold(v.Explanation, test.Explanation) {
					t.Errorf("explanation %q, want %q (%s)", v.Explanation, test.Explanation, v.NotExplained)
				}
			})
		}
	}
	if n != 203 || explained < 20 {
		t.Errorf("%d tests, %d explanations", n, explained)
	}
}
