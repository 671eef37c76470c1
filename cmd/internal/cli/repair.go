package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zonelint/zonelint/cmd/internal/report"
	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/pack"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/masterfile"
)

// repair is what fix made of a zone, checked and ready to be shown or written.
type repair struct {
	edits  []zone.FileEdit
	told   []byte // what to change, where the source cannot be edited
	fixed  []rules.Finding
	left   []leftover
	move   *pack.Move // to another mail host; nil if none was asked for
	serial string     // "2026112101 becomes 2026112102", "" if it was not raised
}

// leftover is a finding that stays.
type leftover struct {
	rules.Finding
	why reason
	how string // what would mend it, or why it was not mended
}

// reason is why a finding stays.
type reason int

const (
	needsUnsafe reason = iota
	byHand
	notMade
	reasons
)

// count says how many findings stay for a reason.
func (r reason) count(n int) string {
	switch r {
	case needsUnsafe:
		return report.Verb(n, "needs", "need") + " --unsafe"
	case byHand:
		return report.Verb(n, "is", "are") + " for a person to mend"
	}
	return report.Verb(n, "has", "have") + " a fix that could not be made"
}

// refusal is a fix that went wrong: a mistake in zonelint, found before
// anything was shown or written.
type refusal struct{ what string }

func (e *refusal) Error() string {
	return e.what + "; nothing of this zone was changed. This is a mistake in zonelint, not in the zone: please report it at https://github.com/zonelint/zonelint/issues"
}

// surgeon makes repairs.
type surgeon struct {
	engine   *rules.Engine // with the rules that the user chose
	judge    *rules.Engine // with all rules
	selector pack.Selector
	// migration is the move that comes before the fixes; nil if there is none.
	migration *pack.Migration
	clear     *rules.Engine // with the rules whose fixes make texts readable; for a move
	upTo      rules.Safety
	refuse    rules.Refuse // fixes that cannot be made where the zone is; nil for none
	now       time.Time
	paint     report.Painter // of the changes that are told
}

// operation is the fixes of a zone before they are written anywhere.
type operation struct {
	*repair
	before []rules.Finding // of the zone, once it has moved if it is to
	res    rules.FixResult // its changes lead from the zone as it is
}

// operate works out the fixes of a zone.
func (s *surgeon) operate(z *zone.Zone) (*operation, error) {
	op, err := s.operateOn(z, rules.FixResult{Zone: z})
	if err != nil || s.migration == nil || len(op.res.Changes) == 0 {
		return op, err
	}
	if more, err := s.migration.Plan(op.res.Zone); err != nil || len(more.Changes) == 0 {
		return op, err
	}
	// A text that had to be mended hid what belongs to the old host.
	clear, err := s.clear.FixUnless(z, rules.Safe, s.refusal(z))
	if err != nil {
		return nil, err
	}
	return s.operateOn(z, clear)
}

// operateOn works out the fixes of a zone of which some are made.
func (s *surgeon) operateOn(z *zone.Zone, made rules.FixResult) (*operation, error) {
	start, move := made.Zone, (*pack.Move)(nil)
	if s.migration != nil {
		var err error
		if move, err = s.migration.Plan(start); err != nil {
			return nil, err
		}
		start = move.Zone
	}
	before := s.judge.Run(start)
	res, err := s.engine.FixUnless(start, s.upTo, s.refusal(z))
	if err != nil {
		return nil, err
	}
	r := &repair{fixed: res.Fixed, left: s.leftovers(res), move: move}
	if move != nil {
		res.Changes = zone.Diff(z, res.Zone, slices.Concat(made.Changes, move.Changes, res.Changes).Keys())
		r.fixed = slices.Concat(made.Fixed, move.Fixed, res.Fixed)
		rules.Sort(r.fixed)
	}
	return &operation{r, before, res}, nil
}

// refusal returns what refuses fixes that cannot be made where the zone is.
func (s *surgeon) refusal(z *zone.Zone) rules.Refuse {
	r, ok := z.Source.(zone.Refuser)
	if s.refuse != nil || !ok {
		return s.refuse
	}
	return r.Refuse
}

// repair makes the fixes of a zone and checks what came of them.
func (s *surgeon) repair(z *zone.Zone) (*repair, error) {
	op, err := s.operate(z)
	if err != nil {
		return nil, err
	}
	r, before, res := op.repair, op.before, op.res
	if len(res.Changes) == 0 {
		return r, nil
	}
	editor, ok := z.Source.(zone.Editor)
	if !ok {
		if err := s.verify(z, before, res, res.Zone); err != nil {
			return nil, err
		}
		r.told = changeText(z, res.Changes, reasonsOf(r, res.Changes.Keys()), s.paint)
		return r, nil
	}
	changes := res.Changes
	if bump, ok := masterfile.BumpSerial(res.Zone, s.now); ok {
		if changes, r.serial, err = withSerial(z, res, bump); err != nil {
			return nil, err
		}
	}
	// New records come in the order of their owners, the apex first.
	slices.SortStableFunc(changes, func(a, b zone.Change) int {
		return cmp.Or(zone.CompareNames(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
	})
	if r.edits, err = editor.Edit(z, changes); err != nil {
		return nil, fmt.Errorf("the fixes cannot be written into the file: %w", err)
	}
	after := editor.Reread(z, r.edits)
	if err := s.verify(z, before, res, after); err != nil {
		return nil, err
	}
	return r, nil
}

// withSerial adds the new serial to the changes of a zone.
func withSerial(z *zone.Zone, res rules.FixResult, bump zone.Change) (zone.ChangeSet, string, error) {
	final, ok := res.Zone.Apply(zone.ChangeSet{bump})
	if !ok {
		return nil, "", &refusal{"the serial of the SOA record cannot be raised"}
	}
	keys := append(res.Changes.Keys(), zone.Key{Name: bump.Name, Type: bump.Type})
	old, _ := bump.Before[0].SOA()
	raised, _ := bump.After[0].SOA()
	return zone.Diff(z, final, keys), fmt.Sprintf("%d becomes %d", old.Serial, raised.Serial), nil
}

// place tells findings of the same kind apart from others, whatever their
// words and lines.
type place struct {
	rule string
	name zone.Name
	typ  zone.Type
}

func counted(fs []rules.Finding) map[place]int {
	m := map[place]int{}
	for _, f := range fs {
		m[place{f.Rule.ID, f.Name, f.Type}]++
	}
	return m
}

// verify judges the zone as its files say it after the fixes: each fix must
// have done away with its finding, none may have made anything worse, and
// another run must have nothing to change.
func (s *surgeon) verify(z *zone.Zone, before []rules.Finding, res rules.FixResult, after *zone.Zone) error {
	again, err := s.engine.FixUnless(after, s.upTo, s.refusal(after))
	if err != nil {
		return err
	}
	if s.migration != nil {
		switch more, err := s.migration.Plan(after); {
		case err != nil:
			return err
		case len(more.Changes) > 0:
			return &refusal{fmt.Sprintf("the move to another mail host is not done with one run: %s would change again", more.Changes[0].Name)}
		}
	}
	if len(again.Changes) > 0 {
		return &refusal{fmt.Sprintf("the fix of %s is not done with one run: %s would be fixed again", ruleIDs(res.Fixed), ruleIDs(again.Fixed))}
	}
	expected, got := counted(res.Left), counted(again.Left)
	for _, f := range res.Fixed {
		if k := (place{f.Rule.ID, f.Name, f.Type}); got[k] > expected[k] {
			return &refusal{fmt.Sprintf("the fix of %s at %s leaves its finding", f.Rule.ID, f.Name)}
		}
	}
	had := counted(before)
	recognised := s.recognised(z, after)
	now := map[place]int{}
	for _, f := range s.judge.Run(after) {
		k := place{f.Rule.ID, f.Name, f.Type}
		if now[k]++; now[k] > had[k] && !recognised[f.Pack] && !revealed(f, res.Fixed) {
			return &refusal{fmt.Sprintf("the fix of %s brings a new finding of %s at %s (%s)", ruleIDs(res.Fixed), f.Rule.ID, f.Name, f.Message)}
		}
	}
	return nil
}

// recognised returns the packs that apply only after the fixes: what a zone is
// recognised by may have been unreadable before.
func (s *surgeon) recognised(before, after *zone.Zone) map[string]bool {
	ids := map[string]bool{}
	if len(s.selector.Forced) > 0 {
		return ids
	}
	for _, d := range s.selector.Detect(after) {
		ids[d.Pack.ID] = true
	}
	for _, d := range s.selector.Detect(before) {
		delete(ids, d.Pack.ID)
	}
	return ids
}

// revealed reports whether a finding that shows only after the fixes may have
// been there before, hidden by a mistake in the same place that was at least as
// bad: what a record says can only be judged once it can be read. So does what
// is missing beside it: a domain whose SPF record nobody could read lacks a
// DMARC record from the moment that it can be read.
func revealed(f rules.Finding, fixed []rules.Finding) bool {
	domain := described(f.Name)
	for _, x := range fixed {
		if x.Severity < f.Severity || x.Rule == f.Rule {
			continue
		}
		if x.Name == f.Name || slices.ContainsFunc(x.Fix.Changes, func(c zone.Change) bool { return c.Name == f.Name || c.Name == domain }) {
			return true
		}
	}
	return false
}

// described returns the domain that a name is about: what stands below the
// labels that begin with an underscore (RFC 8552, section 1.1).
func described(name zone.Name) zone.Name {
	for len(name) > 1 && name[1] == '_' {
		name = name.Parent()
	}
	return name
}

// ruleIDs lists the rules of findings, each once.
func ruleIDs(fs []rules.Finding) string {
	var ids []string
	seen := map[string]bool{}
	for _, f := range fs {
		if !seen[f.Rule.ID] {
			seen[f.Rule.ID] = true
			ids = append(ids, f.Rule.ID)
		}
	}
	return strings.Join(ids, ", ")
}

// leftovers says of each finding that stays why it does.
func (s *surgeon) leftovers(res rules.FixResult) []leftover {
	var out []leftover
	for i, f := range res.Left {
		l := leftover{Finding: f}
		switch why := res.NotMade[i]; {
		case why != "":
			l.why, l.how = notMade, "could not be made: "+why
		case f.Fix == nil:
			l.why, l.how = byHand, "by hand: "+f.Message
		case f.Fix.Safety > s.upTo && f.Fix.Safety == rules.Unsafe:
			l.why, l.how = needsUnsafe, "needs --unsafe: "+f.Fix.Description
		default:
			l.why, l.how = byHand, "by hand: "+f.Fix.Description
		}
		out = append(out, l)
	}
	return out
}
