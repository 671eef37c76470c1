package cloudflare

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/zonelint/zonelint/providers"
)

// How much is asked for at once. Records in one answer are of one moment, so
// their page is as large as nearly every zone; Cloudflare may answer with less.
const (
	recordsPerPage = 5000
	zonesPerPage   = 50
	maxPages       = 100_000
	maxReadings    = 5
)

// errMoved: what is listed changed while its pages were read.
var errMoved = fmt.Errorf("%w: it kept changing while it was read; try again", providers.ErrUnavailable)

// list reads a list whole: every element once, or an error. What comes in one
// answer is of one moment. Pages are not: while one record goes and another
// comes, a third can slip from a page that is yet to come into one that was read.
// So pages are read until two readings in a row have the same elements.
func (c *client) list(ctx context.Context, path string, q url.Values, perPage int) ([]json.RawMessage, error) {
	var last *reading
	for range maxReadings {
		r, err := c.pages(ctx, path, q, perPage)
		switch {
		case errors.Is(err, errMoved):
			last = nil
			continue
		case err != nil:
			return nil, err
		case r.pages < 2 || last != nil && maps.Equal(r.ids, last.ids):
			return r.all, nil
		}
		last = r
	}
	return nil, errMoved
}

// reading is what one going through the pages has brought.
type reading struct {
	all   []json.RawMessage
	ids   map[string]bool
	pages int // that brought something
}

// add takes the elements of a page and says how many are new.
func (r *reading) add(els []json.RawMessage) (fresh int, err error) {
	for _, el := range els {
		var head struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(el, &head); err != nil || head.ID == "" {
			return 0, fmt.Errorf("%w: its answer has an element without an id", providers.ErrUnavailable)
		}
		if !r.ids[head.ID] {
			r.ids[head.ID] = true
			r.all = append(r.all, el)
			fresh++
		}
	}
	if fresh > 0 {
		r.pages++
	}
	return fresh, nil
}

// pages reads the pages once. Cloudflare says how many elements there are; where
// it does not, reading ends with a page that brings nothing new.
func (c *client) pages(ctx context.Context, path string, q url.Values, perPage int) (*reading, error) {
	q = maps.Clone(q)
	if q == nil {
		q = url.Values{}
	}
	q.Set("per_page", strconv.Itoa(perPage))
	r := &reading{ids: map[string]bool{}}
	total := -1 // not known
	for page := 1; page <= maxPages; page++ {
		q.Set("page", strconv.Itoa(page))
		a, err := c.get(ctx, path, q)
		if err != nil {
			return nil, err
		}
		var els []json.RawMessage
		if err := json.Unmarshal(a.Result, &els); err != nil {
			return nil, fmt.Errorf("%w: its answer is not a list", providers.ErrUnavailable)
		}
		fresh, err := r.add(els)
		if err != nil {
			return nil, err
		}
		if a.Info != nil && (a.Info.TotalCount > 0 || len(r.all) == 0) {
			if total >= 0 && total != a.Info.TotalCount {
				return nil, errMoved
			}
			total = a.Info.TotalCount
		}
		if fresh == 0 || len(r.all) == total {
			break
		}
	}
	if total >= 0 && len(r.all) != total {
		return nil, errMoved
	}
	return r, nil
}

// Do makes the client the HTTPClient of libdns/cloudflare, for its reading: it
// goes to the right address with the right token, takes its time, and hands
// lists to the library as one page, with a result_info that can be divided by.
func (c *client) Do(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet {
		return nil, fmt.Errorf("%s %s: nothing is written this way: %w", req.Method, req.URL.Path, providers.ErrUnsupported)
	}
	path := strings.Trim(strings.TrimPrefix(req.URL.Path, "/client/v4"), "/")
	q := req.URL.Query()
	q.Del("page")
	q.Del("per_page")
	if q.Has("name") {
		q.Set("name", strings.TrimSuffix(q.Get("name"), "."))
	}
	perPage := recordsPerPage
	if path == "zones" {
		perPage = zonesPerPage
	}
	all, err := c.list(req.Context(), path, q, perPage)
	if err != nil {
		return nil, err
	}
	if path == "zones" {
		if all, err = onlyNames(all); err != nil {
			return nil, err
		}
	}
	body, err := json.Marshal(map[string]any{
		"success": true, "errors": []any{}, "messages": []any{}, "result": append([]json.RawMessage{}, all...),
		"result_info": map[string]int{"page": 1, "per_page": max(1, len(all)), "count": len(all), "total_count": len(all), "total_pages": 1},
	})
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)), Request: req,
	}, nil
}

// onlyNames leaves of zones what the library uses: it reads all fields into
// types that they do not always fit, such as a price into an int.
func onlyNames(zones []json.RawMessage) ([]json.RawMessage, error) {
	var out []json.RawMessage
	for _, z := range zones {
		var head struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		}
		if err := json.Unmarshal(z, &head); err != nil {
			return nil, fmt.Errorf("%w: its answer has a zone without a name", providers.ErrUnavailable)
		}
		b, err := json.Marshal(head)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}
