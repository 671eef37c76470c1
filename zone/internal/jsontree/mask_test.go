package jsontree

import (
	"testing"
	"unicode/utf16"

	"github.com/zonelint/zonelint/zone"
)

// What is no record cannot be read any more, and all stands where it stood.
func TestText(t *testing.T) {
	const src = `{"address":"a.b","key":"se\"cret é😀","n":12,"p" : {"owner":"www","ttl":300,"text":"v=spf1 -all"},"l":["x","y\\"],"t":true,"e":-1.5e3}`
	d, err := Parse("a.json", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	s := NewSource(d)
	m := d.Root().At("p").Get("owner", "ttl", "text")
	s.Add(Place{Whole: d.Root().At("p").Range(), Owner: m[0].Range(), TTL: m[1].Range(), Fields: [4]Range{m[2].Range()}})
	if string(s.Text("a.json")) != src || s.Text("b.json") != nil {
		t.Error("a file without secrets is not shown as it is")
	}
	s.Secret = []string{"address"}
	const want = `{"address":"a.b","key":"*********·🔒","n":**,"p" : {"owner":"www","ttl":300,"text":"v=spf1 -all"},"l":["*","***"],"t":true,"e":******}`
	got := string(s.Text("a.json"))
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(got) != len(src) || len(utf16.Encode([]rune(got))) != len(utf16.Encode([]rune(src))) {
		t.Error("places are moved")
	}
	if span := s.Span(zone.Loc{}, zone.TextPart(7, 11)); string(src[span.Start.Offset:span.End.Offset]) != "-all" {
		t.Error(span)
	}
}
