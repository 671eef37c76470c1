package masterfile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone/masterfile"
)

// hosted returns a zone of a hosted-mail domain, about 25 records.
func hosted(domain string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "; %s - hosted mail domain\n$ORIGIN %s.\n$TTL 3600\n", domain, domain)
	b.WriteString("@\tIN SOA ns1.dns.example. hostmaster.dns.example. (\n\t\t2026020232\t; serial\n\t\t7200\t\t; refresh\n\t\t3600\n\t\t1209600\n\t\t3600 )\t\t; minimum\n")
	b.WriteString("@                        IN\tNS\tns1.dns.example.\n                         IN\tNS\tns2.dns.example.\n")
	fmt.Fprintf(&b, "@                        IN\tA\t192.0.2.%d\n@ IN AAAA 2001:db8:81f2:1e6::%x\nwww 3600 IN CNAME @\n", n%256, n%65536)
	b.WriteString("@ IN MX 10 mx1.mail.example.\t; primary\n@ IN MX 20 mx2.mail.example.\n")
	b.WriteString("@ IN TXT \"v=spf1 include:_spf.mail.example -all\"\n@ IN TXT \"google-site-verification=Ud2LjtoCJh_-ZK9G3A0WYg41uhwFFVs7bKGDfSELSig\"\n@ IN CAA 0 issue \"ca19.example\"\n")
	fmt.Fprintf(&b, "_dmarc IN TXT \"v=DMARC1; p=quarantine; rua=mailto:dmarc@%s\"\n", domain)
	fmt.Fprintf(&b, "mail._domainkey IN TXT ( \"v=DKIM1; k=rsa; p=%s\"\n\t\"%s\" )\n", strings.Repeat("MIIBIjAN", 29), strings.Repeat("qhkiG9w0", 20))
	for _, h := range []string{"autoconfig", "autodiscover", "imap", "pop", "smtp", "webmail"} {
		fmt.Fprintf(&b, "%-24s IN\tCNAME\t%s.mail.example.\n", h, h)
	}
	b.WriteString("_imaps._tcp IN SRV 0 1 993 imap.mail.example.\n_submission._tcp IN SRV 0 1 587 smtp.mail.example.\n_mta-sts IN TXT \"v=STSv1; id=2026883986\"\n_smtp._tls IN TXT \"v=TLSRPTv1; rua=mailto:tls@mail.example\"\n")
	return b.String()
}

// large returns one zone of about the given number of records.
func large(records int) string {
	var b strings.Builder
	b.WriteString("$ORIGIN big.example.\n$TTL 3600\n@ IN SOA ns1 host 1 2 3 4 5\n")
	for i := 0; i < records; i += 5 {
		fmt.Fprintf(&b, "customer-%d\t1800\tIN\tA\t10.%d.%d.%d\n", i, i>>16&255, i>>8&255, i&255)
		fmt.Fprintf(&b, "                        IN\tAAAA\t2001:db8:%x:%x::1\n", i>>16, i&65535)
		fmt.Fprintf(&b, "\tMX\t10 mx1.mail.example.\n\tTXT\t\"v=spf1 mx include:_spf.mail.example -all\"\nwww.customer-%d\tIN\tCNAME\tcustomer-%d\n", i, i)
	}
	return b.String()
}

func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct {
		name, src string
	}{{"hosted25", hosted("a.example", 1)}, {"large100k", large(100_000)}} {
		b.Run(bench.name, func(b *testing.B) {
			src := []byte(bench.src)
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			records := 0
			for b.Loop() {
				z, err := masterfile.Parse("bench.zone", src, masterfile.Options{})
				if err != nil {
					b.Fatal(err)
				}
				records = z.Len()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
		})
	}
}

func BenchmarkLexer(b *testing.B) {
	src := []byte(large(100_000))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		l := masterfile.NewLexer(src)
		for _, ok := l.Next(); ok; _, ok = l.Next() {
		}
	}
}
