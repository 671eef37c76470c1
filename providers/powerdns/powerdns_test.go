package powerdns_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/zonelint/zonelint/providers"
	"github.com/zonelint/zonelint/providers/powerdns"
	"github.com/zonelint/zonelint/providers/providertest"
	"github.com/zonelint/zonelint/zone"
)

func snapshot(t testing.TB, b providers.Backend) *providers.Snapshot {
	t.Helper()
	s, err := b.Snapshot(context.Background(), example)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// apply plans the changes and carries them out.
func apply(t testing.TB, b providers.Backend, cs zone.ChangeSet) error {
	t.Helper()
	p, err := providers.NewPlan(snapshot(t, b), cs, providers.PlanOptions{Provider: "powerdns"})
	if err != nil {
		return err
	}
	_, err = (&providers.Applier{Backend: b, Dir: t.TempDir()}).Apply(context.Background(), p)
	return err
}

func TestZones(t *testing.T) {
	s := start(t)
	for _, name := range []string{"example.com.", "b.example.", "_dmarc.a.example.", "0/25.2.0.192.in-addr.arpa."} {
		s.makeZone(t, name, "Native")
	}
	b := open(t, s.url+"/api/v1/", apiKey)
	zones, err := b.Zones(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(zones, zone.CompareNames) {
		t.Errorf("not in order: %v", zones)
	}
	var names []string
	for _, z := range zones {
		names = append(names, z.String())
		if snap, err := b.Snapshot(context.Background(), z); err != nil || snap.Apex != z || len(snap.Items) != 3 {
			t.Errorf("%s: %v, %+v", z, err, snap)
		}
	}
	want := []string{"0/25.2.0.192.in-addr.arpa.", "example.com.", "_dmarc.a.example.", "b.example."}
	slices.Sort(want)
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}

// A zone that another server is the source of is read and not written.
func TestSecondaryZone(t *testing.T) {
	s := start(t)
	s.makeZone(t, "example.com.", "Slave", set("@", "SOA", 300, "ns.example.com. a.example.com. 1 2 3 4 5"), set("@", "MX", 300, "10 a.example.com."))
	b := open(t, s.url, apiKey)
	snap := snapshot(t, b)
	if why := snap.Capabilities.ReadOnly; !strings.Contains(why, "192.0.2.53") || len(snap.Items) != 2 {
		t.Errorf("%q, %v", why, snap.Items)
	}
	r := providertest.Records(t, "@ 300 MX 20 b.example.com.")[0]
	if err := apply(t, b, zone.ChangeSet{zone.Add(r)}); !errors.Is(err, providers.ErrGuard) {
		t.Errorf("%v", err)
	}
	step := providers.Step{
		Ops:    []providers.Op{{Kind: providers.Create, New: providers.Item{Record: r}}},
		RRsets: []providers.RRsetState{{Key: zone.Key{Name: r.Name, Type: r.Type}, After: []providers.Item{{Record: r}}}},
	}
	if err := b.Apply(context.Background(), example, step); !errors.Is(err, providers.ErrRefused) {
		t.Errorf("%v", err)
	}
}

// A zone that this server signs is written as any other, and what comes is signed.
func TestSignedZone(t *testing.T) {
	s := start(t)
	s.makeZone(t, "example.com.", "Native", set("a", "A", 300, "192.0.2.1"))
	if err := s.call("PUT", zonesPath+"/example.com.", object{"dnssec": true}, nil); err != nil {
		t.Fatal(err)
	}
	b := open(t, s.url, apiKey)
	if snap := snapshot(t, b); snap.Capabilities.ReadOnly != "" || len(snap.Items) != 4 || len(snap.Unread) != 0 {
		t.Errorf("%+v", snap)
	}
	if err := apply(t, b, zone.ChangeSet{zone.Add(providertest.Records(t, "m 300 MX 10 a.example.net.")[0])}); err != nil {
		t.Fatal(err)
	}
	types := map[zone.Type]int{}
	for _, r := range s.transfer(t, "example.com.") {
		if r.Name == zone.MustName("m.example.com") {
			types[r.Type]++
		}
	}
	if types[zone.TypeMX] != 1 || types[zone.TypeNSEC] != 1 || types[zone.TypeRRSIG] != 2 {
		t.Errorf("%v", types)
	}
}

// Records that PowerDNS works out when it is asked are known not to be known.
func TestComputedRecords(t *testing.T) {
	s := start(t)
	s.makeZone(t, "example.com.", "Native",
		set("@", "ALIAS", 300, "web.example.net."), set("geo", "LUA", 300, `A "ifportup(443, {'192.0.2.1', '192.0.2.2'})"`), set("gone", "ALIAS", 300, "!web.example.net."))
	b := open(t, s.url, apiKey)
	var got []string
	for _, u := range snapshot(t, b).Unread {
		if !u.Computed {
			t.Errorf("%+v", u)
		}
		got = append(got, u.Name.String()+" "+u.Type.String())
	}
	slices.Sort(got)
	if want := []string{"example.com. A", "example.com. AAAA", "geo.example.com. A"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if err := apply(t, b, zone.ChangeSet{zone.Add(providertest.Records(t, "geo 300 A 192.0.2.9")[0])}); !errors.Is(err, providers.ErrGuard) {
		t.Errorf("%v", err)
	}
	if err := apply(t, b, zone.ChangeSet{zone.Add(providertest.Records(t, "@ 300 MX 10 a.example.net.")[0])}); err != nil {
		t.Error(err)
	}
}

// Disabled records are not in DNS, stay where they are, and come to life where
// one that is the same is to come.
func TestDisabledRecords(t *testing.T) {
	s := start(t)
	begin := func(t *testing.T) *powerdns.Backend {
		s.makeZone(t, "example.com.", "Native", commented(set("@", "TXT", 300, `"v=spf1 mx -all"`, `!"v=spf1 a -all"`), "spf"), set("off", "CNAME", 300, "!target.example.net."))
		return open(t, s.url, apiKey)
	}
	for _, c := range []struct{ name, gone, come, want string }{
		{"the last one that is served goes", `@ 300 TXT "v=spf1 mx -all"`, "", `300 [{"v=spf1 a -all" true}]`},
		{"the disabled one comes", "", `@ 300 TXT "v=spf1 a -all"`, ""}, // two SPF records
		{"the disabled one takes its place", `@ 300 TXT "v=spf1 mx -all"`, `@ 300 TXT "v=spf1 a -all"`, `300 [{"v=spf1 a -all" false}]`},
		{"another beside them", "", `@ 300 TXT "x"`, `300 [{"v=spf1 a -all" true} {"v=spf1 mx -all" false} {"x" false}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := begin(t)
			if n := len(snapshot(t, b).Items); n != 4 { // SOA, two NS, TXT
				t.Errorf("%d items", n)
			}
			var cs zone.ChangeSet
			if c.gone != "" {
				cs = append(cs, zone.Remove(providertest.Records(t, c.gone)[0]))
			}
			if c.come != "" {
				cs = append(cs, zone.Add(providertest.Records(t, c.come)[0]))
			}
			before := s.sets(t, "example.com.")
			err := apply(t, b, cs)
			if (err == nil) != (c.want != "") {
				t.Fatal(err)
			}
			want := before["example.com. TXT"]
			if c.want != "" {
				want = c.want + " [{spf hostmaster 1700000000}]"
			}
			after := s.sets(t, "example.com.")
			if got := after["example.com. TXT"]; got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if got := after["off.example.com. CNAME"]; got != `300 [{target.example.net. true}] []` {
				t.Errorf("the other RRset: %s", got)
			}
		})
	}
}

// What the server refuses is said in its words, on one line, and nothing of the
// request is made.
func TestRefusedRequestIsMadeInNoPart(t *testing.T) {
	s := start(t)
	s.makeZone(t, "example.com.", "Native", set("a", "A", 300, "192.0.2.1"))
	before := s.sets(t, "example.com.")
	rs := providertest.Records(t, "@ 300 MX 10 a.example.com.", "a 300 CNAME b.example.com.")
	var step providers.Step
	for _, r := range rs {
		it := providers.Item{Record: r}
		step.Ops = append(step.Ops, providers.Op{Kind: providers.Create, New: it})
		step.RRsets = append(step.RRsets, providers.RRsetState{Key: zone.Key{Name: r.Name, Type: r.Type}, After: []providers.Item{it}})
	}
	err := open(t, s.url, apiKey).Apply(context.Background(), example, step)
	if !errors.Is(err, providers.ErrRefused) || !strings.Contains(err.Error(), "Conflicts with pre-existing RRset") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
	if after := s.sets(t, "example.com."); len(after) != len(before) {
		t.Errorf("something was made: %v", after)
	}
}

func TestWrongSettings(t *testing.T) {
	s := start(t)
	s.makeZone(t, "example.com.", "Native")
	ctx := context.Background()
	for _, c := range []struct {
		name, url, key, server string
		zones, snapshot        error
		says                   string
	}{
		{"key", s.url, "wrong", "", providers.ErrUnauthorized, providers.ErrUnauthorized, "PDNS_API_KEY"},
		{"server", s.url, apiKey, "other", providers.ErrRefused, providers.ErrNoZone, "PDNS_SERVER_NAME"},
		{"path", s.url + "/elsewhere", apiKey, "", providers.ErrRefused, providers.ErrNoZone, "PDNS_API_URL"},
		{"nobody there", "http://127.0.0.1:1", apiKey, "", providers.ErrUnavailable, providers.ErrUnavailable, "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := powerdns.New(powerdns.Options{URL: c.url, Key: c.key, Server: c.server, Pause: 1})
			if err != nil {
				t.Fatal(err)
			}
			_, err = b.Zones(ctx)
			if !errors.Is(err, c.zones) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("zones: %v", err)
			}
			_, serr := b.Snapshot(ctx, example)
			if !errors.Is(serr, c.snapshot) {
				t.Errorf("snapshot: %v", serr)
			}
			for _, err := range []error{err, serr} {
				if strings.Contains(err.Error(), c.key) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%v", err)
				}
			}
		})
	}
	if _, err := open(t, s.url, apiKey).Snapshot(ctx, zone.MustName("none.example")); !errors.Is(err, providers.ErrNoZone) {
		t.Errorf("%v", err)
	}
}

// A zone of many records comes in one answer.
func TestLargeZone(t *testing.T) {
	s := start(t)
	var sets []object
	for i := range 5000 {
		sets = append(sets, set("h"+strconv.Itoa(i), "A", 300, "192.0.2.1"))
	}
	s.makeZone(t, "example.com.", "Native", sets...)
	b := open(t, s.url, apiKey)
	if n := len(snapshot(t, b).Items); n != 5003 {
		t.Errorf("%d items", n)
	}
	if err := apply(t, b, zone.ChangeSet{zone.Add(providertest.Records(t, "@ 300 MX 0 a.example.net.")[0])}); err != nil {
		t.Error(err)
	}
}
