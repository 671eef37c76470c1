package cloudflaretest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Record is a record object, with whatever fields it has.
type Record map[string]any

// ID returns the record's id.
func (r Record) ID() string { return r.str("id") }

func (r Record) str(k string) string {
	s, _ := r[k].(string)
	return s
}

// num returns a number; ok is false if there is none.
func (r Record) num(k string) (n int, ok bool) {
	switch v := r[k].(type) {
	case float64:
		return int(v), v == float64(int(v))
	case int:
		return v, true
	}
	return 0, false
}

// clone copies the record through JSON, so that nothing is shared.
func (r Record) clone() Record {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // records are made of JSON
	}
	var out Record
	if err := json.Unmarshal(b, &out); err != nil {
		panic(err)
	}
	return out
}

// Zone is a zone of the server.
type Zone struct {
	ID, Name string
	Plan     string // free, pro, business, enterprise
	Status   string // active, pending, ...
	Type     string // full, partial, secondary

	server  *Server
	records []Record
}

// AddZone makes a zone on the Free plan with the given records. Their fields
// are what a POST takes; further ones, such as meta, are kept.
func (s *Server) AddZone(name string, records ...Record) *Zone {
	s.mu.Lock()
	s.ids++
	z := &Zone{ID: fmt.Sprintf("%032x", 0xa0000+s.ids), Name: name, Plan: "free", Status: "active", Type: "full", server: s}
	s.zones = append(s.zones, z)
	s.mu.Unlock()
	for _, r := range records {
		z.Put(r)
	}
	return z
}

// Put adds a record behind the back of clients and returns its id.
func (z *Zone) Put(r Record) string {
	s := z.server
	s.mu.Lock()
	defer s.mu.Unlock()
	made, e := s.create(z, z.records, r)
	if e != nil {
		s.tb.Errorf("zone %s: record %v: %s (%d)", z.Name, r, e.msg, e.code)
		return ""
	}
	for k, v := range r {
		if _, ok := made[k]; !ok || k == "meta" {
			made[k] = v
		}
	}
	z.records = append(z.records, made)
	return made.ID()
}

// SetType makes the zone a full, partial or secondary one.
func (z *Zone) SetType(typ string) {
	z.server.mu.Lock()
	defer z.server.mu.Unlock()
	z.Type = typ
}

// Remove takes a record away behind the back of clients.
func (z *Zone) Remove(id string) {
	z.server.mu.Lock()
	defer z.server.mu.Unlock()
	z.records = slices.DeleteFunc(z.records, func(r Record) bool { return r.ID() == id })
}

// Set changes a field of a record behind the back of clients, unchecked.
func (z *Zone) Set(id, field string, v any) {
	z.server.mu.Lock()
	defer z.server.mu.Unlock()
	for _, r := range z.records {
		if r.ID() == id {
			r[field] = v
		}
	}
}

// Records returns copies of the records.
func (z *Zone) Records() []Record {
	z.server.mu.Lock()
	defer z.server.mu.Unlock()
	return cloneAll(z.records)
}

func cloneAll(rs []Record) []Record {
	var out []Record
	for _, r := range rs {
		out = append(out, r.clone())
	}
	return out
}

// Find returns copies of the records with a name (without the final dot) and
// type.
func (z *Zone) Find(name, typ string) []Record {
	return slices.DeleteFunc(z.Records(), func(r Record) bool { return r.str("name") != name || r.str("type") != typ })
}

func (s *Server) listZones(t Token, q url.Values) (any, map[string]int, *apiErr) {
	var out []any
	for _, z := range s.zones {
		if t.NoZone || !t.covers(z.Name) || q.Has("name") && !strings.EqualFold(q.Get("name"), z.Name) {
			continue
		}
		out = append(out, map[string]any{
			"id": z.ID, "name": z.Name, "status": z.Status, "type": z.Type, "paused": false,
			"name_servers": []string{"ada.ns.cloudflare.com", "bob.ns.cloudflare.com"},
			"plan":         map[string]any{"id": "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "legacy_id": z.Plan, "price": 20.5},
			"created_on":   "2024-01-01T05:20:00.12345Z", "activated_on": nil, "development_mode": 0,
		})
	}
	return s.page(out, q, 50)
}

func (s *Server) listRecords(z *Zone, q url.Values) (any, map[string]int, *apiErr) {
	var out []any
	for _, r := range z.records {
		if q.Has("type") && !strings.EqualFold(q.Get("type"), r.str("type")) ||
			q.Has("name") && !strings.EqualFold(strings.TrimSuffix(q.Get("name"), "."), r.str("name")) ||
			q.Has("content.exact") && q.Get("content.exact") != r.str("content") ||
			q.Has("content.contains") && !strings.Contains(r.str("content"), q.Get("content.contains")) {
			continue
		}
		out = append(out, r.clone())
	}
	return s.page(out, q, 5_000_000)
}

// page cuts a list as the query asks for.
func (s *Server) page(all []any, q url.Values, most int) (any, map[string]int, *apiErr) {
	per, page := 100, 1
	if most < per {
		per = 20
	}
	for name, v := range map[string]*int{"per_page": &per, "page": &page} {
		if !q.Has(name) {
			continue
		}
		n, err := strconv.Atoi(q.Get(name))
		if err != nil || n < 1 || name == "per_page" && n > most {
			return nil, nil, fail(http.StatusBadRequest, 1004, "invalid %s", name)
		}
		*v = n
	}
	if s.pageSize > 0 {
		per = min(per, s.pageSize)
	}
	from := min((page-1)*per, len(all))
	to := min(from+per, len(all))
	return append([]any{}, all[from:to]...), map[string]int{
		"page": page, "per_page": per, "count": to - from, "total_count": len(all), "total_pages": (len(all) + per - 1) / per,
	}, nil
}

// operate carries out a write, or the reading of one record.
func (s *Server) operate(z *Zone, req Request, path []string, body []byte) (any, *apiErr) {
	var in Record
	if len(body) > 0 {
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, fail(http.StatusBadRequest, 9207, "Request body is invalid.")
		}
	}
	records := cloneAll(z.records)
	var result any
	var e *apiErr
	switch {
	case req.Method == http.MethodPost && len(path) == 1 && path[0] == "batch":
		var b struct{ Deletes, Patches, Puts, Posts []Record }
		if err := json.Unmarshal(body, &b); err != nil {
			return nil, fail(http.StatusBadRequest, 9207, "Request body is invalid.")
		}
		records, result, e = s.batch(z, records, b.Deletes, b.Patches, b.Puts, b.Posts)
	case req.Method == http.MethodPost && len(path) == 0:
		var made Record
		if made, e = s.create(z, records, in); e == nil {
			records, result = append(records, made), made.clone()
		}
	case len(path) != 1:
		return nil, fail(http.StatusMethodNotAllowed, 10405, "Method not allowed for this authentication scheme")
	case req.Method == http.MethodGet:
		if i := index(records, path[0]); i >= 0 {
			return records[i], nil
		}
		return nil, fail(http.StatusNotFound, 81044, "Record does not exist.")
	case req.Method == http.MethodPatch || req.Method == http.MethodPut:
		result, e = s.change(z, records, path[0], in, req.Method == http.MethodPut)
	case req.Method == http.MethodDelete:
		if records, e = remove(records, path[0]); e == nil {
			result = map[string]any{"id": path[0]}
		}
	default:
		return nil, fail(http.StatusMethodNotAllowed, 10405, "Method not allowed for this authentication scheme")
	}
	if e != nil {
		return nil, e
	}
	before := z.records
	z.records = records
	if s.Check != nil {
		if err := s.Check(cloneAll(before), cloneAll(records)); err != nil {
			s.violations = append(s.violations, fmt.Sprintf("after write %d: %v", req.Write, err))
		}
	}
	return result, nil
}

// batch makes all operations or none: the records that it is given are a copy.
func (s *Server) batch(z *Zone, records []Record, deletes, patches, puts, posts []Record) ([]Record, any, *apiErr) {
	limit := 3500
	if z.Plan == "free" {
		limit = 200
	}
	if n := len(deletes) + len(patches) + len(puts) + len(posts); n > limit || n == 0 {
		return nil, nil, fail(http.StatusBadRequest, 9207, "A batch has between 1 and %d operations.", limit)
	}
	out := map[string][]Record{"deletes": {}, "patches": {}, "puts": {}, "posts": {}}
	for _, d := range deletes {
		i := index(records, d.ID())
		if i < 0 {
			return nil, nil, fail(http.StatusNotFound, 81044, "Record does not exist.")
		}
		out["deletes"] = append(out["deletes"], records[i].clone())
		var e *apiErr
		if records, e = remove(records, d.ID()); e != nil {
			return nil, nil, e
		}
	}
	for _, g := range []struct {
		key     string
		list    []Record
		replace bool
	}{{"patches", patches, false}, {"puts", puts, true}} {
		for _, p := range g.list {
			made, e := s.change(z, records, p.ID(), p, g.replace)
			if e != nil {
				return nil, nil, e
			}
			out[g.key] = append(out[g.key], made)
		}
	}
	for _, p := range posts {
		made, e := s.create(z, records, p)
		if e != nil {
			return nil, nil, e
		}
		records = append(records, made)
		out["posts"] = append(out["posts"], made.clone())
	}
	return records, out, nil
}

func index(records []Record, id string) int {
	return slices.IndexFunc(records, func(r Record) bool { return r.ID() == id })
}

func remove(records []Record, id string) ([]Record, *apiErr) {
	i := index(records, id)
	if i < 0 {
		return nil, fail(http.StatusNotFound, 81044, "Record does not exist.")
	}
	if managed(records[i]) {
		return nil, fail(http.StatusBadRequest, 1046, "This record is managed by Email Routing.")
	}
	return slices.Delete(records, i, i+1), nil
}

func managed(r Record) bool {
	meta, _ := r["meta"].(map[string]any)
	ro, _ := meta["read_only"].(bool)
	return ro
}

// change merges fields into a record, or replaces it, in place.
func (s *Server) change(z *Zone, records []Record, id string, in Record, replace bool) (Record, *apiErr) {
	i := index(records, id)
	if i < 0 {
		return nil, fail(http.StatusNotFound, 81044, "Record does not exist.")
	}
	if managed(records[i]) {
		return nil, fail(http.StatusBadRequest, 1046, "This record is managed by Email Routing.")
	}
	next := records[i].clone()
	if replace {
		next = Record{"id": id, "created_on": records[i]["created_on"]}
	}
	maps.Copy(next, in)
	next["id"] = id
	next["modified_on"] = s.now()
	others := slices.Delete(slices.Clone(records), i, i+1)
	if e := normalize(z, others, next); e != nil {
		return nil, e
	}
	records[i] = next
	return next.clone(), nil
}

// create makes a record object of what a POST brings.
func (s *Server) create(z *Zone, records []Record, in Record) (Record, *apiErr) {
	r := in.clone()
	s.ids++
	r["id"] = fmt.Sprintf("%032x", 0xd0000+s.ids)
	r["created_on"] = s.now()
	r["modified_on"] = r["created_on"]
	if _, ok := r["meta"]; !ok {
		r["meta"] = map[string]any{}
	}
	if e := normalize(z, records, r); e != nil {
		return nil, e
	}
	return r, nil
}

// now is a time of the server's own, later at each call.
func (s *Server) now() string {
	s.clock++
	return time.Date(2026, 1, 1, 0, 0, s.clock, 0, time.UTC).Format(time.RFC3339Nano)
}
