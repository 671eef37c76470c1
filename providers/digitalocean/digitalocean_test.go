package digitalocean_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/digitalocean"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

const token = "dop_v1_T3stTokenThatIsLong0123456789abcdef"

type object = map[string]any

// fake is the API as its documentation has it, for one domain.
type fake struct {
	url string

	mu      sync.Mutex
	records []object
	nextID  int
	writes  int
	fault   int  // status of the next write, once
	lost    bool // the next write is made and not answered
	moving  bool // a record comes while pages are read
}

func start(t testing.TB, records []zone.Record, wraps ...providertest.Wrap) *fake {
	f := &fake{nextID: 1}
	f.records = append(f.records, object{"id": 999, "type": "SOA", "name": "@", "data": "1800", "ttl": 1800, "priority": nil, "port": nil, "weight": nil, "flags": nil, "tag": nil})
	for _, r := range records {
		f.add(wire(r))
	}
	f.writes = 0
	f.url = providertest.Serve(t, f, wraps...)
	return f
}

// wire is a record as the API gives it: names without the final dot, and "@"
// for the zone itself.
func wire(r zone.Record) object {
	host := func(n zone.Name) string {
		if n == providertest.Apex {
			return "@"
		}
		if n == zone.Root {
			return "."
		}
		return strings.TrimSuffix(n.String(), ".")
	}
	o := object{"type": r.Type.String(), "name": r.Name.Relative(providertest.Apex), "ttl": r.TTL, "priority": nil, "port": nil, "weight": nil, "flags": nil, "tag": nil}
	switch r.Type {
	case zone.TypeTXT:
		o["data"] = r.Text()
	case zone.TypeMX:
		o["data"], o["priority"] = host(r.Target()), r.Preference()
	case zone.TypeSRV:
		o["data"] = host(r.Target())
		o["priority"], o["weight"], o["port"] = r.SRV()
	case zone.TypeCNAME, zone.TypeNS:
		o["data"] = host(r.Target())
	case zone.TypeCAA:
		flags, tag, value, _ := r.CAA()
		o["flags"], o["tag"], o["data"] = flags, tag, value
	default:
		o["data"] = r.RData()
	}
	return o
}

func (f *fake) add(o object) object {
	o["id"] = f.nextID
	f.nextID++
	f.writes++
	f.records = append(f.records, o)
	return o
}

// truth is what DNS would answer.
func (f *fake) truth() []zone.Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []zone.Record
	for _, o := range f.records {
		if o["type"] == "SOA" {
			continue
		}
		name := providertest.Apex
		if s := o["name"].(string); s != "@" {
			name = zone.MustName(s + ".example.com")
		}
		ttl, _ := strconv.Atoi(fmt.Sprint(o["ttl"]))
		data := fmt.Sprint(o["data"])
		host := func() string {
			if data == "@" {
				return "example.com."
			}
			return strings.TrimSuffix(data, ".") + "."
		}
		typ, _ := zone.ParseType(o["type"].(string))
		switch typ {
		case zone.TypeTXT:
			out = append(out, zone.NewTXT(name, uint32(ttl), data))
			continue
		case zone.TypeCAA:
			data = fmt.Sprintf("%v %v %q", o["flags"], o["tag"], data)
		case zone.TypeMX:
			data = fmt.Sprintf("%v %s", o["priority"], host())
		case zone.TypeSRV:
			data = fmt.Sprintf("%v %v %v %s", o["priority"], o["weight"], o["port"], host())
		case zone.TypeCNAME, zone.TypeNS:
			data = host()
		}
		r, err := providers.ParseRecord(name, typ, uint32(ttl), data)
		if err != nil {
			panic(err)
		}
		out = append(out, r)
	}
	return out
}

func failure(w http.ResponseWriter, status int, id, message string) {
	providertest.Say(w, status, object{"id": id, "message": message})
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+token {
		failure(w, http.StatusUnauthorized, "unauthorized", "Unable to authenticate you")
		return
	}
	id, isRecord := strings.CutPrefix(r.URL.Path, "/v2/domains/example.com/records")
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/v2/domains":
		providertest.Say(w, 200, object{"domains": []object{{"name": "example.com", "ttl": 1800}}, "links": object{}, "meta": object{"total": 1}})
	case !isRecord:
		failure(w, http.StatusNotFound, "not_found", "The resource you were accessing could not be found.")
	case r.Method == http.MethodGet && id == "":
		f.list(w, r)
	case r.Method == http.MethodGet:
		if i := f.index(id); i >= 0 {
			providertest.Say(w, 200, object{"domain_record": f.records[i]})
			return
		}
		failure(w, http.StatusNotFound, "not_found", "The resource you requested could not be found.")
	default:
		f.write(w, r, id)
	}
}

func (f *fake) index(id string) int {
	return slices.IndexFunc(f.records, func(o object) bool { return "/"+fmt.Sprint(o["id"]) == id })
}

func (f *fake) list(w http.ResponseWriter, r *http.Request) {
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	if page > 1 && f.moving {
		f.moving = false
		f.add(object{"type": "A", "name": "moved", "data": "192.0.2.200", "ttl": 300})
	}
	from := min((page-1)*size, len(f.records))
	to := min(from+size, len(f.records))
	links := object{}
	if to < len(f.records) {
		links["pages"] = object{"next": "https://api.digitalocean.com/v2/…", "last": "x"}
	}
	providertest.Say(w, 200, object{"domain_records": f.records[from:to], "links": links, "meta": object{"total": len(f.records)}})
}

func (f *fake) write(w http.ResponseWriter, r *http.Request, id string) {
	if status := f.fault; status != 0 {
		f.fault = 0
		failure(w, status, "some_error", "no")
		return
	}
	i := f.index(id)
	if r.Method != http.MethodPost && i < 0 {
		failure(w, http.StatusNotFound, "not_found", "no such record")
		return
	}
	var o object
	if r.Method != http.MethodDelete {
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			failure(w, http.StatusBadRequest, "bad_request", "no JSON")
			return
		}
		data := fmt.Sprint(o["data"])
		switch o["type"] {
		case "MX", "CNAME", "NS", "SRV":
			if !strings.HasSuffix(data, ".") || data == "." {
				failure(w, http.StatusUnprocessableEntity, "unprocessable_entity", "Data needs to end with a dot (.)")
				return
			}
			if o["data"] = strings.TrimSuffix(data, "."); data == "example.com." {
				o["data"] = "@"
			}
		}
		for _, other := range f.records {
			if other["name"] == o["name"] && other["type"] != "SOA" && (other["type"] == "CNAME") != (o["type"] == "CNAME") {
				failure(w, http.StatusUnprocessableEntity, "unprocessable_entity", "CNAME records cannot share a name with other records")
				return
			}
		}
	}
	status := http.StatusOK
	switch r.Method {
	case http.MethodPost:
		f.add(o)
		status = http.StatusCreated
	case http.MethodPut:
		o["id"] = f.records[i]["id"]
		f.records[i] = o
		f.writes++
	case http.MethodDelete:
		f.records = slices.Delete(f.records, i, i+1)
		f.writes++
		status = http.StatusNoContent
	}
	if f.lost {
		panic(http.ErrAbortHandler)
	}
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	providertest.Say(w, status, object{"domain_record": o})
}

func open(t testing.TB, url, token string) providers.Backend {
	t.Helper()
	b, err := digitalocean.New(digitalocean.Options{Token: token, URL: url, Pause: time.Millisecond, Patience: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func harness(t *testing.T, records []zone.Record, wrap providertest.Wrap) providertest.Harness {
	f := start(t, records, wrap)
	return providertest.Harness{Backend: open(t, f.url, token), Truth: f.truth}
}

func TestConformance(t *testing.T) {
	providertest.Conformance(t, providertest.StartHTTP(harness).Plain)
}

func TestHTTPFaults(t *testing.T) { providertest.HTTPFaults(t, harness) }

// A zone of several pages is read whole, also if it changes meanwhile.
func TestPages(t *testing.T) {
	var lines []string
	for i := range 250 {
		lines = append(lines, fmt.Sprintf("h%d 300 A 192.0.2.%d", i, i))
	}
	f := start(t, providertest.Records(t, lines...))
	if n := len(providertest.Snapshot(t, open(t, f.url, token)).Items); n != 250 {
		t.Errorf("%d records", n)
	}
	f.moving = true
	if n := len(providertest.Snapshot(t, open(t, f.url, token)).Items); n != 251 {
		t.Errorf("%d records", n)
	}
}

// The parts of a record that are fields of their own, and the zone itself as a
// target.
func TestRead(t *testing.T) {
	f := start(t, providertest.Records(t, "@ 300 MX 0 mail.example.com.", "@ 300 MX 20 example.com.", "@ 300 CAA 128 issue \"ca.example\""))
	f.add(object{"type": "MX", "name": "broken", "data": "mx.example.net", "ttl": 300, "priority": nil})
	s := providertest.Snapshot(t, open(t, f.url, token))
	var got []string
	for _, it := range s.Items {
		got = append(got, it.Record.RData())
	}
	if want := []string{"0 mail.example.com.", "20 example.com.", `128 issue "ca.example"`}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if len(s.Unread) != 1 || s.Unread[0].Type != zone.TypeMX {
		t.Errorf("%+v", s.Unread)
	}
}

const spf, better = `@ 300 TXT "v=spf1 a -all"`, `@ 300 TXT "v=spf1 mx -all"`

func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		name   string
		fault  int
		lost   bool
		edit   func(*fake)
		is     error
		writes int
	}{
		{"well", 0, false, nil, nil, 1},
		{"slowed down", 429, false, nil, nil, 1},
		{"refused", 422, false, nil, providers.ErrRefused, 0},
		{"forbidden", 403, false, nil, providers.ErrUnauthorized, 0},
		{"in trouble", 500, false, nil, providers.ErrUnknownOutcome, 0},
		{"made and not answered", 0, true, nil, providers.ErrUnknownOutcome, 1},
		{"changed meanwhile", 0, false, func(f *fake) { f.records[1]["data"] = "v=spf1 -all" }, providers.ErrStale, 0},
		{"gone meanwhile", 0, false, func(f *fake) { f.records = f.records[:1] }, providers.ErrStale, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := start(t, providertest.Records(t, spf))
			step := providertest.OneStep(t, open(t, f.url, token), []string{spf}, []string{better})
			if tc.edit != nil {
				tc.edit(f)
			}
			f.fault, f.lost = tc.fault, tc.lost
			err := open(t, f.url, token).Apply(context.Background(), providertest.Apex, step)
			f.mu.Lock() // what was not answered may still be at work
			defer f.mu.Unlock()
			if !errors.Is(err, tc.is) || f.writes != tc.writes || err != nil && strings.Contains(err.Error(), token) {
				t.Errorf("%d writes: %v", f.writes, err)
			}
		})
	}
}

func TestAccess(t *testing.T) {
	f := start(t, nil)
	providertest.Access(t, open(t, f.url, token), open(t, f.url, "wrong-token"), "wrong-token", providertest.Apex)
}
