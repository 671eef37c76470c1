package octodns

import (
	"testing"

	"github.com/zonelint/zonelint/zone"
)

var fuzzSeeds = []string{
	"---\n'':\n  - type: MX\n    values:\n      - exchange: mx1.example.net.\n        preference: 10\nwww: {type: A, values: [192.0.2.1]} # c\n",
	"a: &a {type: TXT, value: \"x \\u00e9\\\n  y\"}\nb: *a\n<<: {c: {type: A, value: 192.0.2.1}}\n",
	"a:\n  type: TXT\n  value: |-\n    v=spf1\n    -all\n  # zl x\nb:\n  type: TXT\n  value: >\n    a\n\n    b\n",
	"a: &a\n  x: *a\n", "a: {<<: [*b], type: A}\n", "<<: &x\n  <<: *x\n", "? a\n: {type: A}\n", "- a\n", "\ufeffé: {type: TXT, value: 'é'' x'}\r\n",
	"a: !include a.yaml\nb: !include [x, y]\n", "on: {type: SVCB, value: {svcpriority: 1, targetname: a., svcparams: {alpn: [h2], port: 1}}}\n",
	"a: {type: TXT, value: '\"v=spf1 -all\" \"x\"'}\n", "a: {type: CAA, value: {flags: 0, tag: issue, value: x}}\n---\nb: c\n", "a: {ttl: , type: A}\n",
	"a: {type: LOC, value: {lat_degrees: 1}}\n", "a: {type: AAAA, value: 1:2:3:4:5:6:7:8}\n", "a: !!str {type: A}\n", "a: {type: A, type: A, value: 192.0.2.1}\n",
}

// No bytes make the reader panic or point outside of the file, and what is
// edited is what was meant.
func FuzzParse(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		IsZone(src)
		IsConfig(src)
		z, err := Parse("example.com.yaml", src, Options{Limits: Limits{Nodes: 10_000}})
		if err != nil {
			return
		}
		within := func(s zone.Span) {
			if s.Start.Offset > s.End.Offset || s.End.Offset > len(src) || s.Start.Line < 1 || s.Start.Column < 1 {
				t.Fatalf("span %v to %v of %d octets: %+v", s.Start, s.End, len(src), s)
			}
		}
		for _, p := range z.Problems {
			if p.Kind != zone.ProblemComputed {
				within(p.Span)
			}
		}
		for _, c := range z.Source.Comments("") {
			within(c.Span)
		}
		n := 0
		for r := range z.Records() {
			if n++; n > 50 {
				break
			}
			for kind := zone.PartRecord; kind <= zone.PartValue; kind++ {
				within(r.Span(zone.Part{Kind: kind}))
			}
			if r.Type == zone.TypeTXT {
				text := r.Text()
				for i := range min(len(text), 20) {
					within(r.Span(zone.TextPart(i, i+1)))
				}
			}
			r.Comment()
			changed := r
			if r.Type == zone.TypeTXT {
				changed.Data = zone.TextData("changed: #x")
			}
			for _, cs := range []zone.ChangeSet{{zone.Remove(r)}, {zone.Replace(r, changed)}, {zone.Add(zone.NewTXT(r.Name, r.TTL, "new"))}} {
				edits, err := z.Source.(zone.Editor).Edit(z, cs)
				if err != nil {
					continue
				}
				want, _ := z.Apply(cs)
				if got := z.Source.(zone.Editor).Reread(z, edits); len(contents(got)) != len(contents(want)) {
					t.Fatalf("an edit gives %d records, not %d", got.Len(), want.Len())
				}
			}
		}
	})
}
