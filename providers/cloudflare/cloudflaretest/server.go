// Package cloudflaretest is a Cloudflare API for tests: zones, records, batches
// as one transaction, tokens, pages, errors and rate limits as Cloudflare
// documents them, and ways to make things go wrong at any request.
package cloudflaretest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Token is what a token may do.
type Token struct {
	Status   string   // "active" if ""; "expired", "disabled"
	Zones    []string // the zones that it covers; nil is all
	NoZone   bool     // lacks Zone: Zone: Read
	NoRead   bool     // lacks Zone: DNS: Read
	ReadOnly bool     // lacks Zone: DNS: Edit
}

// GoodToken is a token that every Server knows and that may do everything.
const GoodToken = "Zonelint0Test0Token0With0All0Permissions"

// Request is a request as the server saw it.
type Request struct {
	N      int // from 1
	Write  int // which write it is, from 1; 0 for a read
	Method string
	Path   string
	Query  url.Values
	Body   string
}

// Fault is what goes wrong with a request.
type Fault struct {
	Name string
	// Before is called before anything else, to edit the zone behind the
	// client's back. After is called when the request has been carried out or not,
	// before it is answered.
	Before, After func()
	// Made: the request is carried out though its answer is lost. Late: so it is,
	// but only after Delay, when the client may be gone.
	Made, Late bool
	// Delay is waited before the answer.
	Delay time.Duration
	// Drop closes the connection in place of an answer.
	Drop bool
	// Status, Header and Body are the answer; Status 0 is the right one.
	Status int
	Header map[string]string
	Body   string
}

type trap struct {
	when func(Request) bool
	left int // how often; below 0 is always
	f    Fault
}

// Server is the API.
type Server struct {
	// URL is the base URL.
	URL string
	// Check is called after each write with the zone before and after it; what it
	// finds is in Violations. It is CheckMail unless it is set.
	Check func(before, after []Record) error

	tb   testing.TB
	http *httptest.Server
	done chan struct{}

	mu         sync.Mutex
	zones      []*Zone
	tokens     map[string]Token
	traps      []*trap
	log        []Request
	writes     int
	violations []string
	ids        int
	clock      int
	pageSize   int
	noInfo     bool
}

// New starts a server, which ends with the test.
func New(tb testing.TB) *Server {
	s := &Server{tb: tb, Check: CheckMail, tokens: map[string]Token{GoodToken: {}}, done: make(chan struct{})}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL + "/client/v4"
	tb.Cleanup(func() {
		close(s.done)
		s.Stop()
	})
	return s
}

// Stop ends the server: nobody listens any more.
func (s *Server) Stop() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// AddToken makes a token known.
func (s *Server) AddToken(token string, t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = t
}

// Pages limits the size of pages, whatever is asked for; 0 is no limit.
// Without info, answers have no result_info.
func (s *Server) Pages(size int, info bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pageSize, s.noInfo = size, !info
}

// Fail makes the next requests for which when is true go wrong, as often as
// times says; below 0 is always.
func (s *Server) Fail(times int, when func(Request) bool, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traps = append(s.traps, &trap{when, times, f})
}

// FailWrite makes the nth write from the start go wrong, once.
func (s *Server) FailWrite(n int, f Fault) {
	s.Fail(1, func(r Request) bool { return r.Write == n }, f)
}

// FailRequest makes the nth request from the start go wrong, once.
func (s *Server) FailRequest(n int, f Fault) {
	s.Fail(1, func(r Request) bool { return r.N == n }, f)
}

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traps = nil
}

// Requests returns what was asked so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Writes returns how many writes were asked for so far.
func (s *Server) Writes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

// Violations returns what Check found so far.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// apiErr is an error of the API.
type apiErr struct {
	status int
	code   int
	msg    string
	chain  *apiErr
}

func (e *apiErr) json() map[string]any {
	m := map[string]any{"code": e.code, "message": e.msg}
	if e.chain != nil {
		m["error_chain"] = []any{e.chain.json()}
	}
	return m
}

func fail(status, code int, format string, args ...any) *apiErr {
	return &apiErr{status: status, code: code, msg: fmt.Sprintf(format, args...)}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	req := Request{N: len(s.log) + 1, Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, "/client/v4"), Query: r.URL.Query(), Body: string(body)}
	if r.Method != http.MethodGet {
		s.writes++
		req.Write = s.writes
	}
	s.log = append(s.log, req)
	f := s.fault(req)
	s.mu.Unlock()

	if f.Before != nil {
		f.Before()
	}
	lost := f.Drop || f.Status != 0
	var status int
	var answer []byte
	handle := func() { status, answer = s.handle(r, body, req) }
	if !f.Late && (!lost || f.Made) && (f.Delay == 0 || f.Made) {
		handle()
	}
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-s.done:
			return
		}
	}
	if f.Late || status == 0 && !lost {
		handle()
	}
	if f.After != nil {
		f.After()
	}
	if f.Drop {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if f.Status != 0 {
		status, answer = f.Status, []byte(f.Body)
	}
	for k, v := range f.Header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer) // a client that is gone is part of the game
}

// fault returns what is to go wrong with the request. The lock is held.
func (s *Server) fault(r Request) Fault {
	for _, t := range s.traps {
		if t.left != 0 && t.when(r) {
			t.left--
			return t.f
		}
	}
	return Fault{}
}

// handle carries the request out.
func (s *Server) handle(r *http.Request, body []byte, req Request) (int, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	result, info, e := s.route(r, body, req)
	out := map[string]any{"success": e == nil, "errors": []any{}, "messages": []any{}, "result": result}
	status := http.StatusOK
	if e != nil {
		status = e.status
		out["errors"], out["result"] = []any{e.json()}, nil
	}
	if info != nil && !s.noInfo {
		out["result_info"] = info
	}
	b, err := json.Marshal(out)
	if err != nil {
		s.tb.Errorf("answer to %s %s: %v", req.Method, req.Path, err)
	}
	return status, b
}

func (s *Server) route(r *http.Request, body []byte, req Request) (result any, info map[string]int, e *apiErr) {
	t, e := s.token(r)
	if e != nil {
		return nil, nil, e
	}
	parts := strings.Split(strings.Trim(req.Path, "/"), "/")
	switch {
	case req.Path == "/user/tokens/verify":
		return map[string]any{"id": "f267e341f3dd4697bd3b9f71dd96247f", "status": statusOf(t), "expires_on": "2026-01-01T00:00:00Z"}, nil, nil
	case statusOf(t) != "active":
		return nil, nil, fail(http.StatusForbidden, 9109, "Invalid access token")
	case req.Path == "/zones" && req.Method == http.MethodGet:
		return s.listZones(t, req.Query)
	case len(parts) < 3 || parts[0] != "zones" || parts[2] != "dns_records":
		return nil, nil, fail(http.StatusNotFound, 7003, "Could not route to %s, perhaps your object identifier is invalid?", req.Path)
	}
	i := slices.IndexFunc(s.zones, func(z *Zone) bool { return z.ID == parts[1] })
	if i < 0 || !t.covers(s.zones[i].Name) {
		return nil, nil, fail(http.StatusNotFound, 7003, "Could not route to %s, perhaps your object identifier is invalid?", req.Path)
	}
	z := s.zones[i]
	if t.NoRead || t.ReadOnly && req.Write > 0 {
		return nil, nil, fail(http.StatusForbidden, 10000, "Authentication error")
	}
	if len(parts) == 3 && req.Method == http.MethodGet {
		return s.listRecords(z, req.Query)
	}
	result, e = s.operate(z, req, parts[3:], body)
	return result, nil, e
}

func statusOf(t Token) string {
	if t.Status == "" {
		return "active"
	}
	return t.Status
}

func (t Token) covers(zone string) bool { return t.Zones == nil || slices.Contains(t.Zones, zone) }

// token finds who asks.
func (s *Server) token(r *http.Request) (Token, *apiErr) {
	name, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || len(name) < 20 {
		return Token{}, &apiErr{status: http.StatusBadRequest, code: 6003, msg: "Invalid request headers", chain: fail(0, 6111, "Invalid format for Authorization header")}
	}
	t, ok := s.tokens[name]
	if !ok && strings.HasSuffix(r.URL.Path, "/user/tokens/verify") {
		return Token{}, fail(http.StatusUnauthorized, 1000, "Invalid API Token")
	}
	if !ok {
		return Token{}, fail(http.StatusForbidden, 9109, "Invalid access token")
	}
	return t, nil
}
