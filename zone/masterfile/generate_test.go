package masterfile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

func TestGenerate(t *testing.T) {
	tests := []struct {
		lines string
		want  []string
	}{
		{"$GENERATE 1-3 a$ A 192.0.2.$", []string{"a1 3600 A 192.0.2.1", "a2 3600 A 192.0.2.2", "a3 3600 A 192.0.2.3"}},
		{"$generate 1-9/4 a$ A 192.0.2.$ ; note", []string{"a1 3600 A 192.0.2.1", "a5 3600 A 192.0.2.5", "a9 3600 A 192.0.2.9"}},
		{"$GENERATE 0-0/7 a A 192.0.2.1", []string{"a 3600 A 192.0.2.1"}},
		{"$GENERATE 1-2 a$ 60 IN A 192.0.2.$", []string{"a1 60 A 192.0.2.1", "a2 60 A 192.0.2.2"}},
		{"$GENERATE 1-1 a$ IN 1h A 192.0.2.$", []string{"a1 3600 A 192.0.2.1"}},
		{"$GENERATE 1-1 a$ CNAME b$.example.net.", []string{"a1 3600 CNAME b1.example.net."}},
		{`$GENERATE 1-2 @ MX "$0 mx$"`, []string{"@ 3600 MX 10 mx1.example.com.", "@ 3600 MX 20 mx2.example.com."}},
		{"$GENERATE 1-1 @ MX 10 mx$", []string{"@ 3600 MX 10 mx1.example.com."}},
		{`$GENERATE 1-1 a TXT "x$ y"`, []string{`a 3600 TXT "x1" "y"`}},
		{`$GENERATE 1-1 a TXT "\"x$ y\""`, []string{`a 3600 TXT "x1 y"`}},
		{`$GENERATE 1-1 a TXT x\$$$y`, []string{`a 3600 TXT "x$$y"`}},
		{`$GENERATE 1-1 $.a.b PTR $.b`, []string{"1.a.b 3600 PTR 1.b.example.com."}},
		{`$GENERATE 1-1 a\.$ A 192.0.2.1`, []string{`a\.1 3600 A 192.0.2.1`}},
		// Modifiers.
		{"$GENERATE 8-9 a${0} TXT ${1} ${-8}", []string{`a8 3600 TXT "9" "0"`, `a9 3600 TXT "10" "1"`}},
		{"$GENERATE 9-10 a${0,3} TXT ${-10,3,d}", []string{`a009 3600 TXT "-01"`, `a010 3600 TXT "000"`}},
		{"$GENERATE 9-10 a${0,3,o} TXT ${0,0,x} ${0,2,X} ${20,0,X}", []string{`a011 3600 TXT "9" "09" "1D"`, `a012 3600 TXT "a" "0A" "1E"`}},
		{"$GENERATE 26-26 a TXT ${0,0,n} ${0,1,n} ${0,2,N} ${0,5,n} ${0,6,n}", []string{`a 3600 TXT "a.1" "a.1" "A.1" "a.1.0" "a.1.0."`}},
		{"$GENERATE 1-1 a TXT ${-2,0,x} ${-2,0,n}", []string{`a 3600 TXT "ffffffff" "f.f.f.f.f.f.f.f"`}},
		// The state around it.
		{"b A 192.0.2.8\n$GENERATE 1-1 a$ A 192.0.2.$\n A 192.0.2.9", []string{"b 3600 A 192.0.2.8", "a1 3600 A 192.0.2.1", "b 3600 A 192.0.2.9"}},
		{"$ORIGIN sub\n$GENERATE 1-1 a$ CNAME $", []string{"a1.sub 3600 CNAME 1.sub.example.com."}},
	}
	for _, tt := range tests {
		z := mustParse(t, head+tt.lines+"\n")
		for _, p := range z.Problems {
			if p.Kind != zone.ProblemDialect {
				t.Errorf("%s: %s", tt.lines, problem(p))
			}
		}
		if got := lines(z); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", tt.lines, got, tt.want)
		}
		for r := range z.Records() {
			if r.Notes&zone.Generated == 0 && strings.HasPrefix(r.Name.Label(), "a") || r.Notes&zone.Generated != 0 && r.Editable() {
				t.Errorf("%s: %s has notes %b", tt.lines, r, r.Notes)
			}
		}
	}
}

// A TTL of $GENERATE counts as written, as in BIND.
func TestGenerateTTL(t *testing.T) {
	z := mustParse(t, "$ORIGIN example.com.\n@ 60 SOA a b 1 2 3 4 5\n$GENERATE 1-1 a$ A 192.0.2.$\n$GENERATE 1-1 b$ 77 A 192.0.2.$\nc A 192.0.2.3\n")
	want := []string{"a1 60 A 192.0.2.1", "b1 77 A 192.0.2.1", "c 77 A 192.0.2.3"}
	if got := lines(z); !slices.Equal(got, want) || len(z.Problems) > 0 {
		t.Errorf("got %q, problems %v", got, z.Problems)
	}
}

func TestGenerateClass(t *testing.T) {
	z := mustParse(t, "$ORIGIN example.com.\n$TTL 1\n$GENERATE 1-1 a$ CH TXT $\nb TXT x\n")
	if got, want := lines(z), []string{`a1 1 CH TXT "1"`, `b 1 CH TXT "x"`}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The limit counts all that $GENERATE makes of a zone.
func TestGenerateLimit(t *testing.T) {
	src := head + "$GENERATE 1-6 a$ A 192.0.2.$\n$GENERATE 1-6 b$ A 192.0.2.$\n$GENERATE 0-4294967295 c$ A 192.0.2.1\n$GENERATE 1-4 d$ A 192.0.2.$\n"
	z, err := masterfile.Parse("x", []byte(src), masterfile.Options{Limits: masterfile.Limits{Generate: 10}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range z.Problems {
		if p.Kind != zone.ProblemLimit {
			t.Errorf("kind %d", p.Kind)
		}
		got = append(got, problem(p))
	}
	want := []string{
		"5:11+3 This $GENERATE makes 6 records, and all together may make 10 here (--max-generate), so it was left out.",
		"6:11+12 This $GENERATE makes 4294967296 records, and all together may make 10 here (--max-generate), so it was left out.",
	}
	if !slices.Equal(got, want) || z.Len() != 11 || z.Complete {
		t.Errorf("%d records, complete %v, problems %q", z.Len(), z.Complete, got)
	}
}

// A hundred thousand large records from one short line are stopped.
func TestGenerateOctets(t *testing.T) {
	long := strings.Repeat(strings.Repeat("x", 255)+" ", 200)
	z := mustParse(t, head+"$GENERATE 1-100000 a$ TXT "+long+"\nb A 192.0.2.1\n")
	if n := len(z.Problems); n != 1 || z.Complete || z.Len() > 2000 {
		t.Fatalf("%d records, complete %v, problems %v", z.Len(), z.Complete, z.Problems)
	}
	if got, want := problem(z.Problems[0]), "4:1+9 All $GENERATE together make more than 67108864 octets of data; the rest was left out."; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
