package pack

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/zonelint/zonelint/zone"
)

// allKinds are the kinds of host in the order of lists.
var allKinds = []Kind{Mailbox, Forwarder, Receiver, Gateway, Sender, Server, NoMail, Settings}

// Kinds returns the names of the kinds of host.
func Kinds() []string {
	out := make([]string, len(allKinds))
	for i, k := range allKinds {
		out[i] = string(k)
	}
	return out
}

// Checks returns what the pack asks for in a few words: "2 MX", "SPF", "DMARC",
// "4 CNAME"; "client settings" if it asks for no records.
func (p *Pack) Checks() []string {
	var out []string
	if p.MX != nil {
		out = append(out, fmt.Sprintf("%d MX", len(p.MX.Records)))
	}
	if p.SPF != nil {
		out = append(out, "SPF")
	}
	if p.DMARC != nil {
		out = append(out, "DMARC")
	}
	counts := map[zone.Type]int{}
	var types []zone.Type
	for _, r := range p.Records {
		if r.Level == Obsolete || r.Level == Forbidden || r.Purpose == ForVerification {
			continue
		}
		if counts[r.Type]++; counts[r.Type] == 1 {
			types = append(types, r.Type)
		}
	}
	for _, t := range types {
		out = append(out, fmt.Sprintf("%d %s", counts[t], t))
	}
	if len(out) == 0 && len(p.Clients) > 0 {
		out = append(out, "client settings")
	}
	return out
}

// WriteTable writes a line for each pack: id, name, kind with the status if
// it is not active, how well its facts are known, and what it checks.
func WriteTable(w io.Writer, packs []*Pack) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tNAME\tKIND\tCONFIDENCE\tCHECKS")
	for _, p := range packs {
		checks := strings.Join(p.Checks(), ", ")
		if checks == "" {
			checks = "-"
		}
		kind := string(p.Kind)
		if p.Status != "" && p.Status != Active {
			kind += ", " + string(p.Status)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", p.ID, p.Name, kind, p.Confidence, checks)
	}
	return t.Flush()
}

// dotted returns the text of a domain name with its final dot.
func dotted(v Value) string { return strings.TrimSuffix(v.Text, ".") + "." }

// Record returns the text for a zone that has none, with its variables in
// braces.
func (s *SPF) Record() string {
	if s.Create != "" {
		return s.Create
	}
	text := "v=spf1"
	for _, v := range s.Terms {
		text += " " + v.Text
	}
	if s.All != "" {
		text += " " + s.All
	}
	return text
}

// Record returns the type and the RDATA of the record at _dmarc.
func (m *DMARC) Record() (t zone.Type, data string) {
	if m.CNAME != nil {
		return zone.TypeCNAME, dotted(*m.CNAME)
	}
	return zone.TypeTXT, zone.Quote(m.Create)
}

// RData returns the RDATA as it stands in a master file, with its variables in
// braces.
func (r *Record) RData() string {
	switch {
	case r.Target != nil && r.Type == zone.TypeMX:
		return fmt.Sprintf("%d %s", r.Preference, dotted(*r.Target))
	case r.Target != nil && r.Type == zone.TypeSRV:
		return fmt.Sprintf("%d %d %d %s", r.Preference, r.Weight, r.Port, dotted(*r.Target))
	case r.Target != nil:
		return dotted(*r.Target)
	case r.Text != nil:
		return zone.Quote(r.Text.Text)
	case r.Data != nil:
		return r.Data.Text
	case len(r.Addresses) > 0:
		return r.Addresses[0].String()
	}
	return ""
}
