// Package desec reads and changes zones at deSEC through its API.
//
// All RRsets of a step go into one PATCH of the domain, of which deSEC makes all
// or nothing.
//
// libdns/desec (read: v1.0.1 and v1.1.1, 2026-11) is not used. It takes the outer
// quotes off a TXT record and leaves those between its strings, so that a DKIM
// key of more than 255 octets comes out wrong and can never be deleted; it puts an
// RRset per record and so has a moment without an SPF record; it reads at most
// 500 RRsets; and it writes to standard output.
package desec

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/names"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/providers/internal/rrsets"
	"github.com/zonelint/zonelint/zone"
)

// The environment variables: deSEC has no tools of its own; lego and octoDNS take
// the token from DESEC_TOKEN, and Terraform's provider the address from
// DESEC_API_URI.
const (
	TokenVariable = "DESEC_TOKEN"
	URLVariable   = "DESEC_API_URI"
)

const (
	defaultURL = "https://desec.io/api/v1"
	// maxTTL is the largest TTL that deSEC takes, in seconds.
	maxTTL = 86400
	// minTTL is the smallest one of most domains, in seconds; each says its own.
	minTTL = 3600
)

func capabilities() providers.Capabilities {
	return providers.Capabilities{Atomic: true, Update: true, RRsetTTL: true, MinTTL: minTTL, MaxTTL: maxTTL}
}

// access is how the API is reached.
func access() rest.Token {
	return rest.Token{
		Variable: TokenVariable, Use: "a token made at https://desec.io/tokens", Scheme: "Token",
		URLVariable: URLVariable, URL: defaultURL,
		Timeout: time.Minute, Pause: time.Second,
	}
}

// Provider describes deSEC.
func Provider() *providers.Provider {
	return &providers.Provider{
		Name:         "desec",
		Title:        "deSEC",
		URL:          "https://desec.readthedocs.io/en/latest/dns/rrsets.html",
		Variables:    access().Variables(),
		Capabilities: capabilities(),
		Notes: []string{
			"A change is one request, of which deSEC makes all or nothing.",
			"The API takes no conditions: what is to change is read again right before it is written, and an edit in the moment between the two is overwritten.",
			"Requests are limited to a few a minute; zonelint waits a minute at most when deSEC says so.",
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
	return &rrsets.Backend{Name: "deSEC", API: &api{client}}, nil
}

type api struct{ http *rest.Client }

// wire is an RRset in the API.
type wire struct {
	Subname string   `json:"subname"`
	Type    string   `json:"type"`
	TTL     uint32   `json:"ttl"`
	Records []string `json:"records"`
}

// vet tells an answer from an error. The API answers with {"detail": ...}, with
// lists of words by field, or for several RRsets with a list of those.
func vet(a *rest.Answer) error {
	if a.Status < 400 {
		return a.Judge("")
	}
	var any any
	if err := json.Unmarshal(a.Body, &any); err != nil {
		return a.Judge("")
	}
	var said []string
	collect(any, &said)
	return a.Judge(strings.Join(said, "; "))
}

// collect gathers the words of an error in any form.
func collect(v any, said *[]string) {
	switch v := v.(type) {
	case string:
		*said = append(*said, v)
	case []any:
		for _, e := range v {
			collect(e, said)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			collect(v[k], said)
		}
	}
}

// nextPage finds the address of the next page in a Link header (RFC 8288).
var nextPage = regexp.MustCompile(`<([^<>]*)>;\s*rel="next"`)

const maxPages = 2000 // of 500 elements each

// list reads all pages of a list. Elements are in the order of their making, and
// a cursor stands between two of them: what comes and goes meanwhile moves no
// other.
func list[T any](ctx context.Context, a *api, path string) ([]T, error) {
	var all []T
	query := "cursor="
	for range maxPages {
		var page []T
		var next string
		err := a.http.Do(ctx, rest.Request{Method: http.MethodGet, Path: path, Query: query}, func(got *rest.Answer) error {
			if err := vet(got); err != nil {
				return err
			}
			page = nil
			if err := json.Unmarshal(got.Body, &page); err != nil {
				return fmt.Errorf("%w: its answer is not a list; see whether %s is right", providers.ErrUnavailable, URLVariable)
			}
			next = ""
			if m := nextPage.FindStringSubmatch(strings.Join(got.Header.Values("Link"), ", ")); m != nil {
				u, err := url.Parse(m[1])
				if err != nil {
					return fmt.Errorf("%w: its answer has no address of the next page", providers.ErrUnavailable)
				}
				next = u.RawQuery // the rest of the address is known, and the token goes nowhere else
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); next == "" {
			return all, nil
		}
		query = next
	}
	return nil, fmt.Errorf("%w: the list has no end", providers.ErrUnavailable)
}

// Zones returns the domains of the account.
func (a *api) Zones(ctx context.Context) ([]string, error) {
	domains, err := list[struct{ Name string }](ctx, a, "domains/")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, d := range domains {
		names = append(names, d.Name)
	}
	return names, nil
}

// Read reads a domain.
func (a *api) Read(ctx context.Context, z zone.Name) (*rrsets.Zone, error) {
	id := strings.TrimSuffix(z.String(), ".")
	path := "domains/" + url.PathEscape(id) + "/"
	var domain struct {
		MinimumTTL uint32 `json:"minimum_ttl"`
	}
	err := a.http.Do(ctx, rest.Request{Method: http.MethodGet, Path: path}, func(got *rest.Answer) error {
		if err := vet(got); err != nil {
			return err
		}
		if err := json.Unmarshal(got.Body, &domain); err != nil {
			return fmt.Errorf("%w: its answer is not a domain; see whether %s is right", providers.ErrUnavailable, URLVariable)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	sets, err := list[wire](ctx, a, path+"rrsets/")
	if err != nil {
		return nil, err
	}
	out := &rrsets.Zone{Apex: z, ID: path, Capabilities: capabilities()}
	out.Capabilities.MinTTL = cmp.Or(domain.MinimumTTL, minTTL)
	for _, s := range sets {
		owner, err := names.Owner(s.Subname, z)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", providers.ErrUnavailable, err)
		}
		set := rrsets.Set{TTL: s.TTL}
		for _, r := range s.Records {
			set.Values = append(set.Values, rrsets.Value{Data: r})
		}
		out.Add(owner, s.Type, set)
	}
	return out, nil
}

// Write makes all changes in one request.
func (a *api) Write(ctx context.Context, now *rrsets.Zone, changes []rrsets.Change) error {
	var body []wire
	for _, c := range changes {
		label, err := rrsets.Label(c.New.Key.Name, now.Apex)
		if err != nil {
			return err
		}
		if label == "@" {
			label = ""
		}
		w := wire{Subname: label, Type: c.New.Key.Type.String(), TTL: c.New.TTL, Records: []string{}}
		for _, v := range c.New.Values {
			w.Records = append(w.Records, v.Data)
		}
		if len(w.Records) == 0 {
			w.TTL = c.Old.TTL
		}
		body = append(body, w)
	}
	content, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("%w: %w", providers.ErrRefused, err)
	}
	err = a.http.Do(ctx, rest.Request{Method: http.MethodPatch, Path: now.ID + "rrsets/", Body: content}, vet)
	if errors.Is(err, providers.ErrUnauthorized) {
		err = fmt.Errorf("%w; a token may be bound to some domains, or not be allowed to write", err)
	}
	return err
}
