package all_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

// suiteTest is a test of the openspf.org suite for RFC 7208, by what can be
// known of it without a message: group clean must give no error; syntax,
// context, multiple and graph must; none has no SPF record, runtime depends on
// answers of the DNS that no zone holds, and of either receivers may think what
// they like.
type suiteTest struct{ group, scenario, test, domain string }

func suiteTests(t *testing.T) []suiteTest {
	src, err := os.ReadFile("testdata/spf-suite.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []suiteTest
	for line := range strings.Lines(string(src)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) == 4 && f[0] != "group" {
			out = append(out, suiteTest{f[0], f[1], f[2], f[3]})
		}
	}
	return out
}

// suiteScenarios returns the zone data of the suite, which a module that is an
// oracle in other tests brings along.
func suiteScenarios(t *testing.T) map[string]map[string][]map[string]yaml.Node {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "blitiri.com.ar/go/spf").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	src, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "testdata", "rfc7208-tests.yml"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string][]map[string]yaml.Node{}
	for d := yaml.NewDecoder(bytes.NewReader(src)); ; {
		var s struct {
			Description string
			ZoneData    map[string][]map[string]yaml.Node `yaml:"zonedata"`
		}
		switch err := d.Decode(&s); {
		case errors.Is(err, io.EOF):
			return out
		case err != nil:
			t.Fatal(err)
		}
		out[s.Description] = s.ZoneData
	}
}

// suiteName reads a name that is written without escapes.
func suiteName(t *testing.T, s string) zone.Name {
	t.Helper()
	n := zone.Root
	for _, label := range slices.Backward(strings.Split(strings.TrimSuffix(s, "."), ".")) {
		n = zone.Name(string(rune(len(label)))+strings.ToLower(label)) + n
	}
	return n
}

// apexOf returns the last two labels of a name.
func apexOf(n zone.Name) zone.Name {
	for n.NumLabels() > 2 {
		n = n.Parent()
	}
	return n
}

// suiteZones makes master files of zone data and reads them.
func suiteZones(t *testing.T, data map[string][]map[string]yaml.Node) []*zone.Zone {
	t.Helper()
	files := map[zone.Name]*strings.Builder{}
	owners := make([]string, 0, len(data))
	for owner := range data {
		owners = append(owners, owner)
	}
	slices.Sort(owners)
	for _, owner := range owners {
		name := suiteName(t, owner)
		apex := apexOf(name)
		if files[apex] == nil {
			files[apex] = &strings.Builder{}
			fmt.Fprintf(files[apex], "%s 60 IN SOA ns.invalid. root.invalid. 1 7200 3600 1209600 3600\n%[1]s 60 IN NS ns.invalid.\n", apex)
		}
		for _, rec := range suiteRecords(t, name, data[owner]) {
			fmt.Fprintln(files[apex], rec)
		}
	}
	var zones []*zone.Zone
	for apex, b := range files {
		z, err := masterfile.Parse(apex.String(), []byte(b.String()), masterfile.Options{Origin: apex})
		if err != nil {
			t.Fatal(err)
		}
		if len(z.Problems) > 0 {
			t.Fatalf("%v\n%s", z.Problems, b)
		}
		zones = append(zones, z)
	}
	return zones
}

func suiteRecords(t *testing.T, name zone.Name, records []map[string]yaml.Node) []zone.Record {
	t.Helper()
	var out []zone.Record
	asTXT := !slices.ContainsFunc(records, func(r map[string]yaml.Node) bool { _, ok := r["TXT"]; return ok })
	for _, record := range records {
		for kind, value := range record {
			var list []string
			if value.Kind == yaml.SequenceNode {
				if err := value.Decode(&list); err != nil {
					t.Fatal(err)
				}
			} else {
				list = []string{value.Value}
			}
			rec := zone.Record{Name: name, Class: zone.ClassIN, TTL: 60}
			switch kind {
			case "TIMEOUT", "CNAMELOOP":
				if len(records) > 1 || name == apexOf(name) {
					continue
				}
				// What is delegated is not known.
				rec = zone.NewName(name, zone.TypeNS, 60, zone.MustName("ns.invalid"))
			case "A", "AAAA":
				rec.Type, rec.Data = zone.TypeA, string(netip.MustParseAddr(list[0]).AsSlice())
				if kind == "AAAA" {
					rec.Type = zone.TypeAAAA
				}
			case "MX":
				host := zone.Root
				if list[1] != "" {
					host = suiteName(t, list[1])
				}
				rec = zone.NewMX(name, 60, uint16(len(out)), host)
			case "PTR":
				rec = zone.NewName(name, zone.TypePTR, 60, suiteName(t, list[0]))
			case "CNAME":
				rec = zone.NewName(name, zone.TypeCNAME, 60, suiteName(t, list[0]))
			case "SPF", "TXT":
				// Texts of type SPF are TXT records too, unless there are such.
				if kind == "SPF" && !asTXT || kind == "TXT" && list[0] == "NONE" {
					continue
				}
				if len(list) == 0 {
					list = []string{""} // without a string it is no record
				}
				for i := range list {
					list[i] = octets(list[i])
				}
				rec.Type, rec.Data = zone.TypeTXT, zone.StringsData(list)
			default:
				t.Fatalf("%s: %s", name, kind)
			}
			out = append(out, rec)
		}
	}
	return out
}

// octets returns a text with a single octet for each of its characters up to
// U+00FF: the suite writes octets as "\xEF".
func octets(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			b = append(b, string(r)...)
		} else {
			b = append(b, byte(r))
		}
	}
	return string(b)
}

// TestSPFSuite lints the zones of the suite, with those of the scenario as the
// only DNS there is.
func TestSPFSuite(t *testing.T) {
	scenarios := suiteScenarios(t)
	found := map[string]map[zone.Name][]rules.Finding{} // the errors by scenario and owner
	for scenario, data := range scenarios {
		zones := suiteZones(t, data)
		e, err := rules.NewEngine(all.Rules(pack.Selector{}), rules.Options{Servers: []resolve.Server{resolve.NewWorld(zones)}})
		if err != nil {
			t.Fatal(err)
		}
		found[scenario] = map[zone.Name][]rules.Finding{}
		for _, z := range zones {
			for _, f := range e.Run(z) {
				if f.Severity == rules.Error && f.Type == zone.TypeTXT {
					found[scenario][f.Name] = append(found[scenario][f.Name], f)
				}
			}
		}
	}
	groups := map[string]int{}
	for _, test := range suiteTests(t) {
		groups[test.group]++
		if found[test.scenario] == nil {
			t.Fatalf("no scenario %q", test.scenario)
		}
		var errs []string
		if !strings.ContainsAny(test.domain, "[") && len(test.domain) < 64 {
			for _, f := range found[test.scenario][suiteName(t, test.domain)] {
				// A text that lost its blank is told, and is no SPF record.
				if test.group != "none" || !slices.Contains([]string{"spf-version-token", "zone-txt-joined"}, f.Rule.ID) {
					errs = append(errs, f.Rule.ID+": "+f.Message)
				}
			}
		}
		switch test.group {
		case "syntax", "context", "multiple", "graph":
			if len(errs) == 0 {
				t.Errorf("%s, %s: no error at %s", test.scenario, test.test, test.domain)
			}
		case "clean", "none", "runtime":
			if len(errs) > 0 {
				t.Errorf("%s, %s: %q at %s", test.scenario, test.test, errs, test.domain)
			}
		}
	}
	if want := map[string]int{"clean": 111, "syntax": 62, "context": 1, "multiple": 3, "graph": 9, "none": 8, "runtime": 6, "either": 3}; fmt.Sprint(groups) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", groups, want)
	}
}

// TestSPFSuiteGraph checks which rule speaks of each permanent error that no
// record shows by itself.
func TestSPFSuiteGraph(t *testing.T) {
	want := map[string]string{
		"include-permerror": "spf-include-bad", "include-none": "spf-include-none", "redirect-none": "spf-redirect-none",
		"redirect-loop": "spf-loop", "include-loop": "spf-loop", "mx-limit": "spf-mx-gt10",
		"mech-over-limit": "spf-lookups", "include-over-limit": "spf-lookups", "void-over-limit": "spf-void",
	}
	scenarios := suiteScenarios(t)
	seen := 0
	for _, test := range suiteTests(t) {
		if test.group != "graph" {
			continue
		}
		seen++
		zones := suiteZones(t, scenarios[test.scenario])
		e, err := rules.NewEngine(all.Rules(pack.Selector{}), rules.Options{Select: []string{want[test.test]}, Servers: []resolve.Server{resolve.NewWorld(zones)}})
		if err != nil {
			t.Fatal(err)
		}
		ok := false
		for _, z := range zones {
			for _, f := range e.Run(z) {
				ok = ok || f.Name == suiteName(t, test.domain)
			}
		}
		if !ok {
			t.Errorf("%s: no finding of %s at %s", test.test, want[test.test], test.domain)
		}
	}
	if seen != len(want) {
		t.Errorf("%d tests, want %d", seen, len(want))
	}
}
