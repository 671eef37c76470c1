package pack

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/zonelint/zonelint/zone"
)

// Checks returns what the pack asks for in a few words: "2 MX", "SPF", "DMARC",
// "4 CNAME".
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
	return out
}

// WriteTable writes a line for each pack: id, name, what it checks and how well
// its facts are known.
func WriteTable(w io.Writer, packs []*Pack) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tNAME\tCHECKS\tCONFIDENCE")
	for _, p := range packs {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", p.ID, p.Name, strings.Join(p.Checks(), ", "), p.Confidence)
	}
	return t.Flush()
}

// WriteText writes all that the pack says, for a person to read.
func (p *Pack) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", p.ID, p.Name)
	if p.About != "" {
		b.WriteString("\n" + wrap(p.About, 78))
	}
	b.WriteString("\nRecords in a customer's zone, where @ is the domain itself:\n\n")
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	if p.MX != nil {
		for _, x := range p.MX.Records {
			fmt.Fprintf(t, "  @\tMX\t%d %s\t%s\n", x.Preference, dotted(x.Exchange), p.MX.Level)
		}
	}
	if p.SPF != nil {
		fmt.Fprintf(t, "  @\tTXT\t%s\t%s\n", zone.Quote(p.SPF.Record()), p.SPF.Level)
	}
	if p.DMARC != nil {
		typ, data := p.DMARC.Record()
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", policyOwner, typ, data, p.DMARC.Level)
	}
	for i := range p.Records {
		r := &p.Records[i]
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", r.Name, r.Type, r.RData(), r.Level)
	}
	t.Flush()
	p.writeTerms(&b)
	p.writeSources(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeTerms says what else satisfies the pack, and what does not.
func (p *Pack) writeTerms(b *strings.Builder) {
	if p.MX != nil {
		b.WriteString("\nMX: ")
		if p.MX.Exclusive {
			b.WriteString("no other host's MX may stand beside these. ")
		}
		b.WriteString("Other preferences in the same order are as good.\n")
	}
	if p.SPF != nil {
		names := make([]string, len(p.SPF.Terms))
		for i, v := range p.SPF.Terms {
			names[i] = v.Text
		}
		fmt.Fprintf(b, "\nSPF: any record that passes %s is as good.", enumerate(names))
		if len(p.SPF.Documented) > 0 {
			b.WriteString(" The host's pages print:\n\n")
			for _, s := range p.SPF.Documented {
				fmt.Fprintf(b, "  %s\n", s)
			}
		} else {
			b.WriteString("\n")
		}
	}
	if p.DMARC != nil {
		fmt.Fprintf(b, "\nDMARC: any valid record at %s is as good.\n", policyOwner)
	}
	p.writeDetect(b)
}

// writeDetect says what the pack is recognised by, the strongest first.
func (p *Pack) writeDetect(b *strings.Builder) {
	first := "\nA zone is recognised by:\n\n"
	for _, e := range []struct {
		what  string
		names []Pattern
	}{
		{"an MX record that names a server at or below", p.Detect.MX},
		{"if it has no MX, an SPF record that includes", p.Detect.SPF},
		{"if it has no MX, an autoconfig CNAME to a name at or below", p.Detect.Autoconfig},
	} {
		if len(e.names) == 0 {
			continue
		}
		names := make([]string, len(e.names))
		for i, n := range e.names {
			names[i] = n.String()
		}
		fmt.Fprintf(b, "%s  %s %s\n", first, e.what, strings.Join(names, ", "))
		first = ""
	}
}

func (p *Pack) writeSources(b *strings.Builder) {
	fmt.Fprintf(b, "\nConfidence: %s. Checked on %s against:\n\n", p.Confidence, p.Checked)
	for _, s := range p.Sources {
		b.WriteString("  " + s.Title)
		if s.Date != "" {
			fmt.Fprintf(b, ", %s", s.Date)
		}
		fmt.Fprintf(b, "\n  %s\n", s.URL)
	}
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

// wrap breaks text at blanks into lines of at most width octets, where words
// allow.
func wrap(text string, width int) string {
	var b strings.Builder
	n := 0
	for _, word := range strings.Fields(text) {
		switch {
		case n > 0 && n+1+len(word) > width:
			b.WriteString("\n")
			n = 0
		case n > 0:
			b.WriteByte(' ')
			n++
		}
		b.WriteString(word)
		n += len(word)
	}
	b.WriteString("\n")
	return b.String()
}
