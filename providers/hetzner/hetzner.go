// Package hetzner reads and changes zones of Hetzner DNS through the API of
// Hetzner Cloud, into which the older one (dns.hetzner.com) has moved.
//
// The records of an RRset are replaced by one request, so that an SPF record
// takes the place of another with no moment in between.
//
// libdns/hetzner is not used. v1.0.0 (read 2026-11) speaks to the older API, reads
// one page, and deletes the first record of a name and type, whatever its data.
// v2.0.1 (read 2026-11) takes the outer quotes off a TXT record and leaves those
// between its strings, so that a DKIM key of more than 255 octets comes out
// wrong; takes names without the final dot for absolute ones; loses the comments
// of records; and changes one record at a time.
package hetzner

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/names"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/providers/internal/rrsets"
	"github.com/zonelint/zonelint/zone"
)

// The environment variables, as the hcloud command has them.
const (
	TokenVariable = "HCLOUD_TOKEN"
	URLVariable   = "HCLOUD_ENDPOINT"
)

const (
	defaultURL = "https://api.hetzner.cloud/v1"
	// defaultTTL is that of zones for which nobody chose another, in seconds.
	defaultTTL = 3600
)

func capabilities() providers.Capabilities {
	return providers.Capabilities{Atomic: true, OneRRset: true, Update: true, RRsetTTL: true, MinTTL: 60, AutoTTL: defaultTTL}
}

// access is how the API is reached.
func access() rest.Token {
	return rest.Token{
		Variable: TokenVariable, Use: "an API token of the Hetzner Cloud project that has the zone; tokens of dns.hetzner.com are not taken", Scheme: "Bearer",
		URLVariable: URLVariable, URL: defaultURL,
		Timeout: 30 * time.Second, Pause: 500 * time.Millisecond,
	}
}

// Provider describes Hetzner DNS.
func Provider() *providers.Provider {
	return &providers.Provider{
		Name:         "hetzner",
		Title:        "Hetzner DNS",
		URL:          "https://docs.hetzner.cloud/reference/cloud#dns",
		Variables:    access().Variables(),
		Capabilities: capabilities(),
		Notes: []string{
			"The records of a name and type change in one request, and their TTL in another; changes to several names or types are made one after another.",
			"The API takes no conditions: what is to change is read again right before it is written, and an edit in the moment between the two is overwritten.",
			"Comments of records and labels stay as they are. Secondary zones are only read.",
		},
		Open: access().Open(New),
	}
}

// Options are what New needs to know: the token, and what is to be used in place
// of the address and the waits of access.
type Options = rest.Access

// New returns the backend. No request is made.
func New(o Options) (providers.Backend, error) {
	o.Pause = cmp.Or(o.Pause, access().Pause)
	client, err := access().Client(o)
	if err != nil {
		return nil, err
	}
	return &rrsets.Backend{Name: "Hetzner DNS", API: &api{http: client, pause: o.Pause}}, nil
}

type api struct {
	http  *rest.Client
	pause time.Duration
}

// apiError is what the API says of a request that it refuses.
type apiError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// vet tells an answer from an error.
func vet(a *rest.Answer) error {
	var body struct{ Error apiError }
	if a.Status < 400 || json.Unmarshal(a.Body, &body) != nil || body.Error.Code == "" {
		return a.Judge("")
	}
	said := body.Error.Message + ": " + body.Error.Code
	switch body.Error.Code {
	case "locked", "conflict": // another change of the zone is under way; this one was not begun
		return &providers.RetryError{Err: errors.New(rest.Clean(said))}
	case "token_readonly":
		return fmt.Errorf("%w: the token may only read", providers.ErrUnauthorized)
	case "protected":
		return fmt.Errorf("%w: the RRset is protected against changes", providers.ErrRefused)
	}
	return a.Judge(said)
}

// get reads into a value.
func (a *api) get(ctx context.Context, path, query string, into any) error {
	return a.http.Do(ctx, rest.Request{Method: http.MethodGet, Path: path, Query: query}, func(got *rest.Answer) error {
		if err := vet(got); err != nil {
			return err
		}
		if err := json.Unmarshal(got.Body, into); err != nil {
			return fmt.Errorf("%w: its answer is not that of the API; see whether %s is right", providers.ErrUnavailable, URLVariable)
		}
		return nil
	})
}

// How much is asked for at once, which is the most that the API gives.
const (
	perPage  = 50
	maxPages = 10_000
)

// meta says where in a list a page stands.
type meta struct {
	Pagination struct {
		Next  int `json:"next_page"`
		Total int `json:"total_entries"`
	} `json:"pagination"`
}

// pages calls page for every page of a list, and says whether the list was the
// same size all the time and whole.
func pages(page func(query string) (n int, m meta, err error)) (whole bool, err error) {
	got, total := 0, -1
	for next := 1; next > 0; {
		if next > maxPages {
			return false, fmt.Errorf("%w: the list has no end", providers.ErrUnavailable)
		}
		n, m, err := page(fmt.Sprintf("page=%d&per_page=%d", next, perPage))
		if err != nil {
			return false, err
		}
		if total >= 0 && total != m.Pagination.Total || m.Pagination.Next != 0 && m.Pagination.Next != next+1 {
			return false, nil
		}
		got, total, next = got+n, m.Pagination.Total, m.Pagination.Next
	}
	return got == total, nil
}

// Zones returns the zones of the project.
func (a *api) Zones(ctx context.Context) ([]string, error) {
	var names []string
	_, err := pages(func(query string) (int, meta, error) {
		var body struct {
			Zones []struct{ Name string }
			Meta  meta
		}
		err := a.get(ctx, "zones", query, &body)
		for _, z := range body.Zones {
			names = append(names, z.Name)
		}
		return len(body.Zones), body.Meta, err
	})
	return names, err
}

// wire is an RRset in the API.
type wire struct {
	Name    string   `json:"name,omitempty"`
	Type    string   `json:"type,omitempty"`
	TTL     *uint32  `json:"ttl,omitempty"`
	Records []record `json:"records"`
}

type record struct {
	Value   string `json:"value"`
	Comment string `json:"comment,omitempty"`
}

const maxReadings = 3

// Read reads a zone.
func (a *api) Read(ctx context.Context, z zone.Name) (*rrsets.Zone, error) {
	path := "zones/" + url.PathEscape(strings.TrimSuffix(z.String(), "."))
	var head struct {
		Zone struct {
			Name, Mode string
			TTL        uint32
		}
	}
	if err := a.get(ctx, path, "", &head); err != nil {
		return nil, err
	}
	if n, err := zone.ParseName(head.Zone.Name, zone.Root); err != nil || n != z {
		return nil, fmt.Errorf("%w: the answer is not the zone that was asked for", providers.ErrUnavailable)
	}
	out := &rrsets.Zone{Apex: z, ID: path, Origin: z, Capabilities: capabilities()}
	ttl := cmp.Or(head.Zone.TTL, defaultTTL)
	out.Capabilities.AutoTTL = ttl
	if head.Zone.Mode == "secondary" {
		out.Capabilities.ReadOnly = "it is a secondary zone; change it at its primary server"
	}
	for range maxReadings {
		var all []wire
		whole, err := pages(func(query string) (int, meta, error) {
			var body struct {
				RRsets []wire `json:"rrsets"`
				Meta   meta
			}
			err := a.get(ctx, path+"/rrsets", query, &body)
			all = append(all, body.RRsets...)
			return len(body.RRsets), body.Meta, err
		})
		if err != nil {
			return nil, err
		}
		if whole {
			return out, add(out, all, ttl)
		}
	}
	return nil, fmt.Errorf("%w: it kept changing while it was read; try again", providers.ErrUnavailable)
}

func add(out *rrsets.Zone, all []wire, ttl uint32) error {
	for _, s := range all {
		owner, err := names.Owner(s.Name, out.Apex)
		if err != nil {
			return fmt.Errorf("%w: %w", providers.ErrUnavailable, err)
		}
		set := rrsets.Set{TTL: ttl, Auto: s.TTL == nil}
		if s.TTL != nil {
			set.TTL = *s.TTL
		}
		for _, r := range s.Records {
			v := rrsets.Value{Data: r.Value}
			if r.Comment != "" {
				if v.Extra, err = json.Marshal(map[string]string{"comment": r.Comment}); err != nil {
					return err
				}
			}
			set.Values = append(set.Values, v)
		}
		out.Add(owner, s.Type, set)
	}
	return nil
}
