package masterfile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// lines are the records of a zone but its SOA record, shortened: names below
// example.com relative to it, and no class IN.
func lines(z *zone.Zone) []string {
	var out []string
	for r := range z.Records() {
		if r.Type == zone.TypeSOA && r.Name == apex {
			continue
		}
		s := strings.Replace(r.String(), r.Name.String(), r.Name.Relative(apex), 1)
		out = append(out, strings.Replace(s, " IN ", " ", 1))
	}
	return out
}

// In these files the records are read, and without a problem.
func TestParse(t *testing.T) {
	const soa = "$ORIGIN example.com.\n$TTL 60\n@ SOA ns1 host 1 2 3 4 5\n"
	tests := []struct {
		name, src string
		want      []string
	}{
		// RFC 1035, section 5.1.
		{"an owner is taken from the record before", soa + "a A 192.0.2.1\n A 192.0.2.2\n\tA 192.0.2.3\n", []string{"a 60 A 192.0.2.1", "a 60 A 192.0.2.2", "a 60 A 192.0.2.3"}},
		{"and not from a directive or a comment", soa + "a A 192.0.2.1\n$TTL 60\n;b\n\n A 192.0.2.2\n", []string{"a 60 A 192.0.2.1", "a 60 A 192.0.2.2"}},
		{"and stays when the origin changes", soa + "a A 192.0.2.1\n$ORIGIN sub\n A 192.0.2.2\na A 192.0.2.3\n", []string{"a 60 A 192.0.2.1", "a 60 A 192.0.2.2", "a.sub 60 A 192.0.2.3"}},
		{"the apex too", soa + " NS ns1\n", []string{"@ 60 NS ns1.example.com."}},
		{"TTL and class in any order", soa + "a 1 IN A 192.0.2.1\nb IN 2 A 192.0.2.1\nc IN A 192.0.2.1\nd 4 A 192.0.2.1\n", []string{"a 1 A 192.0.2.1", "b 2 A 192.0.2.1", "c 60 A 192.0.2.1", "d 4 A 192.0.2.1"}},
		{"owners that look like a TTL, class or type", soa + "60 A 192.0.2.1\nIN A 192.0.2.1\nMX MX 1 MX\n1h 1h IN A 192.0.2.1\n", []string{"60 60 A 192.0.2.1", "in 60 A 192.0.2.1", "mx 60 MX 1 mx.example.com.", "1h 3600 A 192.0.2.1"}},
		{"class and type in any case", soa + "a in a 192.0.2.1\nb iN cName A\nc Class1 tYpE1 192.0.2.1\n", []string{"a 60 A 192.0.2.1", "b 60 CNAME a.example.com.", "c 60 A 192.0.2.1"}},
		{"names in any case", soa + "WWW.Example.COM. CNAME MAIL.Example.Net.\n", []string{"www 60 CNAME mail.example.net."}},
		{"the origin and the root", soa + "@ MX 0 .\na.example.com. MX 1 @\n", []string{"@ 60 MX 0 .", "a 60 MX 1 example.com."}},
		{"escapes in names", soa + `a\.b A 192.0.2.1` + "\n" + `\099\;\"\(\\ A 192.0.2.1` + "\n" + `\@ A 192.0.2.1` + "\n" + `\$x A 192.0.2.1` + "\n" + `a\ b A 192.0.2.1` + "\n" + `\065 A 192.0.2.1` + "\n", []string{`a\.b 60 A 192.0.2.1`, `c\;\"\(\\ 60 A 192.0.2.1`, `\@ 60 A 192.0.2.1`, `\$x 60 A 192.0.2.1`, `a\032b 60 A 192.0.2.1`, "a 60 A 192.0.2.1"}},
		{"an owner with a dollar sign that is not its first octet", soa + "a$b A 192.0.2.1\n", []string{`a\$b 60 A 192.0.2.1`}},
		{"a wildcard", soa + "* A 192.0.2.1\n*.a MX 1 *\n", []string{"* 60 A 192.0.2.1", "*.a 60 MX 1 *.example.com."}},
		{"parentheses", soa + "a ( A 192.0.2.1 )\nb A (\n192.0.2.1\n)\nc (\n1 ; TTL\nIN\nA\n) 192.0.2.1\nd TXT ( (a\n b) (c) )\ne(A 192.0.2.1)\nf A 192.0.2.1 ( )\n", []string{"a 60 A 192.0.2.1", "b 60 A 192.0.2.1", "c 1 A 192.0.2.1", `d 60 TXT "a" "b" "c"`, "e 60 A 192.0.2.1", "f 60 A 192.0.2.1"}},
		{"an entry may begin with a parenthesis", soa + "( a A 192.0.2.1 )\n ( A 192.0.2.2 )\n()\n( ; no\n)\n", []string{"a 60 A 192.0.2.1", "a 60 A 192.0.2.2"}},
		{"a blank in the first column of a line within parentheses means nothing", soa + "a TXT (\nb\n c\n)\n", []string{`a 60 TXT "b" "c"`}},
		{"parentheses and semicolons within quotes mean nothing", soa + "a TXT \"(\" ( \";\" ; (\n \")\" )\n", []string{`a 60 TXT "(" ";" ")"`}},
		{"comments", soa + ";a\n ; b\na A 192.0.2.1;c\nb TXT c\\;d;e\n;f (\n", []string{"a 60 A 192.0.2.1", `b 60 TXT "c;d"`}},
		{"strings", soa + "a TXT a \"b c\" \"\" d\"e\"\"f\"\n", []string{`a 60 TXT "a" "b c" "" "d" "e" "f"`}},
		{"escapes in strings", soa + `a TXT a\ b\"c "d\"e\\f" \065\000\255 "\;\a"` + "\n", []string{`a 60 TXT "a b\"c" "d\"e\\f" "A\000\255" ";a"`}},
		{"any octet in a string", soa + "a TXT \"\x01\t\x7f\xff\"\n", []string{`a 60 TXT "\001\009\127\255"`}},
		{"a string over two lines by a backslash", soa + "a TXT \"b\\\nc\"\nd A 192.0.2.1\n", []string{`a 60 TXT "b\010c"`, "d 60 A 192.0.2.1"}},
		// Line ends.
		{"CR LF", strings.ReplaceAll(soa+"a A 192.0.2.1 ; c\n\n A (\n192.0.2.2\n)\nb TXT \"x\"\n", "\n", "\r\n"), []string{"a 60 A 192.0.2.1", "a 60 A 192.0.2.2", `b 60 TXT "x"`}},
		{"a lone CR ends an entry, but no comment and no string", soa + "a A 192.0.2.1\rb A 192.0.2.2 ; \rc\nd TXT \"e\rf\"\n", []string{"a 60 A 192.0.2.1", "b 60 A 192.0.2.2", `d 60 TXT "e\013f"`}},
		{"no final line end", soa + "a A 192.0.2.1", []string{"a 60 A 192.0.2.1"}},
		{"no final line end behind a parenthesis", soa + "a A (\n192.0.2.1 )", []string{"a 60 A 192.0.2.1"}},
		{"a byte order mark", "\ufeff" + soa + "a A 192.0.2.1\n", []string{"a 60 A 192.0.2.1"}},
		{"white space before the end and empty lines", soa + " \n\t\n\n  ; x\na A 192.0.2.1 \t\n", []string{"a 60 A 192.0.2.1"}},
		// Directives.
		{"$ORIGIN", soa + "$ORIGIN sub\na A 192.0.2.1\n$ORIGIN sub\na A 192.0.2.1\n$ORIGIN .\na.example.com A 192.0.2.1\n$origin example.com. ; x\nb A 192.0.2.1\n", []string{"a.sub 60 A 192.0.2.1", "a.sub.sub 60 A 192.0.2.1", "a 60 A 192.0.2.1", "b 60 A 192.0.2.1"}},
		{"$ORIGIN elsewhere", soa + "$ORIGIN example.net.\na A 192.0.2.1\n", []string{"a.example.net. 60 A 192.0.2.1"}},
		{"$TTL", soa + "a A 192.0.2.1\n$TTL 1h\nb A 192.0.2.1\nc 5 A 192.0.2.1\nd A 192.0.2.1\n$ttl (\n7 )\ne A 192.0.2.1\n", []string{"a 60 A 192.0.2.1", "b 3600 A 192.0.2.1", "c 5 A 192.0.2.1", "d 3600 A 192.0.2.1", "e 7 A 192.0.2.1"}},
		// RFC 3597.
		{"a type by its number", soa + `a TYPE65280 \# 3 aaBBcc` + "\n" + `b TYPE65280 \# 4 aa bb ( ccdd )` + "\n" + `c type65280 \# 0` + "\n" + `d TYPE15 \# 5 000a 01 4d 00` + "\n" + `e A \# 4 c0000201` + "\n", []string{`a 60 TYPE65280 \# 3 aabbcc`, `b 60 TYPE65280 \# 4 aabbccdd`, `c 60 TYPE65280 \# 0`, "d 60 MX 10 m.", "e 60 A 192.0.2.1"}},
		{"another class", "$ORIGIN example.com.\n$TTL 60\n@ CH SOA ns1 host 1 2 3 4 5\na TXT x\nb CH TXT y\n", []string{`a 60 CH TXT "x"`, `b 60 CH TXT "y"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := mustParse(t, tt.src)
			for _, p := range z.Problems {
				t.Errorf("problem: %s", problem(p))
			}
			if got := lines(z); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if !z.Complete || z.Apex != apex {
				t.Errorf("complete %v, apex %s", z.Complete, z.Apex)
			}
		})
	}
}

// What a record without a TTL gets (RFC 1035, section 5.1; RFC 2308, section 4).
func TestTTL(t *testing.T) {
	const noTTL = " This record has no TTL, and neither $TTL nor a record before it gives one; name servers refuse the zone. Put a line like \"$TTL 3600\" at the top."
	tests := []struct {
		name, src string
		want      []uint32
		problems  []string
	}{
		{"$TTL", "$TTL 7\n@ SOA a b 1 2 3 4 5\na A 192.0.2.1\n", []uint32{7, 7}, nil},
		{"$TTL wins over the last one written", "$TTL 7\n@ 8 SOA a b 1 2 3 4 5\na A 192.0.2.1\n", []uint32{8, 7}, nil},
		{"the last one written", "@ 8 SOA a b 1 2 3 4 5\na A 192.0.2.1\nb 9 A 192.0.2.1\nc A 192.0.2.1\nd A 192.0.2.1\n", []uint32{8, 8, 9, 9, 9}, nil},
		{"the SOA's minimum", "@ SOA a b 1 2 3 4 5\na A 192.0.2.1\n", []uint32{5, 5}, nil},
		{"the SOA's minimum stands for $TTL, as in BIND", "@ SOA a b 1 2 3 4 5m\na 9 A 192.0.2.1\nb A 192.0.2.1\n", []uint32{300, 9, 300}, nil},
		{"but not if the SOA has a TTL", "@ 8 SOA a b 1 2 3 4 5\na A 192.0.2.1\n", []uint32{8, 8}, nil},
		{"$TTL wins over the SOA's minimum", "@ SOA a b 1 2 3 4 5\n$TTL 7\na A 192.0.2.1\n", []uint32{5, 7}, nil},
		{"$TTL behind a written one", "@ 8 SOA a b 1 2 3 4 5\n$TTL 7\na A 192.0.2.1\n$TTL 6\nb A 192.0.2.1\n", []uint32{8, 7, 6}, nil},
		{"none at all is said once", "a A 192.0.2.1\nb A 192.0.2.1\n@ 8 SOA a b 1 2 3 4 5\nc A 192.0.2.1\n", []uint32{0, 0, 8, 8}, []string{"1:3+1" + noTTL}},
		{"none before the SOA record", "a A 192.0.2.1\n@ SOA a b 1 2 3 4 5\nc A 192.0.2.1\n", []uint32{0, 5, 5}, []string{"1:3+1" + noTTL}},
		{"a TTL of 0 is one", "@ 0 SOA a b 1 2 3 4 5\na A 192.0.2.1\n", []uint32{0, 0}, nil},
		{"units", "$TTL 1W2d3H4m5S\n@ SOA a b 1 2 3 4 5\na 1h30m A 192.0.2.1\nb 2W A 192.0.2.1\n", []uint32{788645, 5400, 1209600}, nil},
		{"the highest", "$TTL 2147483647\n@ SOA a b 1 2 3 4 5\n", []uint32{2147483647}, nil},
		{
			"above that it counts as 0 (RFC 2181, section 8)", "$TTL 2147483648\n@ SOA a b 1 2 3 4 5\na 4294967295 A 192.0.2.1\n",
			[]uint32{0, 0},
			[]string{
				"1:6+10 A TTL of 2147483648 is larger than 2147483647 and counts as 0 (RFC 2181, section 8). Write a smaller one.",
				"3:3+10 A TTL of 4294967295 is larger than 2147483647 and counts as 0 (RFC 2181, section 8). Write a smaller one.",
			},
		},
		{
			"also in the SOA's minimum", "@ SOA a b 1 2 3 4 2147483648\na A 192.0.2.1\n",
			[]uint32{0, 0},
			[]string{"1:19+10 A TTL of 2147483648 is larger than 2147483647 and counts as 0 (RFC 2181, section 8). Write a smaller one."},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := mustParse(t, tt.src)
			var got []uint32
			for r := range z.Records() {
				got = append(got, r.TTL)
				if unknown := r.Notes&zone.NoTTL != 0; unknown && r.TTL != 0 {
					t.Errorf("%s is noted to have no TTL", r)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			var problems []string
			for _, p := range z.Problems {
				problems = append(problems, problem(p))
			}
			if !slices.Equal(problems, tt.problems) {
				t.Errorf("got %q\nwant %q", problems, tt.problems)
			}
		})
	}
}

// Where the origin comes from.
func TestOrigin(t *testing.T) {
	const soa = "@ 60 SOA ns1 host 1 2 3 4 5\n"
	tests := []struct {
		name, file, src string
		given           zone.Name
		want            string // "" for ErrNoOrigin
	}{
		{"the option", "example.net.zone", "$ORIGIN example.org.\n" + soa, apex, "example.org."},
		{"the option with a relative $ORIGIN", "x", "$ORIGIN sub\n" + soa, apex, "sub.example.com."},
		{"the option alone", "x", soa, apex, "example.com."},
		{"$ORIGIN", "example.net.zone", "$ORIGIN example.org.\n" + soa, "", "example.org."},
		{"$ORIGIN behind comments and $TTL", "example.net.zone", "\ufeff; c\n\n$TTL 60\n ; d\n$origin example.org.\n" + soa, "", "example.org."},
		{"a relative $ORIGIN first", "example.net.zone", "$ORIGIN sub\n" + soa, "", "sub.example.net."},
		{"an absolute SOA owner", "example.net.zone", "example.org. 60 SOA a b 1 2 3 4 5\n", "", "example.org."},
		{"an absolute SOA owner behind other absolute ones", "x", "$TTL 1\na.example.org. A 192.0.2.1\nexample.org. SOA a b 1 2 3 4 5\n", "", "example.org."},
		{"an absolute SOA owner behind a bad entry", "x", "a TXT \"open\nexample.org. 60 SOA a b 1 2 3 4 5\n", "", "example.org."},
		{"a relative owner comes first", "x", "a 60 A 192.0.2.1\nexample.org. SOA a b 1 2 3 4 5\n", "", ""},
		{"name.zone", "example.com.zone", soa, "", "example.com."},
		{"db.name", "/etc/bind/db.example.com", soa, "", "example.com."},
		{"name.db", "zones/Example.COM.db", soa, "", "example.com."},
		{"name", `zones\example.com`, soa, "", "example.com."},
		{"name.", "example.com.", soa, "", "example.com."},
		{"name.zone.txt", "example.com.zone.txt", soa, "", "example.com."},
		{"name.zone.signed", "example.com.zone.signed", soa, "", "example.com."},
		{"a reverse zone", "2.0.192.in-addr.arpa.zone", soa, "", "2.0.192.in-addr.arpa."},
		{"no domain name", "zone.txt", soa, "", ""},
		{"no domain name, but a dot", "named.conf", soa, "", ""},
		{"a backup", "example.com.bak", soa, "", ""},
		{"an address", "192.0.2.1", soa, "", ""},
		{"blanks", "my zone.com", soa, "", ""},
		{"standard input", "-", soa, "", ""},
		{"an empty file", "x", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z, err := masterfile.Parse(tt.file, []byte(tt.src), masterfile.Options{Origin: tt.given})
			switch {
			case tt.want == "" && !errors.Is(err, masterfile.ErrNoOrigin):
				t.Errorf("got %v, %v, want ErrNoOrigin", z, err)
			case tt.want == "":
			case err != nil:
				t.Error(err)
			case z.Apex.String() != tt.want:
				t.Errorf("got %s, want %s", z.Apex, tt.want)
			}
		})
	}
}

// What is no zone file at all.
func TestParseRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		src  string
		want error
	}{
		"NUL":                  {"$ORIGIN example.com.\n@ TXT \"a\x00b\"\n", masterfile.ErrBinary},
		"UTF-16 little endian": {"\xff\xfe$\x00T\x00", masterfile.ErrBinary},
		"UTF-16 big endian":    {"\xfe\xff\x00$\x00T", masterfile.ErrBinary},
		"UTF-16 without NUL":   {"\xff\xfe\x01\x01", masterfile.ErrBinary},
		"too large":            {strings.Repeat(";", 101), masterfile.ErrTooLarge},
	} {
		z, err := masterfile.Parse("x", []byte(tt.src), masterfile.Options{Origin: apex, Limits: masterfile.Limits{FileSize: 100}})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, %v, want %v", name, z, err, tt.want)
		}
	}
}

// Limits stop the reading, and the zone says so.
func TestRecordLimit(t *testing.T) {
	src := head + "a A 192.0.2.1\nb A 192.0.2.1\nc A 192.0.2.1\nd A 192.0.2.1\n"
	z, err := masterfile.Parse("x", []byte(src), masterfile.Options{Limits: masterfile.Limits{Records: 3}})
	if err != nil {
		t.Fatal(err)
	}
	if z.Len() != 3 || z.Complete || len(z.Problems) != 1 || z.Problems[0].Kind != zone.ProblemLimit {
		t.Fatalf("%d records, complete %v, problems %v", z.Len(), z.Complete, z.Problems)
	}
	if got, want := problem(z.Problems[0]), "6:1+13 This zone has more than 3 records, which is the limit; the rest was not read."; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Every parenthesis that is never closed costs a look to the end of the file.
func TestUnclosedLimit(t *testing.T) {
	src := head + strings.Repeat("a A ( 192.0.2.1\n", 40) + "b A 192.0.2.1\n"
	z := mustParse(t, src)
	last := z.Problems[len(z.Problems)-1]
	if len(z.Problems) != 18 || last.Kind != zone.ProblemLimit || z.Complete {
		t.Errorf("%d problems, complete %v, the last: %s", len(z.Problems), z.Complete, problem(last))
	}
	z = mustParse(t, head+strings.Repeat("a A ( 192.0.2.1\n", 3)+"b A 192.0.2.1\n")
	if got := lines(z); len(z.Problems) != 3 || !slices.Equal(got, []string{"b 3600 A 192.0.2.1"}) {
		t.Errorf("problems %v, records %q", z.Problems, got)
	}
}

// What the records behind a mistake are.
func TestRecovery(t *testing.T) {
	tests := []struct {
		name, lines string
		want        []string
		complete    bool
	}{
		{"the owner of a bad record is inherited", "a A 1\n A 192.0.2.1\n", []string{"a 3600 A 192.0.2.1"}, true},
		{"the owner of an open string is inherited", "a TXT \"x\n A 192.0.2.1\n", []string{"a 3600 A 192.0.2.1"}, true},
		{"the owner of an unknown type is inherited", "a FOO x\n A 192.0.2.1\n", []string{"a 3600 A 192.0.2.1"}, true},
		{"a bad owner is not", "b A 192.0.2.9\na..b A 192.0.2.1\n A 192.0.2.1\n\tTXT x\nc A 192.0.2.2\n", []string{"b 3600 A 192.0.2.9", "c 3600 A 192.0.2.2"}, true},
		{"nothing is read below an origin that is not known", "$ORIGIN a..b\na A 192.0.2.1\n A 192.0.2.1\n$ORIGIN c\nd A 192.0.2.1\n$GENERATE 1-2 x$ A 192.0.2.$\n$INCLUDE f\n$ORIGIN example.com.\ne A 192.0.2.1\n", []string{"e 3600 A 192.0.2.1"}, false},
		{"which makes the zone incomplete", "$ORIGIN\na A 192.0.2.1\n$ORIGIN example.com.\ne A 192.0.2.1\n", []string{"e 3600 A 192.0.2.1"}, false},
		{"an origin with too much behind it is known", "$ORIGIN sub x\na A 192.0.2.1\n", []string{"a.sub 3600 A 192.0.2.1"}, true},
		{"an origin in quotes is known", "$ORIGIN \"sub\"\na A 192.0.2.1\n", []string{"a.sub 3600 A 192.0.2.1"}, true},
		{"a bad $TTL leaves the one before", "$TTL x\na A 192.0.2.1\n", []string{"a 3600 A 192.0.2.1"}, true},
		{"a parenthesis that is not opened", "a A 192.0.2.1 )\nb A 192.0.2.1\n", []string{"b 3600 A 192.0.2.1"}, true},
		{"a parenthesis that is not closed ends before the next entry", "a A (\n 192.0.2.1\nb A 192.0.2.1\n A 192.0.2.2\n", []string{"b 3600 A 192.0.2.1", "b 3600 A 192.0.2.2"}, true},
		{"or before an indented one", "a A (\n192.0.2.1 ;\n  300 IN MX 10 b\n", []string{"a 300 MX 10 b.example.com."}, true},
		{"an $INCLUDE with a bad origin", "$INCLUDE f a..b\na A 192.0.2.1\n", []string{"a 3600 A 192.0.2.1"}, false},
		{"an $INCLUDE without a name", "$INCLUDE\na A 192.0.2.1\n", []string{"a 3600 A 192.0.2.1"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := mustParse(t, head+tt.lines)
			if got := lines(z); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if z.Complete != tt.complete || len(z.Problems) == 0 {
				t.Errorf("complete %v, problems %v", z.Complete, z.Problems)
			}
		})
	}
}
