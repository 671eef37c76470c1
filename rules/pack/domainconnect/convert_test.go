package domainconnect_test

import (
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/pack/domainconnect"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
)

var update = flag.Bool("update", false, "write testdata/*.yaml anew")

var day = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func convert(t testing.TB, records string, o domainconnect.Options) (*domainconnect.Converted, []string) {
	t.Helper()
	o.Checked = day
	c, err := domainconnect.Convert(parseTemplate(t, records), o)
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, n := range c.Notes {
		notes = append(notes, n.Message)
	}
	return c, notes
}

// The packs of whole templates are in testdata.
func TestConvert(t *testing.T) {
	for _, name := range []string{"boxes", "sender"} {
		t.Run(name, func(t *testing.T) {
			tpl, err := domainconnect.Load("testdata/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			c, err := domainconnect.Convert(tpl, domainconnect.Options{Checked: day})
			if err != nil {
				t.Fatal(err)
			}
			golden := "testdata/" + name + ".yaml"
			if *update {
				if err := os.WriteFile(golden, c.YAML, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(c.YAML)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if _, err := pack.Load(golden); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestConvertNotes(t *testing.T) {
	mx := `{"type":"MX","host":"@","pointsTo":"mx.example.net","priority":10},`
	for _, tt := range []struct {
		name, records string
		note          string // "" for none
		yaml, not     string // what the pack has, and has not
	}{
		{name: "priority", records: `{"type":"MX","host":"@","pointsTo":"mx.example.net","priority":"%p%"}`, note: "the priority of mx.example.net is not known", yaml: "any-preference: true"},
		{name: "MX twice", records: mx + `{"type":"MX","host":"","pointsTo":"MX.example.net.","priority":20}`, note: "MX.example.net has an MX record above already"},
		{name: "MX of the domain", records: `{"type":"MX","host":"%domain%.","pointsTo":"%domain%","priority":0}`, yaml: "exchange: '{domain}'", not: "detect"},
		{name: "null MX", records: `{"type":"MX","host":"@","pointsTo":".","priority":0}`, yaml: "kind: no-mail"},
		{name: "MX of one label", records: mx + `{"type":"MX","host":"@","pointsTo":"mx","priority":0}`, note: "a name of at least two labels belongs here", yaml: "mx:\n  records:"},
		{name: "host without a value", records: `{"type":"TXT","host":"%a%.x.%domain%.","data":"y"}`, yaml: "name: '{a}.x'"},
		{name: "two variables in a name", records: `{"type":"CNAME","host":"a","pointsTo":"%a%.%b%.example.net"}`, not: "pattern"},
		{name: "SPF rules", records: mx + `{"type":"SPFM","host":"@","spfRules":"%r%"}`, note: "what %r% adds to the SPF record is not known", not: "spf:"},
		{name: "SPF of a variable", records: `{"type":"SPFM","host":"@","spfRules":"v=spf1 include:%r%.example.net -all"}`, yaml: "terms: ['include:{r}.example.net']\n  all: '~all'"},
		{name: "SPF twice", records: `{"type":"SPFM","host":"@","spfRules":"a mx","essential":"OnApply"},{"type":"SPFM","host":"@","spfRules":"mx ip4:192.0.2.1","essential":"OnApply"}`, yaml: "level: recommended\n  terms: ['a', 'mx', 'ip4:192.0.2.1']"},
		{name: "SPF of an address", records: mx + `{"type":"SPFM","host":"@","spfRules":"ip4:%ip%"}`, note: "what ip4:%ip% adds"},
		{name: "SPF of a modifier", records: `{"type":"SPFM","host":"@","spfRules":"a exp=x.example.net"}`, note: "cannot ask for exp=x.example.net"},
		{name: "SPF of no term", records: `{"type":"SPFM","host":"@","spfRules":"a foo"}`, note: "is no term of an SPF record"},
		{name: "SPF redirect", records: `{"type":"SPFM","host":"@","spfRules":"redirect=x.example.net"}`, yaml: "terms: ['redirect=x.example.net']", not: "all:"},
		{name: "SPF as TXT", records: `{"type":"TXT","host":"@","data":"v=spf1 include:x.example.net ?all"}`, yaml: "terms: ['include:x.example.net']"},
		{name: "SPF that lets nobody pass", records: `{"type":"TXT","host":"@","data":"v=spf1 -all"}`, yaml: "text: 'v=spf1 -all'", not: "terms"},
		{name: "SPF below", records: `{"type":"SPFM","host":"b","spfRules":"+include:%r%.example.net all"}`, yaml: "name: 'b'\n  type: TXT\n  text: 'v=spf1 +include:{r}.example.net ~all'"},
		{name: "SPF redirect below", records: `{"type":"SPFM","host":"b","spfRules":"redirect=%r%.example.net"}`, yaml: "text: 'v=spf1 redirect={r}.example.net'"},
		{name: "SPF of a qualifier", records: mx + `{"type":"SPFM","host":"@","spfRules":"-a"}`, note: "-a passes nobody", not: "spf:"},
		{name: "DMARC of a variable", records: `{"type":"TXT","host":"_dmarc","data":"v=DMARC1; p=%p%"}`, yaml: "text: 'v=DMARC1; p={p}'", not: "dmarc:"},
		{name: "DMARC", records: `{"type":"TXT","host":"_dmarc","data":"v=DMARC1; p=Reject","essential":"OnApply"}`, yaml: "level: recommended\n  minimum: 'reject'\n  create: 'v=DMARC1; p=Reject'"},
		{name: "conflicts", records: `{"type":"TXT","host":"a","data":"x","txtConflictMatchingMode":"All"}`, note: "replaces others"},
		{name: "address", records: mx + `{"type":"A","host":"a","pointsTo":"%ip%"}`, note: "%ip% has no value"},
		{name: "port", records: mx + `{"type":"SRV","name":"@","service":"imap","protocol":"tcp","priority":0,"weight":0,"port":"%p%","target":"a.example.net"}`, note: "stands for a number"},
		{name: "braces", records: mx + `{"type":"TXT","host":"a","data":"{x}"}`, note: "braces in it"},
		{name: "blanks", records: mx + `{"type":"TXT","host":"a","data":"x "}`, note: "ends with a blank"},
		{name: "nothing in TXT", records: mx + `{"type":"TXT","host":"a","data":""}`, note: "text is empty"},
		{name: "quotes", records: `{"type":"TXT","host":"a","data":"it's \"x\" #1: y"}`, yaml: `text: 'it''s "x" #1: y'`},
		{name: "the same twice", records: `{"type":"CNAME","host":"a","pointsTo":"x.example.net"},{"type":"CNAME","host":"A","pointsTo":"X.example.net"}`, yaml: "name: 'a'", not: "name: 'A'"},
		{name: "names of variables", records: `{"type":"TXT","host":"a","data":"%aB% %A_b% %a-b% %1% %_% %domain-dashes%"}`, yaml: "text: '{a-b} {a-b-2} {a-b-3} {v-1} {x} {domain-dashes-2}'"},
		{name: "verification", records: `{"type":"TXT","host":"@","data":"%code%"}`, yaml: "purpose: verification"},
		{name: "other data", records: `{"type":"CAA","host":"@","data":"0   ISSUE \"ca.example.net\""}`, yaml: `data: '0 ISSUE "ca.example.net"'`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, notes := convert(t, tt.records, domainconnect.Options{})
			said := strings.Join(notes, "\n")
			if tt.note == "" && said != "" || !strings.Contains(said, tt.note) {
				t.Errorf("notes %q, want %q", said, tt.note)
			}
			yaml := string(c.YAML)
			if !strings.Contains(yaml, tt.yaml) || tt.not != "" && strings.Contains(yaml, tt.not) {
				t.Errorf("%s\nwant %q and not %q", yaml, tt.yaml, tt.not)
			}
			for _, n := range notes {
				if !strings.Contains(yaml, "# Line ") || !strings.Contains(yaml, n) {
					t.Errorf("no comment says %q", n)
				}
			}
		})
	}
}

func TestConvertErrors(t *testing.T) {
	for _, tt := range []struct {
		name, records, want string
		kind                error
	}{
		{"nothing", ``, "nothing of the template can be said", domainconnect.ErrInvalidTemplate},
		{"nothing left", `{"type":"REDIR301","host":"@"}`, "nothing of the template can be said in a rule pack; line 1: REDIR301", domainconnect.ErrInvalidTemplate},
		{"a mistake", `{"type":"CNAME","host":"@","pointsTo":"x.example.net"}`, "where the SOA is", domainconnect.ErrInvalidData},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := domainconnect.Convert(parseTemplate(t, tt.records), domainconnect.Options{Checked: day})
			if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.want) {
				t.Error(err)
			}
		})
	}
}

// A converted template is a pack like any other: its zone is clean, what it asks
// for is found and put in place, and a zone is recognised by it.
func TestConvertedRules(t *testing.T) {
	tpl, err := domainconnect.Load("testdata/boxes.json")
	if err != nil {
		t.Fatal(err)
	}
	params := map[string]string{"Sel_1": "s1", "dkimKey": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "token": "x", "region": "eu", "site": "s", "ip": "192.0.2.80", "spfRules": "ip4:192.0.2.7", "ttl": "600"}
	c, err := domainconnect.Convert(tpl, domainconnect.Options{Checked: day, Params: params})
	if err != nil {
		t.Fatal(err)
	}
	rs := pack.Rules(pack.Selector{Forced: []*pack.Pack{c.Pack}})
	head := "$TTL 3600\n@ SOA ns.example.net. h.example.net. 1 2 3 4 5\n@ NS ns.example.net.\n"
	bare := head + "@ MX 5 old.example.org.\n@ TXT \"v=spf1 a -all\"\n"
	z, fs := ruletest.Parse(t, "z", bare, rs)
	if ids := ruletest.IDs(fs); !slices.Contains(ids, "pack-mx-foreign") || !slices.Contains(ids, "pack-spf-include") || !slices.Contains(ids, "pack-record-missing") {
		t.Error(ids)
	}
	for _, f := range fs {
		if f.Rule.ID == "pack-mx-foreign" && f.Severity != rules.Error {
			t.Errorf("%s is %v", f.Rule.ID, f.Severity)
		}
	}
	if _, left := ruletest.Fixed(t, bare, rs, rules.Unsafe); len(left) > 0 {
		t.Errorf("fixes leave %v", left)
	}
	// What Apply makes of the zone satisfies the pack.
	cs, _, err := domainconnect.Apply(z, tpl, params, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	applied, ok := z.Apply(cs)
	if !ok {
		t.Fatal("not changes of the zone")
	}
	e, err := rules.NewEngine(rs, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range e.Run(applied) {
		t.Errorf("%s: %s", f.Rule.ID, f.Message)
	}
	open, err := domainconnect.Convert(tpl, domainconnect.Options{Checked: day})
	if err != nil {
		t.Fatal(err)
	}
	seen := pack.Selector{All: []*pack.Pack{open.Pack}}.Detect(applied)
	if len(seen) != 1 || seen[0].By != pack.ByMX {
		t.Errorf("recognised: %v", seen)
	}
	for _, f := range ruletestRun(t, applied, pack.Selector{Forced: []*pack.Pack{open.Pack}}) {
		t.Errorf("without values: %s: %s", f.Rule.ID, f.Message)
	}
}

func ruletestRun(t *testing.T, z *zone.Zone, s pack.Selector) []rules.Finding {
	t.Helper()
	e, err := rules.NewEngine(pack.Rules(s), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return e.Run(z)
}
