package clients

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/pack"
)

// Account is what a file for mail programs is made of.
type Account struct {
	Host     *Host
	Domain   string // without final dot
	User     string // the address of one user; "" for any
	Incoming []pack.Setting
	Outgoing []pack.Setting
	// Notes say what the file rests on that its reader cannot see.
	Notes []string
}

// Refusal is why a file cannot be made, and what to do about it.
type Refusal struct{ Message, Next string }

func (e *Refusal) Error() string { return e.Message + "; " + e.Next }

func refuse(next, format string, args ...any) error {
	return &Refusal{fmt.Sprintf(format, args...), next}
}

// NewAccount chooses among the settings of a host those with encryption of one
// product, "" for the first. A Refusal says that there are none, or that one of
// them has a variable that is not known.
func NewAccount(h *Host, domain, user, product string) (*Account, error) {
	choice, ok := pack.Choose(h.Settings, product)
	if !ok {
		return nil, refuse("it has "+quoted(choice.Others), "%s has no product %q", h.ID, product)
	}
	a := &Account{Host: h, Domain: domain, User: user, Incoming: confirmed(choice.Incoming), Outgoing: confirmed(choice.Outgoing)}
	for _, side := range []struct {
		what     string
		settings []pack.Setting
	}{{"IMAP or POP3", a.Incoming}, {"SMTP", a.Outgoing}} {
		if len(side.settings) == 0 {
			return nil, refuse("--format text shows what it has", "the rule pack %s names no %s server with encryption that mail programs could be told", h.ID, side.what)
		}
	}
	for _, list := range []*[]pack.Setting{&a.Incoming, &a.Outgoing} {
		for _, s := range best(*list) {
			if len(s.Missing) > 0 {
				what, how := h.about(s.Missing[0])
				return nil, refuse(fmt.Sprintf("give %s, %s", how, what), "the %s server of %s is %s, and {%s} is not known", protocolNames[s.Protocol], h.ID, s.Server, s.Missing[0])
			}
		}
		*list = slices.DeleteFunc(slices.Clone(*list), func(s pack.Setting) bool { return len(s.Missing) > 0 })
	}
	a.note(choice)
	return a, nil
}

// quoted lists notes for a person to type.
func quoted(notes []string) string {
	var out []string
	for _, n := range notes {
		if n == "" {
			out = append(out, "settings without a product")
			continue
		}
		out = append(out, fmt.Sprintf("%q", n))
	}
	if len(out) == 0 {
		return "no products"
	}
	return strings.Join(out, ", ")
}

// confirmed leaves out what no source confirms, if there is anything else.
func confirmed(settings []pack.Setting) []pack.Setting {
	sure := slices.DeleteFunc(slices.Clone(settings), func(s pack.Setting) bool { return s.Unconfirmed })
	if len(sure) > 0 {
		return sure
	}
	return settings
}

// best returns the first setting of each protocol.
func best(settings []pack.Setting) []pack.Setting {
	var out []pack.Setting
	for _, s := range settings {
		if !slices.ContainsFunc(out, func(o pack.Setting) bool { return o.Protocol == s.Protocol }) {
			out = append(out, s)
		}
	}
	return out
}

func (a *Account) note(c pack.Choice) {
	add := func(format string, args ...any) { a.Notes = append(a.Notes, fmt.Sprintf(format, args...)) }
	if c.Product != "" {
		add("these are the settings of %s for: %s", a.Host.ID, c.Product)
	}
	for _, o := range c.Others {
		if o != "" {
			add("%s has other settings for: %s (--product %q)", a.Host.ID, o, o)
		}
	}
	if a.Host.Kind == pack.Settings {
		add("%s is not known to keep mail for domains of its customers", a.Host.ID)
	}
	for _, s := range best(slices.Concat(a.Incoming, a.Outgoing)) {
		if s.Unconfirmed {
			add("no source confirms the %s server %s", protocolNames[s.Protocol], s.Server)
		}
		if s.Note != "" && s.Note != c.Product {
			add("about the %s server %s says: %s", protocolNames[s.Protocol], a.Host.ID, s.Note)
		}
	}
	for _, words := range []string{confidenceWords[a.Host.Confidence], statusWords[a.Host.Status]} {
		if words != "" {
			add("%s: %s", a.Host.ID, words)
		}
	}
}

// localPart returns the part of an address before its last @.
func localPart(address string) string {
	return address[:max(0, strings.LastIndexByte(address, '@'))]
}

// login returns the user name at a server, "" if the user is not known or the
// host gives names of its own.
func (a *Account) login(s pack.Setting) string {
	switch {
	case s.User == pack.Account:
		return ""
	case s.User == pack.LocalPart:
		return localPart(a.User)
	}
	return a.User
}

// own refuses a host that gives its users names of their own, in a format which
// has to tell the name.
func (a *Account) own(format string) error {
	for _, s := range slices.Concat(a.Incoming, a.Outgoing) {
		if s.User == pack.Account {
			return refuse("take --format mobileconfig, which lets the device ask for it", "%s gives each user a name to sign in with, which %s cannot tell", a.Host.ID, format)
		}
	}
	return nil
}

// samePassword reports whether the password of one server is that of the other.
func samePassword(a, b pack.Setting) bool {
	return (a.Auth == pack.AppPassword) == (b.Auth == pack.AppPassword)
}

// withPassword returns the best setting of each protocol at which a password is
// enough. It refuses a host that asks for OAuth 2 everywhere.
func (a *Account) withPassword(settings []pack.Setting, format string) ([]pack.Setting, error) {
	out := best(slices.DeleteFunc(slices.Clone(settings), func(s pack.Setting) bool { return s.Auth == pack.OAuth2 }))
	if len(out) == 0 {
		return nil, refuse("users add the account by the host's name in their program, or by --format autoconfig",
			"%s asks for OAuth 2 at %s, which %s cannot tell a mail program", a.Host.ID, settings[0].Server, format)
	}
	return out, nil
}
