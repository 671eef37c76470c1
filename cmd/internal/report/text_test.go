package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// files is a source that knows the content of its files and nothing else.
type files map[string]string

func (files) Span(zone.Loc, zone.Part) zone.Span { return zone.Span{} }
func (files) Comment(zone.Loc) string            { return "" }
func (files) Comments(string) []zone.Comment     { return nil }
func (f files) Text(name string) []byte          { return []byte(f[name]) }

// position is the position of an offset in a text.
func position(text string, offset int) zone.Position {
	before := text[:offset]
	return zone.Position{Offset: offset, Line: strings.Count(before, "\n") + 1, Column: offset - strings.LastIndexByte(before, '\n')}
}

// span is the place of the n-th (from 0) occurrence of a string in a file.
func (f files) span(file, what string, n int) zone.Span {
	text, at := f[file], 0
	for ; n >= 0; n-- {
		i := strings.Index(text[at:], what)
		if i < 0 {
			panic("not in the text: " + what)
		}
		at += i + 1
	}
	return zone.Span{File: file, Start: position(text, at-1), End: position(text, at-1+len(what))}
}

var testRule = &rules.Rule{ID: "test-rule", Severity: rules.Error}

func found(s zone.Span, message string) rules.Finding {
	return rules.Finding{Rule: testRule, Severity: rules.Error, Message: message, Name: zone.MustName("example.com"), Type: zone.TypeTXT, Span: s}
}

func result(src zone.Source, fs ...rules.Finding) *Result {
	z := zone.NewBuilder(0).Zone(zone.MustName("example.com"))
	z.Source = src
	return &Result{Zone: z, Findings: fs}
}

// unbar takes the margin "|" off the lines of an expectation.
func unbar(s string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(s, "\n")) {
		_, rest, ok := strings.Cut(line, "│")
		if ok {
			b.WriteString(rest)
		}
	}
	return b.String()
}

func TestTextExcerpt(t *testing.T) {
	long := "@ TXT \"v=DKIM1; p=" + strings.Repeat("ABCDEFGHIJ", 60) + "\" ; end\n"
	src := files{
		"a.zone": "@\tMX\t10\tmx\n@ TXT \"né v=spf1 日本 +all\"\n",
		"e.zone": "x A 1\n@ TXT \"a\x1b[31mb\u202ec\xffd\" junk\n",
		"l.zone": long,
		"m.zone": "@ SOA ns hm (\n  1\n  2\r\n  3\n  4\n  5 )\nx A 1\n",
		"r.zone": "@ TXT \"v=spf1 mx -all\"\nx A 1\ny A 2\n@ TXT \"v=spf1 a -all\"\n",
		"i.zone": "$INCLUDE inc\n",
		"n.zone": "@ TXT \"open",
	}
	for _, tt := range []struct {
		name  string
		f     rules.Finding
		width int
		want  string
	}{
		{"tabs", found(src.span("a.zone", "mx", 0), "A message."), 0, `
		│error[test-rule]: A message.
		│ --> a.zone:1:9
		│  |
		│1 | @       MX      10      mx
		│  |                         ^^
		`},
		{"wide and non-ASCII characters before the place", found(src.span("a.zone", "+all", 0), "A message."), 0, `
		│error[test-rule]: A message.
		│ --> a.zone:2:26
		│  |
		│2 | @ TXT "né v=spf1 日本 +all"
		│  |                       ^^^^
		`},
		{"wide characters in the place", found(src.span("a.zone", "日本", 0), "A message."), 0, `
		│error[test-rule]: A message.
		│ --> a.zone:2:19
		│  |
		│2 | @ TXT "né v=spf1 日本 +all"
		│  |                  ^^^^
		`},
		{"hostile data", found(src.span("e.zone", "junk", 0), "Saw a\x1b]0;b\n\u2028\u200b\x9b."), 0, `
		│error[test-rule]: Saw a\x1B]0;b\x0A\u{2028}\u{200b}\x9B.
		│ --> e.zone:2:23
		│  |
		│2 | @ TXT "a\x1B[31mb\u{202e}c\xFFd" junk
		│  |                                  ^^^^
		`},
		{"the middle of a long line", found(src.span("l.zone", "JAB", 30), "A message."), 0, `
		│error[test-rule]: A message.
		│ --> l.zone:1:328
		│  |
		│1 | ...HIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJA...
		│  |                          ^^^
		`},
		{"the end of a long line", found(src.span("l.zone", "; end", 0), "A message."), 60, `
		│error[test-rule]: A message.
		│ --> l.zone:1:621
		│  |
		│1 | ...EFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJ" ; end
		│  |                                                    ^^^^^
		`},
		{"a place longer than the room", found(src.span("l.zone", long[6:619], 0), "A message."), 60, `
		│error[test-rule]: A message.
		│ --> l.zone:1:7
		│  |
		│1 | @ TXT "v=DKIM1; p=ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDE...
		│  |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
		`},
		{"several lines", found(src.span("m.zone", "SOA ns hm (\n  1\n  2\r\n", 0), "A message."), 0, `
		│error[test-rule]: A message.
		│ --> m.zone:1:3
		│  |
		│1 | @ SOA ns hm (
		│  |   ^^^^^^^^^^^
		│2 |   1
		│  |   ^
		│3 |   2
		│  |   ^
		`},
		{"many lines", found(src.span("m.zone", "ns hm (\n  1\n  2\r\n  3\n  4\n  5 )", 0), "A message."), 0, `
		│error[test-rule]: A message.
		│ --> m.zone:1:7
		│  |
		│1 | @ SOA ns hm (
		│  |       ^^^^^^^
		│2 |   1
		│  |   ^
		│3 |   2
		│  |   ^
		│...
		│6 |   5 )
		│  |   ^^^
		`},
		{"an empty place at the end of the file", found(zone.Span{File: "n.zone", Start: position(src["n.zone"], 11), End: position(src["n.zone"], 11)}, "A message."), 0, `
		│error[test-rule]: A message.
		│ --> n.zone:1:12
		│  |
		│1 | @ TXT "open
		│  |            ^
		`},
		{"another place in the file", func() rules.Finding {
			f := found(src.span("r.zone", "v=spf1 a -all", 0), "Two records.")
			f.Related = []rules.Related{{Span: src.span("r.zone", "v=spf1 mx -all", 0), Message: "the first"}}
			return f
		}(), 0, `
		│error[test-rule]: Two records.
		│ --> r.zone:4:8
		│  |
		│1 | @ TXT "v=spf1 mx -all"
		│  |        -------------- the first
		│...
		│4 | @ TXT "v=spf1 a -all"
		│  |        ^^^^^^^^^^^^^
		`},
		{"another file", func() rules.Finding {
			f := found(src.span("i.zone", "inc", 0), "Included.")
			f.Related = []rules.Related{{Span: src.span("a.zone", "mx", 0), Message: "here"}}
			return f
		}(), 0, `
		│error[test-rule]: Included.
		│ --> i.zone:1:10
		│  |
		│1 | $INCLUDE inc
		│  |          ^^^
		│ ::: a.zone:1:9
		│  |
		│1 | @       MX      10      mx
		│  |                         -- here
		`},
		{"safe fix", found(src.span("r.zone", "A", 0), "A message.").WithFix(rules.Safe, "add MX 10 mx.example.net."), 0, `
		│error[test-rule]: A message.
		│ --> r.zone:2:3
		│  |
		│2 | x A 1
		│  |   ^
		│  = help: add MX 10 mx.example.net. (zonelint fix)
		`},
		{"wrapped on a terminal", found(src.span("r.zone", "A", 0), "A message that is longer than the terminal is wide.").WithFix(rules.Manual, "publish the key that the mail host shows"), 40, `
		│error[test-rule]: A message that is
		│  longer than the terminal is wide.
		│ --> r.zone:2:3
		│  |
		│2 | x A 1
		│  |   ^
		│  = help: publish the key that the mail
		│          host shows (by hand)
		`},
		{"no file", found(zone.Span{}, "A message.").WithFix(rules.Unsafe, "remove it"), 0, `
		│error[test-rule]: A message.
		│ --> example.com. TXT
		│  = help: remove it (zonelint fix --unsafe)
		`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(text{Style{Width: tt.width}}.Append(nil, result(src, tt.f)))
			if d := cmp.Diff(unbar(tt.want)+"\n", got); d != "" {
				t.Error(d)
			}
		})
	}
}

// Several things that a zone lacks are all told at its SOA record.
func TestTextSamePlace(t *testing.T) {
	src := files{"a.zone": "@ SOA ns\n"}
	here := src.span("a.zone", "@", 0)
	got := string(text{}.Append(nil, result(src, found(here, "One."), found(here, "Two.").WithFix(rules.Safe, "add it"))))
	want := unbar(`
		│error[test-rule]: One.
		│ --> a.zone:1:1
		│  |
		│1 | @ SOA ns
		│  | ^
		│
		│error[test-rule]: Two.
		│ --> a.zone:1:1
		│  = help: add it (zonelint fix)
		│
		`)
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTextColor(t *testing.T) {
	src := files{"a.zone": "@ MX 10 mx\n"}
	got := string(text{Style{Color: true}}.Append(nil, result(src, found(src.span("a.zone", "mx", 0), "M."))))
	for _, want := range []string{"\x1b[1;31merror\x1b[0m\x1b[1m[test-rule]\x1b[0m: M.", "\x1b[1;31m^^\x1b[0m"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}

func TestTextSummary(t *testing.T) {
	for _, tt := range []struct {
		s    Summary
		want string
	}{
		{Summary{Zones: 1, Records: 12}, "1 zone, 12 records: no findings.\n"},
		{Summary{Zones: 2, Records: 1, Errors: 1, Infos: 3}, "2 zones, 1 record: 1 error, 3 info.\n"},
		{Summary{Zones: 1, Records: 2, Errors: 2, Warnings: 1, Safe: 2, Unsafe: 1}, "1 zone, 2 records: 2 errors, 1 warning. \"zonelint fix\" can mend 2, with --unsafe 1 more.\n"},
		{Summary{Zones: 1, Records: 2, Errors: 1, Unsafe: 1}, "1 zone, 2 records: 1 error. \"zonelint fix --unsafe\" can mend 1.\n"},
		{Summary{Zones: 1, Records: 2, Unread: 1}, "1 zone, 2 records: no findings, 1 not read.\n"},
		{Summary{Unread: 1}, ""},
	} {
		if got := string(text{}.Close(tt.s)); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.s, got, tt.want)
		}
	}
}

// FuzzExcerpt looks for panics and for control characters that come through,
// whatever the line and the place.
func FuzzExcerpt(f *testing.F) {
	f.Add([]byte("@\tMX 10 \x1b[31m\xff日本\r\nx"), 3, 9, 0)
	f.Add(bytes.Repeat([]byte("a"), 9000), 5000, 8999, 40)
	f.Fuzz(func(t *testing.T, src []byte, from, to, width int) {
		if from < 0 || to < from || to > len(src) || width < 0 || width > 1000 {
			return
		}
		s := files{"f": string(src)}
		span := zone.Span{File: "f", Start: position(s["f"], from), End: position(s["f"], to)}
		out := text{Style{Width: width}}.Append(nil, result(s, found(span, string(src))))
		for line := range bytes.Lines(out) {
			if line = bytes.TrimSuffix(line, []byte("\n")); Escape(string(line)) != string(line) {
				t.Errorf("%q is not safe", line)
			}
		}
		if !bytes.Contains(out, []byte("^")) {
			t.Errorf("nothing is underlined in %q", out)
		}
	})
}

func TestEscapeLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		"a::b":                 "a::b",
		"::error::x":           `\x3A:error::x`,
		"  ::error::x":         `  \x3A:error::x`,
		"\t::error::x":         `\x09::error::x`,
		"\u00a0::error::x\x1b": `\u{a0}::error::x\x1B`,
	} {
		if got := EscapeLine(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
