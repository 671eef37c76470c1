package pack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

func lintAll(z *zone.Zone, s pack.Selector) []rules.Finding {
	e, err := rules.NewEngine(all.Rules(s), rules.Options{})
	if err != nil {
		panic(err)
	}
	return e.Run(z)
}

// sound is a pack about which nothing is doubtful.
const sound = `id: some-host
name: Some host
kind: mailbox
confidence: documented
checked: 2026-11-21
sources:
- {title: Set-up, url: "https://some-host.example/dns"}
variables:
- {name: region, about: the region, example: eu}
- {name: key, about: the key}
detect:
  mx: [some-host.example]
mx:
  records:
  - {preference: 10, exchange: 'mx.{region}.some-host.example'}
  - {preference: 10, exchange: mx2.some-host.example}
spf:
  level: required
  terms: ['include:spf.some-host.example']
  all: "~all"
dmarc:
  level: recommended
  create: v=DMARC1; p=none
records:
- {name: imap, type: CNAME, target: imap.some-host.example, level: optional}
- {name: s1._domainkey, type: TXT, text: 'v=DKIM1; k=rsa; p={key}', level: required, purpose: dkim}
- {name: _imaps._tcp, type: SRV, port: 993, target: imap.some-host.example, level: optional}
- {name: old, type: CNAME, target: 192.0.2.1, level: obsolete}
- {name: older, type: CNAME, target: 192.0.2.1, level: forbidden}
`

func TestExamine(t *testing.T) {
	for name, tt := range map[string]struct {
		old, new string
		want     []string
	}{
		"sound but for an example": {"", "", []string{"10:10: example: the variable key has none, so people cannot see what to look for"}},
		"no page":                  {`, url: "https://some-host.example/dns"`, "", []string{"7:1: sources: none has a url, so nobody can look the facts up"}},
		"no detection":             {"detect:\n  mx: [some-host.example]\n", "", []string{"1:1: detect: it is missing, so that only --pack chooses this pack"}},
		"detection of something else": {
			"mx: [some-host.example]", "mx: [other-host.example]",
			[]string{"12:3: detect: a zone made from this pack is not recognised as its own"},
		},
		"a pattern of another pack": {
			"mx: [some-host.example]", "mx: [some-host.example, in.webmo.fr, '*.mail.protection.outlook.com']",
			[]string{
				"12:27: mx: in.webmo.fr. takes names away from webmo, of which this pattern is a part",
				"12:40: mx: *.mail.protection.outlook.com. is recognised as microsoft365 and microsoft365-godaddy too; zones for which nothing else decides are unclear",
			},
		},
		"patterns wider and narrower than those of others": {
			"mx: [some-host.example]", "mx: [some-host.example, google.com, x.mail.protection.outlook.com]",
			[]string{
				"12:27: mx: google.com. does not have the names that belong to google-workspace, whose patterns are narrower",
				"12:39: mx: x.mail.protection.outlook.com. takes names away from microsoft365 and microsoft365-godaddy, of which this pattern is a part",
			},
		},
		"patterns with stars that meet": {
			"detect:\n  mx: [some-host.example]\nmx:\n  records:\n  - {preference: 10, exchange: 'mx.{region}.some-host.example'}\n  - {preference: 10, exchange: mx2.some-host.example}",
			"detect:\n  mx: ['*u.mail.protection.outlook.com']\nmx:\n  records:\n  - {preference: 10, exchange: '{region}.mail.protection.outlook.com'}",
			[]string{"12:3: detect: a zone made from this pack may be one of microsoft365 as well; instead-of decides such cases"},
		},
		"a sender": {
			"kind: mailbox", "kind: sender", []string{"12:3: detect: a zone made from this pack is not recognised as its own"},
		},
		"a server": {
			"kind: mailbox", "kind: server", nil,
		},
		"a pattern beside one with stars": {
			"mx: [some-host.example]", "mx: [some-host.example, mail.protection.outlook.com]",
			[]string{"12:27: mx: mail.protection.outlook.com. is recognised as microsoft365 and microsoft365-godaddy too; zones for which nothing else decides are unclear"},
		},
		"a server in the customer's zone": {
			"exchange: mx2.some-host.example", "exchange: 'mx.{domain}'", nil,
		},
		"instead of another pack":     {"mx: [some-host.example]", "mx: [some-host.example, in.webmo.fr]\n  instead-of: webmo", nil},
		"the pattern of another pack": {"mx: [some-host.example]", "mx: [some-host.example, webmo.fr]", []string{"12:27: mx: webmo.fr. is recognised as webmo too; zones for which nothing else decides are unclear"}},
		"instead of none":             {"mx: [some-host.example]", "mx: [some-host.example]\n  instead-of: wembo", []string{`13:15: instead-of: no other pack is called "wembo"`}},
		"servers of another pack": {
			"exchange: mx2.some-host.example", "exchange: mx.webmo.fr",
			[]string{"12:3: detect: a zone made from this pack is taken for one of webmo as well, by MX 10 mx.webmo.fr."},
		},
		"an SPF record without an end": {
			"  all: \"~all\"\n", "",
			[]string{"18:3: a zone with no more than this pack asks for has a finding: warning[spf-no-terminal]: "},
		},
		"a poor record to create": {
			`  all: "~all"`, "  all: \"~all\"\n  create: v=spf1 ptr include:spf.some-host.example ~all",
			[]string{"21:11: a zone with no more than this pack asks for has a finding: warning[spf-ptr]: "},
		},
		"a poor target": {
			"target: imap.some-host.example, level: optional}\n- {name: s1", "target: 192.0.2.1, level: optional}\n- {name: s1",
			[]string{"25:3: a zone with no more than this pack asks for has a finding: error["},
		},
		"a key of another kind": {
			"k=rsa", "k=ed25519", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			src := strings.Replace(sound, tt.old, tt.new, 1)
			if tt.old != "" {
				src = strings.Replace(src, "about: the key}", "about: the key, example: MIIB}", 1)
			}
			p, doubts, err := pack.Examine("own.yaml", []byte(src), pack.Builtin(), lintAll)
			if err != nil {
				t.Fatal(err)
			}
			if p.ID != "some-host" {
				t.Errorf("the pack is %s", p.ID)
			}
			var got []string
			for _, d := range doubts {
				got = append(got, fmt.Sprintf("%d:%d: %s", d.Line, d.Column, d.Message))
			}
			if !slices.EqualFunc(got, tt.want, strings.HasPrefix) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// The names of a server of the domain's own are the domain's, so nothing can
// tell it.
func TestExamineServer(t *testing.T) {
	src := strings.NewReplacer("kind: mailbox", "kind: server", "detect:\n  mx: [some-host.example]\n", "", "about: the key}", "about: the key, example: MIIB}").Replace(sound)
	_, doubts, err := pack.Examine("own.yaml", []byte(src), pack.Builtin(), lintAll)
	if err != nil || len(doubts) > 0 {
		t.Errorf("%v, %v", doubts, err)
	}
}

// Whatever stands in a file, what is read of it can be shown, examined and read
// again.
func FuzzExamine(f *testing.F) {
	f.Add(sound)
	for _, file := range []string{"full", "gateway", "sender", "settings"} {
		src, err := os.ReadFile("testdata/show/" + file + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Fuzz(func(t *testing.T, src string) {
		p, err := pack.Parse("x.yaml", []byte(src))
		if err != nil {
			return
		}
		if err := p.WriteText(io.Discard); err != nil {
			t.Error(err)
		}
		if _, _, err := pack.Examine("x.yaml", []byte(src), nil, lintAll); err != nil {
			t.Error(err)
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := pack.Parse("x.json", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if twice, err := json.Marshal(again); err != nil || string(twice) != string(text) {
			t.Errorf("%v: %s became %s", err, text, twice)
		}
	})
}

func TestExamineSender(t *testing.T) {
	src := `id: some-sender
name: Some sender
kind: sender
confidence: documented
checked: 2026-11-21
sources: [{title: Set-up, url: "https://some-sender.example/dns"}]
detect: {spf: [sendgrid.net], targets: [some-sender.example, '*.dkim.amazonses.com']}
records:
- {name: a._domainkey, type: CNAME, target: a.some-sender.example, level: required, purpose: dkim}
`
	_, doubts, err := pack.Examine("own.yaml", []byte(src), pack.Builtin(), lintAll)
	if err != nil {
		t.Fatal(err)
	}
	want := []pack.Problem{
		{Line: 7, Column: 16, Message: "spf: sendgrid.net. is recognised as sendgrid too; zones for which nothing else decides are unclear"},
		{Line: 7, Column: 62, Message: "targets: *.dkim.amazonses.com. is recognised as amazon-ses too; zones for which nothing else decides are unclear"},
	}
	if !slices.Equal(doubts, want) {
		t.Errorf("got %v", doubts)
	}
}

func TestExamineRefuses(t *testing.T) {
	_, _, err := pack.Examine("own.yaml", []byte("id: x\n"), nil, lintAll)
	var format *pack.FormatError
	if !errors.As(err, &format) {
		t.Errorf("%v", err)
	}
}

// What is doubtful about the builtin packs is known: hosts that only customers'
// zones tell of, packs that nothing tells, and servers that two products share.
func TestExamineBuiltin(t *testing.T) {
	files, err := filepath.Glob("data/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p, doubts, err := pack.Examine(f, src, pack.Builtin(), lintAll)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range doubts {
			switch {
			case strings.HasPrefix(d.Message, "example: "):
			case strings.HasPrefix(d.Message, "sources: "):
			case strings.HasPrefix(d.Message, "detect: it is missing"):
			case strings.HasPrefix(d.Message, "mx: ") && (p.ID == "workmail" || p.ID == "ses-inbound"):
			default:
				t.Errorf("%s:%d:%d: %s", f, d.Line, d.Column, d.Message)
			}
		}
	}
}
