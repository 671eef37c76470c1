package masterfile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
)

// place is a span as line:column-line:column, the lines below head from 1.
func place(s zone.Span) string {
	if s.IsZero() {
		return "none"
	}
	return fmt.Sprintf("%d:%d-%d:%d", s.Start.Line-3, s.Start.Column, s.End.Line-3, s.End.Column)
}

func TestSpans(t *testing.T) {
	record, owner, ttl, class, typ := zone.Part{}, zone.Part{Kind: zone.PartOwner}, zone.Part{Kind: zone.PartTTL}, zone.Part{Kind: zone.PartClass}, zone.Part{Kind: zone.PartType}
	rdata, comment, text := zone.Part{Kind: zone.PartRData}, zone.Part{Kind: zone.PartComment}, zone.TextPart
	tests := []struct {
		name, lines string
		of          int // which record, from 0
		part        zone.Part
		want        string
	}{
		{"record", "www\t300 IN  MX 10 mail ; x", 0, record, "1:1-1:23"},
		{"owner", "www\t300 IN  MX 10 mail ; x", 0, owner, "1:1-1:4"},
		{"TTL", "www\t300 IN  MX 10 mail ; x", 0, ttl, "1:5-1:8"},
		{"class", "www\t300 IN  MX 10 mail ; x", 0, class, "1:9-1:11"},
		{"type", "www\t300 IN  MX 10 mail ; x", 0, typ, "1:13-1:15"},
		{"RDATA", "www\t300 IN  MX 10 mail ; x", 0, rdata, "1:16-1:23"},
		{"field 0", "www\t300 IN  MX 10 mail ; x", 0, zone.Field(0), "1:16-1:18"},
		{"field 1", "www\t300 IN  MX 10 mail ; x", 0, zone.Field(1), "1:19-1:23"},
		{"field 2", "www\t300 IN  MX 10 mail ; x", 0, zone.Field(2), "1:1-1:23"},
		{"comment", "www\t300 IN  MX 10 mail ; x", 0, comment, "1:24-1:27"},
		{"class before TTL", "www IN 1h A 192.0.2.1", 0, ttl, "1:8-1:10"},
		{"an owner that is not written", "a A 192.0.2.1\n\t A 192.0.2.2", 1, owner, "2:3-2:14"},
		{"the record of an owner that is not written", "a A 192.0.2.1\n\t A 192.0.2.2", 1, record, "2:3-2:14"},
		{"a TTL that is not written", "a A 192.0.2.1", 0, ttl, "1:1-1:14"},
		{"a class that is not written", "a A 192.0.2.1", 0, class, "1:1-1:14"},
		{"a comment that is not written", "a A 192.0.2.1", 0, comment, "1:1-1:14"},
		{"over lines", "a MX ( ; b\n  10 ; c\n\tmail\n) ; d", 0, record, "1:1-3:6"},
		{"RDATA over lines", "a MX ( ; b\n  10 ; c\n\tmail\n) ; d", 0, rdata, "2:3-3:6"},
		{"a field over lines", "a MX ( ; b\n  10 ; c\n\tmail\n) ; d", 0, zone.Field(1), "3:2-3:6"},
		{"the comment of the last line", "a MX ( ; b\n  10 ; c\n\tmail\n) ; d", 0, comment, "4:3-4:6"},
		{"no comment on the last line", "a MX ( ; b\n  10 ; c\n\tmail\n)", 0, comment, "1:1-3:6"},
		{"CR LF", "a MX ( ; b\r\n  10 ; c\r\n\tmail\r\n) ; d\r\n", 0, comment, "4:3-4:6"},
		{"an owner on a line before the rest", "a (\n A 192.0.2.1 )", 0, typ, "2:2-2:3"},
		{"behind a parenthesis", "( a A 192.0.2.1 )", 0, owner, "1:3-1:4"},
		{"behind an odd owner", `a\.b\032c A 192.0.2.1`, 0, owner, "1:1-1:10"},
		{"behind UTF-8: columns count octets", "caf\u00e9 A 192.0.2.1", 0, typ, "1:7-1:8"},
		{"a lone CR is no line end", "a A 192.0.2.1\rb A 192.0.2.2", 1, owner, "1:15-1:16"},
		{"the last record without a line end", "a A 192.0.2.1", 0, rdata, "1:5-1:14"},
		{"$GENERATE", "$GENERATE 1-2 a$ A 192.0.2.$", 0, zone.Field(0), "1:1-1:29"},
		{"a generic type", `a TYPE65280 \# 2 aabb`, 0, zone.Field(2), "1:18-1:22"},
		// The values of CAA records.
		{"value", `a CAA 0 issue "ca.example; a=b"`, 0, zone.ValuePart(12, 15), "1:28-1:31"},
		{"value, unquoted and escaped", `a CAA 0 issue c\097.example`, 0, zone.ValuePart(1, 2), "1:16-1:20"},
		{"value of another line", "a CAA ( 0 issue\n \"ca\" )", 0, zone.ValuePart(0, 2), "2:3-2:5"},
		{"empty value", `a CAA 0 issue ""`, 0, zone.ValuePart(0, 0), "1:16-1:16"},
		{"end of a value", `a CAA 0 issue "ca"`, 0, zone.ValuePart(2, 2), "1:18-1:18"},
		{"beyond a value", `a CAA 0 issue "ca"`, 0, zone.ValuePart(3, 4), "1:15-1:19"},
		{"value in hexadecimal", `a CAA \# 9 000569737375656361`, 0, zone.ValuePart(0, 2), "1:1-1:30"},
		// The texts of TXT records.
		{"text", `a TXT "v=spf1 mx -all"`, 0, text(7, 9), "1:15-1:17"},
		{"all of a text", `a TXT "v=spf1 mx -all"`, 0, text(0, 14), "1:8-1:22"},
		{"the first octet", `a TXT "v=spf1 mx -all"`, 0, text(0, 1), "1:8-1:9"},
		{"the last octet", `a TXT "v=spf1 mx -all"`, 0, text(13, 14), "1:21-1:22"},
		{"behind the last octet", `a TXT "v=spf1 mx -all"`, 0, text(14, 14), "1:22-1:22"},
		{"before the first octet", `a TXT "v=spf1 mx -all"`, 0, text(0, 0), "1:8-1:8"},
		{"between two octets", `a TXT "v=spf1 mx -all"`, 0, text(7, 7), "1:15-1:15"},
		{"without quotes", `a TXT v=spf1 mx`, 0, text(2, 6), "1:9-1:13"},
		{"in the second word", `a TXT v=spf1 mx`, 0, text(6, 8), "1:14-1:16"},
		{"in the second string", `a TXT "v=spf1 " "mx -all"`, 0, text(7, 9), "1:18-1:20"},
		{"over two strings", `a TXT "v=spf1 m" "x -all"`, 0, text(7, 9), "1:15-1:20"},
		{"up to the end of the first string", `a TXT "v=spf1 m" "x -all"`, 0, text(7, 8), "1:15-1:16"},
		{"from the start of the second string", `a TXT "v=spf1 m" "x -all"`, 0, text(8, 9), "1:19-1:20"},
		{"over two lines", "a TXT ( \"v=spf1 m\" ; c\n\t\"x -all\" )", 0, text(7, 9), "1:17-2:4"},
		{"on the second line", "a TXT ( \"v=spf1 m\" ; c\r\n\t\"x -all\" )", 0, text(8, 9), "2:3-2:4"},
		{"over an empty string", `a TXT "a" "" "b"`, 0, text(0, 2), "1:8-1:16"},
		{"behind an escape", `a TXT "a\"b;c"`, 0, text(2, 3), "1:11-1:12"},
		{"an escape", `a TXT "a\"b;c"`, 0, text(1, 2), "1:9-1:11"},
		{"behind digits", `a TXT "a\032\065b"`, 0, text(3, 4), "1:17-1:18"},
		{"digits", `a TXT "a\032\065b"`, 0, text(1, 3), "1:9-1:17"},
		{"an escaped blank", `a TXT a\ b`, 0, text(1, 3), "1:8-1:11"},
		{"behind an escaped line end", "a TXT \"a\\\nbc\"", 0, text(3, 4), "2:2-2:3"},
		{"a semicolon", `a TXT v=DMARC1\;p=none`, 0, text(8, 9), "1:15-1:17"},
		{"an empty text", `a TXT ""`, 0, text(0, 0), "1:8-1:8"},
		{"past the end", `a TXT "abc"`, 0, text(1, 9), "1:9-1:11"},
		{"beyond the end", `a TXT "abc"`, 0, text(5, 9), "1:1-1:12"},
		{"a long string", `a TXT "` + strings.Repeat("x", 300) + `y"`, 0, text(300, 301), "1:308-1:309"},
		{"CAA has no text", `a CAA 0 issue "x"`, 0, text(0, 1), "1:7-1:8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := mustParse(t, head+tt.lines)
			r := slices.Collect(z.Records())[tt.of+1]
			if got := place(r.Span(tt.part)); got != tt.want {
				t.Errorf("got %s, want %s of\n%s", got, tt.want, tt.lines)
			}
		})
	}
}

// A byte order mark takes no column.
func TestSpanBehindBOM(t *testing.T) {
	z := mustParse(t, "\ufeffa.example.com. 60 A 192.0.2.1\nexample.com. SOA a b 1 2 3 4 5\n")
	r := slices.Collect(z.Records())[0]
	s := r.Span(zone.Part{Kind: zone.PartTTL})
	if s.Start != (zone.Position{Offset: 18, Line: 1, Column: 16}) || s.End != (zone.Position{Offset: 20, Line: 1, Column: 18}) {
		t.Errorf("got %+v", s)
	}
	if s.String() != "example.com.zone:1:16" {
		t.Errorf("got %s", s)
	}
}

func TestSpanOfNoPlace(t *testing.T) {
	r := zone.NewTXT(apex, 60, "x")
	if s := r.Span(zone.Part{}); !s.IsZero() || r.Comment() != "" || r.Editable() {
		t.Errorf("got %v", s)
	}
}

func TestComment(t *testing.T) {
	for lines, want := range map[string]string{
		"a A 192.0.2.1 ; x;y":               " x;y",
		"a A 192.0.2.1":                     "",
		"a A 192.0.2.1 ;":                   "",
		"a A 192.0.2.1;x\r\n":               "x",
		"a TXT ( x ; no\n y ) ; z":          " z",
		"a TXT ( x ; no\n y )":              "",
		"a A 192.0.2.1 ; x\rb A 192.0.2.1":  " x\rb A 192.0.2.1",
		"a TXT \"; no\" ; x \"":             " x \"",
		"a A 192.0.2.1 ; x\n; not its own":  " x",
		"$GENERATE 1-2 a$ A 192.0.2.$ ; x ": " x ",
	} {
		z := mustParse(t, head+lines)
		r := slices.Collect(z.Records())[1]
		if got := r.Comment(); got != want || r.Notes&zone.Generated == 0 && (r.Notes&zone.Commented != 0) != strings.Contains(lines, want) && want != "" {
			t.Errorf("%q: got %q, want %q", lines, got, want)
		}
	}
}

// Comments come with the lines of the record that they stand with.
func TestComments(t *testing.T) {
	z := mustParse(t, head+strings.Join([]string{
		"; zonelint:ignore above a",                 // 4
		"a A 192.0.2.1",                             // 5
		"b A 192.0.2.2 ; zonelint:ignore beside b",  // 6
		"; zonelint:ignore twice 1",                 // 7
		"; zonelint:ignore twice 2",                 // 8
		"c TXT ( x ; zonelint:ignore within c",      // 9
		" y )",                                      // 10
		"; zonelint:ignore before a blank line",     // 11
		"",                                          // 12
		"d TXT \"; zonelint:ignore in a string\"",   // 13
		"  ; zonelint:ignore indented",              // 14
		"e TXT \"open ; zonelint:ignore no comment", // 15
		"; other",                                   // 16
		"f A 192.0.2.3",                             // 17
		"; zonelint:ignore at the end",              // 18
	}, "\r\n"))
	var got []string
	for _, c := range z.Source.Comments("zonelint:ignore") {
		got = append(got, fmt.Sprintf("%d:%d %d-%d %s", c.Span.Start.Line, c.Span.Start.Column, c.First, c.Last, strings.TrimPrefix(c.Text, " zonelint:ignore ")))
	}
	want := []string{
		"4:1 5-5 above a", "6:15 6-6 beside b", "7:1 9-10 twice 1", "8:1 9-10 twice 2", "9:11 9-10 within c",
		"11:1 0-0 before a blank line", "14:3 15-15 indented", "18:1 0-0 at the end",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if cs := z.Source.Comments("no such text"); cs != nil {
		t.Errorf("got %v", cs)
	}
}
