package cloudflare

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/zone"
)

// names maps internationalized names for a lookup (RFC 5891, section 5), and
// leaves the underscores of mail's own names alone.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// zoneInfo is what matters of a zone object.
type zoneInfo struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Status string `json:"status"` // initializing, pending, active, moved
	Type   string `json:"type"`   // full, partial, secondary, internal
	Plan   struct {
		LegacyID string `json:"legacy_id"`
	} `json:"plan"`
}

// capabilities are those of the plan. Zones whose records are made elsewhere
// are not written to.
func (i zoneInfo) capabilities() providers.Capabilities {
	c := capabilities(i.Plan.LegacyID)
	switch i.Type {
	case "secondary":
		c.ReadOnly = "the zone is a secondary one at Cloudflare; change it at its primary name server"
	case "partial":
		c.ReadOnly = "the zone has a partial (CNAME) setup at Cloudflare, and its mail records are served elsewhere; change them there"
	}
	return c
}

// findZone returns the zone with this name that the token sees.
func (b *Backend) findZone(ctx context.Context, z zone.Name) (zoneInfo, error) {
	found, err := b.zonesNamed(ctx, z)
	if err != nil {
		return zoneInfo{}, b.explain(ctx, fmt.Errorf("cloudflare: zone %s: %w", z, err), "look up the zone "+z.String(), "Zone: Zone: Read")
	}
	if len(found) > 1 { // the same name in several accounts; one of them is served
		found = slices.DeleteFunc(found, func(i zoneInfo) bool { return i.Status != "active" })
		if len(found) != 1 {
			return zoneInfo{}, fmt.Errorf("cloudflare: the token sees several zones %s, in different accounts, and it is not clear which one is served; use a token of one account: %w", z, providers.ErrNoZone)
		}
	}
	if len(found) == 0 {
		return zoneInfo{}, b.noZone(ctx, z)
	}
	return found[0], nil
}

// zonesNamed asks for the zone by name: as it is on the wire, and for an
// internationalized name as it is written.
func (b *Backend) zonesNamed(ctx context.Context, z zone.Name) ([]zoneInfo, error) {
	spellings := []string{plainName(z)}
	if u, err := names.ToUnicode(spellings[0]); err == nil && u != spellings[0] {
		spellings = append(spellings, u)
	}
	for _, name := range spellings {
		raws, err := b.api.list(ctx, "zones", url.Values{"name": {name}}, zonesPerPage)
		if err != nil {
			return nil, err
		}
		var found []zoneInfo
		for _, raw := range raws {
			var i zoneInfo
			if err := json.Unmarshal(raw, &i); err != nil || i.ID == "" {
				return nil, fmt.Errorf("a zone object cannot be read: %w", providers.ErrUnavailable)
			}
			if n, err := parseName(i.Name); err == nil && n == z {
				found = append(found, i)
			}
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	return nil, nil
}

// noZone says which zones there are instead.
func (b *Backend) noZone(ctx context.Context, z zone.Name) error {
	zones, err := b.Zones(ctx)
	switch {
	case err != nil || len(zones) == 0:
		return fmt.Errorf("cloudflare: %w: the token does not see %s; give it Zone: Zone: Read and Zone: DNS: Edit for that zone", providers.ErrNoZone, z)
	case len(zones) > 10:
		return fmt.Errorf("cloudflare: %w: the token sees %d zones, and %s is not among them; see whether the name is right, or include the zone in the token", providers.ErrNoZone, len(zones), z)
	}
	var seen []string
	for _, n := range zones {
		seen = append(seen, n.String())
	}
	return fmt.Errorf("cloudflare: %w: the token does not see %s, but %s; see whether the name is right, or include the zone in the token", providers.ErrNoZone, z, strings.Join(seen, ", "))
}

// zoneID returns the id of a zone, from the last time that it was read.
func (b *Backend) zoneID(ctx context.Context, z zone.Name) (string, error) {
	b.mu.Lock()
	id := b.ids[z]
	b.mu.Unlock()
	if id != "" {
		return id, nil
	}
	i, err := b.findZone(ctx, z)
	return i.ID, err
}

// parseName reads a name as Cloudflare writes it: absolute, with or without the
// final dot, and perhaps in Unicode.
func parseName(s string) (zone.Name, error) {
	if s == "" || s == "." {
		return zone.ParseName(s, "")
	}
	s = strings.TrimSuffix(s, ".")
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			a, err := names.ToASCII(s)
			if err != nil {
				return "", err
			}
			s = a
			break
		}
	}
	return zone.ParseName(s+".", "")
}

// plainName writes a name without the final dot, as Cloudflare does.
func plainName(n zone.Name) string {
	if n == zone.Root {
		return "."
	}
	return strings.TrimSuffix(n.String(), ".")
}
