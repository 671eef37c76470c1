package masterfile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/zone/masterfile"
)

// Large files of all that the generator writes, and of mistakes, are read in
// parts as they are read as a whole.
func TestPartsOfGenerated(t *testing.T) {
	d := dialect{oddOwners: true, rawControl: true, comments: true, backslash: true, types: usualTypes}
	opts := masterfile.Options{Origin: apex}
	for i := range 9 {
		body := genZone(d).Example(i).files[0] + "\n"
		body = body[strings.IndexByte(body, '\n')+1:]
		switch i % 4 {
		case 1:
			body += "a..b A 192.0.2.1\n A 192.0.2.1\nc TXT \"open\n TXT x\n"
		case 2:
			body += "$ORIGIN a..b\nx A 192.0.2.1\n$ORIGIN example.com.\n"
		case 3:
			body = strings.ReplaceAll(body, "$ORIGIN", "$origin") + "$ORIGIN example.com.\n"
		}
		src := "$TTL 60\n" + strings.Repeat(body, (5<<20)/len(body))
		if i == 8 { // a lost origin that no guess sees, long before the middle
			src = "$TTL 60\n" + strings.Repeat("a A 192.0.2.1\n", 100_000) + "$origin a..b\n" + strings.Repeat("a A 192.0.2.1\n", 300_000)
		}
		parts, err := masterfile.Parse("x", []byte(src), opts)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := masterfile.Parse("x", []byte(src+"; $GENERATE\n"), opts) // which is not read in parts
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(parts.Problems, whole.Problems) || parts.Apex != whole.Apex || parts.Complete != whole.Complete || parts.NumNodes() != whole.NumNodes() {
			t.Fatalf("%d: %d problems, %d owners of %s; as a whole %d, %d of %s\n%s", i, len(parts.Problems), parts.NumNodes(), parts.Apex, len(whole.Problems), whole.NumNodes(), whole.Apex, body)
		}
		if !sameRecords(t, "in parts", slices.Collect(parts.Records()), slices.Collect(whole.Records())) {
			t.Logf("%d:\n%s", i, body)
		}
	}
}
