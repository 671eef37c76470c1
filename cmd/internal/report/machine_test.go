package report

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

func TestConcise(t *testing.T) {
	src := files{"a b\n.zone": "@ MX 10 mx\n"}
	f := found(src.span("a b\n.zone", "mx", 0), "Two\nlines <&>.")
	got := string(concise{}.Append(nil, result(src, f, found(zone.Span{}, "No place."))))
	want := "a b\\x0A.zone:1:9: error: Two\\x0Alines <&>. [test-rule]\n" +
		"example.com.: error: No place. [test-rule]\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJSON(t *testing.T) {
	src := files{"a.zone": "@ MX 10 mx\n"}
	f := found(src.span("a.zone", "mx", 0), "<&> \x1b \xff \u009b \u202e \U000e0041.").WithFix(rules.Safe, "do it")
	f.Zone = zone.MustName("example.com")
	f.Pack = "webmo"
	none := found(zone.Span{}, "No place.")
	none.Type = 0

	j := jsonFormat{}
	var s Summary
	s.Add(result(src, f, none))
	b := append([]byte(j.Open()), j.Append(nil, result(src, f, none))...)
	b = append(b, j.Between()...)
	b = append(b, j.Append(nil, result(src, none))...)
	s.Add(result(src, none))
	got := string(append(b, j.Close(s)...))
	want := `{"version":1,"findings":[
{"rule":"test-rule","severity":"error","message":"<&> \u001b \ufffd \u009b \u202e \udb40\udc41.","zone":"example.com.","name":"example.com.","type":"TXT","file":"a.zone","line":1,"column":9,"end_line":1,"end_column":11,"pack":"webmo","fix":{"safety":"safe","description":"do it"}},
{"rule":"test-rule","severity":"error","message":"No place.","zone":"","name":"example.com.","type":"","pack":"","fix":null},
{"rule":"test-rule","severity":"error","message":"No place.","zone":"","name":"example.com.","type":"","pack":"","fix":null}
],"summary":{"zones":2,"records":0,"errors":3,"warnings":0,"infos":0}}
`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !json.Valid([]byte(got)) {
		t.Error("not valid JSON")
	}
	empty := j.Open() + string(j.Close(Summary{}))
	if !json.Valid([]byte(empty)) || strings.Count(empty, "\n") != 1 {
		t.Errorf("no findings give %q", empty)
	}
}

func TestNew(t *testing.T) {
	for _, name := range Names() {
		if _, ok := New(name, Style{}); !ok {
			t.Errorf("no format %s", name)
		}
	}
	if _, ok := New("yaml", Style{}); ok {
		t.Error("there is a format yaml")
	}
}
