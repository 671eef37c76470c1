package octodns

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/zone"
)

func TestParse(t *testing.T) {
	src := `---
'':
  - type: MX
    values:
      - exchange: mx1.example.net.
        preference: 10
      - priority: 20
        value: mx2.example.net.
  - type: TXT
    ttl: 300
    values: ["v=spf1 -all", 'a\; b']
www:
  type: A
  value: 192.0.2.1
on:
  type: AAAA
  value: 2001:db8::1
`
	z, err := Parse("x/example.com.yaml", []byte(src), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := range z.Records() {
		got = append(got, r.String())
	}
	want := []string{
		`example.com. 3600 IN MX 10 mx1.example.net.`,
		`example.com. 3600 IN MX 20 mx2.example.net.`,
		`example.com. 300 IN TXT "v=spf1 -all"`,
		`example.com. 300 IN TXT "a; b"`,
		`www.example.com. 3600 IN A 192.0.2.1`,
		`true.example.com. 3600 IN AAAA 2001:db8::1`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	txt := z.RRset(zone.MustName("example.com"), zone.TypeTXT)[1]
	if s := txt.Span(zone.TextPart(1, 2)); s.String() != "x/example.com.yaml:11:31" || s.End.Column != 33 {
		t.Errorf("the semicolon stands at %v to %v", s, s.End)
	}
	if n := len(z.Problems); n != 3 || z.Problems[0].Span.Start.Line != 15 { // on; and no SOA, no NS
		t.Errorf("problems: %v", z.Problems)
	}
}
