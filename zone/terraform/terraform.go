package terraform

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/internal/jsontree"
)

// Options say how a plan or state is read.
type Options struct {
	// Complete says that the zones hold nothing but what stands there, so that
	// what is not there is absent.
	Complete bool
	// ZoneMap names zones that the plan does not name: by the id that the
	// records give (zone_id, managed_zone), or by the address of the resource.
	ZoneMap map[string]string
	// Records is how many records are read before a file is refused; 0 is a
	// million.
	Records int
}

const maxRecords = 1_000_000

// What Parse reports beside a text that is no JSON; test with errors.Is.
var (
	ErrNotPlan  = errors.New("not what \"terraform show -json\" writes: it has neither \"planned_values\" nor \"values\"")
	ErrVersion  = errors.New("the format version is not known")
	ErrErrored  = errors.New("the plan ended with errors, so it holds only a part of the changes; mend what \"terraform plan\" says and plan again")
	ErrTooLarge = errors.New("too large")
)

var errTooMany = fmt.Errorf("%w: more records than are read (--max-records)", ErrTooLarge)

// UnknownZoneError names zones whose domain name is not known.
type UnknownZoneError struct {
	// Zones are what the records give for their zone, each with the address of
	// the first such record.
	Zones []UnknownZone
}

// UnknownZone is a zone that the plan does not name.
type UnknownZone struct {
	ID      string // the id, or the address of the record if the id is not known either
	Address string // of a record in it
}

func (e *UnknownZoneError) Error() string {
	const most = 3
	var b strings.Builder
	for i, z := range e.Zones {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(e.Zones)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		if z.ID == z.Address {
			b.WriteString("of " + z.Address)
		} else {
			fmt.Fprintf(&b, "%q (of %s)", z.ID, z.Address)
		}
	}
	return fmt.Sprintf("the domain name of the zone %s is not in the file; give it with --zone-map '%s=example.com'", b.String(), e.Zones[0].ID)
}

// head is how much of a file Is looks at.
const head = 64 << 10

var firstName = regexp.MustCompile(`^\x{feff}?\s*\{\s*"format_version"\s*:`)

// Is reports whether a text, of which src is at least the beginning, is a plan
// or a state in JSON.
func Is(src []byte) bool {
	src = src[:min(len(src), head)]
	if !firstName.Match(src) {
		return false
	}
	text := string(src)
	return slices.ContainsFunc([]string{`"terraform_version"`, `"planned_values"`, `"values"`}, func(name string) bool { return strings.Contains(text, name) })
}

// Parse reads all zones that a plan or state has records of, as they will be
// once the plan is applied. Zones are in the order of their first records.
// Records that answer in turn (weighted, by latency, by place) are alternatives:
// the first of each is in its zone, and each further one in a zone of its own
// that has the same apex and is not complete.
func Parse(name string, src []byte, o Options) ([]*zone.Zone, error) {
	doc, err := jsontree.Parse(name, src)
	if err != nil {
		return nil, err
	}
	return parse(doc, o)
}

func parse(doc *jsontree.Doc, o Options) ([]*zone.Zone, error) {
	m := doc.Root().Get("format_version", "planned_values", "values", "prior_state", "resource_changes", "configuration", "errored")
	version, planned, state, prior, changes, configuration, errored := m[0], m[1], m[2], m[3], m[4], m[5], m[6]
	switch v := version.Str(); {
	case version.Kind() != jsontree.String:
		return nil, ErrNotPlan
	case !strings.HasPrefix(v, "1.") && v != "1":
		return nil, fmt.Errorf("%w: it is %q, and 1 is read, which Terraform writes from 1.1 on and OpenTofu from the first", ErrVersion, clip(v))
	case errored.True():
		return nil, ErrErrored
	case planned.Kind() != jsontree.Object && state.Kind() != jsontree.Object:
		return nil, ErrNotPlan
	}
	p := &parser{doc: doc, options: o, left: o.Records, veil: &veil{doc: doc}, configuration: configuration.At("root_module"), byKey: map[string]*target{}, chains: map[string][]jsontree.Value{}, references: map[string]jsontree.Value{}}
	if p.left <= 0 {
		p.left = maxRecords
	}
	if planned.Kind() == jsontree.Object {
		p.readChanges(changes)
		// Data sources that were read stand in the state before; resources there
		// are known better by the plan.
		p.module(prior.At("values", "root_module"), "", onlyData)
		p.module(planned.At("root_module"), "", all)
		p.forgotten()
	} else {
		p.module(state.At("root_module"), "", all)
	}
	if p.tooMany {
		return nil, errTooMany
	}
	p.index()
	for _, r := range p.records {
		p.record(r)
	}
	if p.tooMany {
		return nil, errTooMany
	}
	if len(p.unknown) > 0 {
		return nil, &UnknownZoneError{p.unknown}
	}
	return p.zones(), nil
}

// clip shortens what is quoted in a message.
func clip(s string) string {
	if len(s) > 80 {
		return s[:77] + "..."
	}
	return s
}
