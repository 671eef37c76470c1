// Package powerdns reads and changes zones of a PowerDNS Authoritative Server
// through its HTTP API.
//
// All RRsets of a step go into one PATCH of the zone, which PowerDNS makes in
// one transaction of its database: a CNAME takes the place of addresses, and an
// SPF record that of another, with no moment in between.
//
// libdns/powerdns (v0.1.4) is not used, since it can give none of that. It sends
// a PATCH for each RRset. To add a record it reads the zone and replaces the
// RRset, with the TTL of what is added, and takes a disabled twin for the
// record itself. It finds what is to be deleted by the letters of the content
// and says that all was deleted whatever it found. It reads disabled records as
// if they were served, and SetRecords drops them.
package powerdns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/zone"
)

// The environment variables. PowerDNS's own tools have none; these are the names
// that lego and Terraform's provider made usual.
const (
	URLVariable    = "PDNS_API_URL"
	KeyVariable    = "PDNS_API_KEY"
	ServerVariable = "PDNS_SERVER_NAME"
)

// defaultServer is how every server calls itself.
const defaultServer = "localhost"

// capabilities are those of a zone that may be written.
func capabilities() providers.Capabilities {
	return providers.Capabilities{Atomic: true, Update: true, RRsetTTL: true}
}

// Provider describes PowerDNS.
func Provider() *providers.Provider {
	return &providers.Provider{
		Name:  "powerdns",
		Title: "PowerDNS",
		URL:   "https://doc.powerdns.com/authoritative/http-api/zone.html",
		Variables: []providers.Variable{
			{Name: URLVariable, Use: "where the API is, such as http://127.0.0.1:8081"},
			{Name: KeyVariable, Use: "the api-key of the server, not its hash", Secret: true},
			{Name: ServerVariable, Use: "the server's id in the API, if not " + defaultServer, Optional: true},
		},
		Capabilities: capabilities(),
		Notes: []string{
			"A change is one request, which PowerDNS makes in one transaction if its backend has them, as those for SQL and LMDB do.",
			"The API takes no conditions: what is to change is read again right before it is written, and an edit in the moment between the two is overwritten.",
			"Comments and disabled records stay as they are; a new record that stands there disabled is enabled.",
			"PowerDNS raises the serial as the SOA-EDIT-API of the zone says, and rectifies a signed zone if its API-RECTIFY says so.",
			"Secondary zones and zones that are signed elsewhere are only read; variants of zones for views are left out.",
		},
		Open: func(env func(string) string) (providers.Backend, error) {
			return New(Options{URL: env(URLVariable), Key: env(KeyVariable), Server: env(ServerVariable)})
		},
	}
}

// Options are what New needs to know.
type Options struct {
	URL    string // where the API is; "/api/v1" at its end may be left out
	Key    string // the API key
	Server string // the server's id; "" is "localhost"
	// Timeout is how long one request to read may take, and a half of what one to
	// write may; 0 is one minute.
	Timeout time.Duration
	// Pause is the first wait before a request is made again; it doubles. 0 is a
	// quarter of a second.
	Pause time.Duration
	// Patience is how long may be waited in all before one request is given up;
	// 0 is fifteen seconds.
	Patience time.Duration
}

// Backend is one PowerDNS server.
type Backend struct {
	api *client
}

var _ providers.Backend = (*Backend)(nil)

// New returns the backend. No request is made.
func New(o Options) (*Backend, error) {
	if err := checkKey(o.Key); err != nil {
		return nil, err
	}
	base, err := parseBase(o.URL)
	if err != nil {
		return nil, err
	}
	return &Backend{newClient(base.JoinPath("api/v1/servers", cmp.Or(o.Server, defaultServer)), o)}, nil
}

// Zones returns the zones of the server.
func (b *Backend) Zones(ctx context.Context) ([]zone.Name, error) {
	var zones []struct{ Name string }
	err := b.api.get(ctx, "zones", "dnssec=false", &zones)
	if errors.Is(err, providers.ErrNoZone) {
		err = fmt.Errorf("%w: there is no such server; see whether %s and %s are right", providers.ErrRefused, URLVariable, ServerVariable)
	}
	if err != nil {
		return nil, fmt.Errorf("powerdns: list of zones: %w", err)
	}
	var names []zone.Name
	for _, z := range zones {
		if strings.Contains(z.Name, "..") {
			continue // what a zone is to some clients, since PowerDNS 5; its name is none of DNS
		}
		n, err := zone.ParseName(z.Name, zone.Root)
		if err != nil {
			return nil, fmt.Errorf("powerdns: list of zones: name %q: %w", rest.Clean(z.Name), err)
		}
		names = append(names, n)
	}
	slices.SortFunc(names, zone.CompareNames)
	return slices.Compact(names), nil
}

// Snapshot reads the zone. Disabled records are not among its items, since they
// are not in DNS.
func (b *Backend) Snapshot(ctx context.Context, z zone.Name) (*providers.Snapshot, error) {
	got, err := b.read(ctx, z)
	if err != nil {
		return nil, fmt.Errorf("powerdns: zone %s: %w", z, err)
	}
	s := &providers.Snapshot{Apex: z, Capabilities: capabilities()}
	s.Capabilities.ReadOnly = got.readOnly()
	for _, set := range *got.RRsets {
		items, unread := set.items(z)
		s.Items, s.Unread = append(s.Items, items...), append(s.Unread, unread...)
	}
	return s, nil
}

// read reads the zone as the API tells it. It is read whole also where a few
// RRsets would do: asked for the RRsets of one name, PowerDNS leaves out the
// disabled records, which would then be lost.
func (b *Backend) read(ctx context.Context, z zone.Name) (*wireZone, error) {
	var got wireZone
	if err := b.api.get(ctx, zonePath(z), "", &got); err != nil {
		return nil, err
	}
	if n, err := zone.ParseName(got.Name, zone.Root); err != nil || n != z || got.RRsets == nil {
		return nil, fmt.Errorf("%w: the answer is not the zone that was asked for", providers.ErrUnavailable)
	}
	return &got, nil
}
