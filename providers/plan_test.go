package providers_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// snapshot is a zone at a provider with the capabilities.
func snapshot(t testing.TB, caps providers.Capabilities, lines ...string) *providers.Snapshot {
	t.Helper()
	f := providertest.NewFake(example, caps, recs(t, lines...)...)
	s, err := f.Snapshot(t.Context(), example)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// steps are the operations of a plan, a line each, with a line for a gap.
func steps(p *providers.Plan) []string {
	var out []string
	for i, s := range p.Steps {
		for _, op := range s.Ops {
			sign, r := "+", op.New.Record
			switch op.Kind {
			case providers.Delete:
				sign, r = "-", op.Old.Record
			case providers.Update:
				sign = "~"
			}
			out = append(out, fmt.Sprintf("%d %s %s %s %s", i+1, sign, r.Name.Relative(example), r.Type, r.RData()))
		}
		if s.Gap != "" {
			out = append(out, "  "+s.Gap)
		}
	}
	return out
}

// What a migration looks like at a provider that can only append and delete:
// what others speak of comes first, MX records come before they go, one SPF
// record goes right before the other comes, and what is left over goes last.
func TestOrder(t *testing.T) {
	migration := scenarios[1]
	for _, tt := range []struct {
		kind providers.Capabilities
		want []string
	}{
		{providers.Capabilities{}, []string{
			`1 + new._domainkey TXT "v=DKIM1; p=bmV3"`,
			`2 - @ TXT "v=spf1 mx -all"`,
			"  example.com. has no v=spf1 record",
			`3 + @ TXT "v=spf1 include:spf.host.example -all"`,
			"4 + @ MX 10 mx1.host.example.",
			"5 - @ MX 0 mail.example.com.",
			"6 - @ MX 50 backup.old.example.",
			`7 - _dmarc TXT "v=DMARC1; p=none"`,
			"  _dmarc.example.com. has no v=dmarc1 record",
			`8 + _dmarc TXT "v=DMARC1; p=reject"`,
			"9 - mail A 192.0.2.9",
			`10 - old._domainkey TXT "v=DKIM1; p=b2xk"`,
		}},
		{providers.Capabilities{Update: true}, []string{
			`1 + new._domainkey TXT "v=DKIM1; p=bmV3"`,
			`2 ~ @ TXT "v=spf1 include:spf.host.example -all"`,
			"3 + @ MX 10 mx1.host.example.",
			"4 - @ MX 0 mail.example.com.",
			"5 - @ MX 50 backup.old.example.",
			`6 ~ _dmarc TXT "v=DMARC1; p=reject"`,
			"7 - mail A 192.0.2.9",
			`8 - old._domainkey TXT "v=DKIM1; p=b2xk"`,
		}},
		{providers.Capabilities{Atomic: true, MaxOps: 3}, []string{
			`1 + new._domainkey TXT "v=DKIM1; p=bmV3"`,
			`1 - @ TXT "v=spf1 mx -all"`,
			`1 + @ TXT "v=spf1 include:spf.host.example -all"`,
			"2 + @ MX 10 mx1.host.example.",
			"2 - @ MX 0 mail.example.com.",
			"2 - @ MX 50 backup.old.example.",
			`3 - _dmarc TXT "v=DMARC1; p=none"`,
			`3 + _dmarc TXT "v=DMARC1; p=reject"`,
			"3 - mail A 192.0.2.9",
			`4 - old._domainkey TXT "v=DKIM1; p=b2xk"`,
		}},
	} {
		s := snapshot(t, tt.kind, migration.zone...)
		p, err := providers.NewPlan(s, migration.changes(t, s.Zone()), providers.PlanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := steps(p); !slices.Equal(got, tt.want) {
			t.Errorf("%+v:\n%s\nnot\n%s", tt.kind, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

func TestOrderOfSwaps(t *testing.T) {
	for _, tt := range []struct {
		name       string
		zone       []string
		gone, come []string
		want       []string
	}{
		{
			"a CNAME in place of addresses",
			[]string{"ac 300 A 192.0.2.7", "ac 300 AAAA 2001:db8::7"},
			[]string{"ac 300 A 192.0.2.7", "ac 300 AAAA 2001:db8::7"},
			[]string{"ac 300 CNAME ac.example.net."},
			[]string{"1 - ac A 192.0.2.7", "  ac.example.com. has not all of its records", "2 - ac AAAA 2001:db8::7", "  ac.example.com. has not all of its records", "3 + ac CNAME ac.example.net."},
		},
		{
			"mail records in place of a CNAME",
			[]string{"m 300 CNAME x.example.net."},
			[]string{"m 300 CNAME x.example.net."},
			[]string{`m 300 TXT "v=spf1 -all"`, "m 300 MX 0 ."},
			[]string{"1 - m CNAME x.example.net.", "  m.example.com. has not all of its records", "2 + m MX 0 .", "  m.example.com. has not all of its records", `3 + m TXT "v=spf1 -all"`},
		},
		{
			"a CNAME that stood beside MX records",
			[]string{"m 300 CNAME x.example.net.", "m 300 MX 10 a.example.net."},
			[]string{"m 300 CNAME x.example.net.", "m 300 MX 10 a.example.net."},
			[]string{"m 300 MX 10 b.example.net."},
			[]string{"1 + m MX 10 b.example.net.", "2 - m MX 10 a.example.net.", "3 - m CNAME x.example.net."},
		},
		{
			"TTLs of MX records that stay",
			[]string{"@ 300 MX 10 a.example.net.", "@ 300 MX 20 b.example.net."},
			[]string{"@ 300 MX 10 a.example.net.", "@ 300 MX 20 b.example.net."},
			[]string{"@ 600 MX 10 a.example.net.", "@ 300 MX 30 c.example.net."},
			[]string{
				"1 + @ MX 30 c.example.net.", "2 - @ MX 10 a.example.net.", "  without example.com. 600 IN MX 10 a.example.net.",
				"3 + @ MX 10 a.example.net.", "4 - @ MX 20 b.example.net.",
			},
		},
		{
			"three SPF records into one that is there",
			[]string{`@ 300 TXT "v=spf1 a -all"`, `@ 300 TXT "V=SPF1 b -all"`, `@ 300 TXT "v=spf1"`},
			[]string{`@ 300 TXT "V=SPF1 b -all"`, `@ 300 TXT "v=spf1"`},
			nil,
			[]string{`1 - @ TXT "V=SPF1 b -all"`, `2 - @ TXT "v=spf1"`},
		},
		{
			"an SPF record that others include",
			[]string{`@ 300 TXT "v=spf1 a -all"`},
			[]string{`@ 300 TXT "v=spf1 a -all"`},
			[]string{`@ 300 TXT "v=spf1 include:_spf.example.com -all"`, `_spf 300 TXT "v=spf1 a:x.example -all"`},
			[]string{`1 + _spf TXT "v=spf1 a:x.example -all"`, `2 - @ TXT "v=spf1 a -all"`, "  example.com. has no v=spf1 record", `3 + @ TXT "v=spf1 include:_spf.example.com -all"`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sc := scenario{zone: tt.zone, gone: tt.gone, come: tt.come}
			s := snapshot(t, providers.Capabilities{}, tt.zone...)
			p, err := providers.NewPlan(s, sc.changes(t, s.Zone()), providers.PlanOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := steps(p); !slices.Equal(got, tt.want) {
				t.Errorf("%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestGuards(t *testing.T) {
	many := func(n int, f string) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf(f, i))
		}
		return out
	}
	for _, tt := range []struct {
		name       string
		zone       []string
		gone, come []string
		opts       providers.PlanOptions
		caps       providers.Capabilities
		want       error
		text       string
	}{
		{name: "SOA", come: []string{"@ 300 SOA a.example. b.example. 2 1 1 1 1"}, want: providers.ErrGuard, text: "SOA"},
		{name: "NS of the zone", come: []string{"@ 300 NS ns3.example."}, want: providers.ErrGuard, text: "NS records of the zone itself"},
		{name: "NS below", come: []string{"sub 300 NS ns3.example."}},
		{name: "DS", come: []string{"sub 300 DS 1 13 2 " + strings.Repeat("ab", 32)}, want: providers.ErrGuard, text: "signing"},
		{name: "outside", come: []string{"example.net. 300 A 192.0.2.1"}, want: providers.ErrGuard, text: "outside"},
		{name: "not within by its letters", come: []string{"notexample.com. 300 A 192.0.2.1"}, want: providers.ErrGuard, text: "outside"},
		{name: "the last MX", zone: []string{"@ 300 MX 1 a.example."}, gone: []string{"@ 300 MX 1 a.example."}, want: providers.ErrGuard, text: "without MX"},
		{name: "an MX of two", zone: []string{"@ 300 MX 1 a.example.", "@ 300 MX 2 b.example."}, gone: []string{"@ 300 MX 1 a.example."}},
		{name: "two SPF records", zone: []string{`@ 300 TXT "v=spf1 -all"`}, come: []string{`@ 300 TXT "V=SPF1 mx -all"`}, want: providers.ErrGuard, text: "2 v=spf1 records"},
		{name: "two DMARC records", come: []string{`_dmarc 300 TXT "v=DMARC1;p=none"`, `_dmarc 300 TXT "v=DMARC1; p=reject"`}, want: providers.ErrGuard, text: "2 v=dmarc1 records"},
		{name: "two DKIM keys", zone: []string{`s._domainkey 300 TXT "p=AA"`}, come: []string{`s._domainkey 300 TXT "v=DKIM1; p=BB"`}, want: providers.ErrGuard, text: "2 DKIM records"},
		{name: "three SPF records into two", zone: []string{`@ 300 TXT "v=spf1 a"`, `@ 300 TXT "v=spf1 mx"`, `@ 300 TXT "v=spf1 ptr"`}, gone: []string{`@ 300 TXT "v=spf1 a"`}},
		{name: "a CNAME beside a TXT", zone: []string{"a 300 TXT x"}, come: []string{"a 300 CNAME b.example."}, want: providers.ErrGuard, text: "beside"},
		{name: "a TXT beside a CNAME", zone: []string{"a 300 CNAME b.example."}, come: []string{"a 300 TXT x"}, want: providers.ErrGuard, text: "beside"},
		{name: "too many changes", come: many(101, "a%d 300 A 192.0.2.1"), want: providers.ErrGuard, text: "101 records would change, and at most 100"},
		{name: "many changes that may be", come: many(101, "a%d 300 A 192.0.2.1"), opts: providers.PlanOptions{MaxChanges: 101}},
		{name: "without limit", come: many(101, "a%d 300 A 192.0.2.1"), opts: providers.PlanOptions{MaxChanges: -1}},
		{name: "too many deletions", zone: many(26, "a%d 300 A 192.0.2.1"), gone: many(26, "a%d 300 A 192.0.2.1"), want: providers.ErrGuard, text: "26 records would be deleted"},
		{name: "replacements are no deletions", zone: many(30, "a%d 300 A 192.0.2.1"), gone: many(30, "a%d 300 A 192.0.2.1"), come: many(30, "a%d 300 A 192.0.2.2")},
		{name: "read only", come: []string{"a 300 A 192.0.2.1"}, caps: providers.Capabilities{ReadOnly: "its API loses preferences"}, want: providers.ErrGuard, text: "loses preferences"},
		{name: "null MX that cannot be", come: []string{"a 300 MX 0 ."}, caps: providers.Capabilities{NoNullMX: true}, want: providers.ErrUnsupported, text: "null MX"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot(t, tt.caps, tt.zone...)
			p, err := providers.NewPlan(s, scenario{gone: tt.gone, come: tt.come}.changes(t, s.Zone()), tt.opts)
			if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
				t.Fatalf("error %v, want %v", err, tt.want)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.text) || !strings.Contains(err.Error(), "example.com.") || p != nil) {
				t.Errorf("error %q does not speak of %q", err, tt.text)
			}
		})
	}
	s := snapshot(t, providers.Capabilities{})
	if _, err := providers.NewPlan(s, zone.ChangeSet{zone.Remove(rec(t, "a 300 A 192.0.2.1"))}, providers.PlanOptions{}); !errors.Is(err, providers.ErrStale) {
		t.Errorf("what is not there goes: %v", err)
	}
}

func TestPlanTTLs(t *testing.T) {
	auto := func(s *providers.Snapshot) *providers.Snapshot {
		for i := range s.Items {
			s.Items[i].Auto = s.Items[i].Record.TTL == 300
		}
		return s
	}
	for _, tt := range []struct {
		name       string
		caps       providers.Capabilities
		zone       []string
		gone, come []string
		want       []string // after
		notes      int
	}{
		{"low", providers.Capabilities{MinTTL: 60}, nil, nil, []string{"a 30 A 192.0.2.1"}, []string{"a.example.com. 60 IN A 192.0.2.1"}, 1},
		{"high", providers.Capabilities{MaxTTL: 60}, nil, nil, []string{"a 90 A 192.0.2.1"}, []string{"a.example.com. 60 IN A 192.0.2.1"}, 1},
		{"of the RRset", providers.Capabilities{RRsetTTL: true}, []string{"a 30 A 192.0.2.1"}, nil, []string{"a 60 A 192.0.2.2"}, []string{"a.example.com. 30 IN A 192.0.2.1", "a.example.com. 30 IN A 192.0.2.2"}, 1},
		{"of the whole RRset", providers.Capabilities{RRsetTTL: true}, []string{"a 30 A 192.0.2.1"}, []string{"a 30 A 192.0.2.1"}, []string{"a 60 A 192.0.2.1", "a 60 A 192.0.2.2"}, []string{"a.example.com. 60 IN A 192.0.2.1", "a.example.com. 60 IN A 192.0.2.2"}, 0},
		{"automatic stays", providers.Capabilities{AutoTTL: 300, Update: true, MinTTL: 600}, []string{"a 300 TXT x"}, []string{"a 300 TXT x"}, []string{"a 300 TXT y"}, []string{`a.example.com. 300 IN TXT "y" auto`}, 1},
		{"automatic as its fellows", providers.Capabilities{AutoTTL: 300}, []string{"a 300 A 192.0.2.1"}, nil, []string{"a 300 A 192.0.2.2"}, []string{"a.example.com. 300 IN A 192.0.2.1 auto", "a.example.com. 300 IN A 192.0.2.2 auto"}, 0},
		{"automatic no more", providers.Capabilities{AutoTTL: 300, Update: true}, []string{"a 300 A 192.0.2.1"}, []string{"a 300 A 192.0.2.1"}, []string{"a 600 A 192.0.2.1"}, []string{"a.example.com. 600 IN A 192.0.2.1"}, 0},
		{"the only MX keeps its TTL", providers.Capabilities{}, []string{"@ 300 MX 10 a.example."}, []string{"@ 300 MX 10 a.example."}, []string{"@ 600 MX 10 a.example."}, nil, 1},
		{"the only MX in place", providers.Capabilities{Update: true}, []string{"@ 300 MX 10 a.example."}, []string{"@ 300 MX 10 a.example."}, []string{"@ 600 MX 10 a.example."}, []string{"example.com. 600 IN MX 10 a.example."}, 0},
		{"what is there", providers.Capabilities{}, []string{"a 300 A 192.0.2.1"}, nil, []string{"a 300 A 192.0.2.1"}, nil, 0},
		{"strings cut otherwise", providers.Capabilities{}, []string{`a 300 TXT "ab" "c"`}, []string{`a 300 TXT "ab" "c"`}, []string{`a 300 TXT "abc"`}, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := snapshot(t, tt.caps, tt.zone...)
			if tt.caps.AutoTTL > 0 {
				s = auto(s)
			}
			p, err := providers.NewPlan(s, scenario{gone: tt.gone, come: tt.come, replace: tt.caps.Update}.changes(t, s.Zone()), providers.PlanOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range p.RRsets {
				for _, it := range c.After {
					l := it.Record.String()
					if it.Auto {
						l += " auto"
					}
					got = append(got, l)
				}
			}
			if tt.name == "automatic stays" {
				tt.notes = 0 // what is automatic has no bounds
			}
			if !slices.Equal(got, tt.want) || len(p.Notes) != tt.notes {
				t.Errorf("after %q with notes %q, want %q", got, p.Notes, tt.want)
			}
			if p.Empty() != (tt.want == nil) {
				t.Errorf("empty: %v", p.Empty())
			}
		})
	}
}

// A plan survives JSON, says the same each time, and is refused once changed.
func TestPlanJSON(t *testing.T) {
	for _, sc := range scenarios {
		s := snapshot(t, providers.Capabilities{Update: true}, append(slices.Clone(ground), sc.zone...)...)
		again := func() *providers.Plan {
			p, err := providers.NewPlan(s, sc.changes(t, s.Zone()), providers.PlanOptions{Provider: "fake", Reasons: map[zone.Key][]string{{Name: example, Type: zone.TypeTXT}: {"because"}}})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		p := again()
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if o, _ := json.Marshal(again()); string(o) != string(b) {
			t.Errorf("%s: another plan for the same", sc.name)
		}
		q := throughJSON(t, p)
		if o, _ := json.Marshal(q); string(o) != string(b) {
			t.Errorf("%s: read as\n%s\nnot\n%s", sc.name, o, b)
		}
		for _, edit := range [][2]string{
			{`"op":"create"`, `"op":"delete"`},
			{`"ttl":300`, `"ttl":301`},
			{`"id":"id`, `"id":"xx`},
			{`"zone":"example.com."`, `"zone":"example.net."`},
			{`"version":1`, `"version":2`},
			{`"hash":"`, `"hash":"0`},
			{`"provider":"fake"`, `"provider":"other"`},
			{`host.example.`, `evil.example.`},
			{`{`, `[`},
		} {
			if !strings.Contains(string(b), edit[0]) {
				continue
			}
			changed := strings.Replace(string(b), edit[0], edit[1], 1)
			if err := json.Unmarshal([]byte(changed), &providers.Plan{}); err == nil {
				t.Errorf("%s: read though %s was changed to %s", sc.name, edit[0], edit[1])
			} else if edit[0] != "{" && !errors.Is(err, providers.ErrPlan) {
				t.Errorf("%s: %v", sc.name, err)
			}
		}
	}
}

// Check finds what is wrong with a plan by itself, whoever made it.
func TestPlanCheck(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(p *providers.Plan)
		text string
	}{
		{"no MX for a moment", func(p *providers.Plan) { slices.Reverse(p.Steps) }, "no MX record"},
		{"a step left out", func(p *providers.Plan) { p.Steps = p.Steps[:1] }, "do not make"},
		{"a step twice", func(p *providers.Plan) { p.Steps = append(p.Steps, p.Steps[1]) }, "not there"},
		{"nothing in a step", func(p *providers.Plan) { p.Steps = append(p.Steps, providers.Step{}) }, "does nothing"},
		{"another RRset", func(p *providers.Plan) { p.Steps[0].Ops[0].New.Record.Name = zone.MustName("x.example.com") }, "not among"},
		{"the SOA", func(p *providers.Plan) { p.RRsets[0].Key.Type = zone.TypeSOA }, "SOA"},
		{"another record in the RRset", func(p *providers.Plan) { p.RRsets[0].After[0].Record.Type = zone.TypeTXT }, "another record"},
		{"an RRset twice", func(p *providers.Plan) { p.RRsets = append(p.RRsets, p.RRsets[0]) }, "twice"},
		{"an unknown operation", func(p *providers.Plan) { p.Steps[0].Ops[0].Kind = "x" }, "unknown operation"},
		{"an id for what comes", func(p *providers.Plan) { p.Steps[0].Ops[0].New.ID = "id7" }, "with an id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sc := scenario{gone: []string{"@ 300 MX 10 a.example."}, come: []string{"@ 300 MX 10 b.example."}}
			s := snapshot(t, providers.Capabilities{}, "@ 300 MX 10 a.example.")
			p, err := providers.NewPlan(s, sc.changes(t, s.Zone()), providers.PlanOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Check(); err != nil {
				t.Fatal(err)
			}
			tt.edit(p)
			if err := p.Check(); !errors.Is(err, providers.ErrPlan) && !errors.Is(err, providers.ErrGuard) {
				t.Errorf("with its old hash: %v", err)
			}
			p.Rehash()
			if err := p.Check(); err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %v, want %q", err, tt.text)
			}
		})
	}
}
