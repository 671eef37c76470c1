package powerdns

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/zone"
)

// wireZone is what matters of a zone object.
type wireZone struct {
	Name      string   `json:"name"`
	Kind      string   `json:"kind"`
	Masters   []string `json:"masters"`
	Presigned bool     `json:"presigned"`
	RRsets    *[]rrset `json:"rrsets"`
}

// rrset is an RRset as the API tells it and, with a changetype, takes it.
type rrset struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	TTL     uint32   `json:"ttl,omitempty"`
	Change  string   `json:"changetype,omitempty"`
	Records []record `json:"records,omitempty"`
	// Comments stay as they are where none are sent.
	Comments []json.RawMessage `json:"comments,omitempty"`
}

// record is a record of an RRset. A disabled one is kept and not served.
type record struct {
	Content  string `json:"content"`
	Disabled bool   `json:"disabled"`
}

// extras are what the API knows of an RRset beyond DNS. Each of its items has
// them, for the day on which the RRset is to come again.
type extras struct {
	Comments []json.RawMessage `json:"comments"`
}

// Types that PowerDNS alone has: it works out others from them.
const (
	typeALIAS = "ALIAS" // addresses of another name
	typeLUA   = "LUA"   // the result of a program, of the type that its content begins with
)

// readOnly says why the zone must not be written; "" if it may.
func (w *wireZone) readOnly() string {
	switch strings.ToLower(w.Kind) {
	case "slave", "secondary", "consumer":
		from := ""
		if len(w.Masters) > 0 {
			from = " from " + rest.Clean(strings.Join(w.Masters, ", "))
		}
		return "this server copies the zone" + from + "; change it there"
	}
	signed := w.RRsets != nil && slices.ContainsFunc(*w.RRsets, func(s rrset) bool { return s.Type == "RRSIG" })
	if w.Presigned || signed {
		return "the zone was signed before this server got it, so that a change would break its signatures; change it where it is signed"
	}
	return ""
}

// key returns the name and type of the RRset.
func (s rrset) key() (zone.Key, error) {
	n, err := zone.ParseName(s.Name, zone.Root)
	if err != nil {
		return zone.Key{}, fmt.Errorf("owner %q: %w", rest.Clean(s.Name), err)
	}
	t, ok := zone.ParseType(s.Type)
	if !ok {
		return zone.Key{Name: n}, fmt.Errorf("type %q is not known", rest.Clean(s.Type))
	}
	return zone.Key{Name: n, Type: t}, nil
}

// items reads the records that are served.
func (s rrset) items(apex zone.Name) (items []providers.Item, unread []providers.Unread) {
	var raw json.RawMessage
	if len(s.Comments) > 0 {
		raw, _ = json.Marshal(extras{s.Comments}) // which were JSON before
	}
	k, err := s.key()
	if err == nil && !k.Name.Within(apex) {
		err = fmt.Errorf("owner %s lies outside the zone", k.Name)
		k.Name = ""
	}
	for _, r := range s.Records {
		switch {
		case r.Disabled:
			continue
		case s.Type == typeALIAS || s.Type == typeLUA:
			unread = append(unread, computed(k.Name, s.Type, r.Content)...)
			continue
		case err != nil:
			unread = append(unread, providers.Unread{Name: k.Name, Type: k.Type, Reason: rest.Clean(err.Error())})
			continue
		}
		rr, err := providers.ParseRecord(k.Name, k.Type, s.TTL, r.Content)
		if err != nil {
			unread = append(unread, providers.Unread{Name: k.Name, Type: k.Type, Reason: rest.Clean(err.Error())})
			continue
		}
		items = append(items, providers.Item{Record: rr, Raw: raw})
	}
	return items, unread
}

// computed says what is not known of a name for which PowerDNS works records
// out.
func computed(name zone.Name, typ, content string) []providers.Unread {
	if typ == typeALIAS {
		reason := "PowerDNS answers with the addresses of " + rest.Clean(content) + ", since there is an ALIAS record"
		return []providers.Unread{
			{Name: name, Type: zone.TypeA, Reason: reason, Computed: true},
			{Name: name, Type: zone.TypeAAAA, Reason: reason, Computed: true},
		}
	}
	what, _, _ := strings.Cut(content, " ")
	t, _ := zone.ParseType(what)
	if t == zone.Type(dns.TypeANY) {
		t = 0
	}
	return []providers.Unread{{Name: name, Type: t, Reason: "PowerDNS works the records out with a LUA record", Computed: true}}
}
