package hygiene

import (
	"fmt"
	"slices"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var dupRecord = &rules.Rule{
	ID:       "zone-dup-record",
	Severity: rules.Warning,
	Summary:  "a record stands in the zone twice",
	What:     "Two records have the same owner, type and data; letters of domain names count alike whatever their case, and the TTL does not count.",
	Why: "Servers drop the second copy, so nothing breaks today. But whoever changes one copy leaves the other: " +
		"then a domain suddenly has two SPF or DMARC records, or an MX that was thought to be gone.",
	Bad:  "@ IN MX 10 mail.example.net.\n@ IN MX 10 Mail.Example.Net.\n",
	Good: "@ IN MX 10 mail.example.net.\n@ IN MX 20 mail2.example.net.\n",
	Refs: []string{"RFC 2181, section 5"},
	Fix:  rules.Safe,
	Run:  rules.On(crowded, checkDuplicates),
}

var ttlMixed = &rules.Rule{
	ID:       "zone-ttl-mixed",
	Severity: rules.Warning,
	Summary:  "the records of an RRset have different TTLs",
	What:     "Records of the same name and type have different TTLs. All records of an RRset must have the same one. A copy of a record with another TTL is zone-dup-record.",
	Why: "Resolvers take the lowest TTL for all, and servers change what was written as they load the zone (BIND takes the first one). " +
		"An old MX thus stays in caches for longer, or goes sooner, than planned.",
	Bad:  "@ 3600 IN MX 10 mx1.example.net.\n@ 300 IN MX 20 mx2.example.net.\n",
	Good: "@ 300 IN MX 10 mx1.example.net.\n@ 300 IN MX 20 mx2.example.net.\n",
	Refs: []string{"RFC 2181, section 5.2"},
	Fix:  rules.Safe,
	Run:  rules.On(crowded, checkTTLs),
}

// byType returns the records of a node in groups of one type, each in the
// order of the source.
func byType(n zone.Node) []zone.Record {
	rs := slices.Collect(n.Records())
	slices.SortStableFunc(rs, func(a, b zone.Record) int { return int(a.Type) - int(b.Type) })
	return rs
}

// data is what makes two records of one owner the same (RFC 2181, section 5).
type data struct {
	t     zone.Type
	class zone.Class
	rdata string
}

func checkDuplicates(p *rules.Pass, n zone.Node) {
	if !n.Multi() || !hasDuplicates(n) {
		return
	}
	copies := map[data][]zone.Record{}
	for r := range n.Records() {
		d := data{r.Type, r.Class, r.Data}
		copies[d] = append(copies[d], r)
	}
	for r := range n.Records() {
		d := data{r.Type, r.Class, r.Data}
		if rs := copies[d]; len(rs) > 1 {
			reportDuplicates(p, rs)
			delete(copies, d)
		}
	}
}

// hasDuplicates reports whether a node holds some record twice. Mostly it has
// a handful of records, for which looking at each pair is faster than a map.
func hasDuplicates(n zone.Node) bool {
	var few [16]data
	seen := few[:0]
	var many map[data]bool
	for r := range n.Records() {
		d := data{r.Type, r.Class, r.Data}
		switch {
		case many != nil:
			if many[d] {
				return true
			}
			many[d] = true
		case slices.Contains(seen, d):
			return true
		case len(seen) < cap(seen):
			seen = append(seen, d)
		default:
			many = make(map[data]bool, 4*len(seen))
			for _, o := range append(seen, d) {
				many[o] = true
			}
		}
	}
	return false
}

// manyCopies is the number of copies beyond which the fix that removes them all
// goes with the first finding only, not with each.
const manyCopies = 16

// reportDuplicates reports each copy of a record but the first. The fix of
// each removes them all, since one must stay, and which was asked for first
// does not matter.
func reportDuplicates(p *rules.Pass, copies []zone.Record) {
	first := copies[0]
	stays := 0
	for i, r := range copies {
		// Of a copy that $GENERATE makes and one with a line of its own, only
		// the latter can go.
		if r.Notes&zone.Generated != 0 && r.TTL == first.TTL {
			stays = i
			break
		}
	}
	gone := zone.Remove(slices.Delete(slices.Clone(copies), stays, stays+1)...)
	for i, again := range copies[1:] {
		message := fmt.Sprintf("This %s record of %s stands in the zone more than once; servers drop the copies. Remove this one, so that a later change is not made to one copy only.", again.Type, again.Name)
		if first.TTL != again.TTL {
			message = fmt.Sprintf("This %s record of %s stands in the zone more than once, with TTLs of %d and %d; servers keep the first. Remove this one.", again.Type, again.Name, first.TTL, again.TTL)
		}
		f := rules.At(again, zone.Part{Kind: zone.PartRecord}, message)
		f.Related = []rules.Related{{Span: first.Span(zone.Part{Kind: zone.PartRecord}), Message: "the first copy"}}
		if i == 0 || len(copies) <= manyCopies {
			f = f.WithFix(rules.Safe, fmt.Sprintf("keep one copy of the %s record", again.Type), gone)
		}
		p.Report(f)
	}
}

func checkTTLs(p *rules.Pass, n zone.Node) {
	if !n.Multi() || !mixed(n) {
		return
	}
	for rs := byType(n); len(rs) > 0; {
		t := rs[0].Type
		end := slices.IndexFunc(rs, func(r zone.Record) bool { return r.Type != t })
		if end < 0 {
			end = len(rs)
		}
		// RFC 4034, section 3: the TTL of an RRSIG is that of what it covers.
		if t != zone.TypeRRSIG {
			checkRRsetTTL(p, rs[:end])
		}
		rs = rs[end:]
	}
}

// mixed reports whether the TTLs of records of one type may differ; it is sure
// for up to 16 types.
func mixed(n zone.Node) bool {
	type first struct {
		t   zone.Type
		ttl uint32
	}
	var few [16]first
	seen := few[:0]
	for r := range n.Records() {
		i := slices.IndexFunc(seen, func(f first) bool { return f.t == r.Type })
		switch {
		case i >= 0 && seen[i].ttl != r.TTL:
			return true
		case i >= 0:
		case len(seen) == cap(seen):
			return true
		default:
			seen = append(seen, first{r.Type, r.TTL})
		}
	}
	return false
}

// checkRRsetTTL takes the lowest TTL for all as the fix, since that is what
// resolvers do with such an RRset (RFC 2181, section 5.2), so that nothing
// changes for them.
func checkRRsetTTL(p *rules.Pass, rs []zone.Record) {
	var distinct []zone.Record
	seen := map[string]bool{}
	for _, r := range rs {
		if r.Notes&zone.NoTTL != 0 {
			return // zone-ttl-missing
		}
		if !seen[r.Data] {
			seen[r.Data] = true
			distinct = append(distinct, r)
		}
	}
	first := distinct[0]
	other := slices.IndexFunc(distinct, func(r zone.Record) bool { return r.TTL != first.TTL })
	if other < 0 {
		return
	}
	odd := distinct[other]
	at, related := odd, first
	if !ownTTL(odd) && ownTTL(first) {
		at, related = first, odd
	}
	lowest := first.TTL
	for _, r := range distinct {
		lowest = min(lowest, r.TTL)
	}
	var changes zone.ChangeSet
	for _, r := range distinct {
		if r.TTL != lowest {
			// Its data stay as they are written, and so does what is noted of them.
			lowered := r
			lowered.TTL = lowest
			changes = append(changes, zone.Change{Name: r.Name, Type: r.Type, Before: []zone.Record{r}, After: []zone.Record{lowered}})
		}
	}
	f := rules.At(at, zone.Part{Kind: zone.PartTTL}, fmt.Sprintf(
		"The %s records of %s have TTLs of %d and %d, but those of an RRset must be the same. Resolvers take the lowest, %d; write it for all.",
		at.Type, at.Name, first.TTL, odd.TTL, lowest))
	f.Related = []rules.Related{{Span: related.Span(zone.Part{Kind: zone.PartTTL}), Message: fmt.Sprintf("here the TTL is %d", related.TTL)}}
	p.Report(f.WithFix(rules.Safe, fmt.Sprintf("set the TTL of all %s records of %s to %d", at.Type, at.Name, lowest), changes...))
}

// ownTTL reports whether a record's TTL is written with it.
func ownTTL(r zone.Record) bool { return written(r, zone.Part{Kind: zone.PartTTL}) != "" }
