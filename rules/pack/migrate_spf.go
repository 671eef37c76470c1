package pack

import (
	"slices"
	"strings"

	"github.com/zonelint/zonelint/rules/spf"
	"github.com/zonelint/zonelint/zone"
)

// spfSite is an SPF record that says who sends for the domain: at the apex, or
// at a name of the zone that one there includes or redirects to.
type spfSite struct {
	record zone.Record
	parsed *spf.Record
	gone   []int        // terms that go, by index
	of     []*Pack      // whose they are
	next   *zone.Record // what becomes of it; nil if it stays, or if terms go and nothing is left
}

// lookAtSPF finds the terms of old hosts.
func (x *mover) lookAtSPF() {
	owners := []zone.Name{x.z.Apex}
	for _, h := range x.old {
		if !slices.Contains(owners, h.base) {
			owners = append(owners, h.base)
		}
	}
	for i := 0; i < len(owners) && i <= maxIncludes; i++ {
		for _, r := range x.z.RRset(owners[i], zone.TypeTXT) {
			k := spf.Parse(r.Text())
			if k.Form != spf.SPF {
				continue
			}
			x.sites = append(x.sites, x.siteOf(r, k))
			for _, t := range k.Terms {
				if t.Kind != spf.Include && t.Kind != spf.Redirect {
					continue
				}
				name, err := zone.ParseName(t.Domain, zone.Root)
				if err == nil && name.Below(x.z.Apex) && !slices.Contains(owners, name) {
					owners = append(owners, name)
				}
			}
		}
	}
}

func (x *mover) siteOf(r zone.Record, k *spf.Record) *spfSite {
	s := &spfSite{record: r, parsed: k}
	for i, t := range k.Terms {
		old, held := -1, none
		for j, h := range x.old {
			if g := h.passesBy(t); g > held {
				old, held = j, g
			}
		}
		if old < 0 {
			continue
		}
		whose := x.old[old].pack
		if j := slices.IndexFunc(x.keep, func(h *holding) bool {
			g := h.passesBy(t)
			return g >= held || g == weak && h.pack.Kind == Sender
		}); j >= 0 {
			if x.keep[j].pack.Kind == Sender {
				x.note("%s stays in the SPF record: %s sends by it too; remove it if nothing is sent that way", k.Text[t.From:t.To], x.keep[j].pack.ID)
			}
			continue
		}
		if r.Notes&zone.Generated != 0 {
			x.note("%s TXT %s stays: it is made by $GENERATE, which has no line of its own to change", r.Name, r.RData())
			break
		}
		s.gone, s.of = append(s.gone, i), append(s.of, whose)
	}
	if len(s.gone) > 0 {
		next := strip(r, s.gone, nil)
		s.next = &next
	}
	return s
}

// replaceSPF puts the terms of the new hosts in the place of those that go. A
// record that passes nobody any more goes as a whole if there is nothing to put
// into it: what its all says of everybody would be said of the new host.
func (x *mover) replaceSPF(checks []*check) {
	if len(x.sites) == 0 {
		return // for want of a record the rules add one
	}
	at := x.sites[max(0, slices.IndexFunc(x.sites, func(s *spfSite) bool { return len(s.gone) > 0 }))]
	var come []string
	all, closes := "~all", false
	for _, c := range checks {
		if c.pack.SPF == nil {
			continue
		}
		if c.pack.Kind == NoMail {
			all, closes = "-all", true
			continue
		}
		if c.pack.SPF.All != "" {
			all = c.pack.SPF.All
		}
		if len(c.spf.records) == 0 || c.pack.SPF.Level.absent() == 0 && x.passesSome() {
			continue
		}
		for _, w := range c.lackedTerms() {
			if term, ok := c.scope.render(w.text); ok && !slices.Contains(come, term) {
				come = append(come, term)
			}
		}
	}
	for _, s := range x.sites {
		var terms []string
		if s == at {
			terms = come
		}
		if len(s.gone)+len(terms) == 0 {
			continue
		}
		next := strip(s.record, s.gone, terms)
		k := spf.Parse(next.Text())
		switch {
		case s.record.Name == x.z.Apex && !closes && passesNone(k):
			s.next = nil
			continue
		case closes && s.record.Name == x.z.Apex && k.All() >= 0:
			t := k.Terms[k.All()]
			next = next.WithText(t.From, t.To, all)
		case k.All() < 0 && k.Redirect() < 0 && (closes && s.record.Name == x.z.Apex || s.parsed.Redirect() >= 0):
			// Nothing would decide about the servers that the terms do not name.
			end := len(strings.TrimRight(k.Text, " "))
			next = next.WithText(end, end, " "+all)
		}
		s.next = &next
	}
}

// passesSome reports whether the SPF record at the apex still passes some
// server when the terms of the old hosts are gone.
func (x *mover) passesSome() bool {
	return slices.ContainsFunc(x.sites, func(s *spfSite) bool {
		k := s.parsed
		if s.next != nil {
			k = spf.Parse(s.next.Text())
		}
		return s.record.Name == x.z.Apex && !passesNone(k)
	})
}

// passesNone reports whether a record has no term that passes anyone.
func passesNone(k *spf.Record) bool {
	return !slices.ContainsFunc(k.Terms, func(t spf.Term) bool {
		return t.Kind == spf.Redirect || !t.Kind.Modifier() && (t.Kind != spf.All || t.Qualifier == spf.Pass)
	})
}

// strip returns an SPF record without some of its terms, and with others: in
// the place of the first mechanism that goes, if that is tested.
func strip(r zone.Record, gone []int, come []string) zone.Record {
	k := spf.Parse(r.Text())
	all := k.All()
	at := -1
	for _, i := range gone {
		if len(come) > 0 && (all < 0 || i < all) && k.Terms[i].Kind != spf.Redirect {
			at = i
			break
		}
	}
	ends := all >= 0
	for i, t := range k.Terms {
		ends = ends || t.Kind == spf.Redirect && !slices.Contains(gone, i)
	}
	var mechanisms []string
	redirect := ""
	for _, term := range come {
		target, is := strings.CutPrefix(term, "redirect=")
		switch {
		case is && (ends || redirect != ""):
			// A redirect is ignored beside all (RFC 7208, section 6.1). An include
			// passes the same servers, and leaves the rest to what the record says.
			mechanisms = append(mechanisms, "include:"+target)
		case is:
			redirect = term
		default:
			mechanisms = append(mechanisms, term)
		}
	}
	for _, i := range slices.Backward(gone) {
		t := k.Terms[i]
		if i == at && len(mechanisms) > 0 {
			r = r.WithText(t.From, t.To, strings.Join(mechanisms, " "))
			continue
		}
		from := len(strings.TrimRight(k.Text[:t.From], " "))
		r = r.WithText(from, t.To, "")
	}
	if at < 0 || len(mechanisms) == 0 {
		for _, term := range mechanisms {
			r = withTerm(r, spf.Parse(r.Text()), term)
		}
	}
	if redirect != "" {
		end := len(strings.TrimRight(r.Text(), " "))
		r = r.WithText(end, end, " "+redirect)
	}
	return r
}
