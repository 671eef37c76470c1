package pack_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/pack"
)

func TestBuiltin(t *testing.T) {
	packs := pack.Builtin()
	if len(packs) == 0 {
		t.Fatal("no packs")
	}
	for _, p := range packs {
		if p.ID == "" || p.Name == "" || len(p.Sources) == 0 {
			t.Errorf("%+v", p)
		}
	}
	p := webmo(t)
	if got := p.MX.Records; len(got) != 2 || got[0].Exchange.Text != "mx.webmo.fr" || got[1].Preference != 20 || !p.MX.Exclusive {
		t.Errorf("MX %+v", got)
	}
	if len(p.Records) != 4 || p.Records[0].Name.Text != "autoconfig" || p.Records[0].RData() != "autoconfig.webmo.fr." {
		t.Errorf("records %v", p.Records)
	}
}

// The embedded packs are read with less care than files: here with the same.
func TestEmbedded(t *testing.T) {
	files, err := filepath.Glob("data/*.yaml")
	if err != nil || len(files) != len(pack.Builtin()) {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		if _, err := pack.Load(file); err != nil {
			t.Error(err)
		}
	}
}

func TestFind(t *testing.T) {
	if p, err := pack.Find("WebMo"); err != nil || p.ID != "webmo" {
		t.Errorf("WebMo: %v, %v", p, err)
	}
	for id, want := range map[string]string{
		"wembo":   `no rule pack is called "wembo"; did you mean webmo?`,
		"ebmo":    `no rule pack is called "ebmo"; did you mean webmo?`,
		"postbox": `no rule pack is called "postbox"; "zonelint packs" lists them`,
		"":        `no rule pack is called ""; "zonelint packs" lists them`,
	} {
		_, err := pack.Find(id)
		var unknown *pack.UnknownError
		if !errors.As(err, &unknown) || err.Error() != want {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// minimal is a pack that asks for little.
const minimal = `id: some-host
name: Some host
kind: mailbox
confidence: documented
checked: 2026-11-21
sources:
- {title: Set-up, url: "https://example.net/dns"}
mx:
  records:
  - {preference: 10, exchange: mx.example.net.}
`

func TestNamed(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "my.yaml")
	if err := os.WriteFile(file, []byte(minimal), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := pack.Named(file); err != nil || p.ID != "some-host" {
		t.Errorf("%v, %v", p, err)
	}
	if p, err := pack.Named("webmo"); err != nil || p.ID != "webmo" {
		t.Errorf("%v, %v", p, err)
	}
	if _, err := pack.Named("./gone"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := pack.Named("gone.yml"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := pack.Load(dir); !errors.Is(err, pack.ErrNotFile) {
		t.Errorf("a folder: %v", err)
	}
	large := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(large, []byte(minimal+strings.Repeat("#\n", 1<<19)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := pack.Load(large); !errors.Is(err, pack.ErrTooLarge) {
		t.Errorf("a large file: %v", err)
	}
}

func TestFormatErrors(t *testing.T) {
	tests := []struct {
		name string
		old  string // what is replaced in minimal
		new  string
		want []string // line:column: message
	}{
		{"nothing", minimal, "", []string{"1:1: no documents in stream"}},
		{"two documents", "id:", "---\nid: a\n---\nid:", []string{"1:1: expected single document, found multiple"}},
		{"not YAML", "name: Some host", "name: a: b", []string{"2:8: mapping values are not allowed in this context"}},
		{"a list", minimal, "- id: x\n", []string{"1:1: the pack is a list, where keys with values belong"}},
		{"unknown key", "confidence:", "confidense:", []string{
			`1:1: the pack lacks the key confidence`, `4:1: the pack has no key "confidense"; did you mean confidence?`,
		}},
		{"unknown key far from all", "- {preference: 10", "- {weight: 3, preference: 10", []string{`10:6: records has no key "weight"; it has preference, exchange`}},
		{"twice", "checked:", "name: Again\nchecked:", []string{"5:1: name stands here again; it is on line 2 already"}},
		{"missing in an element", "{preference: 10, exchange", "{exchange", []string{"10:5: records lacks the key preference"}},
		{"number for text", "Some host", "42", []string{"2:7: name: 42 is not text; put it in quotes"}},
		{"bool for text", "Some host", "true", []string{"2:7: name: true is not text; put it in quotes"}},
		{"empty text", "Some host", `"  "`, []string{"2:7: name is empty; give a value or leave the key out"}},
		{"control characters", "Some host", `"a\e[31mb"`, []string{"2:7: name has a line break or another control character; long text is folded with >-"}},
		{"no value", "name: Some host", "name:", []string{"2:6: name has no value; give one or leave the key out"}},
		{"an anchor", "Some host", "&x Some host", []string{"2:7: name: anchors and aliases are not read here; write the value out"}},
		{"a list for text", "Some host", "[a]", []string{"2:7: name is a list, where text belongs"}},
		{"text for a list", "mx:\n  records:\n  - {preference: 10, exchange: mx.example.net.}", "mx:\n  records: none", []string{"9:12: records is a single value, where a list belongs"}},
		{"an empty list", "\n  - {preference: 10, exchange: mx.example.net.}", " []", []string{"9:12: records is an empty list; leave the key out"}},
		{"no number", "preference: 10", "preference: ten", []string{`10:18: preference: "ten" is no number from 0 to 65535`}},
		{"a large number", "preference: 10", "preference: 65536", []string{`10:18: preference: "65536" is no number from 0 to 65535`}},
		{"a quoted number", "preference: 10", `preference: "10"`, []string{`10:18: preference: "10" is no number from 0 to 65535`}},
		{"no bool", "  records", "  exclusive: maybe\n  records", []string{`9:14: exclusive: "maybe" is neither true nor false`}},
		{"a web address for a name", "exchange: mx.example.net.", `exchange: "https://mx.example.net"`, []string{`10:32: exchange: "https://mx.example.net" is no domain name`}},
		{"an empty label", "mx.example.net.", "mx..example.net", []string{`10:32: exchange: "mx..example.net" is no domain name: empty label: two dots in a row`}},
		{"a top-level domain", "mx.example.net.", "net", []string{`10:32: exchange: "net" is too short: a name of at least two labels belongs here`}},
		{"no confidence", "documented", "sure", []string{`4:13: confidence: "sure" is not one of vendor-page, documented, template, memory`}},
		{"no day", "2026-11-21", "2026-11-31", []string{`5:10: checked: "2026-11-31" is not a day of the form 2006-01-02`}},
		{"no address", "https://example.net/dns", "example.net/dns", []string{`7:24: url: "example.net/dns" is no web address`}},
		{"no id", "some-host", "Some_Host", []string{`1:5: id: "Some_Host" is not kebab-case: lower-case letters and digits, joined by hyphens`}},
		{"nothing asked for", "mx:\n  records:\n  - {preference: 10, exchange: mx.example.net.}\n", "", []string{"1:1: the pack asks for nothing: it has none of mx, spf, dmarc, records and clients"}},
		{"a second MX for a host", "net.}", "net.}\n  - {preference: 20, exchange: MX.example.net}", []string{"11:32: exchange: mx.example.net. has an MX record above already"}},
		{"a suffix twice", "mx:", "detect: {mx: [a.example, A.example.]}\nmx:", []string{"8:26: mx: a.example. stands in the list twice"}},
		{"SPF", "mx:", `spf:
  level: required
  terms: ['include:spf.example.net']
  all: "+all"
  create: v=spf1 mx ~all
  documented: [v=spf1 ip4:1.2.3 include:spf.example.net -all, spf1 -all]
mx:`, []string{
			`11:8: all: "+all" is none of -all, ~all and ?all`,
			"12:11: create: the SPF record lacks what terms asks for",
			"12:11: create: the record does not end in +all",
			`13:16: documented: "1.2.3" in the SPF record is not valid`,
			`13:63: documented: "spf1 -all" is no SPF record`,
		}},
		{"DMARC", "mx:", "dmarc: {level: recommended, create: v=DMARC1; sp=none}\nmx:", []string{"8:37: create: the DMARC record has no policy: p must be none, quarantine or reject"}},
		{"DMARC version", "mx:", "dmarc: {level: recommended, create: p=none}\nmx:", []string{`8:37: create: "p=none" does not begin with v=DMARC1;`}},
		{"DMARC tags", "mx:", "dmarc: {level: much, create: v=DMARC1; p=none; x}\nmx:", []string{`8:16: level: "much" is not one of required, recommended, optional, obsolete, forbidden`}},
		{"DMARC syntax", "mx:", "dmarc: {level: optional, create: v=DMARC1; p=none; x}\nmx:", []string{`8:34: create: " x" in the DMARC record is not valid`}},
		{"records", "mx:", `records:
- {name: "@", type: CNAME, target: a.example.net, level: required}
- {name: a.example.com., type: CNAME, target: a.example.net, level: required}
- {name: a b, type: CNAME, target: a.example.net, level: required}
- {name: a..b, type: CNAME, target: a.example.net, level: required}
- {name: a, type: CNAME, target: a.example.net, level: required}
- {name: A, type: cname, target: a.example.net, level: optional}
mx:`, []string{
			"9:10: name: a CNAME record cannot stand at the apex, where the SOA is",
			`10:10: name: "a.example.com." is relative to the customer's zone and has no final dot`,
			`11:10: name: "a b" is no domain name`,
			`12:10: name: "a..b" is no domain name: empty label: two dots in a row`,
			"14:10: name: A has a record above already",
		}},
		{"variables", "mx:\n  records:\n  - {preference: 10, exchange: mx.example.net.}", `variables:
- {name: A, about: x}
- {name: b, about: x}
- {name: b, about: x}
- {name: domain, about: x}
- {name: c, about: x, pattern: '('}
- {name: d, about: x, pattern: '(a)', example: a}
- {name: e, about: x, pattern: '[0-9]'}
- {name: f, about: x, pattern: '[0-9]', example: x}
- {name: g, about: x, default: '{g'}
- {name: h, about: x, default: '{g}'}
- {name: i, about: x, default: 'a b'}
- {name: region, about: x}
mx:
  records:
  - {preference: 10, exchange: '{rigion}.example.net'}
  - {preference: 20, exchange: '{unknown}.{d}.{domain}'}`, []string{
			`9:10: name: "A" is no name of a variable: lower-case letters, digits and hyphens`,
			`9:10: name: the variable A stands in no value`,
			`10:10: name: the variable b stands in no value`,
			`11:10: name: the variable b stands in no value`,
			`11:10: name: there is a variable b already`,
			`12:10: name: there is a variable domain already`,
			`13:10: name: the variable c stands in no value`,
			"13:32: pattern: \"(\" is no regular expression: error parsing regexp: missing closing ): `\\A(?:()\\z`",
			`14:32: pattern: "(a)" has a group that captures; write (?:...)`,
			`15:10: name: the variable e stands in no value`,
			`15:32: pattern: a variable with a pattern needs an example`,
			`16:10: name: the variable f stands in no value`,
			`16:50: example: "x" is not what the pattern [0-9] takes`,
			`17:10: name: the variable g stands in no value`,
			`17:32: default: "{g" is not a value: a brace has no partner; variables stand in { and }`,
			`18:10: name: the variable h stands in no value`,
			`18:32: default: "{g}" may only have {domain}, {domain-dashes} and {m365-token} in it`,
			`19:10: name: the variable i stands in no value`,
			`19:32: default: "a b" is not what the pattern [^\s.;"]+ takes`,
			`20:10: name: the variable region stands in no value`,
			`23:32: there is no variable {rigion}; did you mean {region}?`,
			`24:32: there is no variable {unknown}; list it under variables`,
		}},
		{"values", "mx.example.net.", "'{x'", []string{
			`10:32: exchange: "{x" is not a value: a brace has no partner; variables stand in { and }`,
		}},
		{"patterns", "mx:", "detect:\n  mx: [example, 'a b.example']\n  names: [a.example., 'a b', _x]\nmx:", []string{
			`9:8: mx: "example" is too wide: at least two labels belong here, and the last without *`,
			`9:17: mx: "a b.example" is no domain name: ' ' cannot stand in one`,
		}},
		{"networks", "mx:", "detect: {addresses: [192.0.2.1/24]}\nmx:", []string{
			`8:22: addresses: "192.0.2.1/24" is no address and no network such as 192.0.2.0/24`,
		}},
		{"names", "mx:", "detect:\n  names: [a.example., 'a b', _x]\nmx:", []string{
			`9:11: names: "a.example." is no name relative to the customer's zone`,
			`9:23: names: "a b" is no name relative to the customer's zone`,
		}},
		{"kinds", "mailbox", "server of my own", []string{`3:7: kind: "server of my own" is not one of mailbox, forwarder, receiver, gateway, sender, server, no-mail, settings`}},
		{"status", "confidence:", "status: gone\nconfidence:", []string{`4:9: status: "gone" is not one of active, legacy, ending, closed`}},
		{"targets", "mx:", `variables: [{name: x, about: x}]
records:
- {name: a, type: CNAME, target: '{x}.a b.example', level: optional}
- {name: b, type: SRV, target: example, port: 1, level: optional}
- {name: c, type: SRV, target: ., level: optional}
- {name: '{x}.d', type: MX, target: a..b, preference: 1, level: optional}
mx:`, []string{
			`10:34: target: "{x}.a b.example" is no domain name`,
			`11:32: target: "example" is too short: a name of at least two labels belongs here`,
			`13:37: target: "a..b" is no domain name: empty label: two dots in a row`,
		}},
		{"terms", "mx:", `variables: [{name: x, about: x}]
spf:
  level: required
  terms: ['include:{x}.example', 'include:{x', 'a mx', 'all:', 'ip4:{x}', 'include:a', '']
mx:`, []string{
			`11:34: terms: "include:{x" is not a value: a brace has no partner; variables stand in { and }`,
			`11:88: terms is empty; give a value or leave the key out`,
		}},
		{"terms that are none", "mx:", `variables: [{name: x, about: x}]
spf:
  level: required
  terms: ['include:{x}.example', 'a mx', 'all:', 'ip4:{x}', 'include:a']
mx:`, []string{
			`11:34: terms: "a mx" is no term of an SPF record that can be asked for here`,
			`11:42: terms: "all:" is no term of an SPF record that can be asked for here`,
			`11:50: terms: "ip4:{x}" is no term of an SPF record that can be asked for here`,
			`11:61: terms: "include:a" is no term of an SPF record that can be asked for here`,
		}},
		{"DMARC minimum", "mx:", "dmarc: {level: optional, minimum: some, create: v=DMARC1; p=none}\nmx:", []string{`8:35: minimum: "some" is none of none, quarantine and reject`}},
		{"DMARC without a record", "mx:", "dmarc: {level: optional, minimum: none}\nmx:", []string{"8:8: dmarc lacks create, the record, or cname, the name to be an alias of"}},
		{"DMARC twice", "mx:", "dmarc: {level: optional, create: v=DMARC1; p=none, cname: d.example.net}\nmx:", []string{"8:8: dmarc has create and cname; one of them is enough"}},
		{"DMARC policy of what", "mx:", "dmarc: {level: optional, create: v=DMARC1; p=none, policy: none}\nmx:", []string{"8:60: policy: it is that of the record at cname, which is not given"}},
		{"DMARC policy", "mx:", "dmarc: {level: optional, cname: d.example.net, policy: hard}\nmx:", []string{`8:56: policy: "hard" is none of none, quarantine and reject`}},
		{"DMARC alias", "mx:", "dmarc: {level: optional, cname: example}\nmx:", []string{`8:33: cname: "example" is too short: a name of at least two labels belongs here`}},
		{"data of records", "mx:", `records:
- {name: a, type: CNAME, level: required}
- {name: b, type: TXT, target: a.example.net, level: required}
- {name: c, type: A, addresses: [192.0.2.1, '2001:db8::1'], alternatives: [a.example], level: required}
- {name: d, type: AAAA, addresses: [192.0.2.1], level: required}
- {name: e, type: CAA, data: nonsense, level: required}
- {name: f, type: CAA, data: 0 issue "ca.example", level: required}
mx:`, []string{
			`9:3: the CNAME record of a lacks the key target`,
			`10:3: the TXT record of b has no target; it has text`,
			`10:3: the TXT record of b lacks the key text`,
			`11:3: alternatives: only records with a target or a text have other values`,
			`11:45: addresses: 2001:db8::1 is none of a record of type A`,
			`12:37: addresses: 192.0.2.1 is none of a record of type AAAA`,
			`13:30: data: "nonsense" is none of a record of type CAA`,
		}},
		{"levels and purposes", "mx:", "records: [{name: a, type: CNAME, target: a.example.net, level: must, purpose: fun}]\nmx:", []string{
			`8:64: level: "must" is not one of required, recommended, optional, obsolete, forbidden`,
			`8:79: purpose: "fun" is not one of dkim, verification, clients, bounces, tracking, service`,
		}},
		{"clients", "mx:", `clients:
- {protocol: jmap, host: a.example.net, port: 443, security: ssl, advice: good, user: me, auth: none}
- {protocol: imap, host: a.example.net, port: 0, security: tls}
- {protocol: imap, host: a b.example.net, port: 993, security: tls}
- {protocol: imap, host: a.example.net, port: 70000, security: tls, unconfirmed: maybe}
mx:`, []string{
			`9:14: protocol: "jmap" is not one of imap, pop3, smtp, managesieve`,
			`9:62: security: "ssl" is not one of tls, starttls, none`,
			`9:75: advice: "good" is not one of recommended, discouraged, retired`,
			`9:87: user: "me" is not one of address, local-part, account`,
			`9:97: auth: "none" is not one of password, app-password, oauth2`,
			`12:47: port: "70000" is no number from 0 to 65535`,
			`12:82: unconfirmed: "maybe" is neither true nor false`,
		}},
		{"servers of clients", "mx:", `clients:
- {protocol: imap, host: a.example.net, port: 0, security: tls}
- {protocol: imap, host: a b.example.net, port: 993, security: tls}
mx:`, []string{
			"9:47: port: 0 is no port that a server listens on",
			`10:26: host: "a b.example.net" is no domain name`,
		}},
		{"no type", "mx:", "records: [{name: a, type: ALIAS, target: a.example.net, level: required}]\nmx:", []string{`8:27: type: "ALIAS" is no RR type`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := strings.Replace(minimal, tt.old, tt.new, 1)
			if src == minimal {
				t.Fatal("nothing is replaced")
			}
			_, err := pack.Parse("my.yaml", []byte(src))
			var got []string
			if err != nil {
				var fe *pack.FormatError
				if !errors.As(err, &fe) {
					t.Fatal(err)
				}
				got = strings.Split(err.Error(), "\n")
			}
			for i := range tt.want {
				tt.want[i] = "my.yaml:" + tt.want[i]
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal))
	for _, p := range []string{"data/webmo.yaml"} {
		src, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("<<: {id: x}\n? [a]\n: b\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := pack.Parse("x.yaml", src)
		if (p == nil) == (err == nil) {
			t.Fatalf("%v, %v", p, err)
		}
		var fe *pack.FormatError
		if err != nil && (!errors.As(err, &fe) || len(fe.Problems) == 0) {
			t.Fatal(err)
		}
	})
}
