package cli

import (
	"maps"
	"slices"
	"sync"

	"github.com/zonelint/zonelint/cmd/internal/config"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/all"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
)

// lane is how zones are judged that have the same settings.
type lane struct {
	settings *config.Settings // nil without a configuration
	engine   *rules.Engine
	selector pack.Selector
	detector *pack.Detector
	surgeon  *surgeon // of fix; nil for other commands
}

// lanes makes the lanes of a run as zones need them.
type lanes struct {
	lint *lint
	// operate makes the surgeon of a lane; nil if nothing is fixed.
	operate func(*lane) (*surgeon, error)

	mu   sync.Mutex
	made map[*config.Settings]*lane
}

// maxLanes bounds how many lanes are held: a tree may have thousands of
// configurations, and files of a folder come one after the other.
const maxLanes = 64

// of returns the lane for a zone under a configuration, which may be nil.
func (ls *lanes) of(cfg *config.Config, apex zone.Name) (*lane, error) {
	if cfg == nil {
		return ls.lint.base, nil
	}
	return ls.with(cfg.Settings(apex))
}

func (ls *lanes) with(s *config.Settings) (*lane, error) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if l := ls.made[s]; l != nil {
		return l, nil
	}
	l, err := ls.lint.laneWith(s)
	if err != nil {
		return nil, err
	}
	if ls.operate != nil {
		if l.surgeon, err = ls.operate(l); err != nil {
			return nil, err
		}
	}
	if ls.made == nil || len(ls.made) >= maxLanes {
		ls.made = map[*config.Settings]*lane{}
	}
	ls.made[s] = l
	return l, nil
}

// laneWith makes a lane. What the flags say counts before the settings.
func (l *lint) laneWith(s *config.Settings) (*lane, error) {
	ln := &lane{settings: s, selector: l.base.selector, detector: l.base.detector}
	known := l.configs.load(s.Config)
	if len(known.folders) > 0 {
		ln.selector.All = pack.Over(pack.Over(pack.Builtin(), known.folders), l.packsOfFlags())
		ln.detector = pack.NewDetector(ln.selector)
	}
	if len(ln.selector.Forced) == 0 {
		for _, p := range s.Packs {
			ln.selector.Forced = append(ln.selector.Forced, known.packs[p.Value])
		}
	}
	ln.selector.Given = pack.Bindings{}
	for _, v := range s.Vars {
		ln.selector.Given[v.Value.Name] = v.Value.Value
	}
	for name, value := range l.base.selector.Given {
		ln.selector.Given[name] = value
	}
	for _, p := range ln.selector.Forced {
		if err := p.Takes(ln.selector.Given); err != nil {
			return nil, usagef("", "%s: %v", s.Config.File(), err)
		}
	}
	var err error
	ln.engine, err = rules.NewEngine(all.Rules(ln.selector, l.policies...), l.optionsWith(s))
	return ln, err
}

// packsOfFlags returns the packs of the folders that --pack names.
func (l *lint) packsOfFlags() []*pack.Pack {
	builtin := pack.Builtin()
	return slices.DeleteFunc(slices.Clone(l.base.selector.All), func(p *pack.Pack) bool { return slices.Contains(builtin, p) })
}

// optionsWith returns the options of the rules for settings.
func (l *lint) optionsWith(s *config.Settings) rules.Options {
	o := l.options
	o.Servers, o.Ignore, o.Severity = l.servers, slices.Clone(o.Ignore), maps.Clone(o.Severity)
	flags := slices.Collect(maps.Keys(o.Severity))
	named := slices.Clone(o.Select) // what the user asks for is not off
	if len(o.Select) == 0 {
		for _, r := range s.Select {
			o.Select = append(o.Select, string(r.Value))
		}
	}
	level := map[string]rules.Severity{}
	for _, r := range l.base.engine.Rules() {
		for _, v := range s.Levels {
			if v.Value.Rule.Matches(r.ID) {
				level[r.ID] = v.Value.Level
			}
		}
	}
	for id, v := range level {
		switch {
		case slices.ContainsFunc(flags, func(f string) bool { return config.RuleID(f).Matches(id) }):
		case v != 0:
			o.Severity[id] = v
		case !slices.Contains(named, id):
			o.Ignore = append(o.Ignore, id)
		}
	}
	if len(s.Ignores) > 0 && !l.former { // an entry has use by what it hides today
		o.Excuse = func(f *rules.Finding) bool {
			ignored := s.Excuses(f)
			if ignored {
				l.ignored.Add(1)
			}
			return ignored
		}
	}
	return o
}

// packless reports whether no pack applies to a zone.
func (ln *lane) packless(z *zone.Zone) bool {
	return len(ln.selector.Forced) == 0 && !ln.detector.Any(z)
}

// mayHide reports whether something is not known of a zone that matters to
// others than its name servers. Providers keep the SOA and NS records of a zone
// to themselves.
func mayHide(p zone.Problem) bool {
	return p.Lost && (p.Kind != zone.ProblemComputed || p.Type != zone.TypeSOA && p.Type != zone.TypeNS)
}

// tried notes for what may be ignored that a zone was checked. What could not
// be read may hold what an entry is for.
func (ln *lane) tried(z *zone.Zone) {
	if ln.settings == nil || len(ln.settings.Ignores) == 0 || !z.Complete || slices.ContainsFunc(z.Problems, mayHide) {
		return
	}
	ln.settings.Tried(z.Apex, func(id config.RuleID) bool {
		return slices.ContainsFunc(ln.engine.Rules(), func(r *rules.Rule) bool { return id.Matches(r.ID) && ln.engine.Shows(r.ID) })
	})
}
