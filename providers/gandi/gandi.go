// Package gandi reads and changes zones at Gandi through LiveDNS.
//
// An RRset is replaced by one PUT, so that an SPF record takes the place of
// another with no moment in between.
//
// libdns/gandi (read: v1.1.0, 2026-11) is not used. Adding one record, it
// replaces the RRset with the TTL of what is added; it compares a text to be
// deleted with its quotes where a name has several and without them where it has
// one, and says that it deleted what it did not find; it follows whatever address
// an answer names with the token; and it takes names without the final dot for
// absolute ones, which to Gandi they are not.
package gandi

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
	"github.com/zonelint/zonelint/providers/internal/names"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/providers/internal/rrsets"
	"github.com/zonelint/zonelint/zone"
)

// The environment variables, as Gandi's own provider for Terraform has them.
const (
	TokenVariable = "GANDI_PERSONAL_ACCESS_TOKEN"
	URLVariable   = "GANDI_URL"
)

const defaultURL = "https://api.gandi.net"

func capabilities() providers.Capabilities {
	return providers.Capabilities{Atomic: true, OneRRset: true, Update: true, RRsetTTL: true, MinTTL: 300, MaxTTL: 2592000}
}

// access is how the API is reached.
func access() rest.Token {
	return rest.Token{
		Variable: TokenVariable, Use: "a personal access token that may manage the zone's domain; the older API keys are not used", Scheme: "Bearer",
		URLVariable: URLVariable, URL: defaultURL, Path: "v5/livedns",
		Timeout: time.Minute, Pause: time.Second,
	}
}

// Provider describes Gandi.
func Provider() *providers.Provider {
	return &providers.Provider{
		Name:         "gandi",
		Title:        "Gandi",
		URL:          "https://api.gandi.net/docs/livedns/",
		Variables:    access().Variables(),
		Capabilities: capabilities(),
		Notes: []string{
			"The records of a name and type change in one request; changes to several names or types are made one after another.",
			"The API takes no conditions: what is to change is read again right before it is written, and an edit in the moment between the two is overwritten.",
			"Only domains on LiveDNS have zones here.",
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
	return &rrsets.Backend{Name: "Gandi", API: &api{client}}, nil
}

type api struct{ http *rest.Client }

// wire is an RRset in the API.
type wire struct {
	Name   string   `json:"rrset_name,omitempty"`
	Type   string   `json:"rrset_type,omitempty"`
	TTL    uint32   `json:"rrset_ttl"`
	Values []string `json:"rrset_values"`
}

// vet tells an answer from an error.
func vet(a *rest.Answer) error {
	var e struct {
		Message string `json:"message"`
		Cause   string `json:"cause"`
		Object  string `json:"object"`
		Status  string `json:"status"`
		Errors  []struct {
			Name        string `json:"name"`
			Description string `json:"description"`
		} `json:"errors"`
	}
	if a.Status < 400 || json.Unmarshal(a.Body, &e) != nil {
		return a.Judge("")
	}
	said := []string{cmp.Or(e.Message, e.Cause, e.Status)}
	for _, d := range e.Errors {
		said = append(said, strings.TrimSpace(d.Name+" "+d.Description))
	}
	return a.Judge(strings.Join(said, "; "))
}

const maxPages = 1000

// list reads a list whole. The API gives all at once, or says in Total-Count
// that there is more.
func list[T any](ctx context.Context, a *api, path string) ([]T, error) {
	var all []T
	query := ""
	for n := 1; n <= maxPages; n++ {
		var page []T
		total := 0
		err := a.http.Do(ctx, rest.Request{Method: http.MethodGet, Path: path, Query: query}, func(got *rest.Answer) error {
			if err := vet(got); err != nil {
				return err
			}
			page = nil
			if err := json.Unmarshal(got.Body, &page); err != nil {
				return fmt.Errorf("%w: its answer is not a list; see whether %s is right", providers.ErrUnavailable, URLVariable)
			}
			total, _ = strconv.Atoi(got.Header.Get("Total-Count"))
			return nil
		})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		switch {
		case len(all) >= total:
			return all, nil
		case len(page) == 0:
			return nil, fmt.Errorf("%w: it told %d of %d elements; try again", providers.ErrUnavailable, len(all), total)
		}
		query = fmt.Sprintf("page=%d", n+1)
	}
	return nil, fmt.Errorf("%w: the list has no end", providers.ErrUnavailable)
}

// Zones returns the domains of the account that LiveDNS serves.
func (a *api) Zones(ctx context.Context) ([]string, error) {
	domains, err := list[struct {
		FQDN string `json:"fqdn"`
	}](ctx, a, "domains")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, d := range domains {
		names = append(names, d.FQDN)
	}
	return names, nil
}

// Read reads a zone.
func (a *api) Read(ctx context.Context, z zone.Name) (*rrsets.Zone, error) {
	path := "domains/" + url.PathEscape(strings.TrimSuffix(z.String(), ".")) + "/records"
	sets, err := list[wire](ctx, a, path)
	if err != nil {
		return nil, err
	}
	out := &rrsets.Zone{Apex: z, ID: path, Origin: z, Capabilities: capabilities()}
	for _, s := range sets {
		owner, err := names.Owner(s.Name, z)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", providers.ErrUnavailable, err)
		}
		set := rrsets.Set{TTL: s.TTL}
		for _, v := range s.Values {
			set.Values = append(set.Values, rrsets.Value{Data: v})
		}
		out.Add(owner, s.Type, set)
	}
	return out, nil
}

// Write replaces one RRset.
func (a *api) Write(ctx context.Context, now *rrsets.Zone, changes []rrsets.Change) error {
	for _, c := range changes {
		label, err := rrsets.Label(c.New.Key.Name, now.Apex)
		if err != nil {
			return err
		}
		r := rest.Request{Method: http.MethodDelete, Path: now.ID + "/" + url.PathEscape(label) + "/" + c.New.Key.Type.String()}
		if len(c.New.Values) > 0 {
			w := wire{TTL: c.New.TTL}
			for _, v := range c.New.Values {
				w.Values = append(w.Values, v.Data)
			}
			if r.Body, err = json.Marshal(w); err != nil {
				return fmt.Errorf("%w: %w", providers.ErrRefused, err)
			}
			r.Method = http.MethodPut
		}
		err = a.http.Do(ctx, r, vet)
		if errors.Is(err, providers.ErrUnauthorized) {
			err = fmt.Errorf("%w; the token needs the permission to manage domain names and their technical configurations", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
