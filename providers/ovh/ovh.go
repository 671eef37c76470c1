// Package ovh reads and changes zones at OVHcloud through its API.
//
// What is written is served after a refresh of the zone, which ends every step.
//
// libdns/ovh (read: v1.1.0, 2026-11) is not used. It takes quotes off at the ends
// of all data, so that a DKIM key of several strings and a CAA record come out
// wrong; strikes all quotes from a text that it writes; knows nothing of the types
// SPF, DKIM and DMARC, which are TXT records; takes names without the final dot
// for absolute ones; and forgets a refresh that failed.
package ovh

import (
	"cmp"
	"context"
	"crypto/sha1" // the API signs so
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/byid"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/zone"
)

// The environment variables, as OVHcloud's own libraries have them.
const (
	EndpointVariable    = "OVH_ENDPOINT"
	ApplicationVariable = "OVH_APPLICATION_KEY"
	SecretVariable      = "OVH_APPLICATION_SECRET"
	ConsumerVariable    = "OVH_CONSUMER_KEY"
)

// endpoints are the APIs of the parts of OVHcloud.
var endpoints = map[string]string{
	"":       "https://eu.api.ovh.com/1.0",
	"ovh-eu": "https://eu.api.ovh.com/1.0",
	"ovh-ca": "https://ca.api.ovh.com/1.0",
	"ovh-us": "https://api.us.ovhcloud.com/1.0",
}

// defaultTTL is that of records that have none of their own, in seconds.
const defaultTTL = 3600

func capabilities() providers.Capabilities {
	return providers.Capabilities{Update: true, MinTTL: 60, AutoTTL: defaultTTL, NoEmptyText: true}
}

// Provider describes OVHcloud.
func Provider() *providers.Provider {
	return &providers.Provider{
		Name:  "ovh",
		Title: "OVHcloud",
		URL:   "https://api.ovh.com/console/#/domain",
		Variables: []providers.Variable{
			{Name: ApplicationVariable, Use: "the key of an application, made at https://api.ovh.com/createToken/"},
			{Name: SecretVariable, Use: "the secret of the application", Secret: true},
			{Name: ConsumerVariable, Use: "a consumer key with the rights GET, POST, PUT and DELETE on /domain/zone/* (to check only: GET)", Secret: true},
			{Name: EndpointVariable, Use: "ovh-eu, ovh-ca, ovh-us or the address of an API; ovh-eu if not set", Optional: true},
		},
		Capabilities: capabilities(),
		Notes: []string{
			"Records change in place, one after another, each read again right before; what was written is served after a refresh of the zone, which follows.",
			"Records of OVHcloud's types SPF, DKIM and DMARC are TXT records; those without a TTL of their own count with 3600 seconds.",
			"A zone is read record by record, which takes its time where there are many.",
		},
		Open: func(env func(string) string) (providers.Backend, error) {
			return New(Options{Endpoint: env(EndpointVariable), Key: env(ApplicationVariable), Secret: env(SecretVariable), Consumer: env(ConsumerVariable)})
		},
	}
}

// Options are what New needs to know.
type Options struct {
	Endpoint              string // as in EndpointVariable
	Key, Secret, Consumer string
	Pause                 time.Duration // before a request is made again; 0 is half a second
	// Patience is how long may be waited in all before one request is given up;
	// 0 is a minute.
	Patience time.Duration
}

// New returns the backend. No request is made.
func New(o Options) (providers.Backend, error) {
	at, ok := endpoints[o.Endpoint]
	if !ok {
		at = o.Endpoint
	}
	base, err := rest.Base(EndpointVariable, at)
	if err != nil {
		return nil, fmt.Errorf("%w; or ovh-eu, ovh-ca or ovh-us", err)
	}
	for _, c := range []struct{ variable, value string }{{ApplicationVariable, o.Key}, {SecretVariable, o.Secret}, {ConsumerVariable, o.Consumer}} {
		if err := rest.CheckToken(c.variable, c.value); err != nil {
			return nil, err
		}
	}
	a := &api{}
	opts := rest.Options{
		Base: base, Timeout: 30 * time.Second, Writes: 2, Tries: 5, MaxBody: 64 << 20,
		Pause: cmp.Or(o.Pause, 500*time.Millisecond), Patience: cmp.Or(o.Patience, time.Minute),
		Authorize: func(r *http.Request, _ []byte) { r.Header.Set("X-Ovh-Application", o.Key) },
	}
	a.clock = rest.New(opts)
	opts.Authorize = func(r *http.Request, body []byte) {
		at := strconv.FormatInt(time.Now().Add(time.Duration(a.ahead.Load())).Unix(), 10)
		r.Header.Set("X-Ovh-Application", o.Key)
		r.Header.Set("X-Ovh-Consumer", o.Consumer)
		r.Header.Set("X-Ovh-Timestamp", at)
		sum := sha1.Sum([]byte(strings.Join([]string{o.Secret, o.Consumer, r.Method, r.URL.String(), string(body), at}, "+")))
		r.Header.Set("X-Ovh-Signature", fmt.Sprintf("$1$%x", sum))
	}
	a.http = rest.New(opts)
	return &byid.Backend{Name: "OVHcloud", API: a}, nil
}

type api struct {
	http  *rest.Client
	clock *rest.Client // does not sign
	ahead atomic.Int64 // nanoseconds that the API's clock is ahead of ours
	asked sync.Mutex
	known bool // whether ahead is
}

// vet tells an answer from an error.
func vet(a *rest.Answer) error {
	var e struct {
		Message string `json:"message"`
		Code    string `json:"errorCode"`
	}
	if a.Status < 400 || json.Unmarshal(a.Body, &e) != nil || e.Message == "" {
		return a.Judge("")
	}
	if e.Code == "INVALID_SIGNATURE" || e.Code == "INVALID_KEY" || e.Code == "INVALID_CREDENTIAL" || e.Code == "NOT_CREDENTIAL" || e.Code == "NOT_GRANTED_CALL" {
		return fmt.Errorf("%w: %s", providers.ErrUnauthorized, rest.Clean(e.Message+": "+e.Code))
	}
	return a.Judge(e.Message)
}

// do makes a request and reads its answer into a value, unless that is nil.
func (a *api) do(ctx context.Context, c *rest.Client, r rest.Request, into any) error {
	return c.Do(ctx, r, func(got *rest.Answer) error {
		if err := vet(got); err != nil || into == nil {
			return err
		}
		if err := json.Unmarshal(got.Body, into); err != nil {
			if got.Read {
				return fmt.Errorf("%w: its answer is not that of the API; see whether %s is right", providers.ErrUnavailable, EndpointVariable)
			}
			return fmt.Errorf("%w: its answer is not that of the API", providers.ErrUnknownOutcome)
		}
		return nil
	})
}

// call makes a signed request. Signatures are of a moment, by the API's clock.
func (a *api) call(ctx context.Context, method, path string, body, into any) error {
	if err := a.tellTime(ctx); err != nil {
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return fmt.Errorf("%w: its clock: %s", providers.ErrUnavailable, err) // %s: nothing else was asked
	}
	r := rest.Request{Method: method, Path: path}
	if body != nil {
		var err error
		if r.Body, err = json.Marshal(body); err != nil {
			return fmt.Errorf("%w: %w", providers.ErrRefused, err)
		}
	}
	return a.do(ctx, a.http, r, into)
}

// tellTime asks the API's clock, once.
func (a *api) tellTime(ctx context.Context) error {
	a.asked.Lock()
	defer a.asked.Unlock()
	if a.known {
		return nil
	}
	var now int64
	if err := a.do(ctx, a.clock, rest.Request{Method: http.MethodGet, Path: "auth/time"}, &now); err != nil {
		return err
	}
	if d := time.Until(time.Unix(now, 0)); d.Abs() > 2*time.Second {
		a.ahead.Store(int64(d))
	}
	a.known = true
	return nil
}

// Zones returns the zones of the account.
func (a *api) Zones(ctx context.Context) ([]string, error) {
	var names []string
	err := a.call(ctx, http.MethodGet, "domain/zone", nil, &names)
	return names, err
}

func path(z zone.Name, parts ...string) string {
	return strings.Join(append([]string{"domain/zone", url.PathEscape(strings.TrimSuffix(z.String(), "."))}, parts...), "/")
}

const (
	maxRecords = 20_000 // each is a request
	readers    = 4      // at once
)

// Read reads a zone: the ids, and each record.
func (a *api) Read(ctx context.Context, z zone.Name) (*providers.Snapshot, error) {
	var ids []int64
	if err := a.call(ctx, http.MethodGet, path(z, "record"), nil, &ids); err != nil {
		return nil, err
	}
	if len(ids) > maxRecords {
		return nil, fmt.Errorf("%w: %d records, more than can be read one by one", providers.ErrUnsupported, len(ids))
	}
	records, err := a.records(ctx, z, ids)
	if err != nil {
		return nil, err
	}
	s := &providers.Snapshot{Apex: z, Capabilities: capabilities()}
	for _, r := range records {
		if err := r.addTo(s); err != nil {
			return nil, fmt.Errorf("%w: %w", providers.ErrUnavailable, err)
		}
	}
	return s, nil
}

// records reads the records with these ids, in their order.
func (a *api) records(ctx context.Context, z zone.Name, ids []int64) ([]record, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	out := make([]record, len(ids))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range readers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(ids) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				err := a.call(ctx, http.MethodGet, path(z, "record", strconv.FormatInt(ids[i], 10)), nil, &out[i])
				if errors.Is(err, providers.ErrNoZone) {
					err = fmt.Errorf("%w: a record went while the zone was read; try again", providers.ErrUnavailable)
				}
				if err != nil {
					stop(err)
				}
			}
		})
	}
	wg.Wait()
	return out, context.Cause(ctx)
}

// Get reads a record.
func (a *api) Get(ctx context.Context, z zone.Name, id string) (providers.Item, error) {
	var r record
	if err := a.call(ctx, http.MethodGet, path(z, "record", id), nil, &r); err != nil {
		return providers.Item{}, err
	}
	return r.item(z)
}

// Create makes a record.
func (a *api) Create(ctx context.Context, z zone.Name, it providers.Item) (providers.Item, error) {
	r, err := newRecord(it, z)
	if err != nil {
		return providers.Item{}, err
	}
	r.Type = it.Record.Type.String()
	var got record
	if err := a.call(ctx, http.MethodPost, path(z, "record"), r, &got); err != nil {
		return providers.Item{}, err
	}
	return unsure(got.item(z))
}

// Update turns a record into another. The answer says nothing of it.
func (a *api) Update(ctx context.Context, z zone.Name, id string, it providers.Item) (providers.Item, error) {
	r, err := newRecord(it, z)
	if err != nil {
		return providers.Item{}, err
	}
	if err := a.call(ctx, http.MethodPut, path(z, "record", id), r, nil); err != nil {
		return providers.Item{}, err
	}
	return unsure(a.Get(ctx, z, id))
}

// unsure is an answer after a write: where it cannot be read, nobody knows.
func unsure(it providers.Item, err error) (providers.Item, error) {
	if err != nil {
		return it, fmt.Errorf("%w: %s", providers.ErrUnknownOutcome, err)
	}
	return it, nil
}

// Delete takes a record away.
func (a *api) Delete(ctx context.Context, z zone.Name, id string) error {
	return a.call(ctx, http.MethodDelete, path(z, "record", id), nil, nil)
}

const maxRefreshes = 3

// Publish refreshes the zone. To do that twice does no harm, so it is tried
// again whatever came of it.
func (a *api) Publish(ctx context.Context, z zone.Name) error {
	var err error
	for range maxRefreshes {
		if err = a.call(ctx, http.MethodPost, path(z, "refresh"), nil, nil); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("refresh the zone in OVHcloud's control panel: %w", err)
	}
	return nil
}
