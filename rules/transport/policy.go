package transport

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// Policy is an MTA-STS policy as far as it can be read (RFC 8461, section 3.2):
// the file that a domain serves at https://mta-sts.example.com/.well-known/mta-sts.txt.
type Policy struct {
	// File is what the file was called, Text what it holds.
	File, Text string
	// Domain is the domain that serves it; "" for each domain with MTA-STS.
	Domain zone.Name
	// Mode is none, testing or enforce; "" if it is missing or another.
	Mode string
	// MaxAge is in seconds; -1 if it is missing or not valid.
	MaxAge int
	// MX are the patterns that are well-formed.
	MX []Pattern
	// Faults are all mistakes, in the order of the text.
	Faults []PolicyFault

	modeAt, ageAt tagvalue.Span
	lines         []int // the offset of each line
}

// Pattern is an entry of the field mx.
type Pattern struct {
	tagvalue.Span
	// Host is the host, or what stands behind "*.".
	Host     zone.Name
	Wildcard bool
}

// Covers reports whether an MX host matches the pattern: a wildcard stands for
// exactly one label (RFC 8461, section 4.1).
func (p Pattern) Covers(host zone.Name) bool {
	if p.Wildcard {
		return len(host) > 1 && host.Parent() == p.Host
	}
	return host == p.Host
}

// PolicyFault is a mistake in a policy.
type PolicyFault struct {
	tagvalue.Span
	// Rule is the id of the rule that reports it.
	Rule     string
	Severity rules.Severity
	Message  string
}

// maxAge is the longest lifetime of a policy, in seconds (RFC 8461, section
// 3.2).
const maxAge = 31557600

// names are the fields of a policy.
var names = [...]string{"version", "mode", "max_age", "mx"}

// ParsePolicy reads a policy. It tells all mistakes at once.
func ParsePolicy(file string, text []byte) *Policy {
	r := policyReader{Policy: &Policy{File: file, Text: string(text), MaxAge: -1, lines: []int{0}}}
	r.read()
	return r.Policy
}

// void is how a message goes on whose mistake makes the policy invalid.
const void = ", so senders take the policy for none and deliver without MTA-STS. "

type policyReader struct {
	*Policy
	// seen are the fields that are there, meant those that are there by another
	// name.
	seen, meant [len(names)]bool
}

func (r *policyReader) fault(rule string, s tagvalue.Span, severity rules.Severity, format string, args ...any) {
	message := ""
	if len(r.Faults) < 5*tagvalue.Most { // no more are told
		message = fmt.Sprintf(format, args...)
	}
	r.Faults = append(r.Faults, PolicyFault{s, rule, severity, message})
}

func (r *policyReader) read() {
	start := 0
	if strings.HasPrefix(r.Text, "\ufeff") {
		start = len("\ufeff")
		r.fault("sts-policy-syntax", tagvalue.Span{From: 0, To: start}, rules.Error, "The file begins with a byte order mark, which becomes part of the first field%sSave it without one.", void)
	}
	for at := start; at < len(r.Text); {
		end := strings.IndexByte(r.Text[at:], '\n')
		next := len(r.Text)
		if end >= 0 {
			end += at
			next = end + 1
			r.lines = append(r.lines, next)
		} else {
			end = len(r.Text)
		}
		line := tagvalue.Span{From: at, To: end}
		if next > end && end > at && r.Text[end-1] == '\r' { // the line ends with CRLF
			line.To--
		}
		r.line(line)
		at = next
	}
	head := tagvalue.Span{From: start, To: start + len(strings.TrimRight(firstLine(r.Text[start:]), "\r"))}
	missing := func(i int, what string) {
		if !r.seen[i] && !r.meant[i] {
			r.fault("sts-policy-"+strings.ReplaceAll(names[i], "_", "-"), head, rules.Error, "The policy has no field %s%s%s", names[i], void, what)
		}
	}
	missing(0, "Add the line \"version: STSv1\".")
	missing(1, "Add a line such as \"mode: testing\".")
	missing(2, "Add a line such as \"max_age: 604800\".")
	if r.Mode != "none" {
		missing(3, "Add a line with each MX host, such as \"mx: mx.example.com\".")
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// line reads one line: a name, a colon, blanks that may be missing, a value and
// blanks that may be missing.
func (r *policyReader) line(line tagvalue.Span) {
	text := line.Of(r.Text)
	if strings.Trim(text, " \t") == "" {
		r.fault("sts-policy-syntax", line, rules.Warning, "This line is empty, which the format does not allow, so senders that read strictly take the policy for none. Remove it.")
		return
	}
	colon := strings.IndexByte(text, ':')
	if colon < 0 {
		r.fault("sts-policy-syntax", line, rules.Error, "%q has no colon, so it is no field%sWrite it as name: value, or remove it.", tagvalue.Excerpt(text), void)
		return
	}
	name := tagvalue.Span{From: line.From, To: line.From + colon}
	value := blanksOff(r.Text, name.To+1, line.To)
	written := name.Of(r.Text)
	bare := strings.Trim(written, " \t")
	field := -1
	for i, n := range names {
		if strings.EqualFold(n, bare) || strings.EqualFold(strings.ReplaceAll(n, "_", "-"), bare) {
			field = i
		}
	}
	switch {
	case field >= 0 && bare == names[field] && written != bare:
		r.fault("sts-policy-syntax", name, rules.Error, "A blank stands beside the name of the field %s%sRemove it.", bare, void)
	case field >= 0 && written != names[field]:
		r.fault("sts-policy-syntax", name, rules.Error, "%q is not the name of a field, which must be %q letter by letter%sWrite it so.", written, names[field], void)
	case field < 0 && !validName(written):
		r.fault("sts-policy-syntax", name, rules.Error, "%q is no name of a field, which is at most 32 letters, digits, \"_\", \"-\" and \".\"%sCorrect or remove it.", tagvalue.Excerpt(written), void)
	}
	if bad := badPolicyOctet(value.Of(r.Text)); bad >= 0 {
		bad += value.From
		r.fault("sts-policy-syntax", tagvalue.Span{From: bad, To: bad + 1}, rules.Error, "The value of the field %s holds a character that may not stand there%sRemove it.", tagvalue.Excerpt(bare), void)
		if field < 0 {
			return
		}
	}
	whole := tagvalue.Span{From: name.From, To: name.To + 1}
	if !value.Empty() {
		whole.To = value.To
	}
	if field < 0 {
		if value.Empty() {
			r.fault("sts-policy-syntax", whole, rules.Error, "The field %s has no value%sGive it one or remove it.", tagvalue.Excerpt(bare), void)
		}
		return
	}
	if written != names[field] {
		// Senders do not know it, but what is meant can be judged.
		if !r.seen[field] {
			r.meant[field] = true
			r.field(names[field], whole, value)
		}
		return
	}
	if r.seen[field] && names[field] != "mx" {
		r.fault("sts-policy-dup-field", whole, rules.Warning, "The field %s stands here again, and senders only take the first. Keep the one that is meant.", names[field])
		return
	}
	r.seen[field] = true
	r.field(names[field], whole, value)
}

// field reads the value of one of the format's own fields.
func (r *policyReader) field(name string, whole, value tagvalue.Span) {
	written := value.Of(r.Text)
	at := value
	if value.Empty() {
		at = whole
	}
	short := tagvalue.Excerpt(written)
	switch name {
	case "version":
		if written != "STSv1" {
			r.fault("sts-policy-version", at, rules.Error, "%q is no version of MTA-STS policies%sThere is only \"STSv1\".", short, void)
		}
	case "mode":
		r.modeAt = at
		switch written {
		case "none", "testing", "enforce":
			r.Mode = written
		default:
			r.fault("sts-policy-mode", at, rules.Error, "%q is no mode%sWrite testing, enforce or none.", short, void)
		}
	case "max_age":
		r.ageAt = at
		n, digits := 0, written != ""
		for i := 0; i < len(written) && digits; i++ {
			if digits = '0' <= written[i] && written[i] <= '9'; digits && n <= maxAge {
				n = 10*n + int(written[i]-'0')
			}
		}
		switch {
		case !digits:
			r.fault("sts-policy-max-age", at, rules.Error, "%q is no number of seconds%sWrite one such as 604800, which is a week.", short, void)
		case len(written) > 10: // the ABNF has no more
			r.fault("sts-policy-max-age", at, rules.Error, "%s has more than 10 digits%sWrite a number of seconds up to %d.", short, void, maxAge)
		case n > maxAge:
			r.fault("sts-policy-max-age", at, rules.Error, "%s seconds are more than the maximum of %d, so senders may take the policy for none. Write a lower number.", short, maxAge)
		default:
			r.MaxAge = n
		}
	case "mx":
		p, why := parsePattern(written)
		if why != "" {
			r.fault("sts-policy-mx", at, rules.Error, "%q is no pattern of an MX host, %s%sWrite the host as its MX record has it, without a final dot.", short, why, void)
			return
		}
		p.Span = value
		r.MX = append(r.MX, p)
	}
}

// parsePattern reads a host, or a host with its first label replaced by "*", and
// says why it is none (RFC 8461, section 3.2, sts-policy-mx-value; RFC 5321,
// section 4.1.2, Domain).
func parsePattern(s string) (p Pattern, why string) {
	host, wildcard := strings.CutPrefix(s, "*.")
	switch {
	case host == "":
		return p, "since it is empty"
	case strings.HasSuffix(host, "."):
		return p, "since it ends with a dot"
	case strings.Contains(host, "*"):
		return p, "since \"*\" may only stand for the whole first label"
	}
	for i := 0; i < len(host); i++ {
		c := host[i]
		switch {
		case c >= 0x80:
			return p, "since names beyond ASCII are written as xn--..."
		case c == '.' || c == '-':
			if i == 0 || i+1 == len(host) || host[i-1] == '.' || c == '.' && host[i-1] == '-' {
				return p, fmt.Sprintf("since %q may not stand where it does", string(c))
			}
		case !alphanumeric(c):
			return p, fmt.Sprintf("since it holds %q", string(c))
		}
	}
	name, err := zone.ParseName(host, zone.Root)
	if err != nil {
		return p, "since it is too long"
	}
	return Pattern{Host: name, Wildcard: wildcard}, ""
}

// badPolicyOctet returns the offset of the first octet that may not stand in a
// value: a control character, or what is not UTF-8; -1 if there is none.
func badPolicyOctet(s string) int {
	for i := 0; i < len(s); {
		c, n := utf8.DecodeRuneInString(s[i:])
		if c < ' ' && c != '\t' || c == 0x7f || c == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
