package providers_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// pool are records that get into each other's way.
var pool = []string{
	"@ %d MX 10 a.example.net.", "@ %d MX 20 a.example.net.", "@ %d MX 0 b.example.net.", "@ %d MX 0 .",
	`@ %d TXT "v=spf1 a -all"`, `@ %d TXT "v=spf1 mx -all"`, `@ %d TXT "V=SPF1 ?all"`, `@ %d TXT "token=1"`, `@ %d TXT "token=2"`, "@ %d A 192.0.2.9", "@ %d A 192.0.2.8",
	"sub %d CNAME x.example.net.", "sub %d CNAME y.example.net.", "sub %d A 192.0.2.7", "sub %d MX 10 a.example.net.", "sub %d MX 10 b.example.net.", `sub %d TXT "v=spf1 -all"`,
	`_dmarc %d TXT "v=DMARC1; p=none"`, `_dmarc %d TXT "v=DMARC1; p=reject"`,
	`s._domainkey %d TXT "v=DKIM1; p=AA"`, `s._domainkey %d TXT "p=BB"`, "s._domainkey %d CNAME s.example.net.",
	"_imaps._tcp %d SRV 0 1 993 a.example.net.", "_imaps._tcp %d SRV 5 1 993 a.example.net.", `@ %d CAA 0 issue "a.example"`,
}

// someZone draws the records of a zone: no record twice, and no CNAME beside
// others.
func someZone(t *rapid.T, name string) []string {
	n := rapid.IntRange(0, 10).Draw(t, name+" records")
	picked := rapid.SliceOfNDistinct(rapid.IntRange(0, len(pool)-1), n, n, rapid.ID[int]).Draw(t, name)
	var out []string
	aliases, others := map[zone.Name]bool{}, map[zone.Name]bool{}
	for _, i := range picked {
		line := fmt.Sprintf(pool[i], rapid.SampledFrom([]int{60, 300, 600}).Draw(t, "TTL"))
		r := rec(t, line)
		if aliases[r.Name] || r.Type == zone.TypeCNAME && others[r.Name] {
			continue
		}
		aliases[r.Name] = r.Type == zone.TypeCNAME
		others[r.Name] = true
		out = append(out, line)
	}
	return out
}

// Any change of any zone at any kind of provider with any fault at any
// request: as TestFaults, or the plan is refused.
func TestRandom(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		sc := scenario{name: "random", zone: someZone(t, "before"), replace: rapid.Bool().Draw(t, "replace")}
		after := someZone(t, "after")
		for _, l := range sc.zone {
			if !slices.Contains(after, l) {
				sc.gone = append(sc.gone, l)
			}
		}
		for _, l := range after {
			if !slices.Contains(sc.zone, l) {
				sc.come = append(sc.come, l)
			}
		}
		for i := range sc.gone { // what takes the place of another is of its RRset
			if i < len(sc.come) {
				a, b := rec(t, sc.gone[i]), rec(t, sc.come[i])
				sc.replace = sc.replace && a.Name == b.Name && a.Type == b.Type
			}
		}
		k := rapid.SampledFrom(kinds).Draw(t, "kind")
		f := providertest.NewFake(example, k.caps, sc.start(t)...)
		p, err := plan(t, f, sc.changes)
		if err != nil {
			if !errors.Is(err, providers.ErrGuard) {
				t.Fatalf("plan: %v", err)
			}
			return
		}
		if p.Empty() || len(p.Notes) > 0 {
			return // nothing to do, or a TTL that must stay
		}
		f = providertest.NewFake(example, k.caps, sc.start(t)...)
		f.Watch = providertest.MailSafe(f.Items())
		f.Fault = rapid.SampledFrom(append(slices.Clone(providertest.Faults), providertest.NoFault)).Draw(t, "fault")
		f.At = rapid.IntRange(1, 2*len(p.Steps)+4).Draw(t, "request")
		f.Editor = func(items []providers.Item) []providers.Item {
			return append(items, providers.Item{Record: rec(t, "foreign 300 A 192.0.2.77")})
		}
		if rapid.Bool().Draw(t, "two faults") {
			f.Also = map[int]providertest.Fault{rapid.IntRange(1, 2*len(p.Steps)+4).Draw(t, "other request"): rapid.SampledFrom(providertest.Faults).Draw(t, "other fault")}
		}
		if f.Fault == providertest.Partial && f.Also[3-f.At] == providertest.Partial {
			return // a provider that leaves out the same records each time is believed
		}
		disk := memory{}
		a := &providers.Applier{Backend: f, Dir: dir, Waits: waits}
		a.SetFile(disk.write)
		run := &faulty{t: t, sc: sc, f: f, a: a, disk: disk, what: fmt.Sprintf("%s at %d, %v, %s", f.Fault, f.At, f.Also, k.name), undo: rapid.Bool().Draw(t, "undo")}
		run.do("no secret at all")
	})
}
