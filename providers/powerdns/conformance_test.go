package powerdns_test

import (
	"testing"
	"time"

	"github.com/zonelint/zonelint/providers/powerdns"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// open returns a backend for the API at a URL that does not wait long.
func open(t testing.TB, url, key string) *powerdns.Backend {
	t.Helper()
	b, err := powerdns.New(powerdns.Options{URL: url, Key: key, Timeout: 10 * time.Second, Pause: time.Millisecond, Patience: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// asSets groups records by RRset.
func asSets(records []zone.Record) []object {
	var out []object
	at := map[zone.Key]object{}
	for _, r := range records {
		k := zone.Key{Name: r.Name, Type: r.Type}
		if at[k] == nil {
			at[k] = object{"name": r.Name.String(), "type": r.Type.String(), "ttl": r.TTL, "changetype": "REPLACE", "records": []object{}}
			out = append(out, at[k])
		}
		at[k]["records"] = append(at[k]["records"].([]object), object{"content": r.RData(), "disabled": false})
	}
	return out
}

// What the backend did is taken from a zone transfer.
func TestConformance(t *testing.T) {
	s := start(t)
	providertest.Conformance(t, func(t *testing.T, records []zone.Record) providertest.Harness {
		s.makeZone(t, "example.com.", "Native", asSets(records)...)
		return providertest.Harness{
			Backend: open(t, s.url, apiKey),
			Truth:   func() []zone.Record { return s.transfer(t, "example.com.") },
		}
	})
}
