package tagvalue

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
)

func TestRemoval(t *testing.T) {
	for text, want := range map[string]string{
		"a=1; b=2; c=3": "a=1; c=3",
		"b=2; c=3":      "c=3",
		"b=2":           "",
		"a=1; b=2":      "a=1",
		"a=1; b=2;":     "a=1;",
		"b=2 c=3":       " c=3", // the one glued to it keeps what parted them
	} {
		tags := Grammar{Known: func(s string) bool { return s == "c" }}.Scan(nil, text, 0)
		i := slices.IndexFunc(tags, func(t Tag) bool { return t.Name.Of(text) == "b" })
		if got := Edited(text, []Edit{Removal(text, &tags[i])}); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestApply(t *testing.T) {
	long := strings.Repeat("a;", 100)
	r := zone.NewTXT(zone.MustName("example.com"), 60, long)
	for _, n := range []int{0, 1, Most, Most + 1, 100} {
		var edits []Edit
		for i := range n {
			edits = append(edits, Edit{From: 2 * i, To: 2*i + 1, Text: "bc"})
		}
		want := strings.Repeat("bc;", n) + strings.Repeat("a;", 100-n)
		if got := Apply(r, long, edits).Text(); got != want || Edited(long, edits) != want {
			t.Errorf("%d edits: got %q", n, got)
		}
	}
}

func TestSeveral(t *testing.T) {
	name := zone.MustName("example.com")
	add := func(s *Several, text string) {
		s.Add(zone.NewTXT(name, 60, text), text, Grammar{}.Scan(nil, text, 0))
	}
	var s Several
	for _, text := range []string{"a=1;b=2", "a=1;b=2", "a=1; b=2", "a=1; b=2"} {
		add(&s, text)
	}
	if s.First.Text() != "a=1;b=2" || len(s.Extra) != 1 || len(s.Gone) != 2 || !s.Alike {
		t.Errorf("%+v", s)
	}
	if add(&s, "a=1;b=3"); len(s.Extra) != 2 || s.Alike {
		t.Errorf("%+v", s)
	}
}

func TestVersion(t *testing.T) {
	g := &VersionGrammar{Value: "STSv1", Stem: "STS", Follows: func(s string) bool { return strings.HasPrefix(s, "id=") }}
	for _, c := range []struct {
		text  string
		form  Form
		loose bool
		want  string // the text once it is mended, if that is proven
	}{
		{"v=STSv1; id=1", VersionGood, false, "v=STSv1; id=1"},
		{"v=STSv1", VersionGood, false, "v=STSv1"},
		{"v = STSv1; id=1", VersionGood, true, "v=STSv1; id=1"},
		{"v=STSv1 ; id=1", VersionSpaced, false, "v=STSv1; id=1"},
		{"\u200b\"v=STSv1; id=1", VersionBehind, false, "v=STSv1; id=1"},
		{"V=stsV1; id=1", VersionCase, false, "v=STSv1; id=1"},
		{"v=STSv1, id=1", VersionUnclosed, false, "v=STSv1; id=1"},
		{"v=STSv1 other", VersionUnclosed, false, ""},
		{"v=STSv12; id=1", VersionOther, false, ""},
		{"v=STSv1.1; id=1", VersionOther, false, ""},
		{"v=STS; id=1", VersionOther, false, "v=STSv1; id=1"},
		{"v:STSv1; id=1", VersionOther, false, "v=STSv1; id=1"},
		{"v=STSTART", NotMeant, false, ""},
		{"STSv1; id=1", NotMeant, false, ""},
		{"v", NotMeant, false, ""},
		{"", NotMeant, false, ""},
	} {
		v := g.Leading(c.text, false)
		if v.Form != c.form || v.Loose != c.loose || v.Proven != (c.want != "") {
			t.Errorf("%q: %+v", c.text, v)
			continue
		}
		if v.Proven {
			r := zone.NewTXT(zone.MustName("example.com"), 60, c.text)
			if got := v.Mended(r, c.text, nil, "v=STSv1").Text(); got != c.want {
				t.Errorf("%q: got %q, want %q", c.text, got, c.want)
			}
		}
		if _, message := v.Fault(c.text, "v=STSv1", "MTA-STS", "senders discard"); (message == "") != (v.Valid() || v.Form == NotMeant) {
			t.Errorf("%q: the message is %q", c.text, message)
		}
	}
}

func TestURI(t *testing.T) {
	for uri, want := range map[string]string{"mailto:a": "mailto", "x-1+.y:": "x-1+.y", "1x:a": "", ":a": "", "a": "", "a_b:c": ""} {
		if scheme, _, ok := CutScheme(uri); scheme != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", uri, scheme, ok)
		}
	}
	for s, want := range map[string]int{"a%2Fb?c=d#e": -1, "a%2": 1, "a%zz": 1, "a b": 1, "é": 0, "a,b": 1, "a\x7f": 1, "a<b": 1} {
		if got := BadURIOctet(s, ","); got != want {
			t.Errorf("%q: got %d, want %d", s, got, want)
		}
	}
}
