package caa

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spelling"
)

// The parameters of RFC 8657.
const (
	accountURI = "accounturi"
	methods    = "validationmethods"
)

var parameter = &rules.Rule{
	ID:       "caa-parameter",
	Severity: rules.Error,
	Summary:  "a CAA parameter accounturi or validationmethods is wrong",
	What: "An issue or issuewild property has the parameter accounturi or validationmethods twice, an accounturi that is no URI, or validationmethods " +
		"that are no list of names with commas between. Misspelt parameters and methods are warnings.",
	Why: "CAs that know these parameters then issue to nobody by this property, so that the certificates of the mail hosts cannot be renewed. " +
		"A misspelt parameter restricts nothing, and a misspelt method can never be used.",
	Bad: `@ IN CAA 0 issue "letsencrypt.org; accounturi=12345"
`,
	Good: `@ IN CAA 0 issue "letsencrypt.org; accounturi=https://acme-v02.api.letsencrypt.org/acme/acct/12345; validationmethods=dns-01"
`,
	Refs: []string{"RFC 8657, section 3", "RFC 8657, section 4"},
	Fix:  rules.Unsafe,
	Run:  each(checkParameters),
}

// acme are the validation methods of ACME (RFC 8555, RFC 8737 and drafts).
var acme = []string{"http-01", "dns-01", "tls-alpn-01", "dns-account-01", "dns-persist-01", "email-reply-00", "tkauth-01", "onion-csr-01", "bp-nodeid-00"}

func checkParameters(p *rules.Pass, q *property) {
	// RFC 8657 speaks of issue and issuewild alone.
	if len(q.issue.Parameters) == 0 || len(q.issue.Faults) > 0 || q.issue.Issuer.Empty() || q.tag == tagMail {
		return
	}
	var firstAccount, firstMethods *Parameter
	for i := range q.issue.Parameters[:min(len(q.issue.Parameters), 64)] {
		param := &q.issue.Parameters[i]
		tag := param.Tag.Of(q.value)
		switch {
		case strings.EqualFold(tag, accountURI):
			q.checkOnce(p, param, firstAccount)
			firstAccount = param
			q.checkCase(p, param, accountURI)
			if v := param.Value.Of(q.value); !uri(v) {
				s := param.Value
				if s.Empty() {
					s = param.Tag
				}
				f := rules.At(q.Record, at(s), fmt.Sprintf("The accounturi %q is no URI, so the CA finds no such account and issues no certificate. Write the account's full URI, with https:// in front.", excerpt(v)))
				p.Report(f.WithFix(rules.Manual, "write the URI of the account, as the ACME program or the CA shows it"))
			}
		case strings.EqualFold(tag, methods):
			q.checkOnce(p, param, firstMethods)
			firstMethods = param
			q.checkCase(p, param, methods)
			q.checkMethods(p, param)
		default:
			q.checkName(p, param)
		}
	}
}

// checkOnce reports a parameter that another one before it makes void.
func (q *property) checkOnce(p *rules.Pass, param, first *Parameter) {
	if first == nil {
		return
	}
	f := rules.At(q.Record, at(param.Tag), fmt.Sprintf("This property has %q twice, so no certificate is issued by it. Write a CAA record for each value.", excerpt(param.Tag.Of(q.value))))
	f.Related = []rules.Related{{Span: q.Span(at(first.Tag)), Message: "the first one"}}
	p.Report(f.WithFix(rules.Manual, "write a record for each value, with one such parameter"))
}

// checkCase reports a parameter that is known but for the case of its letters:
// RFC 8657 does not say that the case is ignored, and large CAs do not ignore it.
func (q *property) checkCase(p *rules.Pass, param *Parameter, name string) {
	if tag := param.Tag.Of(q.value); tag != name {
		f := rules.At(q.Record, at(param.Tag), fmt.Sprintf("The parameter %q is written %q, and CAs that compare letter by letter do not know it, so that it restricts nothing. Write it in lower case.", tag, name)).As(rules.Warning)
		p.Report(f.WithFix(rules.Safe, "write "+name, q.with(q.replaced(param.Tag, name))))
	}
}

// replaced returns the value with a span of it replaced.
func (q *property) replaced(s Span, by string) string { return q.value[:s.From] + by + q.value[s.To:] }

// checkName reports an unknown parameter that is near to one that is known.
// CAs may have others.
func (q *property) checkName(p *rules.Pass, param *Parameter) {
	tag := param.Tag.Of(q.value)
	plain := strings.ReplaceAll(tag, "-", "")
	for _, name := range []string{accountURI, methods} {
		if len(plain) > 2*len(methods) || spelling.Distance(plain, name) > 2 {
			continue
		}
		f := rules.At(q.Record, at(param.Tag), fmt.Sprintf("The parameter %q is not known, so that it restricts nothing; %q is most likely meant. Write that.", excerpt(tag), name)).As(rules.Warning)
		if q.clashes() {
			p.Report(f.WithFix(rules.Manual, fmt.Sprintf("write %s, and remove the record that allows the CA without it", name)))
			return
		}
		p.Report(f.WithFix(rules.Unsafe, "write "+name, q.with(q.replaced(param.Tag, name))))
		return
	}
}

func (q *property) checkMethods(p *rules.Pass, param *Parameter) {
	list := param.Value
	if list.Empty() {
		f := rules.At(q.Record, at(param.Tag), "The list validationmethods is empty, so no method may be used and no certificate is issued. Name a method such as dns-01.").As(rules.Warning)
		p.Report(f.WithFix(rules.Manual, "name the validation methods that may be used"))
		return
	}
	found := 0
	for from, n := list.From, 0; from <= list.To && found < most; n++ {
		to := list.To
		if n := strings.IndexByte(q.value[from:list.To], ','); n >= 0 {
			to = from + n
		}
		s := Span{from, to}
		if q.checkMethod(p, param, s, n < 2*len(acme)) {
			found++
		}
		from = to + 1
	}
}

// checkMethod reports whether it found something wrong with a method of the
// list; it looks for slips of the pen only where spell says so.
func (q *property) checkMethod(p *rules.Pass, param *Parameter, s Span, spell bool) bool {
	name := s.Of(q.value)
	if !validMethod(name) {
		if s.Empty() { // point at the comma
			s.From = max(s.From-1, param.Value.From)
			s.To = min(s.From+1, param.Value.To)
		}
		f := rules.At(q.Record, at(s), fmt.Sprintf("%q is no name of a validation method, so the whole property is void and no certificate is issued by it. Write names such as dns-01 with commas between.", excerpt(name)))
		p.Report(f.WithFix(rules.Manual, "write a list such as dns-01,http-01"))
		return true
	}
	if !spell || len(name) > 32 || strings.HasPrefix(strings.ToLower(name), "ca-") {
		return false // a CA's own (RFC 8657, section 4)
	}
	for _, known := range acme {
		if name == known {
			return false
		}
	}
	for _, near := range acme[:3] {
		if !misspelt(name, near) {
			continue
		}
		f := rules.At(q.Record, at(s), fmt.Sprintf("No validation method is called %q, so it can never be used; %q is most likely meant. Write that.", name, near)).As(rules.Warning)
		p.Report(f.WithFix(rules.Unsafe, "write "+near, q.with(q.replaced(s, near))))
		return true
	}
	return false
}

// misspelt reports whether a name is most likely that of a validation method:
// but for its hyphens or case, without its number, or a letter away. Other
// methods may have a number of their own.
func misspelt(name, method string) bool {
	if strings.EqualFold(strings.ReplaceAll(name, "-", ""), strings.ReplaceAll(method, "-", "")) || strings.EqualFold(name+"-01", method) {
		return true
	}
	return strings.HasSuffix(name, "01") && spelling.Distance(name, method) == 1
}

// validMethod reports whether a word is a label of a validation method:
// letters, digits and hyphens (RFC 8657, section 4).
func validMethod(word string) bool {
	for j := 0; j < len(word); j++ {
		if !alphanumeric(word[j]) && word[j] != '-' {
			return false
		}
	}
	return word != ""
}

// uri reports whether a text is a URI with a scheme and something behind it
// (RFC 3986, section 3), of the octets that a URI may have.
func uri(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || rest == "" || scheme == "" || !alphanumeric(scheme[0]) || scheme[0] <= '9' {
		return false
	}
	for j := 1; j < len(scheme); j++ {
		if c := scheme[j]; !alphanumeric(c) && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	return uriOctets(rest)
}

// uriOctets reports whether a text has only octets that a URI may have, and
// whether its percent signs are those of encoded octets.
func uriOctets(s string) bool {
	for j := 0; j < len(s); j++ {
		c := s[j]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			return false
		}
		if c == '%' && (j+2 >= len(s) || !hexadecimal(s[j+1]) || !hexadecimal(s[j+2])) {
			return false
		}
	}
	return true
}

func hexadecimal(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
