package hygiene

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// Whatever the file: no panic, the same findings each time, and every place
// within the file.
func FuzzRules(f *testing.F) {
	files, err := filepath.Glob("testdata/*.zone")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	e, err := rules.NewEngine(Rules(), rules.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src string) {
		z, err := masterfile.Parse("fuzz.zone", []byte(src), masterfile.Options{
			Origin: zone.MustName("example.com"), Limits: masterfile.Limits{Generate: 100},
		})
		if err != nil {
			return
		}
		fs := e.Run(z)
		if again := e.Run(z); !reflect.DeepEqual(fs, again) {
			t.Errorf("two runs differ:\n%v\n%v", fs, again)
		}
		for _, x := range fs {
			if x.Message == "" || x.Name == "" {
				t.Errorf("%s has no message or no owner", x.Rule.ID)
			}
			if x.Span.IsZero() || x.Span.Start.Offset > x.Span.End.Offset || x.Span.End.Offset > len(src) {
				t.Errorf("%s points at %v to %v, and the file has %d octets", x.Rule.ID, x.Span.Start, x.Span.End, len(src))
			}
			if x.Fix == nil || len(x.Fix.Changes) == 0 {
				continue
			}
			if !z.Holds(x.Fix.Changes) {
				t.Errorf("%s changes records that are not there", x.Rule.ID)
			}
			if _, ok := z.Apply(x.Fix.Changes); !ok {
				t.Errorf("the fix of %s cannot be made", x.Rule.ID)
			}
		}
	})
}

// A text that is mended needs no mending any more, and one that is certain is
// plain ASCII of the same kind.
func FuzzMend(f *testing.F) {
	for _, s := range []string{
		`v=spf1 mx -all`, `"v=spf1 mx" -all`, `“v=spf1 mx ~all”`, `v=DMARC1; p=none; rua=mailto:a@example.com`, `v=DMARC1\\; p=none`,
		`"v=DMARC1\\;` + "\u00a0" + `p=none"`, `k=rsa; p=AAAA`, `v=STSv1 ; id=1`, `v=BIMI1; l=https://example.com/x.svg; a=; more`, "\"v=spf1\xa0mx \x96all\"",
		`“v=DMARC1; p=none”`, `v=DKIM1\; n=a’b\; p=`, `"v=spf1" "mx"`, `v=spf1 " mx" "" -all`,
		"\xa0p=\"zlARC1\\\\\x82\x82;\u00a0p=non[\"", "\xe2\x80\t\x9cv=spf1\xe2\x80 mx ~all”", "\xa0p=\"v=DMARC1\\\\\\\\;p=none\"", `v=DMARC1\\; p=n\\;`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, rdata string) {
		if strings.ContainsAny(rdata, "\r\n") {
			return
		}
		src := rules.ExampleHeader + "x._domainkey TXT " + rdata + "\n"
		z, err := masterfile.Parse("fuzz.zone", []byte(src), masterfile.Options{})
		if err != nil {
			return
		}
		for r := range z.OfType(zone.TypeTXT) {
			before := readText(r)
			if before.kind == none {
				continue // left alone
			}
			mended, certain := before.repair()
			mended.Notes, mended.Loc = 0, zone.Loc{}
			after := readText(mended)
			if !certain {
				continue
			}
			if len(after.typo)+len(after.slashes)+len(after.gaps) > 0 || after.foreign || after.tail != "" {
				t.Errorf("%q became %q, which needs mending still: %+v", r.Text(), mended.Text(), after)
			}
			if after.kind != before.kind {
				t.Errorf("%s %q became %s %q", before.kind, r.Text(), after.kind, mended.Text())
			}
		}
	})
}

// Strings that are mended say nothing more to mend, and each place is within
// the text.
func FuzzStrings(f *testing.F) {
	for _, s := range []string{
		`"v=spf1 a" "mx -all"`, `"v=spf1" "a" "mx" "-all"`, `"\"v=spf1 mx\" \"-all\""`, `"v=DMARC1" "p=none" "rua=mailto:a@example.com" "mailto:b@example.com"`,
		`"'v=spf1 mx -all'"`, `"v=DKIM1; p=AA\" \"BB"`, `"v=spf1 include:x.example" "mx" "" "-all"`, `"\\\"v=DMARC1; p=none\\\""`,
	} {
		f.Add(s)
	}
	e, err := rules.NewEngine([]*rules.Rule{joined, quotes}, rules.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, rdata string) {
		if strings.ContainsAny(rdata, "\r\n") {
			return
		}
		src := rules.ExampleHeader + "x._domainkey TXT " + rdata + "\n"
		z, err := masterfile.Parse("fuzz.zone", []byte(src), masterfile.Options{})
		if err != nil {
			return
		}
		res, err := e.Fix(z, rules.Safe)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range res.Left {
			if x.Span.End.Offset > len(src) || x.Span.IsZero() {
				t.Errorf("%s points at %v to %v", x.Rule.ID, x.Span.Start, x.Span.End)
			}
			if x.Fix.Safety == rules.Safe {
				t.Errorf("%s is left: %s: %s", x.Rule.ID, x.Message, res.NotMade[i])
			}
		}
	})
}
