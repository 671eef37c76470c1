package spf_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// abnf draws from the grammar of RFC 7208, section 12.
type abnf struct{ *rapid.T }

func (g abnf) pick(from string) string {
	return rapid.SampledFrom(strings.Split(from, " ")).Draw(g.T, "")
}
func (g abnf) up(n int) int { return rapid.IntRange(0, n).Draw(g.T, "") }

// many draws n up to a limit of something.
func (g abnf) many(limit int, one func() string) string {
	var b strings.Builder
	for range g.up(limit) {
		b.WriteString(one())
	}
	return b.String()
}

func (g abnf) letter() string { return g.pick("a B c x Y z") }
func (g abnf) alnum() string  { return g.pick("a B z 0 9") }

// macroExpand is one that domain-specs may have (section 7.2).
func (g abnf) macroExpand() string {
	if g.up(3) == 0 {
		return g.pick("%% %_ %-")
	}
	s := "%{" + g.pick("s l o d i p h v S L O D I P H V")
	if g.up(2) == 0 {
		s += fmt.Sprint(1 + g.up(127))
	}
	if g.up(2) == 0 {
		s += g.pick("r R")
	}
	return s + g.many(2, func() string { return g.pick(". - + , / _ =") }) + "}"
}

func (g abnf) macroString() string {
	return g.many(5, func() string {
		switch g.up(4) {
		case 0:
			return g.macroExpand()
		case 1:
			c := rune(0x21 + g.up(0x7e-0x21))
			if c == '%' {
				c = '$'
			}
			return string(c)
		}
		return g.letter()
	})
}

func (g abnf) topLabel() string {
	if g.up(1) == 0 {
		return g.many(2, g.alnum) + g.letter() + g.many(2, g.alnum)
	}
	return g.alnum() + g.many(2, g.alnum) + "-" + g.many(2, func() string { return g.pick("a 0 -") }) + g.alnum()
}

func (g abnf) domainSpec() string {
	s := g.macroString()
	if g.up(2) == 0 {
		return s + g.macroExpand()
	}
	return s + "." + g.topLabel() + g.pick("  .")
}

func (g abnf) dualLength() string {
	s := ""
	if g.up(2) == 0 {
		s += fmt.Sprintf("/%d", g.up(32))
	}
	if g.up(2) == 0 {
		s += fmt.Sprintf("//%d", g.up(128))
	}
	return s
}

// otherCase writes some letters of a name in upper case.
func (g abnf) otherCase(s string) string {
	if g.up(3) == 0 {
		i := g.up(len(s) - 1)
		return s[:i] + strings.ToUpper(s[i:])
	}
	return s
}

func (g abnf) directive() string {
	q := rapid.SampledFrom([]string{"", "", "", "+", "-", "?", "~"}).Draw(g.T, "")
	switch k := g.up(7); k {
	case 0:
		return q + g.otherCase("all")
	case 1, 2:
		return q + g.otherCase([]string{"", "include", "exists"}[k]) + ":" + g.domainSpec()
	case 3, 4:
		s := q + g.otherCase([]string{3: "a", 4: "mx"}[k])
		if g.up(1) == 0 {
			s += ":" + g.domainSpec()
		}
		return s + g.dualLength()
	case 5:
		if g.up(1) == 0 {
			return q + g.otherCase("ptr")
		}
		return q + g.otherCase("ptr") + ":" + g.domainSpec()
	case 6:
		s := fmt.Sprintf("%sip4:%d.%d.%d.%d", q, g.up(255), g.up(255), g.up(255), g.up(255))
		if g.up(1) == 0 {
			s += fmt.Sprintf("/%d", g.up(32))
		}
		return s
	}
	s := q + "IP6:" + g.pick(":: ::1 2001:db8::1 1:2:3:4:5:6:7:8 1::2:3 ::ffff:192.0.2.1 2001:DB8:0:0:8:800:200C:417A 1:2:3:4:5:6:192.0.2.1")
	if g.up(1) == 0 {
		s += fmt.Sprintf("/%d", g.up(128))
	}
	return s
}

// terms are those of a record: with a redirect and an exp at most, and no more
// lookups than are allowed.
func (g abnf) terms() []string {
	var out []string
	for range g.up(8) {
		out = append(out, g.directive())
	}
	for _, m := range []string{g.otherCase("redirect") + "=" + g.domainSpec(), g.otherCase("exp") + "=" + g.domainSpec(), g.letter() + g.many(4, func() string { return g.pick("a 0 - _ .") }) + "=" + g.macroString()} {
		if g.up(2) == 0 && !strings.HasPrefix(m, "v=") {
			out = slices.Insert(out, g.up(len(out)), m)
		}
	}
	return out
}

// lintRecord returns the errors about a record in a zone where "a" and "mx"
// find something, and where nothing is known of other zones.
func lintRecord(t *rapid.T, e *rules.Engine, text string) []string {
	owner := zone.MustName("host.example.com")
	b := zone.NewBuilder(8)
	b.Add(zone.Record{Name: owner, Type: zone.TypeA, Class: zone.ClassIN, Data: "\xc0\x00\x02\x01"})
	b.Add(zone.Record{Name: owner, Type: zone.TypeAAAA, Class: zone.ClassIN, Data: strings.Repeat("\x20", 16)})
	b.Add(zone.NewMX(owner, 60, 10, zone.MustName("mx.example.net")))
	b.Add(zone.NewTXT(owner, 60, text))
	var out []string
	for _, f := range e.Run(b.Zone(zone.MustName("example.com"))) {
		if f.Severity == rules.Error {
			out = append(out, f.Rule.ID+": "+f.Message)
		}
	}
	return out
}

// TestGrammarValid checks that no record which the grammar allows is called
// wrong.
func TestGrammarValid(t *testing.T) {
	e, err := rules.NewEngine(spf.Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		// rapid runs this a hundred times.
		for range 10 {
			g := abnf{t}
			text := g.pick("v=spf1 V=SPF1 v=SpF1")
			for _, term := range g.terms() {
				text += strings.Repeat(" ", 1+g.up(1)) + term
			}
			text += strings.Repeat(" ", g.up(1))
			if r := spf.Parse(text); !r.Valid() {
				t.Fatalf("%q: %+v", text, r.Faults)
			}
			if errs := lintRecord(t, e, text); len(errs) > 0 {
				t.Fatalf("%q: %q", text, errs)
			}
		}
	})
}

// mutations make a valid record void, by class; each returns terms to put in,
// or changes the text.
var mutations = map[string]struct {
	terms string // one of these, parted by blanks, comes among the others
	text  func(g abnf, text string) string
}{
	"unknown mechanism": {terms: "moo ipv4:192.0.2.1 exist:a.example +foo moo:a.example moo/8 include exists redirect -"},
	"all with more":     {terms: "all:a.example all/8 -all. all: -all:"},
	"qualifiers":        {terms: "--all +-mx -redirect=a.example ~exp=a.example ~~all"},
	"address of ip4":    {terms: "ip4:192.0.2 ip4:192.0.2.256 ip4:192.0.02.1 ip4 ip4: ip4:a.example ip4:192.0.2.1:25 ip4:%{i} ip4:192.0.2.1. ip4:192.0.2.1.1"},
	"length of ip4":     {terms: "ip4:192.0.2.0/33 ip4:192.0.2.0/024 ip4:192.0.2.0/ ip4:192.0.2.0/-1 ip4:192.0.2.0//24 ip4:192.0.2.0/24/24 ip4:192.0.2.0/00"},
	"address of ip6":    {terms: "ip6:1::2::3 ip6:12345:: ip6:1:2:3:4:5:6:7 ip6:[::1] ip6 ip6: ip6:fe80::1%eth0 ip6:::1.2.3 ip6:g:: ip6:1:2:3:4:5:6:7:8:9"},
	"length of ip6":     {terms: "ip6:::/129 ip6:::/064 ip6:::1/ ip6:::/x"},
	"family":            {terms: "ip4:2001:db8::1 ip6:192.0.2.1"},
	"length of a":       {terms: "a/33 a/x mx/24x a/24//x mx//129 a/24/64 a/ mx// a/-1 a:a.example/024 mx/8//08"},
	"no length here":    {terms: "ptr/8 ptr/0 include:a.example/24 exists:a.example//64"},
	"no domain":         {terms: "a: mx: ptr: include: exists: redirect= exp="},
	"top label":         {terms: "a:localhost mx:a.1 include:a.- exists:a.example-. ptr:192.0.2.1 redirect=a.b_ exp=a a:a.example.."},
	"macro":             {terms: "exists:%{x}.example exists:%.example exists:%{d exists:%{}.example exists:%{d0}.example exists:%{c}.example exists:%{r}.example a:%{t}.example exists:%{ir!}.example exists:%i.example x=% x=%{y}"},
	"redirect twice":    {text: func(_ abnf, text string) string { return text + " redirect=a.example REDIRECT=b.example" }},
	"exp twice":         {text: func(_ abnf, text string) string { return text + " exp=a.example EXP=a.example" }},
	"separator": {text: func(g abnf, text string) string {
		return text + rapid.SampledFrom([]string{"\t", "\r\n", "\v", " \t "}).Draw(g.T, "") + "mx"
	}},
	"octets": {text: func(g abnf, text string) string {
		at := len("v=spf1 ") + g.up(len(text)-len("v=spf1 "))
		return text[:at] + rapid.SampledFrom([]string{"\x80", "\x00", "\x7f", "\u00a0", "\u2013", "\u200b", "ä"}).Draw(g.T, "") + text[at:]
	}},
	"version": {text: func(g abnf, text string) string {
		rest := strings.TrimPrefix(text, "v=spf1")
		return rapid.SampledFrom([]string{" v=spf1", "v=spf10", "v=spf1.0", "v=spf1;", "v=spf1,", "v=spf", "v = spf1", "\"v=spf1", "spf1"}).Draw(g.T, "") + rest + " -all"
	}},
}

// TestGrammarMutations checks that each class of mutation that makes a record
// void is found.
func TestGrammarMutations(t *testing.T) {
	e, err := rules.NewEngine(spf.Rules(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for class, m := range mutations {
		t.Run(class, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				g := abnf{t}
				terms := append(g.terms(), "mx")
				if m.terms != "" {
					terms = slices.Insert(terms, g.up(len(terms)), g.pick(m.terms))
				}
				text := "v=spf1 " + strings.Join(terms, " ")
				if m.text != nil {
					text = m.text(g, text)
				}
				if r := spf.Parse(text); r.Valid() {
					t.Fatalf("%q is valid", text)
				}
				if lintRecord(t, e, text) == nil {
					t.Fatalf("%q: no error", text)
				}
			})
		})
	}
}
