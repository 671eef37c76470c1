package providers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/zone"
)

// planVersion is the version of plans and journals.
const planVersion = 1

// Plan is changes to a zone at a provider, worked out and bound to what the
// zone held: it is applied to exactly that or not at all. It is data; its JSON
// form is all that Apply needs.
type Plan struct {
	Provider string
	Zone     zone.Name
	// RRsets are the RRsets that change.
	RRsets []RRsetChange
	// Steps are what is done, in this order.
	Steps []Step
	// Undo says that the plan puts back what an earlier run has changed.
	Undo bool
	// Notes say what is done otherwise than asked for, or not at all.
	Notes []string
	// Hash is over all of the above but notes and reasons, in hexadecimal.
	Hash string
}

// RRsetChange is an RRset as it was seen and as it is to be, whole.
type RRsetChange struct {
	Key           zone.Key
	Before, After []Item
	Reasons       []string // why it changes, for people
}

// PlanOptions are what NewPlan needs besides the changes.
type PlanOptions struct {
	// Provider is the name of the provider, for the record.
	Provider string
	// Reasons say why an RRset changes.
	Reasons map[zone.Key][]string
	// MaxChanges and MaxDeletes are the most records that may change, and go
	// without another of their RRset coming. 0 is DefaultMaxChanges and
	// DefaultMaxDeletes, below 0 is no limit.
	MaxChanges, MaxDeletes int
	// Show: the plan is looked at and not carried out, so that a zone that may not
	// be written has one too, with a note of the reason.
	Show bool

	undo *undo // for a rollback
}

// The limits of a plan where none are given: what mail asks for in one zone is
// far below.
const (
	DefaultMaxChanges = 100
	DefaultMaxDeletes = 25
)

// NewPlan works out how to make the changes. They were found on s.Zone(), or
// name records of it by their data. The error wraps ErrGuard if the plan is one
// that zonelint does not make, ErrUnsupported if the provider cannot hold what
// is asked for, and ErrStale if a record that is to go is not there. It is a
// *RefusedError if only some of the RRsets stand in the way.
func NewPlan(s *Snapshot, cs zone.ChangeSet, opts PlanOptions) (*Plan, error) {
	p := &Plan{Provider: opts.Provider, Zone: s.Apex, Undo: opts.undo != nil}
	var refused RefusedError
	for _, k := range cs.Keys() {
		if err := guardKey(s, k); err != nil {
			refused.add(k, err)
		}
	}
	if err := p.fail(refused.orNil()); err != nil {
		return nil, err
	}
	sets, err := resolve(s, cs, opts.undo)
	if err := p.fail(err); err != nil {
		return nil, err
	}
	for _, c := range sets {
		c.normalize(s.Capabilities, &p.Notes)
	}
	if !s.Capabilities.Atomic && !s.Capabilities.Update {
		for _, c := range sets {
			c.keepLoneMX(&p.Notes)
		}
	}
	sets = slices.DeleteFunc(sets, func(c *setChange) bool { return len(c.pairs) == 0 })
	for _, c := range sets {
		p.RRsets = append(p.RRsets, RRsetChange{Key: c.key, Before: c.before, After: c.after(), Reasons: opts.Reasons[c.key]})
	}
	if err := p.fail(s.guardWritable()); err != nil && len(sets) > 0 {
		if !opts.Show {
			return nil, err
		}
		p.Notes = append(p.Notes, "the zone is only read: "+s.Capabilities.ReadOnly)
	}
	if err := p.fail(guardSets(s, sets, opts.undo)); err != nil {
		return nil, err
	}
	if err := p.fail(guardLimits(sets, opts)); err != nil {
		return nil, err
	}
	if !p.Undo {
		if err := p.fail(guardAliases(s, p.RRsets)); err != nil {
			return nil, err
		}
	}
	p.Steps = order(sets, s.Capabilities)
	p.Hash = p.hash()
	return p, p.fail(p.check())
}

// fail says which zone an error is about.
func (p *Plan) fail(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("plan for %s: %w", p.Zone, err)
}

// Empty reports whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.Steps) == 0 }

// Counts returns how many records come, change in place and go.
func (p *Plan) Counts() (created, updated, deleted int) {
	for _, s := range p.Steps {
		for _, op := range s.Ops {
			switch op.Kind {
			case Create:
				created++
			case Update:
				updated++
			case Delete:
				deleted++
			}
		}
	}
	return created, updated, deleted
}

// NumOps returns the number of operations.
func (p *Plan) NumOps() int {
	c, u, d := p.Counts()
	return c + u + d
}

// planJSON is the JSON form of a Plan.
type planJSON struct {
	Version  int         `json:"version"`
	Provider string      `json:"provider"`
	Zone     string      `json:"zone"`
	Undo     bool        `json:"undo,omitempty"`
	RRsets   []rrsetJSON `json:"rrsets"`
	Steps    []stepJSON  `json:"steps"`
	Notes    []string    `json:"notes,omitempty"`
	Hash     string      `json:"hash,omitempty"`
}

type rrsetJSON struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Before  []Item   `json:"before"`
	After   []Item   `json:"after"`
	Reasons []string `json:"reasons,omitempty"`
}

type stepJSON struct {
	Ops []opJSON `json:"ops"`
	Gap string   `json:"gap,omitempty"`
}

type opJSON struct {
	Kind OpKind `json:"op"`
	Old  *Item  `json:"old,omitempty"`
	New  *Item  `json:"new,omitempty"`
}

func (p *Plan) toJSON() planJSON {
	j := planJSON{Version: planVersion, Provider: p.Provider, Zone: p.Zone.String(), Undo: p.Undo, Notes: p.Notes, Hash: p.Hash, RRsets: []rrsetJSON{}, Steps: []stepJSON{}}
	for _, c := range p.RRsets {
		j.RRsets = append(j.RRsets, rrsetJSON{c.Key.Name.String(), c.Key.Type.String(), orEmpty(c.Before), orEmpty(c.After), c.Reasons})
	}
	for _, s := range p.Steps {
		js := stepJSON{Gap: s.Gap}
		for _, op := range s.Ops {
			js.Ops = append(js.Ops, op.toJSON())
		}
		j.Steps = append(j.Steps, js)
	}
	return j
}

func (op Op) toJSON() opJSON {
	j := opJSON{Kind: op.Kind}
	if op.Kind != Create {
		old := op.Old
		old.Raw = nil // stands in the RRset, and is read again before it is used
		j.Old = &old
	}
	if op.Kind != Delete {
		j.New = &op.New
	}
	return j
}

func orEmpty(items []Item) []Item {
	if items == nil {
		return []Item{}
	}
	return items
}

// MarshalJSON writes the plan with its hash.
func (p *Plan) MarshalJSON() ([]byte, error) { return json.Marshal(p.toJSON()) }

// UnmarshalJSON reads a plan and checks that it is whole: the error wraps
// ErrPlan if it is not what NewPlan made.
func (p *Plan) UnmarshalJSON(b []byte) error {
	bad := func(err error) error { return fmt.Errorf("%w: %w", ErrPlan, err) }
	var j planJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return bad(err)
	}
	if j.Version != planVersion {
		return bad(fmt.Errorf("version %d, and this zonelint knows version %d", j.Version, planVersion))
	}
	name, err := zone.ParseName(j.Zone, "")
	if err != nil {
		return bad(fmt.Errorf("zone %q: %w", clip(j.Zone), err))
	}
	q := Plan{Provider: j.Provider, Zone: name, Undo: j.Undo, Notes: j.Notes, Hash: j.Hash}
	for _, c := range j.RRsets {
		k, err := parseKey(c.Name, c.Type)
		if err != nil {
			return bad(err)
		}
		q.RRsets = append(q.RRsets, RRsetChange{k, c.Before, c.After, c.Reasons})
	}
	for _, s := range j.Steps {
		step := Step{Gap: s.Gap}
		for _, o := range s.Ops {
			op := Op{Kind: o.Kind}
			if o.Old != nil {
				op.Old = *o.Old
			}
			if o.New != nil {
				op.New = *o.New
			}
			step.Ops = append(step.Ops, op)
		}
		q.Steps = append(q.Steps, step)
	}
	q.fillStates()
	if err := q.check(); err != nil {
		return err
	}
	*p = q
	return nil
}

func parseKey(name, typ string) (zone.Key, error) {
	n, err := zone.ParseName(name, "")
	if err != nil {
		return zone.Key{}, fmt.Errorf("owner %q: %w", clip(name), err)
	}
	t, ok := zone.ParseType(typ)
	if !ok {
		return zone.Key{}, fmt.Errorf("%s: unknown type %q", name, clip(typ))
	}
	return zone.Key{Name: n, Type: t}, nil
}

// hash is over what was seen and what is done, not over the words.
func (p *Plan) hash() string {
	j := p.toJSON()
	j.Hash, j.Notes = "", nil
	for i := range j.RRsets {
		j.RRsets[i].Reasons = nil
	}
	b, err := json.Marshal(j)
	if err != nil {
		return "" // raw data that are no JSON; check refuses the plan
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
