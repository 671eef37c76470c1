package domainconnect

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/zonelint/zonelint/rules/pack"
)

// yaml returns the file of the pack.
func (d *draft) yaml() []byte {
	w := &writer{}
	t := d.t
	id := strings.ToLower(t.ProviderID + "." + t.ServiceID)
	w.line("# Made of the Domain Connect template %s. TTLs are not kept.", oneLine(id))
	if len(d.o.Groups) > 0 {
		w.line("# Only records of the groups %s, and those of none.", oneLine(strings.Join(d.o.Groups, ", ")))
	}
	if d.o.Host != "" {
		w.line("# For the host %s below the domain.", oneLine(d.o.Host))
	}
	for _, n := range d.lost {
		w.line("# Line %d of the template: %s.", n.Line, oneLine(n.Message))
	}
	w.line("id: %s", kebab(id))
	w.line("name: %s", quote(d.title()))
	w.line("kind: %s", d.kind())
	if about := oneLine(t.Description); about != "" {
		w.line("about: %s", quote(about))
	}
	w.line("confidence: %s", pack.Documented)
	w.line("checked: %s", d.o.Checked.Format(time.DateOnly))
	title := "Domain Connect template " + oneLine(id)
	if t.Version != 0 {
		title += fmt.Sprintf(", version %d", t.Version)
	}
	w.line("sources:")
	w.line("- title: %s", quote(title))
	d.writeVariables(w)
	d.writeDetect(w)
	d.writeMail(w)
	if len(d.records) > 0 {
		w.line("")
		w.line("records:")
	}
	for _, r := range d.records {
		r.write(w)
	}
	return []byte(w.String())
}

// title returns the name of the pack.
func (d *draft) title() string {
	service, provider := oneLine(d.t.ServiceName), oneLine(d.t.ProviderName)
	switch {
	case service == "" && provider == "":
		return kebab(d.t.ProviderID)
	case service == "" || strings.EqualFold(service, provider):
		return provider
	case provider == "":
		return service
	}
	return fmt.Sprintf("%s (%s)", service, provider)
}

func (d *draft) writeVariables(w *writer) {
	if len(d.variables) > 0 {
		w.line("")
		w.line("variables:")
	}
	for _, v := range d.variables {
		w.line("- name: %s", v.name)
		w.line("  about: %s", quote("the value of "+v.from+" in the template, which the provider tells"))
		switch v.widest {
		case anyName:
			w.line(`  pattern: '[^\s;"]+'`)
			w.line("  example: example")
		case anyText:
			w.line("  pattern: '.+'")
			w.line("  example: example")
		}
	}
}

func (d *draft) writeDetect(w *writer) {
	first := true
	for _, l := range []struct {
		key      string
		patterns []string
	}{{"mx", d.seenMX}, {"spf", d.seenSPF}, {"targets", d.seenTargets}} {
		if len(l.patterns) == 0 {
			continue
		}
		if first {
			w.line("")
			w.line("detect:")
			first = false
		}
		w.line("  %s: [%s]", l.key, quoteAll(l.patterns))
	}
}

func (d *draft) writeMail(w *writer) {
	if len(d.mx) > 0 {
		w.line("")
		w.line("mx:")
		if d.mxLevel != pack.Required {
			w.line("  level: %s", d.mxLevel)
		}
		// All MX records that the template does not have conflict with it.
		if !d.partial {
			w.line("  exclusive: true")
		}
		if d.anyPreference {
			w.line("  any-preference: true")
		}
		w.line("  records:")
		for _, x := range d.mx {
			w.line("  - {preference: %d, exchange: %s}", x.preference, quote(x.name))
		}
	}
	if len(d.terms) > 0 {
		w.line("")
		w.line("spf:")
		w.line("  level: %s", d.spfLevel)
		w.line("  terms: [%s]", quoteAll(d.terms))
		if !d.redirects {
			w.line("  all: '~all'")
		}
	}
	if d.dmarc != "" {
		w.line("")
		w.line("dmarc:")
		w.line("  level: %s", d.dmarcLevel)
		if d.minimum != "" {
			w.line("  minimum: %s", quote(d.minimum))
		}
		w.line("  create: %s", quote(d.dmarc))
	}
}

func (r *record) write(w *writer) {
	w.line("- name: %s", quote(r.name))
	w.line("  type: %s", r.typ)
	if r.typ == "MX" || r.typ == "SRV" {
		w.line("  preference: %d", r.preference)
	}
	if r.typ == "SRV" {
		w.line("  weight: %d", r.weight)
		w.line("  port: %d", r.port)
	}
	value := quote(r.value)
	if r.key == "addresses" {
		value = "[" + value + "]"
	}
	w.line("  %s: %s", r.key, value)
	w.line("  level: %s", r.level)
	if r.purpose != "" {
		w.line("  purpose: %s", r.purpose)
	}
}

// writer collects lines.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(w, format+"\n", args...)
}

// quote returns a text as a YAML scalar in single quotes, in which nothing but
// the quote itself is special; one with control characters in double quotes.
func quote(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != ' ' }) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func quoteAll(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = quote(w)
	}
	return strings.Join(out, ", ")
}

// oneLine returns a text without line breaks and control characters.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " ")
}
