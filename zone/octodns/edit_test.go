package octodns

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/zonelint/zonelint/zone"
)

var update = flag.Bool("update", false, "write the expected results anew")

// TestEdit makes the changes of each archive: lines with "+" or "-" and a
// record, or "~" and two records with "->" between them for one that stays in
// its place.
func TestEdit(t *testing.T) {
	archives, err := filepath.Glob("testdata/edit/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives: ", err)
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i+2 < len(ar.Files); i += 3 {
				in, changes, want := string(ar.Files[i].Data), string(ar.Files[i+1].Data), string(ar.Files[i+2].Data)
				name := ar.Files[i].Name
				o := Options{Provider: Provider{Semicolons: SemicolonsEscaped}}
				if strings.Contains(name, "plain") {
					o.Semicolons = SemicolonsPlain
				}
				if strings.Contains(name, "unknown") {
					o.Semicolons = SemicolonsUnknown
				}
				if strings.Contains(name, "crlf") {
					in, want = strings.ReplaceAll(in, "\n", "\r\n"), strings.ReplaceAll(want, "\n", "\r\n")
				}
				z, err := Parse("example.com.yaml", []byte(in), o)
				if err != nil {
					t.Fatal(err)
				}
				got := in
				edits, err := z.Source.(zone.Editor).Edit(z, changesOf(t, z, changes))
				switch {
				case err != nil:
					got = "error: " + err.Error() + "\n"
				case len(edits) > 0:
					got = string(edits[0].New)
				}
				if *update {
					ar.Files[i+2].Data = []byte(strings.ReplaceAll(got, "\r\n", "\n"))
				} else if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: (-want +got)\n%s", name, diff)
				}
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// changesOf reads changes of a zone.
func changesOf(t *testing.T, z *zone.Zone, text string) zone.ChangeSet {
	t.Helper()
	record := func(s string) zone.Record {
		rr, err := dns.NewRR("$ORIGIN example.com.\n$TTL 3600\n" + strings.TrimSpace(s))
		if err != nil || rr == nil {
			t.Fatalf("record %q: %v", s, err)
		}
		r, err := zone.FromRR(rr)
		if err != nil {
			t.Fatal(err)
		}
		if r.Type == zone.TypeTXT {
			r.Data = zone.TextData(r.Text())
		}
		return r
	}
	find := func(s string) zone.Record {
		want := record(s)
		for _, r := range z.RRset(want.Name, want.Type) {
			if r.Same(want) {
				return r
			}
		}
		t.Fatalf("the zone has no record %s", want)
		return zone.Record{}
	}
	var cs zone.ChangeSet
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		switch rest := line[1:]; line[0] {
		case '+':
			cs = append(cs, zone.Add(record(rest)))
		case '-':
			cs = append(cs, zone.Remove(find(rest)))
		case '~':
			a, b, _ := strings.Cut(rest, "->")
			cs = append(cs, zone.Replace(find(a), record(b)))
		}
	}
	return cs
}
