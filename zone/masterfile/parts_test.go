package masterfile_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// A large file is read in parts side by side; the result must be that of
// reading it from top to bottom, also where a guess about the middle fails.
// A file that speaks of $GENERATE is never read in parts.
func TestPartsAreReadAsTheWhole(t *testing.T) {
	base := string(large(t, 120_000))
	middle := func(insert string) string {
		i := len(base) / 2
		i += bytes.IndexByte([]byte(base[i:]), '\n') + 1
		for base[i] == '\t' || base[i] == ' ' {
			i += bytes.IndexByte([]byte(base[i:]), '\n') + 1
		}
		return base[:i-1000] + insert + base[i-1000:]
	}
	cut := len(base)/2 - 5000
	cut += bytes.IndexByte([]byte(base[cut:]), '\n') + 1
	var short strings.Builder // more records and owners than such a file usually has
	short.WriteString("$TTL 60\n@ SOA a b 1 2 3 4 5\n")
	for i := range 380_000 {
		fmt.Fprintf(&short, "%x NS b\n", i)
	}
	short.WriteString(strings.Repeat("\tNS c\n", 100_000))
	for i := range 90_000 {
		fmt.Fprintf(&short, "t%d TXT \"%045d\"\n", i/1000, i)
	}
	for name, src := range map[string]string{
		"short records, then long ones":    short.String(),
		"clean":                            base,
		"relative origins":                 base[:cut] + "$ORIGIN a\n$ORIGIN b\nx A 192.0.2.1\n" + base[cut:],
		"a parenthesis around the middle":  base[:cut] + "long TXT ( \"a\"\n" + commented(base[cut:cut+20000]) + "\n)\n" + base[cut:],
		"a parenthesis never closed":       base[:cut] + "long TXT ( \"a\"\n" + base[cut:],
		"mistakes everywhere":              base[:cut] + "x A 1.2.3\ny MX mail\n" + base[cut:] + "z NONSENSE 1\n",
		"no default TTL before the middle": "x.bigmail.example. 60 A 192.0.2.1\n" + string(bytes.Replace([]byte(base), []byte("$TTL 3600\n"), nil, 1)),
		"an origin inside a comment":       base[:cut] + "x TXT ( \"a\" ;\n;\n$ORIGIN wrong.example.\n)\n" + base[cut:],
		"another TTL by a lower-case line": base[:cut] + "$ttl 77\n" + base[cut:],
		"CR LF":                            string(bytes.ReplaceAll([]byte(base), []byte("\n"), []byte("\r\n"))),
		"class":                            middle("ch.bigmail.example. CH TXT \"x\"\n"),
	} {
		t.Run(name, func(t *testing.T) {
			opts := masterfile.Options{Origin: zone.MustName("bigmail.example")}
			parts, err := masterfile.Parse("x", []byte(src), opts)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := masterfile.Parse("x", []byte(src+"; $GENERATE\n"), opts)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := fmt.Sprint(parts.Problems), fmt.Sprint(whole.Problems); a != b {
				t.Errorf("problems differ:\n%.2000s\n%.2000s", a, b)
			}
			if parts.Len() != whole.Len() || parts.Apex != whole.Apex || parts.NumNodes() != whole.NumNodes() {
				t.Fatalf("%d records of %s at %d owners, want %d of %s at %d", parts.Len(), parts.Apex, parts.NumNodes(), whole.Len(), whole.Apex, whole.NumNodes())
			}
			var want []zone.Record
			for r := range whole.Records() {
				want = append(want, r)
			}
			i := 0
			for r := range parts.Records() {
				if !r.Same(want[i]) || r.Loc.Offset != want[i].Loc.Offset || r.Notes != want[i].Notes {
					t.Fatalf("record %d is %v, want %v", i, r, want[i])
				}
				i++
			}
			for n := range whole.Nodes() {
				m, ok := parts.Node(n.Name())
				if !ok || len(m.RRset(zone.TypeA)) != len(n.RRset(zone.TypeA)) {
					t.Fatalf("owner %s differs", n.Name())
				}
			}
		})
	}
}

func commented(s string) string {
	return ";" + string(bytes.ReplaceAll([]byte(s), []byte("\n"), []byte("\n;")))
}
