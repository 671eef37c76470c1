package masterfile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// parseAt parses a zone of example.com and fails on any problem.
func parseAt(t *rapid.T, files []string) []zone.Record {
	z, err := masterfile.Parse("example.com.zone", []byte(files[0]), masterfile.Options{Origin: apex})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range z.Problems {
		t.Errorf("%s: %s", p.Span, p.Message)
	}
	return slices.Collect(z.Records())
}

func TestParseGenerated(t *testing.T) {
	d := dialect{oddOwners: true, rawControl: true, comments: true, bareSOA: true, backslash: true, types: slices.Concat(usualTypes, rareTypes)}
	rapid.Check(t, func(t *rapid.T) {
		w := genZone(d).Draw(t, "zone")
		if !sameRecords(t, "zonelint", parseAt(t, w.files), w.want) {
			t.Logf("\n%s", w.files[0])
		}
	})
}

func TestParseAsMiekg(t *testing.T) {
	d := dialect{oddOwners: true, rawControl: true, quotes: true, types: slices.Concat(usualTypes, rareTypes)}
	rapid.Check(t, func(t *rapid.T) {
		w := genZone(d).Draw(t, "zone")
		var want []zone.Record
		zp := dns.NewZoneParser(strings.NewReader(w.files[0]), "example.com.", "")
		for rr, ok := zp.Next(); ok; rr, ok = zp.Next() {
			r, err := zone.FromRR(rr)
			if err != nil {
				t.Fatalf("miekg/dns: %v\n%s", err, w.files[0])
			}
			want = append(want, r)
		}
		if err := zp.Err(); err != nil {
			t.Fatalf("miekg/dns: %v\n%s", err, w.files[0])
		}
		if !sameRecords(t, "zonelint and miekg/dns", parseAt(t, w.files), want) {
			t.Logf("\n%s", w.files[0])
		}
	})
}
