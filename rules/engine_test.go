package rules_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

var texts = rules.Records(zone.TypeTXT)

// rule makes a rule about TXT records that contain a word.
func rule(id, word string, severity rules.Severity, fix func(r zone.Record) (rules.Safety, []zone.Change)) *rules.Rule {
	return &rules.Rule{
		ID: id, Severity: severity, Summary: "x", What: "x", Why: "x", Bad: "x", Good: "x", Refs: []string{"RFC 1035, section 5.1"},
		Run: rules.On(texts, func(p *rules.Pass, r zone.Record) {
			at := strings.Index(r.Text(), word)
			if at < 0 {
				return
			}
			f := rules.At(r, zone.TextPart(at, at+len(word)), "The word "+word+" stands here.")
			if fix != nil {
				s, cs := fix(r)
				f = f.WithFix(s, "change it", cs...)
			}
			p.Report(f)
		}),
	}
}

func replaced(old, new string) func(zone.Record) (rules.Safety, []zone.Change) {
	return func(r zone.Record) (rules.Safety, []zone.Change) {
		at := strings.Index(r.Text(), old)
		return rules.Safe, []zone.Change{zone.Replace(r, r.WithText(at, at+len(old), new))}
	}
}

func run(t *testing.T, src string, opts rules.Options, rs ...*rules.Rule) []string {
	t.Helper()
	e, err := rules.NewEngine(append(rs, rules.SuppressionUnused, rules.SuppressionInvalid), opts)
	if err != nil {
		t.Fatal(err)
	}
	z, err := masterfile.Parse("z", []byte("$TTL 60\n"+src), masterfile.Options{Origin: zone.MustName("example.com")})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range e.Run(z) {
		out = append(out, strings.TrimPrefix(f.Span.String(), "z:")+" "+f.Severity.String()+" "+f.Rule.ID)
	}
	return out
}

func TestOptions(t *testing.T) {
	bad, worse := rule("txt-bad", "bad", rules.Warning, nil), rule("txt-worse", "worse", rules.Error, nil)
	src := "a TXT \"worse\"\nb TXT \"bad\"\n"
	for _, tt := range []struct {
		name string
		opts rules.Options
		want string
	}{
		{"all", rules.Options{}, "2:8 error txt-worse, 3:8 warning txt-bad"},
		{"select", rules.Options{Select: []string{"txt-bad"}}, "3:8 warning txt-bad"},
		{"ignore", rules.Options{Ignore: []string{"txt-bad"}}, "2:8 error txt-worse"},
		{"a family", rules.Options{Select: []string{"txt-*"}, Ignore: []string{"txt-w*"}}, "3:8 warning txt-bad"},
		{"severity", rules.Options{Severity: map[string]rules.Severity{"txt-bad": rules.Info}}, "2:8 error txt-worse, 3:8 info txt-bad"},
		{"severity of a rule and its family", rules.Options{Severity: map[string]rules.Severity{"txt-bad": rules.Info, "txt-*": rules.Warning, "txt-b*": rules.Error}}, "2:8 warning txt-worse, 3:8 info txt-bad"},
		{"excuse", rules.Options{Excuse: func(f *rules.Finding) bool {
			return f.Rule.ID == "txt-worse" && f.Name == zone.MustName("a.example.com.")
		}}, "3:8 warning txt-bad"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(run(t, src, tt.opts, bad, worse), ", "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	for _, opts := range []rules.Options{{Select: []string{"no-such"}}, {Ignore: []string{"x*"}}, {Severity: map[string]rules.Severity{"no-such": rules.Info}}} {
		var unknown *rules.UnknownRuleError
		if _, err := rules.NewEngine([]*rules.Rule{bad}, opts); !errors.As(err, &unknown) {
			t.Errorf("%v: got %v, want an unknown rule", opts, err)
		}
	}
}

func TestSuppression(t *testing.T) {
	bad, worse := rule("txt-bad", "bad", rules.Warning, nil), rule("txt-worse", "worse", rules.Error, nil)
	for _, tt := range []struct{ name, src, want string }{
		{"on the line", "a TXT \"bad\" ; zonelint:ignore txt-bad -- known\n", ""},
		{"on the line above", "; zonelint:ignore txt-bad -- known\na TXT \"bad\"\n", ""},
		{"two lines above, in a row", "; zonelint:ignore txt-bad -- known\n; about a\na TXT \"bad\"\n", ""},
		{"a blank line between", "; zonelint:ignore txt-bad -- known\n\na TXT \"bad\"\n", "2:1 warning suppression-unused, 4:8 warning txt-bad"},
		{"on the first of several lines", "a TXT ( \"x\" ; zonelint:ignore txt-bad -- known\n \"bad\" )\n", ""},
		{"on the last of several lines", "a TXT ( \"bad\"\n \"x\" ) ; zonelint:ignore txt-bad -- known\n", ""},
		{"the record below another", "a TXT \"x\" ; zonelint:ignore txt-bad -- known\nb TXT \"bad\"\n", "2:11 warning suppression-unused, 3:8 warning txt-bad"},
		{"several rules", "a TXT \"bad worse\" ; zonelint:ignore txt-bad, txt-worse -- known\n", ""},
		{"one of several is not used", "a TXT \"bad\" ; zonelint:ignore txt-bad,txt-worse -- known\n", "2:13 warning suppression-unused"},
		{"another rule", "a TXT \"worse\" ; zonelint:ignore txt-bad -- known\n", "2:8 error txt-worse, 2:15 warning suppression-unused"},
		{"no reason", "a TXT \"bad\" ; zonelint:ignore txt-bad\n", "2:8 warning txt-bad, 2:13 warning suppression-invalid"},
		{"an empty reason", "a TXT \"bad\" ; zonelint:ignore txt-bad --\n", "2:8 warning txt-bad, 2:13 warning suppression-invalid"},
		{"no rule", "a TXT \"bad\" ; zonelint:ignore -- known\n", "2:8 warning txt-bad, 2:13 warning suppression-invalid"},
		{"an unknown rule", "a TXT \"bad\" ; zonelint:ignore txt-bat -- known\n", "2:8 warning txt-bad, 2:13 warning suppression-invalid"},
		{"a comment that speaks of it", "a TXT \"bad\" ; see zonelint:ignore\n", "2:8 warning txt-bad"},
		{"inside a string", "a TXT \"bad ; zonelint:ignore txt-bad -- known\"\n", "2:8 warning txt-bad"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(run(t, tt.src, rules.Options{}, bad, worse), ", "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("a rule that is not shown is not called unused", func(t *testing.T) {
		got := run(t, "a TXT \"x\" ; zonelint:ignore txt-bad -- known\n", rules.Options{Ignore: []string{"txt-bad"}}, bad)
		if len(got) > 0 {
			t.Errorf("got %v", got)
		}
	})
}

func TestSupersedes(t *testing.T) {
	cause, view := rule("txt-cause", "cause", rules.Error, nil), rule("txt-view", "view", rules.Warning, nil)
	cause.Supersedes = []string{"txt-view"}
	src := "a TXT \"cause view\"\na TXT \"view\"\nb TXT \"view\"\n"
	want := "2:8 error txt-cause, 3:8 warning txt-view, 4:8 warning txt-view"
	if got := strings.Join(run(t, src, rules.Options{}, cause, view), ", "); got != want {
		t.Errorf("got %s, want %s: only the finding about the same record goes", got, want)
	}
}

func TestFix(t *testing.T) {
	unsafe := func(r zone.Record) (rules.Safety, []zone.Change) { return rules.Unsafe, []zone.Change{zone.Remove(r)} }
	for _, tt := range []struct {
		name, src     string
		rules         []*rules.Rule
		upTo          rules.Safety
		changes, left string
	}{
		{
			"one fix brings forth another", "a TXT \"one\"\n",
			[]*rules.Rule{rule("txt-one", "one", rules.Warning, replaced("one", "two")), rule("txt-two", "two", rules.Info, replaced("two", "three"))},
			rules.Safe, `-a.example.com. 60 IN TXT "one", +a.example.com. 60 IN TXT "three"`, "",
		},
		{
			"two fixes of one record", "a TXT \"one and two\"\n",
			[]*rules.Rule{rule("txt-one", "one", rules.Warning, replaced("one", "1")), rule("txt-two", "two", rules.Warning, replaced("two", "2"))},
			rules.Safe, `-a.example.com. 60 IN TXT "one and two", +a.example.com. 60 IN TXT "1 and 2"`, "",
		},
		{
			"a fix that does not help is made once and told", "a TXT \"one\"\n",
			[]*rules.Rule{rule("txt-one", "one", rules.Warning, replaced("one", "one one"))},
			rules.Safe, "", "txt-one",
		},
		{
			"an unsafe fix waits to be asked for", "a TXT \"one\"\n",
			[]*rules.Rule{rule("txt-one", "one", rules.Warning, unsafe)},
			rules.Safe, "", "txt-one",
		},
		{
			"an unsafe fix", "a TXT \"one\"\n",
			[]*rules.Rule{rule("txt-one", "one", rules.Warning, unsafe)},
			rules.Unsafe, `-a.example.com. 60 IN TXT "one"`, "",
		},
		{
			"a fix that leads to a mistake as bad is refused", "a TXT \"one\"\nb TXT \"one\"\n",
			[]*rules.Rule{rule("txt-one", "one", rules.Warning, replaced("one", "worse")), rule("txt-worse", "worse", rules.Error, nil)},
			rules.Safe, "", "txt-one, txt-one",
		},
		{
			"one that leads to a lesser mistake is made", "a TXT \"one\"\n",
			[]*rules.Rule{rule("txt-one", "one", rules.Error, replaced("one", "less")), rule("txt-less", "less", rules.Warning, nil)},
			rules.Safe, `-a.example.com. 60 IN TXT "one", +a.example.com. 60 IN TXT "less"`, "txt-less",
		},
		{
			"a record of a $GENERATE is left", "$GENERATE 1-2 a$ TXT \"one\"\n",
			[]*rules.Rule{rule("txt-one", "one", rules.Error, replaced("one", "1"))},
			rules.Safe, "", "txt-one, txt-one",
		},
		{
			"of two equal records the one meant goes", "a TXT \"one\"\nb TXT \"x\"\na TXT \"one\"\n",
			[]*rules.Rule{rule("txt-one", "one", rules.Error, replaced("one", "1"))},
			rules.Safe, `-a.example.com. 60 IN TXT "one", -a.example.com. 60 IN TXT "one", +a.example.com. 60 IN TXT "1", +a.example.com. 60 IN TXT "1"`, "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changes, left := ruletest.Fixed(t, "$TTL 60\n"+tt.src, tt.rules, tt.upTo)
			if got := strings.Join(changes, ", "); got != tt.changes {
				t.Errorf("changes %s, want %s", got, tt.changes)
			}
			if got := strings.Join(left, ", "); got != tt.left {
				t.Errorf("left %s, want %s", got, tt.left)
			}
		})
	}
}

// A fix that goes round in a circle ends with nothing changed.
func TestFixCircle(t *testing.T) {
	rs := []*rules.Rule{rule("txt-tick", "tick", rules.Warning, replaced("tick", "tock")), rule("txt-tock", "tock", rules.Warning, replaced("tock", "tick"))}
	e, err := rules.NewEngine(rs, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	z, _ := ruletest.Parse(t, "z", "$TTL 60\na TXT \"tick\"\n", rs)
	res, err := e.Fix(z, rules.Safe)
	if err == nil && len(res.Changes) > 0 {
		t.Errorf("changes %v", res.Changes)
	}
}

// A large zone, whose rules run side by side, gives the findings of a small
// one in the same order every time.
func TestLargeZone(t *testing.T) {
	var b strings.Builder
	b.WriteString("$TTL 60\n")
	for i := range 60_000 {
		b.WriteString("a")
		b.WriteString(strings.Repeat("b", i%50))
		b.WriteString(" A 192.0.2.1\n")
	}
	b.WriteString("x TXT \"bad\"\ny TXT \"worse bad\"\n")
	rs := []*rules.Rule{rule("txt-bad", "bad", rules.Warning, nil), rule("txt-worse", "worse", rules.Error, nil)}
	zonesRule := rule("zone-here", "x", rules.Info, nil)
	zonesRule.Run = rules.On(rules.Zones, func(p *rules.Pass, z *zone.Zone) { p.Report(p.AtApex(0, "Here it is.")) })
	want := []string{"zone-here", "txt-bad", "txt-worse", "txt-bad"}
	for range 5 {
		if got := ruletest.IDs(ruletest.Lint(t, "z", b.String(), append(rs, zonesRule))); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestValidate(t *testing.T) {
	good := rule("txt-good", "x", rules.Info, nil)
	if err := rules.Validate([]*rules.Rule{good}); err != nil {
		t.Errorf("a complete rule: %v", err)
	}
	for name, change := range map[string]func(r *rules.Rule){
		"id":         func(r *rules.Rule) { r.ID = "TXT" },
		"severity":   func(r *rules.Rule) { r.Severity = 0 },
		"summary":    func(r *rules.Rule) { r.Summary = "ends." },
		"what":       func(r *rules.Rule) { r.What = " " },
		"why":        func(r *rules.Rule) { r.Why = "" },
		"bad":        func(r *rules.Rule) { r.Bad = "" },
		"good":       func(r *rules.Rule) { r.Good = "" },
		"refs":       func(r *rules.Rule) { r.Refs = nil },
		"a ref":      func(r *rules.Rule) { r.Refs = []string{"rfc1035"} },
		"run":        func(r *rules.Rule) { r.Run = nil },
		"supersedes": func(r *rules.Rule) { r.Supersedes = []string{"txt-other"} },
	} {
		r := *good
		change(&r)
		if rules.Validate([]*rules.Rule{&r}) == nil {
			t.Errorf("a rule with a bad %s was accepted", name)
		}
	}
	if rules.Validate([]*rules.Rule{good, good}) == nil {
		t.Error("an id used twice was accepted")
	}
}
