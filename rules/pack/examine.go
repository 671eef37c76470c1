package pack

import (
	"cmp"
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// Examine reads a pack as Parse does, and returns what is valid but doubtful: on
// its own, beside other packs, and in a zone of example.com that has what the
// pack asks for and little else, in which lint looks for mistakes.
func Examine(file string, src []byte, others []*Pack, lint func(*zone.Zone, Selector) []rules.Finding) (*Pack, []Problem, error) {
	p, d, err := decode(file, src, false)
	if err != nil {
		return nil, nil, err
	}
	others = slices.DeleteFunc(slices.Clone(others), func(o *Pack) bool { return o.ID == p.ID })
	e := &examination{decoder: d, pack: p, others: others, sample: newSample(p)}
	e.sources()
	e.examples()
	e.insteadOf()
	shared := e.shared()
	if !p.asks() {
		return p, sortedProblems(d.Problems), nil
	}
	z, err := masterfile.Parse("sample", []byte(e.sample.String()), masterfile.Options{Origin: sampleApex})
	if err != nil {
		e.failAt(p, "a zone made from this pack cannot be read: %v", err)
	} else {
		e.detection(z, shared)
		s := Selector{Forced: []*Pack{p}, All: append(others, p), Given: p.samples()}
		for _, f := range lint(z, s) {
			e.finding(f)
		}
	}
	return p, sortedProblems(d.Problems), nil
}

// asks reports whether a pack asks for records, and does not only know settings.
func (p *Pack) asks() bool {
	return p.MX != nil || p.SPF != nil || p.DMARC != nil || len(p.Records) > 0
}

// examination is a look at one valid pack. Its problems are doubts.
type examination struct {
	*decoder
	pack   *Pack
	others []*Pack
	sample *sample
}

// finding takes over what a rule finds in the sample, at the part of the pack
// that the line was made of.
func (e *examination) finding(f rules.Finding) {
	if f.Severity < rules.Warning {
		return
	}
	var at any = e.pack
	if line := f.Span.Start.Line; line < len(e.sample.made) && e.sample.made[line] != nil {
		at = e.sample.made[line]
	}
	e.failAt(at, "a zone with no more than this pack asks for has a finding: %s[%s]: %s", f.Severity, f.Rule.ID, f.Message)
}

// sortedProblems puts problems in the order of the file.
func sortedProblems(list []Problem) []Problem {
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return list
}

func (e *examination) sources() {
	if !slices.ContainsFunc(e.pack.Sources, func(s Source) bool { return s.URL != "" }) {
		e.failAt(&e.pack.Sources, "sources: none has a url, so nobody can look the facts up")
	}
}

// examples finds the variables of whose values nothing is shown.
func (e *examination) examples() {
	for i := range e.pack.Variables {
		if v := &e.pack.Variables[i]; v.Example == "" && v.Default == "" {
			e.failAt(&v.Name, "example: the variable %s has none, so people cannot see what to look for", v.Name)
		}
	}
}

func (e *examination) insteadOf() {
	k := &e.pack.Detect
	if k.InsteadOf != "" && !slices.ContainsFunc(e.others, func(o *Pack) bool { return o.ID == k.InsteadOf }) {
		e.failAt(&k.InsteadOf, "instead-of: no other pack is called %q", k.InsteadOf)
	}
}

// detection finds out whether zones are recognised as the pack's, and whether
// other packs claim them. shared says that the patterns told it already.
func (e *examination) detection(z *zone.Zone, shared bool) {
	p, k := e.pack, &e.pack.Detect
	switch {
	case p.Kind == Settings || p.Kind == NoMail:
		return
	case isEmptyDetect(k) && p.Kind == Server: // its names are the customer's
		return
	case isEmptyDetect(k):
		e.failAt(p, "detect: it is missing, so that only --pack chooses this pack")
		return
	}
	found := false
	for _, g := range (Selector{All: append(slices.Clone(e.others), p)}).Detect(z) {
		all := append([]*Pack{g.Pack}, g.Unclear...)
		if !slices.Contains(all, p) {
			e.failAt(k, "detect: a zone made from this pack is taken for one of %s as well, by %s", g.Pack.ID, g.Why)
			continue
		}
		found = true
		if all = slices.DeleteFunc(all, func(o *Pack) bool { return o == p }); len(all) > 0 && !shared {
			e.failAt(k, "detect: a zone made from this pack may be one of %s as well; instead-of decides such cases", ids(all))
		}
	}
	if !found {
		e.failAt(k, "detect: a zone made from this pack is not recognised as its own")
	}
}

func isEmptyDetect(k *Detect) bool {
	return len(k.MX)+len(k.Addresses)+len(k.SPF)+len(k.Autoconfig)+len(k.Targets)+len(k.Names) == 0
}

func ids(packs []*Pack) string {
	out := make([]string, len(packs))
	for i, p := range packs {
		out[i] = p.ID
	}
	return joined(out, " and ")
}

// shared finds the patterns for MX records that other packs have as well, and
// those for SPF and CNAME records that other senders have. It reports whether
// zones may be unclear for it.
func (e *examination) shared() bool {
	p, some := e.pack, false
	look := func(what string, theirs func(*Pack) []Pattern) {
		for i := range theirs(p) {
			mine := &theirs(p)[i]
			same, wider, narrower := e.rivals(*mine, theirs)
			if len(same) > 0 {
				some = true
				e.failAt(mine, "%s: %s is recognised as %s too; zones for which nothing else decides are unclear", what, mine, ids(same))
			}
			if len(wider) > 0 {
				e.failAt(mine, "%s: %s takes names away from %s, of which this pattern is a part", what, mine, ids(wider))
			}
			if len(narrower) > 0 {
				e.failAt(mine, "%s: %s does not have the names that belong to %s, whose patterns are narrower", what, mine, ids(narrower))
			}
		}
	}
	if p.Kind.takesMail() {
		look("mx", func(o *Pack) []Pattern { return o.Detect.MX })
	}
	if p.Kind == Sender {
		look("spf", func(o *Pack) []Pattern { return o.Detect.SPF })
		look("targets", func(o *Pack) []Pattern { return o.Detect.Targets })
	}
	return some
}

// rivals returns the other packs, of those that do the same for a domain, which
// have the names of a pattern too: by one as wide, a wider or a narrower one. Of
// these the narrowest wins.
func (e *examination) rivals(mine Pattern, theirs func(*Pack) []Pattern) (same, wider, narrower []*Pack) {
	p := e.pack
	for _, o := range e.others {
		if p.Detect.InsteadOf == o.ID || o.Detect.InsteadOf == p.ID || p.Kind.takesMail() != o.Kind.takesMail() || (p.Kind == Sender) != (o.Kind == Sender) {
			continue
		}
		has := func(holds func(Pattern) bool) bool { return slices.ContainsFunc(theirs(o), holds) }
		switch {
		case has(func(k Pattern) bool { return k.suffix == mine.suffix && meet(k, mine) }):
			same = append(same, o)
		case has(func(k Pattern) bool { return mine.suffix.Below(k.suffix) && meet(k, mine) }):
			wider = append(wider, o)
		case has(func(k Pattern) bool { return k.suffix.Below(mine.suffix) && meet(mine, k) }):
			narrower = append(narrower, o)
		}
	}
	return same, wider, narrower
}

// meet reports whether a pattern and one that is no wider have a name in common;
// of two with stars whether they are the same.
func meet(wide, narrow Pattern) bool {
	switch {
	case len(wide.globs) == 0 || len(narrow.globs) == 0 && wide.suffix == narrow.suffix:
		return true
	case len(narrow.globs) == 0:
		return wide.Matches(narrow.suffix)
	}
	return wide.Text == narrow.Text
}
