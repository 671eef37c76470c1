package domainconnect

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/zonelint/zonelint/rules/dmarc"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// Options say what a template is converted for.
type Options struct {
	// Groups are the groups whose records are wanted; none is all.
	Groups []string
	// Params are values of variables. Variables without one become variables of
	// the pack.
	Params map[string]string
	// Host is relative to the domain, "" for the domain itself.
	Host string
	// Checked is the day on which the template was fetched.
	Checked time.Time
}

// Converted is a template as a rule pack.
type Converted struct {
	Pack *pack.Pack
	// YAML is the file of the pack.
	YAML []byte
	// Notes are what the pack cannot say of the template, with places in it.
	Notes []pack.Problem
}

// Convert makes a rule pack of a template. What a pack cannot say is left out,
// with a note. The error joins an *Error for each mistake; it is an
// ErrInvalidTemplate if nothing is left.
//
// The provider itself says what is in its template, so the pack's confidence is
// that of documentation. The records of a template that are needed only while
// the service is set up are recommended, the others required.
func Convert(t *Template, o Options) (*Converted, error) {
	if o.Host == "@" {
		o.Host = ""
	}
	for _, name := range slices.Sorted(maps.Keys(o.Params)) {
		// A pack is text, and no record of a template has such octets.
		if v := o.Params[name]; !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl) {
			return nil, t.fail(ErrInvalidData, Place{1, 1}, "the value %q of %s has octets that are no text", show(v), name)
		}
	}
	s := &scope{t: t, domain: openStart + varDomain + openEnd, host: o.Host, params: o.Params}
	s.open = func(name string) string { return openStart + name + openEnd }
	lines, notes, errs := s.lines(o.Groups)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	c := &converter{t: t, d: newDraft(t, o), notes: slices.Concat(t.Notes, notes)}
	for i := range lines {
		c.add(&lines[i])
	}
	if c.d.empty() {
		return nil, t.fail(ErrInvalidTemplate, Place{1, 1}, "nothing of the template can be said in a rule pack%s", because(c.notes))
	}
	c.d.detect()
	slices.SortStableFunc(c.notes, func(a, b pack.Problem) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	c.d.lost = c.notes
	src := c.d.yaml()
	p, err := pack.Parse(filepath.Base(t.File)+" as a rule pack", src)
	if err != nil {
		return nil, t.fail(ErrInvalidTemplate, Place{1, 1}, "%v", err)
	}
	return &Converted{p, src, c.notes}, nil
}

func because(notes []pack.Problem) string {
	if len(notes) == 0 {
		return ""
	}
	return "; line " + fmt.Sprint(notes[0].Line) + ": " + notes[0].Message
}

// converter puts the records of a template into a draft of a pack.
type converter struct {
	t     *Template
	d     *draft
	notes []pack.Problem
	plain []record // the further records, as the template has them
	terms []string // the keys of the SPF terms
}

func (c *converter) note(at Place, format string, args ...any) {
	c.notes = append(c.notes, noteAt(at, format, args...))
}

// errBraces: braces cannot be written in a value of a pack.
var errBraces = errors.New("braces in it would be read as a variable of the pack")

// try makes a change to a draft if the pack can say it.
func (c *converter) try(l *line, change func(*draft)) {
	alone := c.d.bare()
	change(alone)
	err := alone.problem
	if err == nil {
		_, err = pack.Parse("", alone.yaml())
	}
	if err == nil {
		change(c.d)
		return
	}
	why := err.Error()
	var format *pack.FormatError
	if errors.As(err, &format) {
		why = format.Problems[0].Message
	}
	c.note(l.Place, "a rule pack cannot say the %s record of %s: %s", l.Type, at(l.owner), why)
}

// level returns how much a record is wanted.
func (l *line) level() pack.Level {
	if l.Essential == OnApply {
		return pack.Recommended
	}
	return pack.Required
}

// stronger returns the level of what has two.
func stronger(a, b pack.Level) pack.Level {
	if a == pack.Required || b == pack.Required {
		return pack.Required
	}
	return b
}

func (c *converter) add(l *line) {
	switch {
	case l.Type == "SPFM", l.Type == "TXT" && isSPF(masked(l.data)) && len(rules(masked(l.data))) > 0:
		c.addSPF(l)
		return
	case l.Type == "TXT" && l.owner == "_dmarc" && c.addDMARC(l):
		return
	case l.Type == "MX" && l.owner == "":
		c.addMX(l)
		return
	}
	if l.Type == "TXT" && l.Mode != ModeNone {
		c.note(l.Place, "a rule pack cannot say that the TXT record of %s replaces others (txtConflictMatchingMode)", at(l.owner))
	}
	c.addRecord(l)
}

// addMX takes an MX record of the domain itself.
func (c *converter) addMX(l *line) {
	preference, unknown := l.priority, false
	if preference < 0 {
		preference, unknown = 10, true
		c.note(l.Priority.Place, "the priority of %s is not known, so the order of the MX records is not looked at", show(l.target))
	}
	name := c.d.bare().use(l.target, inName)
	if slices.ContainsFunc(c.d.mx, func(x exchange) bool { return strings.EqualFold(x.name, name) }) {
		c.note(l.Place, "%s has an MX record above already", show(l.target))
		return
	}
	before := len(c.d.mx)
	c.try(l, func(d *draft) {
		d.mx = append(d.mx, exchange{preference, d.use(l.target, inName)})
		d.mxLevel = stronger(d.mxLevel, l.level())
		d.anyPreference = d.anyPreference || unknown
	})
	// What the pack does not know is no foreign server.
	c.d.partial = c.d.partial || before == len(c.d.mx)
}

// addSPF takes rules for the SPF record of a name. That of the domain itself has
// a place of its own in a pack.
func (c *converter) addSPF(l *line) {
	words := c.spfTerms(l)
	if l.owner == "" {
		for _, w := range words {
			key := readTerm(w).key
			if slices.ContainsFunc(c.terms, func(o string) bool { return o == key }) {
				continue
			}
			c.terms = append(c.terms, key)
			c.try(l, func(d *draft) {
				d.terms = append(d.terms, d.use(w, inName))
				d.spfLevel = stronger(d.spfLevel, l.level())
				d.redirects = d.redirects || isRedirect(readTerm(masked(w)))
			})
		}
		return
	}
	if len(words) == 0 {
		return
	}
	text := "v=spf1 " + strings.Join(words, " ")
	if !slices.ContainsFunc(words, func(w string) bool { return isRedirect(readTerm(masked(w))) }) {
		text += " ~all"
	}
	c.try(l, func(d *draft) {
		d.records = append(d.records, record{name: d.use(l.owner, inName), typ: "TXT", key: "text", value: d.use(text, inText), level: l.level()})
	})
}

// spfTerms returns the terms that SPF rules ask for, and tells which of them a
// pack cannot ask for.
func (c *converter) spfTerms(l *line) []string {
	var out []string
	for _, w := range strings.Fields(l.data) {
		t := readTerm(masked(w))
		switch {
		case strings.EqualFold(w, "v=spf1") || isAll(t):
		case t.faulty && isOpen(w):
			c.note(l.Data.Place, "what %s adds to the SPF record is not known; --var gives it a value", show(w))
		case t.faulty:
			c.note(l.Data.Place, "%q is no term of an SPF record, so receivers would take the whole record for void", w)
		case t.kind.Modifier() && !isRedirect(t):
			c.note(l.Data.Place, "a rule pack cannot ask for %s", show(w))
		case t.kind.Mechanism() && t.qualifier != spf.Pass:
			c.note(l.Data.Place, "%s passes nobody, so a rule pack does not ask for it", show(w))
		default:
			out = append(out, w)
		}
	}
	return out
}

// addDMARC takes a DMARC record of the domain. It returns false if it is not one
// that the pack can judge by its policy.
func (c *converter) addDMARC(l *line) bool {
	r := dmarc.Parse(l.data, true, nil)
	p, ok := r.Tag("p")
	if isOpen(l.data) || r.Version.Form != dmarc.VersionGood || !ok || c.d.dmarc != "" {
		return false
	}
	policy := strings.ToLower(p.Value.Of(l.data))
	before := len(c.notes)
	c.try(l, func(d *draft) {
		d.dmarc, d.dmarcLevel = d.use(l.data, inText), l.level()
		if dmarc.ParsePolicy(policy) > dmarc.ParsePolicy("none") {
			d.minimum = policy
		}
	})
	return len(c.notes) == before || c.d.dmarc != ""
}

// addRecord takes any other record.
func (c *converter) addRecord(l *line) {
	r := record{typ: l.Type, level: l.level(), purpose: l.purpose()}
	switch l.Type {
	case "CNAME", "NS", "MX", "SRV":
		r.key, r.value = "target", l.target
		if l.Type == "MX" || l.Type == "SRV" {
			if l.priority < 0 || l.Type == "SRV" && l.port < 0 {
				c.note(l.Place, "a rule pack cannot say the %s record of %s: a variable without a value stands for a number of it", l.Type, at(l.owner))
				return
			}
			r.preference, r.weight, r.port = l.priority, max(l.weight, 0), max(l.port, 0)
		}
	case "A", "AAAA":
		if isOpen(l.target) {
			c.note(l.PointsTo.Place, "a rule pack cannot say the %s record of %s: %s has no value; --var gives it one", l.Type, at(l.owner), show(l.target))
			return
		}
		r.key, r.value = "addresses", l.addr.String()
	case "TXT":
		r.key, r.value = "text", l.data
	default:
		r.key, r.value = "data", l.data
		if t, ok := zone.ParseType(l.Type); ok && !isOpen(l.data) {
			if made, err := parseData(zone.Root, t, 0, l.data); err == nil {
				r.value = made.RData() // as zones are compared
			}
		}
	}
	where := inName
	if r.key == "text" || r.key == "data" {
		where = inText
	}
	if slices.ContainsFunc(c.plain, func(o record) bool {
		return strings.EqualFold(o.name, l.owner) && o.typ == r.typ && (o.value == r.value || r.key == "target" && r.typ == "CNAME" && strings.EqualFold(o.value, r.value))
	}) {
		return // the same twice
	}
	value := r.value
	same := r
	same.name = l.owner
	c.plain = append(c.plain, same)
	c.try(l, func(d *draft) {
		r := r
		r.name, r.value = d.use(at0(l.owner), inName), d.use(value, where)
		d.records = append(d.records, r)
	})
}

// at0 returns an owner as a pack writes it.
func at0(owner string) string {
	if owner == "" {
		return "@"
	}
	return owner
}

// clientNames are the labels of the names that mail programs are set up with or
// look for.
var clientNames = []string{"autodiscover", "autoconfig", "imap", "pop", "pop3", "smtp", "mail"}

// clientServices are those of mail programs (RFC 6186, RFC 8314, RFC 6764).
var clientServices = []string{"_imap", "_imaps", "_pop3", "_pop3s", "_submission", "_submissions", "_sieve", "_autodiscover", "_jmap", "_caldav", "_caldavs", "_carddav", "_carddavs"}

// purpose tells what a record is for by its name, as far as that shows.
func (l *line) purpose() pack.Purpose {
	name := strings.ToLower(l.owner)
	first, _, _ := strings.Cut(name, ".")
	switch {
	case slices.Contains(strings.Split(name, "."), "_domainkey") && (l.Type == "TXT" || l.Type == "CNAME"):
		return pack.ForDKIM
	case l.Type == "TXT" && verifies(l):
		return pack.ForVerification
	case l.Type == "SRV" && slices.Contains(clientServices, first), l.Type == "CNAME" && slices.Contains(clientNames, first):
		return pack.ForClients
	case l.Type == "CNAME" && (strings.Contains(first, "bounce") || strings.Contains(first, "return")):
		return pack.ForBounces
	case l.Type == "CNAME" && (strings.Contains(first, "track") || strings.Contains(first, "click")):
		return pack.ForTracking
	case l.Type == "SRV", l.Type == "CNAME":
		return pack.ForService
	}
	return ""
}

// verifies reports whether a TXT record proves that the domain is the
// customer's, which is asked for once: it is not needed for good, its text or
// name says so, or it is whatever the provider hands out.
func verifies(l *line) bool {
	if isSPF(masked(l.data)) || strings.HasPrefix(strings.ToLower(l.data), "v=dmarc1") {
		return false
	}
	low := strings.ToLower(l.owner + " " + l.data)
	return l.Essential == OnApply || strings.Contains(low, "verif") || strings.Contains(low, "validat") || masked(l.data) == "x" && isOpen(l.data)
}
