package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/clients"
	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

func (a *app) clientsCommand() *urfave.Command {
	reading := slices.DeleteFunc(readingFlags(), func(f urfave.Flag) bool { return slices.Contains(f.Names(), "jobs") })
	return &urfave.Command{
		Name:      "clients",
		Usage:     "show the servers that mail programs use, or write their set-up files",
		ArgsUsage: "[FILE|-]",
		Description: "Shows the IMAP, POP and SMTP servers of the mail host that the zone in FILE is recognised to have, or of the packs named with --pack, the best first. " +
			"The domain is that of the zone or of --domain. What differs between customers comes from the zone or from --var.\n\n" +
			"Three formats are files for mail programs. They name encrypted servers only, and are refused where a server is not known:\n\n" +
			"  autoconfig    Thunderbird and many others, to be served at\n" +
			"                https://autoconfig.DOMAIN/mail/config-v1.1.xml\n" +
			"  mobileconfig  Apple's devices: a profile, not signed, for users to open\n" +
			"  autodiscover  Outlook: the answer of\n" +
			"                https://autodiscover.DOMAIN/autodiscover/autodiscover.xml\n\n" +
			"JSON is {\"version\": 1, \"domain\", \"hosts\": [{\"pack\", \"name\", \"status\", \"confidence\", \"checked\", \"recognised_by\", " +
			"\"settings\": [{\"protocol\", \"host\", \"port\", \"security\", \"advice\", \"user\", \"auth\", \"note\", \"unconfirmed\", \"missing\": [variable]}], " +
			"\"variables\": [{\"name\", \"about\"}]}]}; security is tls, starttls or none; advice is recommended, discouraged, retired or empty; user is address, local-part or account; auth is password, app-password or oauth2.\n\n" +
			"Exits with 0, 2 on wrong usage or where a file cannot be made of what is known, 3 if FILE could not be read.",
		Flags: slices.Concat([]urfave.Flag{
			&urfave.StringSliceFlag{Name: "pack", Usage: "`PACK`: take the settings of this mail host; an id or a .yaml file; repeatable"},
			&urfave.StringSliceFlag{Name: "var", Usage: "`NAME=VALUE`: give a variable of the pack its value; repeatable"},
			&urfave.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT`: " + strings.Join(clients.Formats, ", ") + " (default: text)"},
			&urfave.StringFlag{Name: "domain", Usage: "`NAME`: the domain of the mail addresses, where no FILE tells it"},
			&urfave.StringFlag{Name: "user", Usage: "`ADDRESS`: make mobileconfig or autodiscover for this user"},
			&urfave.StringFlag{Name: "product", Usage: "`NOTE`: of a host with several products, make the file for this one; the text format shows them"},
		}, reading),
		Action: a.clients,
	}
}

func (a *app) clients(c *urfave.Context) error {
	format := c.String("format")
	if err := oneOf("--format", format, clients.Formats); err != nil {
		return err
	}
	q, err := a.clientQuery(c, format)
	if err != nil {
		return err
	}
	switch format {
	case "text":
		return a.print([]byte(safeLines(clients.Text(q.hosts))))
	case "json":
		return a.print(append(report.JSON(clients.JSON(q.hosts, q.domain)), '\n'))
	}
	if q.domain == "" {
		return usagef("give --domain NAME, or the file of a zone", "%s is made for a domain", format)
	}
	if len(q.hosts) > 1 {
		return usagef("give --pack once", "%s is made for one mail host", format)
	}
	account, err := clients.NewAccount(&q.hosts[0], q.domain, q.user, c.String("product"))
	if err != nil {
		return clientFailure(err)
	}
	file, err := map[string]func() ([]byte, error){
		"autoconfig": account.Autoconfig, "mobileconfig": account.Mobileconfig, "autodiscover": account.Autodiscover,
	}[format]()
	if err != nil {
		return clientFailure(err)
	}
	for _, n := range account.Notes {
		a.complain("%s", n)
	}
	return a.print(file)
}

// clientFailure makes a mistake in usage of what a file cannot be made for.
func clientFailure(err error) error {
	var r *clients.Refusal
	if errors.As(err, &r) {
		return usagef(r.Next, "%s", r.Message)
	}
	return err
}

// clientQuery is what the clients command is asked for.
type clientQuery struct {
	hosts  []clients.Host
	domain string // without final dot; "" if unknown
	user   string
}

func (a *app) clientQuery(c *urfave.Context, format string) (q clientQuery, err error) {
	s, err := a.selectorOf(c)
	if err != nil {
		return q, err
	}
	if c.NArg() > 1 {
		return q, usagef("name the file of one zone, or - for standard input", "clients takes one zone, but got %d", c.NArg())
	}
	if c.NArg() == 0 && len(s.Forced) == 0 {
		return q, usagef("name the file of a zone, or the host with --pack ID (\"zonelint packs\" lists them)", "clients needs a mail host")
	}
	apex, err := q.readNames(c, format)
	if err != nil {
		return q, err
	}
	var z *zone.Zone
	if c.NArg() == 1 {
		if z, err = a.zoneOfClients(c); err != nil {
			return q, err
		}
		if apex != "" && apex != z.Apex {
			return q, usagef("leave out --domain, or FILE", "FILE is the zone %s, not %s", z.Apex, apex)
		}
		apex = z.Apex
	}
	q.domain = strings.TrimSuffix(apex.String(), ".")
	hosts, err := clientHosts(s, z)
	if err != nil {
		return q, err
	}
	for _, h := range hosts {
		if len(h.Clients) == 0 {
			return q, usagef("\"zonelint packs show "+h.ID+"\" shows what it says", "the rule pack %s has no client settings", h.ID)
		}
		if err := h.Takes(s.Given); err != nil {
			return q, usagef("", "--var: %v", err)
		}
		if h.Settings, err = s.Settings(h.Pack, z, apex); err != nil {
			return q, usagef("", "--var: %v", err)
		}
		q.hosts = append(q.hosts, h)
	}
	return q, nil
}

// readNames reads --domain and --user. The domain of the user is that of
// --domain if only one is given.
func (q *clientQuery) readNames(c *urfave.Context, format string) (apex zone.Name, err error) {
	if s := c.String("domain"); s != "" {
		if apex, err = mailDomain("--domain", s); err != nil {
			return "", err
		}
	}
	if format != "autoconfig" && format != "mobileconfig" && format != "autodiscover" && c.IsSet("product") {
		return "", usagef("the text format shows all", "--product is for the files of mail programs")
	}
	if !c.IsSet("user") {
		return apex, nil
	}
	if format != "mobileconfig" && format != "autodiscover" {
		return "", usagef("", "--user is for mobileconfig and autodiscover, which can be made for one user")
	}
	q.user = c.String("user")
	i := strings.LastIndexByte(q.user, '@')
	if i < 1 || strings.ContainsFunc(q.user, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", usagef("write it like user@example.com", "--user %q is no mail address", q.user)
	}
	own, err := mailDomain("--user", q.user[i+1:])
	if err == nil && apex != "" && own != apex {
		err = usagef("give one of them", "--user %s is no address of --domain %s", q.user, c.String("domain"))
	}
	return own, err
}

// mailDomain reads the domain of mail addresses.
func mailDomain(flag, s string) (zone.Name, error) {
	name, err := zone.ParseName(s, zone.Root)
	switch {
	case strings.ContainsFunc(s, func(r rune) bool { return r > '~' }):
		return "", usagef("write it in A-labels (xn--...), as it stands in the DNS", "%s: the domain %q is not ASCII", flag, s)
	case err != nil || name == zone.Root || strings.ContainsFunc(s, notHost):
		return "", usagef("give a domain name like example.com", "%s: %q is no domain name", flag, s)
	}
	return name, nil
}

func notHost(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.' || r == '_')
}

// zoneOfClients reads the zone of FILE, whose name must be one of mail domains.
func (a *app) zoneOfClients(c *urfave.Context) (*zone.Zone, error) {
	options, _, err := readingOptions(c)
	if err != nil {
		return nil, err
	}
	l, err := a.loaderOf(c, options)
	if err != nil {
		return nil, err
	}
	defer l.close()
	z, err := a.oneZone(c, l, c.Args().First())
	if err != nil {
		return nil, err
	}
	if _, err := mailDomain("FILE", z.Apex.String()); err != nil {
		return nil, err
	}
	return z, nil
}

// clientHosts returns the packs that the user named, or else the host that the
// zone is recognised to have its mailboxes at.
func clientHosts(s pack.Selector, z *zone.Zone) ([]clients.Host, error) {
	var out []clients.Host
	for _, p := range s.Forced {
		if !slices.ContainsFunc(out, func(h clients.Host) bool { return h.ID == p.ID }) {
			out = append(out, clients.Host{Pack: p})
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	var seen []string
	for _, d := range s.Detect(z) {
		var ids []string
		keeps := false
		for _, p := range append([]*pack.Pack{d.Pack}, d.Unclear...) {
			ids = append(ids, p.ID)
			keeps = keeps || keepsMailboxes(p.Kind)
		}
		switch {
		case !keeps:
			continue
		case len(ids) > 1:
			return nil, usagef("choose one with --pack", "%s is what the packs %s have, and nothing else in the zone tells them apart", d.Why, strings.Join(ids, " and "))
		}
		out = append(out, clients.Host{Pack: d.Pack, Why: d.Why})
		seen = append(seen, fmt.Sprintf("%s (%s)", d.Pack.ID, d.Why))
	}
	switch len(out) {
	case 0:
		return nil, usagef("choose its pack with --pack ID (\"zonelint packs\" lists them)", "no mailbox host was recognised in the zone %s", z.Apex)
	case 1:
		return out, nil
	}
	return nil, usagef("choose one with --pack", "the zone %s points at several mailbox hosts: %s", z.Apex, strings.Join(seen, ", "))
}

// keepsMailboxes reports whether users read their mail at a host, or send it
// from there for want of a mailbox.
func keepsMailboxes(k pack.Kind) bool {
	return k == pack.Mailbox || k == pack.Server || k == pack.Settings || k == pack.Forwarder
}
