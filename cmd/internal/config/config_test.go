package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

func parse(src string) (*Config, error) {
	return Parse(Name, "/repo/"+Name, "/repo", []byte(src))
}

func mustParse(t *testing.T, src string) *Config {
	t.Helper()
	c, err := parse(src)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestProblems(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"", ""},
		{"# nothing\n---\n\n", ""},
		{"\ufefffail-on: info\n", ""},
		{"fail_on: info\n", `1:1: the configuration has no key "fail_on"; did you mean fail-on?`},
		{"rules: []\n", `1:1: the configuration has no key "rules"; it has files, sources, packs, pack-folders, vars, select, severity, ignore, zones, fail-on, format, max-changes, max-deletes`},
		{"- a\n", `1:1: the configuration is a list, where keys with values belong`},
		{"fail-on: [error]\n", `1:10: fail-on is a list, where one word belongs`},
		{"fail-on: eror\n", `1:10: fail-on: "eror" is not one of error, warning, info; did you mean error?`},
		{"fail-on: error\nfail-on: info\n", `2:1: "fail-on" stands here again; it is on line 1 already`},
		{"fail-on:\n", `1:9: fail-on has no value; give one or leave the key out`},
		{"severity: {spf-ptr: of}\n", `1:21: spf-ptr: "of" is not one of error, warning, info, off; did you mean off?`},
		{"severity: {spf-ptr: &a off}\n", `1:21: spf-ptr: anchors and aliases are not read here; write the value out`},
		{"vars: {a: &x b, c: *x}\n", "1:11: a: anchors and aliases are not read here; write the value out\n1:20: c: anchors and aliases are not read here; write the value out"},
		{"packs: &p [webmo]\n", `1:8: packs: anchors and aliases are not read here; write the value out`},
		{"<<: {fail-on: info}\n", `1:1: the configuration has a key that is not a plain word`},
		{"packs: webmo\n", `1:8: packs is a single value, where a list belongs`},
		{"packs: [/etc/x.yaml]\n", `1:9: packs: "/etc/x.yaml" is an absolute path; write it relative to the folder of .zonelint.yaml`},
		{"packs: [Web mo]\n", `1:9: packs: "Web mo" is no id of a pack; "zonelint packs" lists them`},
		{"files: {include: [../x]}\n", `1:19: include: "../x" is a pattern with "..", which matches nothing: files are those below the folder of .zonelint.yaml`},
		{"files: {include: ['a[']}\n", `1:19: include: "a[" is no pattern: a bracket or brace has no end`},
		{"files: {include: ['{a,b}{a,b}{a,b}{a,b}']}\n", `1:19: include: "{a,b}{a,b}{a,b}{a,b}" is too many alternatives; write several patterns`},
		{"ignore: [{rule: spf-ptr}]\n", `1:10: ignore lacks the key reason`},
		{"ignore: [{rule: spf-ptr, reason: 42}]\n", `1:34: reason: "42" is not text; put it in quotes`},
		{"ignore: [{rule: spf-ptr, reason: \"a\\x1bb\"}]\n", `1:34: reason has a line break or another control character; long text is folded with >-`},
		{"ignore: [{rule: spf-ptr, type: TEXT, reason: a}]\n", `1:32: type: "TEXT" is no RR type`},
		{"zones: [{match: [a.example]}]\n", `1:9: zones: this entry says nothing of its zones; it has packs, vars, severity or ignore`},
		{"zones: [{match: ['a..example'], packs: [a]}]\n", `1:18: match: "a..example" is no domain name: empty label: two dots in a row`},
		{"zones: [{match: [bücher.example], packs: [a]}]\n", `1:18: match: "bücher.example" is no domain name: 'ü' at 2 cannot stand in one; names beyond ASCII are written as xn--`},
		{"format: [text, json]\n", `1:16: format: two formats go to the same place; give all but one a file, FORMAT:FILE`},
		{"format: ['json:.git/hooks/x']\n", `1:10: format: "json:.git/hooks/x" is no file below the folder of .zonelint.yaml, or a hidden one; name it with --format on the command line`},
		{"format: ['json:../x']\n", `1:10: format: "json:../x" is no file below the folder of .zonelint.yaml, or a hidden one; name it with --format on the command line`},
		{"format: ['json:GIT~1/x']\n", `1:10: format: "json:GIT~1/x" is no file below the folder of .zonelint.yaml, or a hidden one; name it with --format on the command line`},
		{"a: [\n", `2:1: this is no YAML: did not find expected node content`},
		{"fail-on: info\n---\nfail-on: info\n", `1:1: this is no YAML: expected single document, found multiple`},
		{"max-changes: 1.5\n", `1:14: max-changes: "1.5" is no number from 0 to 65535`},
		{"fail-on: \"" + strings.Repeat("x", 100) + "\"\n", `1:10: fail-on: "` + strings.Repeat("x", 60) + `"... is not one of error, warning, info`},
	} {
		_, err := parse(tt.src)
		got := ""
		if err != nil {
			got = strings.ReplaceAll(err.Error(), Name+":", "")
			if !strings.HasPrefix(err.Error(), Name+":") {
				t.Errorf("%q: %v does not name the file", tt.src, err)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.src, diff)
		}
	}
}

// A file of mistakes does not fill the screen.
func TestManyProblems(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "x%d: 1\n", i)
	}
	_, err := parse(b.String())
	var e *Error
	if !errors.As(err, &e) || len(e.Problems) != maxProblems {
		t.Errorf("%v", err)
	}
}

const layered = `packs: [webmo]
vars: {a: '1', b: '2'}
select: ['spf-*']
severity: {spf-ptr: off, 'spf-p*': warning, 'spf-*': error}
ignore:
- {rule: spf-all, zone: b.example, reason: r1}
zones:
- match: ['*.example']
  packs: [google-workspace]
  vars: {b: '3', c: '4'}
  severity: {'spf-p*': info}
- match: [b.example]
  vars: {c: '5'}
  ignore:
  - {rule: spf-ptr, reason: r2}
`

func described(s *Settings) string {
	var b strings.Builder
	for _, p := range s.Packs {
		fmt.Fprintf(&b, "pack %s %d:%d\n", p.Value, p.At.Line, p.At.Column)
	}
	for _, v := range s.Vars {
		fmt.Fprintf(&b, "var %s=%s %d:%d\n", v.Value.Name, v.Value.Value, v.At.Line, v.At.Column)
	}
	for _, l := range s.Levels {
		fmt.Fprintf(&b, "level %s=%s %d:%d\n", l.Value.Rule, l.Value.Level, l.At.Line, l.At.Column)
	}
	for _, e := range s.Ignores {
		fmt.Fprintf(&b, "ignore %s %s %d:%d\n", e.Rule, e.Reason, e.At.Line, e.At.Column)
	}
	return b.String()
}

func TestSettings(t *testing.T) {
	c := mustParse(t, layered)
	for zoneName, want := range map[string]string{
		"c.org":     "pack webmo 1:9\nvar a=1 2:11\nvar b=2 2:19\nlevel spf-*=error 4:54\nlevel spf-p*=warning 4:36\nlevel spf-ptr=none 4:21\nignore spf-all r1 6:10\n",
		"a.example": "pack google-workspace 9:11\nvar a=1 2:11\nvar b=3 10:13\nvar c=4 10:21\nlevel spf-*=error 4:54\nlevel spf-p*=warning 4:36\nlevel spf-ptr=none 4:21\nlevel spf-p*=info 11:24\nignore spf-all r1 6:10\n",
		"B.example": "pack google-workspace 9:11\nvar a=1 2:11\nvar b=3 10:13\nvar c=5 13:13\nlevel spf-*=error 4:54\nlevel spf-p*=warning 4:36\nlevel spf-ptr=none 4:21\nlevel spf-p*=info 11:24\nignore spf-all r1 6:10\nignore spf-ptr r2 15:12\n",
	} {
		s := c.Settings(zone.MustName(zoneName + "."))
		if diff := cmp.Diff(want, described(s)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", zoneName, diff)
		}
		if c.Settings(zone.MustName(zoneName+".")) != s {
			t.Errorf("%s: the settings are made anew", zoneName)
		}
	}
	if c.Settings(zone.MustName("x.example.")) != c.Settings(zone.MustName("y.z.example.")) {
		t.Error("zones with the same entries do not share their settings")
	}
}

func finding(rule, apex, name, typ string) *rules.Finding {
	t, _ := zone.ParseType(typ)
	return &rules.Finding{Rule: &rules.Rule{ID: rule}, Zone: zone.MustName(apex), Name: zone.MustName(name), Type: t}
}

func TestExcuses(t *testing.T) {
	for _, tt := range []struct {
		entry string
		f     *rules.Finding
		want  bool
	}{
		{"rule: spf-ptr", finding("spf-ptr", "a.example.", "a.example.", "TXT"), true},
		{"rule: spf-ptr", finding("spf-pt", "a.example.", "a.example.", "TXT"), false},
		{"rule: spf-*", finding("spf-ptr", "a.example.", "a.example.", "TXT"), true},
		{"rule: spf-ptr, zone: a.example", finding("spf-ptr", "a.example.", "a.example.", "TXT"), true},
		{"rule: spf-ptr, zone: A.Example.", finding("spf-ptr", "a.example.", "a.example.", "TXT"), true},
		{"rule: spf-ptr, zone: b.example", finding("spf-ptr", "a.example.", "a.example.", "TXT"), false},
		{"rule: spf-ptr, zone: '*.example'", finding("spf-ptr", "b.a.example.", "b.a.example.", "TXT"), true},
		{"rule: spf-ptr, zone: '*.example'", finding("spf-ptr", "example.", "example.", "TXT"), false},
		{"rule: spf-ptr, type: TXT", finding("spf-ptr", "a.example.", "a.example.", "TXT"), true},
		{"rule: spf-ptr, type: MX", finding("spf-ptr", "a.example.", "a.example.", "TXT"), false},
		{"rule: spf-ptr, name: '@'", finding("spf-ptr", "a.example.", "a.example.", "TXT"), true},
		{"rule: spf-ptr, name: '@'", finding("spf-ptr", "a.example.", "b.a.example.", "TXT"), false},
		{"rule: spf-ptr, name: b", finding("spf-ptr", "a.example.", "b.a.example.", "TXT"), true},
		{"rule: spf-ptr, name: b.a.example.", finding("spf-ptr", "a.example.", "b.a.example.", "TXT"), true},
		{"rule: spf-ptr, name: b.a.example", finding("spf-ptr", "a.example.", "b.a.example.", "TXT"), false},
		{"rule: spf-ptr, name: b.a.example", finding("spf-ptr", "a.example.", "b.a.example.a.example.", "TXT"), true},
		{"rule: spf-ptr, name: '*'", finding("spf-ptr", "a.example.", "a.example.", "TXT"), true},
		{"rule: spf-ptr, name: '*._domainkey'", finding("spf-ptr", "a.example.", "x._domainkey.a.example.", "TXT"), true},
		{"rule: spf-ptr, name: '*._domainkey'", finding("spf-ptr", "a.example.", "x._domainkey.b.example.", "TXT"), false},
		{"rule: spf-ptr, name: mail", finding("spf-ptr", ".", "mail.", "TXT"), true},
	} {
		c := mustParse(t, "ignore: [{"+tt.entry+", reason: r}]\n")
		if got := c.Settings(tt.f.Zone).Excuses(tt.f); got != tt.want {
			t.Errorf("%s: %v at %s of %s", tt.entry, got, tt.f.Name, tt.f.Zone)
		}
	}
}

func TestUnused(t *testing.T) {
	c := mustParse(t, `ignore:
- {rule: spf-ptr, zone: a.example, reason: r}
- {rule: spf-ptr, zone: '*.example', reason: r}
- {rule: spf-all, reason: r}
- {rule: mx-missing, zone: a.example, reason: r}
- {rule: spf-ptr, zone: b.example, reason: r}
zones:
- {match: [a.example], ignore: [{rule: spf-all, reason: r}]}
- {match: [a.example, c.example], ignore: [{rule: spf-ptr, reason: r}]}
`)
	lines := func(whole bool) (out []int) {
		for _, e := range c.Unused(whole) {
			out = append(out, e.At.Line)
		}
		return out
	}
	if got := lines(true); got != nil {
		t.Errorf("nothing was checked, and %v is unused", got)
	}
	a := zone.MustName("a.example.")
	s := c.Settings(a)
	s.Tried(a, func(r RuleID) bool { return r != "mx-missing" })
	if diff := cmp.Diff([]int{2, 8}, lines(false)); diff != "" {
		t.Errorf("one zone was checked (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{2, 3, 4, 8, 9}, lines(true)); diff != "" {
		t.Errorf("all zones were checked (-want +got):\n%s", diff)
	}
	if !s.Excuses(finding("spf-ptr", "a.example.", "a.example.", "TXT")) {
		t.Error("nothing was excused")
	}
	if diff := cmp.Diff([]int{4, 8}, lines(true)); diff != "" {
		t.Errorf("spf-ptr was found (-want +got):\n%s", diff)
	}
}

func TestFiles(t *testing.T) {
	c := mustParse(t, `files: {include: [zones, 'db/*.txt', /srv/zones], exclude: ['zones/old', '**/*.tmp']}
sources:
- {files: [db], source: zone}
- {files: ['db/b.*'], origin: b.example}
- {files: ['db/b.txt'], origin: c.example}
`)
	for path, want := range map[string][2]bool{
		"/repo/zones/a":       {true, true},
		"/repo/zones/x/a.tmp": {false, false},
		"/repo/zones/old/a":   {false, false},
		"/repo/zones/older":   {true, true},
		"/repo/db/a.txt":      {true, true},
		"/repo/db/a.zone":     {false, false},
		"/repo/db/x/a.txt":    {false, false},
		"/srv/zones/a":        {true, true},
		"/srv/a":              {false, false},
		"/zones/a":            {false, false},
	} {
		if takes, included := c.Takes(path); takes != want[0] || included != want[1] {
			t.Errorf("%s: %v, %v", path, takes, included)
		}
	}
	if takes, included := mustParse(t, "files: {exclude: [a]}\n").Takes("/repo/b"); !takes || included {
		t.Error("a file that is not excluded is not taken as it would be")
	}
	for path, want := range map[string]string{"/repo/db/a": "zone .", "/repo/db/b.x": "zone b.example.", "/repo/db/b.txt": "zone c.example.", "/repo/a": " ."} {
		source, origin := c.Reading(path)
		if got := source.Value + " " + strings.TrimSuffix(origin.Value.String(), ".") + "."; got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestWildcard(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"*", "", true},
		{"a*b*c", "aXbYc", true},
		{"a*b*c", "aXbY", false},
		{"*ab", "aab", true},
		{"a", "ab", false},
		{"**a", "ba", true},
		{strings.Repeat("a*", 100) + "b", strings.Repeat("a", 250), false},
	} {
		if got := wildcard(tt.pattern, tt.text); got != tt.want {
			t.Errorf("%q, %q: %v", tt.pattern, tt.text, got)
		}
	}
}

// What can be read is of use, and what cannot says where.
func FuzzParse(f *testing.F) {
	f.Add(everything)
	f.Add(layered)
	f.Add("vars: {a: &x b, c: *x}\n")
	f.Add("files: {include: ['{a,b}[!x]**/*']}\n")
	f.Add("? [a]\n: b\n")
	f.Add("severity: {<<: {a-b: off}}\n")
	f.Fuzz(func(t *testing.T, src string) {
		c, err := parse(src)
		var e *Error
		if err != nil {
			if !errors.As(err, &e) || len(e.Problems) == 0 {
				t.Fatalf("%v", err)
			}
			for _, p := range e.Problems {
				if p.Line < 1 || p.Column < 1 || p.File == "" {
					t.Errorf("%v is nowhere", p)
				}
			}
			return
		}
		fnd := finding("spf-ptr", "a.example.", "b.a.example.", "TXT")
		s := c.Settings(fnd.Zone)
		s.Excuses(fnd)
		s.Tried(fnd.Zone, func(RuleID) bool { return true })
		c.Unused(true)
		c.Takes("/repo/zones/a.zone")
		c.Reading("/repo/zones/a.zone")
	})
}
