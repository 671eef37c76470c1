package clients_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/cmd/internal/clients"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

// host returns a host of a pack with the given settings, for example.com.
func host(t *testing.T, settings string) *clients.Host {
	t.Helper()
	const head = `id: test
name: Test & <Sons> (all products)
kind: mailbox
confidence: documented
checked: 2026-11-21
sources:
- title: a page
`
	if strings.Contains(settings, "{n}") {
		settings = "variables:\n- {name: n, about: the number of the server}\n" + settings
	}
	p, err := pack.Parse("test.yaml", []byte(head+settings))
	if err != nil {
		t.Fatal(err)
	}
	list, err := pack.Selector{}.Settings(p, nil, zone.MustName("example.com"))
	if err != nil {
		t.Fatal(err)
	}
	return &clients.Host{Pack: p, Settings: list}
}

const usual = `clients:
- {protocol: imap, host: imap.example.net, port: 993, security: tls, advice: recommended}
- {protocol: imap, host: imap.example.net, port: 143, security: none}
- {protocol: pop3, host: pop.example.net, port: 110, security: starttls, user: local-part}
- {protocol: smtp, host: smtp.example.net, port: 587, security: starttls}
- {protocol: smtp, host: old.example.net, port: 465, security: tls, advice: retired}
- {protocol: managesieve, host: imap.example.net, port: 4190, security: starttls}
`

// elements returns the paths of an XML document's elements that hold text, with
// the text, and fails if it is not well-formed.
func elements(t *testing.T, doc []byte) []string {
	t.Helper()
	var out, path []string
	d := xml.NewDecoder(strings.NewReader(string(doc)))
	text := ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		switch v := token.(type) {
		case xml.StartElement:
			name := v.Name.Local
			for _, a := range v.Attr {
				if a.Name.Local != "xmlns" {
					name += "[" + a.Value + "]"
				}
			}
			path, text = append(path, name), ""
		case xml.CharData:
			text += string(v)
		case xml.EndElement:
			if s := strings.TrimSpace(text); s != "" {
				out = append(out, strings.Join(path[1:], "/")+" = "+s)
			}
			path, text = path[:len(path)-1], ""
		}
	}
}

func expect(t *testing.T, got []string, want string) {
	t.Helper()
	if g := strings.Join(got, "\n"); g != strings.Trim(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", g, want)
	}
}

func account(t *testing.T, h *clients.Host, user, product string) *clients.Account {
	t.Helper()
	a, err := clients.NewAccount(h, "example.com", user, product)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAutoconfig(t *testing.T) {
	doc, err := account(t, host(t, usual), "", "").Autoconfig()
	if err != nil {
		t.Fatal(err)
	}
	expect(t, elements(t, doc), `
emailProvider[example.com]/domain = example.com
emailProvider[example.com]/displayName = Test & <Sons>
emailProvider[example.com]/displayShortName = example.com
emailProvider[example.com]/incomingServer[imap]/hostname = imap.example.net
emailProvider[example.com]/incomingServer[imap]/port = 993
emailProvider[example.com]/incomingServer[imap]/socketType = SSL
emailProvider[example.com]/incomingServer[imap]/username = %EMAILADDRESS%
emailProvider[example.com]/incomingServer[imap]/authentication = password-cleartext
emailProvider[example.com]/incomingServer[pop3]/hostname = pop.example.net
emailProvider[example.com]/incomingServer[pop3]/port = 110
emailProvider[example.com]/incomingServer[pop3]/socketType = STARTTLS
emailProvider[example.com]/incomingServer[pop3]/username = %EMAILLOCALPART%
emailProvider[example.com]/incomingServer[pop3]/authentication = password-cleartext
emailProvider[example.com]/outgoingServer[smtp]/hostname = smtp.example.net
emailProvider[example.com]/outgoingServer[smtp]/port = 587
emailProvider[example.com]/outgoingServer[smtp]/socketType = STARTTLS
emailProvider[example.com]/outgoingServer[smtp]/username = %EMAILADDRESS%
emailProvider[example.com]/outgoingServer[smtp]/authentication = password-cleartext
`)
	if !strings.HasPrefix(string(doc), `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<clientConfig version="1.1">`) {
		t.Errorf("%s", doc)
	}
}

func TestAutoconfigOAuth2(t *testing.T) {
	doc, err := account(t, host(t, `clients:
- {protocol: imap, host: imap.example.net, port: 993, security: tls, auth: oauth2}
- {protocol: smtp, host: smtp.example.net, port: 465, security: tls, auth: oauth2}
`), "", "").Autoconfig()
	if err != nil || strings.Count(string(doc), "<authentication>OAuth2</authentication>") != 2 {
		t.Errorf("%s, %v", doc, err)
	}
}

// Names that are too long for the format give way to the domain, or to nothing.
func TestAutoconfigNames(t *testing.T) {
	h := host(t, usual)
	for name, want := range map[string]string{
		strings.Repeat("é", 61):     "a-rather-long-domain.example",
		strings.Repeat("é", 60):     strings.Repeat("é", 60),
		"turned \u202e round":       "a-rather-long-domain.example",
		"(all that is said of it)":  "(all that is said of it)",
		" (nothing but parentheses": "a-rather-long-domain.example",
	} {
		h.Name = name
		a, err := clients.NewAccount(h, "a-rather-long-domain.example", "", "")
		if err != nil {
			t.Fatal(err)
		}
		doc, err := a.Autoconfig()
		if err != nil || !strings.Contains(string(doc), "<displayName>"+want+"</displayName>") || strings.Contains(string(doc), "displayShortName") {
			t.Errorf("%q: %s, %v", name, doc, err)
		}
	}
}

func TestAutodiscover(t *testing.T) {
	const forAny = `
Response/Account/AccountType = email
Response/Account/Action = settings
Response/Account/Protocol/Type = IMAP
Response/Account/Protocol/Server = imap.example.net
Response/Account/Protocol/Port = 993
Response/Account/Protocol/LoginName = %EMAILADDRESS%
Response/Account/Protocol/DomainRequired = off
Response/Account/Protocol/SPA = off
Response/Account/Protocol/SSL = on
Response/Account/Protocol/Encryption = SSL
Response/Account/Protocol/AuthRequired = on
Response/Account/Protocol/Type = POP3
Response/Account/Protocol/Server = pop.example.net
Response/Account/Protocol/Port = 110
Response/Account/Protocol/LoginName = %EMAILLOCALPART%
Response/Account/Protocol/DomainRequired = off
Response/Account/Protocol/SPA = off
Response/Account/Protocol/SSL = on
Response/Account/Protocol/Encryption = TLS
Response/Account/Protocol/AuthRequired = on
Response/Account/Protocol/Type = SMTP
Response/Account/Protocol/Server = smtp.example.net
Response/Account/Protocol/Port = 587
Response/Account/Protocol/LoginName = %EMAILADDRESS%
Response/Account/Protocol/DomainRequired = off
Response/Account/Protocol/SPA = off
Response/Account/Protocol/SSL = on
Response/Account/Protocol/Encryption = TLS
Response/Account/Protocol/AuthRequired = on
Response/Account/Protocol/UsePOPAuth = on
Response/Account/Protocol/SMTPLast = off
`
	a := account(t, host(t, usual), "", "")
	doc, err := a.Autodiscover()
	if err != nil {
		t.Fatal(err)
	}
	expect(t, elements(t, doc), forAny)
	if len(a.Notes) != 1 || !strings.Contains(a.Notes[0], "%EMAILADDRESS%") {
		t.Errorf("%q", a.Notes)
	}
	for _, ns := range []string{
		`<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">`,
		`<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">`,
	} {
		if !strings.Contains(string(doc), ns) {
			t.Errorf("no %s", ns)
		}
	}

	a = account(t, host(t, usual), "o'neil&<co>@example.com", "")
	if doc, err = a.Autodiscover(); err != nil || len(a.Notes) > 0 {
		t.Fatal(a.Notes, err)
	}
	one := strings.NewReplacer("%EMAILADDRESS%", a.User, "%EMAILLOCALPART%", "o'neil&<co>").Replace(forAny)
	expect(t, elements(t, doc), "Response/User/DisplayName = "+a.User+one)
}

func TestRefusals(t *testing.T) {
	files := map[string]func(*clients.Account) ([]byte, error){
		"autoconfig": (*clients.Account).Autoconfig, "mobileconfig": (*clients.Account).Mobileconfig, "autodiscover": (*clients.Account).Autodiscover,
	}
	const smtp = "- {protocol: smtp, host: smtp.example.net, port: 465, security: tls}\n"
	for _, tt := range []struct {
		name, settings, product string
		formats                 string // that refuse
		want                    string
	}{
		{"no encryption", "clients:\n- {protocol: imap, host: imap.example.net, port: 143, security: none}\n" + smtp, "", "all", "the rule pack test names no IMAP or POP3 server with encryption that mail programs could be told; --format text shows what it has"},
		{"retired", "clients:\n- {protocol: imap, host: imap.example.net, port: 993, security: tls, advice: retired}\n" + smtp, "", "all", "the rule pack test names no IMAP or POP3 server with encryption that mail programs could be told; --format text shows what it has"},
		{"a sender", "clients:\n" + smtp, "", "all", "the rule pack test names no IMAP or POP3 server with encryption that mail programs could be told; --format text shows what it has"},
		{"nothing sends", "clients:\n- {protocol: imap, host: imap.example.net, port: 993, security: tls}\n", "", "all", "the rule pack test names no SMTP server with encryption that mail programs could be told; --format text shows what it has"},
		{"a variable", "clients:\n- {protocol: imap, host: 'imap{n}.example.net', port: 993, security: tls}\n" + smtp, "", "all", "the IMAP server of test is imap{n}.example.net, and {n} is not known; give --var n=VALUE, the number of the server"},
		{"a variable of the second protocol", "clients:\n- {protocol: imap, host: imap.example.net, port: 993, security: tls}\n- {protocol: pop3, host: 'pop{n}.example.net', port: 995, security: tls}\n" + smtp, "", "all", "the POP3 server of test is pop{n}.example.net, and {n} is not known; give --var n=VALUE, the number of the server"},
		{"no such product", usual, "Two", "all", `test has no product "Two"; it has settings without a product`},
		{"own names", "clients:\n- {protocol: imap, host: imap.example.net, port: 993, security: tls, user: account}\n" + smtp, "", "autoconfig autodiscover", "test gives each user a name to sign in with, which "},
		{"OAuth 2", "clients:\n- {protocol: imap, host: imap.example.net, port: 993, security: tls, auth: oauth2}\n" + smtp, "", "mobileconfig autodiscover", "test asks for OAuth 2 at imap.example.net, which "},
	} {
		for format, write := range files {
			a, err := clients.NewAccount(host(t, tt.settings), "example.com", "", tt.product)
			if err == nil {
				_, err = write(a)
			}
			refuses := tt.formats == "all" || strings.Contains(tt.formats, format)
			var r *clients.Refusal
			switch {
			case !refuses && err != nil:
				t.Errorf("%s: %s: %v", tt.name, format, err)
			case refuses && (!errors.As(err, &r) || !strings.HasPrefix(err.Error(), tt.want)):
				t.Errorf("%s: %s: %v", tt.name, format, err)
			}
		}
	}
}

func TestNotes(t *testing.T) {
	h := host(t, `status: legacy
clients:
- {protocol: imap, host: one.example.net, port: 993, security: tls, note: One}
- {protocol: imap, host: two.example.net, port: 993, security: tls, note: Two}
- {protocol: smtp, host: maybe.example.net, port: 465, security: tls, unconfirmed: true}
`)
	expect(t, account(t, h, "", "two").Notes, `
these are the settings of test for: Two
test has other settings for: One (--product "One")
no source confirms the SMTP server maybe.example.net
test: The host takes no new customers.
`)
	h = host(t, `clients:
- {protocol: imap, host: one.example.net, port: 993, security: tls, note: at home only}
- {protocol: smtp, host: one.example.net, port: 465, security: tls, note: with a token}
`)
	h.Kind = pack.Settings
	expect(t, account(t, h, "", "").Notes, `
test is not known to keep mail for domains of its customers
about the IMAP server test says: at home only
about the SMTP server test says: with a token
`)
	// What nobody confirms is left out where there is anything else.
	a := account(t, host(t, usual+"- {protocol: imap, host: maybe.example.net, port: 993, security: tls, unconfirmed: true}\n"), "", "")
	for _, s := range a.Incoming {
		if s.Unconfirmed {
			t.Errorf("%s", s.Server)
		}
	}
	expect(t, a.Notes, "")
}

// Every builtin pack with settings can be shown, and its files are well-formed
// where they are made.
func TestEveryPack(t *testing.T) {
	made := map[string]int{}
	for _, p := range pack.Builtin() {
		given := pack.Bindings{}
		for _, v := range p.Variables {
			if v.Example != "" {
				given[v.Name] = v.Example
			}
		}
		list, err := pack.Selector{Given: given}.Settings(p, nil, zone.MustName("example.com"))
		if err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
		h := &clients.Host{Pack: p, Settings: list}
		if text := clients.Text([]clients.Host{*h}); strings.Count(text, "\n") < len(list)+3 {
			t.Errorf("%s:\n%s", p.ID, text)
		}
		for format, write := range map[string]func(*clients.Account) ([]byte, error){
			"autoconfig": (*clients.Account).Autoconfig, "mobileconfig": (*clients.Account).Mobileconfig, "autodiscover": (*clients.Account).Autodiscover,
		} {
			a, err := clients.NewAccount(h, "example.com", "", "")
			var doc []byte
			if err == nil {
				doc, err = write(a)
			}
			var r *clients.Refusal
			switch {
			case err == nil:
				made[format]++
				elements(t, doc)
			case !errors.As(err, &r):
				t.Errorf("%s: %s: %v", p.ID, format, err)
			}
		}
	}
	for format, n := range made {
		if n < 20 {
			t.Errorf("%s was made for %d packs", format, n)
		}
	}
}
