package masterfile_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
)

// problem is a problem as line:column+octets, what is lost (owner/type behind a
// minus), and the message.
func problem(p zone.Problem) string {
	lost := ""
	if p.Lost {
		lost = " -"
		if p.Name != "" {
			lost += p.Name.Relative(apex)
		}
		if p.Type != 0 {
			lost += "/" + p.Type.String()
		}
	}
	return fmt.Sprintf("%d:%d+%d%s %s", p.Span.Start.Line, p.Span.Start.Column, p.Span.End.Offset-p.Span.Start.Offset, lost, p.Message)
}

// repeated writes {63a} out as 63 times the letter.
func repeated(s string) string {
	return regexp.MustCompile(`\{(\d+)([a-z.]+)\}`).ReplaceAllStringFunc(s, func(m string) string {
		n := len(m) - len(strings.TrimLeft(m, "{0123456789"))
		times, _ := strconv.Atoi(m[1:n])
		return strings.Repeat(m[n:len(m)-1], times)
	})
}

// The lines stand behind head, so that they begin with line 4.
var problemTests = []struct {
	lines string
	want  []string
}{
	{"a..b A 192.0.2.1", []string{
		"4:1+4 -/A \"a..b\" is no domain name: empty label: two dots in a row.",
	}},
	{".a A 192.0.2.1", []string{
		"4:1+2 -/A \".a\" is no domain name: empty label: a dot at the start.",
	}},
	{"\\25 A 192.0.2.1", []string{
		"4:1+3 -/A \"\\25\" is no domain name: bad escape: a backslash takes three digits up to 255 or one other character.",
	}},
	{"\\256 A 192.0.2.1", []string{
		"4:1+4 -/A \"\\256\" is no domain name: bad escape: a backslash takes three digits up to 255 or one other character.",
	}},
	{"{64a} A 192.0.2.1", []string{
		"4:1+64 -/A \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\" is no domain name: label of more than 63 octets.",
	}},
	{"{121a.}a A 192.0.2.1", []string{
		"4:1+243 -/A \"a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a....\" is no domain name: with the origin it is longer than 255 octets. A name that is not relative ends in a dot.",
	}},
	{"\"a\" A 192.0.2.1", []string{
		"4:1+3 -/A \"a\" stands in quotes, but an owner is written without them.",
	}},
	{"a MX 10 \"b\"", []string{
		"4:9+3 -a/MX \"b\" stands in quotes, but a domain name is written without them.",
	}},
	{"a 1x A 192.0.2.1", []string{
		"4:3+2 -a \"1x\" stands where a TTL, a class or a type is expected and is none of them. A TTL is a number of seconds, or like 1h30m.",
	}},
	{"a 1 2 A 192.0.2.1", []string{
		"4:5+1 -a \"2\" is a second TTL; a record has one.",
	}},
	{"a IN IN A 192.0.2.1", []string{
		"4:6+2 -a \"IN\" is a second class; a record has one.",
	}},
	{"a 99999999999 A 192.0.2.1", []string{
		"4:3+11 -a \"99999999999\" stands where a TTL, a class or a type is expected and is none of them. A TTL is a number of seconds, or like 1h30m.",
	}},
	{"a FOO 1", []string{
		"4:3+3 -a \"FOO\" is no record type that is known here. A type that is not known is written as TYPE with its number (RFC 3597).",
	}},
	{"a", []string{
		"4:1+1 -a This entry has no record type. A record is an owner, a TTL, a class, a type and its data.",
	}},
	{"a IN 60", []string{
		"4:1+7 -a This entry has no record type. A record is an owner, a TTL, a class, a type and its data.",
	}},
	{"a 60 IN", []string{
		"4:1+7 -a This entry has no record type. A record is an owner, a TTL, a class, a type and its data.",
	}},
	{"a ANY x", []string{
		"4:3+3 -a \"ANY\" is no record type that is known here. A type that is not known is written as TYPE with its number (RFC 3597).",
	}},
	{"a CLASS70000 A 1", []string{
		"4:3+10 -a \"CLASS70000\" is no record type that is known here. A type that is not known is written as TYPE with its number (RFC 3597).",
	}},
	{"a TYPE70000 1", []string{
		"4:3+9 -a \"TYPE70000\" is no record type that is known here. A type that is not known is written as TYPE with its number (RFC 3597).",
	}},
	{"a 2147483648 A 192.0.2.1", []string{
		"4:3+10 A TTL of 2147483648 is larger than 2147483647 and counts as 0 (RFC 2181, section 8). Write a smaller one.",
	}},
	{"a CH TXT x", []string{
		"4:3+2 -a/TXT Class CH in a zone of class IN: name servers refuse the zone. Write IN or leave the class out.",
	}},
	{"$TTL 4294967295", []string{
		"4:6+10 A TTL of 4294967295 is larger than 2147483647 and counts as 0 (RFC 2181, section 8). Write a smaller one.",
	}},
	{"a A", []string{
		"4:3+1 -a/A An A record's data are an IPv4 address; an IPv4 address is missing.",
	}},
	{"a A 192.0.2.1 x", []string{
		"4:15+1 -a/A \"x\" is too much: An A record's data are an IPv4 address.",
	}},
	{"a A 192.0.2.999", []string{
		"4:5+11 -a/A \"192.0.2.999\" is not an IPv4 address.",
	}},
	{"a A 2001:db8::1", []string{
		"4:5+11 -a/A \"2001:db8::1\" is an IPv6 address; an A record holds an IPv4 address. Use type AAAA.",
	}},
	{"a AAAA 192.0.2.1", []string{
		"4:8+9 -a/AAAA \"192.0.2.1\" is an IPv4 address; an AAAA record holds an IPv6 address. Use type A.",
	}},
	{"a AAAA x", []string{
		"4:8+1 -a/AAAA \"x\" is not an IPv6 address.",
	}},
	{"a AAAA fe80::1%eth0", []string{
		"4:8+12 -a/AAAA \"fe80::1%eth0\" is not an IPv6 address.",
	}},
	{"a A 192.0.2.01", []string{
		"4:5+10 -a/A \"192.0.2.01\" is not an IPv4 address.",
	}},
	{"a A \"192.0.2.1\"", []string{
		"4:5+11 -a/A \"192.0.2.1\" is not an IPv4 address.",
	}},
	{"a MX", []string{
		"4:3+2 -a/MX An MX record's data are a preference, a host name; a preference is missing.",
	}},
	{"a MX 10", []string{
		"4:6+2 -a/MX An MX record's data are a preference, a host name; a host name is missing.",
	}},
	{"a MX mail", []string{
		"4:6+4 -a/MX An MX record's data are a preference, a host name; a host name is missing.",
	}},
	{"a MX mail 10", []string{
		"4:6+4 -a/MX \"mail\" is no preference: that is a number from 0 to 65535.",
	}},
	{"a MX 70000 b", []string{
		"4:6+5 -a/MX \"70000\" is no preference: that is a number from 0 to 65535.",
	}},
	{"a MX 10 b c", []string{
		"4:11+1 -a/MX \"c\" is too much: An MX record's data are a preference, a host name.",
	}},
	{"a MX 10 b..c", []string{
		"4:9+4 -a/MX \"b..c\" is no domain name: empty label: two dots in a row.",
	}},
	{"a SRV 1 2 3", []string{
		"4:11+1 -a/SRV An SRV record's data are a priority, a weight, a port, a host name; a host name is missing.",
	}},
	{"a SRV 1 x 3 b", []string{
		"4:9+1 -a/SRV \"x\" is no weight: that is a number from 0 to 65535.",
	}},
	{"a NS", []string{
		"4:3+2 -a/NS An NS record's data are a domain name; a domain name is missing.",
	}},
	{"a CNAME b c", []string{
		"4:11+1 -a/CNAME \"c\" is too much: A CNAME record's data are a domain name.",
	}},
	{"a SOA a b 1 2 3 4", []string{
		"4:17+1 -a/SOA An SOA record's data are a primary server, a mailbox, a serial, a refresh time, a retry time, an expire time, a minimum TTL; a minimum TTL is missing.",
	}},
	{"a SOA a b x 2 3 4 5", []string{
		"4:11+1 -a/SOA \"x\" is no serial: that is a number from 0 to 4294967295.",
	}},
	{"a SOA a b 1 2y 3 4 5", []string{
		"4:13+2 -a/SOA \"2y\" is no refresh time: that is a number of seconds up to 4294967295, or like 1h30m.",
	}},
	{"a SOA a b 1 2 3 4 5 6", []string{
		"4:21+1 -a/SOA \"6\" is too much: An SOA record's data are a primary server, a mailbox, a serial, a refresh time, a retry time, an expire time, a minimum TTL.",
	}},
	{"a TXT", []string{
		"4:3+3 -a/TXT A TXT record's data are one or more strings; none is written. An empty text is \"\".",
	}},
	{"a TXT \"open", []string{
		"4:7+5 -a/TXT This quoted string is not closed before the end of the line; name servers refuse the zone. Add the closing quote.",
	}},
	{"a TXT \"open ; c\r", []string{
		"4:7+9 -a/TXT This quoted string is not closed before the end of the line; name servers refuse the zone. Add the closing quote.",
	}},
	{"a TXT \"\\256\"", []string{
		"4:8+4 -a/TXT This backslash is followed by digits that are no octet: \\DDD takes three digits, up to 255 (RFC 1035, section 5.1). A backslash itself is written \\\\.",
	}},
	{"a TXT x\\12", []string{
		"4:8+3 -a/TXT This backslash is followed by digits that are no octet: \\DDD takes three digits, up to 255 (RFC 1035, section 5.1). A backslash itself is written \\\\.",
	}},
	{"a TXT x\\", []string{
		"4:8+1 -a/TXT This backslash stands at the end, with nothing behind it to escape. A backslash itself is written \\\\.",
	}},
	{"a TXT \"a\" \"{256x}\"", []string{
		"4:11+258 This string has 256 octets, and a character-string holds at most 255: name servers refuse the zone or cut the text. Split it into several quoted strings.",
	}},
	{"a SPF", []string{
		"4:3+3 -a/SPF A SPF record's data are one or more strings; none is written. An empty text is \"\".",
	}},
	{"a CAA 0 issue", []string{
		"4:9+5 -a/CAA A CAA record's data are flags, a tag, a value; a value is missing.",
	}},
	{"a CAA 256 issue x", []string{
		"4:7+3 -a/CAA \"256\" is no flags octet: that is a number from 0 to 255.",
	}},
	{"a CAA 0 is-sue x", []string{
		"4:9+6 -a/CAA \"is-sue\" is no property tag: that is letters and digits.",
	}},
	{"a CAA 0 issue x y", []string{
		"4:17+1 -a/CAA \"y\" is too much: A CAA record's data are flags, a tag, a value.",
	}},
	{"a CAA 0 issue \"\\300\"", []string{
		"4:16+4 -a/CAA This backslash is followed by digits that are no octet: \\DDD takes three digits, up to 255 (RFC 1035, section 5.1). A backslash itself is written \\\\.",
	}},
	{"a CAA 0 {256x} y", []string{
		"4:9+256 -a/CAA A property tag has at most 255 characters.",
	}},
	{"a A \\#", []string{
		"4:5+2 -a/A \\# is followed by a length in octets and the data in hexadecimal (RFC 3597, section 5); both are missing.",
	}},
	{"a A \\# x", []string{
		"4:8+1 -a/A \"x\" is no length: that is a number of octets from 0 to 65535.",
	}},
	{"a A \\# 4", []string{
		"4:8+1 -a/A The length says 4 octets, but 0 follow.",
	}},
	{"a A \\# 4 c0000", []string{
		"4:8+7 -a/A The data after \\# are not hexadecimal, two digits an octet (RFC 3597, section 5).",
	}},
	{"a A \\# 3 c00002", []string{
		"4:8+8 -a/A These octets are not the data of an A record.",
	}},
	{"a A \\# 4 zz", []string{
		"4:8+4 -a/A The data after \\# are not hexadecimal, two digits an octet (RFC 3597, section 5).",
	}},
	{"a TYPE65280 x", []string{
		"4:13+1 -a/TYPE65280 The data of type TYPE65280 can only be written as \\# length hex (RFC 3597, section 5).",
	}},
	{"a TYPE65280", []string{
		"4:3+9 -a/TYPE65280 The data of type TYPE65280 can only be written as \\# length hex (RFC 3597, section 5).",
	}},
	{"a TLSA 3 1 1", []string{
		"4:12+1 -a/TLSA A TLSA record's data are a usage, a selector, a matching type, association data; association data is missing.",
	}},
	{"a TLSA 3 1 1 xx", []string{
		"4:14+2 -a/TLSA \"xx\" is not hexadecimal, two digits an octet.",
	}},
	{"a TLSA 3 1 256 aa", []string{
		"4:12+3 -a/TLSA \"256\" is no matching type: that is a number from 0 to 255.",
	}},
	{"a TLSA", []string{
		"4:3+4 -a/TLSA A TLSA record's data are a usage, a selector, a matching type, association data; a usage is missing.",
	}},
	{"a SSHFP 1 2 aa", []string{
		"4:13+2 -a/SSHFP A digest of type 2 has 32 octets, and this one has 1; name servers refuse the zone.",
	}},
	{"a DS 1 13 2 aa", []string{
		"4:13+2 -a/DS A digest of type 2 has 32 octets, and this one has 1; name servers refuse the zone.",
	}},
	{"a DS", []string{
		"4:3+2 -a/DS A DS record's data are missing.",
	}},
	{"a DS x", []string{
		"4:6+1 -a/DS These are not the data of a DS record: bad DS KeyTag: \"x\".",
	}},
	{"a DS 1 13 2", []string{
		"4:11+1 -a/DS A digest of type 2 has 32 octets, and this one has 0; name servers refuse the zone.",
	}},
	{"a SVCB 1 b\\09", []string{
		"4:11+3 -a/SVCB This backslash is followed by digits that are no octet: \\DDD takes three digits, up to 255 (RFC 1035, section 5.1). A backslash itself is written \\\\.",
	}},
	{"a SVCB 1", []string{
		"4:8+1 -a/SVCB These are not the data of a SVCB record: bad SVCB Target: \" \".",
	}},
	{"a HINFO x", []string{
		"4:9+1 -a/HINFO An HINFO record's data are a CPU, an operating system; an operating system is missing.",
	}},
	{"a HINFO {256x} y", []string{
		"4:9+256 -a/HINFO This string has 256 octets, and a character-string holds at most 255.",
	}},
	{"a URI 1 1 x", []string{
		"4:11+1 -a/URI \"x\" stands without quotes, and name servers refuse the zone. Put it in quotes.",
	}},
	{"a NID 1 1:2:3", []string{
		"4:9+5 -a/NID \"1:2:3\" is no node identifier: that is four groups of up to four hexadecimal digits, like 2001:db8:1140:1000.",
	}},
	{"a OPENPGPKEY x", []string{
		"4:14+1 -a/OPENPGPKEY \"x\" is not Base64.",
	}},
	{"a L32 1 x", []string{
		"4:9+1 -a/L32 \"x\" is not an IPv4 address.",
	}},
	{"a ( A 192.0.2.1", []string{
		"4:3+1 -a/A This parenthesis is never closed, so the entry has no end. Add the closing parenthesis.",
	}},
	{"a A 192.0.2.1 )", []string{
		"4:15+1 -a/A This closing parenthesis has no opening one before it. Remove it, or add the opening one.",
	}},
	{") a", []string{
		"4:1+1 This closing parenthesis has no opening one before it. Remove it, or add the opening one.",
	}},
	{"a A ( ( 192.0.2.1 )\nb A 192.0.2.1", []string{
		"4:5+1 -a/A This parenthesis is never closed, so the entry has no end. Add the closing parenthesis.",
	}},
	{"$ORIGIN", []string{
		"4:1+7 $ORIGIN is followed by one domain name; that is missing.",
	}},
	{"$ORIGIN a b", []string{
		"4:11+1 \"b\" is too much: $ORIGIN is followed by one domain name.",
	}},
	{"$ORIGIN a..b", []string{
		"4:9+4 \"a..b\" is no domain name: empty label: two dots in a row.",
	}},
	{"$ORIGIN \"sub\"", []string{
		"4:9+5 \"sub\" stands in quotes, but a domain name is written without them.",
	}},
	{"$TTL", []string{
		"4:1+4 $TTL is followed by one TTL; that is missing.",
	}},
	{"$TTL x", []string{
		"4:6+1 \"x\" is no TTL: that is a number of seconds, or like 1h30m.",
	}},
	{"$TTL 1 2", []string{
		"4:8+1 \"2\" is too much: $TTL is followed by one TTL.",
	}},
	{"$FOO x", []string{
		"4:1+4 \"$FOO\" is no directive that name servers know: those are $ORIGIN, $TTL, $INCLUDE and $GENERATE.",
	}},
	{"$INCLUDE", []string{
		"4:1+8 $INCLUDE is followed by a file name and perhaps an origin; that is missing.",
	}},
	{"$INCLUDE a b c", []string{
		"4:14+1 \"c\" is too much: $INCLUDE is followed by a file name and perhaps an origin.",
	}},
	{"$INCLUDE a b..c", []string{
		"4:12+4 \"b..c\" is no domain name: empty label: two dots in a row.",
	}},
	{"$INCLUDE f", []string{
		"4:10+1 $INCLUDE \"f\" was not followed, since this zone is not read from a file, so records may be missing from this check.",
	}},
	{"$GENERATE", []string{
		"4:1+9 - $GENERATE is followed by a range, an owner, a type and data, as in: $GENERATE 1-9 host-$ A 192.0.2.$",
	}},
	{"$GENERATE 1-2 a$ A", []string{
		"4:1+9 - $GENERATE is followed by a range, an owner, a type and data, as in: $GENERATE 1-9 host-$ A 192.0.2.$",
	}},
	{"$GENERATE 2-1 a$ A 192.0.2.$", []string{
		"4:11+3 - \"2-1\" is no range: that is start-stop or start-stop/step, with start not above stop and a step from 1.",
	}},
	{"$GENERATE 1-2/0 a$ A 192.0.2.$", []string{
		"4:11+5 - \"1-2/0\" is no range: that is start-stop or start-stop/step, with start not above stop and a step from 1.",
	}},
	{"$GENERATE x a$ A 192.0.2.$", []string{
		"4:11+1 - \"x\" is no range: that is start-stop or start-stop/step, with start not above stop and a step from 1.",
	}},
	{"$GENERATE 1-2 a$ FOO 192.0.2.$", []string{
		"4:18+3 - \"FOO\" is no record type that is known here. A type that is not known is written as TYPE with its number (RFC 3597).",
	}},
	{"$GENERATE 1-2 a$ SOA a b 1 2 3 4 5", []string{
		"4:18+3 - $GENERATE cannot make SOA records: a zone has one.",
	}},
	{"$GENERATE 1-2 a$ CH A 192.0.2.$", []string{
		"4:18+2 - Class CH in a zone of class IN: name servers refuse the zone. Write IN or leave the class out.",
	}},
	{"$GENERATE 255-256 a$ A 192.0.2.$", []string{
		"4:24+9 - With the number 256: \"192.0.2.256\" is not an IPv4 address.",
	}},
	{"$GENERATE 1-2 a..$ A 192.0.2.$", []string{
		"4:15+4 - \"a..1\" is no domain name: empty label: two dots in a row.",
	}},
	{"$GENERATE 1-2 a$ A 192.0.2.${x}", []string{
		"4:20+12 - \"192.0.2.${x}\" has a malformed ${...}: that is ${offset,width,base} with a base of d, o, x, X, n or N.",
	}},
	{"$GENERATE 1-2 a${0,3,q} A 192.0.2.$", []string{
		"4:15+9 - \"a${0,3,q}\" has a malformed ${...}: that is ${offset,width,base} with a base of d, o, x, X, n or N.",
	}},
	{"$GENERATE 1-200000 a$ A 192.0.2.1", []string{
		"4:11+8 This $GENERATE makes 200000 records, and all together may make 100000 here (--max-generate), so it was left out.",
	}},
	{"$GENERATE 4294967294-4294967295 a$ A 192.0.2.1", []string{
		"4:11+21 - \"4294967294-4294967295\" is no range: BIND takes numbers up to 2147483647.",
	}},
	{"$GENERATE 1-2 a$ ( A 192.0.2.$ )", []string{
		"4:18+1 - $GENERATE stands on one line without parentheses; name servers refuse the zone.",
	}},
	{"$GENERATE 1-2 \"a$\" A 192.0.2.$", []string{
		"4:15+4 - \"a$\" stands in quotes, but a domain name is written without them.",
	}},
	{"$GENERATE 1-2 a$ TXT \"\\\"x\"", []string{
		"4:22+5 - With the number 1 these are no record data.",
	}},
	{"$GENERATE 1-2 a$ TXT {255x}$", []string{
		"4:22+256 This makes a string of more than 255 octets, which is the most that a character-string holds: name servers refuse the zone or cut the text.",
	}},
	{"$GENERATE 1-2 a$ A 192.0.2.$ x", []string{
		"4:20+11 - With the number 1: \"x\" is too much: An A record's data are an IPv4 address.",
	}},
	{"$GENERATE 1-2 a$ 60 IN", []string{
		"4:15+8 - This entry has no record type. A record is an owner, a TTL, a class, a type and its data.",
	}},
	{"a TXT \"open\n A 192.0.2.1\n", []string{
		"4:7+5 -a/TXT This quoted string is not closed before the end of the line; name servers refuse the zone. Add the closing quote.",
	}},
	{"a..b A 192.0.2.1\n A 192.0.2.2\n TXT x\nc A 192.0.2.3", []string{
		"4:1+4 -/A \"a..b\" is no domain name: empty label: two dots in a row.",
	}},
	{"$ORIGIN a..b\nx A 192.0.2.1\n$ORIGIN sub\ny A 192.0.2.1\n$INCLUDE f\n$GENERATE 1-2 a$ A 192.0.2.$\n$ORIGIN example.com.\nz A 192.0.2.1", []string{
		"4:9+4 \"a..b\" is no domain name: empty label: two dots in a row.",
	}},
	{"a A 1\nb A 2\nc MX x\nd FOO\ne A 192.0.2.1", []string{
		"4:5+1 -a/A \"1\" is not an IPv4 address.",
		"5:5+1 -b/A \"2\" is not an IPv4 address.",
		"6:6+1 -c/MX An MX record's data are a preference, a host name; a host name is missing.",
		"7:3+3 -d \"FOO\" is no record type that is known here. A type that is not known is written as TYPE with its number (RFC 3597).",
	}},
	{"a \"IN\" A 192.0.2.1", []string{
		"4:3+4 -a \"IN\" stands in quotes where a TTL, a class or a type is expected; those are written without.",
	}},
	{"a TXT \"x\\2", []string{
		"4:7+4 -a/TXT This quoted string is not closed before the end of the line; name servers refuse the zone. Add the closing quote.",
	}},
	{"a TXT \"x\\25\"", []string{
		"4:9+3 -a/TXT This backslash is followed by digits that are no octet: \\DDD takes three digits, up to 255 (RFC 1035, section 5.1). A backslash itself is written \\\\.",
	}},
	{"$ORIGIN ( a", []string{
		"4:9+1 This parenthesis is never closed, so the entry has no end. Add the closing parenthesis.",
	}},
	{"$TTL \"x", []string{
		"4:6+2 This quoted string is not closed before the end of the line; name servers refuse the zone. Add the closing quote.",
	}},
	{"$GENERATE 1-2 \"x", []string{
		"4:15+2 - This quoted string is not closed before the end of the line; name servers refuse the zone. Add the closing quote.",
	}},
	{"a CH A 192.0.2.1", []string{
		"4:3+2 -a/A Class CH in a zone of class IN: name servers refuse the zone. Write IN or leave the class out.",
	}},
	{"a (\n A 192.0.2.1\nb A 192.0.2.2", []string{
		"4:3+1 -a This parenthesis is never closed, so the entry has no end. Add the closing parenthesis.",
	}},
	{"a (\n 60 A 192.0.2.1\n MX 10 b", []string{
		"4:3+1 -a This parenthesis is never closed, so the entry has no end. Add the closing parenthesis.",
	}},
	{"$GENERATE 1-2 a$ MX 10 b$ ; two", []string{
		"4:21+5 The data of this $GENERATE are several words, as PowerDNS takes them; BIND takes one and refuses the zone. Put them in quotes.",
	}},
	{"a MX 10 (\n b\n c )", []string{
		"6:2+1 -a/MX \"c\" is too much: An MX record's data are a preference, a host name.",
	}},
}

func TestProblems(t *testing.T) {
	for _, tt := range problemTests {
		z := mustParse(t, head+repeated(tt.lines)+"\n")
		var got []string
		for _, p := range z.Problems {
			got = append(got, problem(p))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s\ngot  %q\nwant %q", tt.lines, got, tt.want)
		}
	}
}
