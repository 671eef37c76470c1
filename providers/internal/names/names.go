// Package names reads the names of zones and owners as the APIs of providers tell
// them.
package names

import (
	"context"
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/zone"
)

// Zones reads a list of zones, sorts it, and leaves out what it tells twice.
// provider is put before errors.
func Zones(ctx context.Context, provider string, list func(context.Context) ([]string, error)) ([]zone.Name, error) {
	told, err := list(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: list of zones: %w", provider, err)
	}
	var zones []zone.Name
	for _, s := range told {
		n, err := zone.ParseName(s, zone.Root)
		if err != nil {
			return nil, fmt.Errorf("%s: list of zones: name %q: %w", provider, rest.Clean(s), err)
		}
		zones = append(zones, n)
	}
	slices.SortFunc(zones, zone.CompareNames)
	return slices.Compact(zones), nil
}

// Owner reads a name that is relative to the zone: "" and "@" are the zone
// itself.
func Owner(name string, z zone.Name) (zone.Name, error) {
	if name == "" || name == "@" {
		return z, nil
	}
	n, err := zone.ParseName(name, z)
	if err != nil || !n.Below(z) {
		return "", fmt.Errorf("owner %q is no name in the zone", rest.Clean(name))
	}
	return n, nil
}

// Computed are the addresses of a name that the provider works out, for a record
// of a type that DNS does not have, such as ALIAS.
func Computed(name zone.Name, typ, data string) []providers.Unread {
	why := "the provider works the addresses out, since there is a record of its own: " + rest.Clean(typ)
	if data != "" {
		why += " " + rest.Clean(data)
	}
	return []providers.Unread{
		{Name: name, Type: zone.TypeA, Reason: why, Computed: true},
		{Name: name, Type: zone.TypeAAAA, Reason: why, Computed: true},
	}
}
