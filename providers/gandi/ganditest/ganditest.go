// Package ganditest is a fake of Gandi's LiveDNS API for tests.
package ganditest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers/internal/rrsets/rrsetstest"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// Token is the one that the API takes.
const Token = "g4ndiT3stTokenThatIsLong0123456789"

// Server is LiveDNS as its documentation has it, for the domain example.com.
type Server struct {
	*rrsetstest.Store
	URL      string
	PageSize int
	Fault    int // status of the next write, once
}

// Wire is an RRset as the API tells it.
type Wire struct {
	Name   string   `json:"rrset_name"`
	Type   string   `json:"rrset_type"`
	TTL    uint32   `json:"rrset_ttl"`
	Values []string `json:"rrset_values"`
}

// New starts the API with the records, behind wraps, until the test ends.
func New(t testing.TB, records []zone.Record, wraps ...providertest.Wrap) *Server {
	f := &Server{Store: rrsetstest.New(providertest.Apex, records), PageSize: 1000}
	f.Origin = f.Apex
	f.URL = providertest.Serve(t, f, wraps...)
	return f
}

func failure(code int, message string) map[string]any {
	return map[string]any{"code": code, "message": message, "object": "dns-record", "cause": http.StatusText(code)}
}

// ServeHTTP implements http.Handler.
func (f *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+Token {
		providertest.Say(w, http.StatusForbidden, failure(403, "Access was denied to this resource."))
		return
	}
	const records = "/v5/livedns/domains/example.com/records"
	rest, isRecord := strings.CutPrefix(r.URL.Path, records+"/")
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/v5/livedns/domains":
		providertest.Say(w, http.StatusOK, []any{map[string]string{"fqdn": "example.com"}})
	case r.Method == http.MethodGet && r.URL.Path == records:
		var sets []Wire
		for _, s := range f.Sets() {
			sets = append(sets, Wire{s.Key.Name.Relative(f.Apex), s.Key.Type.String(), s.TTL, s.Values})
		}
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		from := min(max(page-1, 0)*f.PageSize, len(sets))
		w.Header().Set("Total-Count", strconv.Itoa(len(sets)))
		providertest.Say(w, http.StatusOK, sets[from:min(from+f.PageSize, len(sets))])
	case isRecord && r.Method != http.MethodGet:
		f.write(w, r, rest)
	default:
		providertest.Say(w, http.StatusNotFound, failure(404, "The resource could not be found."))
	}
}

func (f *Server) write(w http.ResponseWriter, r *http.Request, rest string) {
	if code := f.Fault; code != 0 {
		f.Fault = 0
		providertest.Say(w, code, failure(code, "No."))
		return
	}
	name, typ, _ := strings.Cut(rest, "/")
	n := f.Apex
	if name != "@" {
		n = zone.MustName(name + ".example.com")
	}
	rt, ok := zone.ParseType(typ)
	set := rrsetstest.Set{Key: zone.Key{Name: n, Type: rt}}
	if r.Method == http.MethodPut {
		var body Wire
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || !ok || body.TTL < 300 || len(body.Values) == 0 {
			providertest.Say(w, http.StatusBadRequest, map[string]any{"status": "error", "errors": []any{map[string]string{"location": "body", "name": "rrset_ttl", "description": "300 at least"}}})
			return
		}
		set.TTL, set.Values = body.TTL, body.Values
	}
	if err := f.Replace(set); err != nil {
		providertest.Say(w, http.StatusConflict, failure(409, err.Error()))
		return
	}
	if r.Method == http.MethodDelete {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	providertest.Say(w, http.StatusCreated, map[string]string{"message": "DNS Record Created"})
}

// Become gives the zone these records and no others, but for the NS records of the
// provider, in one go.
func (f *Server) Become(records []zone.Record) error {
	next := rrsetstest.New(f.Apex, records).Sets()
	for _, old := range f.Sets() {
		if !slices.ContainsFunc(next, func(s rrsetstest.Set) bool { return s.Key == old.Key }) {
			next = append(next, rrsetstest.Set{Key: old.Key})
		}
	}
	return f.Replace(next...)
}
