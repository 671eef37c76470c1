package spf

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

var kindNamesForTest = map[FaultKind]string{
	LeadingText: "LeadingText", VersionEnd: "VersionEnd", VersionToken: "VersionToken", Separator: "Separator",
	NotASCII: "NotASCII", UnknownTerm: "UnknownTerm", StrayChars: "StrayChars", Lookalike: "Lookalike",
	StrayBlank: "StrayBlank", Glued: "Glued", QualifierExtra: "QualifierExtra", Delimiter: "Delimiter",
	AllArgument: "AllArgument", IP4Address: "IP4Address", IP4Length: "IP4Length", IP6Address: "IP6Address",
	IP6Length: "IP6Length", IPFamily: "IPFamily", DualLength: "DualLength", NoLength: "NoLength",
	DomainEmpty: "DomainEmpty", DomainEnd: "DomainEnd", DomainAddress: "DomainAddress", MacroSyntax: "MacroSyntax",
	MacroLetter: "MacroLetter", MacroDigits: "MacroDigits", MacroExpOnly: "MacroExpOnly",
	RedirectTwice: "RedirectTwice", ExpTwice: "ExpTwice",
}

// describe returns the faults of a record, each as its kind, offset, text, and
// the sign "!" or "?" for a repair that is sure or a guess.
func describe(r *Record) string {
	var out []string
	for _, f := range r.Faults {
		s := fmt.Sprintf("%s@%d %q", kindNamesForTest[f.Kind], f.From, r.Text[f.From:f.To])
		if f.Repair != nil && f.Sure {
			s += "!"
		} else if f.Repair != nil {
			s += "?"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// repaired makes all repairs of a record.
func repaired(r *Record) string {
	text := r.Text
	edits := r.repairs(false)
	for i := len(edits) - 1; i >= 0; i-- {
		text = text[:edits[i].From] + edits[i].Text + text[edits[i].To:]
	}
	return text
}

func TestParseValid(t *testing.T) {
	for _, text := range []string{
		"v=spf1", "V=SPF1 -ALL", "v=spf1 ", "v=spf1   mx   -all  ",
		"v=spf1 +a ?mx ~ptr -all",
		"v=spf1 a/0 a/32 a//0 a//128 a/24//64 mx/8 mx:mail.example.com/24//64",
		"v=spf1 a:foo:bar/baz.example.com -all", // a name with a colon and a slash
		"v=spf1 a:%{d}/24 -all", "v=spf1 a:%{d2/}/24 -all",
		"v=spf1 a:example.com. redirect=%{d}.example.com.",
		"v=spf1 a:example.xn--zckzah a:example.1-2 a:example.c0m -all",
		"v=spf1 include:%{d} include:foo%{d} include:a%%b%_c%-.example.com include:%% -all",
		"v=spf1 exists:%{ir}.%{v}._spf.%{d2} exists:%{L1R+-}._spf.%{o} exists:%{s127r.-+,/_=}.example.com -all",
		"v=spf1 ip4:0.0.0.0/0 ip4:255.255.255.255/32 ip4:192.0.2.1 -all",
		"v=spf1 ip6:::/0 ip6:2001:db8::cd30/60 ip6:::ffff:192.0.2.1 ip6:1:2:3:4:5:6:7:8/128 -all",
		"v=spf1 default=pass moo.cow-far_out=man:dog/cat x= x= v=spf1 -all",
		"v=spf1 x=%{c} x=%{d0} -all", // only the grammar counts in an unknown modifier
		"v=spf1 -all exp=explain._spf.%{d} redirect=_spf.example.com",
		"v=spf1 mx ra=postmaster rp=10 rr=e:f -all",
		"v=spf1 accredit=x allow=y mxname=z -all", // names that begin with a mechanism
		"v=spf1 include:.com -all",                // an empty label is no matter of the grammar
	} {
		r := Parse(text)
		if !r.Valid() {
			t.Errorf("%q: form %d, %s", text, r.Form, describe(r))
		}
	}
}

func TestParseTerms(t *testing.T) {
	r := Parse("v=spf1 ~MX:a.example/24//64 ip6:2001:db8::/32 ?include:%{d} redirect=b.example foo=bar")
	want := []Term{
		{From: 7, To: 27, Kind: MX, Qualifier: SoftFail, Name: "MX", Domain: "a.example", Bits4: 24, Bits6: 64},
		{From: 28, To: 45, Kind: IP6, Qualifier: Pass, Name: "ip6", Addr: netip.MustParseAddr("2001:db8::"), Bits4: -1, Bits6: 32},
		{From: 46, To: 59, Kind: Include, Qualifier: Neutral, Name: "include", Domain: "%{d}", Bits4: -1, Bits6: -1},
		{From: 60, To: 78, Kind: Redirect, Name: "redirect", Domain: "b.example", Bits4: -1, Bits6: -1},
		{From: 79, To: 86, Kind: OtherModifier, Name: "foo", Domain: "bar", Bits4: -1, Bits6: -1},
	}
	if len(r.Terms) != len(want) || !r.Valid() {
		t.Fatalf("%+v, %s", r.Terms, describe(r))
	}
	for i := range want {
		if r.Terms[i] != want[i] {
			t.Errorf("term %d: %+v, want %+v", i, r.Terms[i], want[i])
		}
	}
	if s, want := r.String(), "v=spf1 ~MX:a.example/24//64 ip6:2001:db8::/32 ?include:%{d} redirect=b.example foo=bar"; s != want {
		t.Errorf("String: %q", s)
	}
}

func TestForm(t *testing.T) {
	for _, c := range []struct {
		text     string
		want     Form
		faults   string
		repaired string
	}{
		{" v=spf1 -all", Meant, `LeadingText@0 " "!`, "v=spf1 -all"},
		{"\ufeffv=spf1 -all", Meant, `LeadingText@0 "\ufeff"!`, "v=spf1 -all"},
		{"\"v=spf1 -all\"", Meant, `LeadingText@0 "\""!`, "v=spf1 -all"},
		{"“v=spf1 mx -all” ", Meant, `LeadingText@0 "“"!`, "v=spf1 mx -all"},
		{"\"v=spf1 mx -all", Meant, `LeadingText@0 "\""!`, "v=spf1 mx -all"},
		{"\"v=spf1 must come first", Other, "", ""},
		{"v=spf1;", Meant, `VersionEnd@0 "v=spf1;"!`, "v=spf1"},
		{"v=spf1; mx; -all;", Meant, `VersionEnd@0 "v=spf1;"!, StrayChars@10 ";"!, StrayChars@16 ";"!`, "v=spf1 mx -all"},
		{"v=spf1,mx -all", Meant, `VersionEnd@0 "v=spf1,"!`, "v=spf1 mx -all"},
		{"v=spf1\tmx -all", Meant, `VersionEnd@0 "v=spf1\t"!`, "v=spf1 mx -all"},
		{"v=spf1\u00a0mx -all", Meant, `VersionEnd@0 "v=spf1\u00a0"!`, "v=spf1 mx -all"},
		{"v=spf1\n", Meant, `VersionEnd@0 "v=spf1\n"!`, "v=spf1"},
		{"v=spf1include:example.com -all", Meant, `VersionEnd@0 "v=spf1"!`, "v=spf1 include:example.com -all"},
		{"v=spf1-all", Meant, `VersionEnd@0 "v=spf1"!`, "v=spf1 -all"},
		{"v=spf1~all;", Meant, `VersionEnd@0 "v=spf1"!, StrayChars@10 ";"!`, "v=spf1 ~all"},
		{"v=spf10", Meant, `VersionToken@0 "v=spf10"?`, "v=spf1"},
		{"v=spf1.0 mx -all", Meant, `VersionToken@0 "v=spf1.0"?`, "v=spf1 mx -all"},
		{"v=spf1foo mx -all", Meant, `VersionToken@0 "v=spf1foo"?`, "v=spf1 mx -all"},
		{"v = spf1 mx -all", Meant, `VersionToken@0 "v = spf1"!`, "v=spf1 mx -all"},
		{"v:spf1 mx -all", Meant, `VersionToken@0 "v:spf1"!`, "v=spf1 mx -all"},
		{"spf1 mx -all", Meant, `VersionToken@0 "spf1"!`, "v=spf1 mx -all"},
		{"v=sfp1 include:example.com ~all", Meant, `VersionToken@0 "v=sfp1"?`, "v=spf1 include:example.com ~all"},
		{"v=spf2 ip4:192.0.2.1 ~all", Meant, `VersionToken@0 "v=spf2"?`, "v=spf1 ip4:192.0.2.1 ~all"},

		{"", Other, "", ""},
		{" ", Other, "", ""},
		{"\"", Other, "", ""},
		{"\"\"", Other, "", ""},
		{"v", Other, "", ""},
		{"v=", Other, "", ""},
		{"v=DKIM1; k=rsa; p=abc", Other, "", ""},
		{"v=DMARC1; p=none", Other, "", ""},
		{"v=STSv1; id=1", Other, "", ""},
		{"v=TLSRPTv1; rua=mailto:a@example.com", Other, "", ""},
		{"v=BIMI1; l=https://example.com", Other, "", ""},
		{"spf2.0/pra include:example.com -all", Other, "", ""},
		{"google-site-verification=v=spf1", Other, "", ""},
		{"spf1-verification=abc", Other, "", ""},
		{"spf a mx", Other, "", ""},
		{"spf1 is a standard", Other, "", ""},
		{"use v=spf1 -all", Other, "", ""},
		{"see v=spf1 include:example.com ~all for the rest", Other, "", ""},
		{"version 1 -all", Other, "", ""},
		{"xv=spf1 -all", Other, "", ""},
	} {
		r := Parse(c.text)
		if got := describe(r); r.Form != c.want || got != c.faults {
			t.Errorf("%q: form %d, want %d\n got %s\nwant %s", c.text, r.Form, c.want, got, c.faults)
			continue
		}
		if c.want == Meant && repaired(r) != c.repaired {
			t.Errorf("%q is repaired to %q, want %q", c.text, repaired(r), c.repaired)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		text     string // behind "v=spf1 "
		faults   string
		repaired string // "" if it stays
	}{
		// Between terms.
		{"mx\t-all", `Separator@9 "\t"!`, "mx -all"},
		{"mx \r\n -all", `Separator@10 "\r\n"!`, "mx  -all"},
		{"mx -all\n", `Separator@14 "\n"!`, "mx -all"},
		{"mx\u00a0-all", `NotASCII@9 "\u00a0"!`, "mx -all"},
		{"mx\xa0-all", `NotASCII@9 "\xa0"!`, "mx -all"},
		// Octets that are not visible ASCII.
		{"mx –all", `Lookalike@10 "–"!`, "mx -all"},
		{"mx \x96all", `Lookalike@10 "\x96"!`, "mx -all"},
		{"mx ˜all", `Lookalike@10 "˜"!`, "mx ~all"},
		{"mx \u200b-all", `NotASCII@10 "\u200b"!`, "mx -all"},
		{"mx ~all”", `NotASCII@14 "”"!`, "mx ~all"},
		{"\u200b -all", `NotASCII@7 "\u200b"!`, " -all"},
		{"a:exämple.com -all", `NotASCII@11 "ä"`, ""},
		{"a:foo.example.com\x00 -all", `NotASCII@24 "\x00"`, ""},
		{"include:foo–bar.example.com -all", `NotASCII@18 "–"!`, "include:foo-bar.example.com -all"},
		{"mx＋ ：", `NotASCII@9 "＋", NotASCII@13 "："`, ""},
		{"include：foo.example.com -all", `NotASCII@14 "："!`, "include:foo.example.com -all"},
		{"mx －all", `Lookalike@10 "－"!`, "mx -all"},
		// Punctuation.
		{"mx ~all;", `StrayChars@14 ";"!`, "mx ~all"},
		{"mx, -all.", `StrayChars@9 ","!, StrayChars@15 "."!`, "mx -all"},
		{"mx ; -all", `StrayChars@10 ";"!`, "mx -all"},
		{"mx -all\"", `StrayChars@14 "\""!`, "mx -all"},
		{"'mx' -all", `StrayChars@7 "'mx'"!`, "mx -all"},
		{"ip4:192.0.2.1, -all", `StrayChars@20 ","!`, "ip4:192.0.2.1 -all"},
		// Blanks within a term.
		{"include: example.com -all", `StrayBlank@7 "include: example.com"!`, "include:example.com -all"},
		{"include  example.com -all", `StrayBlank@7 "include  example.com"!`, "include:example.com -all"},
		{"include :example.com -all", `StrayBlank@7 "include :example.com"!`, "include:example.com -all"},
		{"ip4: 192.0.2.1 -all", `StrayBlank@7 "ip4: 192.0.2.1"!`, "ip4:192.0.2.1 -all"},
		{"redirect= example.com", `StrayBlank@7 "redirect= example.com"!`, "redirect=example.com"},
		{"redirect example.com", `StrayBlank@7 "redirect example.com"!`, "redirect=example.com"},
		{"mx - all", `StrayBlank@10 "- all"!`, "mx -all"},
		{"a :example.com -all", `StrayBlank@7 "a :example.com"!`, "a:example.com -all"},
		{"mx /24 -all", `StrayBlank@7 "mx /24"!`, "mx/24 -all"},
		{"include: mx -all", `DomainEmpty@7 "include:"`, ""},
		{"include:foo .com -all", `DomainEnd@15 "foo", UnknownTerm@19 ".com"`, ""},
		// Terms without a blank between them.
		{"ip4:192.0.2.1~all", `Glued@7 "ip4:192.0.2.1~all"!`, "ip4:192.0.2.1 ~all"},
		{"mx-all", `Glued@7 "mx-all"!`, "mx -all"},
		{"include:example.com~all", `Glued@7 "include:example.com~all"!`, "include:example.com ~all"},
		{"ip4:192.0.2.1include:example.com -all", `Glued@7 "ip4:192.0.2.1include:example.com"!`, "ip4:192.0.2.1 include:example.com -all"},
		{"ip4:192.0.2.1ip4:192.0.2.2ip4:192.0.2.3 -all", `Glued@7 "ip4:192.0.2.1ip4:192.0.2.2ip4:192.0.2.3"!, Glued@20 "ip4:192.0.2.2ip4:192.0.2.3"!`, "ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 -all"},
		{"mx,a;ip4:192.0.2.1 -all", `Glued@7 "mx,a;ip4:192.0.2.1"!, Glued@10 "a;ip4:192.0.2.1"!`, "mx a ip4:192.0.2.1 -all"},
		{"a:x,y.example~all", `Glued@7 "a:x,y.example~all"!`, "a:x,y.example ~all"},
		{"a+mx+ptr -all", `Glued@7 "a+mx+ptr"!, Glued@8 "+mx+ptr"!`, "a +mx +ptr -all"},
		{"ip4:192.0.2.1all", `IP4Address@11 "192.0.2.1all"`, ""}, // "all" alone would pass everyone
		// Qualifiers and delimiters.
		{"mx --all", `QualifierExtra@10 "--"!`, "mx -all"},
		{"mx -~all", `QualifierExtra@10 "-~"?`, "mx ~all"},
		{"-redirect=example.com", `QualifierExtra@7 "-"!`, "redirect=example.com"},
		{"redirect:example.com", `Delimiter@7 "redirect:example.com"!`, "redirect=example.com"},
		{"+include=example.com -all", `Delimiter@7 "+include=example.com"!`, "+include:example.com -all"},
		{"ip4::192.0.2.1 -all", `Delimiter@7 "ip4::192.0.2.1"!`, "ip4:192.0.2.1 -all"},
		// Unknown terms.
		{"mx moo -all", `UnknownTerm@10 "moo"`, ""},
		{"example.com -all", `UnknownTerm@7 "example.com"`, ""},
		{"inlcude:example.com -all", `UnknownTerm@7 "inlcude:example.com"?`, "include:example.com -all"},
		{"redirct:example.com", `UnknownTerm@7 "redirct:example.com"?`, "redirect=example.com"},
		{"mx -al", `UnknownTerm@10 "-al"?`, "mx -all"},
		{"mx at -all", `UnknownTerm@10 "at"`, ""},
		{"ipv4:192.0.2.0/24 -all", `UnknownTerm@7 "ipv4:192.0.2.0/24"!`, "ip4:192.0.2.0/24 -all"},
		{"ip:2001:db8::1 -all", `UnknownTerm@7 "ip:2001:db8::1"!`, "ip6:2001:db8::1 -all"},
		{"192.0.2.1 -all", `UnknownTerm@7 "192.0.2.1"!`, "ip4:192.0.2.1 -all"},
		{"-all:foobar", `AllArgument@11 ":foobar"`, ""},
		{"1up=foo -all", `UnknownTerm@7 "1up=foo"`, ""},
		{"=all", `UnknownTerm@7 "=all"`, ""},
		// Networks.
		{"ip4 -all", `IP4Address@7 "ip4"`, ""},
		{"ip4: -all", `IP4Address@7 "ip4:"`, ""},
		{"ip4:/24 -all", `IP4Address@11 "/"`, ""},
		{"ip4:192.0.2 -all", `IP4Address@11 "192.0.2"`, ""},
		{"ip4:192.0.2.256 -all", `IP4Address@11 "192.0.2.256"`, ""},
		{"ip4:192.0.2.01 -all", `IP4Address@11 "192.0.2.01"`, ""},
		{"ip4:192.0.2.1.1 -all", `IP4Address@11 "192.0.2.1.1"`, ""},
		{"ip4:192.0.2.1:25 -all", `IP4Address@11 "192.0.2.1:25"`, ""},
		{"ip4:%{i} -all", `IP4Address@11 "%{i}"`, ""},
		{"ip4:192.0.2.1/33 -all", `IP4Length@20 "/33"`, ""},
		{"ip4:192.0.2.1/ -all", `IP4Length@20 "/"`, ""},
		{"ip4:192.0.2.0/024 -all", `IP4Length@20 "/024"!`, "ip4:192.0.2.0/24 -all"},
		{"ip4:192.0.2.0/00 -all", `IP4Length@20 "/00"!`, "ip4:192.0.2.0/0 -all"},
		{"ip4:192.0.2.0/255.255.255.0 -all", `IP4Length@20 "/255.255.255.0"!`, "ip4:192.0.2.0/24 -all"},
		{"ip4:192.0.2.0/255.0.255.0 -all", `IP4Length@20 "/255.0.255.0"`, ""},
		{"ip4:192.0.2.0//32 -all", `IP4Length@20 "//32"`, ""},
		{"ip6:2001:db8::1::2 -all", `IP6Address@11 "2001:db8::1::2"`, ""},
		{"ip6:fe80::1%eth0 -all", `IP6Address@11 "fe80::1%eth0"`, ""},
		{"ip6:2001:db8::/129 -all", `IP6Length@21 "/129"`, ""},
		{"ip6:2001:db8::/032 -all", `IP6Length@21 "/032"!`, "ip6:2001:db8::/32 -all"},
		{"ip4:2001:db8::1/64 -all", `IPFamily@11 "2001:db8::1"!`, "ip6:2001:db8::1/64 -all"},
		{"?ip6:192.0.2.1 -all", `IPFamily@12 "192.0.2.1"!`, "?ip4:192.0.2.1 -all"},
		{"ip6:192.0.2.1/64 -all", `IPFamily@11 "192.0.2.1"`, ""},
		// Lengths of other mechanisms.
		{"a/33 -all", `DualLength@8 "/33"`, ""},
		{"mx:example.com//129 -all", `DualLength@22 "/129"`, ""},
		{"a/24/64 -all", `DualLength@8 "/24/64"!`, "a/24//64 -all"},
		{"a/x mx/24x -mx/-1 -all", `DualLength@8 "/x", DualLength@13 "/24x", DualLength@21 "/-1"`, ""},
		{"a/024 -all", `DualLength@8 "/024"!`, "a/24 -all"},
		{"a:example.com/ -all", `DualLength@20 "/"`, ""},
		{"include:example.com/24 -all", `NoLength@26 "/24"`, ""},
		{"ptr/0 -all", `NoLength@10 "/0"`, ""},
		// Domains.
		{"a: mx: -all", `DomainEmpty@7 "a:", DomainEmpty@10 "mx:"`, ""},
		{"exists -all", `DomainEmpty@7 "exists"`, ""},
		{"include:/24 -all", `DomainEnd@15 "/24"`, ""},
		{"redirect= -all", `DomainEmpty@7 "redirect="`, ""},
		{"a:localhost -all", `DomainEnd@9 "localhost"`, ""},
		{"a:museum. -all", `DomainEnd@9 "museum"`, ""},
		{"a:example.com.. -all", `StrayChars@20 ".."!`, "a:example.com -all"},
		{"a:mail.-com -all", `DomainEnd@14 "-com"`, ""},
		{"a:mail.123 -all", `DomainEnd@14 "123"`, ""},
		{"a:mail.example_com -all", `DomainEnd@14 "example_com"`, ""},
		{"a:%{d}.mail -all", "", ""},
		{"a:%{d}mail -all", `DomainEnd@13 "mail"`, ""},
		{"a:%{d}. -all", `StrayChars@13 "."!`, "a:%{d} -all"},
		{"a:192.0.2.1 -all", `DomainAddress@9 "192.0.2.1"!`, "ip4:192.0.2.1 -all"},
		{"?mx:192.0.2.0/24 -all", `DomainAddress@11 "192.0.2.0/24"!`, "?ip4:192.0.2.0/24 -all"},
		{"include:2001:db8::1 -all", `DomainAddress@15 "2001:db8::1"!`, "ip6:2001:db8::1 -all"},
		// Macros.
		{"exists:%(ir).example.com -all", `MacroSyntax@14 "%("`, ""},
		{"exists:foo% -all", `MacroSyntax@17 "%"`, ""},
		{"exists:%{ -all", `MacroSyntax@14 "%{"`, ""},
		{"exists:%{} -all", `MacroSyntax@14 "%{"`, ""},
		{"exists:%{i.example.com -all", `MacroSyntax@14 "%{i."`, ""},
		{"exists:%{ri}.example.com -all", `MacroSyntax@14 "%{r"`, ""},
		{"exists:%{a}.example.com -all", `MacroLetter@14 "%{a}"`, ""},
		{"exists:%{d0}.example.com -all", `MacroDigits@17 "0"`, ""},
		{"exists:%{c}.example.com exp=%{T}.example.com -all", `MacroExpOnly@14 "%{c}", MacroExpOnly@35 "%{T}"`, ""},
		{"x=%abc -all", `MacroSyntax@9 "%a"`, ""},
		// Modifiers that are there twice.
		{"redirect=a.example redirect=b.example", `RedirectTwice@26 "redirect=b.example"`, ""},
		{"redirect=a.example redirect=A.example", `RedirectTwice@26 "redirect=A.example"!`, "redirect=a.example"},
		{"exp=a.example -all exp=b.example", `ExpTwice@26 "exp=b.example"`, ""},
		// All of them at once.
		{"ip4:1 moo a: mx\t~all;", `IP4Address@11 "1", UnknownTerm@13 "moo", DomainEmpty@17 "a:", Separator@22 "\t"!, StrayChars@27 ";"!`, "ip4:1 moo a: mx ~all"},
	} {
		text := "v=spf1 " + c.text
		r := Parse(text)
		if got := describe(r); r.Form != SPF || got != c.faults {
			t.Errorf("%q:\n got %s\nwant %s", text, got, c.faults)
			continue
		}
		want := text
		if c.repaired != "" {
			want = "v=spf1 " + c.repaired
		}
		if got := repaired(r); got != want {
			t.Errorf("%q is repaired to %q, want %q", text, got, want)
		}
	}
}

func TestParseAllocates(t *testing.T) {
	var r Record
	const text = "v=spf1 a mx:mail.example.com/24//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:%{d2}.example.com exists:%{ir}.example.com -all exp=e.example.com"
	r.read(text)
	if n := testing.AllocsPerRun(100, func() { r.read(text) }); n != 0 || !r.Valid() {
		t.Errorf("%v allocations, %s", n, describe(&r))
	}
}

func BenchmarkParse(b *testing.B) {
	var r Record
	const text = "v=spf1 a mx ip4:192.0.2.0/24 ip6:2001:db8::/32 include:spf.example.com ~all"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r.read(text)
	}
}
