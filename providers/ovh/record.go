package ovh

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/names"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/zone"
)

// record is a record in the API. The TTL 0 leaves it to the zone.
type record struct {
	ID        int64  `json:"id,omitempty"`
	Type      string `json:"fieldType,omitempty"`
	SubDomain string `json:"subDomain"`
	Target    string `json:"target"`
	TTL       uint32 `json:"ttl"`
}

// texts are types of OVHcloud's own for what is a TXT record in DNS.
var texts = map[string]bool{"SPF": true, "DKIM": true, "DMARC": true}

// dnsType is the type that the record has in DNS.
func (r record) dnsType() (zone.Type, bool) {
	if texts[r.Type] {
		return zone.TypeTXT, true
	}
	return zone.ParseType(r.Type)
}

// addTo adds the record to a snapshot.
func (r record) addTo(s *providers.Snapshot) error {
	owner, err := names.Owner(r.SubDomain, s.Apex)
	if err != nil {
		return err
	}
	t, ok := r.dnsType()
	if !ok {
		s.Unread = append(s.Unread, names.Computed(owner, r.Type, r.Target)...)
		return nil
	}
	it, err := r.item(s.Apex)
	if err != nil {
		s.Unread = append(s.Unread, providers.Unread{Name: owner, Type: t, Reason: rest.Clean(err.Error())})
		return nil
	}
	s.Items = append(s.Items, it)
	return nil
}

// item reads the record, whose target is as in a master file, but for texts
// that were written without quotes.
func (r record) item(z zone.Name) (providers.Item, error) {
	owner, err := names.Owner(r.SubDomain, z)
	if err != nil {
		return providers.Item{}, err
	}
	t, ok := r.dnsType()
	if !ok {
		return providers.Item{}, fmt.Errorf("type %q is not known", rest.Clean(r.Type))
	}
	it := providers.Item{ID: strconv.FormatInt(r.ID, 10), Auto: r.TTL == 0}
	ttl := r.TTL
	if it.Auto {
		ttl = defaultTTL
	}
	if t == zone.TypeTXT && !strings.HasPrefix(r.Target, `"`) {
		if strings.ContainsAny(r.Target, `"\`) {
			return it, fmt.Errorf("a text with quotes or backslashes and none around it: %s", r.Target)
		}
		it.Record = zone.NewTXT(owner, ttl, r.Target)
		return it, nil
	}
	it.Record, err = providers.ParseRelative(owner, t, ttl, r.Target, z)
	return it, err
}

// newRecord writes a record, without its type.
func newRecord(it providers.Item, z zone.Name) (record, error) {
	r := it.Record
	out := record{SubDomain: r.Name.Relative(z), Target: r.RData(), TTL: r.TTL}
	if out.SubDomain == "@" {
		out.SubDomain = ""
	}
	if it.Auto {
		out.TTL = 0
	}
	if strings.Contains(out.SubDomain, `\`) {
		return out, fmt.Errorf("%w: the name %s", providers.ErrUnsupported, r.Name)
	}
	return out, nil
}
