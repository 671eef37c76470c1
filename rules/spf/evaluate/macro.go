package evaluate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// value is what a macro letter stands for in a term of a record (RFC 7208,
// sections 7.2 and 7.3). bad tells what keeps a macro from being expanded; i is
// the step that asks.
func (c *checker) value(f *frame, letter byte, i int, bad *answer) string {
	switch letter {
	case 's':
		return c.sender
	case 'l':
		return c.local
	case 'o':
		return c.origin
	case 'd':
		return f.domain
	case 'i':
		return dotted(c.ip)
	case 'p':
		return c.validated(f, i, bad)
	case 'v':
		if c.ip.Is4() {
			return "in-addr"
		}
		return "ip6"
	case 'h':
		if c.Helo == "" {
			c.v.WantsHelo = true
			return "unknown"
		}
		return strings.TrimSuffix(c.Helo, ".")
	case 'c':
		return c.ip.String()
	case 'r':
		if c.Receiver == "" {
			return "unknown"
		}
		return c.Receiver
	}
	return strconv.FormatInt(c.Now.Unix(), 10) // t
}

// written returns a name as a macro has it: without escapes and final dot.
func written(name zone.Name) string { return strings.Join(name.Labels(), ".") }

// maxExplanation bounds an explanation, in octets; it is to fit into an SMTP
// reply (RFC 7208, section 6.2).
const maxExplanation = 1 << 14

// explain computes the explanation of a fail that a mechanism of a record gave
// (RFC 7208, section 6.2).
func (c *checker) explain(f *frame) {
	var t *spf.Term
	for i := range f.spf.Terms {
		if f.spf.Terms[i].Kind == spf.Exp {
			t = &f.spf.Terms[i]
		}
	}
	if t == nil {
		return
	}
	c.postponed = true
	not := func(format string, args ...any) { c.v.NotExplained = fmt.Sprintf(format, args...) }
	i := c.begin(f, t)
	defer func() { c.v.Trace = c.v.Trace[:i] }()
	to, bad := c.expand(f, t.Domain, i)
	if bad.outcome != NotMatched || bad.detail != "" {
		not("%s", bad.detail)
		return
	}
	r := c.lookup(to.name, zone.TypeTXT)
	switch {
	case r.Status == zone.Unknown && r.Err != nil:
		not("the TXT records of %s cannot be had: %v", r.Name, r.Err)
		return
	case r.Status == zone.Unknown:
		not("nothing is known of the TXT records of %s", r.Name)
		return
	case r.Status != zone.Found:
		not("%s has no TXT record", r.Name)
		return
	case len(r.Records) > 1:
		not("%s has %d TXT records, where receivers take exactly one", r.Name, len(r.Records))
		return
	}
	text, ok := spf.ExpandExplanation(r.Records[0].Text(), func(letter byte) string { return c.value(f, letter, i, &bad) })
	switch {
	case bad.outcome != NotMatched:
		not("%s", bad.detail)
	case !ok:
		not("the text of %s has a syntax error", to.name)
	case strings.IndexFunc(text, func(r rune) bool { return r > '~' }) >= 0:
		not("the text of %s is not ASCII when its macros are replaced", to.name)
	case len(text) > maxExplanation:
		not("the text of %s comes to %d octets, of which no reply has room", to.name, len(text))
	default:
		c.v.Explanation, c.v.ExplainedBy = text, to.name
	}
}
