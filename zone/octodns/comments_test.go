package octodns

import (
	"strings"
	"testing"
)

func TestComments(t *testing.T) {
	src := `---
# zl whole apex
'':
  # zl the mx record
  - type: MX
    values:
      - exchange: mx1.example.net. # zl first value
        preference: 10
      # zl second value
      - exchange: mx2.example.net.
        preference: 20
  - type: TXT # zl the txt record
    value: "a # zl no comment" # zl one value

  # zl of nothing

www: # zl all of www
  - {type: A, value: 192.0.2.1} # zl flow
  - type: AAAA
    value: |
      2001:db8::1
`
	z, err := Parse("example.com.yaml", []byte(src), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][2]int{
		"whole apex": {3, 13}, "the mx record": {5, 11}, "first value": {7, 8}, "second value": {10, 11},
		"the txt record": {12, 13}, "one value": {12, 13}, "of nothing": {0, 0}, "all of www": {17, 21}, "flow": {18, 18},
	}
	cs := z.Source.Comments("zl ")
	if len(cs) != len(want) {
		t.Errorf("%d comments, want %d", len(cs), len(want))
	}
	for _, c := range cs {
		name := strings.TrimPrefix(c.Text, " zl ")
		if got := [2]int{c.First, c.Last}; got != want[name] {
			t.Errorf("%s: lines %v, want %v", name, got, want[name])
		}
	}
	if recs := z.RRset(z.Apex, 16); recs[0].Comment() != " zl one value" {
		t.Errorf("Comment: %q", recs[0].Comment())
	}
}
