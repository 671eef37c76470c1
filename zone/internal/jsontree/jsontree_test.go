package jsontree

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValues(t *testing.T) {
	d, err := Parse("a.json", []byte("\ufeff{\n \"a\": [1, 2.0, -3, \"4\", 1e2, 1e99, \"\\u00e9\\ud83d\\ude00\\ud800x\"],\n \"b\\u0063\" : {\"d\":true, \"e\":null}, \"f\": []}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for e := range d.Root().At("a").Elements() {
		n, ok := e.Uint(200)
		s := d.Span(e.Range())
		got = append(got, fmt.Sprintf("%d:%d-%d %d %v %q", s.Start.Line, s.Start.Column, s.End.Column, n, ok, e.Str()))
	}
	want := []string{
		`2:8-9 1 true ""`, `2:11-14 2 true ""`, `2:16-18 0 false ""`, `2:21-22 4 true "4"`, `2:25-28 100 true ""`, `2:30-34 0 false ""`,
		"2:37-62 0 false \"é😀\ufffdx\"",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	m := d.Root().Get("bc", "none", "f")
	if !m[0].At("d").True() || m[0].At("e").Known() || m[0].At("e").Kind() != Null || m[1].Kind() != Absent || m[1].At("x").Known() || m[2].Kind() != Array {
		t.Error(m)
	}
	text := d.Root().At("a")
	for e := range text.Elements() {
		text = e
	}
	r := text.Range()
	if got := d.Octets(r, 2, 6); string(d.src[got.Start:got.End]) != `\ud83d\ude00` {
		t.Errorf("%s", d.src[got.Start:got.End])
	}
	if got := d.Octet(r, 99); got.Start != r.End {
		t.Error(got)
	}
}

func TestErrors(t *testing.T) {
	many := strings.Builder{}
	for i := range 40 {
		fmt.Fprintf(&many, "\"k%d\":1,", i)
	}
	for _, tc := range []struct{ src, want string }{
		{"", "1:1: the text is empty"},
		{"{", "1:2: the text ends too early: see whether it was written to its end"},
		{"{\"a\"", "1:5: the text ends too early: see whether it was written to its end"},
		{"{1}", "1:2: expected the name of a member in quotes here"},
		{"[1", "1:3: the text ends too early: see whether it was written to its end"},
		{"[1,]", "1:4: expected a value here"},
		{"{\"a\":1,}", "1:8: expected the name of a member in quotes here"},
		{"{\"a\" 1}", "1:6: expected \":\" here"},
		{"[1}", "1:3: expected ']' or \",\" here"},
		{"[]\n[]", "2:1: something follows behind the end of the JSON text"},
		{"\"a\x01\"", "1:3: a control character in a string"},
		{"\"\\x\"", "1:2: a bad escape in a string"},
		{"\"\\u12g4\"", "1:2: a bad escape in a string"},
		{"\"abc", "1:1: a string that is never closed"},
		{"\"\xff\"", "1:1: a string that is not UTF-8"},
		{"01", "1:2: something follows behind the end of the JSON text"},
		{"{\"a\":1,\n\"\\u0061\":2}", "2:1: " + ErrDuplicate.Error()},
		{"{" + many.String() + "\"k3\":2}", "1:312: " + ErrDuplicate.Error()},
		{strings.Repeat("[", 501), "1:501: " + ErrTooDeep.Error()},
		{"\xff\xfe{\x00", "1:1: " + ErrUTF16.Error()},
		{"tru", "1:1: expected a value here"},
	} {
		_, err := Parse("a.json", []byte(tc.src))
		var se *SyntaxError
		if !errors.As(err, &se) || fmt.Sprintf("%d:%d: %v", se.Line, se.Column, se.Err) != tc.want {
			t.Errorf("%q: %v\nwant %s", clip(tc.src), err, tc.want)
		}
	}
	if _, err := Parse("a.json", []byte(strings.Repeat("[", 500)+strings.Repeat("]", 500))); err != nil {
		t.Error(err)
	}
}

func clip(s string) string { return s[:min(len(s), 60)] }

// Large values are stepped over, and positions are right behind many lines.
func TestLarge(t *testing.T) {
	src := "{\"a\":[\n" + strings.Repeat("[1,\n2],", 30_000) + "3],\n\"b\":\"x\"}"
	d, err := Parse("a.json", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.large) != 2 {
		t.Errorf("%d large values", len(d.large))
	}
	b := d.Root().At("b")
	if s := d.Span(b.Range()); s.Start.Line != 30_003 || s.Start.Column != 6 || b.Str() != "x" {
		t.Error(s, b.Str())
	}
}

// What is well formed is exactly what encoding/json takes, but for depth, names
// that stand twice, and octets that are no UTF-8; and the values are the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,2.5e-3,true,false,null,"x\u00e9\n"],"b":{}}`, `[[[]]]`, `"\ud800"`, "\ufeff[]", `-0`, `{"a":1,"a":2}`, `[1,,2]`, "\xff\xfe",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := Parse("a.json", src)
		plain := []byte(strings.TrimPrefix(string(src), bom))
		if err != nil {
			var se *SyntaxError
			if !errors.As(err, &se) || se.Line < 1 || se.Column < 1 {
				t.Fatal(err)
			}
			if json.Valid(plain) && !errors.Is(err, ErrDuplicate) && !errors.Is(err, ErrTooDeep) && !strings.Contains(err.Error(), "UTF-8") {
				t.Fatalf("%v, but encoding/json takes it", err)
			}
			return
		}
		var want any
		if err := json.Unmarshal(plain, &want); err != nil && json.Valid(plain) {
			return // a number that no float64 holds
		} else if err != nil {
			t.Fatalf("encoding/json: %v", err)
		}
		if diff := cmp.Diff(want, plainValue(d, d.Root())); diff != "" {
			t.Fatal(diff)
		}
	})
}

// plainValue is a value as encoding/json has it.
func plainValue(d *Doc, v Value) any {
	r := v.Range()
	s := d.Span(r)
	if s.Start.Offset != int(r.Start) || s.End.Offset < s.Start.Offset {
		panic("span")
	}
	switch v.Kind() {
	case Object:
		out := map[string]any{}
		for k, m := range v.Members() {
			out[k] = plainValue(d, m)
		}
		return out
	case Array:
		out := []any{}
		for e := range v.Elements() {
			out = append(out, plainValue(d, e))
		}
		return out
	case String:
		text := v.Str()
		for i := range text {
			if o := d.Octet(r, i); o.Start < r.Start || o.End > r.End {
				panic("octet")
			}
		}
		return text
	}
	var out any
	if err := json.Unmarshal(d.src[r.Start:r.End], &out); err != nil {
		panic(err)
	}
	return out
}
