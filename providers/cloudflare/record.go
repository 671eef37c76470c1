package cloudflare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/zone"
)

// record is what matters of a record object. The rest stays in the raw JSON.
type record struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Name     string          `json:"name"`
	Content  string          `json:"content"`
	TTL      uint32          `json:"ttl"` // 1 is automatic
	Priority *uint16         `json:"priority"`
	Data     json.RawMessage `json:"data"`
	extras
	Meta struct {
		ReadOnly     bool `json:"read_only"`
		EmailRouting bool `json:"email_routing"`
	} `json:"meta"`
	Locked bool `json:"locked"`
}

// extras are what Cloudflare knows of a record beyond DNS.
type extras struct {
	Proxied  bool            `json:"proxied"`
	Comment  *string         `json:"comment"`
	Tags     []string        `json:"tags"`
	Settings json.RawMessage `json:"settings"`
}

// same reports whether two records have the same extras, absent and empty being
// the same.
func (e extras) same(o extras) bool { return bytes.Equal(e.canonical(), o.canonical()) }

func (e extras) canonical() []byte {
	var settings map[string]any
	_ = json.Unmarshal(e.Settings, &settings) // what is no object counts as none
	for k, v := range settings {
		if v == nil || v == false {
			delete(settings, k)
		}
	}
	c := ""
	if e.Comment != nil {
		c = *e.Comment
	}
	b, err := json.Marshal([]any{e.Proxied, c, append([]string{}, e.Tags...), len(settings), settings})
	if err != nil {
		return nil // no value of these types fails
	}
	return b
}

// managed says which of Cloudflare's products keeps the record, so that it
// cannot be changed here; "" if none does.
func (r record) managed() string {
	switch {
	case r.Meta.EmailRouting && (r.Meta.ReadOnly || r.Locked):
		return "Email Routing; unlock its records or disable it in the dashboard first"
	case r.Meta.ReadOnly || r.Locked:
		return "Cloudflare itself; change it in the dashboard, with the product that it belongs to"
	}
	return ""
}

// masked reports whether Cloudflare's servers answer with other records: with the
// addresses of its proxy, or with those that a CNAME record leads to.
func (r record) masked(z, name zone.Name) bool {
	var settings struct {
		Flatten bool `json:"flatten_cname"`
	}
	_ = json.Unmarshal(r.Settings, &settings) // what is no object asks for nothing
	return r.Proxied || r.Type == "CNAME" && (settings.Flatten || name == z)
}

// readItem makes an item of a record object, or says why it cannot.
func readItem(z zone.Name, raw json.RawMessage) (providers.Item, *providers.Unread) {
	var un providers.Unread
	bad := func(why error) (providers.Item, *providers.Unread) {
		un.Reason = rest.Clean(why.Error())
		return providers.Item{}, &un
	}
	var head struct{ Name, Type string }
	if err := json.Unmarshal(raw, &head); err != nil {
		return bad(errors.New("a record object without name and type"))
	}
	name, err := parseName(head.Name)
	if err != nil {
		return bad(fmt.Errorf("owner %q: %w", head.Name, err))
	}
	if !name.Within(z) {
		return bad(fmt.Errorf("owner %s lies outside the zone", name))
	}
	un.Name = name
	t, ok := zone.ParseType(head.Type)
	if !ok {
		return bad(fmt.Errorf("type %q is not known", head.Type))
	}
	un.Type = t
	var r record
	if err := json.Unmarshal(raw, &r); err != nil {
		return bad(errors.New("a field of the record object has an unexpected type"))
	}
	it := providers.Item{ID: r.ID, Auto: r.TTL <= 1, Raw: raw}
	if proxied(it) {
		it.Comment = "cf_tags=cf-proxied:true" // as in Cloudflare's own exports
	}
	ttl := r.TTL
	if it.Auto {
		ttl = autoTTL
	}
	it.Locked, it.Masked = r.managed(), r.masked(z, name)
	it.Record, err = r.read(name, t, ttl)
	if err != nil {
		return bad(fmt.Errorf("content %q: %w", r.Content, err))
	}
	if len(it.Record.Data) > 0xffff {
		return bad(errors.New("the data are longer than DNS allows"))
	}
	return it, nil
}

// read makes the DNS record.
func (r record) read(name zone.Name, t zone.Type, ttl uint32) (zone.Record, error) {
	switch t {
	case zone.TypeA, zone.TypeAAAA:
		a, err := netip.ParseAddr(r.Content)
		if err != nil || a.Zone() != "" || a.Is4() != (t == zone.TypeA) {
			return zone.Record{}, errors.New("not an address of that type")
		}
		rec := zone.NewAddress(name, ttl, a)
		if rec.Type != t {
			return zone.Record{}, errors.New("not an address of that type")
		}
		return rec, nil
	case zone.TypeMX:
		if r.Priority == nil {
			return zone.Record{}, errors.New("no priority")
		}
		target, err := parseName(r.Content)
		return zone.NewMX(name, ttl, *r.Priority, target), err
	case zone.TypeCNAME, zone.TypeNS, zone.TypePTR:
		target, err := parseName(r.Content)
		return zone.NewName(name, t, ttl, target), err
	case zone.TypeTXT, zone.TypeSPF:
		strs, err := parseText(r.Content)
		return zone.Record{Name: name, Type: t, Class: zone.ClassIN, TTL: ttl, Data: zone.StringsData(strs)}, err
	case zone.TypeSRV:
		return r.readSRV(name, ttl)
	case zone.TypeCAA:
		var d caaData
		if json.Unmarshal(r.Data, &d) == nil && d.Tag != "" && len(d.Tag) < 256 {
			return zone.NewCAA(name, ttl, d.Flags, d.Tag, d.Value), nil
		}
	}
	return providers.ParseRecord(name, t, ttl, r.Content)
}

// readSRV reads the fields from data; the content of an SRV record has no
// priority.
func (r record) readSRV(name zone.Name, ttl uint32) (zone.Record, error) {
	var d struct {
		Priority, Weight, Port *uint16
		Target                 string
	}
	if json.Unmarshal(r.Data, &d) == nil && d.Priority != nil && d.Weight != nil && d.Port != nil && d.Target != "" {
		target, err := parseName(d.Target)
		return zone.NewSRV(name, ttl, *d.Priority, *d.Weight, *d.Port, target), err
	}
	content := r.Content
	if len(strings.Fields(content)) == 3 && r.Priority != nil {
		content = fmt.Sprintf("%d %s", *r.Priority, content)
	}
	return providers.ParseRecord(name, zone.TypeSRV, ttl, content)
}

// The data objects of types that are not written as content.
type (
	srvData struct {
		Priority uint16 `json:"priority"`
		Weight   uint16 `json:"weight"`
		Port     uint16 `json:"port"`
		Target   string `json:"target"`
	}
	caaData struct {
		Flags uint8  `json:"flags"`
		Tag   string `json:"tag"`
		Value string `json:"value"`
	}
	tlsaData struct {
		Usage        uint8  `json:"usage"`
		Selector     uint8  `json:"selector"`
		MatchingType uint8  `json:"matching_type"`
		Certificate  string `json:"certificate"`
	}
)

// payload is a record as it is sent.
type payload struct {
	ID       string          `json:"id,omitempty"`
	Type     string          `json:"type"`
	Name     string          `json:"name"`
	Content  string          `json:"content,omitempty"`
	TTL      uint32          `json:"ttl"`
	Priority *uint16         `json:"priority,omitempty"`
	Data     any             `json:"data,omitempty"`
	Proxied  *bool           `json:"proxied,omitempty"`
	Comment  *string         `json:"comment,omitempty"`
	Tags     []string        `json:"tags,omitempty"`
	Settings json.RawMessage `json:"settings,omitempty"`
}

// newPayload puts a record into Cloudflare's form. What is not DNS is left out,
// so that a PATCH keeps it.
func newPayload(it providers.Item) (payload, error) {
	r := it.Record
	p := payload{ID: it.ID, Type: r.Type.String(), Name: plainName(r.Name), TTL: r.TTL}
	if it.Auto {
		p.TTL = 1
	}
	switch r.Type {
	case zone.TypeA, zone.TypeAAAA:
		p.Content = r.Addr().String()
	case zone.TypeMX:
		pref := r.Preference()
		p.Priority, p.Content = &pref, plainName(r.Target())
	case zone.TypeCNAME, zone.TypeNS, zone.TypePTR:
		p.Content = plainName(r.Target())
	case zone.TypeTXT:
		p.Content = writeText(r)
	case zone.TypeSRV:
		prio, weight, port := r.SRV()
		p.Priority = &prio
		p.Data = srvData{prio, weight, port, plainName(r.Target())}
	case zone.TypeCAA:
		flags, tag, value, _ := r.CAA()
		p.Data = caaData{flags, tag, value}
	case zone.TypeTLSA:
		if len(r.Data) < 4 {
			return p, fmt.Errorf("%s: RDATA are too short: %w", r, providers.ErrRefused)
		}
		p.Data = tlsaData{r.Data[0], r.Data[1], r.Data[2], fmt.Sprintf("%x", r.Data[3:])}
	default:
		return p, fmt.Errorf("%s %s: this type is not written: %w", r.Name, r.Type, providers.ErrUnsupported)
	}
	return p, nil
}

// restore gives a record that is put back what it had beyond DNS.
func (p *payload) restore(raw json.RawMessage) {
	var e struct {
		extras
	}
	if len(raw) == 0 || json.Unmarshal(raw, &e) != nil {
		return
	}
	if p.Type == "A" || p.Type == "AAAA" || p.Type == "CNAME" {
		p.Proxied = &e.Proxied
	}
	if e.Comment != nil && *e.Comment != "" {
		p.Comment = e.Comment
	}
	p.Tags = e.Tags
	if s := string(e.Settings); s != "null" && s != "{}" {
		p.Settings = e.Settings
	}
}
