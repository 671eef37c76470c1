// Package workload makes zones for measuring speed: one large zone, and many
// small ones of hosted-mail domains. The same arguments give the same bytes.
package workload

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
)

var (
	firsts  = strings.Fields("acme north south east west blue green red silver golden river lake mountain valley forest harbor bridge castle market garden kitchen coffee bread music paper stone glass steel copper solar wind cloud pixel logic alpha beta delta prime grand urban smart swift bright lucky noble modern vintage orion vega nova luna terra polar baltic alpine")
	seconds = strings.Fields("bakery dental clinic studio law consult media design print photo travel hotel cafe bistro farm dairy winery florist salon yoga gym motors garage tools hardware logistics freight storage realty rental finance insurance pharmacy optics pets toys games books tickets school academy museum gallery cinema radio press labs systems networks software apps energy plumbing paint")
	hosts   = strings.Fields("app api shop blog dev stage cdn img vpn gw db cache git ci wiki docs portal sso backup nas intranet crm")
)

// writer writes records and counts them.
type writer struct {
	*bufio.Writer
	rnd     *rand.Rand
	records int
}

// names hands out labels, each once.
type names struct {
	rnd  *rand.Rand
	seen map[string]int
}

func (n *names) next() string {
	base := firsts[n.rnd.IntN(len(firsts))] + "-" + seconds[n.rnd.IntN(len(seconds))]
	n.seen[base]++
	if c := n.seen[base]; c > 1 {
		return fmt.Sprintf("%s-%d", base, c)
	}
	return base
}

func (w *writer) record(format string, args ...any) {
	w.records++
	fmt.Fprintf(w, format+"\n", args...)
}

func (w *writer) ipv4() string {
	return fmt.Sprintf("10.%d.%d.%d", w.rnd.IntN(256), w.rnd.IntN(256), 1+w.rnd.IntN(254))
}

func (w *writer) ipv6() string {
	return fmt.Sprintf("2001:db8:%x:%x::%x", w.rnd.IntN(65536), w.rnd.IntN(65536), 1+w.rnd.IntN(65535))
}

// key returns a DKIM record with a public key of 2048 bits in two strings. It
// has the form of a SubjectPublicKeyInfo (RFC 5280, section 4.1); its modulus
// is random and odd, not a product of two primes.
func (w *writer) key() (first, second string) {
	der := []byte("\x30\x82\x01\x22\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x82\x01\x0f\x00\x30\x82\x01\x0a\x02\x82\x01\x01\x00")
	modulus := make([]byte, 256)
	for i := range modulus {
		modulus[i] = byte(w.rnd.IntN(256))
	}
	modulus[0] |= 0x80
	modulus[255] |= 1
	der = append(append(der, modulus...), 2, 3, 1, 0, 1)
	s := "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
	return s[:255], s[255:]
}

// Large writes one zone of at least the given number of records, in which
// every third customer has mail. It is clean: no rule finds an error in it.
func Large(out io.Writer, records int) error {
	w := &writer{Writer: bufio.NewWriterSize(out, 1<<16), rnd: rand.New(rand.NewPCG(1, 2))}
	ns := &names{w.rnd, map[string]int{}}
	const zone = "bigmail.example."
	fmt.Fprintf(w, "; zone %s\n$TTL 3600\n$ORIGIN %s\n", zone, zone)
	w.record("@\tIN\tSOA\tns1.%s hostmaster.%s (\n\t\t\t2026112101 ; serial\n\t\t\t4h         ; refresh\n\t\t\t1h         ; retry\n\t\t\t2w         ; expire\n\t\t\t1h )       ; minimum", zone, zone)
	w.record("\tIN\tNS\tns1")
	w.record("\tIN\tNS\tns2")
	w.record("@\tMX\t10 mx1")
	w.record("@\tMX\t20 mx2")
	w.record("@\tTXT\t\"v=spf1 mx ip4:10.0.0.0/24 include:_spf.mail-hosting.example -all\"")
	w.record("_dmarc\tTXT\t\"v=DMARC1; p=reject; rua=mailto:dmarc@bigmail.example\"")
	for _, h := range []string{"ns1", "ns2", "mx1", "mx2", "mx3", "mx4", "imap", "smtp", "web"} {
		w.record("%s\t1800\tA\t%s", h, w.ipv4())
	}
	for region := 0; w.records < records; region++ {
		origin := fmt.Sprintf("eu%d.%s", region, zone)
		fmt.Fprintf(w, "\n; ---- region %d ----\n$ORIGIN %s\n", region, origin)
		for i := 0; i < 400 && w.records < records; i++ {
			w.customer(ns.next(), origin, zone)
		}
	}
	return w.Flush()
}

// customer writes the records of one name of a large zone.
func (w *writer) customer(c, origin, zone string) {
	w.record("%-24sIN\tA\t%s", c+" ", w.ipv4())
	if w.rnd.IntN(2) == 0 {
		w.record("\tIN\tAAAA\t%s", w.ipv6())
	}
	if w.rnd.IntN(3) == 0 {
		w.record("%s\tIN\tMX\t10 mx%d.%s", c, 1+w.rnd.IntN(2), zone)
		w.record("\t\tMX\t( 20\n\t\t\tmx%d.%s )", 3+w.rnd.IntN(2), zone)
		w.record("\t\tTXT\t\"v=spf1 mx ip4:%s include:_spf.mail-hosting.example ~all\"", w.ipv4())
		w.record("_dmarc.%s\t300\tTXT\t\"v=DMARC1; p=quarantine; rua=mailto:dmarc@%s\"", c, strings.TrimSuffix(origin, "."))
		w.record("s1._domainkey.%s\tCNAME\ts1._domainkey.mail-hosting.example.", c)
		w.record("_submission._tcp.%s\tSRV\t0 1 587 smtp.%s", c, zone)
		w.record("autoconfig.%s\tCNAME\tweb.%s\t; migrated", c, zone)
	}
	if w.rnd.IntN(2) == 0 {
		w.record("www.%s\t1800\tIN\tCNAME\t%s", c, c)
	}
	if w.rnd.IntN(2) == 0 {
		w.record("%s.%s\tIN\tA\t%s", hosts[w.rnd.IntN(len(hosts))], c, w.ipv4())
	}
}

// Small writes the n-th zone of hosted-mail domains, about 25 records, and
// returns its name without a final dot.
func Small(out io.Writer, n int) (name string, err error) {
	w := &writer{Writer: bufio.NewWriterSize(out, 4096), rnd: rand.New(rand.NewPCG(3, uint64(n)))}
	z := fmt.Sprintf("%s-%s-%d.example", firsts[w.rnd.IntN(len(firsts))], seconds[w.rnd.IntN(len(seconds))], n)
	h := fmt.Sprintf("mail-hosting%d.example.", 1+w.rnd.IntN(25))
	fmt.Fprintf(w, "; %s - hosted mail domain\n$ORIGIN %s.\n$TTL 3600\n", z, z)
	w.record("@\tIN SOA ns1.dns-hosting.example. hostmaster.dns-hosting.example. (\n\t\t2026%02d%02d%02d\t; serial\n\t\t7200\t\t; refresh\n\t\t3600\t\t; retry\n\t\t1209600\t\t; expire\n\t\t3600 )\t\t; minimum", 1+w.rnd.IntN(11), 1+w.rnd.IntN(28), w.rnd.IntN(100))
	line := func(owner, typ, format string, args ...any) {
		w.record("%-24s IN\t%s\t%s", owner, typ, fmt.Sprintf(format, args...))
	}
	line("@", "NS", "ns1.dns-hosting.example.")
	line("", "NS", "ns2.dns-hosting.example.")
	line("@", "A", "%s", w.ipv4())
	line("@", "AAAA", "%s", w.ipv6())
	line("www", "CNAME", "@")
	line("@", "MX", "10 mx1.%s\t; primary", h)
	line("@", "MX", "20 mx2.%s", h)
	line("@", "TXT", "\"v=spf1 include:_spf.%s -all\"", strings.TrimSuffix(h, "."))
	line("@", "TXT", "\"site-verification=%x\"", w.rnd.Uint64())
	line("@", "CAA", "0 issue \"ca.example\"")
	line("_dmarc", "TXT", "\"v=DMARC1; p=quarantine; rua=mailto:dmarc@%s; adkim=s\"", z)
	first, second := w.key()
	line("mail._domainkey", "TXT", "( \"%s\"\n\t\t\"%s\" )", first, second)
	for _, host := range []string{"autoconfig", "autodiscover", "imap", "pop", "smtp", "webmail"} {
		line(host, "CNAME", "%s.%s", host, h)
	}
	line("_imaps._tcp", "SRV", "0 1 993 imap.%s", h)
	line("_submission._tcp", "SRV", "0 1 587 smtp.%s", h)
	line("_mta-sts", "TXT", "\"v=STSv1; id=2026%06d\"", w.rnd.IntN(1000000))
	line("mta-sts", "CNAME", "web.dns-hosting.example.")
	line("_smtp._tls", "TXT", "\"v=TLSRPTv1; rua=mailto:tls@%s\"", z)
	return z, w.Flush()
}
