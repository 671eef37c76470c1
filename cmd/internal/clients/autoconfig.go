package clients

import (
	"encoding/xml"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/zonelint/zonelint/rules/pack"
)

// clientConfig is the file that Thunderbird and others ask for at
// https://autoconfig.DOMAIN/mail/config-v1.1.xml
// (draft-ietf-mailmaint-autoconfig).
type clientConfig struct {
	XMLName  xml.Name `xml:"clientConfig"`
	Version  string   `xml:"version,attr"`
	Provider struct {
		ID        string       `xml:"id,attr"`
		Domain    string       `xml:"domain"`
		Name      string       `xml:"displayName"`
		ShortName string       `xml:"displayShortName,omitempty"`
		Incoming  []configHost `xml:"incomingServer"`
		Outgoing  []configHost `xml:"outgoingServer"`
	} `xml:"emailProvider"`
}

type configHost struct {
	Type           string `xml:"type,attr"`
	Hostname       string `xml:"hostname"`
	Port           uint16 `xml:"port"`
	SocketType     string `xml:"socketType"`
	Username       string `xml:"username"`
	Authentication string `xml:"authentication"`
}

// The longest names that the format takes, in characters.
const (
	maxDisplayName      = 60
	maxDisplayShortName = 20
)

// Autoconfig returns the account as Thunderbird's configuration file. All
// servers of the account are in it, the best of each protocol first.
func (a *Account) Autoconfig() ([]byte, error) {
	if err := a.own("this file"); err != nil {
		return nil, err
	}
	c := clientConfig{Version: "1.1"}
	p := &c.Provider
	p.ID, p.Domain, p.Name = a.Domain, a.Domain, a.displayName(maxDisplayName)
	if len(a.Domain) <= maxDisplayShortName {
		p.ShortName = a.Domain
	}
	for _, s := range a.Incoming {
		p.Incoming = append(p.Incoming, newConfigHost(s))
	}
	for _, s := range a.Outgoing {
		p.Outgoing = append(p.Outgoing, newConfigHost(s))
	}
	return marshal(c)
}

// displayName returns the host's name without what it says in parentheses, or
// the domain if that is too long or has characters that show nothing.
func (a *Account) displayName(limit int) string {
	name, _, _ := strings.Cut(a.Host.Name, " (")
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > limit || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return a.Domain
	}
	return name
}

func newConfigHost(s pack.Setting) configHost {
	h := configHost{
		Type: string(s.Protocol), Hostname: s.Server, Port: s.Port,
		SocketType: "SSL", Username: "%EMAILADDRESS%", Authentication: "password-cleartext",
	}
	if s.Security == pack.StartTLS {
		h.SocketType = "STARTTLS"
	}
	if s.User == pack.LocalPart {
		h.Username = "%EMAILLOCALPART%"
	}
	if s.Auth == pack.OAuth2 {
		h.Authentication = "OAuth2"
	}
	return h
}

// marshal returns an XML document.
func marshal(v any) ([]byte, error) {
	body, err := xml.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}
