package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// rendered is what a format makes of results.
func rendered(t *testing.T, name string, style Style, results ...*Result) string {
	t.Helper()
	f, ok := New(name, style)
	if !ok {
		t.Fatalf("no format %s", name)
	}
	var s Summary
	var b []byte
	some := false
	for _, r := range results {
		s.Add(r)
		if chunk := f.Append(nil, r); len(chunk) > 0 {
			if some {
				b = append(b, f.Between()...)
			}
			b, some = append(b, chunk...), true
		}
	}
	head := f.Open()
	if bounded, ok := f.(Bounded); ok {
		head = string(bounded.Head(s))
	}
	return head + string(b) + string(f.Close(s))
}

// hostileTexts are what a record or a file name may hold.
var hostileTexts = []string{
	"\x1b]0;title\x07\x1b[2J\r::set-output name=x::y",
	"::set-output name=x::y", "  ::stop-commands::t",
	"\n::error::first on its line", "\r\n ::stop-commands::t", "%0A::warning::x",
	"##[set-output name=x]y", "##vso[task.setvariable variable=x]y", "##VSO[x]", "##teamcity[x]", "###[group]x",
	`]]>&<script>alert("x")</script><img src=x onerror=alert(1)>&lt;`, "<!-- x", "</failure>", `" onload="x`,
	"a|b `code` ``two`` ``` @maintainers @org/team #1 GH-1 org/repo#2 deadbeef1234567 0123456789 ~~x~~ **b** _i_ $$x$$ :tada:",
	"![x](http://evil.example/x.png) [y](javascript:1) [z]: http://evil.example <http://evil.example>",
	"www.evil.example http://evil.example mailto:a@evil.example a@evil.example",
	"\u202e\u0085\u2028\u200b\U000e0041", "\xff\xfe\xed\xa0\x80", "\\` \\", "`", "\"`\" \"", "- # > 1. * + ===",
	"{0} {{x}} ${{ secrets.X }} $(x)", "\ufffe\uffff", "(\"@x\")", "\"say \"`\"",
}

// hostile is a result whose every text is one of a stranger.
func hostile() *Result {
	src := files{}
	var fs []rules.Finding
	for i, s := range hostileTexts {
		name := s + ".zone"
		src[name] = "@ MX 10 mx\n@ TXT x\n"
		f := found(src.span(name, "mx", 0), s+" and "+s)
		f.Zone = zone.MustName("example.com")
		f.Severity = []rules.Severity{rules.Error, rules.Warning, rules.Info}[i%3]
		f.Related = []rules.Related{{Span: src.span(name, "TXT", 0), Message: s}}
		f.Fix = &rules.Fix{Safety: rules.Manual, Description: s}
		if i%4 == 0 {
			f.Span.Address = s
		}
		fs = append(fs, f)
	}
	label, err := zone.ParseName(`\010\064x\.y\`+"`"+`|<b>`, zone.MustName("example.com"))
	if err != nil {
		panic(err)
	}
	nowhere := found(zone.Span{}, "No place.")
	nowhere.Name, nowhere.Zone = label, label
	command := nowhere
	command.Name = zone.MustName("::stop-commands::t.example.com")
	return result(src, append(fs, nowhere, command)...)
}

// Whatever a record, a name or a file is called, no output does more than show
// it.
func TestHostileTexts(t *testing.T) {
	commands := regexp.MustCompile(`^::(error|warning|notice) (file=[^:,\n]*,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,)?title=[a-z-]+::[^\n]*$`)
	for _, m := range makers {
		got := rendered(t, m.name, Style{}, hostile())
		if n := strings.Count(got, "\n"); n < len(hostileTexts) {
			t.Errorf("%s has only %d lines", m.name, n)
		}
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			if i := strings.IndexFunc(line, func(r rune) bool {
				return !unicode.IsPrint(r) || r == unicode.ReplacementChar && m.name != "json" && m.name != "jsonl"
			}); i >= 0 {
				t.Errorf("%s shows %q", m.name, line[i:])
			}
			if start := strings.TrimLeftFunc(line, unicode.IsSpace); strings.HasPrefix(start, "::") && (m.name != "github" || !commands.MatchString(line)) {
				t.Errorf("%s gives a command: %q", m.name, line)
			}
			for _, c := range []string{"##[", "##vso[", "##teamcity["} {
				if strings.Contains(strings.ToLower(line), c) {
					t.Errorf("%s gives a command: %q", m.name, line)
				}
			}
		}
	}
}

var (
	backticks = regexp.MustCompile("`+")
	ownMarkup = regexp.MustCompile(`^(#### |- [🔴🟡🔵] \*\*(error|warning|info)\*\* |  <br>Help: )?[A-Za-z0-9 ,;:().'"-]*$`)
)

// withoutCode takes the code spans off a line of Markdown (CommonMark, section
// 6.1): a run of backticks to the next of the same length.
func withoutCode(line string) string {
	var out strings.Builder
	for {
		open := backticks.FindStringIndex(line)
		if open == nil {
			return out.String() + line
		}
		out.WriteString(line[:open[0]])
		fence, rest, end := line[open[0]:open[1]], line[open[1]:], -1
		for _, run := range backticks.FindAllStringIndex(rest, -1) {
			if run[1]-run[0] == len(fence) {
				end = run[1]
				break
			}
		}
		if end < 0 {
			return out.String() + line[open[0]:] // not a span
		}
		line = rest[end:]
	}
}

// Outside of code, Markdown of strangers' texts has nothing but words.
func TestMarkdownIsInert(t *testing.T) {
	got := rendered(t, "markdown", Style{}, hostile())
	for line := range strings.Lines(got) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "### zonelint: ") {
			continue
		}
		if bare := withoutCode(line); !ownMarkup.MatchString(bare) || regexp.MustCompile(`\w\.\w|GH-\d|[0-9a-f]*\d[0-9a-f]{6,}|://`).MatchString(bare) {
			t.Errorf("%q has markup: %q", line, bare)
		}
	}
	for in, want := range map[string]string{
		`"ptr" of mx.example.com. is slow (permerror). Write -all.`:  "\"ptr\" of `mx.example.com.` is slow (permerror). Write `-all`.",
		`This text is "v=spf1 ~all", not "v=DMARC1". It's 10, or 7.`: "This text is `\"v=spf1 ~all\"`, not `\"v=DMARC1\"`. It's 10, or 7.",
		"a`b ``":           "``a`b`` ``` `` ```",
		`open "quote here`: "open `\"quote` here",
	} {
		if got := prose(in); got != want {
			t.Errorf("prose(%q) = %q, want %q", in, got, want)
		}
	}
}

// The JSON formats are what their readers ask for.
func TestJSONSchemas(t *testing.T) {
	zoneText := "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\n@ MX 10 mx\n@ TXT \"é𝄞\" \"x\"\n"
	z, err := masterfile.Parse("sub dir/a:b.zone", []byte(zoneText), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var fs []rules.Finding
	for r := range z.OfType(zone.TypeTXT) {
		f := rules.At(r, zone.TextPart(6, 7), "A text.").WithFix(rules.Safe, "write y", zone.Replace(r, r.WithText(6, 7, "y")))
		f.Rule, f.Severity = testRule, rules.Warning
		f.Related = []rules.Related{{Span: r.Span(zone.Part{Kind: zone.PartOwner}), Message: "here"}}
		fs = append(fs, f)
	}
	mended := &Result{Zone: z, Findings: fs}
	for _, name := range []string{"sarif", "gitlab", "rdjson", "json", "jsonl"} {
		text, err := os.ReadFile("testdata/" + name + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource(name, doc); err != nil {
			t.Fatal(err)
		}
		schema, err := c.Compile(name)
		if err != nil {
			t.Fatal(err)
		}
		style := Style{Version: "v1.2.3", Rules: all.Rules(pack.Selector{})}
		for what, results := range map[string][]*Result{"hostile": {hostile(), mended}, "clean": {result(nil)}, "nothing": nil} {
			got := rendered(t, name, style, results...)
			documents := []string{got}
			if name == "jsonl" {
				documents = strings.Split(strings.TrimSuffix(got, "\n"), "\n")
				if got == "" {
					documents = nil
				}
			}
			for _, d := range documents {
				v, err := jsonschema.UnmarshalJSON(strings.NewReader(d))
				if err != nil {
					t.Errorf("%s, %s: %v\n%s", name, what, err, d)
				} else if err := schema.Validate(v); err != nil {
					t.Errorf("%s, %s: %v", name, what, err)
				}
			}
		}
		for _, bad := range []string{"{}", "[1]", `{"x":1}`} {
			if v, _ := jsonschema.UnmarshalJSON(strings.NewReader(bad)); schema.Validate(v) == nil {
				t.Errorf("the schema of %s takes %s", name, bad)
			}
		}
	}
}

// The XML formats are well-formed, and have the elements that their readers
// know.
func TestXML(t *testing.T) {
	for name, elements := range map[string]string{
		"checkstyle": "checkstyle checkstyle/file checkstyle/file/error",
		"junit":      "testsuites testsuites/testsuite testsuites/testsuite/testcase testsuites/testsuite/testcase/failure testsuites/testsuite/testcase/system-out",
	} {
		known := strings.Fields(elements)
		seen := map[string]int{}
		got := rendered(t, name, Style{}, hostile())
		d := xml.NewDecoder(strings.NewReader(got))
		var path []string
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			switch e := tok.(type) {
			case xml.StartElement:
				path = append(path, e.Name.Local)
				seen[strings.Join(path, "/")]++
			case xml.EndElement:
				path = path[:len(path)-1]
			}
		}
		for _, k := range known {
			if seen[k] == 0 {
				t.Errorf("%s has no %s", name, k)
			}
			delete(seen, k)
		}
		if len(seen) > 0 {
			t.Errorf("%s has elements that nobody knows: %v", name, seen)
		}
	}
	var suites struct {
		Suites []struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Cases    []struct {
				Failure *struct{} `xml:"failure"`
				Error   *struct{} `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	text := junit{}.Open() + string(junit{}.Append(nil, hostile())) + string(junit{}.Close(Summary{Unread: 2}))
	if err := xml.Unmarshal([]byte(text), &suites); err != nil {
		t.Fatal(err)
	}
	for _, s := range suites.Suites {
		failures, errors := 0, 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				failures++
			}
			if c.Error != nil {
				errors++
			}
		}
		if len(s.Cases) != s.Tests || failures != s.Failures || errors != s.Errors {
			t.Errorf("a suite of %d tests, %d failures and %d errors says %d, %d and %d", len(s.Cases), failures, errors, s.Tests, s.Failures, s.Errors)
		}
	}
	if len(suites.Suites) != 2 || suites.Suites[1].Errors != 1 {
		t.Errorf("suites: %+v", suites)
	}
}

// Places and edits count characters as each format does.
func TestColumnsAndEdits(t *testing.T) {
	text := "$ORIGIN example.com.\r\n$TTL 3600\r\n@ SOA ns1 h 1 2 3 4 5\r\n@ NS ns1\r\n@ TXT \"é𝄞\" \"x\"\r\n@ MX 10 mx\r\n"
	z, err := masterfile.Parse("a:b c%.zone", []byte(text), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var txt, mx zone.Record
	for r := range z.OfType(zone.TypeTXT) {
		txt = r
	}
	for r := range z.OfType(zone.TypeMX) {
		mx = r
	}
	change := rules.At(txt, zone.TextPart(6, 7), "A text.").WithFix(rules.Safe, "write y", zone.Replace(txt, txt.WithText(6, 7, "y")))
	remove := rules.At(mx, zone.Field(1), "An MX.").WithFix(rules.Unsafe, "remove it", zone.Remove(mx))
	add := rules.Finding{Name: z.Apex, Message: "None."}.WithFix(rules.Safe, "add it", zone.Add(zone.NewMX(z.Apex, 3600, 20, zone.MustName("mx2.example.com"))))
	two := rules.At(mx, zone.Field(1), "Both.").WithFix(rules.Manual, "by hand")
	var fs []rules.Finding
	for _, f := range []rules.Finding{change, remove, add, two} {
		f.Rule, f.Severity = testRule, rules.Error
		fs = append(fs, f)
	}
	r := &Result{Zone: z, Findings: fs}
	edited := func(e *textEdit) string { return text[:e.start.Offset] + e.new + text[e.end.Offset:] }
	for i, want := range []string{
		strings.Replace(text, `"x"`, `"y"`, 1),
		strings.Replace(text, "@ MX 10 mx\r\n", "", 1),
		text + "@ MX 20 mx2.example.com.\r\n",
	} {
		e := r.textEdits()[i]
		if e == nil || edited(e) != want {
			t.Errorf("edit %d is %+v", i, e)
			continue
		}
		if i > 0 && (e.start.Column != 1 || e.end.Column != 1) {
			t.Errorf("edit %d is not of whole lines: %+v", i, e)
		}
	}
	if r.textEdits()[3] != nil {
		t.Error("a fix by hand has an edit")
	}

	var doc struct {
		Runs []struct {
			Results []struct {
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI, URIBaseID string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(rendered(t, "sarif", Style{Path: func(p string) string { return "dns/" + p }}, r)), &doc); err != nil {
		t.Fatal(err)
	}
	place := doc.Runs[0].Results[0].Locations[0].PhysicalLocation
	if got := fmt.Sprint(place); got != "{{dns/a:b%20c%25.zone %SRCROOT%} {5 14 5 15}}" {
		t.Errorf("SARIF has the place %s", got) // é is one unit, 𝄞 two
	}
	if got := rendered(t, "github", Style{}, r); !strings.HasPrefix(got, "::error file=a%3Ab c%25.zone,line=5,endLine=5,col=14,endColumn=15,title=test-rule::A text.\n") {
		t.Errorf("github: %s", got)
	}
	if got := rendered(t, "rdjson", Style{}, r); !strings.Contains(got, `"range":{"start":{"line":5,"column":17},"end":{"line":5,"column":18}}},"severity"`) ||
		!strings.Contains(got, `"suggestions":[{"range":{"start":{"line":5,"column":17},"end":{"line":5,"column":18}},"text":"y"}]`) {
		t.Errorf("rdjson: %s", got)
	}
	outside := sarif{style: Style{}}.artifact("/srv/dns/x y.zone")
	if outside != (sarifArtifact{URI: "file:///srv/dns/x%20y.zone"}) {
		t.Errorf("a file outside of the sources is %+v", outside)
	}
}

// What does not fit into a comment is left out, by whole findings, and counted.
func TestMarkdownCut(t *testing.T) {
	f := found(zone.Span{}, "No place.")
	m := markdown{}
	chunk := m.Append(nil, result(nil, f, f, f))
	for room := range len(chunk) + 1 {
		kept, n := m.Cut(chunk, room)
		if len(kept) > room || strings.Count(string(kept), "\n- ") != n || n > 0 && !strings.HasSuffix(string(kept), ")\n") {
			t.Fatalf("room %d: %d findings in %q", room, n, kept)
		}
		if room == len(chunk) && n != 3 {
			t.Errorf("all fits, and %d findings are kept", n)
		}
	}
}

// GitHub cuts what it shows of a rule.
func TestSARIFRulesFitGitHub(t *testing.T) {
	for _, r := range all.Rules(pack.Selector{}) {
		if d := describe(r); len(d.Full.Text) > 1024 || len(d.Short.Text) > 1024 || strings.Count(d.Help.Markdown, "```") != 4 {
			t.Errorf("%s: %+v", r.ID, d)
		}
	}
}

// A text of SARIF may hold links, which a stranger's must not.
func TestSARIFTextHasNoLinks(t *testing.T) {
	for in, want := range map[string]string{
		"[here](http://evil.example/)": `\[here\](http://evil.example/)`,
		"mx[0] of [x]":                 "mx[0] of [x]",
	} {
		if got := sarifText(in).Text; got != want {
			t.Errorf("sarifText(%q) = %q, want %q", in, got, want)
		}
	}
}

// GitHub takes columns for a place within one line only.
func TestGitHubLines(t *testing.T) {
	src := files{"a.zone": "@ TXT (\n x )\n"}
	got := rendered(t, "github", Style{}, result(src, found(src.span("a.zone", "(\n x )", 0), "Two lines.")))
	if want := "::error file=a.zone,line=1,endLine=2,title=test-rule::Two lines.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReferenceURL(t *testing.T) {
	for ref, want := range map[string]string{
		"RFC 7208, section 4.6.4": "https://datatracker.ietf.org/doc/html/rfc7208#section-4.6.4",
		"RFC 1035":                "https://datatracker.ietf.org/doc/html/rfc1035",
		"draft-x-y, section 2":    "https://datatracker.ietf.org/doc/html/draft-x-y#section-2",
		"https://example.com/x":   "https://example.com/x",
		"zonelint README, Rules":  "https://github.com/zonelint/zonelint#readme",
	} {
		if got := referenceURL(ref); got != want {
			t.Errorf("referenceURL(%q) = %q, want %q", ref, got, want)
		}
	}
}
