package tagvalue

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/ruletest"
)

var faultNames = []struct {
	f    Faults
	name string
}{
	{NoEquals, "no-equals"},
	{NoName, "no-name"},
	{BadName, "bad-name"},
	{Empty, "empty"},
	{NoSemicolon, "no-semicolon"},
	{BadOctet, "bad-octet"},
	{Duplicate, "duplicate"}, // describe adds the first
}

func describe(text string, tags []Tag) []string {
	var out []string
	for _, t := range tags {
		s := fmt.Sprintf("%q=%q@%d", t.Name.Of(text), t.Value.Of(text), t.Name.From)
		for _, n := range faultNames {
			if t.Faults.Has(n.f) {
				s += " " + n.name
			}
		}
		if t.Faults.Has(Duplicate) {
			s += fmt.Sprintf("(%d)", t.First)
		}
		out = append(out, s)
	}
	return out
}

func known(name string) bool { return slices.Contains([]string{"p", "rua", "sp"}, name) }

func TestScan(t *testing.T) {
	for _, c := range []struct {
		text string
		g    Grammar
		want []string
	}{
		{"", Grammar{}, nil},
		{" \t", Grammar{}, nil},
		{";", Grammar{}, []string{`""=""@0 empty`}},
		{"v=DMARC1", Grammar{}, []string{`"v"="DMARC1"@0`}},
		{"v=DMARC1; p=none;", Grammar{}, []string{`"v"="DMARC1"@0`, `"p"="none"@10`}},
		{"v=DMARC1;p=none; \t", Grammar{}, []string{`"v"="DMARC1"@0`, `"p"="none"@9`}},
		{" v = DMARC1 ;\tp\t=\tnone ", Grammar{}, []string{`"v"="DMARC1"@1`, `"p"="none"@14`}},
		{"p=a=b==", Grammar{}, []string{`"p"="a=b=="@0`}},
		{"v=a;; ;p=b", Grammar{}, []string{`"v"="a"@0`, `""=""@4 empty`, `""=""@5 empty`, `"p"="b"@7`}},
		{"v=a; none; p=b", Grammar{}, []string{`"v"="a"@0`, `"none"=""@5 no-equals`, `"p"="b"@11`}},
		{"v=a; =x; p=", Grammar{}, []string{`"v"="a"@0`, `""="x"@4 no-name`, `"p"=""@9`}},
		{"1a=x; a-b=y; é=z", Grammar{}, []string{`"1a"="x"@0 bad-name`, `"a-b"="y"@6 bad-name`, `"é"="z"@13 bad-name bad-octet`}},
		{"a_1=x; _a=y", Grammar{}, []string{`"a_1"="x"@0`, `"_a"="y"@7 bad-name`}},
		{"p=a; P=b; p=c; p=d", Grammar{}, []string{`"p"="a"@0`, `"P"="b"@5`, `"p"="c"@10 duplicate(0)`, `"p"="d"@15 duplicate(0)`}},
		{"p=a; P=b", Grammar{FoldNames: true}, []string{`"p"="a"@0`, `"P"="b"@5 duplicate(0)`}},
		{"x; x; =; =", Grammar{}, []string{`"x"=""@0 no-equals`, `"x"=""@3 no-equals`, `""=""@5 no-name`, `""=""@8 no-name`}},
		{"p=a\x00b", Grammar{}, []string{`"p"="a\x00b"@0 bad-octet`}},
		{"p=a\tb~", Grammar{}, []string{`"p"="a\tb~"@0`}},
		{"p=none rua=x", Grammar{}, []string{`"p"="none rua=x"@0`}},
		{"p=none rua=x", Grammar{Known: known}, []string{`"p"="none"@0`, `"rua"="x"@7 no-semicolon`}},
		{"p=none, rua = x ;sp=y", Grammar{Known: known}, []string{`"p"="none"@0`, `"rua"="x"@8 no-semicolon`, `"sp"="y"@17`}},
		{"p=none,rua=x,sp=y", Grammar{Known: known}, []string{`"p"="none"@0`, `"rua"="x"@7 no-semicolon`, `"sp"="y"@13 no-semicolon`}},
		{"p= rua=x", Grammar{Known: known}, []string{`"p"=""@0`, `"rua"="x"@3 no-semicolon`}},
		{"p=rua=x", Grammar{Known: known}, []string{`"p"="rua=x"@0`}},
		{"p=none xrua=x qsp = y", Grammar{Known: known}, []string{`"p"="none xrua=x qsp = y"@0`}},
		{"p=none rua sp=y", Grammar{Known: known}, []string{`"p"="none rua"@0`, `"sp"="y"@11 no-semicolon`}},
		{"rua=mailto:a@b?p=x", Grammar{Known: known}, []string{`"rua"="mailto:a@b?p=x"@0`}},
		{"p:none rua=x", Grammar{Known: known}, []string{`"p:none"=""@0 no-equals`, `"rua"="x"@7 no-semicolon`}},
		{"a b, p = x c p=y", Grammar{Known: known}, []string{`"a b"=""@0 no-equals`, `"p"="x c"@5 no-semicolon`, `"p"="y"@13 no-semicolon duplicate(1)`}},
		{",p=x", Grammar{Known: known}, []string{`""=""@0 empty`, `"p"="x"@1 no-semicolon`}},
		{"-p=x; p p", Grammar{Known: known}, []string{`"-p"="x"@0 bad-name`, `"p p"=""@6 no-equals`}},
		{"p=a p=b", Grammar{Known: known}, []string{`"p"="a"@0`, `"p"="b"@4 no-semicolon duplicate(0)`}},
		{"a=;b=;c=;d=;e=;f=;g=;h=;i=;A=;a=", Grammar{}, []string{
			`"a"=""@0`, `"b"=""@3`, `"c"=""@6`, `"d"=""@9`, `"e"=""@12`, `"f"=""@15`, `"g"=""@18`, `"h"=""@21`, `"i"=""@24`, `"A"=""@27`, `"a"=""@30 duplicate(0)`,
		}},
		{"a=;b=;c=;d=;e=;f=;g=;h=;i=;A=;a=", Grammar{FoldNames: true}, []string{
			`"a"=""@0`, `"b"=""@3`, `"c"=""@6`, `"d"=""@9`, `"e"=""@12`, `"f"=""@15`, `"g"=""@18`, `"h"=""@21`, `"i"=""@24`, `"A"=""@27 duplicate(0)`, `"a"=""@30 duplicate(0)`,
		}},
	} {
		got := describe(c.text, c.g.Scan(nil, c.text, 0))
		if !slices.Equal(got, c.want) {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

func TestScanSpans(t *testing.T) {
	text := "x y ; p = none , rua=a"
	tags := Grammar{Known: known}.Scan(nil, text, 5)
	if len(tags) != 2 {
		t.Fatalf("%q", describe(text, tags))
	}
	p, rua := tags[0], tags[1]
	if p.Whole != (Span{5, 14}) || p.Equals != 8 || p.Name != (Span{6, 7}) || p.Value != (Span{10, 14}) || p.Closed {
		t.Errorf("p: %+v", p)
	}
	if rua.Whole != (Span{14, 22}) || rua.Name != (Span{17, 20}) || rua.Equals != 20 || rua.First != 1 {
		t.Errorf("rua: %+v", rua)
	}
}

func TestScanAppends(t *testing.T) {
	g := Grammar{}
	text := "a=1;b=2"
	tags := g.Scan(nil, text, 0)
	tags = g.Scan(tags, "a=1;a=2;", 0)
	if len(tags) != 4 || tags[2].First != 2 || tags[3].First != 2 || !tags[3].Closed || tags[1].Closed {
		t.Errorf("%+v", tags)
	}
}

func TestScanAllocatesNothing(t *testing.T) {
	g := Grammar{FoldNames: true, Known: known}
	text := "v=DMARC1; p=none; rua=mailto:a@example.com; a=;b=;c=;d=;e=;f=;g=;h=;i=;A="
	tags := g.Scan(nil, text, 0)
	if n := testing.AllocsPerRun(100, func() { tags = g.Scan(tags[:0], text, 0) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A record is at most 65,535 octets; work that grows with the square of that
// would take minutes.
func TestScanIsLinear(t *testing.T) {
	var distinct strings.Builder
	for i := 0; distinct.Len() < 65000; i++ {
		fmt.Fprintf(&distinct, "t%d=;", i)
	}
	for name, text := range map[string]string{
		"names":      distinct.String(),
		"one name":   strings.Repeat("a=;", 21000),
		"glued":      strings.Repeat("p= ", 21000),
		"words":      "p=" + strings.Repeat("a ", 32000),
		"blanks":     "p=" + strings.Repeat("a", 10) + strings.Repeat(" ", 64000),
		"semicolons": strings.Repeat(";", 65000),
	} {
		t.Run(name, func(t *testing.T) {
			ruletest.Linear(t, len(text)/4, func(n int) { Grammar{FoldNames: true, Known: known}.Scan(nil, text[:n], 0) })
		})
	}
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{
		"v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.net!10m", "v=DKIM1; k=rsa; p=MIGf MA0=", "v=STSv1; id=20260101;",
		"p=none rua=x, sp = y;;=;a;a=1;a=2", " \t;\r\n= =", "p=p= p= ,rua", "é=\x00;P=1;p=2;a=;b=;c=;d=;e=;f=;g=;h=",
	} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, fold bool) {
		for _, g := range []Grammar{{FoldNames: fold}, {FoldNames: fold, Known: known}} {
			check(t, g, text)
		}
	})
}

// check proves what holds of every scan: the tags and the semicolons between
// them tile the text, spans nest, and duplicates are those that a naive search
// finds.
func check(t *testing.T, g Grammar, text string) {
	tags := g.Scan(nil, text, 0)
	at := 0
	for i, tag := range tags {
		if tag.Whole.From != at {
			t.Fatalf("%q: tag %d begins at %d, the one before ends at %d", text, i, tag.Whole.From, at)
		}
		at = tag.Whole.To
		if tag.Closed {
			if text[at] != ';' {
				t.Fatalf("%q: tag %d is not followed by a semicolon", text, i)
			}
			at++
		} else if i+1 < len(tags) && !tags[i+1].Faults.Has(NoSemicolon) {
			t.Fatalf("%q: tag %d is neither the last nor closed", text, i)
		}
		for _, s := range []Span{tag.Name, tag.Value} {
			if s.From < tag.Whole.From || s.To > tag.Whole.To || s.From > s.To {
				t.Fatalf("%q: tag %d: %+v lies outside %+v", text, i, s, tag.Whole)
			}
			if v := s.Of(text); v != strings.Trim(v, " \t\r\n") || strings.Contains(v, ";") {
				t.Fatalf("%q: tag %d: %q is not trimmed", text, i, v)
			}
		}
		if tag.Equals >= 0 && (text[tag.Equals] != '=' || tag.Name.To > tag.Equals || tag.Value.From <= tag.Equals) {
			t.Fatalf("%q: tag %d: the \"=\" is not at %d", text, i, tag.Equals)
		}
		if (tag.Equals < 0) != tag.Faults.Has(NoEquals|Empty) {
			t.Fatalf("%q: tag %d: faults %b", text, i, tag.Faults)
		}
		first := i
		if tag.named() {
			for j := range i {
				x, y := tags[j].Name.Of(text), tag.Name.Of(text)
				if g.FoldNames {
					x, y = lower(x), lower(y)
				}
				if tags[j].named() && x == y {
					first = j
					break
				}
			}
		}
		if tag.First != first || tag.Faults.Has(Duplicate) != (first != i) {
			t.Fatalf("%q: tag %d: first %d, want %d", text, i, tag.First, first)
		}
	}
	if rest := strings.Trim(text[at:], " \t\r\n"); rest != "" {
		t.Fatalf("%q: %q is in no tag", text, rest)
	}
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}

func BenchmarkScan(b *testing.B) {
	g := Grammar{FoldNames: true, Known: known}
	text := "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
	var tags []Tag
	b.ReportAllocs()
	for b.Loop() {
		tags = g.Scan(tags[:0], text, 0)
	}
}
