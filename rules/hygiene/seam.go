package hygiene

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var joined = &rules.Rule{
	ID:       "zone-txt-joined",
	Severity: rules.Error,
	Summary:  "two strings of a mail policy run into one another",
	What: "A TXT record of SPF, DMARC, DKIM, MTA-STS, TLS-RPT or BIMI has several strings, and what should part them where they meet is lost: " +
		"the blank between SPF terms, the semicolon between tags, or the comma between addresses. Strings are joined without anything between them.",
	Why: "\"v=spf1 a\" \"mx -all\" is read as v=spf1 amx -all: the term, and mostly the whole record, is void. " +
		"A tag becomes part of the value before it, so that both are lost.",
	Bad:  "@ IN TXT \"v=spf1 a\" \"mx -all\"\n",
	Good: "@ IN TXT \"v=spf1 a \" \"mx -all\"\n",
	Refs: []string{"RFC 7208, section 3.3", "RFC 6376, section 3.6.2.2", "RFC 9989, section 4.5", "RFC 8461, section 3.1"},
	Fix:  rules.Safe,
	// What the joined text seems to be says nothing about what was meant.
	Supersedes: misread,
	Run:        rules.On(patched, checkJoined),
}

// misread are the rules that speak of terms and values as a text has them
// which is not what was meant.
var misread = []string{
	"spf-version-token", "spf-unknown-term", "spf-glued-term", "spf-domain-chars", "spf-domain-toplabel", "spf-ip4-addr", "spf-ip4-cidr",
	"spf-ip6-addr", "spf-ip6-cidr", "spf-a-mx-cidr", "spf-no-terminal", "spf-modifier-unknown",
	"dmarc-version", "dmarc-syntax", "dmarc-p-missing", "dmarc-p-missing-no-rua", "dmarc-p-invalid", "dmarc-sp-invalid", "dmarc-np-invalid",
	"dmarc-align-invalid", "dmarc-fo-invalid", "dmarc-psd-invalid", "dmarc-t-invalid", "dmarc-uri-syntax", "dmarc-uri-scheme", "dmarc-removed-tag",
	"dkim-version", "dkim-syntax", "dkim-no-p", "dkim-base64", "dkim-key-der", "dkim-k-unknown", "dkim-h-sha1", "dkim-s-not-email", "dkim-t-unknown",
	"sts-version", "sts-syntax", "sts-id-missing", "sts-id-format",
	"tlsrpt-version", "tlsrpt-syntax", "tlsrpt-rua-missing", "tlsrpt-uri",
	"bimi-version", "bimi-syntax", "bimi-l-missing", "bimi-l-format", "bimi-l-https", "bimi-a-https",
}

// patched is the TXT records that are meant as a mail policy and have several
// strings or a quotation mark.
var patched = &rules.Subject[zone.Record]{Each: func(p *rules.Pass, visit func(zone.Record)) {
	for _, t := range [...]zone.Type{zone.TypeTXT, zone.TypeSPF} {
		for r := range p.Zone.OfType(t) {
			if len(r.Data) > 1 && (int(r.Data[0]) != len(r.Data)-1 || r.Data[1] == '\'' || strings.IndexByte(r.Data, '"') >= 0) {
				visit(r)
			}
		}
	}
}}

// seam is a place where strings meet and something is lost between them.
type seam struct {
	at   int    // octet of the text
	with string // what is lost
}

func checkJoined(p *rules.Pass, r zone.Record) {
	if int(r.Data[0]) == len(r.Data)-1 || !suspiciousSeam(r.Data) {
		return
	}
	kind, text := kindOf(r), r.Text()
	if kind == none || !ascii(text) || kind == spf && r.Notes&zone.Unquoted != 0 || mangled(r) {
		return // zone-txt-nonascii, zone-txt-unquoted and zone-txt-semicolon come first
	}
	var cuts []int
	at := 0
	for _, s := range r.Strings() {
		if at > 0 && s != "" && (len(cuts) == 0 || cuts[len(cuts)-1] != at) {
			cuts = append(cuts, at)
		}
		at += len(s)
	}
	var seams []seam
	if kind == spf {
		seams = spfSeams(text, cuts)
	} else {
		seams = tagSeams(kind, text, cuts)
	}
	if len(seams) == 0 || kind == spf && seams[0].at == len("v=spf1") {
		return // without a blank behind the version: spf-version-token
	}
	mended := r
	mended.Data = sew(r.Strings(), seams)
	if !sound(kind, mended.Text()) {
		return
	}
	s := seams[0]
	left, right := around(kind, text, s.at)
	if len(seams) > 1 {
		right = right[:min(len(right), seams[1].at-s.at)]
	}
	what := map[string]string{" ": "blank", "; ": "semicolon", ",": "comma"}[s.with]
	f := rules.At(r, zone.TextPart(s.at, s.at+len(right)), fmt.Sprintf(
		"The %s between %s and %s is lost, since strings are joined without anything between them: receivers read %s. Write it at the end of the first string.",
		what, zone.Quote(excerpt(left)), zone.Quote(excerpt(right)), zone.Quote(excerpt(left+right))))
	for _, o := range seams[1:min(len(seams), 10)] {
		f.Related = append(f.Related, rules.Related{Span: r.Span(zone.TextPart(o.at, o.at+1)), Message: "here too"})
	}
	p.Report(f.WithFix(rules.Safe, fmt.Sprintf("write the %s where the strings meet", what), zone.Replace(r, mended)))
}

// sew returns the RDATA of strings with what is lost put at the end of those
// that it is lost behind.
func sew(strs []string, seams []seam) string {
	out := make([]string, 0, len(strs)+len(seams))
	at := 0
	for _, s := range strs {
		at += len(s)
		if len(seams) > 0 && seams[0].at == at {
			s += seams[0].with
			seams = seams[1:]
		}
		if len(s) > zone.MaxString {
			out = append(out, s[:zone.MaxString])
			s = s[zone.MaxString:]
		}
		out = append(out, s)
	}
	return zone.StringsData(out)
}

// kindOf returns what a record is meant as, if need be by its first string:
// joined with the next, its version may be none.
func kindOf(r zone.Record) policy {
	if kind := meant(r.Name, r.TextPrefix(48)); kind != none {
		return kind
	}
	return meant(r.Name, r.Data[1:1+min(int(r.Data[0]), len(r.Data)-1)])
}

// suspiciousSeam reports whether something may be lost between two strings of
// RDATA: neither a blank nor a semicolon stands there, and the second does not
// go on as a key that is cut does.
func suspiciousSeam(data string) bool {
	last := byte(' ')
	for len(data) > 0 {
		n := min(int(data[0]), len(data)-1)
		s := data[1 : 1+n]
		data = data[1+n:]
		if s == "" {
			continue
		}
		if last != ' ' && last != ';' && s[0] != ' ' && s[0] != ';' && mayBegin(s) {
			return true
		}
		last = s[n-1]
	}
	return false
}

// mayBegin reports whether a string may begin with an SPF term, a tag or an
// address. Of the strings of a key hardly any may.
func mayBegin(s string) bool {
	if strings.IndexByte("+-~?", s[0]) >= 0 {
		return true
	}
	i := 0
	for i < len(s) && alphanumeric(s[i:]) {
		i++
	}
	return i == len(s) && i <= len("include") || i < len(s) && i > 0 && i <= len("redirect") && strings.IndexByte(":/= ", s[i]) >= 0
}

// around returns the terms, tags or addresses that meet at an octet of a text.
func around(kind policy, text string, at int) (left, right string) {
	stops := ";,"
	if kind == spf {
		stops = " "
	}
	left = text[strings.LastIndexAny(text[:at], stops)+1 : at]
	right = text[at:]
	if end := strings.IndexAny(right, stops); end >= 0 {
		right = right[:end]
	}
	return strings.TrimLeft(left, " "), right
}

// spfSeams returns where the blank between two SPF terms is lost at one of the
// cuts: what stands around it is no term, and what stands on each side is one.
func spfSeams(text string, cuts []int) (out []seam) {
	for from := 0; from < len(text); {
		if text[from] == ' ' {
			from++
			continue
		}
		to := from
		for to < len(text) && text[to] != ' ' {
			to++
		}
		bounds := []int{from}
		for len(cuts) > 0 && cuts[0] < to {
			if cuts[0] > from {
				bounds = append(bounds, cuts[0])
			}
			cuts = cuts[1:]
		}
		bounds = append(bounds, to)
		for _, at := range parted(text, bounds) {
			out = append(out, seam{at, " "})
		}
		from = to
	}
	return out
}

// parted returns at which of the bounds, without the first and the last, a text
// falls into SPF terms; none if it is one already, or is none anyway.
func parted(text string, bounds []int) (at []int) {
	n := len(bounds) - 1
	const most = 16 // cuts within one term
	if n < 2 || n > most {
		return nil
	}
	// next[i] is the bound that ends the longest term from bound i on behind
	// which there are terms alone.
	next := make([]int, n+1)
	for i := n - 1; i >= 0; i-- {
		for k := n; k > i; k-- {
			if (k == n || next[k] > 0) && isTerm(text[bounds[i]:bounds[k]], bounds[i] == 0, true) {
				next[i] = k
				break
			}
		}
	}
	for i := next[0]; i > 0 && i < n; i = next[i] {
		at = append(at, bounds[i])
	}
	return at
}

// isTerm reports whether s is an SPF term as RFC 7208, section 12, has them, or
// the version; registered asks for domains that end in a top-level domain. It
// knows no modifiers but redirect and exp.
func isTerm(s string, version, registered bool) bool {
	if version {
		return strings.EqualFold(s, "v=spf1")
	}
	s = strings.ToLower(s)
	for _, m := range [...]string{"redirect=", "exp="} {
		if rest, ok := strings.CutPrefix(s, m); ok {
			return isDomainSpec(rest, registered)
		}
	}
	if s != "" && strings.IndexByte("+-~?", s[0]) >= 0 {
		s = s[1:]
	}
	end := strings.IndexAny(s, ":/")
	if end < 0 {
		end = len(s)
	}
	rest := s[end:]
	switch s[:end] {
	case "all":
		return rest == ""
	case "include", "exists":
		return strings.HasPrefix(rest, ":") && isDomainSpec(rest[1:], registered)
	case "ip4", "ip6":
		return strings.HasPrefix(rest, ":") && isNetwork(rest[1:], s[2] == '6')
	case "a", "mx", "ptr":
		if slash := strings.IndexByte(rest, '/'); slash >= 0 && s[:end] != "ptr" {
			if strings.Trim(rest[slash:], "/0123456789") != "" {
				return false
			}
			rest = rest[:slash]
		}
		return rest == "" || isDomainSpec(rest[1:], registered)
	}
	return false
}

func isNetwork(s string, v6 bool) bool {
	host, length, masked := strings.Cut(s, "/")
	a, err := netip.ParseAddr(host)
	if err != nil || a.Is6() != v6 || a.Zone() != "" {
		return false
	}
	n, err := strconv.Atoi(length)
	return !masked || err == nil && 0 <= n && n <= a.BitLen()
}

// isDomainSpec reports whether s is a domain of at least two labels, made as
// hosts and policies are, or with macros (RFC 7208, section 7.1).
func isDomainSpec(s string, registered bool) bool {
	s = strings.TrimSuffix(s, ".")
	if i := strings.LastIndexByte(s, '}'); i >= 0 {
		if s = s[i+1:]; s == "" {
			return true
		}
		if s[0] != '.' {
			return false
		}
		s = "macro" + s
	}
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if !plainLabel(l) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(labels) > 1 && (!registered || topLevel(last) || last == "example" || last == "test")
}

// tagSeams returns where the semicolon between two tags, or the comma between
// two addresses, is lost at one of the cuts: what stands before it is a whole
// tag of the policy, and what follows begins another.
func tagSeams(kind policy, text string, cuts []int) (out []seam) {
	const longest = 2048 // octets of a tag
	start, seen := 0, 0
	for _, at := range cuts {
		if i := strings.LastIndexByte(text[seen:at], ';'); i >= 0 {
			start = seen + i + 1
		}
		seen = at
		next := text[at:]
		tag, address := beginsTag(kind, next), hasPrefixFold(next, "mailto:") || hasPrefixFold(next, "https:")
		if !tag && !address || at-start > longest {
			continue
		}
		list := readTags(text[start:at])
		if len(list) != 1 || !list[0].whole(kind) || address && list[0].name != "rua" && list[0].name != "ruf" {
			continue
		}
		if tag {
			out, start = append(out, seam{at, "; "}), at
		} else {
			out = append(out, seam{at, ","})
		}
	}
	return out
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// beginsTag reports whether a text begins with a tag of the policy.
func beginsTag(kind policy, text string) bool {
	const longest = 16 // octets of a name, and of blanks behind it
	name, _, ok := strings.Cut(text[:min(len(text), longest)], "=")
	return ok && int(kind) < len(tags) && slices.Contains(tags[kind], strings.ToLower(strings.TrimRight(name, " ")))
}

// whole reports whether the value of a tag is one that needs nothing behind
// it. Of keys, notes and other tags one cannot tell.
func (t tag) whole(p policy) bool {
	if !t.belongs(p) {
		return false
	}
	value := strings.ToLower(t.value)
	among := func(values ...string) bool { return slices.Contains(values, value) }
	switch t.name {
	case "v":
		return among("dmarc1", "dkim1", "stsv1", "tlsrptv1", "bimi1")
	case "rua", "ruf":
		last := value[strings.LastIndexByte(value, ',')+1:]
		mail, isMail := strings.CutPrefix(strings.TrimLeft(last, " "), "mailto:")
		_, host, at := strings.Cut(mail, "@")
		host, _, _ = strings.Cut(host, "!")
		return isMail && at && isDomainSpec(host, true)
	}
	switch p {
	case dmarc:
		switch t.name {
		case "p", "sp", "np":
			return among("none", "quarantine", "reject")
		case "adkim", "aspf":
			return among("r", "s")
		case "psd", "t":
			return among("y", "n", "u")
		case "fo", "rf":
			return among("0", "1", "d", "s", "1:d:s", "d:s", "afrf")
		case "pct", "ri":
			return value != "" && strings.Trim(value, "0123456789") == ""
		}
	case dkim:
		switch t.name {
		case "k":
			return among("rsa", "ed25519")
		case "h":
			return among("sha1", "sha256", "sha1:sha256", "sha256:sha1")
		case "s":
			return among("*", "email")
		case "t":
			return among("y", "s", "y:s", "s:y")
		}
	case mtaSTS:
		return t.name == "id" && value != ""
	case bimi:
		return strings.HasSuffix(value, ".svg") || strings.HasSuffix(value, ".pem")
	}
	return false
}

// sound reports whether a text is made of terms or tags of the policy alone.
func sound(kind policy, text string) bool {
	if kind == spf {
		for i, term := range strings.Fields(text) {
			if !isTerm(term, i == 0, false) {
				return false
			}
		}
		return true
	}
	for _, t := range readTags(text) {
		if !t.belongs(kind) {
			return false
		}
	}
	return true
}
