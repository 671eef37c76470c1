package dkim

import (
	"hash/maphash"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/tagvalue"
	"github.com/zonelint/zonelint/zone"
)

// Set is the TXT records at one selector, or where its CNAME leads. It is valid
// only during the visit.
type Set struct {
	Name zone.Name
	// Entries are the records that are meant as DKIM keys, Others the records
	// besides them.
	Entries []Entry
	Others  []zone.Record
	// Split says that the records are the pieces of one key record, which
	// should be strings of one. Entries then has the one that begins it.
	Split bool
	// Twin is another selector of the domain with the same key, "" if there is
	// none before this one.
	Twin zone.Name
}

// Entry is one record of a Set.
type Entry struct {
	zone.Record
	DKIM Record
}

// Sets is the subject of all selectors, each visited once, and of the names in
// the zone that the CNAMEs of selectors lead to. What lies below a delegation is
// not visited, since the zone does not answer for it.
var Sets = &rules.Subject[*Set]{New: func() func(*rules.Pass, func(*Set)) { return new(visitor).each }}

// record is what the rules about a single record share: it visits the entries
// of which each speaks for itself.
func record(check func(p *rules.Pass, e *Entry)) rules.Runner {
	return rules.On(Sets, func(p *rules.Pass, s *Set) {
		if s.Split {
			return
		}
		for i := range s.Entries {
			if !s.Entries[i].DKIM.Debris {
				check(p, &s.Entries[i])
			}
		}
	})
}

func (v *visitor) each(p *rules.Pass, visit func(*Set)) {
	var (
		z    = p.Zone
		seen map[zone.Name]bool
	)
	v.visit, v.keys = visit, twins{}
	for r := range z.OfTypeAt(zone.TypeTXT, selector) {
		n, _ := z.Node(r.Name)
		if n.Multi() {
			if seen[r.Name] {
				continue
			}
			if seen == nil {
				seen = map[zone.Name]bool{}
			}
			seen[r.Name] = true
		}
		if z.Cut(r.Name) == "" {
			v.set(n, r)
		}
	}
	// Keys that stand elsewhere and that a selector leads to.
	for r := range z.OfTypeAt(zone.TypeCNAME, selector) {
		if z.Cut(r.Name) != "" {
			continue
		}
		n, ok := end(z, r)
		if !ok || seen[n.Name()] || selector(n.Name()) {
			continue
		}
		if seen == nil {
			seen = map[zone.Name]bool{}
		}
		seen[n.Name()] = true
		v.set(n, n.RRset(zone.TypeTXT)[0])
	}
}

// end returns the owner in the zone of the TXT records that a CNAME leads to.
func end(z *zone.Zone, cname zone.Record) (n zone.Node, ok bool) {
	for range 16 { // as many as resolvers follow
		if n, ok = z.NodeFor(cname.Target()); !ok || n.Has(zone.TypeTXT) {
			return n, ok
		}
		next := n.RRset(zone.TypeCNAME)
		if len(next) == 0 {
			return n, false
		}
		cname = next[0]
	}
	return n, false
}

// visitor makes Sets, with room that it uses again.
type visitor struct {
	visit func(*Set)
	s     Set
	tags  []tagvalue.Tag
	keys  twins
}

// set visits the Set of an owner, of whose TXT records the first is given.
func (v *visitor) set(n zone.Node, first zone.Record) {
	v.s = Set{Name: first.Name, Entries: v.s.Entries[:0], Others: v.s.Others[:0]}
	v.tags = v.tags[:0]
	if !n.Multi() {
		v.add(first)
	} else {
		for r := range n.Of(zone.TypeTXT) {
			v.add(r)
		}
	}
	if len(v.s.Entries) == 0 {
		return
	}
	v.s.Split = v.s.split()
	v.s.Twin = v.keys.of(&v.s)
	v.visit(&v.s)
}

func (v *visitor) add(r zone.Record) {
	d := Parse(r.Text(), v.tags[len(v.tags):])
	if !d.Meant {
		v.s.Others = append(v.s.Others, r)
		return
	}
	v.tags = append(v.tags, d.Tags...)
	d.Tags = v.tags[len(v.tags)-len(d.Tags):]
	v.s.Entries = append(v.s.Entries, Entry{r, d})
}

// label is "_domainkey" in wire format.
const label = "\x0a_domainkey"

// selector reports whether keys are looked up at a name: it lies below a
// "_domainkey" label (RFC 6376, section 3.6.2.1) and its first label has no
// other meaning (RFC 5617, section 4; RFC 6651, section 4).
func selector(n zone.Name) bool {
	if !strings.Contains(string(n), label) || reserved(n) {
		return false
	}
	for n = n.Parent(); len(n) > 1; n = n.Parent() {
		if strings.HasPrefix(string(n), label) {
			return true
		}
	}
	return false
}

func reserved(n zone.Name) bool {
	for _, l := range [...]string{"\x05_adsp", "\x07_report", "\x07_policy", "\x04_ssp"} {
		if strings.HasPrefix(string(n), l) {
			return true
		}
	}
	return false
}

// domain returns the name that a selector stands below, which begins with the
// "_domainkey" label.
func domain(n zone.Name) zone.Name {
	for n = n.Parent(); len(n) > 1; n = n.Parent() {
		if strings.HasPrefix(string(n), label) {
			return n
		}
	}
	return n
}

// split tells one key record that was published in several TXT records from
// several key records: behind the one with the tag p, whose key is not whole,
// stand others that are nothing but base64 at their front.
func (s *Set) split() bool {
	if len(s.Entries) != 1 || len(s.Others) == 0 {
		return false
	}
	k := &s.Entries[0].DKIM.Key
	if k.Form != KeyTruncated && k.Form != KeyStrange && k.Form != KeyBadOctet {
		return false
	}
	for _, r := range s.Others {
		if !fragment(r.Text()) {
			return false
		}
	}
	return true
}

// joined returns the text of a split record, and whether it holds a key.
func (s *Set) joined() (text string, whole bool) {
	var b strings.Builder
	b.WriteString(s.Entries[0].DKIM.Text)
	for _, r := range s.Others {
		b.WriteString(r.Text())
	}
	d := Parse(b.String(), nil)
	return b.String(), d.Sound() && d.Key.Trailing == 0 && !d.Key.Padding
}

// fragment reports whether a text goes on with the base64 of a key: some of
// it, and then the end, the padding or the next tag.
func fragment(text string) bool {
	n := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case sextet[c] != 0xff:
			n++
		case blank(c):
		default:
			return n >= 8 && (c == '=' && strings.Trim(text[i:min(len(text), i+2)], "=") == "" || c == ';')
		}
	}
	return n >= 8
}

// twins finds selectors of one domain that have the same key.
type twins struct {
	first zone.Name // the only selector so far, which needs no map
	hash  uint64
	all   map[uint64]zone.Name
}

var seed = maphash.MakeSeed()

func (t *twins) of(s *Set) zone.Name {
	if len(s.Entries) != 1 || len(s.Others) > 0 || !s.Entries[0].DKIM.Sound() || !selector(s.Name) {
		return ""
	}
	d := &s.Entries[0].DKIM
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(string(domain(s.Name)))
	key := d.value('p', "")
	if len(key) > (d.Key.Octets+2)/3*4 { // there are blanks within
		key = strings.Join(strings.Fields(key), "")
	}
	h.WriteString(key)
	sum := h.Sum64()
	switch {
	case t.first == "":
		t.first, t.hash = s.Name, sum
		return ""
	case t.all == nil:
		t.all = map[uint64]zone.Name{t.hash: t.first}
	}
	other := t.all[sum]
	if other == "" {
		t.all[sum] = s.Name
	}
	return other
}
