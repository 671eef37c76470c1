package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

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
