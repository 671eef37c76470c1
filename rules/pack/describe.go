package pack

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/zonelint/zonelint/zone"
)

// textWidth is the width that descriptions are wrapped to, in octets.
const textWidth = 80

// WriteText writes all that the pack says, for a person to read.
func (p *Pack) WriteText(w io.Writer) error {
	d := &description{pack: p}
	d.head()
	d.records()
	d.unwanted()
	d.variables()
	d.detection()
	d.clients()
	d.pinned()
	d.sources()
	_, err := io.WriteString(w, d.String())
	return err
}

// description is what WriteText writes, while it is made.
type description struct {
	strings.Builder
	pack *Pack
}

// para writes a paragraph behind an empty line.
func (d *description) para(format string, args ...any) {
	d.WriteByte('\n')
	d.wrap(fmt.Sprintf(format, args...), "", "")
}

// wrap breaks text at blanks into lines of textWidth, where words allow: the
// first behind one indent, the others behind another.
func (d *description) wrap(text, first, other string) {
	line, indent := "", first
	for _, word := range strings.Fields(text) {
		if line != "" && len(indent)+len(line)+1+len(word) > textWidth {
			d.WriteString(indent + line + "\n")
			line, indent = "", other
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	d.WriteString(indent + line + "\n")
}

// table writes rows in columns, whose cells have tabs between.
func (d *description) table(rows []string) {
	d.WriteByte('\n')
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(t, "  "+r)
	}
	t.Flush()
	for line := range strings.Lines(b.String()) {
		d.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// kindWords say what a kind does.
var kindWords = map[Kind]string{
	Mailbox:   "mailbox host: keeps the domain's mail",
	Forwarder: "forwarder: takes the domain's mail and sends it on",
	Receiver:  "receiver: takes the domain's mail for programs",
	Gateway:   "gateway: filters the domain's mail before its mailbox host takes it",
	Sender:    "sender: sends mail for the domain",
	Server:    "server: software on a server of the domain's own",
	NoMail:    "for domains without mail",
	Settings:  "mail provider that takes no customers' domains; known for its client settings",
}

// Does says in a few words what a kind of host does, the name of the kind first:
// "gateway: filters the domain's mail before its mailbox host takes it".
func (k Kind) Does() string { return kindWords[k] }

var statusWords = map[Status]string{
	Legacy: "works, but takes no new customers",
	Ending: "will stop",
	Closed: "closed; its servers are gone",
}

func (d *description) head() {
	p := d.pack
	fmt.Fprintf(d, "%s: %s\n", p.ID, p.Name)
	fmt.Fprintf(d, "%s\n", kindWords[p.Kind])
	if s := statusWords[p.Status]; s != "" {
		fmt.Fprintf(d, "status: %s\n", s)
	}
	if p.About != "" {
		d.para("%s", p.About)
	}
}

// records writes what a customer's zone has, then what is as good.
func (d *description) records() {
	p := d.pack
	rows, notes := d.rows()
	if len(rows) == 0 {
		return
	}
	d.para("Records in a customer's zone, where @ is the domain itself:")
	d.table(rows)
	if len(notes) > 0 {
		d.WriteByte('\n')
		for _, n := range notes {
			d.wrap(n, "  ", "    ")
		}
	}
	if p.MX != nil {
		d.describeMX(p.MX)
	}
	if p.SPF != nil {
		d.describeSPF(p.SPF)
	}
	switch m := p.DMARC; {
	case m == nil:
	case m.Minimum != "":
		d.para("DMARC: any valid record at %s with p=%s or a stricter policy is as good.", policyOwner, m.Minimum)
	default:
		d.para("DMARC: any valid record at %s is as good.", policyOwner)
	}
}

// rows returns the lines of the table of records, and what to know about some.
func (d *description) rows() (rows, notes []string) {
	p := d.pack
	if p.MX != nil {
		for _, x := range p.MX.Records {
			rows = append(rows, fmt.Sprintf("@\tMX\t%d %s\t%s", x.Preference, dotted(x.Exchange), p.MX.Level))
		}
	}
	if p.SPF != nil {
		rows = append(rows, fmt.Sprintf("@\tTXT\t%s\t%s", zone.Quote(p.SPF.Record()), p.SPF.Level))
	}
	if p.DMARC != nil {
		typ, data := p.DMARC.Record()
		rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%s", policyOwner, typ, data, p.DMARC.Level))
	}
	for i := range p.Records {
		r := &p.Records[i]
		if r.Level == Obsolete || r.Level == Forbidden {
			continue
		}
		rows = append(rows, recordRows(r)...)
		if r.About != "" {
			notes = append(notes, fmt.Sprintf("%s %s: %s", r.Name, r.Type, r.About))
		}
	}
	return rows, notes
}

var purposeWords = map[Purpose]string{
	ForDKIM: "DKIM", ForVerification: "verification", ForClients: "mail programs", ForBounces: "bounces", ForTracking: "tracking", ForService: "another service",
}

// recordRows returns the line of a record and one for each value that is as
// good.
func recordRows(r *Record) []string {
	wanted := string(r.Level)
	if r.Purpose != "" {
		wanted += ", for " + purposeWords[r.Purpose]
	}
	rows := []string{fmt.Sprintf("%s\t%s\t%s\t%s", r.Name, r.Type, r.RData(), wanted)}
	for i := range r.Alternatives {
		other := *r
		if r.Target != nil {
			other.Target = &r.Alternatives[i]
		} else {
			other.Text = &r.Alternatives[i]
		}
		rows = append(rows, fmt.Sprintf("\tor\t%s\t", other.RData()))
	}
	for _, n := range r.Addresses[min(1, len(r.Addresses)):] {
		rows = append(rows, fmt.Sprintf("\tor\t%s\t", n))
	}
	return rows
}

func (d *description) describeMX(m *MX) {
	text := "MX: "
	if m.Exclusive {
		text += "no other host's MX may stand beside these. "
	}
	if m.AnySubset {
		text += "One of the servers is enough. "
	}
	switch {
	case m.AnyPreference:
		text += "The preferences do not matter."
	case len(m.Records) > 1:
		text += "Other preferences in the same order are as good."
	default:
		text += "Another preference is as good."
	}
	d.para("%s", text)
	for _, set := range m.Alternatives {
		about := ""
		if set.About != "" {
			about = " (" + set.About + ")"
		}
		d.para("As good as these MX records%s:", about)
		var rows []string
		for _, x := range set.Records {
			rows = append(rows, fmt.Sprintf("@\tMX\t%d %s", x.Preference, dotted(x.Exchange)))
		}
		d.table(rows)
	}
}

func (d *description) describeSPF(s *SPF) {
	lists := []string{allOf(s.Terms)}
	for _, a := range s.Alternatives {
		lists = append(lists, allOf(a))
	}
	d.para("SPF: any record that has %s is as good.", strings.Join(lists, ", or "))
	if len(s.Documented) == 0 {
		return
	}
	d.para("The host's pages print:")
	d.table(s.Documented)
}

// allOf names terms of which all are needed.
func allOf(terms []Value) string {
	names := make([]string, len(terms))
	for i, v := range terms {
		names[i] = v.Text
	}
	return joined(names, " and ")
}

// joined joins words as a sentence does.
func joined(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + last + words[n]
}

// unwanted writes the records that a zone should not have.
func (d *description) unwanted() {
	for _, l := range []struct {
		level Level
		title string
	}{
		{Obsolete, "Once asked for, and not needed any more:"},
		{Forbidden, "Harmful, and to be removed:"},
	} {
		var rows, notes []string
		for i := range d.pack.Records {
			if r := &d.pack.Records[i]; r.Level == l.level {
				rows = append(rows, fmt.Sprintf("%s\t%s\t%s", r.Name, r.Type, r.RData()))
				if r.About != "" {
					notes = append(notes, fmt.Sprintf("%s %s: %s", r.Name, r.Type, r.About))
				}
			}
		}
		if len(rows) == 0 {
			continue
		}
		d.para("%s", l.title)
		d.table(rows)
		if len(notes) > 0 {
			d.WriteByte('\n')
			for _, n := range notes {
				d.wrap(n, "  ", "    ")
			}
		}
	}
}

// builtinWords say what the variables are that every pack has.
var builtinWords = []struct{ name, about string }{
	{varDomain, "the domain itself, without a final dot; told by the zone"},
	{varDomainDashes, "the domain with hyphens for dots; told by the zone"},
	{varM365Token, "the domain as Microsoft 365 writes it in names; made of the domain"},
}

// variables writes what stands in braces and where to find its value.
func (d *description) variables() {
	used := map[string]bool{}
	d.pack.eachValue(func(v *Value) {
		for _, name := range v.Variables() {
			used[name] = true
		}
	})
	var items [][2]string
	for _, v := range d.pack.Variables {
		about := v.About
		if v.Example != "" && !strings.Contains(about, "such as") {
			about += "; such as " + v.Example
		}
		if v.Default != "" {
			about += "; if nothing tells it, " + v.Default
		}
		items = append(items, [2]string{v.Name, about})
	}
	for _, b := range builtinWords {
		if used[b.name] {
			items = append(items, [2]string{b.name, b.about})
		}
	}
	if len(items) == 0 {
		return
	}
	title := "Variables, which stand in braces:"
	if len(d.pack.Variables) > 0 {
		title = "Variables, which stand in braces; read from the zone, or given by --var NAME=VALUE:"
	}
	d.para("%s", title)
	d.WriteByte('\n')
	for _, it := range items {
		d.wrap("{"+it[0]+"}: "+it[1], "  ", "    ")
	}
}

func (d *description) pinned() {
	if len(d.pack.Pinned) == 0 {
		return
	}
	d.para("Records of the host as they were seen, used where the DNS is not asked:")
	d.WriteByte('\n')
	for _, k := range d.pack.Pinned {
		d.wrap(fmt.Sprintf("%s TXT %s (%s)", k.Name, zone.Quote(k.Text), k.Date), "  ", "    ")
	}
}

// confidenceWords say where the facts come from.
var confidenceWords = map[Confidence]string{
	VendorPage: "a page of the host says what customers must set",
	Documented: "from other documentation or code of the host",
	Template:   "from a template or the zones of customers; the host confirms it nowhere, so findings are never errors",
	Memory:     "confirmed by nothing that could be read, so findings are never errors",
}

func (d *description) sources() {
	p := d.pack
	d.para("Confidence: %s (%s). Checked on %s against:", p.Confidence, confidenceWords[p.Confidence], p.Checked)
	d.WriteByte('\n')
	for _, s := range p.Sources {
		title := s.Title
		if s.Date != "" {
			title += ", " + string(s.Date)
		}
		d.wrap(title, "  ", "    ")
		if s.URL != "" {
			d.WriteString("  " + s.URL + "\n")
		}
	}
}
