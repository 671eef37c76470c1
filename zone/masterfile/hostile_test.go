package masterfile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// Text that is made to cost much must cost time in proportion to its length.
// Each of these takes well under a second; were the cost quadratic, it would be
// minutes.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	const n = 100_000
	many := func(format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	types := func() string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "a TYPE%d \\# 0\n", 256+i%65000)
		}
		return b.String()
	}
	for name, lines := range map[string]string{
		"many types":               types(),
		"many types at many names": strings.ReplaceAll(many("a%d TYPE65280 \\# 0\n"), "a9", "b9"),
		"parentheses":              "a TXT " + strings.Repeat("(", n) + " x " + strings.Repeat(")", n) + "\n",
		"never closed":             strings.Repeat("a TXT ( x\n", n),
		"never opened":             strings.Repeat("a TXT x )\n", n),
		"open strings":             strings.Repeat("a TXT \"x\n", n),
		"one long word":            "a TXT " + strings.Repeat("x", 10*n) + "\n",
		"one long string":          "a TXT \"" + strings.Repeat("\\;", 5*n) + "\"\n",
		"many words":               "a TXT " + strings.Repeat("x ", 5*n) + "\n",
		"many long strings":        strings.Repeat("a TXT "+strings.Repeat("x", 300)+"\n", n/10),
		"one long comment":         ";" + strings.Repeat("x", 10*n) + "\n",
		"many comments":            strings.Repeat("; zonelint:ignore x\n", n),
		"comments in one entry":    "a TXT (" + strings.Repeat("; zonelint:ignore x\n", n) + "x)\n",
		"empty lines":              strings.Repeat("\n", 10*n),
		"lone CRs":                 strings.Repeat("\r", 10*n),
		"backslashes":              strings.Repeat("\\", 10*n) + "\n",
		"origins":                  strings.Repeat("$ORIGIN a.example.com.\nx A 192.0.2.1\n", n),
		"lost origins":             strings.Repeat("$ORIGIN a..b\n", n),
		"deep names":               many("%d." + strings.Repeat("x.", 100) + "y A 192.0.2.1\n")[:n*40],
		"deep names and wildcards": many("*.a%d." + strings.Repeat("x.", 100) + "y A 192.0.2.1\n")[:n*40],
		"one RRset":                many("a TXT %d\n"),
		"two large RRsets":         strings.Repeat("a A 192.0.2.1\n", n) + many(" TXT %d\n"),
		"an owner between others":  many("a A 192.0.2.1\nb%d A 192.0.2.1\n"),
		"bad owners":               strings.Repeat("a..b A 192.0.2.1\n", n),
		"TTLs too large":           strings.Repeat("a 4294967295 A 192.0.2.1\n", n),
		"carriage returns in text": "a TXT \"" + strings.Repeat("\r", 10*n) + "\"\n",
		"$GENERATE":                strings.Repeat("$GENERATE 1-2 a$ A 192.0.2.$\n", n/10),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			z := mustParse(t, head+lines)
			z.Source.Comments("zonelint:ignore")
			last := 0
			for r := range z.Records() {
				if last++; last%1000 == 1 || z.Len() < 1000 {
					r.Span(zone.TextPart(3, 5))
					z.Lookup(r.Name, zone.TypeMX)
				}
			}
			for range z.RRsetsOf(zone.TypeTXT) {
			}
			_, _ = masterfile.Edit(z, zone.ChangeSet{zone.Add(zone.NewTXT(apex, 3600, "x"))})
			if d := time.Since(start); d > 4*time.Second {
				t.Errorf("%v for %d octets", d, len(lines))
			} else if testing.Verbose() {
				t.Logf("%v for %d octets, %d records", d, len(lines), z.Len())
			}
		})
	}
}
