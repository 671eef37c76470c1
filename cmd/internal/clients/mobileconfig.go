package clients

import (
	"bytes"
	"crypto/sha1"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/pack"
)

// Mobileconfig returns the account as an Apple configuration profile with a
// com.apple.mail.managed payload. It is not signed. What it does not have, the
// device asks for: the address and the name to sign in with if there is no
// a.User, and always the password.
//
// The identifiers are made from the domain and the user, so that a profile takes
// the place of the one that was made before.
func (a *Account) Mobileconfig() ([]byte, error) {
	in, err := a.withPassword(a.Incoming, "a configuration profile")
	if err != nil {
		return nil, err
	}
	out, err := a.withPassword(a.Outgoing, "a configuration profile")
	if err != nil {
		return nil, err
	}
	profile := uuid5(namespaceDNS, a.Domain)
	labels := strings.Split(a.Domain, ".")
	slices.Reverse(labels)
	id := strings.Join(labels, ".") + ".mail"
	if a.User != "" {
		profile = uuid5(profile, a.User)
		id += "." + profile.String()[:8]
	}
	account := dict{
		{"PayloadType", "com.apple.mail.managed"},
		{"PayloadVersion", 1},
		{"PayloadIdentifier", id + ".account"},
		{"PayloadUUID", uuid5(profile, "account").String()},
		{"PayloadDisplayName", "Mail of " + a.Domain},
		{"EmailAccountDescription", a.Domain},
		{"EmailAccountType", map[pack.Protocol]string{pack.IMAP: "EmailTypeIMAP", pack.POP3: "EmailTypePOP"}[in[0].Protocol]},
	}
	if a.User != "" {
		account = append(account, pair{"EmailAddress", a.User})
	}
	account = append(account, a.side("Incoming", in[0])...)
	account = append(account, a.side("Outgoing", out[0])...)
	account = append(account, pair{"OutgoingPasswordSameAsIncomingPassword", samePassword(in[0], out[0])})
	root := dict{
		{"PayloadType", "Configuration"},
		{"PayloadVersion", 1},
		{"PayloadIdentifier", id},
		{"PayloadUUID", profile.String()},
		{"PayloadDisplayName", "Mail of " + a.Domain},
		{"PayloadDescription", a.describe(in[0], out[0])},
		{"PayloadOrganization", a.Domain},
		{"PayloadContent", []dict{account}},
	}
	var b bytes.Buffer
	b.WriteString(xml.Header +
		`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n" +
		`<plist version="1.0">` + "\n")
	write(&b, root, "")
	b.WriteString("</plist>\n")
	return b.Bytes(), nil
}

// side returns the keys of a server. UseSSL stands for TLS however it begins;
// the port tells which.
func (a *Account) side(which string, s pack.Setting) dict {
	out := dict{
		{which + "MailServerAuthentication", "EmailAuthPassword"},
		{which + "MailServerHostName", s.Server},
		{which + "MailServerPortNumber", int(s.Port)},
		{which + "MailServerUseSSL", true},
	}
	if name := a.login(s); name != "" {
		out = append(out, pair{which + "MailServerUsername", name})
	}
	return out
}

// describe says what the user will be asked for.
func (a *Account) describe(in, out pack.Setting) string {
	text := "Sets up the mail of " + a.Domain + "."
	if a.login(in) == "" {
		text += map[pack.UserName]string{
			pack.LocalPart: " The user name is what stands before the @ of your address.",
			pack.Account:   " The user name is the one that your mail host gave you.",
		}[in.User]
		if in.User == "" || in.User == pack.WholeAddress {
			text += " The user name is your whole address."
		}
	}
	switch {
	case in.Auth == pack.AppPassword:
		text += " The password is one that you make for this device in the settings of your mail host."
	case out.Auth == pack.AppPassword:
		text += " The password for sending is one that you make for this device in the settings of your mail host."
	}
	return text
}

// dict is a dictionary of a property list, whose keys keep their order.
type dict []pair

type pair struct {
	key   string
	value any // string, int, bool, dict or []dict
}

func write(b *bytes.Buffer, v any, indent string) {
	b.WriteString(indent)
	switch v := v.(type) {
	case string:
		b.WriteString("<string>")
		_ = xml.EscapeText(b, []byte(v)) // a Buffer takes all
		b.WriteString("</string>\n")
	case int:
		fmt.Fprintf(b, "<integer>%d</integer>\n", v)
	case bool:
		fmt.Fprintf(b, "<%t/>\n", v)
	case []dict:
		b.WriteString("<array>\n")
		for _, d := range v {
			write(b, d, indent+"\t")
		}
		b.WriteString(indent + "</array>\n")
	case dict:
		b.WriteString("<dict>\n")
		for _, p := range v {
			fmt.Fprintf(b, "%s\t<key>%s</key>\n", indent, p.key)
			write(b, p.value, indent+"\t")
		}
		b.WriteString(indent + "</dict>\n")
	}
}

// uuid is a UUID (RFC 9562).
type uuid [16]byte

// namespaceDNS is the name space of domain names (RFC 9562, section 6.6).
var namespaceDNS = uuid{0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}

// uuid5 returns the UUID of a name (RFC 9562, section 5.5).
func uuid5(space uuid, name string) uuid {
	sum := sha1.Sum(append(space[:], name...))
	u := uuid(sum[:16])
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return u
}

// String returns the UUID in capitals, as Apple's tools write it.
func (u uuid) String() string {
	return fmt.Sprintf("%X-%X-%X-%X-%X", u[0:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
