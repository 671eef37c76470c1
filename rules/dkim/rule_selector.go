package dkim

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var sameKey = &rules.Rule{
	ID:       "dkim-same-key",
	Severity: rules.Info,
	Summary:  "two selectors of a domain have the same key",
	What:     "The same public key stands at two selectors of one domain.",
	Why:      "Selectors are there to change keys. With the same key under both, a change of selector changes nothing: a private key that leaks can sign under either.",
	Bad: "s1._domainkey IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n" +
		"s2._domainkey IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
	Good: goodKey + "s2._domainkey IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
	Refs: []string{"RFC 6376, section 3.1"},
	Run: rules.On(Sets, func(p *rules.Pass, s *Set) {
		if s.Twin == "" {
			return
		}
		e := &s.Entries[0]
		t := e.DKIM.Tag('p')
		p.Report(rules.At(e.Record, zone.TextPart(t.Value.From, t.Value.To),
			fmt.Sprintf("This key stands at %s as well, so changing the selector would not change the key. Make a key for each selector.", s.Twin)))
	}),
}

// practices is the TXT records that state a domain's signing practices.
var practices = &rules.Subject[zone.Record]{Each: func(p *rules.Pass, visit func(zone.Record)) {
	stated := func(n zone.Name) bool { return strings.HasPrefix(string(n), "\x05_adsp"+label) }
	for r := range p.Zone.OfTypeAt(zone.TypeTXT, stated) {
		if p.Zone.Cut(r.Name) == "" {
			visit(r)
		}
	}
}}

var adsp = &rules.Rule{
	ID:       "dkim-adsp",
	Severity: rules.Warning,
	Summary:  "a domain has an ADSP record, which nobody reads any more",
	What:     "A TXT record stands at _adsp._domainkey. Author Domain Signing Practices are historic since 2013.",
	Why:      "Receivers do not look for it, so what it says has no effect. DMARC takes its place.",
	Bad:      "_adsp._domainkey IN TXT \"dkim=all\"\n",
	Good:     "_dmarc IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@example.com\"\n",
	Refs:     []string{"RFC 5617, section 4.2.1", "https://datatracker.ietf.org/doc/status-change-adsp-rfc5617-to-historic/"},
	Fix:      rules.Unsafe,
	Run: rules.On(practices, func(p *rules.Pass, r zone.Record) {
		if text := r.TextPrefix(40); !strings.HasPrefix(strings.ToLower(strings.TrimLeft(text, " \t")), "dkim") {
			return
		}
		p.Report(rules.At(r, zone.Part{Kind: zone.PartRData}, fmt.Sprintf("%s states practices by ADSP, which receivers no longer read. Say the same with DMARC and remove it.", r.Name)).
			WithFix(rules.Unsafe, "remove the ADSP record", zone.Remove(r)))
	}),
}

// outbound is the TXT records that state a domain's policy by DomainKeys, the
// forerunner of DKIM, or by the drafts that ADSP came of.
var outbound = &rules.Subject[zone.Record]{Each: func(p *rules.Pass, visit func(zone.Record)) {
	stated := func(name zone.Name) bool {
		n := string(name)
		return strings.HasPrefix(n, label) || strings.HasPrefix(n, "\x07_policy"+label) || strings.HasPrefix(n, "\x04_ssp"+label)
	}
	for r := range p.Zone.OfTypeAt(zone.TypeTXT, stated) {
		if p.Zone.Cut(r.Name) == "" {
			visit(r)
		}
	}
}}

var domainKeys = &rules.Rule{
	ID:       "dkim-domainkeys-policy",
	Severity: rules.Info,
	Summary:  "a domain has a DomainKeys policy, which nobody reads any more",
	What:     "A TXT record at _domainkey, or at _policy or _ssp below it, states a policy by DomainKeys (o=~, o=-) or by a draft of signing practices (dkim=all).",
	Why:      "DKIM has replaced DomainKeys in 2007, and receivers do not look for its policy. DMARC takes its place.",
	Bad:      "_domainkey IN TXT \"t=y; o=~;\"\n",
	Good:     "_dmarc IN TXT \"v=DMARC1; p=none; rua=mailto:dmarc@example.com\"\n",
	Refs:     []string{"RFC 4870, section 3.6", "RFC 6376, section 3.6.2.1"},
	Fix:      rules.Unsafe,
	Run: rules.On(outbound, func(p *rules.Pass, r zone.Record) {
		for t := range strings.SplitSeq(strings.ToLower(r.TextPrefix(120)), ";") {
			name, value, _ := strings.Cut(t, "=")
			name, value = strings.TrimSpace(name), strings.TrimSpace(value)
			if name == "o" && len(value) == 1 || name == "dkim" && value != "" {
				p.Report(rules.At(r, zone.Part{Kind: zone.PartRData}, fmt.Sprintf("%s states a policy by a forerunner of DKIM, which receivers no longer read. Say the same with DMARC and remove it.", r.Name)).
					WithFix(rules.Unsafe, "remove the policy", zone.Remove(r)))
				return
			}
		}
	}),
}
