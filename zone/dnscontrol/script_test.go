package dnscontrol

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/zone"
)

// Parts of a record are found in the literals of its call, however they are
// written; what is not found is the whole call.
func TestParts(t *testing.T) {
	for _, tc := range []struct {
		name, script, record string
		part                 zone.Part
		want                 string
	}{
		{"term", `TXT("@", "v=spf1 mx -all"),`, `"type":"TXT","name":"@","target":"v=spf1 mx -all"`, zone.TextPart(7, 9), "mx"},
		{"term over two literals", `TXT("@", "v=spf1 " + 'mx -all')`, `"type":"TXT","name":"@","target":"v=spf1 mx -all"`, zone.TextPart(5, 9), `1 " + 'mx`},
		{"term behind escapes", `TXT("@", "\x76=\u0073pf1 \"mx")`, `"type":"TXT","name":"@","target":"v=spf1 \"mx"`, zone.TextPart(7, 10), `\"mx`},
		{"list", `TXT("@", ["v=spf1 ", "mx"])`, `"type":"TXT","name":"@","target":"v=spf1 mx"`, zone.Part{Kind: zone.PartRData}, `v=spf1 ", "mx`},
		{"template", "TXT('@', `v=spf1 mx`)", `"type":"TXT","name":"@","target":"v=spf1 mx"`, zone.TextPart(0, 2), "v="},
		{"template with an expression", "TXT('@', `v=${x}`)", `"type":"TXT","name":"@","target":"v=spf1"`, zone.TextPart(0, 2), "TXT('@', `v=${x}`)"},
		{"line that goes on", "TXT('@', 'v=\\\nspf1')", `"type":"TXT","name":"@","target":"v=spf1"`, zone.TextPart(2, 5), "spf"},
		{"end of the text", `TXT("@", "v=spf1")`, `"type":"TXT","name":"@","target":"v=spf1"`, zone.TextPart(6, 6), ""},
		{"owner", `TXT("_dmarc", "x")`, `"type":"TXT","name":"_dmarc","target":"x"`, zone.Part{Kind: zone.PartOwner}, "_dmarc"},
		{"owner of D_EXTEND", `TXT("_dmarc", "x")`, `"type":"TXT","name":"_dmarc.sub","target":"x"`, zone.Part{Kind: zone.PartOwner}, `TXT("_dmarc", "x")`},
		{"type", `MX ("@", 1, "a.")`, `"type":"MX","name":"@","target":"a."`, zone.Part{Kind: zone.PartType}, "MX"},
		{"exchange", `MX("@", 1, "a.")`, `"type":"MX","name":"@","target":"a."`, zone.Field(1), "a."},
		{"preference", `MX("@", 1, "a.")`, `"type":"MX","name":"@","target":"a."`, zone.Field(0), `MX("@", 1, "a.")`},
		{"relative target", `MX("@", 1, "mail")`, `"type":"MX","name":"@","target":"mail.example.com."`, zone.Field(1), "mail"},
		{"alias of the same name", `CNAME("a", "a")`, `"type":"CNAME","name":"a","target":"a.example.com."`, zone.Field(0), "a"},
		{"builder", `SPF_BUILDER({parts: ["v=spf1", "-all"]})`, `"type":"TXT","name":"@","target":"v=spf1 -all"`, zone.TextPart(0, 2), `SPF_BUILDER({parts: ["v=spf1", "-all"]})`},
		{"comment with a quote", `TXT("@", /* it's */ "x")`, `"type":"TXT","name":"@","target":"x"`, zone.TextPart(0, 1), "x"},
		{"never closed", `TXT("@", "x"`, `"type":"TXT","name":"@","target":"x"`, zone.TextPart(0, 1), "x"},
		{"no call", `records`, `"type":"TXT","name":"@","target":"x"`, zone.TextPart(0, 1), "records"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			src := "// ü\n    " + tc.script + "\n"
			zones, err := Parse("ir.json", []byte(irOf(`{"filepos":"[line:2:5]",`+tc.record+`}`)), Options{Main: File{"dnsconfig.js", []byte(src)}})
			if err != nil {
				t.Fatal(err)
			}
			for r := range zones[0].Records() {
				s := r.Span(tc.part)
				if got := src[s.Start.Offset:s.End.Offset]; got != tc.want || s.File != "dnsconfig.js" {
					t.Errorf("%s: %q, want %q", s, got, tc.want)
				}
			}
		})
	}
}

// A comment belongs to the call that it stands behind, or above.
func TestComments(t *testing.T) {
	const src = `D("example.com", REG,
    A("a", "192.0.2.1"), // x: one
    // x: two
    A("b",
      "192.0.2.1"),
    TXT("c", "// x: no comment"),
    A("d", "192.0.2.1"), /* x: three */

    // x: nothing below

    shared, // x: four
    A("e", "192.0.2.1"), // other
);
D("example.net", REG, A("f", "192.0.2.1")); // x: of the other zone
`
	at := func(name string, line, column int) string {
		return fmt.Sprintf(`{"filepos":"[line:%d:%d]","type":"A","name":%q,"target":"192.0.2.1"}`, line, column, name)
	}
	doc := `{"domains":[{"name":"example.com","records":[` + strings.Join([]string{
		at("a", 2, 5), at("b", 4, 5), at("c", 6, 5), at("d", 7, 5), at("s", 11, 5), at("e", 12, 5),
	}, ",") + `]},{"name":"example.net","records":[` + at("f", 14, 23) + "," + at("s", 11, 5) + `]}]}`
	zones, err := Parse("ir.json", []byte(doc), Options{Main: File{"dnsconfig.js", []byte(src)}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, z := range zones {
		for _, c := range z.Source.Comments("x:") {
			got = append(got, fmt.Sprintf("%s %s %q %d-%d %v", z.Apex, c.Span, c.Text, c.First, c.Last, c.Shared))
		}
	}
	want := []string{
		`example.com. dnsconfig.js:2:26 "x: one" 2-2 false`,
		`example.com. dnsconfig.js:3:5 "x: two" 4-5 false`,
		`example.com. dnsconfig.js:7:26 "x: three" 7-7 false`,
		`example.com. dnsconfig.js:11:13 "x: four" 11-11 true`,
		`example.net. dnsconfig.js:11:13 "x: four" 11-11 true`,
		`example.net. dnsconfig.js:14:45 "x: of the other zone" 14-14 false`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	for i, want := range []string{"dnsconfig.js:1:1", "dnsconfig.js:14:1"} {
		if got := zones[i].Start.String(); got != want {
			t.Errorf("zone %d begins at %s, want %s", i, got, want)
		}
	}
}
