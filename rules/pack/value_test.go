package pack

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
)

func TestParseValue(t *testing.T) {
	for s, want := range map[string]string{
		"":                  "",
		"a.example":         "",
		"{a}":               "a",
		"x{a}-{b-2}.{a}.y":  "a b-2 a",
		"{a":                "error: not a value: a brace has no partner; variables stand in { and }",
		"a}":                "error: not a value: a brace has no partner; variables stand in { and }",
		"a}b{c}":            "error: not a value: a brace has no partner; variables stand in { and }",
		"{}":                "error: not a value: {} is no variable; its name is lower-case letters, digits and hyphens",
		"{A}":               "error: not a value: {A} is no variable; its name is lower-case letters, digits and hyphens",
		"{a{b}":             "error: not a value: {a{b} is no variable; its name is lower-case letters, digits and hyphens",
		"{1}":               "error: not a value: {1} is no variable; its name is lower-case letters, digits and hyphens",
		"v=DKIM1; p={key};": "key",
	} {
		v, err := ParseValue(s)
		got := strings.Join(v.Variables(), " ")
		if err != nil {
			got = "error: " + err.Error()
		} else if v.Fixed() != (got == "") || v.String() != s {
			t.Errorf("%q: fixed %t, written %q", s, v.Fixed(), v)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

// valueMatcher returns the matcher of a value.
func valueMatcher(t testing.TB, text string, patterns map[string]string, name bool) matcher {
	t.Helper()
	v, err := ParseValue(text)
	if err != nil {
		t.Fatal(err)
	}
	m, err := (&decoder{}).matcher(v, patterns, name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMatch(t *testing.T) {
	patterns := map[string]string{"n": "[0-9]+", "key": "[A-Za-z0-9+/= ]+", "tld": `com|co\.uk`, "domain": builtinPatterns[varDomain]}
	tests := []struct {
		value, text string
		name        bool
		bound       Bindings
		want        Bindings // what is added; nil is no match
	}{
		{"mx.a.example", "mx.a.example", true, nil, Bindings{}},
		{"mx.a.example", "my.a.example", true, nil, nil},
		{"{x}.a.example", "host.a.example", true, nil, Bindings{"x": "host"}},
		{"{x}.a.example", "HOST.A.Example", true, nil, Bindings{"x": "HOST"}},
		{"{x}.a.example", "HOST.A.Example", false, nil, nil},
		{"{x}.a.example", "two.labels.a.example", true, nil, nil},
		{"{x}.a.example", ".a.example", true, nil, nil},
		{"{x}.a.example", "a.example", true, nil, nil},
		{"{x}.a.example", "host.b.example", true, nil, nil},
		{"{x}.a.example", "host.a.example", true, Bindings{"x": "Host"}, Bindings{}},
		{"{x}.a.example", "host.a.example", true, Bindings{"x": "other"}, nil},
		{"{x}.{x}.example", "a.a.example", true, nil, Bindings{"x": "a"}},
		{"{x}.{x}.example", "a.b.example", true, nil, nil},
		{"{x}.{y}.example", "a.b.example", true, Bindings{"y": "b", "z": "c"}, Bindings{"x": "a"}},
		{"a-{x}", "a-b", true, nil, Bindings{"x": "b"}},
		{"a-{x}", "a-b.c", true, nil, nil},
		{"a-{x}", "a-", true, nil, nil},
		{"mx{n}.example", "mx12.example", true, nil, Bindings{"n": "12"}},
		{"mx{n}.example", "mxa.example", true, nil, nil},
		{"mx{n}-{x}.example", "mx1-a.example", true, nil, Bindings{"n": "1", "x": "a"}},
		{"{x}{n}.example", "a12.example", true, nil, Bindings{"x": "a1", "n": "2"}},
		{"mx.a.{tld}", "mx.a.co.uk", true, nil, Bindings{"tld": "co.uk"}},
		{"mx.a.{tld}", "mx.a.fr", true, nil, nil},
		{"mail.{domain}", "mail.a.b.c", true, nil, Bindings{"domain": "a.b.c"}},
		{"mail.{domain}", "mail.a.b", true, Bindings{"domain": "a.b"}, Bindings{}},
		{"v=DKIM1; k=rsa; p={key}", "v=DKIM1; k=rsa; p=AA BB==", false, nil, Bindings{"key": "AA BB=="}},
		{"code={x}", "code=a b", false, nil, nil},
		{"code={x}", "code=a;", false, nil, nil},
		{"code={x}", "CODE=a", false, nil, nil},
		{".{x}+", ".a+", false, nil, Bindings{"x": "a"}}, // no expression
		{".{x}+", "xa+", false, nil, nil},
	}
	for _, tt := range tests {
		m := valueMatcher(t, tt.value, patterns, tt.name)
		before := maps.Clone(tt.bound)
		got, ok := m.match(tt.text, tt.bound)
		if !maps.Equal(before, tt.bound) {
			t.Errorf("%s: the bindings themselves are changed: %v", tt.value, tt.bound)
		}
		if ok != (tt.want != nil) {
			t.Errorf("%s matches %s: %t", tt.value, tt.text, ok)
			continue
		}
		want := maps.Clone(tt.bound)
		if want == nil {
			want = Bindings{}
		}
		maps.Copy(want, tt.want)
		if ok && !maps.Equal(got, want) {
			t.Errorf("%s, %s: got %v, want %v", tt.value, tt.text, got, want)
		}
	}
}

func TestRender(t *testing.T) {
	s := scope{bound: Bindings{"a": "1", "b": "2"}, likely: Bindings{"b": "3", "c": "4"}}
	for text, want := range map[string]string{
		"x": "x true", "{a}": "1 true", "{b}-{c}": "2-4 true", "{d}.{a}": "{d}.1 false", "": " true",
	} {
		v, err := ParseValue(text)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := s.render(v)
		if ok && got+" true" != want || !ok && got+" false" != want {
			t.Errorf("%q: %q, %t", text, got, ok)
		}
	}
}

// What is likely is written where nothing is known, and makes nothing wrong.
func TestScope(t *testing.T) {
	p := &Pack{Variables: []Variable{{Name: "sub", Default: "in.{domain-dashes}"}, {Name: "host", Default: "mx"}, {Name: "none"}}}
	s := p.scopeOf(zone.MustName("a-b.example"), Bindings{"host": "given", "domain": "other.example"})
	for text, want := range map[string]string{
		"{domain}": "other.example", "{domain-dashes}": "a-b-example", "{m365-token}": "ab-example0c", "{sub}": "in.a-b-example", "{host}": "given",
	} {
		v, _ := ParseValue(text)
		if got, _ := s.render(v); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if _, ok := s.render(Value{parts: []part{{"none", true}}}); ok {
		t.Error("a variable without a value is known")
	}
	if _, ok := s.bound["sub"]; ok {
		t.Error("a default is certain")
	}
}

func TestTakes(t *testing.T) {
	p := &Pack{ID: "a-host", Variables: []Variable{{Name: "n", Pattern: "[0-9]+", About: "the number"}, {Name: "label", About: "a label"}}}
	for _, tt := range []struct {
		given Bindings
		want  string
	}{
		{nil, ""},
		{Bindings{"n": "7", "label": "a", "unknown": "x y"}, ""},
		{Bindings{"n": "7a"}, `n: "7a" is not of the form that a-host wants: the number`},
		{Bindings{"n": ""}, `n: "" is not of the form that a-host wants: the number`},
		{Bindings{"label": "a.b"}, `label: "a.b" is not of the form that a-host wants: a label`},
	} {
		got := ""
		if err := p.Takes(tt.given); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%v: %q, want %q", tt.given, got, tt.want)
		}
	}
}

// A value matches what it renders, and what is matched renders to the text.
func FuzzMatch(f *testing.F) {
	f.Add("{x}.a.example", "host.a.example", "", true)
	f.Add("mx{n}-{x}.{domain}", "mx1-a.b.example", "b", true)
	f.Add("{x}.{x}", "a.A", "", true)
	f.Add("v=DKIM1; p={key}", "v=DKIM1; p=AA=", "", false)
	f.Add("ſ{x}", "Sa", "", true)
	patterns := map[string]string{"n": "[0-9]+", "key": "[A-Za-z0-9+/= ]+", "domain": builtinPatterns[varDomain]}
	f.Fuzz(func(t *testing.T, value, text, known string, name bool) {
		v, err := ParseValue(value)
		if err != nil {
			return
		}
		m, err := (&decoder{}).matcher(v, patterns, name)
		if err != nil {
			return // the value is no UTF-8
		}
		var b Bindings
		if known != "" {
			b = Bindings{"x": known}
		}
		got, ok := m.match(text, b)
		if !ok {
			return
		}
		back, all := scope{bound: got}.render(v)
		if !all || !strings.EqualFold(back, text) && !v.Fixed() {
			t.Errorf("%q has the form of %q, with %v, which is %q", text, value, got, back)
		}
		if _, again := m.match(text, got); !again {
			t.Errorf("%q matches %q once only", text, value)
		}
	})
}

// Where no expression is needed, an expression says the same.
func FuzzScan(f *testing.F) {
	f.Add("{x}.a.example", "host.a.example")
	f.Add("a-{x}.b-{y}", "a-1.b-2")
	f.Add("{x}.{x}.é", "a.a.é")
	f.Fuzz(func(t *testing.T, value, text string) {
		v, err := ParseValue(value)
		if err != nil {
			return
		}
		m, err := (&decoder{}).matcher(v, nil, false)
		if err != nil || !m.plain {
			return // the value is no UTF-8, or the expression is what is used
		}
		var s strings.Builder
		for _, p := range v.parts {
			if p.variable {
				s.WriteString("(" + defaultPattern + ")")
			} else {
				s.WriteString(regexp.QuoteMeta(p.text))
			}
		}
		re, err := regexp.Compile(`\A` + s.String() + `\z`)
		if err != nil {
			t.Fatal(err)
		}
		names := v.Variables()
		if slices.Sort(names); len(slices.Compact(names)) < len(v.Variables()) {
			return // one that stands twice must be the same, too
		}
		if _, ok := m.match(text, nil); ok != re.MatchString(text) {
			t.Errorf("%q, %q: %t", value, text, ok)
		}
	})
}
