package providers_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

// All RRsets that stand in the way are named at once, so that a plan without
// them can be made.
func TestRefusals(t *testing.T) {
	s := snapshot(t, providers.Capabilities{MaxText: 10},
		"@ 300 MX 10 a.example.", "a 300 A 192.0.2.1", "locked 300 TXT x", "c 300 TXT x", `@ 300 TXT "v=spf1"`)
	for i := range s.Items {
		if strings.HasPrefix(s.Items[i].Record.Name.String(), "locked.") {
			s.Items[i].Locked = "Email Routing"
		}
	}
	s.Unread = []providers.Unread{{Name: zone.MustName("odd.example.com"), Type: zone.TypeTXT, Reason: "octets"}}
	plan := func(cs zone.ChangeSet) ([]string, *providers.Plan) {
		t.Helper()
		p, err := providers.NewPlan(s, cs, providers.PlanOptions{})
		var some *providers.RefusedError
		if err != nil && (!errors.As(err, &some) || p != nil) {
			t.Fatalf("%v is no RefusedError", err)
		}
		var out []string
		if some != nil {
			for _, r := range some.Refusals {
				out = append(out, r.Key.Name.Relative(example)+" "+r.Key.Type.String()+": "+r.Why())
				if !errors.Is(err, r.Err) || !errors.Is(r.Err, providers.ErrGuard) && !errors.Is(r.Err, providers.ErrUnsupported) {
					t.Errorf("%v", r.Err)
				}
			}
		}
		return out, p
	}
	soa := rec(t, "@ 300 SOA ns.example. h.example. 1 2 3 4 5")
	fine := zone.Add(rec(t, "new 300 A 192.0.2.2"))
	got, _ := plan(zone.ChangeSet{fine, zone.Add(soa), zone.Add(rec(t, "odd 300 TXT y"))})
	want := []string{
		"@ SOA: the SOA record belongs to the provider",
		"odd TXT: odd.example.com. TXT may have a record that zonelint cannot read: octets",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	z := s.Zone()
	held := func(name string, typ zone.Type) []zone.Record { return z.RRset(zone.MustName(name), typ) }
	got, _ = plan(zone.ChangeSet{
		fine, zone.Remove(held("locked.example.com", zone.TypeTXT)...), zone.Remove(held("example.com", zone.TypeMX)...),
		zone.Add(rec(t, "long 300 TXT 12345678901")), zone.Add(rec(t, `@ 300 TXT "v=spf1 a"`)),
	})
	want = []string{
		`locked TXT: locked.example.com. 300 IN TXT "x" belongs to Email Routing`,
		"@ MX: example.com. would be left without MX records",
		"long TXT: long.example.com. TXT: the provider takes at most 10 octets of text, and the record has 11: not supported by the provider",
		"@ TXT: example.com. would have 2 v=spf1 records, of which there is one at most",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, _ = plan(zone.ChangeSet{fine, zone.Add(rec(t, "c 300 CNAME d.example."))}); len(got) != 1 || !strings.HasPrefix(got[0], "c CNAME: ") {
		t.Errorf("got %q", got)
	}
	if got, p := plan(zone.ChangeSet{fine}); got != nil || p.NumOps() != 1 {
		t.Errorf("got %q", got)
	}
}

// A zone that must not be changed has an empty plan like any other.
func TestReadOnlyWithoutChanges(t *testing.T) {
	s := snapshot(t, providers.Capabilities{ReadOnly: "no"}, "a 300 A 192.0.2.1")
	p, err := providers.NewPlan(s, zone.ChangeSet{zone.Add(rec(t, "a 300 A 192.0.2.1"))}, providers.PlanOptions{})
	if err != nil || !p.Empty() {
		t.Errorf("%v, %v", err, p)
	}
}

// A record that somebody locks between plan and run is not changed.
func TestLockedMeanwhile(t *testing.T) {
	f := providertest.NewFake(example, providers.Capabilities{Update: true}, recs(t, "@ 300 TXT x")...)
	p, err := plan(t, f, scenario{gone: []string{"@ 300 TXT x"}}.changes)
	if err != nil {
		t.Fatal(err)
	}
	f.Fault, f.At, f.Editor = providertest.Edit, 2, func(items []providers.Item) []providers.Item {
		items[0].Locked = "somebody"
		return items
	}
	a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
	rep, err := a.Apply(t.Context(), p)
	if !errors.Is(err, providers.ErrGuard) || rep != nil || len(f.Items()) != 1 || !strings.Contains(err.Error(), "belongs to somebody") {
		t.Errorf("%v, %v", rep, err)
	}
}

// What was put back has the TTL that it had, automatic or not, whatever the
// records beside it have.
func TestRestoredTTL(t *testing.T) {
	for _, update := range []bool{false, true} {
		f := providertest.NewFake(example, providers.Capabilities{AutoTTL: 300, Atomic: true, Update: update}, recs(t, "@ 300 TXT auto", "@ 300 TXT explicit", "@ 300 TXT also-auto")...)
		f.Fault, f.At, f.Editor = providertest.Edit, 1, func(items []providers.Item) []providers.Item {
			items[0].Auto, items[2].Auto = true, true
			return items
		}
		if _, err := f.Snapshot(t.Context(), example); err != nil {
			t.Fatal(err)
		}
		f.Fault = ""
		autos := func() map[string]bool {
			out := map[string]bool{}
			for _, it := range f.Items() {
				out[it.Record.Text()] = it.Auto
			}
			return out
		}
		before := autos()
		p, err := plan(t, f, scenario{gone: []string{"@ 300 TXT explicit", "@ 300 TXT also-auto"}}.changes)
		if err != nil {
			t.Fatal(err)
		}
		a := &providers.Applier{Backend: f, Dir: t.TempDir(), Waits: waits}
		rep, err := a.Apply(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		j, err := providers.LoadJournal(rep.Journal)
		if err != nil {
			t.Fatal(err)
		}
		back, err := a.Rollback(t.Context(), j)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Apply(t.Context(), back); err != nil {
			t.Fatal(err)
		}
		after := autos()
		if len(before) != 3 || !before["auto"] || before["explicit"] || len(after) != 3 || !after["auto"] || after["explicit"] || !after["also-auto"] {
			t.Errorf("update %v: %v became %v", update, before, after)
		}
	}
}
