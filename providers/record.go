package providers

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/zone"
)

// identity is what tells the records of a zone apart at a provider: all but the
// TTL. TXT is compared by its octets when joined, since most providers cut the
// strings themselves.
type identity struct {
	name  zone.Name
	typ   zone.Type
	class zone.Class
	data  string
}

func identify(r zone.Record) identity {
	id := identity{r.Name, r.Type, r.Class, r.Data}
	if r.Type == zone.TypeTXT || r.Type == zone.TypeSPF {
		id.data = r.Text()
	}
	return id
}

// SameRecord reports whether two records are the same but for their TTL and
// the way in which a text is cut into strings.
func SameRecord(a, b zone.Record) bool { return identify(a) == identify(b) }

// same is SameRecord with the TTL.
func same(a, b zone.Record) bool { return a.TTL == b.TTL && SameRecord(a, b) }

// sameItem reports whether two items are the same record: as DNS has it, and as
// the provider names it where both say so.
func sameItem(a, b Item) bool {
	return same(a.Record, b.Record) && a.Auto == b.Auto && (a.ID == b.ID || a.ID == "" || b.ID == "")
}

// ParseRecord makes a record of RDATA in presentation format (RFC 1035, section
// 5.1; RFC 3597, section 5), in which names are absolute with or without the
// final dot. It is for backends whose provider speaks that way.
func ParseRecord(name zone.Name, t zone.Type, ttl uint32, rdata string) (zone.Record, error) {
	return ParseRelative(name, t, ttl, rdata, zone.Root)
}

// ParseRelative is ParseRecord for providers that read RDATA as a master file
// does: names without the final dot are relative to the origin.
func ParseRelative(name zone.Name, t zone.Type, ttl uint32, rdata string, origin zone.Name) (zone.Record, error) {
	bad := func(err error) (zone.Record, error) {
		return zone.Record{}, fmt.Errorf("%s %s: RDATA %q: %w", name, t, clip(rdata), err)
	}
	if strings.ContainsAny(rdata, "\n\r\x00") {
		return bad(errors.New("a line break or NUL"))
	}
	zp := dns.NewZoneParser(strings.NewReader(fmt.Sprintf("%s %d IN %s %s\n", name, ttl, t, rdata)), origin.String(), "")
	rr, _ := zp.Next()
	if err := zp.Err(); err != nil {
		return bad(errors.New(strings.TrimPrefix(err.Error(), "dns: ")))
	}
	if rr == nil {
		return bad(errors.New("nothing"))
	}
	r, err := zone.FromRR(rr)
	if err != nil {
		return bad(err)
	}
	if r.Name != name || r.Type != t {
		return bad(errors.New("not one record"))
	}
	r.TTL = ttl
	return r, nil
}

// clip shortens what is quoted in a message.
func clip(s string) string {
	if len(s) > 80 {
		return s[:77] + "..."
	}
	return s
}

// itemJSON is an Item in plans and journals. The data are for people; rdata are
// the octets, which no notation can change, and must say the same.
type itemJSON struct {
	Name  string          `json:"name"`
	TTL   uint32          `json:"ttl"`
	Auto  bool            `json:"auto_ttl,omitempty"`
	Type  string          `json:"type"`
	Data  string          `json:"data"`
	RData []byte          `json:"rdata"`
	ID    string          `json:"id,omitempty"`
	Mask  bool            `json:"masked,omitempty"`
	Raw   json.RawMessage `json:"raw,omitempty"`
}

// MarshalJSON writes the item without its handle.
func (it Item) MarshalJSON() ([]byte, error) {
	r := it.Record
	return json.Marshal(itemJSON{
		Name: r.Name.String(), TTL: r.TTL, Auto: it.Auto, Type: r.Type.String(), Data: r.RData(),
		RData: []byte(r.Data), ID: it.ID, Mask: it.Masked, Raw: it.Raw,
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (it *Item) UnmarshalJSON(b []byte) error {
	var j itemJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	name, err := zone.ParseName(j.Name, "")
	if err != nil {
		return fmt.Errorf("owner %q: %w", clip(j.Name), err)
	}
	t, ok := zone.ParseType(j.Type)
	if !ok {
		return fmt.Errorf("%s: unknown type %q", j.Name, clip(j.Type))
	}
	r := zone.Record{Name: name, Type: t, Class: zone.ClassIN, TTL: j.TTL, Data: string(j.RData)}
	if !wellFormed(r) {
		return fmt.Errorf("%s %s: rdata that no record of this type has", j.Name, j.Type)
	}
	if r.RData() != j.Data {
		return fmt.Errorf("%s %s: data and rdata do not say the same", j.Name, j.Type)
	}
	*it = Item{Record: r, Auto: j.Auto, ID: j.ID, Masked: j.Mask, Raw: j.Raw}
	return nil
}

// wellFormed reports whether the RDATA are what the type asks for, to the last
// octet.
func wellFormed(r zone.Record) bool {
	if len(r.Data) > 0xffff {
		return false
	}
	rr, err := r.RR()
	if err != nil {
		return false
	}
	again, err := zone.FromRR(rr)
	return err == nil && again.Data == r.Data
}
