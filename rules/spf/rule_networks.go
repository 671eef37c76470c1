package spf

import (
	"strings"

	"github.com/zonelint/zonelint/rules"
)

// networkRule returns a rule about one kind of fault in a network or a prefix
// length.
func networkRule(id, summary, what, bad, good string, refs []string, explain func(r *Record, f *Fault) string, kinds ...FaultKind) *recordRule {
	return &recordRule{
		Rule: rules.Rule{
			ID: id, Severity: rules.Error, Summary: summary, What: what, Why: whyVoid,
			Bad:  "@ IN TXT \"v=spf1 " + bad + " -all\"\n",
			Good: "@ IN TXT \"v=spf1 " + good + " -all\"\n",
			Refs: refs, Fix: rules.Safe,
		},
		syntax: true,
		judge:  func(c *Candidate) []verdict { return faults(c, explain, kinds...) },
		mend:   repair(kinds...),
	}
}

var networkRefs = []string{"RFC 7208, section 5.6"}

var ip4Address = networkRule("spf-ip4-addr", "an ip4 mechanism has no valid IPv4 address",
	"What follows ip4: is not an IPv4 address in full: four decimal numbers up to 255 without leading zeros. A port, a host name, a macro or a range may not stand there.",
	"ip4:192.0.2", "ip4:192.0.2.0/24", networkRefs, explainIP4, IP4Address)

func explainIP4(r *Record, f *Fault) string {
	seen := r.Text[f.From:f.To]
	if hasPrefixFold(strings.TrimLeft(seen, "+-~?"), "ip4") {
		return quote(seen) + " names no address, " + void + ". Write ip4: and an IPv4 address, or remove it."
	}
	s := quote(seen) + " is no IPv4 address, " + void + ". "
	_, host := clean("a:" + seen)
	switch {
	case strings.Count(seen, ".") < 3 && strings.Trim(seen, "0123456789.") == "":
		return s + "Write all four numbers, and a length such as /24 for a network."
	case strings.Contains(seen, "%"):
		return s + "Macros cannot stand here."
	case strings.Contains(seen, ":"):
		return s + "A port cannot stand here."
	case host:
		return s + "A host name stands behind a:, as in " + quote("a:"+seen) + "."
	}
	return s + "Write four numbers from 0 to 255 without leading zeros."
}

var ip4Length = networkRule("spf-ip4-cidr", "an ip4 mechanism has no valid prefix length",
	"What follows the slash of an ip4 mechanism is not a number from 0 to 32 without leading zeros.",
	"ip4:192.0.2.0/255.255.255.0", "ip4:192.0.2.0/24", networkRefs, explainLength("32", "ip4"), IP4Length)

var ip6Address = networkRule("spf-ip6-addr", "an ip6 mechanism has no valid IPv6 address",
	"What follows ip6: is not an IPv6 address as RFC 4291 writes it. A port, a zone index, brackets, a host name or a macro may not stand there.",
	"ip6:2001:db8::1::2", "ip6:2001:db8::/32", []string{"RFC 7208, section 5.6", "RFC 4291, section 2.2"}, explainIP6, IP6Address)

func explainIP6(r *Record, f *Fault) string {
	seen := r.Text[f.From:f.To]
	if hasPrefixFold(strings.TrimLeft(seen, "+-~?"), "ip6") {
		return quote(seen) + " names no address, " + void + ". Write ip6: and an IPv6 address, or remove it."
	}
	return quote(seen) + " is no IPv6 address, " + void + ". Write it as in 2001:db8::cd30, with :: once at most."
}

var ip6Length = networkRule("spf-ip6-cidr", "an ip6 mechanism has no valid prefix length",
	"What follows the slash of an ip6 mechanism is not a number from 0 to 128 without leading zeros.",
	"ip6:2001:db8::/129", "ip6:2001:db8::/32", networkRefs, explainLength("128", "ip6"), IP6Length)

func explainLength(limit, mechanism string) func(r *Record, f *Fault) string {
	return func(r *Record, f *Fault) string {
		s := quote(r.Text[f.From:f.To]) + " is no prefix length of " + mechanism + ", " + void + ". "
		if f.Repair != nil {
			return s + "Write /" + f.Repair[0].Text + "."
		}
		return s + "Write a number from 0 to " + limit + "."
	}
}

var ipFamily = networkRule("spf-ip-family", "ip4 has an IPv6 address, or ip6 an IPv4 address",
	"An IPv6 address stands behind ip4:, or an IPv4 address behind ip6:.",
	"ip4:2001:db8::/32", "ip6:2001:db8::/32", networkRefs, func(r *Record, f *Fault) string {
		is, other := "an IPv4", "ip4:"
		if strings.Contains(r.Text[f.From:f.To], ":") {
			is, other = "an IPv6", "ip6:"
		}
		s := quote(r.Text[f.From:f.To]) + " is " + is + " address, " + void + ". "
		if f.Repair == nil {
			return s + "Write it behind " + other + " with a length that fits."
		}
		return s + "Write " + quote(f.Meant) + "."
	}, IPFamily)

var dualLength = networkRule("spf-a-mx-cidr", "an SPF mechanism has a prefix length that is not valid or not allowed",
	"The prefix length of an a or mx mechanism is not valid: /0 to /32 for IPv4, //0 to //128 for IPv6, or both as in /24//64. "+
		"Or a length stands behind include, exists, ptr or redirect, which take none.",
	"mx/24/64", "mx/24//64", []string{"RFC 7208, section 5.3", "RFC 7208, section 5.4", "RFC 7208, section 12"}, explainDual, DualLength, NoLength)

func explainDual(r *Record, f *Fault) string {
	seen := r.Text[f.From:f.To]
	if f.Kind == NoLength {
		name := "This term"
		if f.Term >= 0 && r.Terms[f.Term].Name != "" {
			name = r.Terms[f.Term].Kind.String()
		}
		return name + " takes no prefix length, " + void + ". Remove " + quote(seen) + "."
	}
	s := quote(seen) + " is no prefix length of a or mx, " + void + ". "
	if f.Repair != nil {
		e := f.Repair[0]
		return s + "Write " + quote(r.Text[f.From:e.From]+e.Text+r.Text[e.To:f.To]) + "."
	}
	return s + "Write /0 to /32 for IPv4, //0 to //128 for IPv6, or both."
}
