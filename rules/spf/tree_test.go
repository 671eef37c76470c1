package spf_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/ruletest"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/rules/spf/evaluate"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
	"github.com/zonelint/zonelint/zone/resolve"
)

func parseZone(t interface{ Fatal(...any) }, src string) *zone.Zone {
	z, err := masterfile.Parse("t.zone", []byte(src), masterfile.Options{Origin: zone.MustName("example.com")})
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestTreeAgainstEvaluation compares what a tree says of the host that no term
// matches with the evaluation for such a host, in random zones.
func TestTreeAgainstEvaluation(t *testing.T) {
	names := strings.Split("a b c d e f g", " ")
	terms := strings.Split("a|mx|a:%s.example.com|mx:%s.example.com|include:%s.example.com|include:%s.example.com|include:%s.example.com|"+
		"-include:%s.example.com|?include:%s.example.com|redirect=%s.example.com|exists:%s.example.com|ip4:192.0.2.1|ip6:2001:db8::/32|ptr|"+
		"-all|~all|?all|all|x=y|exp=%s.example.com|a:%s.example.com/33", "|")
	fails, passes := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		src := rules.ExampleHeader
		for _, owner := range names {
			for _, rr := range []string{"A 192.0.2.1", "AAAA 2001:db8::1", "MX 10 a"} {
				if rapid.IntRange(0, 2).Draw(t, "rr") > 0 {
					src += owner + " IN " + rr + "\n"
				}
			}
			for range rapid.SampledFrom([]int{0, 1, 1, 1, 1, 1, 1, 2}).Draw(t, "records") {
				text := "v=spf1"
				for range rapid.IntRange(0, 5).Draw(t, "terms") {
					n := len(terms)
					if rapid.IntRange(0, 19).Draw(t, "faulty") > 0 {
						n-- // the last has a syntax error
					}
					term := terms[rapid.IntRange(0, n-1).Draw(t, "term")]
					if strings.Contains(term, "%s") {
						term = fmt.Sprintf(term, rapid.SampledFrom(names).Draw(t, "name"))
					}
					text += " " + term
				}
				src += owner + " IN TXT \"" + text + "\"\n"
			}
		}
		world := resolve.NewWorld([]*zone.Zone{parseZone(t, src)})
		for _, domain := range names {
			tree := spf.Grow(nil, []resolve.Server{world}, zone.MustName(domain+".example.com"), 4096)
			for _, ip := range []string{"203.0.113.9", "2001:db9::9"} {
				v := evaluate.Evaluate(evaluate.Query{Servers: []resolve.Server{world}, IP: netip.MustParseAddr(ip), Sender: "u@" + domain + ".example.com", Now: time.Unix(0, 0)})
				family := spf.IPv4
				if strings.Contains(ip, ":") {
					family = spf.IPv6
				}
				fails := tree.Fails() && tree.State != spf.NoRecord
				switch {
				case fails && v.Result != evaluate.PermError:
					t.Fatalf("%s: the tree fails, but the result for %s is %s: %s\n%s", domain, ip, v.Result, v.Reason, src)
				case v.Result == evaluate.PermError && !fails && v.Voids <= spf.MaxVoids:
					t.Fatalf("%s: the tree does not fail, but the result for %s is %s: %s\n%s", domain, ip, v.Result, v.Reason, src)
				case v.Result == evaluate.PermError:
					continue
				case v.Lookups != tree.Lookups:
					t.Fatalf("%s: %d lookups in the tree, %d for %s\n%s", domain, tree.Lookups, v.Lookups, ip, src)
				case v.Voids < tree.Voided(family):
					t.Fatalf("%s: %d voids in the tree, %d for %s\n%s", domain, tree.Voided(family), v.Voids, ip, src)
				}
				passes++
			}
			if tree.Fails() {
				fails++
			}
		}
	})
	if fails == 0 || passes == 0 {
		t.Errorf("%d trees fail, %d evaluations do not", fails, passes)
	}
}

func TestTree(t *testing.T) {
	tree := spf.Grow(parseZone(t, rules.ExampleHeader+`@ IN TXT "v=spf1 include:p.example.com include:x.example.net include:%{d2}.example.net redirect=q.example.com"
p IN TXT "v=spf1 a:h.example.com mx:%{o} ptr exists:%{i}.example.com ip4:192.0.2.1 -all a"
q IN TXT "v=spf1 a -all"
`), nil, zone.MustName("example.com"), 100)
	if tree.Lookups != 9 || tree.Unknown != 2 || tree.Voided(spf.IPv4) != 2 || tree.Voided(spf.IPv6) != 2 || tree.Fails() || tree.Cut() {
		t.Errorf("%+v", tree)
	}
	if got := fmt.Sprint(tree.Voids); got != "[{h.example.com. A 1} {h.example.com. AAAA 2} {q.example.com. A 1} {q.example.com. AAAA 2}]" {
		t.Errorf("voids %q", got)
	}
	if last := tree.Branches[0].Tree.Branches[6]; last.Tested {
		t.Errorf("%v behind all is tested", last.Term)
	}
}

// TestPartialZone checks that what a zone may hold and what could not be read is
// not called missing.
func TestPartialZone(t *testing.T) {
	z := parseZone(t, rules.ExampleHeader+"@ IN TXT \"v=spf1 include:p.example.com a:h.example.com -all\"\np IN TXT \"other\"\np IN TXT \"v=spf1 -all\nh IN A 192.0.2\n")
	tree := spf.Grow(z, nil, z.Apex, 100)
	if b := tree.Branches[0]; b.Stop != 0 || b.Unknown != 1 || b.Tree.State != spf.Unasked {
		t.Errorf("include: %+v", b)
	}
	if b := tree.Branches[1]; b.Void&spf.IPv4 != 0 {
		t.Errorf("a: %+v", b)
	}
}

// hostile are zones whose records multiply or go round, of a given size.
var hostile = map[string]func(size int) string{
	"chain": func(size int) string {
		var b strings.Builder
		for i := range size {
			fmt.Fprintf(&b, "n%d IN TXT \"v=spf1 include:n%d.example.com -all\"\n", i, i+1)
		}
		return b.String()
	},
	"doubling": func(size int) string {
		var b strings.Builder
		for i := range size {
			fmt.Fprintf(&b, "n%d IN TXT \"v=spf1 include:n%d.example.com ?include:n%[2]d.example.com -all\"\n", i, i+1)
		}
		return b.String()
	},
	"complete": func(size int) string {
		var b strings.Builder
		for i := range size {
			fmt.Fprintf(&b, "n%d IN TXT ", i)
			text := "v=spf1"
			for j := range 12 {
				text += fmt.Sprintf(" include:n%d.example.com", (i*7+j*j+1)%size)
			}
			for len(text) > 200 {
				fmt.Fprintf(&b, "%q ", text[:200])
				text = text[200:]
			}
			fmt.Fprintf(&b, "%q\n", text+" -all")
		}
		return b.String()
	},
	"shared": func(size int) string {
		var b strings.Builder
		b.WriteString("big IN TXT")
		for i := range 100 {
			fmt.Fprintf(&b, " %q", fmt.Sprintf("%sinclude:n%d.example.com ip4:192.0.2.%d ", map[bool]string{true: "v=spf1 "}[i == 0], i, i))
		}
		b.WriteString("\n")
		for i := range size {
			fmt.Fprintf(&b, "n%d IN TXT \"v=spf1 include:big.example.com -all\"\n", i)
		}
		return b.String()
	},
}

func TestHostileTrees(t *testing.T) {
	e, err := rules.NewEngine(spf.Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, make := range hostile {
		t.Run(name, func(t *testing.T) {
			zones := map[int]*zone.Zone{}
			for _, size := range []int{150, 600} {
				zones[size] = parseZone(t, rules.ExampleHeader+make(size))
			}
			ruletest.Linear(t, 150, func(size int) { e.Run(zones[size]) })
			// Each record of the chain but the last ones is over the limit.
			over := 0
			for _, f := range e.Run(zones[150]) {
				if f.Rule.ID == "spf-lookups" && f.Severity == rules.Error {
					over++
				}
			}
			if name == "chain" && over != 140 || name != "chain" && over < 130 {
				t.Errorf("%d of 150 records are over the limit", over)
			}
			if tree := spf.Grow(zones[150], nil, zone.MustName("n0.example.com"), 4096); !tree.Fails() {
				t.Error("the tree does not fail")
			}
		})
	}
}

// FuzzTree lints two records of which one may lead to the other, and fixes
// them: fixes must not bring errors where there was none.
func FuzzTree(f *testing.F) {
	for _, s := range [][2]string{
		{"v=spf1 include:p.example.com -all", "v=spf1 a mx -all"},
		{"v=spf1 redirect=p.example.com", "v=spf1 include:example.com ptr"},
		{"v=spf1 a a:p.example.com mx:x.example.com exists:y.example.com exp=p.example.com ~all", "why"},
		{"v=spf1 ip4:192.0.2.1/0 include:p.example.com include:P.example.com. -all", "v=spf1 +all ip4:1"},
		{"v=spf1 include:p.example.com include:%{d} a:z..example.com -all all", "v=spf1 exists:example.com/24 a/0 ip6:::/0 x=%"},
	} {
		f.Add(s[0], s[1])
	}
	e, err := rules.NewEngine(spf.Rules(), rules.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, at, p string) {
		if len(at) > 1000 || len(p) > 1000 {
			return
		}
		apex := zone.MustName("example.com")
		b := zone.NewBuilder(8)
		b.Add(zone.Record{Name: apex, Type: zone.TypeA, Class: zone.ClassIN, Data: "\xc0\x00\x02\x01"})
		b.Add(zone.NewTXT(apex, 60, at))
		b.Add(zone.NewTXT(zone.MustName("p.example.com"), 60, p))
		z := b.Zone(apex)
		z.Complete = true
		before := e.Run(z)
		res, err := e.Fix(z, rules.Unsafe)
		if err != nil {
			t.Fatal(err)
		}
		wrong := slices.ContainsFunc(before, func(f rules.Finding) bool { return f.Severity == rules.Error })
		for _, f := range res.Left {
			if f.Severity == rules.Error && !wrong {
				t.Fatalf("the fix brings %s: %s", f.Rule.ID, f.Message)
			}
		}
		tree := spf.Grow(z, nil, apex, 100)
		if tree.SPF != nil && tree.SPF.Valid() && !tree.Fails() {
			if way := tree.Stopped(); way != nil {
				t.Fatalf("%v stops, but the tree does not fail", way[0].Term)
			}
		}
	})
}
