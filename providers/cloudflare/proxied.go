package cloudflare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// Use says what mail needs a host for.
type Use string

// The uses.
const (
	UseMX   Use = "MX"   // senders deliver to it (RFC 5321, section 5)
	UseSRV  Use = "SRV"  // mail programs fetch and submit there (RFC 6186)
	UseSPF  Use = "SPF"  // its addresses may send (RFC 7208, section 5.3)
	UseText Use = "text" // receivers look a TXT record up there: DKIM, DMARC and the like
)

// ProxiedHost is a host name that mail uses while Cloudflare answers for it
// with addresses of its own proxy, which carries web traffic alone.
type ProxiedHost struct {
	// Name is the host, Record the proxied record that answers for it: at the
	// name itself, at a wildcard, or at the end of its aliases. ID is its id.
	Name   zone.Name
	Record zone.Record
	ID     string
	Use    Use
	// By is the record that names the host; for UseText the record itself.
	By zone.Record
}

// Message says what was seen, what follows for mail, and what to do.
func (h ProxiedHost) Message() string {
	var what string
	switch h.Use {
	case UseMX:
		what = fmt.Sprintf("%s takes the mail of %s and is proxied by Cloudflare, whose proxy takes web traffic only: senders do not reach it under its own name, which its certificate and an MTA-STS policy are for.", h.Name, h.By.Name)
	case UseSRV:
		what = fmt.Sprintf("%s serves %s and is proxied by Cloudflare, whose proxy takes web traffic only: mail programs cannot connect to it.", h.Name, h.By.Name)
	case UseSPF:
		what = fmt.Sprintf("The SPF record of %s names %s, which is proxied by Cloudflare: what it allows to send are the addresses of the proxy and not the host, whose mail fails SPF.", h.By.Name, h.Name)
	case UseText:
		what = fmt.Sprintf("%s is proxied by Cloudflare: receivers who ask for its TXT record are not led to %s and find none.", h.Name, h.Record.Target())
	}
	return fmt.Sprintf("%s Set the %s record of %s to DNS only.", what, h.Record.Type, h.Record.Name)
}

// textLabels mark names at which mail looks for TXT records.
var textLabels = []string{"_domainkey", "_dmarc", "_mta-sts", "_tls", "_bimi", "_report"}

// mailServices are the services whose protocols the proxy does not carry.
var mailServices = []string{"_submission", "_submissions", "_smtps", "_imap", "_imaps", "_pop3", "_pop3s", "_sieve"}

// ProxiedMailHosts returns the proxied hosts that mail uses, in the order of
// the records that name them, each once for a use.
func ProxiedMailHosts(s *providers.Snapshot) []ProxiedHost {
	f := &proxyFinder{zone: s.Zone(), byName: map[zone.Name]providers.Item{}, seen: map[ProxiedHost]bool{}}
	for _, it := range s.Items {
		if _, ok := f.byName[it.Record.Name]; !ok && proxied(it) {
			f.byName[it.Record.Name] = it
		}
	}
	if len(f.byName) == 0 {
		return nil
	}
	for _, it := range s.Items {
		r := it.Record
		switch r.Type {
		case zone.TypeMX:
			f.add(UseMX, r.Target(), r)
		case zone.TypeSRV:
			if slices.Contains(mailServices, r.Name.Label()) {
				f.add(UseSRV, r.Target(), r)
			}
		case zone.TypeTXT:
			for _, host := range spfHosts(r) {
				f.add(UseSPF, host, r)
			}
		case zone.TypeCNAME:
			if proxied(it) && slices.ContainsFunc(r.Name.Labels(), func(l string) bool { return slices.Contains(textLabels, l) }) {
				f.add(UseText, r.Name, r)
			}
		}
	}
	return f.found
}

type proxyFinder struct {
	zone   *zone.Zone
	byName map[zone.Name]providers.Item // the proxied record of an owner
	seen   map[ProxiedHost]bool
	found  []ProxiedHost
}

// add looks whether a host is proxied. It follows aliases within the zone.
func (f *proxyFinder) add(use Use, host zone.Name, by zone.Record) {
	at := host
	for range 8 {
		n, ok := f.zone.NodeFor(at)
		if !ok {
			return
		}
		if it, ok := f.byName[n.Name()]; ok {
			h := ProxiedHost{Name: host, Record: it.Record, ID: it.ID, Use: use}
			if !f.seen[h] {
				f.seen[h] = true
				h.By = by
				f.found = append(f.found, h)
			}
			return
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
	terms := strings.Split(strings.ToLower(r.Text()), " ")
	if terms[0] != "v=spf1" {
		return nil
	}
	var out []zone.Name
	for _, t := range terms[1:] {
		t, _, _ = strings.Cut(strings.TrimLeft(t, "+"), "/")
		switch {
		case t == "a":
			out = append(out, r.Name)
		case strings.HasPrefix(t, "a:") && !strings.Contains(t, "%"):
			if n, err := parseName(t[2:]); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}
