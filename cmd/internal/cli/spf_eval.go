package cli

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	urfave "github.com/urfave/cli/v2"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules/spf/evaluate"
)

func (a *app) spfEvalCommand() *urfave.Command {
	reading := slices.DeleteFunc(readingFlags(), func(f urfave.Flag) bool { return slices.Contains(f.Names(), "jobs") })
	return &urfave.Command{
		Name:      "eval",
		Usage:     "say whether a host may send mail for a domain",
		ArgsUsage: "[FILE|-]",
		Description: "Evaluates SPF as receivers do (check_host() of RFC 7208), as if the zone in FILE were published, and shows the term that decides. " +
			"A name that is not in the zone is unknown: what hangs on it is named, and the result is \"unknown\" unless it is the same either way. --zonedata and --live tell of such names, and with them FILE may be left out.\n\n" +
			"Exits with 0 if the result is pass, 1 if it is any other (fail, softfail, neutral, none, temperror, permerror, unknown), 2 on wrong usage, 3 if a file could not be read.",
		Flags: slices.Concat([]urfave.Flag{
			&urfave.StringFlag{Name: "ip", Usage: "`ADDR`: the IP address of the host that sends"},
			&urfave.StringFlag{Name: "from", Usage: "`ADDRESS`: the sender in MAIL FROM; if it is empty, as in bounces, the name in --helo is judged"},
			&urfave.StringFlag{Name: "helo", Usage: "`NAME`: what the host says in HELO or EHLO"},
			&urfave.BoolFlag{Name: "trace", Usage: "show each term that was tested; JSON has them in any case"},
			listFormatFlag(), colorFlag(),
		}, worldFlags(), reading),
		Action: a.spfEval,
	}
}

func (a *app) spfEval(c *urfave.Context) error {
	q, err := spfQuery(c)
	if err != nil {
		return err
	}
	json, err := wantsJSON(c)
	if err != nil {
		return err
	}
	color := c.String("color")
	if err := checkColor(color); err != nil {
		return err
	}
	options, _, err := readingOptions(c)
	if err != nil {
		return err
	}
	if c.NArg() > 1 {
		return usagef("name the file of one zone, or - for standard input; --zonedata takes others", "spf eval takes one zone, but got %d", c.NArg())
	}
	l, err := a.loaderOf(c, options)
	if err != nil {
		return err
	}
	defer l.close()
	if q.Servers, err = a.serversOf(c, l, nil); err != nil {
		return err
	}
	switch {
	case c.NArg() == 1:
		if q.Zone, err = a.oneZone(c, l, c.Args().First()); err != nil {
			return err
		}
	case !asksOutside(c):
		return usagef("name its file, or - for standard input; or take what is published with --live", "spf eval needs a zone")
	}
	v := evaluate.Evaluate(q)
	if err := c.Context.Err(); err != nil {
		return err
	}
	out := spfText(&q, v, style(color, a.Out), c.Bool("trace"), !asksOutside(c))
	if json {
		out = append(report.JSON(spfJSON(&q, v)), '\n')
	}
	if err := a.print(out); err != nil {
		return err
	}
	if v.Result != evaluate.Pass {
		return errFindings
	}
	return nil
}

// maxEnvelope bounds a sender and a HELO name, in octets: macros multiply them.
// It is well beyond the 256 and 255 of RFC 5321, section 4.5.3.1.
const maxEnvelope = 1000

// spfQuery reads the flags that say who sends.
func spfQuery(c *urfave.Context) (q evaluate.Query, err error) {
	const example = "such as 192.0.2.25 or 2001:db8::25"
	ip := c.String("ip")
	if ip == "" {
		return q, usagef("give the address of the host that sends, "+example, "spf eval needs --ip")
	}
	if q.IP, err = netip.ParseAddr(ip); err != nil || q.IP.Zone() != "" {
		return q, usagef("give one "+example, "--ip %q is no IP address", ip)
	}
	for _, name := range []string{"from", "helo"} {
		if n := len(c.String(name)); n > maxEnvelope {
			return q, usagef("no server takes that much (RFC 5321, section 4.5.3.1)", "--%s has %d octets", name, n)
		}
	}
	q.Now = time.Now()
	q.Helo = c.String("helo")
	from := c.String("from")
	if inside, ok := strings.CutPrefix(from, "<"); ok {
		from = strings.TrimSuffix(inside, ">")
	}
	q.Sender = from
	switch {
	case from == "" && q.Helo == "" && c.IsSet("from"):
		return q, usagef("add --helo NAME, which is judged instead", "--from is empty, as in bounces")
	case from == "" && q.Helo == "":
		return q, usagef("give the sender, such as --from user@example.com", "spf eval needs --from")
	case strings.HasSuffix(from, "@"):
		return q, usagef("write it like user@example.com", "--from %q has no domain", from)
	}
	domain := from[strings.LastIndexByte(from, '@')+1:]
	if from == "" {
		domain = q.Helo
	}
	if strings.IndexFunc(domain, func(r rune) bool { return r > '~' }) >= 0 {
		return q, usagef("write it in A-labels (xn--...), as it stands in the DNS", "the domain %q is not ASCII", domain)
	}
	return q, nil
}
