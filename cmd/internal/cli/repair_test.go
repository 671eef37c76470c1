package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

var texts = rules.Records(zone.TypeTXT)

// badText is a rule whose findings are TXT records with a text, and whose fix
// writes another in its place.
func badText(id, bad, good string) *rules.Rule {
	return &rules.Rule{ID: id, Severity: rules.Warning, Run: rules.On(texts, func(p *rules.Pass, r zone.Record) {
		if r.Text() == bad {
			p.Report(rules.At(r, zone.Part{Kind: zone.PartRData}, "bad").WithFix(rules.Safe, "write "+good, zone.Replace(r, zone.NewTXT(r.Name, r.TTL, good))))
		}
	})}
}

const repairZone = `$ORIGIN example.com.
@ 3600 SOA ns1.example.net. hm.example.net. 7 4h 1h 2w 1h
@ 3600 NS ns1.example.net.
@ 3600 TXT "one"
`

func repairOf(t *testing.T, all, chosen []*rules.Rule) (*repair, error) {
	t.Helper()
	z, err := masterfile.Parse("a.zone", []byte(repairZone), masterfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := rules.NewEngine(chosen, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	judge, err := rules.NewEngine(all, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := surgeon{engine: engine, judge: judge, upTo: rules.Safe, now: time.Unix(0, 0)}
	return s.repair(z)
}

func TestRepair(t *testing.T) {
	rs := []*rules.Rule{badText("test-one", "one", "two"), badText("test-two", "two", "three")}
	r, err := repairOf(t, rs, rs)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("one", "three", " 7 ", " 8 ").Replace(repairZone)
	if len(r.edits) != 1 || string(r.edits[0].New) != want || r.serial != "7 becomes 8" {
		t.Errorf("%q, %s", r.edits, r.serial)
	}
	if len(r.fixed) != 2 || len(r.left) != 0 {
		t.Errorf("%d fixed, %d left", len(r.fixed), len(r.left))
	}
}

// A fix that goes wrong is refused, and the message names its rule.
func TestRepairRefuses(t *testing.T) {
	worse := badText("test-error", "two", "none")
	worse.Severity = rules.Error
	for _, tt := range []struct {
		name        string
		all, chosen []*rules.Rule
		want        string
	}{
		{"the finding stays", []*rules.Rule{badText("test-stays", "one", "one")}, nil, "test-stays"},
		{"back and forth", []*rules.Rule{badText("test-one", "one", "two"), badText("test-two", "two", "one")}, nil, ""},
		{"a new finding", []*rules.Rule{badText("test-one", "one", "two"), worse}, []*rules.Rule{badText("test-one", "one", "two")}, "the fix of test-one brings a new finding of test-error at example.com."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.chosen == nil {
				tt.chosen = tt.all
			}
			r, err := repairOf(t, tt.all, tt.chosen)
			if err == nil && len(r.edits) > 0 {
				t.Fatalf("%q was made", r.edits)
			}
			if err == nil {
				return // not made at all, and told as left
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v", err)
			}
			var refused *refusal
			if tt.want != "" && !errors.As(err, &refused) {
				t.Errorf("%v is no refusal", err)
			}
		})
	}
}
