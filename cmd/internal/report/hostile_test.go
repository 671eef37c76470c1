package report

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

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
		"a`b ``":             "``a`b`` ``` `` ```",
		`Write \; for each;`: "Write `\\;` for each;",
		`open "quote here`:   "open `\"quote` here",
	} {
		if got := prose(in); got != want {
			t.Errorf("prose(%q) = %q, want %q", in, got, want)
		}
	}
}
