package pack_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// recordsOf returns the records that a pack asks for, without SPF and DMARC.
func recordsOf(t *testing.T, p *pack.Pack) []zone.Record {
	t.Helper()
	var src strings.Builder
	src.WriteString(web)
	for _, k := range asks(p) {
		if k.what != "SPF" && k.what != "DMARC" {
			src.WriteString(k.line)
		}
	}
	site := read(t, web)
	var out []zone.Record
	for r := range read(t, src.String()).Records() {
		if !holds(site, r) {
			out = append(out, r)
		}
	}
	return out
}

// holds reports whether a zone has a record.
func holds(z *zone.Zone, r zone.Record) bool {
	return slices.ContainsFunc(z.RRset(r.Name, r.Type), func(o zone.Record) bool { return o.Data == r.Data })
}

// nobodys reports whether a record that a pack asks for does not show in a zone
// that it is the pack's, so that it stays: a DKIM key at a selector that is
// unknown, a text of any form, a name that the customer chose for all of it.
func nobodys(p *pack.Pack, r zone.Record) bool {
	for i := range p.Records {
		k := &p.Records[i]
		if k.Type != r.Type || r.Name.String() != absolute(strings.TrimPrefix(fill(k.Name.Text, values(p))+".example.com", "@.")) {
			continue
		}
		data := k.Text
		if data == nil {
			data = k.Target
		}
		if data == nil {
			return false
		}
		value := *data
		chosen := !k.Name.Fixed() || k.Name.Text == "@"
		if chosen && (k.Purpose == pack.ForDKIM && k.Text != nil || len(value.Variables()) == 1 && value.Text == "{"+value.Variables()[0]+"}") {
			return true
		}
	}
	return false
}

// However two hosts, two senders and other records come together: after the move
// nothing of the old host is left, the new one has all it asks for, and the rest
// is as it was.
func TestMigrationProperties(t *testing.T) {
	var hosts, senders []*pack.Pack
	for _, p := range askingPacks() {
		switch {
		case p.Kind == pack.Sender:
			senders = append(senders, p)
		case p.MX != nil && p.Kind != pack.Gateway && p.Kind != pack.NoMail:
			hosts = append(hosts, p)
		}
	}
	others := ""
	for line := range strings.Lines(unrelated) {
		if !strings.Contains(line, "MS=ms") && !strings.Contains(line, "apple-domain=") { // which are of hosts
			others += line
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(ps []*pack.Pack, what string) *pack.Pack { return ps[rapid.IntRange(0, len(ps)-1).Draw(rt, what)] }
		from, to, a, b := draw(hosts, "from"), draw(hosts, "to"), draw(senders, "sender"), draw(senders, "another")
		if from == to || a == b {
			rt.Skip("the same twice")
		}
		src := together(from, a, b) + others
		for i := range rapid.IntRange(0, 4).Draw(rt, "others") {
			src += fmt.Sprintf("%s%d IN %s\n", rapid.StringMatching(`[a-z]{3,9}`).Draw(rt, "name"), i,
				rapid.SampledFrom([]string{"A 192.0.2.7", "CNAME www.elsewhere.example.", "MX 5 mx.elsewhere.example.", "TXT \"v=spf1 -all\" ; kept", "TXT \"any ; text\""}).Draw(rt, "data"))
		}
		given := values(from)
		for _, name := range []string{"domain", "domain-dashes", "m365-token"} {
			delete(given, name)
		}
		maps.Copy(given, examples(to))
		m, err := pack.NewMigration([]*pack.Pack{from}, pack.Selector{Forced: []*pack.Pack{to}, All: pack.Builtin(), Given: given})
		if err != nil {
			rt.Fatal(err)
		}
		z := read(t, src)
		mv, err := m.Plan(z)
		if err != nil {
			rt.Fatal(err)
		}
		fail := func(format string, args ...any) {
			rt.Helper()
			rt.Errorf("%s to %s: %s\n%s\n%s", from.ID, to.ID, fmt.Sprintf(format, args...), src, strings.Join(lines(mv.Changes), "\n"))
		}
		after := mv.Zone
		if len(mv.Changes) == 0 {
			for _, r := range recordsOf(t, from) {
				if r.Type == zone.TypeMX && r.Name == z.Apex && !slices.ContainsFunc(recordsOf(t, to), func(o zone.Record) bool { return o.Type == r.Type && o.Target() == r.Target() }) {
					fail("nothing happens")
				}
			}
			rt.Skip("the hosts have their servers in common")
		}
		if applied, ok := z.Apply(mv.Changes); !ok || len(zone.Diff(applied, after, append(slices.Clone(mv.Changes), zone.Change{Name: z.Apex, Type: zone.TypeTXT}).Keys())) > 0 {
			fail("the changes do not lead to the zone")
		}

		theirs := append(append(recordsOf(t, to), recordsOf(t, a)...), recordsOf(t, b)...)
		is := func(rs []zone.Record, r zone.Record) bool {
			return slices.ContainsFunc(rs, func(o zone.Record) bool {
				return o.Name == r.Name && o.Type == r.Type && (o.Data == r.Data || (r.Type == zone.TypeMX || r.Type == zone.TypeSRV) && o.Target() == r.Target())
			})
		}
		old := recordsOf(t, from)
		for _, r := range old {
			if holds(after, r) && holds(z, r) && !is(theirs, r) && !nobodys(from, r) {
				fail("%s is left", r)
			}
		}
		policy, _ := z.Apex.Child("_dmarc")
		for r := range z.Records() {
			if !is(old, r) && r.Name != policy && !strings.HasPrefix(r.Text(), "v=spf1 ") && !slices.ContainsFunc(after.RRset(r.Name, r.Type), func(o zone.Record) bool { return o.Same(r) && o.Loc == r.Loc }) {
				fail("%s is lost", r)
			}
		}
		// What the old host shares with a sender is the host's, unless the zone
		// shows the sender besides.
		shown := slices.DeleteFunc([]*pack.Pack{a, b}, func(s *pack.Pack) bool {
			return !slices.ContainsFunc((pack.Selector{All: pack.Builtin()}).Detect(z), func(d pack.Detection) bool { return d.Pack == s })
		})
		for _, s := range shown {
			for _, r := range recordsOf(t, s) {
				if holds(z, r) && !holds(after, r) {
					fail("%s of %s is lost", r, s.ID)
				}
			}
		}
		before, now := spfTerms(z), spfTerms(after)
		for _, s := range shown {
			if s.SPF == nil {
				continue
			}
			for _, v := range s.SPF.Terms {
				if term := fill(v.Text, values(s)); slices.Contains(before, term) && !slices.Contains(now, term) {
					fail("%s of %s is lost", term, s.ID)
				}
			}
		}
		if from.SPF != nil && to.SPF != nil {
			for _, v := range from.SPF.Terms {
				term := fill(v.Text, values(from))
				wanted := func(p *pack.Pack) bool {
					return p.SPF != nil && slices.ContainsFunc(append(slices.Concat(p.SPF.Alternatives...), p.SPF.Terms...), func(o pack.Value) bool { return fill(o.Text, values(p)) == term })
				}
				if strings.ContainsAny(term, ":=") && slices.Contains(now, term) && !slices.ContainsFunc([]*pack.Pack{to, a, b}, wanted) {
					fail("%s is left", term)
				}
			}
		}
		if k := spf.Parse(apexSPF(after)); k.Form == spf.SPF && k.All() < 0 && k.Redirect() < 0 {
			fail("the SPF record has no end: %s", k.Text)
		}

		e, err := rules.NewEngine(pack.Rules(pack.Selector{Forced: []*pack.Pack{to}, All: pack.Builtin(), Given: given}), rules.Options{})
		if err != nil {
			rt.Fatal(err)
		}
		// A new host may want a name that a sender has, which a person must settle.
		clash := func(f rules.Finding) bool {
			return strings.HasPrefix(f.Rule.ID, "pack-record-") && slices.ContainsFunc(theirs, func(r zone.Record) bool { return r.Name == f.Name && holds(after, r) && holds(z, r) })
		}
		for _, f := range bad(slices.DeleteFunc(e.Run(after), clash)) {
			fail("%s", f)
		}
		if again, err := m.Plan(after); err != nil || len(again.Changes) > 0 {
			fail("a second run: %v\n%s", err, strings.Join(lines(again.Changes), "\n"))
		}
		if len(mv.Losses) == 0 {
			fail("nothing is said to be lost")
		}
	})
}

func apexSPF(z *zone.Zone) string {
	for _, r := range z.RRset(z.Apex, zone.TypeTXT) {
		if strings.HasPrefix(r.Text(), "v=spf1 ") {
			return r.Text()
		}
	}
	return ""
}

func spfTerms(z *zone.Zone) []string { return strings.Fields(apexSPF(z)) }
