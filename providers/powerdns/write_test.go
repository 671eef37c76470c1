package powerdns_test

import (
	"context"
	"errors"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// comes is a step in which one record comes, at a name that has none of its
// type.
func comes(r zone.Record) providers.Step {
	it := providers.Item{Record: r}
	return providers.Step{
		Ops:    []providers.Op{{Kind: providers.Create, New: it}},
		RRsets: []providers.RRsetState{{Key: zone.Key{Name: r.Name, Type: r.Type}, After: []providers.Item{it}}},
	}
}

// What the error of a write says is never more than is known.
func TestWhatIsKnownOfAWrite(t *testing.T) {
	s := start(t)
	notMade := []error{
		providers.ErrRefused, providers.ErrUnauthorized, providers.ErrRateLimited, providers.ErrStale,
		providers.ErrUnavailable, providers.ErrUnsupported, providers.ErrNoZone,
	}
	for _, c := range []struct {
		fault
		is     error
		writes int // requests to write
	}{
		{fault{status: 500, body: `{"error":"locked"}`}, providers.ErrUnknownOutcome, 1},
		{fault{status: 502, body: "<html>"}, providers.ErrUnknownOutcome, 1},
		{fault{status: 408}, providers.ErrUnknownOutcome, 1},
		{fault{status: 200, body: "{}"}, providers.ErrUnknownOutcome, 1},
		{fault{status: 302}, providers.ErrUnknownOutcome, 1},
		{fault{status: 404, body: "<html>"}, providers.ErrUnknownOutcome, 1},
		{fault{drop: true}, providers.ErrUnknownOutcome, 1},
		{fault{status: 422, body: `{"error":"no"}`}, providers.ErrRefused, 1},
		{fault{status: 400, body: `{"error":"no"}`}, providers.ErrRefused, 1},
		{fault{status: 401, body: "Unauthorized"}, providers.ErrUnauthorized, 1},
		{fault{status: 404, body: `{"error":"Not Found"}`}, providers.ErrNoZone, 1},
		{fault{status: 429}, providers.ErrRateLimited, 5},
	} {
		s.makeZone(t, "example.com.", "Native")
		p := newProxy(t, s.url)
		p.fail(2, c.fault, true) // the zone is read before
		err := open(t, p.url, apiKey).Apply(context.Background(), example, comes(providertest.Records(t, "@ 300 MX 10 a.example.net.")[0]))
		if !errors.Is(err, c.is) {
			t.Errorf("%+v: %v is not %v", c.fault, err, c.is)
		}
		for _, e := range notMade {
			if errors.Is(c.is, providers.ErrUnknownOutcome) && errors.Is(err, e) {
				t.Errorf("%+v: %v says that nothing was made", c.fault, err)
			}
		}
		if n, _ := p.counts(); n != 1+c.writes {
			t.Errorf("%+v: %d requests, want %d", c.fault, n, 1+c.writes)
		}
	}
}

// Records that stay are written as they are stored: with the letters of their
// names, and their texts in the same strings.
func TestRecordsThatStayKeepTheirLetters(t *testing.T) {
	s := start(t)
	s.makeZone(t, "example.com.", "Native", set("@", "MX", 300, "10 Mail.Example.NET."), set("@", "TXT", 300, `"ab" "cd"`))
	var cs zone.ChangeSet
	for _, r := range providertest.Records(t, "@ 300 MX 20 b.example.net.", `@ 300 TXT "ef"`) {
		cs = append(cs, zone.Add(r))
	}
	if err := apply(t, open(t, s.url, apiKey), cs); err != nil {
		t.Fatal(err)
	}
	got := s.sets(t, "example.com.")
	if mx := got["example.com. MX"]; mx != "300 [{10 Mail.Example.NET. false} {20 b.example.net. false}] []" {
		t.Error(mx)
	}
	if txt := got["example.com. TXT"]; txt != `300 [{"ab" "cd" false} {"ef" false}] []` {
		t.Error(txt)
	}
}

// Steps that do not say what they mean are not made.
func TestStepsThatAreNotMade(t *testing.T) {
	s := start(t)
	s.makeZone(t, "example.com.", "Native", set("a", "A", 300, "192.0.2.1"))
	b := open(t, s.url, apiKey)
	rs := providertest.Records(t, "a 300 A 192.0.2.1", "b 300 A 192.0.2.1", "b 600 A 192.0.2.2")
	outside := rs[1]
	outside.Name = zone.MustName("notexample.com")
	mixed := comes(rs[1])
	mixed.RRsets[0].After = append(mixed.RRsets[0].After, providers.Item{Record: rs[2]})
	for _, c := range []struct {
		name string
		step providers.Step
		is   error
	}{
		{"without RRsets", providers.Step{Ops: comes(rs[1]).Ops}, providers.ErrRefused},
		{"outside the zone", comes(outside), providers.ErrRefused},
		{"two TTLs", mixed, providers.ErrRefused},
		{"what is there", comes(rs[0]), providers.ErrStale},
		{"nothing", providers.Step{}, nil},
	} {
		before := s.sets(t, "example.com.")
		if err := b.Apply(context.Background(), example, c.step); !errors.Is(err, c.is) {
			t.Errorf("%s: %v", c.name, err)
		}
		if after := s.sets(t, "example.com."); len(after) != len(before) {
			t.Errorf("%s: something was made: %v", c.name, after)
		}
	}
}
