package clients

import (
	"cmp"
	"encoding/xml"
	"slices"

	"github.com/zonelint/zonelint/rules/pack"
)

// autodiscover is the plain XML that Outlook gets for a POST to
// https://autodiscover.DOMAIN/autodiscover/autodiscover.xml (MS-OXDSCLI,
// section 2.2.4).
type autodiscover struct {
	XMLName   xml.Name `xml:"Autodiscover"`
	Namespace string   `xml:"xmlns,attr"`
	Response  struct {
		Namespace string          `xml:"xmlns,attr"`
		User      *outlookUser    `xml:"User,omitempty"`
		Type      string          `xml:"Account>AccountType"`
		Action    string          `xml:"Account>Action"`
		Protocols []outlookServer `xml:"Account>Protocol"`
	} `xml:"Response"`
}

type outlookUser struct {
	DisplayName string `xml:"DisplayName"`
}

type outlookServer struct {
	Type           string `xml:"Type"` // IMAP, POP3 or SMTP
	Server         string `xml:"Server"`
	Port           uint16 `xml:"Port"`
	LoginName      string `xml:"LoginName"`
	DomainRequired string `xml:"DomainRequired"`
	SPA            string `xml:"SPA"`
	SSL            string `xml:"SSL"`
	Encryption     string `xml:"Encryption"` // SSL is TLS from the first octet, TLS is STARTTLS
	AuthRequired   string `xml:"AuthRequired"`
	UsePOPAuth     string `xml:"UsePOPAuth,omitempty"`
	SMTPLast       string `xml:"SMTPLast,omitempty"`
}

const (
	autodiscoverNamespace = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
	responseNamespace     = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
)

// What stands for the user in an answer for any: the words of Thunderbird's
// format, which many servers know.
const (
	anyAddress   = "%EMAILADDRESS%"
	anyLocalPart = "%EMAILLOCALPART%"
)

// Autodiscover returns the account as the answer to Outlook. Without a.User the
// names to sign in with have placeholders, which the server has to fill in, and
// a note says so.
func (a *Account) Autodiscover() ([]byte, error) {
	if err := a.own("this answer"); err != nil {
		return nil, err
	}
	in, err := a.withPassword(a.Incoming, "this answer")
	if err != nil {
		return nil, err
	}
	out, err := a.withPassword(a.Outgoing, "this answer")
	if err != nil {
		return nil, err
	}
	d := autodiscover{Namespace: autodiscoverNamespace}
	r := &d.Response
	r.Namespace, r.Type, r.Action = responseNamespace, "email", "settings"
	if a.User != "" {
		r.User = &outlookUser{a.User}
	}
	for _, s := range slices.Concat(in, out) {
		o := outlookServer{
			Type: protocolNames[s.Protocol], Server: s.Server, Port: s.Port, LoginName: cmp.Or(a.login(s), anyAddress),
			DomainRequired: "off", SPA: "off", SSL: "on", Encryption: "SSL", AuthRequired: "on",
		}
		if s.User == pack.LocalPart && a.User == "" {
			o.LoginName = anyLocalPart
		}
		if s.Security == pack.StartTLS {
			o.Encryption = "TLS"
		}
		if s.Protocol == pack.Submission {
			o.UsePOPAuth, o.SMTPLast = "off", "off"
			if samePassword(in[0], s) && cmp.Or(in[0].User, pack.WholeAddress) == cmp.Or(s.User, pack.WholeAddress) {
				o.UsePOPAuth = "on"
			}
		}
		r.Protocols = append(r.Protocols, o)
	}
	if a.User == "" {
		a.Notes = append(a.Notes, "the server that answers has to put the address that it was asked for in the place of "+anyAddress+" (and what stands before its @ for "+anyLocalPart+"), or give --user")
	}
	return marshal(d)
}
