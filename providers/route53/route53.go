// Package route53 reads and changes public hosted zones of Amazon Route 53.
//
// A step is one change batch, of which Route 53 makes all or nothing. Each RRset
// in it is deleted with the values and the TTL that it is to have, and created
// anew, so that Route 53 itself refuses a stale plan.
//
// libdns/route53 (read: v1.6.0 and v1.6.2, 2026-11) is not used. Of an alias it
// tells nothing, so that names with one look as if they had no address; it mixes
// the records of weighted and other routed RRsets; it ends the program where the
// configuration cannot be loaded; and it makes a batch for each record, which
// overwrites what others changed meanwhile. The SDK behind it would cost more
// than the rest of zonelint.
package route53

import (
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/providers/internal/rrsets"
	"github.com/zonelint/zonelint/zone"
)

// The environment variables, as AWS's own tools have them; lego takes the zone
// from AWS_HOSTED_ZONE_ID.
const (
	KeyVariable     = "AWS_ACCESS_KEY_ID"
	SecretVariable  = "AWS_SECRET_ACCESS_KEY"
	SessionVariable = "AWS_SESSION_TOKEN"
	ZoneVariable    = "AWS_HOSTED_ZONE_ID"
	URLVariable     = "AWS_ENDPOINT_URL_ROUTE_53"
)

const (
	defaultURL = "https://route53.amazonaws.com"
	version    = "2013-04-01"
	// maxOps is how many records change in one batch: each may stand for two
	// changes, and Route 53 takes a hundred at the least.
	maxOps = 50
)

func capabilities() providers.Capabilities {
	return providers.Capabilities{
		Atomic: true, MaxOps: maxOps, Update: true, Conditional: true, RRsetTTL: true, MaxText: 4000,
		Types: types,
	}
}

// types are those that Route 53 takes and that zonelint may be asked to write.
var types = []zone.Type{zone.TypeA, zone.TypeAAAA, zone.TypeCAA, zone.TypeCNAME, zone.TypeMX, zone.TypeNS, zone.TypePTR, zone.TypeSPF, zone.TypeSRV, zone.TypeTLSA, zone.TypeTXT}

// Provider describes Route 53.
func Provider() *providers.Provider {
	return &providers.Provider{
		Name:  "route53",
		Title: "Amazon Route 53",
		URL:   "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html",
		Variables: []providers.Variable{
			{Name: KeyVariable, Use: "the id of an access key that may use ListHostedZones, ListHostedZonesByName, ListResourceRecordSets and ChangeResourceRecordSets"},
			{Name: SecretVariable, Use: "the secret of the access key", Secret: true},
			{Name: SessionVariable, Use: "the session token that belongs to a key of a role", Secret: true, Optional: true},
			{Name: ZoneVariable, Use: "the id of the hosted zone, where several public ones have the same name", Optional: true},
			{Name: URLVariable, Use: "where the API is, if not " + defaultURL, Optional: true},
		},
		Capabilities: capabilities(),
		Notes: []string{
			"A change is one batch, of which Route 53 makes all or nothing, and which it refuses if a record that it concerns is not as it was planned.",
			"Profiles, SSO and roles are not read: eval \"$(aws configure export-credentials --format env)\" puts their keys into the variables.",
			"Aliases and RRsets with weights, health checks or other routing give answers that differ; they count as not known and are not changed.",
			"Private hosted zones are not read.",
		},
		Open: func(env func(string) string) (providers.Backend, error) {
			return New(Options{Key: env(KeyVariable), Secret: env(SecretVariable), Session: env(SessionVariable), ZoneID: env(ZoneVariable), URL: env(URLVariable)})
		},
	}
}

// Options are what New needs to know.
type Options struct {
	Key, Secret string // the access key
	Session     string // the session token; "" is none
	ZoneID      string // of the one zone that is meant; "" finds it by its name
	URL         string // "" is that of AWS
	Pause       time.Duration
	// Patience is how long may be waited in all before one request is given up;
	// 0 is a minute. Pause is the first wait; 0 is half a second.
	Patience time.Duration
}

// New returns the backend. No request is made.
func New(o Options) (providers.Backend, error) {
	base, err := rest.Base(URLVariable, cmp.Or(o.URL, defaultURL))
	if err != nil {
		return nil, err
	}
	for _, c := range []struct{ variable, value string }{{KeyVariable, o.Key}, {SecretVariable, o.Secret}, {SessionVariable, cmp.Or(o.Session, "none")}} {
		if err := rest.CheckToken(c.variable, c.value); err != nil {
			return nil, err
		}
	}
	id := strings.TrimPrefix(o.ZoneID, "/hostedzone/")
	if strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return nil, fmt.Errorf("%s is not the id of a hosted zone, such as Z0123456789ABCDEFGHIJ", ZoneVariable)
	}
	s := &signer{key: o.Key, secret: o.Secret, session: o.Session, region: "us-east-1", service: "route53", now: time.Now}
	return &rrsets.Backend{Name: "Amazon Route 53", API: &api{zoneID: id, http: rest.New(rest.Options{
		Base: base.JoinPath(version),
		Authorize: func(r *http.Request, body []byte) {
			r.Header.Set("Accept", "*/*")
			s.sign(r, body)
		},
		Timeout: 30 * time.Second, Writes: 4, Tries: 6, MaxBody: 64 << 20,
		Pause: cmp.Or(o.Pause, 500*time.Millisecond), Patience: cmp.Or(o.Patience, time.Minute),
	})}}, nil
}

type api struct {
	http   *rest.Client
	zoneID string
}

// get reads into a value.
func (a *api) get(ctx context.Context, path string, q url.Values, into any) error {
	return a.http.Do(ctx, rest.Request{Method: http.MethodGet, Path: path, Query: canonicalQuery(q)}, func(got *rest.Answer) error {
		if err := vet(got); err != nil {
			return err
		}
		if err := xml.Unmarshal(got.Body, into); err != nil {
			return fmt.Errorf("%w: its answer is not that of the API", providers.ErrUnavailable)
		}
		return nil
	})
}

const maxPages = 10_000

// Zones returns the public zones of the account.
func (a *api) Zones(ctx context.Context) ([]string, error) {
	var names []string
	q := url.Values{"maxitems": {"100"}}
	for range maxPages {
		var page zoneList
		if err := a.get(ctx, "hostedzone", q, &page); err != nil {
			return nil, err
		}
		for _, z := range page.Zones {
			if !z.Config.Private && (a.zoneID == "" || strings.HasSuffix(z.ID, "/"+a.zoneID)) {
				names = append(names, fromOctal(z.Name))
			}
		}
		if !page.Truncated {
			return names, nil
		}
		q.Set("marker", page.Marker)
	}
	return nil, errEndless
}

var errEndless = fmt.Errorf("%w: the list has no end", providers.ErrUnavailable)

// find returns the id of the zone.
func (a *api) find(ctx context.Context, z zone.Name) (string, error) {
	var zones []hostedZone
	if a.zoneID != "" {
		var got struct {
			Zone hostedZone `xml:"HostedZone"`
		}
		if err := a.get(ctx, "hostedzone/"+a.zoneID, nil, &got); err != nil {
			return "", err
		}
		zones = append(zones, got.Zone)
	} else {
		var page zoneList
		if err := a.get(ctx, "hostedzonesbyname", url.Values{"dnsname": {toOctal(z.String())}, "maxitems": {"100"}}, &page); err != nil {
			return "", err
		}
		zones = page.Zones
	}
	zones = slices.DeleteFunc(zones, func(h hostedZone) bool {
		n, err := zone.ParseName(fromOctal(h.Name), zone.Root)
		return err != nil || n != z
	})
	private := len(zones)
	zones = slices.DeleteFunc(zones, func(h hostedZone) bool { return h.Config.Private })
	private -= len(zones)
	switch {
	case len(zones) > 1:
		return "", fmt.Errorf("%w: %d public hosted zones have this name; choose one by its id in %s", providers.ErrRefused, len(zones), ZoneVariable)
	case len(zones) == 0 && private > 0:
		return "", fmt.Errorf("%w: the hosted zones of this name are private", providers.ErrNoZone)
	case len(zones) == 0 && a.zoneID != "":
		return "", fmt.Errorf("%w: %s is the id of another", providers.ErrNoZone, ZoneVariable)
	case len(zones) == 0:
		return "", providers.ErrNoZone
	}
	id := strings.TrimPrefix(zones[0].ID, "/hostedzone/")
	if id == "" || strings.ContainsAny(id, "/?#%.") {
		return "", fmt.Errorf("%w: its answer has no id of the zone", providers.ErrUnavailable)
	}
	return id, nil
}

// Read reads a zone. The pages of the list follow each other by name and type,
// so that what comes and goes meanwhile moves nothing else.
func (a *api) Read(ctx context.Context, z zone.Name) (*rrsets.Zone, error) {
	id, err := a.find(ctx, z)
	if err != nil {
		return nil, err
	}
	out := &rrsets.Zone{Apex: z, ID: id, Capabilities: capabilities()}
	q := url.Values{"maxitems": {"300"}}
	for range maxPages {
		var page recordList
		if err := a.get(ctx, "hostedzone/"+id+"/rrset", q, &page); err != nil {
			return nil, err
		}
		for _, s := range page.Sets {
			if err := add(out, s); err != nil {
				return nil, err
			}
		}
		if !page.Truncated {
			return out, nil
		}
		q = url.Values{"maxitems": {"300"}, "name": {page.Name}, "type": {page.Type}}
		if page.SetID != "" {
			q.Set("identifier", page.SetID)
		}
	}
	return nil, errEndless
}

// add takes an RRset over, or says that its answers are not known.
func add(out *rrsets.Zone, s recordSet) error {
	n, err := zone.ParseName(fromOctal(s.Name), zone.Root)
	if err != nil || !n.Within(out.Apex) {
		return fmt.Errorf("%w: owner %q is no name in the zone", providers.ErrUnavailable, rest.Clean(s.Name))
	}
	why := ""
	switch {
	case s.Alias != nil:
		why = "Route 53 works the answer out, since there is an alias to " + rest.Clean(fromOctal(s.Alias.DNSName))
	case s.SetID != "" || s.Policy != "" || s.Health != "":
		why = "Route 53 gives different answers, by the routing " + rest.Clean(cmp.Or(s.SetID, s.Policy, s.Health))
	}
	if why != "" {
		t, ok := zone.ParseType(s.Type)
		if !ok {
			return fmt.Errorf("%w: type %q is not known", providers.ErrUnavailable, rest.Clean(s.Type))
		}
		out.Unread = append(out.Unread, providers.Unread{Name: n, Type: t, Reason: why, Computed: true})
		return nil
	}
	set := rrsets.Set{}
	if s.TTL != nil {
		set.TTL = *s.TTL
	}
	for _, v := range s.Values {
		set.Values = append(set.Values, rrsets.Value{Data: fromOctal(v.Data), Wire: v.Data})
	}
	out.Add(n, s.Type, set)
	return nil
}

// Write makes all changes in one batch.
func (a *api) Write(ctx context.Context, now *rrsets.Zone, changes []rrsets.Change) error {
	body := batch{NS: namespace}
	for _, c := range changes {
		if len(c.Old.Values) > 0 {
			body.Changes = append(body.Changes, change{"DELETE", wireSet(c.Old)})
		}
	}
	for _, c := range changes {
		if len(c.New.Values) > 0 {
			body.Changes = append(body.Changes, change{"CREATE", wireSet(c.New)})
		}
	}
	content, err := xml.Marshal(body)
	if err != nil {
		return fmt.Errorf("%w: %w", providers.ErrRefused, err)
	}
	return a.http.Do(ctx, rest.Request{
		Method: http.MethodPost, Path: "hostedzone/" + now.ID + "/rrset/", Type: "application/xml",
		Body: append([]byte(xml.Header), content...),
	}, vet)
}

func wireSet(s rrsets.Set) recordSet {
	w := recordSet{Name: toOctal(s.Key.Name.String()), Type: s.Key.Type.String(), TTL: &s.TTL}
	for _, v := range s.Values {
		w.Values = append(w.Values, value{cmp.Or(v.Wire, toOctal(v.Data))})
	}
	return w
}
