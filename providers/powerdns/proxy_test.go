package powerdns_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// fault is a way in which a request fails.
type fault struct {
	name   string
	lasts  bool          // such a fault may last
	made   bool          // the request reaches the server before
	late   bool          // the request reaches the server after the delay, when nobody waits any more
	delay  time.Duration // before the answer
	drop   bool          // the connection is closed without an answer
	status int           // 0 is the server's own answer
	header map[string]string
	body   string
	before func() // what someone else does just before the request
}

// proxy stands before the API and lets requests fail.
type proxy struct {
	url string

	mu     sync.Mutex
	to     string
	faults map[int]fault // by number of the request, from 1
	always *fault        // from the number at which it is set on
	from   int
	n      int
	writes int
	late   sync.WaitGroup
}

func newProxy(t testing.TB, to string) *proxy {
	p := &proxy{to: to, faults: map[int]fault{}}
	srv := httptest.NewServer(p)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		p.late.Wait()
	})
	p.url = srv.URL
	return p
}

// counts returns how many requests and how many writes there have been.
func (p *proxy) counts() (requests, writes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n, p.writes
}

// fail makes request number n fail, and those after it too if all is set.
func (p *proxy) fail(n int, f fault, all bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.faults[n] = f; all {
		p.always, p.from = &f, n
	}
}

func (p *proxy) heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults, p.always = map[int]fault{}, nil
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	p.n++
	f, meets := p.faults[p.n]
	if p.always != nil && p.n >= p.from {
		f, meets = *p.always, true
	}
	p.mu.Unlock()
	if f.before != nil {
		f.before()
	}
	var resp *http.Response
	var answer []byte
	own := f.status == 0 && !f.drop && !f.late
	if !meets || f.made || own {
		resp, answer = p.forward(r, body)
	}
	if f.late {
		p.late.Go(func() { time.Sleep(2 * f.delay); p.forward(r, body) })
	}
	time.Sleep(f.delay)
	if f.drop || f.status == 0 && resp == nil {
		panic(http.ErrAbortHandler)
	}
	if f.status != 0 {
		for k, v := range f.header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(f.status)
		_, _ = io.WriteString(w, f.body)
		return
	}
	if t := resp.Header.Get("Content-Type"); t != "" {
		w.Header().Set("Content-Type", t)
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(answer)
}

// forward makes the request of the server; nil if it does not answer.
func (p *proxy) forward(r *http.Request, body []byte) (*http.Response, []byte) {
	if r.Method != http.MethodGet {
		p.mu.Lock()
		p.writes++
		p.mu.Unlock()
	}
	req, err := http.NewRequest(r.Method, p.to+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, nil
	}
	req.Header = r.Header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	return resp, answer
}
