// Package cloudflare reads and changes zones at Cloudflare.
//
// The zones of an account are listed by libdns/cloudflare, which runs behind
// this package's own HTTP client. Records are read as raw JSON through that same
// client: what the library makes of them has no id, no comment, no tags, no
// settings and no proxied flag, one record of an unusual type makes it refuse
// the zone, and octets beyond UTF-8 in a text do not survive it. Writes are
// one call of the batch endpoint, which is one transaction, by record id, so
// that nothing of a record is lost that was not to change.
package cloudflare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	libcloudflare "github.com/libdns/cloudflare"
	"github.com/miekg/dns"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/zone"
)

// DefaultBaseURL is where Cloudflare's API is.
const DefaultBaseURL = "https://api.cloudflare.com/client/v4"

// The environment variables, which are those of Cloudflare's own tools.
const (
	TokenVariable   = "CLOUDFLARE_API_TOKEN"
	BaseURLVariable = "CLOUDFLARE_BASE_URL"
)

// The limits of a batch (Cloudflare's documentation, "Batch record changes").
const (
	batchFree = 200
	batchPaid = 3500
)

// autoTTL is what resolvers see of a record whose TTL is 1, "automatic".
const autoTTL = 300

// writable are the types that payload can put into Cloudflare's form.
var writable = []zone.Type{
	zone.TypeA, zone.TypeAAAA, zone.TypeCAA, zone.TypeCNAME, zone.TypeMX, zone.TypeNS, zone.TypePTR,
	zone.TypeSRV, zone.TypeTLSA, zone.TypeTXT,
}

// capabilities are those of a zone with the given plan.
func capabilities(plan string) providers.Capabilities {
	c := providers.Capabilities{
		Atomic: true, MaxOps: batchFree, Update: true,
		MinTTL: 60, MaxTTL: 86400, AutoTTL: autoTTL,
		Types: slices.Clone(writable),
	}
	switch plan {
	case "pro", "business":
		c.MaxOps = batchPaid
	case "enterprise":
		c.MaxOps, c.MinTTL = batchPaid, 30
	}
	return c
}

// Provider describes Cloudflare.
func Provider() *providers.Provider {
	return &providers.Provider{
		Name:  "cloudflare",
		Title: "Cloudflare",
		URL:   "https://developers.cloudflare.com/api/resources/dns/subresources/records/",
		Variables: []providers.Variable{
			{Name: TokenVariable, Use: "an API token with Zone: Zone: Read and Zone: DNS: Edit (to check only: Read)", Secret: true},
			{Name: BaseURLVariable, Use: "where the API is, if not at " + DefaultBaseURL, Optional: true},
		},
		Capabilities: capabilities(""),
		Notes: []string{
			"A change is one transaction of up to 200 records on the Free plan and 3,500 on others.",
			"Proxied flag, comment, tags and settings of records stay as they are.",
			"Records that Email Routing or another product of Cloudflare manages are not changed.",
			"The addresses of a CNAME record at the top of the zone are worked out by Cloudflare and count as not known.",
		},
		Open: func(env func(string) string) (providers.Backend, error) {
			return New(Options{Token: env(TokenVariable), BaseURL: env(BaseURLVariable)})
		},
	}
}

// Options are what New needs to know.
type Options struct {
	Token   string // an API token
	BaseURL string // "" is DefaultBaseURL
	// Timeout is how long one request to read may take, and a fourth of what one to
	// write may; 0 is 30 seconds.
	Timeout time.Duration
	// Pause is the first wait before a request is made again; it doubles. 0 is
	// half a second.
	Pause time.Duration
	// Patience is how long may be waited in all before one request is given up;
	// 0 is one minute.
	Patience time.Duration
}

// Backend is Cloudflare with one token.
type Backend struct {
	api *client

	mu  sync.Mutex
	ids map[zone.Name]string // of the zones that were read
}

var _ providers.Backend = (*Backend)(nil)

// New returns the backend. No request is made.
func New(o Options) (*Backend, error) {
	if err := checkToken(o.Token); err != nil {
		return nil, err
	}
	base, err := parseBase(cmp.Or(o.BaseURL, DefaultBaseURL))
	if err != nil {
		return nil, err
	}
	return &Backend{
		api: newClient(base, o.Token, cmp.Or(o.Timeout, 30*time.Second), cmp.Or(o.Pause, 500*time.Millisecond), cmp.Or(o.Patience, time.Minute)),
		ids: map[zone.Name]string{},
	}, nil
}

// checkToken finds the mistakes that need no request.
func checkToken(token string) error {
	bad := func(what string) error {
		return fmt.Errorf("%s %s: %w", TokenVariable, what, providers.ErrUnauthorized)
	}
	switch {
	case token == "":
		return bad("is not set; make an API token at " + tokensURL)
	case strings.HasPrefix(strings.ToLower(token), "bearer "):
		return bad(`begins with "Bearer"; set it to the token alone`)
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\'' }):
		return bad("has a blank, a quote or another character that no token has; set it to the token alone")
	}
	return nil
}

// parseBase reads the URL of the API. The token goes there with every request,
// so it must not travel in the clear.
func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s is not a URL such as %s", BaseURLVariable, DefaultBaseURL)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fmt.Errorf("%s would send the token in the clear; use https", BaseURLVariable)
	}
	return u, nil
}

func loopback(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback()
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// Zones returns the zones that the token sees.
func (b *Backend) Zones(ctx context.Context) ([]zone.Name, error) {
	lib := &libcloudflare.Provider{HTTPClient: b.api}
	zones, err := lib.ListZones(ctx)
	if err != nil {
		return nil, b.explain(ctx, fmt.Errorf("cloudflare: list of zones: %w", err), "list zones", "Zone: Zone: Read")
	}
	var names []zone.Name
	for _, z := range zones {
		n, err := parseName(z.Name)
		if err != nil {
			return nil, fmt.Errorf("cloudflare: list of zones: name %q: %w", rest.Clean(z.Name), err)
		}
		names = append(names, n)
	}
	slices.SortFunc(names, zone.CompareNames)
	return slices.Compact(names), nil
}

// Snapshot reads the zone.
func (b *Backend) Snapshot(ctx context.Context, z zone.Name) (*providers.Snapshot, error) {
	info, err := b.findZone(ctx, z)
	if err != nil {
		return nil, err
	}
	raws, err := b.api.list(ctx, "zones/"+info.ID+"/dns_records", nil, recordsPerPage)
	if err != nil {
		return nil, b.explain(ctx, fmt.Errorf("cloudflare: records of %s: %w", z, err), "read the DNS records of "+z.String(), "Zone: DNS: Edit (to check only: Read)")
	}
	s := &providers.Snapshot{Apex: z, Capabilities: info.capabilities()}
	for _, raw := range raws {
		it, un := readItem(z, raw)
		if un != nil {
			s.Unread = append(s.Unread, *un)
			continue
		}
		if it.Record.Type == zone.TypeCNAME && it.Record.Name == z {
			s.Unread = append(s.Unread, flattened(it)...)
			continue
		}
		s.Items = append(s.Items, it)
	}
	b.mu.Lock()
	b.ids[z] = info.ID
	b.mu.Unlock()
	return s, nil
}

// flattened says what is not known where Cloudflare answers for a CNAME record
// at the top of a zone with the addresses of its target. In DNS terms there is
// no CNAME record, so the other records of the name are no mistake.
func flattened(it providers.Item) []providers.Unread {
	reason := fmt.Sprintf("Cloudflare answers with the addresses of %s, since a CNAME record at the top of the zone is flattened", it.Record.Target())
	var un []providers.Unread
	for _, t := range []zone.Type{zone.TypeA, zone.TypeAAAA, zone.Type(dns.TypeHTTPS)} {
		un = append(un, providers.Unread{Name: it.Record.Name, Type: t, Reason: reason, Computed: true})
	}
	return un
}

// explain adds to an error about the token what is wrong with it.
func (b *Backend) explain(ctx context.Context, err error, action, need string) error {
	if !errors.Is(err, providers.ErrUnauthorized) {
		return err
	}
	return fmt.Errorf("cloudflare: %w: %s; the answer was: %s", providers.ErrUnauthorized, b.api.diagnose(ctx, action, need), detail(err))
}
