package config

import (
	"sync/atomic"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// Excuse is an entry of ignore. It remembers whether it excused anything. Its
// methods may be called by several goroutines at once.
type Excuse struct {
	Rule   RuleID
	Zones  []NamePattern // without any every zone
	Name   OwnerPattern
	Type   zone.Type
	Reason string
	At     Place // of the entry's rule
	// Family says that further zones than those at hand may be meant.
	Family bool

	used, tried atomic.Bool
}

func (c *Config) excuse(i *Ignore) *Excuse {
	return c.once(i, func() *Excuse {
		e := &Excuse{Rule: i.Rule, Name: i.Name, Type: i.Type, Reason: i.Reason, At: c.Place(&i.Rule), Family: true}
		if i.Zone != "" {
			e.Zones, e.Family = []NamePattern{i.Zone}, !i.Zone.literal()
		}
		return e
	})
}

func (c *Config) zoneExcuse(z *Zones, i *ZoneIgnore) *Excuse {
	return c.once(i, func() *Excuse {
		return &Excuse{Rule: i.Rule, Zones: z.Match, Name: i.Name, Type: i.Type, Reason: i.Reason, At: c.Place(&i.Rule), Family: len(z.Match) > 1 || !z.Match[0].literal()}
	})
}

// once returns the Excuse of an entry, which all Settings share.
func (c *Config) once(entry any, make func() *Excuse) *Excuse {
	if e, ok := c.made.Load(entry); ok {
		return e.(*Excuse)
	}
	e, _ := c.made.LoadOrStore(entry, make())
	return e.(*Excuse)
}

// String says what is ignored: the rule, the owner and type if they matter, and
// the reason.
func (e *Excuse) String() string {
	out := string(e.Rule)
	if e.Name != "" {
		out += " at " + string(e.Name)
	}
	if e.Type != 0 {
		out += " " + e.Type.String()
	}
	return out + ": " + e.Reason
}

// Concerns reports whether a zone is meant.
func (e *Excuse) Concerns(apex zone.Name) bool {
	for _, p := range e.Zones {
		if p.Matches(apex) {
			return true
		}
	}
	return len(e.Zones) == 0
}

// Excuses reports whether a finding is one of those that are ignored, and
// notes it.
func (s *Settings) Excuses(f *rules.Finding) bool {
	hit := false
	for _, e := range s.Ignores {
		if e.Rule.Matches(f.Rule.ID) && (e.Type == 0 || e.Type == f.Type) && e.Concerns(f.Zone) && (e.Name == "" || e.Name.Matches(f.Name, f.Zone)) {
			e.used.Store(true)
			hit = true
		}
	}
	return hit
}

// Tried notes that a zone was checked; looked reports whether a rule was looked
// for.
func (s *Settings) Tried(apex zone.Name, looked func(RuleID) bool) {
	for _, e := range s.Ignores {
		if !e.tried.Load() && e.Concerns(apex) && looked(e.Rule) {
			e.tried.Store(true)
		}
	}
}

// Unused returns the entries of ignore that excused nothing although their
// rules were looked for in their zones, in the order of the file. whole says
// that every zone of the repository was checked; if not, what may be meant for
// others is left out.
func (c *Config) Unused(whole bool) []*Excuse {
	var out []*Excuse
	look := func(e *Excuse) {
		if e.tried.Load() && !e.used.Load() && (whole || !e.Family) {
			out = append(out, e)
		}
	}
	for i := range c.Ignore {
		look(c.excuse(&c.Ignore[i]))
	}
	for i := range c.Zones {
		z := &c.Zones[i]
		for j := range z.Ignore {
			look(c.zoneExcuse(z, &z.Ignore[j]))
		}
	}
	return out
}
