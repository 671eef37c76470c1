// Package digitalocean reads and changes zones at DigitalOcean through its API.
//
// libdns/digitalocean (read: 2025-06-06, dfa7af5c2e31) is not used. It reads MX and
// SRV records without their preference, priority, weight and port, and CAA
// records without flags and tag, and writes them so.
package digitalocean

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/byid"
	"github.com/zonelint/zonelint/providers/internal/names"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/zone"
)

// The environment variables: doctl takes the token from the first, and the
// provider for Terraform both.
const (
	TokenVariable = "DIGITALOCEAN_ACCESS_TOKEN"
	URLVariable   = "DIGITALOCEAN_API_URL"
)

const defaultURL = "https://api.digitalocean.com"

func capabilities() providers.Capabilities {
	return providers.Capabilities{
		Update: true, MinTTL: 30, NoNullMX: true, NoEmptyText: true, MaxText: 500, TextASCII: true, NoBackslash: true,
		Types: []zone.Type{zone.TypeA, zone.TypeAAAA, zone.TypeCNAME, zone.TypeMX, zone.TypeNS, zone.TypeSRV, zone.TypeTXT},
	}
}

// access is how the API is reached.
func access() rest.Token {
	return rest.Token{
		Variable: TokenVariable, Use: "a personal access token with the scope domain", Scheme: "Bearer",
		URLVariable: URLVariable, URL: defaultURL, Path: "v2/domains",
		Timeout: 30 * time.Second, Pause: time.Second,
	}
}

// Provider describes DigitalOcean.
func Provider() *providers.Provider {
	return &providers.Provider{
		Name:         "digitalocean",
		Title:        "DigitalOcean",
		URL:          "https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domain-Records",
		Variables:    access().Variables(),
		Capabilities: capabilities(),
		Notes: []string{
			"A record changes in place, one after another; each is read again right before.",
			"TXT records take about 500 characters, so that DKIM keys of 4096 bits do not fit. CAA records are only read.",
		},
		Open: access().Open(New),
	}
}

// Options are what New needs to know: the token, and what is to be used in place
// of the address and the waits of access.
type Options = rest.Access

// New returns the backend. No request is made.
func New(o Options) (providers.Backend, error) {
	client, err := access().Client(o)
	if err != nil {
		return nil, err
	}
	return &byid.Backend{Name: "DigitalOcean", API: &api{client}}, nil
}

type api struct{ http *rest.Client }

// vet tells an answer from an error.
func vet(a *rest.Answer) error {
	var e struct{ ID, Message string }
	if a.Status < 400 || json.Unmarshal(a.Body, &e) != nil || e.ID == "" {
		return a.Judge("")
	}
	return a.Judge(cmp.Or(e.Message, e.ID))
}

// do makes a request and reads its answer into a value, unless that is nil.
func (a *api) do(ctx context.Context, r rest.Request, into any) error {
	return a.http.Do(ctx, r, func(got *rest.Answer) error {
		if err := vet(got); err != nil || into == nil {
			return err
		}
		if err := json.Unmarshal(got.Body, into); err != nil {
			if got.Read {
				return fmt.Errorf("%w: its answer is not that of the API; see whether %s is right", providers.ErrUnavailable, URLVariable)
			}
			return fmt.Errorf("%w: its answer is not that of the API", providers.ErrUnknownOutcome)
		}
		return nil
	})
}

// How much is asked for at once, which is the most that the API gives, and how
// often a list is read that changes meanwhile.
const (
	perPage     = 200
	maxPages    = 10_000
	maxReadings = 3
)

// page is what all lists have.
type page struct {
	Links struct {
		Pages struct{ Next string }
	}
	Meta struct{ Total int }
}

// pages calls get for every page of a list until the list was whole.
func pages(get func(first bool, query string) (n int, p page, err error)) error {
	for range maxReadings {
		n, got, total := 1, 0, 0
		for ; n <= maxPages; n++ {
			had, p, err := get(n == 1, fmt.Sprintf("page=%d&per_page=%d", n, perPage))
			if err != nil {
				return err
			}
			if got += had; n == 1 {
				total = p.Meta.Total
			}
			if total != p.Meta.Total || p.Links.Pages.Next == "" {
				total = p.Meta.Total
				break
			}
		}
		if got == total && n <= maxPages {
			return nil
		}
	}
	return fmt.Errorf("%w: it kept changing while it was read; try again", providers.ErrUnavailable)
}

// Zones returns the domains of the account.
func (a *api) Zones(ctx context.Context) ([]string, error) {
	var names []string
	err := pages(func(first bool, query string) (int, page, error) {
		var body struct {
			Domains []struct{ Name string }
			page
		}
		if err := a.do(ctx, rest.Request{Method: http.MethodGet, Query: query}, &body); err != nil {
			return 0, page{}, err
		}
		if first {
			names = nil
		}
		for _, d := range body.Domains {
			names = append(names, d.Name)
		}
		return len(body.Domains), body.page, nil
	})
	return names, err
}

func path(z zone.Name, parts ...string) string {
	return strings.Join(append([]string{url.PathEscape(strings.TrimSuffix(z.String(), ".")), "records"}, parts...), "/")
}

// Read reads a zone.
func (a *api) Read(ctx context.Context, z zone.Name) (*providers.Snapshot, error) {
	s := &providers.Snapshot{}
	err := pages(func(first bool, query string) (int, page, error) {
		var body struct {
			Records []record `json:"domain_records"`
			page
		}
		if err := a.do(ctx, rest.Request{Method: http.MethodGet, Path: path(z), Query: query}, &body); err != nil {
			return 0, page{}, err
		}
		if first {
			*s = providers.Snapshot{Apex: z, Capabilities: capabilities()}
		}
		for _, r := range body.Records {
			if err := r.addTo(s); err != nil {
				return 0, page{}, fmt.Errorf("%w: %w", providers.ErrUnavailable, err)
			}
		}
		return len(body.Records), body.page, nil
	})
	return s, err
}

// answer is what the API says of one record.
type answer struct {
	Record record `json:"domain_record"`
}

// Get reads a record.
func (a *api) Get(ctx context.Context, z zone.Name, id string) (providers.Item, error) {
	var got answer
	if err := a.do(ctx, rest.Request{Method: http.MethodGet, Path: path(z, id)}, &got); err != nil {
		return providers.Item{}, err
	}
	return got.Record.item(z)
}

// Create makes a record.
func (a *api) Create(ctx context.Context, z zone.Name, it providers.Item) (providers.Item, error) {
	return a.write(ctx, http.MethodPost, path(z), z, it)
}

// Update turns a record into another.
func (a *api) Update(ctx context.Context, z zone.Name, id string, it providers.Item) (providers.Item, error) {
	return a.write(ctx, http.MethodPut, path(z, id), z, it)
}

func (a *api) write(ctx context.Context, method, path string, z zone.Name, it providers.Item) (providers.Item, error) {
	r, err := newRecord(it.Record, z)
	if err != nil {
		return providers.Item{}, err
	}
	body, err := json.Marshal(r)
	if err != nil {
		return providers.Item{}, fmt.Errorf("%w: %w", providers.ErrRefused, err)
	}
	var got answer
	if err := a.do(ctx, rest.Request{Method: method, Path: path, Body: body}, &got); err != nil {
		return providers.Item{}, err
	}
	out, err := got.Record.item(z)
	if err != nil {
		return out, fmt.Errorf("%w: %w", providers.ErrUnknownOutcome, err)
	}
	return out, nil
}

// Delete takes a record away.
func (a *api) Delete(ctx context.Context, z zone.Name, id string) error {
	return a.do(ctx, rest.Request{Method: http.MethodDelete, Path: path(z, id)}, nil)
}

// Publish does nothing: what is written is served.
func (a *api) Publish(context.Context, zone.Name) error { return nil }

// record is a record in the API.
type record struct {
	ID       int64   `json:"id,omitempty"`
	Type     string  `json:"type"`
	Name     string  `json:"name"`
	Data     string  `json:"data"`
	Priority *uint16 `json:"priority"`
	Port     *uint16 `json:"port"`
	Weight   *uint16 `json:"weight"`
	TTL      uint32  `json:"ttl"`
	Flags    *uint8  `json:"flags"`
	Tag      *string `json:"tag"`
}

// addTo adds the record to a snapshot. The SOA record is told in part only.
func (r record) addTo(s *providers.Snapshot) error {
	if r.Type == "SOA" {
		return nil
	}
	owner, err := names.Owner(r.Name, s.Apex)
	if err != nil {
		return err
	}
	t, ok := zone.ParseType(r.Type)
	if !ok {
		s.Unread = append(s.Unread, names.Computed(owner, r.Type, r.Data)...)
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

// item reads the record. Names that it points at are absolute, without the final
// dot, and "@" is the zone itself.
func (r record) item(z zone.Name) (providers.Item, error) {
	owner, err := names.Owner(r.Name, z)
	if err != nil {
		return providers.Item{}, err
	}
	t, ok := zone.ParseType(r.Type)
	if !ok {
		return providers.Item{}, fmt.Errorf("type %q is not known", rest.Clean(r.Type))
	}
	it := providers.Item{ID: strconv.FormatInt(r.ID, 10)}
	host := strings.TrimSuffix(r.Data, ".") + "."
	if r.Data == "@" {
		host = z.String()
	}
	missing := errors.New("a part of the record is missing")
	data := r.Data
	switch t {
	case zone.TypeTXT:
		it.Record = zone.NewTXT(owner, r.TTL, r.Data)
		return it, nil
	case zone.TypeMX:
		if r.Priority == nil {
			return it, missing
		}
		data = fmt.Sprintf("%d %s", *r.Priority, host)
	case zone.TypeSRV:
		if r.Priority == nil || r.Weight == nil || r.Port == nil {
			return it, missing
		}
		data = fmt.Sprintf("%d %d %d %s", *r.Priority, *r.Weight, *r.Port, host)
	case zone.TypeCNAME, zone.TypeNS:
		data = host
	case zone.TypeCAA:
		if r.Flags == nil || r.Tag == nil || *r.Tag == "" || len(*r.Tag) > 255 {
			return it, missing
		}
		it.Record = zone.NewCAA(owner, r.TTL, *r.Flags, *r.Tag, r.Data)
		return it, nil
	}
	it.Record, err = providers.ParseRecord(owner, t, r.TTL, data)
	return it, err
}

// newRecord writes a record. Names that it points at have the final dot, by
// which the API knows that they are absolute.
func newRecord(r zone.Record, z zone.Name) (record, error) {
	out := record{Type: r.Type.String(), Name: r.Name.Relative(z), TTL: r.TTL}
	switch r.Type {
	case zone.TypeA, zone.TypeAAAA:
		out.Data = r.Addr().String()
	case zone.TypeTXT:
		out.Data = r.Text()
	case zone.TypeMX:
		pref := r.Preference()
		out.Data, out.Priority = r.Target().String(), &pref
	case zone.TypeSRV:
		priority, weight, port := r.SRV()
		out.Data, out.Priority, out.Weight, out.Port = r.Target().String(), &priority, &weight, &port
	case zone.TypeCNAME, zone.TypeNS:
		out.Data = r.Target().String()
	default:
		return out, fmt.Errorf("%w: %s", providers.ErrUnsupported, r)
	}
	if strings.Contains(out.Name+out.Data, `\`) {
		return out, fmt.Errorf("%w: %s: DigitalOcean takes no backslash", providers.ErrUnsupported, r)
	}
	return out, nil
}
