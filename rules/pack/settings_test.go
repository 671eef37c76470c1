package pack_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

// aPack is what a pack must have beside what a test is about.
const aPack = `id: test
name: Test
kind: mailbox
confidence: documented
checked: 2026-11-21
sources:
- title: a page
`

func parsePack(t *testing.T, src string) *pack.Pack {
	t.Helper()
	p, err := pack.Parse("test.yaml", []byte(aPack+src))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// servers returns the settings as "protocol server:port security".
func servers(settings []pack.Setting) []string {
	var out []string
	for _, s := range settings {
		words := []string{string(s.Protocol), s.Server, string(s.Security)}
		if s.Missing != nil {
			words = append(words, "missing "+strings.Join(s.Missing, ","))
		}
		if s.Retired {
			words = append(words, "retired")
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

func TestSettingsOrder(t *testing.T) {
	p := parsePack(t, `clients:
- {protocol: smtp, host: plain.example.net, port: 25, security: none, advice: recommended}
- {protocol: smtp, host: old.example.net, port: 465, security: tls, advice: retired}
- {protocol: smtp, host: maybe.example.net, port: 465, security: tls, unconfirmed: true}
- {protocol: smtp, host: bad.example.net, port: 465, security: tls, advice: discouraged}
- {protocol: smtp, host: start.example.net, port: 587, security: starttls}
- {protocol: smtp, host: tls.example.net, port: 465, security: tls}
- {protocol: smtp, host: best.example.net, port: 587, security: starttls, advice: recommended}
- {protocol: pop3, host: pop.example.net, port: 995, security: tls}
- {protocol: managesieve, host: sieve.example.net, port: 4190, security: starttls}
- {protocol: imap, host: imap.example.net, port: 993, security: tls}
`)
	got, err := pack.Selector{}.Settings(p, nil, "")
	want := []string{
		"imap imap.example.net tls", "pop3 pop.example.net tls",
		"smtp best.example.net starttls", "smtp tls.example.net tls", "smtp start.example.net starttls", "smtp bad.example.net tls",
		"smtp maybe.example.net tls", "smtp plain.example.net none", "smtp old.example.net tls retired",
		"managesieve sieve.example.net starttls",
	}
	if err != nil || !slices.Equal(servers(got), want) {
		t.Errorf("%q, %v", servers(got), err)
	}
}

func TestSettingsVariables(t *testing.T) {
	p := parsePack(t, `variables:
- {name: n, about: the number of the server}
- {name: tld, about: the end of the name, default: com}
- {name: any, about: anything, pattern: '.*', example: x}
mx:
  records:
  - {preference: 10, exchange: 'mx{n}.example.net'}
clients:
- {protocol: imap, host: 'imap{n}.example.{tld}.', port: 993, security: tls}
- {protocol: pop3, host: 'mail.{domain}', port: 995, security: tls}
- {protocol: smtp, host: '{any}.example.net', port: 465, security: tls}
`)
	z := read(t, head+"@ IN MX 10 mx7.example.net.\n")
	for _, tt := range []struct {
		name  string
		given pack.Bindings
		z     *zone.Zone
		apex  zone.Name
		want  []string
	}{
		{"nothing known", nil, nil, "", []string{
			"imap imap{n}.example.com tls missing n", "pop3 mail.{domain} tls missing domain", "smtp {any}.example.net tls missing any",
		}},
		{"a domain", nil, nil, zone.MustName("example.org"), []string{
			"imap imap{n}.example.com tls missing n", "pop3 mail.example.org tls", "smtp {any}.example.net tls missing any",
		}},
		{"the zone shows the number", nil, z, "", []string{
			"imap imap7.example.com tls", "pop3 mail.example.com tls", "smtp {any}.example.net tls missing any",
		}},
		{"the user says it", pack.Bindings{"n": "9", "tld": "fr", "any": "a"}, nil, "", []string{
			"imap imap9.example.fr tls", "pop3 mail.{domain} tls missing domain", "smtp a.example.net tls",
		}},
	} {
		got, err := pack.Selector{Given: tt.given}.Settings(p, tt.z, tt.apex)
		if err != nil || !slices.Equal(servers(got), tt.want) {
			t.Errorf("%s: %q, %v", tt.name, servers(got), err)
		}
	}
	for _, bad := range []string{"a b", "<x>", "a..b", "é", strings.Repeat("a", 64)} {
		if got, err := (pack.Selector{Given: pack.Bindings{"any": bad}}).Settings(p, nil, ""); err == nil {
			t.Errorf("%q gives %q", bad, servers(got))
		}
	}
}

// What a zone shows never becomes a name that is none.
func TestSettingsHostileZone(t *testing.T) {
	p := parsePack(t, `variables:
- {name: v, about: anything, pattern: '.*', example: x}
records:
- {name: '@', type: TXT, text: 'v={v}', level: optional}
clients:
- {protocol: imap, host: '{v}.example.net', port: 993, security: tls}
`)
	z := read(t, head+`@ IN TXT "v=</string><x"`+"\n")
	got, err := pack.Selector{}.Settings(p, z, "")
	if want := []string{"imap {v}.example.net tls missing v"}; err != nil || !slices.Equal(servers(got), want) {
		t.Errorf("%q, %v", servers(got), err)
	}
}

func TestSettingsClosed(t *testing.T) {
	p := parsePack(t, `status: closed
clients:
- {protocol: imap, host: imap.example.net, port: 993, security: tls}
`)
	got, err := pack.Selector{}.Settings(p, nil, "")
	if want := []string{"imap imap.example.net tls retired"}; err != nil || !slices.Equal(servers(got), want) {
		t.Errorf("%q, %v", servers(got), err)
	}
	if c, ok := pack.Choose(got, ""); !ok || len(c.Incoming) > 0 {
		t.Errorf("%v", c)
	}
}

func TestChoose(t *testing.T) {
	const products = `clients:
- {protocol: imap, host: one.example.net, port: 993, security: tls, note: One}
- {protocol: smtp, host: one.example.net, port: 465, security: tls, note: One}
- {protocol: imap, host: two.example.net, port: 993, security: tls, note: Two}
- {protocol: smtp, host: all.example.net, port: 465, security: tls}
- {protocol: pop3, host: three.example.net, port: 110, security: none, note: Three}
`
	for _, tt := range []struct {
		name, src, product string
		ok                 bool
		want               []string
		others             []string
	}{
		{"the first product", products, "", true, []string{"imap one.example.net tls", "smtp one.example.net tls"}, []string{"Two"}},
		{"another, by any letters", products, "TWO", true, []string{"imap two.example.net tls", "smtp all.example.net tls"}, []string{"One"}},
		{"one without encryption is none", products, "Three", false, nil, []string{"One", "Two"}},
		{"a note about sending is no product", `clients:
- {protocol: imap, host: imap.example.net, port: 993, security: tls}
- {protocol: smtp, host: smtp.example.net, port: 587, security: starttls, note: with a token}
`, "", true, []string{"imap imap.example.net tls", "smtp smtp.example.net starttls"}, nil},
		{"another product's server does not send", `clients:
- {protocol: imap, host: imap.example.net, port: 993, security: tls}
- {protocol: imap, host: two.example.net, port: 993, security: tls, note: Two}
- {protocol: smtp, host: two.example.net, port: 587, security: starttls, note: Two}
`, "", true, []string{"imap imap.example.net tls"}, []string{"Two"}},
		{"a note about POP3 is no product", `clients:
- {protocol: imap, host: imap.example.net, port: 993, security: tls}
- {protocol: pop3, host: pop.example.net, port: 995, security: tls, note: IMAP is better}
- {protocol: smtp, host: smtp.example.net, port: 465, security: tls}
`, "", true, []string{"imap imap.example.net tls", "pop3 pop.example.net tls", "smtp smtp.example.net tls"}, nil},
		{"nor is the only note", `clients:
- {protocol: imap, host: imap.example.net, port: 993, security: tls, note: at home}
- {protocol: pop3, host: pop.example.net, port: 995, security: tls}
- {protocol: smtp, host: smtp.example.net, port: 465, security: tls}
`, "", true, []string{"imap imap.example.net tls", "pop3 pop.example.net tls", "smtp smtp.example.net tls"}, nil},
		{"without IMAP it is", `clients:
- {protocol: pop3, host: one.example.net, port: 995, security: tls, note: One}
- {protocol: pop3, host: two.example.net, port: 995, security: tls, note: Two}
- {protocol: smtp, host: smtp.example.net, port: 465, security: tls}
`, "two", true, []string{"pop3 two.example.net tls", "smtp smtp.example.net tls"}, []string{"One"}},
		{"a sender", `clients:
- {protocol: smtp, host: smtp.example.net, port: 587, security: starttls}
`, "", true, []string{"smtp smtp.example.net starttls"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			settings, err := pack.Selector{}.Settings(parsePack(t, tt.src), nil, "")
			if err != nil {
				t.Fatal(err)
			}
			c, ok := pack.Choose(settings, tt.product)
			if got := servers(slices.Concat(c.Incoming, c.Outgoing)); ok != tt.ok || !slices.Equal(got, tt.want) || !slices.Equal(c.Others, tt.others) {
				t.Errorf("%v %q, others %q", ok, got, c.Others)
			}
		})
	}
}
