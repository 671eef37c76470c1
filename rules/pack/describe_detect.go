package pack

import (
	"fmt"
	"strings"
)

// detection writes what a zone is recognised by, the strongest first.
func (d *description) detection() {
	p, k := d.pack, &d.pack.Detect
	var items []string
	add := func(what string, names []string) {
		if len(names) > 0 {
			items = append(items, what+" "+joined(names, " or "))
		}
	}
	mx, without := "an MX record that names", "if it has no MX, or that of a gateway, "
	if p.Kind == Settings {
		mx = "an MX record, which is a mistake, that names"
	}
	add(mx, names(k.MX))
	networks := make([]string, len(k.Addresses))
	for i, n := range k.Addresses {
		networks[i] = n.String()
	}
	add("an MX record that names a host of the zone with an address in", networks)
	if p.Kind == Sender {
		add("a CNAME record that points to", names(k.Targets))
		add("records at", k.Names)
		without = ""
	}
	if p.Kind != Gateway {
		add(without+"an SPF record that includes", names(k.SPF))
	}
	add("if it has no MX, nor SPF of any host, an autoconfig CNAME that points to", names(k.Autoconfig))
	if len(items) == 0 {
		if p.Kind != Settings {
			d.para("A zone is not recognised by itself; name the pack with --pack.")
		}
		return
	}
	d.para("A zone is recognised by:")
	d.WriteByte('\n')
	for _, it := range items {
		d.wrap(it, "  ", "    ")
	}
	if k.InsteadOf != "" {
		d.para("%s has the same MX records; this pack takes its place where SPF, autoconfig or the target of a CNAME record show it.", k.InsteadOf)
	}
}

// names says patterns as a person does.
func names(ps []Pattern) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		if out[i] = p.String(); !strings.Contains(p.Text, "*") {
			out[i] += " (or a name below)"
		}
	}
	return out
}

// clients writes the servers that mail programs use.
func (d *description) clients() {
	if len(d.pack.Clients) == 0 {
		return
	}
	d.para("Servers for mail programs:")
	var rows []string
	for i := range d.pack.Clients {
		c := &d.pack.Clients[i]
		rows = append(rows, fmt.Sprintf("%s\t%s\t%d\t%s\t%s", protocolWords[c.Protocol], c.Host, c.Port, securityWords[c.Security], strings.Join(c.remarks(), "; ")))
	}
	d.table(rows)
}

var protocolWords = map[Protocol]string{IMAP: "IMAP", POP3: "POP3", Submission: "SMTP", ManageSieve: "ManageSieve"}

var securityWords = map[Security]string{TLS: "TLS", StartTLS: "STARTTLS", Plain: "no encryption"}

// remarks say what to know of a server beyond its place.
func (c *Client) remarks() []string {
	var out []string
	if c.Advice != "" {
		out = append(out, string(c.Advice))
	}
	switch c.User {
	case LocalPart:
		out = append(out, "the user name is what stands before @")
	case Account:
		out = append(out, "the user name is one that the host gives")
	}
	switch c.Auth {
	case AppPassword:
		out = append(out, "asks for an app password")
	case OAuth2:
		out = append(out, "asks for OAuth 2")
	}
	if c.Note != "" {
		out = append(out, c.Note)
	}
	if c.Unconfirmed {
		out = append(out, "confirmed by no source")
	}
	return out
}
