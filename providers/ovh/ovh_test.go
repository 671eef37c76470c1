package ovh_test

import (
	"context"
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/ovh"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

const (
	key      = "7kbG7Bk7S9Nt7ZSV"
	secret   = "EXEgWIz07P0HYwtQDs7cNIqCiQaWSuHF"
	consumer = "MtSwSrPpNjqfVSmJhLbPyr2i45lSwPU1"
	skew     = -3 * time.Hour // of the fake's clock
)

type record struct {
	ID        int64  `json:"id"`
	FieldType string `json:"fieldType"`
	SubDomain string `json:"subDomain"`
	Target    string `json:"target"`
	TTL       uint32 `json:"ttl"`
	Zone      string `json:"zone"`
}

// fake is the API as its documentation has it, for one zone: served is what DNS
// would answer.
type fake struct {
	url string

	mu        sync.Mutex
	records   []record
	served    []record
	nextID    int64
	writes    int
	refreshes int
	fault     int // status of the next write, once
	noRefresh int // that many refreshes fail
	lost      bool
}

func start(t testing.TB, records []zone.Record, wraps ...providertest.Wrap) *fake {
	f := &fake{nextID: 5000}
	for _, r := range records {
		sub := r.Name.Relative(providertest.Apex)
		if sub == "@" {
			sub = ""
		}
		f.add(record{FieldType: r.Type.String(), SubDomain: sub, Target: r.RData(), TTL: r.TTL})
	}
	f.served = slices.Clone(f.records)
	f.url = providertest.Serve(t, f, wraps...) + "/1.0"
	return f
}

func (f *fake) add(r record) record {
	r.ID, r.Zone = f.nextID, "example.com"
	f.nextID++
	f.records = append(f.records, r)
	return r
}

func (f *fake) truth() []zone.Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []zone.Record
	for _, r := range f.served {
		n := providertest.Apex
		if r.SubDomain != "" {
			n = zone.MustName(r.SubDomain + ".example.com")
		}
		typ, _ := zone.ParseType(r.FieldType)
		got, err := providers.ParseRelative(n, typ, r.TTL, r.Target, providertest.Apex)
		if err != nil {
			panic(err)
		}
		out = append(out, got)
	}
	return out
}

func failure(w http.ResponseWriter, status int, code, message string) {
	providertest.Say(w, status, map[string]string{"message": message, "errorCode": code, "httpCode": strconv.Itoa(status)})
}

// signed looks at the signature, and at its age by the fake's clock.
func (f *fake) signed(r *http.Request, body string) bool {
	h := r.Header
	at, _ := strconv.ParseInt(h.Get("X-Ovh-Timestamp"), 10, 64)
	sum := sha1.Sum([]byte(strings.Join([]string{secret, consumer, r.Method, "http://" + r.Host + r.URL.String(), body, h.Get("X-Ovh-Timestamp")}, "+")))
	return h.Get("X-Ovh-Application") == key && h.Get("X-Ovh-Consumer") == consumer && h.Get("X-Ovh-Signature") == fmt.Sprintf("$1$%x", sum) &&
		time.Until(time.Unix(at, 0).Add(-skew)).Abs() < time.Minute
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/1.0/")
	if path == "auth/time" {
		providertest.Say(w, 200, time.Now().Add(skew).Unix())
		return
	}
	body, _ := io.ReadAll(r.Body)
	if !f.signed(r, string(body)) {
		failure(w, http.StatusBadRequest, "INVALID_SIGNATURE", "Invalid signature")
		return
	}
	id, isRecord := strings.CutPrefix(path, "domain/zone/example.com/record")
	i := slices.IndexFunc(f.records, func(o record) bool { return fmt.Sprintf("/%d", o.ID) == id })
	switch {
	case path == "domain/zone":
		providertest.Say(w, 200, []string{"example.com"})
	case r.Method == http.MethodGet && isRecord && id == "":
		ids := []int64{}
		for _, o := range f.records {
			ids = append(ids, o.ID)
		}
		providertest.Say(w, 200, ids)
	case r.Method == http.MethodGet && i >= 0:
		providertest.Say(w, 200, f.records[i])
	case r.Method == http.MethodPost && path == "domain/zone/example.com/refresh":
		if f.noRefresh > 0 {
			f.noRefresh--
			failure(w, http.StatusInternalServerError, "", "Internal Server Error")
			return
		}
		f.refreshes++
		f.served = slices.Clone(f.records)
		providertest.Say(w, 200, nil)
	case r.Method != http.MethodGet && isRecord && (id == "" || i >= 0):
		f.write(w, r.Method, body, i)
	default:
		failure(w, http.StatusNotFound, "", "This service does not exist")
	}
}

func (f *fake) write(w http.ResponseWriter, method string, body []byte, i int) {
	if status := f.fault; status != 0 {
		f.fault = 0
		failure(w, status, "", "no")
		return
	}
	var o record
	if method != http.MethodDelete {
		if err := json.Unmarshal(body, &o); err != nil || o.Target == "" || o.TTL != 0 && o.TTL < 60 {
			failure(w, http.StatusBadRequest, "", "Invalid record")
			return
		}
	}
	f.writes++
	var answer any
	switch method {
	case http.MethodPost:
		answer = f.add(o)
	case http.MethodPut:
		f.records[i].Target, f.records[i].TTL, f.records[i].SubDomain = o.Target, o.TTL, o.SubDomain
	case http.MethodDelete:
		f.records = slices.Delete(f.records, i, i+1)
	}
	if f.lost {
		panic(http.ErrAbortHandler)
	}
	providertest.Say(w, 200, answer)
}

func (f *fake) options() ovh.Options {
	return ovh.Options{Endpoint: f.url, Key: key, Secret: secret, Consumer: consumer, Pause: time.Millisecond, Patience: 100 * time.Millisecond}
}

func open(t testing.TB, o ovh.Options) providers.Backend {
	t.Helper()
	b, err := ovh.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What the backend did is taken from what is served, after the refresh.
func harness(t *testing.T, records []zone.Record, wrap providertest.Wrap) providertest.Harness {
	f := start(t, records, wrap)
	return providertest.Harness{Backend: open(t, f.options()), Truth: f.truth}
}

func TestConformance(t *testing.T) {
	providertest.Conformance(t, providertest.StartHTTP(harness).Plain)
}

func TestHTTPFaults(t *testing.T) { providertest.HTTPFaults(t, harness) }

// Types of OVHcloud's own, texts with and without quotes, names without the final
// dot, and records without a TTL.
func TestRead(t *testing.T) {
	f := start(t, nil)
	for _, r := range []record{
		{FieldType: "SPF", Target: `"v=spf1 mx -all"`, TTL: 600},
		{FieldType: "DKIM", SubDomain: "s._domainkey", Target: `"v=DKIM1; p=AB" "CD"`},
		{FieldType: "DMARC", SubDomain: "_dmarc", Target: "v=DMARC1; p=none", TTL: 60},
		{FieldType: "MX", Target: "10 mail", TTL: 60},
		{FieldType: "CAA", Target: `0 issue "ca.example"`, TTL: 60},
		{FieldType: "TXT", SubDomain: "odd", Target: `say "hi"`, TTL: 60},
	} {
		f.add(r)
	}
	s := providertest.Snapshot(t, open(t, f.options()))
	var got []string
	for _, it := range s.Items {
		got = append(got, fmt.Sprint(it.Record.Name, " ", it.Record.TTL, " ", it.Record.Type, " ", it.Record.RData(), " ", it.Auto))
	}
	want := []string{
		`example.com. 600 TXT "v=spf1 mx -all" false`, `s._domainkey.example.com. 3600 TXT "v=DKIM1; p=AB" "CD" true`, `_dmarc.example.com. 60 TXT "v=DMARC1; p=none" false`,
		`example.com. 60 MX 10 mail.example.com. false`, `example.com. 60 CAA 0 issue "ca.example" false`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if len(s.Unread) != 1 {
		t.Errorf("%+v", s.Unread)
	}
}

const spf, better = `@ 300 TXT "v=spf1 a -all"`, `@ 300 TXT "v=spf1 mx -all"`

func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		name      string
		fault     int
		lost      bool
		noRefresh int
		edit      func(*fake)
		is        error
		writes    int
		refreshes int
	}{
		{"well", 0, false, 0, nil, nil, 1, 1},
		{"slowed down", 429, false, 0, nil, nil, 1, 1},
		{"refused", 400, false, 0, nil, providers.ErrRefused, 0, 0},
		{"not allowed", 403, false, 0, nil, providers.ErrUnauthorized, 0, 0},
		{"in trouble", 500, false, 0, nil, providers.ErrUnknownOutcome, 0, 1},
		{"made and not answered", 0, true, 0, nil, providers.ErrUnknownOutcome, 1, 1},
		{"a refresh fails twice", 0, false, 2, nil, nil, 1, 1},
		{"the refresh fails", 0, false, 9, nil, providers.ErrPartial, 1, 0},
		{"changed meanwhile", 0, false, 0, func(f *fake) { f.records[0].Target = `"v=spf1 -all"` }, providers.ErrStale, 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := start(t, providertest.Records(t, spf))
			step := providertest.OneStep(t, open(t, f.options()), []string{spf}, []string{better})
			if tc.edit != nil {
				tc.edit(f)
			}
			f.fault, f.lost, f.noRefresh = tc.fault, tc.lost, tc.noRefresh
			err := open(t, f.options()).Apply(context.Background(), providertest.Apex, step)
			f.mu.Lock() // what was not answered may still be at work
			defer f.mu.Unlock()
			if !errors.Is(err, tc.is) || f.writes != tc.writes || f.refreshes != tc.refreshes {
				t.Errorf("%d writes, %d refreshes: %v", f.writes, f.refreshes, err)
			}
			if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), consumer)) {
				t.Errorf("a secret in %v", err)
			}
		})
	}
}

func TestAccess(t *testing.T) {
	f := start(t, nil)
	wrong := f.options()
	wrong.Secret = "wrong-secret"
	providertest.Access(t, open(t, f.options()), open(t, wrong), wrong.Secret, providertest.Apex)
	if _, err := ovh.New(ovh.Options{Endpoint: "ovh-mars", Key: "a", Secret: "b", Consumer: "c"}); err == nil {
		t.Error("an endpoint that is none")
	}
	if _, err := ovh.New(ovh.Options{Endpoint: "ovh-us", Key: "a", Secret: "b", Consumer: "c"}); err != nil {
		t.Error(err)
	}
}
