package clients

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/zonelint/zonelint/rules/pack"
)

// Text returns the settings of hosts for people to read. Names and notes are as
// they stand in the packs.
func Text(hosts []Host) string {
	var b strings.Builder
	for i := range hosts {
		if i > 0 {
			b.WriteString("\n")
		}
		hosts[i].text(&b)
	}
	return b.String()
}

// statusWords say what the state of a host means for its users.
var statusWords = map[pack.Status]string{
	pack.Legacy: "The host takes no new customers.",
	pack.Ending: "The service will end.",
	pack.Closed: "The service has ended, and its servers are gone.",
}

func (h *Host) text(b *strings.Builder) {
	fmt.Fprintf(b, "%s: %s\n", h.ID, h.Name)
	if h.Why != "" {
		fmt.Fprintf(b, "recognised by %s\n", h.Why)
	}
	b.WriteString("\n")
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  PROTOCOL\tSERVER\tPORT\tSECURITY\tUSER NAME\tSIGN-IN\tREMARKS")
	for _, s := range h.Settings {
		fmt.Fprintf(t, "  %s\t%s\t%d\t%s\t%s\t%s\t%s\n", protocolNames[s.Protocol], s.Server, s.Port, securityWords[s.Security],
			userWords[cmp.Or(s.User, pack.WholeAddress)], authWords[cmp.Or(s.Auth, pack.Password)], remarks(s))
	}
	t.Flush()
	for line := range strings.Lines(table.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	h.footnotes(b)
}

var (
	securityWords = map[pack.Security]string{pack.TLS: "TLS", pack.StartTLS: "STARTTLS", pack.Plain: "none"}
	userWords     = map[pack.UserName]string{pack.WholeAddress: "whole address", pack.LocalPart: "part before the @", pack.Account: "given by the host"}
	authWords     = map[pack.Auth]string{pack.Password: "password", pack.AppPassword: "app password", pack.OAuth2: "OAuth 2"}
)

// remarks says what to think of a setting.
func remarks(s pack.Setting) string {
	var out []string
	switch {
	case s.Retired:
		out = append(out, "retired: works no more")
	case s.Security == pack.Plain:
		out = append(out, "discouraged: nothing is encrypted")
	case s.Advice == pack.Discouraged:
		out = append(out, "discouraged")
	case s.Advice == pack.Advised:
		out = append(out, "recommended")
	}
	if s.Unconfirmed {
		out = append(out, "unconfirmed")
	}
	if s.Note != "" {
		out = append(out, s.Note)
	}
	return strings.Join(out, "; ")
}

func (h *Host) footnotes(b *strings.Builder) {
	var notes []string
	if words := statusWords[h.Status]; words != "" {
		notes = append(notes, words)
	}
	for _, v := range h.missing() {
		what, how := h.about(v)
		notes = append(notes, fmt.Sprintf("{%s} is %s: %s", v, what, how))
	}
	if words := confidenceWords[h.Confidence]; words != "" {
		notes = append(notes, words)
	}
	if len(notes) > 0 {
		b.WriteString("\n")
	}
	for _, n := range notes {
		b.WriteString("  " + n + "\n")
	}
}

// confidenceWords say where settings come from that their host does not state.
var confidenceWords = map[pack.Confidence]string{
	pack.Template: "These settings come from a template or from customers, not from a page of the host.",
	pack.Memory:   "No source confirms these settings.",
}
