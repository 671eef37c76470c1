package hetzner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/internal/rest"
	"github.com/zonelint/zonelint/providers/internal/rrsets"
)

// Write replaces one RRset.
func (a *api) Write(ctx context.Context, now *rrsets.Zone, changes []rrsets.Change) error {
	for _, c := range changes {
		label, err := rrsets.Label(c.New.Key.Name, now.Apex)
		if err != nil {
			return err
		}
		typ := c.New.Key.Type.String()
		path := now.ID + "/rrsets"
		set := path + "/" + url.PathEscape(label) + "/" + typ
		w := wire{TTL: ttlOf(c.New), Records: recordsOf(c.New)}
		switch {
		case len(c.New.Values) == 0:
			err = a.write(ctx, http.MethodDelete, set, nil)
		case len(c.Old.Values) == 0:
			w.Name, w.Type = label, typ
			err = a.write(ctx, http.MethodPost, path, w)
		default:
			err = a.replace(ctx, set, c, w)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// replace changes an RRset that is there: the TTL and the records are two
// requests, if both are to change.
func (a *api) replace(ctx context.Context, set string, c rrsets.Change, w wire) error {
	first := c.Old.TTL != c.New.TTL || c.Old.Auto != c.New.Auto
	if first {
		if err := a.write(ctx, http.MethodPost, set+"/actions/change_ttl", map[string]*uint32{"ttl": w.TTL}); err != nil {
			return err
		}
	}
	if slices.Equal(recordsOf(c.Old), w.Records) {
		return nil
	}
	w.TTL = nil
	err := a.write(ctx, http.MethodPost, set+"/actions/set_records", w)
	if err != nil && first {
		return fmt.Errorf("%w: the TTL is changed: %w", providers.ErrPartial, err)
	}
	return err
}

func ttlOf(s rrsets.Set) *uint32 {
	if s.Auto {
		return nil
	}
	return &s.TTL
}

func recordsOf(s rrsets.Set) []record {
	var out []record
	for _, v := range s.Values {
		r := record{Value: v.Data}
		var e struct{ Comment string }
		if len(v.Extra) > 0 && json.Unmarshal(v.Extra, &e) == nil {
			r.Comment = e.Comment
		}
		out = append(out, r)
	}
	return out
}

// action is a change that the API works on.
type action struct {
	ID     int64     `json:"id"`
	Status string    `json:"status"`
	Error  *apiError `json:"error"`
}

// errRunning: the change is still worked on.
var errRunning = errors.New("the change is still worked on")

// over says what came of an action.
func (c *action) over() error {
	switch {
	case c.Status == "success":
		return nil
	case c.Status == "running" && c.ID != 0:
		return errRunning
	case c.Error != nil:
		return fmt.Errorf("%w: %s: %s", providers.ErrUnknownOutcome, rest.Clean(c.Error.Message), rest.Clean(c.Error.Code))
	}
	return fmt.Errorf("%w: the answer does not tell", providers.ErrUnknownOutcome)
}

// write makes a change and waits for its end.
func (a *api) write(ctx context.Context, method, path string, body any) error {
	r := rest.Request{Method: method, Path: path}
	if body != nil {
		var err error
		if r.Body, err = json.Marshal(body); err != nil {
			return fmt.Errorf("%w: %w", providers.ErrRefused, err)
		}
	}
	var got struct{ Action action }
	err := a.http.Do(ctx, r, func(answer *rest.Answer) error {
		if err := vet(answer); err != nil {
			return err
		}
		if err := json.Unmarshal(answer.Body, &got); err != nil {
			return fmt.Errorf("%w: its answer is not that of the API", providers.ErrUnknownOutcome)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for pause := a.pause; ; pause = min(2*pause, 10*a.pause) {
		if err = got.Action.over(); !errors.Is(err, errRunning) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w: %w", providers.ErrUnknownOutcome, errRunning, ctx.Err())
		case <-time.After(pause):
		}
		if err := a.get(ctx, fmt.Sprintf("actions/%d", got.Action.ID), "", &got); err != nil {
			return fmt.Errorf("%w: %s", providers.ErrUnknownOutcome, err) // %s: the reading failed, not the change
		}
	}
}
