package rules

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// Options choose what an Engine runs and how it judges.
type Options struct {
	Select   []string            // ids of the only rules to show; all if empty. "spf-*" takes a family
	Ignore   []string            // ids not to show, after Select
	Severity map[string]Severity // ids whose findings get another severity; one rule counts before its family
	// Excuse reports whether a finding is not to be shown, nor fixed, for a reason
	// that stands elsewhere; nil excuses none. It is called by several goroutines
	// at once.
	Excuse func(*Finding) bool
	// Servers answer for names outside of the zone, in the order in which they
	// are asked; without any, such names are unknown.
	Servers []resolve.Server
}

// Engine runs a set of rules over zones. It is safe for concurrent use.
type Engine struct {
	rules  []*Rule
	groups []func(*Pass) func() // one for each subject
	idle   sync.Pool            // of *round
	shown  map[*Rule]bool
	level  map[*Rule]Severity
	byID   map[string]*Rule
	excuse func(*Finding) bool

	servers []resolve.Server
}

// UnknownRuleError names a rule that does not exist.
type UnknownRuleError struct{ ID string }

func (e *UnknownRuleError) Error() string { return fmt.Sprintf("no rule is called %q", e.ID) }

// NewEngine makes an Engine. An id in opts that no rule has is an
// *UnknownRuleError.
func NewEngine(rs []*Rule, opts Options) (*Engine, error) {
	e := &Engine{rules: rs, shown: map[*Rule]bool{}, level: map[*Rule]Severity{}, byID: map[string]*Rule{}, excuse: opts.Excuse, servers: opts.Servers}
	for _, r := range rs {
		e.byID[r.ID] = r
		e.shown[r] = len(opts.Select) == 0
	}
	for _, set := range []struct {
		ids  []string
		show bool
	}{{opts.Select, true}, {opts.Ignore, false}} {
		for _, id := range set.ids {
			matched := e.match(id)
			if len(matched) == 0 {
				return nil, &UnknownRuleError{id}
			}
			for _, r := range matched {
				e.shown[r] = set.show
			}
		}
	}
	// "*" sorts before all else that an id may have, so that a family comes
	// before what it holds.
	for _, id := range slices.Sorted(maps.Keys(opts.Severity)) {
		matched := e.match(id)
		if len(matched) == 0 {
			return nil, &UnknownRuleError{id}
		}
		for _, r := range matched {
			e.level[r] = opts.Severity[id]
		}
	}
	index := map[any]int{}
	var groups [][]*Rule
	for _, r := range rs {
		s := r.Run.subject()
		i, ok := index[s]
		if !ok {
			i = len(groups)
			index[s] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	for _, g := range groups {
		e.groups = append(e.groups, g[0].Run.bind(g))
	}
	return e, nil
}

// match returns the rules that an id of the options means.
func (e *Engine) match(id string) []*Rule {
	if family, ok := strings.CutSuffix(id, "*"); ok {
		var out []*Rule
		for _, r := range e.rules {
			if strings.HasPrefix(r.ID, family) {
				out = append(out, r)
			}
		}
		return out
	}
	if r := e.byID[id]; r != nil {
		return []*Rule{r}
	}
	return nil
}

// Rules returns the rules of the engine, in their order.
func (e *Engine) Rules() []*Rule { return e.rules }

// Shows reports whether the findings of the rule with an id are shown; false if
// there is no such rule.
func (e *Engine) Shows(id string) bool { return e.shown[e.byID[id]] }

// Pass is one run of the rules over one zone. Rules report through it.
type Pass struct {
	Zone *zone.Zone
	// Servers answer for what Zone does not know; see Lookup.
	Servers  []resolve.Server
	rule     *Rule
	findings []Finding
}

// Lookup answers for a name inside or outside of the zone, following CNAMEs.
// What nobody knows is Unknown, and no rule may take it for absent.
func (p *Pass) Lookup(name zone.Name, t zone.Type) resolve.Answer {
	return resolve.Lookup(p.Zone, p.Servers, name, t)
}

// Report records a finding of the rule that is running.
func (p *Pass) Report(f Finding) {
	f.Rule = p.rule
	f.Message = oneStop(f.Message)
	if f.Severity == 0 {
		f.Severity = p.rule.Severity
	}
	f.Zone = p.Zone.Apex
	p.findings = append(p.findings, f)
}

// oneStop takes away the period of a sentence that ends in a name, which has a
// dot of its own.
func oneStop(message string) string {
	if !strings.Contains(message, "..") {
		return message
	}
	message = strings.ReplaceAll(message, ".. ", ". ")
	if strings.HasSuffix(message, "..") {
		message = message[:len(message)-1]
	}
	return message
}

// AtApex returns a finding about what the zone as a whole lacks. It points at
// the SOA record's owner; in a zone without one at its first record, or at its
// start if it has none or is written by a tool that knows where that is.
func (p *Pass) AtApex(t zone.Type, message string) Finding {
	f := Finding{Name: p.Zone.Apex, Type: t, Message: message, Span: p.Zone.Start}
	for r := range p.Zone.OfType(zone.TypeSOA) {
		f.Span = r.Span(zone.Part{Kind: zone.PartOwner})
		return f
	}
	if _, ok := p.Zone.Source.(zone.Editor); !ok && !f.Span.IsZero() {
		return f
	}
	for r := range p.Zone.Records() {
		f.Span = r.Span(zone.Part{Kind: zone.PartOwner})
		return f
	}
	return f
}

// Run checks a zone and returns its findings in the order of Compare, without
// those that a comment in the zone suppresses or that the options excuse.
func (e *Engine) Run(z *zone.Zone) []Finding {
	fs := dropSuperseded(e.visit(z))
	fs = e.Judge(e.suppress(z, fs))
	if e.excuse != nil {
		fs = slices.DeleteFunc(fs, func(f Finding) bool { return e.excuse(&f) })
	}
	Sort(fs)
	return fs
}

// Judge leaves out findings that are not to be shown and gives the others the
// severities of the options, in place. It is for findings that are about no
// zone, which Run does not make.
func (e *Engine) Judge(fs []Finding) []Finding {
	fs = slices.DeleteFunc(fs, func(f Finding) bool { return !e.shown[f.Rule] })
	for i := range fs {
		if s, ok := e.level[fs[i].Rule]; ok {
			fs[i].Severity = s
		}
	}
	return fs
}

// large is the number of records from which on the groups of rules share the
// processors; below it that costs more than it gains, and small zones are
// checked side by side anyway.
const large = 50_000

// round is a Pass with all groups of rules bound to it. One serves many small
// zones in turn, since making it anew for each costs too much.
type round struct {
	Pass
	runs []func()
}

func (e *Engine) round() *round {
	if r, ok := e.idle.Get().(*round); ok {
		return r
	}
	r := &round{Pass: Pass{Servers: e.servers}}
	for _, group := range e.groups {
		r.runs = append(r.runs, group(&r.Pass))
	}
	return r
}

// visit runs all groups of rules.
func (e *Engine) visit(z *zone.Zone) []Finding {
	if z.Len() < large {
		r := e.round()
		r.Zone = z
		for _, run := range r.runs {
			run()
		}
		fs := r.findings
		r.Zone, r.rule, r.findings = nil, nil, nil
		e.idle.Put(r)
		return fs
	}
	passes := make([]Pass, len(e.groups))
	var next atomic.Int32
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(e.groups)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(e.groups); i = int(next.Add(1)) - 1 {
				passes[i] = Pass{Zone: z, Servers: e.servers}
				e.groups[i](&passes[i])()
			}
		})
	}
	wg.Wait()
	var fs []Finding
	for i := range passes {
		fs = append(fs, passes[i].findings...)
	}
	return fs
}

// dropSuperseded leaves out findings whose mistake another one names better:
// one about the same record, or about the same owner where either is not about
// a single record.
func dropSuperseded(fs []Finding) []Finding {
	type key struct {
		id   string
		name zone.Name
	}
	hidden := map[key]map[zone.Loc]bool{}
	for _, f := range fs {
		for _, id := range f.Rule.Supersedes {
			k := key{id, f.Name}
			if hidden[k] == nil {
				hidden[k] = map[zone.Loc]bool{}
			}
			hidden[k][f.Loc] = true
		}
	}
	if len(hidden) == 0 {
		return fs
	}
	none := zone.Loc{} // of a finding about no single record
	return slices.DeleteFunc(fs, func(f Finding) bool {
		by := hidden[key{f.Rule.ID, f.Name}]
		return by[f.Loc] || by[none] || f.Loc == none && len(by) > 0
	})
}
