package masterfile_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// fuzzZones are the seeds of the fuzz targets: every kind of line, well formed
// and not.
var fuzzZones = []string{
	head + "@ NS ns1\n@ MX 10 mail\nmail A 192.0.2.1\n AAAA 2001:db8::1\n_dmarc TXT \"v=DMARC1; p=none\" ; note\n",
	"$ORIGIN example.com.\n@ 3600 SOA ns1 host (\n\t1 ; serial\n\t2h 3 4 5 ) ; end\n\tNS ns1\na 60 A 192.0.2.1\nb A 192.0.2.2\n",
	"\ufeff$TTL 1h30m\r\n@\tIN SOA ns1 host 1 2 3 4 5\r\n\r\n\t; comment\r\nwww IN 300 A 192.0.2.1\r\nftp 300 IN CNAME www",
	head + "$ORIGIN sub\n@ TXT a\\;b \"c;d\" ( \"e\" ; f\n \"g\\\"h\\065\" )\n$ORIGIN .\nx.example.com TXT \"\"\n",
	head + "$GENERATE 1-3/2 host${0,3,d} 60 IN A 192.0.2.$\n$GENERATE 1-2 a$ MX \"10 b$\"\n A 192.0.2.9\n",
	head + "\\097\\.b\\@ TYPE65280 \\# 3 aa bbcc\n* TLSA 3 1 1 aabb\na NAPTR 1 1 S SIP+D2U \"\" b\na HTTPS 1 . alpn=\"h2,h3\"\n",
	head + "bad..name A 192.0.2.1\na A 192.0.2.999\nb MX ten c\nc TXT \"open\nd ( A\ne A 192.0.2.1 )\nf FOO\n$FOO\n\"q\" A 192.0.2.1\nz A 192.0.2.1\n",
	head + "long TXT (\n \"never closed\"\n",
	"no A 192.0.2.1\n\tMX 1 x\n@ SOA ns1 host 1 2 3 4 300\nlater A 192.0.2.2\nk 2147483648 A 192.0.2.3\n",
	head + "mac A 192.0.2.1\rb TXT x ; y\rz\n$INCLUDE \"other file\" sub ; no\n ( )\n()\n",
	"@\r\n(\r\n)\r\n$TTL\n\\\n\"\n;\n)(\n",
	"0 TYPE20 0", ";\r", "\r", "\\", "\"\\", "$", "\ufeff", "a TXT \"x\\\ny\"\n",
	head + "a SVCB 1 . mandatory=alpn alpn=\"a\\\\,b\"\na LOC 51 30 12.748 N 0 7 39.612 W 0.00m\na NSEC b MX A\na CAA 0 issue \"\\\\x\"\na URI 1 1 \"\\\\\\\"\"\n",
}

// FuzzLexer checks that tokens tile the input and that each is of its kind.
func FuzzLexer(f *testing.F) {
	for _, s := range fuzzZones {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		l := masterfile.NewLexer(src)
		at := 0
		for {
			tok, ok := l.Next()
			if !ok {
				break
			}
			if tok.Start != at || tok.End <= tok.Start || tok.End > len(src) {
				t.Fatalf("token %v after offset %d of %d", tok, at, len(src))
			}
			at = tok.End
			if w := src[tok.Start:tok.End]; !isOfKind(tok, w) {
				t.Fatalf("%q is no token of kind %d", w, tok.Kind)
			}
		}
		if at != len(src) {
			t.Fatalf("the tokens end at %d of %d", at, len(src))
		}
		if _, ok := l.Next(); ok {
			t.Fatal("a token behind the end")
		}
	})
}

func isOfKind(tok masterfile.Token, w []byte) bool {
	switch tok.Kind {
	case masterfile.BOM:
		return tok.Start == 0 && string(w) == "\ufeff"
	case masterfile.Blank:
		return len(bytes.Trim(w, " \t")) == 0
	case masterfile.Newline:
		return string(w) == "\n" || string(w) == "\r\n" || string(w) == "\r"
	case masterfile.Comment:
		return w[0] == ';' && !bytes.Contains(w, []byte("\n"))
	case masterfile.Open:
		return string(w) == "("
	case masterfile.Close:
		return string(w) == ")"
	case masterfile.String:
		return w[0] == '"'
	}
	return !bytes.Contains([]byte("\n\r\t ;()\""), w[:1])
}

// FuzzParse checks what holds of any file: spans lie within it and point at
// what they name, reading is deterministic, and the records written as lines
// are read again as the same records.
func FuzzParse(f *testing.F) {
	for _, s := range fuzzZones {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 1<<14 {
			t.Skip()
		}
		opts := masterfile.Options{Origin: apex, Limits: masterfile.Limits{Generate: 100}}
		z, err := masterfile.Parse("x.zone", src, opts)
		if err != nil {
			t.Skip()
		}
		again, err := masterfile.Parse("x.zone", bytes.Clone(src), opts)
		if err != nil || !slices.Equal(z.Problems, again.Problems) || z.Apex != again.Apex || z.Class != again.Class || z.Complete != again.Complete {
			t.Fatalf("read twice: %v, %v", z.Problems, again.Problems)
		}
		rs := slices.Collect(z.Records())
		sameRecords(t, "read twice", slices.Collect(again.Records()), rs)
		for _, p := range z.Problems {
			checkSpan(t, src, p.Span)
			if p.Message == "" || !strings.HasSuffix(p.Message, ".") && !strings.HasSuffix(p.Message, "192.0.2.$") && !strings.HasSuffix(p.Message, `\\.`) {
				t.Fatalf("message %q", p.Message)
			}
		}
		var lines strings.Builder
		for _, r := range rs {
			checkSpans(t, src, r)
			lines.WriteString(r.String() + "\n")
		}
		z, err = masterfile.Parse("x.zone", []byte(lines.String()), opts)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range z.Problems {
			t.Errorf("written as lines: %v\n%s", p, lines.String())
		}
		sameRecords(t, "written as lines", slices.Collect(z.Records()), rs)
	})
}

// checkSpan checks that a span lies within a file and that its lines and
// columns are those of its offsets.
func checkSpan(t *testing.T, src []byte, s zone.Span) {
	t.Helper()
	if s.File != "x.zone" || s.Start.Offset > s.End.Offset {
		t.Fatalf("span %+v", s)
	}
	for _, p := range []zone.Position{s.Start, s.End} {
		if p.Offset < 0 || p.Offset > len(src) {
			t.Fatalf("span %+v of a file of %d octets", s, len(src))
		}
		before := bytes.TrimPrefix(src[:p.Offset], []byte("\ufeff"))
		line, column := bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n')
		if p.Line != line || p.Column != column {
			t.Fatalf("offset %d is %d:%d, want %d:%d", p.Offset, p.Line, p.Column, line, column)
		}
	}
}

// checkSpans checks the spans of all parts of a record.
func checkSpans(t *testing.T, src []byte, r zone.Record) {
	t.Helper()
	text := func(p zone.Part) string {
		s := r.Span(p)
		checkSpan(t, src, s)
		return string(src[s.Start.Offset:s.End.Offset])
	}
	whole := text(zone.Part{})
	if whole == "" {
		t.Fatalf("%s has an empty span", r)
	}
	for k := zone.PartRecord; k <= zone.PartComment; k++ {
		if k != zone.PartText {
			text(zone.Part{Kind: k})
		}
	}
	if r.Notes&zone.Generated != 0 {
		return
	}
	if typ, ok := zone.ParseType(text(zone.Part{Kind: zone.PartType})); !ok || typ != r.Type {
		t.Fatalf("%s has its type at %q", r, text(zone.Part{Kind: zone.PartType}))
	}
	if c := text(zone.Part{Kind: zone.PartComment}); r.Notes&zone.Commented != 0 && c != ";"+r.Comment() {
		t.Fatalf("%s has the comment %q at %q", r, r.Comment(), c)
	}
	if r.Type != zone.TypeTXT || text(zone.Field(0)) == `\#` {
		return
	}
	joined := r.Text()
	for i := range min(len(joined), 300) {
		s := text(zone.TextPart(i, i+1))
		if s != joined[i:i+1] && unescaped(s) != joined[i:i+1] {
			t.Fatalf("octet %d of %s is at %q", i, r, s)
		}
	}
}

// unescaped reads one escape.
func unescaped(s string) string {
	switch {
	case len(s) == 2 && s[0] == '\\':
		return s[1:]
	case len(s) == 4 && s[0] == '\\':
		return string([]byte{(s[1]-'0')*100 + (s[2]-'0')*10 + s[3] - '0'})
	}
	return ""
}
