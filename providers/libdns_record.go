package providers

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/libdns/libdns"

	"github.com/zonelint/zonelint/zone"
)

// fullNames reports whether a package gives names in full and without the final
// dot, against the contract. A zone in which every name ends in the zone's own
// is such a one: else each would be www.example.com.example.com.
func fullNames(rs []libdns.Record, z zone.Name) bool {
	for _, r := range rs {
		name := r.RR().Name
		if strings.HasSuffix(name, ".") {
			continue
		}
		n, err := zone.ParseName(name, zone.Root)
		if name == "" || name == "@" || err != nil || !n.Within(z) {
			return false
		}
	}
	return true
}

// ownerOf reads the name of a record: relative by the contract. One that ends
// in the zone's name in other case is in full: to make it relative by comparing
// letters has failed.
func ownerOf(name string, z zone.Name, full bool) (zone.Name, error) {
	if name == "" {
		return z, nil
	}
	if abs, err := zone.ParseName(name, zone.Root); err == nil && name != "@" && abs.Within(z) {
		bare := strings.TrimSuffix(z.String(), ".")
		if full || !strings.HasSuffix(strings.TrimSuffix(name, "."), bare) {
			return abs, nil
		}
	}
	n, err := zone.ParseName(name, z)
	if err != nil {
		return "", fmt.Errorf("owner %q: %w", clip(name), err)
	}
	if !n.Within(z) {
		return "", fmt.Errorf("owner %q lies outside the zone", clip(name))
	}
	return n, nil
}

// hostOf reads a name that a record points at: absolute, whether or not the
// final dot is there.
func hostOf(target string) (zone.Name, error) {
	if target == "" {
		return "", errors.New("the target is missing")
	}
	n, err := zone.ParseName(target, zone.Root)
	if err != nil {
		return "", fmt.Errorf("target %q: %w", clip(target), err)
	}
	return n, nil
}

// ttlOf reads a TTL: whole seconds, rounded down.
func (l *libDNS) ttlOf(d time.Duration) (ttl uint32, auto bool) {
	if l.opts.Capabilities.AutoTTL > 0 && slices.Contains(l.opts.AutoTTLs, d) {
		return l.opts.Capabilities.AutoTTL, true
	}
	return uint32(min(max(d/time.Second, 0), math.MaxInt32)), false
}

// item reads a record of a package.
func (l *libDNS) item(r libdns.Record, z zone.Name, full bool) (Item, error) {
	rr := r.RR()
	name, err := ownerOf(rr.Name, z, full)
	if err != nil {
		return Item{}, err
	}
	it := Item{Handle: r}
	ttl, auto := l.ttlOf(rr.TTL)
	it.Auto = auto
	bad := func(err error) (Item, error) {
		return Item{}, fmt.Errorf("%s %s: %w", name, clip(rr.Type), err)
	}
	if generic, ok := r.(libdns.RR); ok {
		if r, err = parse(generic); err != nil {
			return bad(err)
		}
	}
	var target zone.Name
	switch v := r.(type) {
	case libdns.Address:
		ip := v.IP // one that maps IPv4 is an AAAA record as libdns has it
		if !ip.IsValid() || ip.Zone() != "" {
			return bad(fmt.Errorf("address %q", v.IP))
		}
		t := zone.TypeAAAA
		if ip.Is4() {
			t = zone.TypeA
		}
		it.Record = zone.Record{Name: name, Type: t, Class: zone.ClassIN, TTL: ttl, Data: string(ip.AsSlice())}
	case libdns.TXT:
		if l.opts.QuotedText && strings.HasPrefix(v.Text, `"`) {
			it.Record, err = ParseRecord(name, zone.TypeTXT, ttl, v.Text)
			break
		}
		it.Record = zone.NewTXT(name, ttl, v.Text)
	case libdns.MX:
		target, err = hostOf(v.Target)
		it.Record = zone.NewMX(name, ttl, v.Preference, target)
	case libdns.CNAME:
		target, err = hostOf(v.Target)
		it.Record = zone.NewName(name, zone.TypeCNAME, ttl, target)
	case libdns.NS:
		target, err = hostOf(v.Target)
		it.Record = zone.NewName(name, zone.TypeNS, ttl, target)
	case libdns.SRV:
		target, err = hostOf(v.Target)
		if err == nil {
			it.Record, err = ParseRecord(name, zone.TypeSRV, ttl, fmt.Sprintf("%d %d %d %s", v.Priority, v.Weight, v.Port, target))
		}
	case libdns.CAA:
		if v.Tag == "" || len(v.Tag) > 255 {
			return bad(fmt.Errorf("tag %q", clip(v.Tag)))
		}
		it.Record = zone.NewCAA(name, ttl, v.Flags, v.Tag, v.Value)
	default:
		t, ok := zone.ParseType(rr.Type)
		if !ok {
			return bad(errors.New("a type that DNS does not have"))
		}
		it.Record, err = ParseRecord(name, t, ttl, rr.Data)
	}
	if err != nil {
		return bad(err)
	}
	if len(it.Record.Data) > math.MaxUint16 {
		return bad(errors.New("more data than a record can hold"))
	}
	return it, nil
}

// parse makes a generic record concrete. It keeps to the contract's own parser
// and to no panic of it.
func parse(rr libdns.RR) (r libdns.Record, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("data %q cannot be read", clip(rr.Data))
		}
	}()
	return rr.Parse()
}

// record makes the record of a package, of a concrete type: some packages
// write a generic one wrongly.
func (l *libDNS) record(it Item, z zone.Name) (libdns.Record, error) {
	r := it.Record
	name, ttl := r.Name.Relative(z), time.Duration(r.TTL)*time.Second
	if it.Auto && len(l.opts.AutoTTLs) > 0 {
		ttl = l.opts.AutoTTLs[0]
	}
	target := r.Target().String()
	switch r.Type {
	case zone.TypeA, zone.TypeAAAA:
		if r.Addr().IsValid() {
			return libdns.Address{Name: name, TTL: ttl, IP: r.Addr()}, nil
		}
	case zone.TypeTXT:
		text := r.Text()
		if l.opts.QuotedText {
			text = r.RData()
		}
		return libdns.TXT{Name: name, TTL: ttl, Text: text}, nil
	case zone.TypeMX:
		if target != "" {
			return libdns.MX{Name: name, TTL: ttl, Preference: r.Preference(), Target: target}, nil
		}
	case zone.TypeCNAME:
		return libdns.CNAME{Name: name, TTL: ttl, Target: target}, nil
	case zone.TypeNS:
		return libdns.NS{Name: name, TTL: ttl, Target: target}, nil
	case zone.TypeCAA:
		if flags, tag, value, ok := r.CAA(); ok {
			return libdns.CAA{Name: name, TTL: ttl, Flags: flags, Tag: tag, Value: value}, nil
		}
	case zone.TypeSRV:
		if target != "" {
			return srvRecord(r, z, ttl), nil
		}
	default:
		rr := libdns.RR{Name: name, TTL: ttl, Type: r.Type.String(), Data: r.RData()}
		if concrete, err := parse(rr); err == nil && concrete.RR().Name == name && concrete.RR().Type == rr.Type {
			return concrete, nil
		}
		return rr, nil
	}
	return nil, fmt.Errorf("%s: %w", r, ErrUnsupported)
}

// srvRecord makes an SRV record, with service and transport taken from the
// owner where it has them (RFC 2782).
func srvRecord(r zone.Record, z zone.Name, ttl time.Duration) libdns.SRV {
	s := libdns.SRV{Name: r.Name.Relative(z), TTL: ttl, Target: r.Target().String()}
	s.Priority, s.Weight, s.Port = r.SRV()
	host := r.Name.Parent().Parent()
	if host == "" || !host.Within(z) {
		return s
	}
	service, transport := r.Name.Label(), r.Name.Parent().Label()
	if strings.HasPrefix(service, "_") && strings.HasPrefix(transport, "_") && !strings.ContainsAny(service+transport, `.\`) {
		s.Service, s.Transport, s.Name = service[1:], transport[1:], host.Relative(z)
	}
	return s
}
