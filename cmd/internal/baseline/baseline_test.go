package baseline

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

func finding(rule string, s rules.Severity) rules.Finding {
	return rules.Finding{Rule: &rules.Rule{ID: rule}, Severity: s, Zone: zone.MustName("example.com"), Name: zone.MustName("a.example.com"), Type: zone.TypeMX}
}

const (
	one = rules.Fingerprint("11111111111111111111111111111111")
	two = rules.Fingerprint("22222222222222222222222222222222")
)

func TestWriteAndRead(t *testing.T) {
	a, b := EntryOf("b.zone", finding("x-y", rules.Error), one), EntryOf("a\x1b.zone", finding("x-y", rules.Info), two)
	entries := Merge([]Entry{a, b, a})
	var text bytes.Buffer
	if err := Write(&text, entries); err != nil {
		t.Fatal(err)
	}
	want := `{"version":1,"findings":[
{"file":"a\u001b.zone","zone":"example.com.","name":"a.example.com.","type":"MX","rule":"x-y","severity":"info","fingerprint":"22222222222222222222222222222222","count":1},
{"file":"b.zone","zone":"example.com.","name":"a.example.com.","type":"MX","rule":"x-y","severity":"error","fingerprint":"11111111111111111111111111111111","count":2}
]}
`
	if d := cmp.Diff(want, text.String()); d != "" {
		t.Error(d)
	}
	got, err := Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(entries, got); d != "" {
		t.Error(d)
	}
	shuffled := []Entry{a, a, b}
	slices.Reverse(shuffled)
	if d := cmp.Diff(entries, Merge(shuffled)); d != "" {
		t.Errorf("the order of the findings shows: %s", d)
	}
	var empty bytes.Buffer
	if err := Write(&empty, nil); err != nil || empty.String() != "{\"version\":1,\"findings\":[]}\n" {
		t.Errorf("no findings give %q, %v", empty.String(), err)
	}
	if got, err := Read(&empty); err != nil || len(got) != 0 {
		t.Errorf("no findings read as %v, %v", got, err)
	}
}

func TestKnown(t *testing.T) {
	k := New([]Entry{
		EntryOf("a.zone", finding("x-y", rules.Warning), one),
		{File: "b.zone", Severity: "error", Fingerprint: one, Count: 2},
		{File: "c.zone", Severity: "error", Fingerprint: one, Count: 1},
	})
	for i, c := range []struct {
		file  string
		level rules.Severity
		print rules.Fingerprint
		want  bool
	}{
		{"a.zone", rules.Warning, two, false},
		{"x.zone", rules.Warning, one, false},
		{"a.zone", rules.Warning, one, true},
		{"a.zone", rules.Warning, one, false},
		{"b.zone", rules.Info, one, true},
		{"b.zone", rules.Error, one, true},
		{"b.zone", rules.Error, one, false},
	} {
		if got := k.Has(c.file, finding("x-y", c.level), c.print); got != c.want {
			t.Errorf("%d: Has is %v", i, got)
		}
	}
	if worse := New([]Entry{EntryOf("", finding("x-y", rules.Warning), one)}); worse.Has("", finding("x-y", rules.Error), one) {
		t.Error("a finding that became worse is known")
	}
	gone := k.Gone(func(e Entry) bool { return true })
	if len(gone) != 1 || gone[0].File != "c.zone" {
		t.Errorf("gone: %+v", gone)
	}
}

func TestReadMistakes(t *testing.T) {
	good := `{"zone":"z.","name":"z.","rule":"x-y","severity":"error","fingerprint":"11111111111111111111111111111111","count":1}`
	for text, want := range map[string]string{
		"":                              "1:1: the file ends too early",
		"[]":                            `1:1: "{" is missing here`,
		"\n\n<<<<<<< HEAD":              "3:1: this is no JSON",
		`{"version":2,"findings":[]}`:   "1:12: version 2 is not known",
		`{"version":"1","findings":[]}`: "1:12: ",
		`{"version":1}`:                 `"findings" is missing`,
		`{"findings":[]}`:               `"version" is missing`,
		`{"version":1,"finding":[]}`:    `1:14: a baseline has no "finding"`,
		`{"version":1,"version":1}`:     `1:14: "version" stands here again`,
		`{"version":1,"findings":[]}{}`: "1:28: the file goes on behind its end",
		`{"version":1,"findings":{}}`:   `1:25: "[" is missing here`,
		"{\"version\":1,\"findings\":[\n" + good + ",\n" + strings.Replace(good, "1111", "111x", 1) + "]}":           "3:1: this finding has no fingerprint",
		"{\"version\":1,\"findings\":[\n" + strings.Replace(good, `"error"`, `"fatal"`, 1) + "]}":                    "2:1: this finding has no severity",
		"{\"version\":1,\"findings\":[\n" + strings.Replace(good, `"count":1`, `"count":0`, 1) + "]}":                "2:1: this finding has no count",
		"{\"version\":1,\"findings\":[\n" + strings.Replace(good, `"count":1`, `"count":1e99`, 1) + "]}":             "2:1: ",
		"{\"version\":1,\"findings\":[\n" + strings.Replace(good, `"count":1`, `"count":1,"x":1`, 1) + "]}":          `2:1: json: unknown field "x"`,
		"{\"version\":1,\"findings\":[\n" + good + "\n=======\n" + good + "]}":                                       "3:1: this is no JSON",
		"{\"version\":1,\"findings\":" + strings.Repeat("[", 100_000):                                                "1:",
		"{\"version\":1,\"findings\":[\n" + strings.Replace(good, `"z."`, strings.Repeat(`{"a":`, 50_000), 1) + "]}": "2:",
	} {
		entries, err := Read(strings.NewReader(text))
		var format *FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("%.60q: got %v, %v, want %q", text, len(entries), err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"version":1,"findings":[{"zone":"z.","name":"z.","rule":"x-y","severity":"error","fingerprint":"11111111111111111111111111111111","count":1}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		entries, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := Write(&out, Merge(entries)); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(&out); err != nil && !strings.Contains(err.Error(), "count") { // sums may grow too large
			t.Errorf("what was read cannot be read again: %v", err)
		}
	})
}
