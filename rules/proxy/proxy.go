// Package proxy finds hosts of mail behind a proxy for web traffic. Which
// records are proxied is no matter of DNS: it stands in the comments that
// Cloudflare writes into its exports of a zone, and that a zone read from
// Cloudflare has too.
package proxy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// mark is in the comment of a proxied record: "cf_tags=cf-proxied:true".
const mark = "cf-proxied:true"

// Rules returns the rules of this package.
func Rules() []*rules.Rule { return []*rules.Rule{mailHost} }

var mailHost = &rules.Rule{
	ID:       "provider-proxied-mail-host",
	Severity: rules.Warning,
	Summary:  "a host of mail is behind a proxy for web traffic",
	What: "An MX, SRV or SPF record names a host whose address record is proxied at Cloudflare, or a proxied CNAME record stands where mail looks for a TXT record. " +
		"A zone at Cloudflare tells it, and so does the comment cf_tags=cf-proxied:true in a file that was exported from there. The CNAME record is an error.",
	Why: "The DNS then answers with addresses of the proxy, which takes web traffic alone. For MX and SRV records Cloudflare makes up another name with the real address (_dc-mx, dc-), " +
		"which no certificate and no MTA-STS policy covers. SPF allows the proxy to send in place of the host, and a proxied CNAME leads to no DKIM key.",
	Bad:  "@ IN MX 10 mail\nmail IN A 192.0.2.25 ; cf_tags=cf-proxied:true\n",
	Good: "@ IN MX 10 mail\nmail IN A 192.0.2.25 ; cf_tags=cf-proxied:false\nwww IN A 192.0.2.80 ; cf_tags=cf-proxied:true\n",
	Refs: []string{"RFC 5321, section 5.1", "RFC 7208, section 5.3", "RFC 6186, section 3.1", "https://developers.cloudflare.com/dns/troubleshooting/email-issues/"},
	Fix:  rules.Manual,
	Run:  rules.On(hosts, check),
}

// use says what mail needs a host for.
type use int

const (
	useMX   use = iota // senders deliver to it (RFC 5321, section 5.1)
	useSRV             // mail programs fetch and submit there (RFC 6186)
	useSPF             // its addresses may send (RFC 7208, section 5.3)
	useText            // a TXT record is looked up there: DKIM, DMARC and the like
)

// host is a host name that mail uses and that a proxy answers for.
type host struct {
	name zone.Name
	// record is the proxied record that answers for the host: at its name, at a
	// wildcard, or at the end of its aliases.
	record zone.Record
	use    use
	by     zone.Record // names the host; for useText the record itself
}

func check(p *rules.Pass, h host) {
	var what string
	switch h.use {
	case useMX:
		what = fmt.Sprintf("%s takes the mail of %s and is proxied by Cloudflare, whose proxy takes web traffic only: senders are told another name for it (_dc-mx), which its certificate and an MTA-STS policy do not cover.", h.name, h.by.Name)
	case useSRV:
		what = fmt.Sprintf("%s serves %s and is proxied by Cloudflare, whose proxy takes web traffic only: mail programs are told another name for it (dc-), which its certificate does not cover, and those that are set up with its own name cannot connect.", h.name, h.by.Name)
	case useSPF:
		what = fmt.Sprintf("The SPF record of %s names %s, which is proxied by Cloudflare: what it allows to send are the addresses of the proxy and not the host, whose mail fails SPF.", h.by.Name, h.name)
	case useText:
		what = fmt.Sprintf("%s is proxied by Cloudflare: receivers who ask for its TXT record are not led to %s and find none.", h.name, h.record.Target())
	}
	f := rules.At(h.record, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf("%s Set the %s record of %s to DNS only.", what, h.record.Type, h.record.Name))
	if h.use != useText {
		f.Related = []rules.Related{{Span: h.by.Span(zone.Part{Kind: zone.PartRecord}), Message: "names the host"}}
	}
	if h.use == useText {
		f = f.As(rules.Error)
	}
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("set the %s record of %s to DNS only", h.record.Type, h.record.Name)))
}

// textLabels mark names at which mail looks for TXT records.
var textLabels = []string{"_domainkey", "_dmarc", "_mta-sts", "_tls", "_bimi", "_report"}

// mailServices are the services whose protocols the proxy does not carry.
var mailServices = []string{"_submission", "_submissions", "_smtps", "_imap", "_imaps", "_pop3", "_pop3s", "_sieve"}

// hosts are the proxied hosts that mail uses, each once for a use.
var hosts = &rules.Subject[host]{Each: func(p *rules.Pass, visit func(host)) {
	if p.Zone.Source == nil || len(p.Zone.Source.Comments(mark)) == 0 {
		return
	}
	f := &finder{zone: p.Zone, visit: visit, seen: map[key]bool{}}
	for r := range p.Zone.OfType(zone.TypeMX) {
		f.add(useMX, r.Target(), r)
	}
	for r := range p.Zone.OfType(zone.TypeSRV) {
		if slices.Contains(mailServices, strings.ToLower(r.Name.Label())) {
			f.add(useSRV, r.Target(), r)
		}
	}
	for r := range p.Zone.OfType(zone.TypeTXT) {
		for _, h := range spfHosts(r) {
			f.add(useSPF, h, r)
		}
	}
	for r := range p.Zone.OfType(zone.TypeCNAME) {
		if proxied(r) && slices.ContainsFunc(r.Name.Labels(), func(l string) bool { return slices.Contains(textLabels, strings.ToLower(l)) }) {
			f.add(useText, r.Name, r)
		}
	}
}}

func proxied(r zone.Record) bool { return strings.Contains(r.Comment(), mark) }

type key struct {
	name zone.Name
	use  use
}

type finder struct {
	zone  *zone.Zone
	visit func(host)
	seen  map[key]bool
}

// add looks whether a host is proxied. It follows aliases within the zone.
func (f *finder) add(use use, name zone.Name, by zone.Record) {
	if f.seen[key{name, use}] {
		return
	}
	f.seen[key{name, use}] = true
	at := name
	for range 8 {
		n, ok := f.zone.NodeFor(at)
		if !ok {
			return
		}
		for _, t := range [...]zone.Type{zone.TypeA, zone.TypeAAAA, zone.TypeCNAME} {
			for r := range n.Of(t) {
				if proxied(r) {
					f.visit(host{name: name, record: r, use: use, by: by})
					return
				}
			}
		}
		alias := n.RRset(zone.TypeCNAME)
		if len(alias) != 1 {
			return
		}
		at = alias[0].Target()
	}
}

// spfHosts returns the hosts whose addresses an SPF record allows to send: the
// arguments of its "a" mechanisms (RFC 7208, section 5.3), without those that
// hold macros.
func spfHosts(r zone.Record) []zone.Name {
	const version = "v=spf1 "
	if !strings.EqualFold(r.TextPrefix(len(version)), version) {
		return nil
	}
	var out []zone.Name
	for t := range strings.SplitSeq(strings.ToLower(r.Text()[len(version):]), " ") {
		t, _, _ = strings.Cut(strings.TrimLeft(t, "+"), "/")
		switch {
		case t == "a":
			out = append(out, r.Name)
		case strings.HasPrefix(t, "a:") && !strings.Contains(t, "%"):
			if n, err := zone.ParseName(t[2:], zone.Root); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}
