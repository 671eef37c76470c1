package domainconnect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/pack"
)

// draft is a rule pack that is being made. Its texts are as the pack file has
// them, with variables in braces.
type draft struct {
	t             *Template
	o             Options
	names         map[string]string // of the pack's variables by those of the template
	variables     []variable
	mx            []exchange
	mxLevel       pack.Level
	anyPreference bool
	partial       bool // not all MX records could be said
	terms         []string
	spfLevel      pack.Level
	redirects     bool
	dmarc         string
	dmarcLevel    pack.Level
	minimum       string
	records       []record
	// seenMX, seenSPF and seenTargets are what a zone is recognised by.
	seenMX, seenSPF, seenTargets []string
	lost                         []pack.Problem
	problem                      error // what cannot be written
}

// variable is a variable of the template that has no value.
type variable struct {
	name, from string
	widest     width
}

// width is what a variable may stand for.
type width uint8

const (
	oneLabel width = iota
	anyName
	anyText
)

// place is where a value stands.
type place uint8

const (
	inName place = iota
	inText
)

type exchange struct {
	preference int
	name       string
}

type record struct {
	name, typ                string
	key, value               string // target, text, addresses or data
	preference, weight, port int
	level                    pack.Level
	purpose                  pack.Purpose
}

func newDraft(t *Template, o Options) *draft {
	d := &draft{t: t, o: o, names: map[string]string{varDomain: varDomain}}
	taken := map[string]bool{varDomain: true, "domain-dashes": true, "m365-token": true}
	for _, from := range t.Variables(o.Groups) {
		name := kebab(newWord.ReplaceAllString(from, "$1-$2"))
		if !('a' <= name[0] && name[0] <= 'z') {
			name = "v-" + name
		}
		for base, n := name, 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		taken[name] = true
		d.names[from] = name
	}
	return d
}

// bare returns a draft with nothing in it.
func (d *draft) bare() *draft { return &draft{t: d.t, o: d.o, names: d.names} }

func (d *draft) empty() bool {
	return len(d.mx) == 0 && len(d.terms) == 0 && d.dmarc == "" && len(d.records) == 0
}

var (
	notKebab = regexp.MustCompile(`[^a-z0-9]+`)
	newWord  = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// kebab returns a name in lower case with hyphens between words; "x" if nothing
// is left of it.
func kebab(s string) string {
	s = strings.Trim(notKebab.ReplaceAllString(strings.ToLower(s), "-"), "-")
	if s == "" {
		return "x"
	}
	return s
}

var openVariable = regexp.MustCompile(openStart + "([^" + openEnd + "]*)" + openEnd)

// use returns a text as the pack has it, and takes note of its variables.
func (d *draft) use(s string, at place) string {
	if strings.ContainsAny(s, "{}") {
		d.problem = errBraces
	}
	if s != strings.TrimSpace(s) {
		d.problem = fmt.Errorf("%q begins or ends with a blank", show(s))
	}
	wide := oneLabel
	switch {
	case at == inText:
		wide = anyText
	case strings.Count(s, openStart) == 1:
		wide = anyName
	}
	return openVariable.ReplaceAllStringFunc(s, func(m string) string {
		from := m[1 : len(m)-1]
		if from != varDomain {
			d.note(from, wide)
		}
		return "{" + d.names[from] + "}"
	})
}

// note takes note of a variable.
func (d *draft) note(from string, w width) {
	i := slices.IndexFunc(d.variables, func(v variable) bool { return v.from == from })
	if i < 0 {
		d.variables = append(d.variables, variable{d.names[from], from, w})
		return
	}
	d.variables[i].widest = max(d.variables[i].widest, w)
}

// kind tells what the provider does for the domain.
func (d *draft) kind() pack.Kind {
	switch {
	case len(d.mx) == 0:
		return pack.Sender
	case slices.ContainsFunc(d.mx, func(x exchange) bool { return x.name != "." }):
		return pack.Mailbox
	}
	return pack.NoMail
}

// detect fills in what a zone is recognised by.
func (d *draft) detect() {
	for _, x := range d.mx {
		d.seenMX = appendPattern(d.seenMX, x.name)
	}
	for _, t := range d.terms {
		if name, ok := strings.CutPrefix(t, "include:"); ok {
			d.seenSPF = appendPattern(d.seenSPF, name)
		}
	}
	if d.kind() != pack.Sender {
		return
	}
	for _, r := range d.records {
		if r.typ == "CNAME" && (r.purpose == pack.ForDKIM || r.purpose == pack.ForBounces || r.purpose == pack.ForTracking) {
			d.seenTargets = appendPattern(d.seenTargets, r.value)
		}
	}
}

var packVariable = regexp.MustCompile(`\{[^}]*\}`)

// appendPattern adds the pattern of a name: its variables are any labels. The
// last two labels must be the provider's own, else the pattern tells nothing.
func appendPattern(list []string, name string) []string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if strings.Contains(name, "{"+varDomain+"}") || strings.Contains(name, "%") || strings.Contains(name, "/") {
		return list
	}
	pattern := packVariable.ReplaceAllString(name, "*")
	labels := strings.Split(pattern, ".")
	if n := len(labels); n < 2 || strings.Contains(labels[n-1]+labels[n-2], "*") || slices.Contains(list, pattern) {
		return list
	}
	if p := new(pack.Pattern); p.UnmarshalText([]byte(pattern)) != nil {
		return list
	}
	return append(list, pattern)
}
