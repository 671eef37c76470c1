package zone

// Status is what a zone knows about a name and type.
type Status uint8

// The answers of Lookup.
const (
	// Unknown: the name lies outside the zone, below a delegation, or at a name
	// that a source which is not complete does not hold; or an entry that could
	// not be read may be the record.
	Unknown Status = iota
	// Found: there are such records.
	Found
	// Aliased: there are none, but a CNAME.
	Aliased
	// NoData: the name exists and has no such records (RFC 2308, section 2.2).
	NoData
	// NameError: the name does not exist (RFC 2308, section 2.1).
	NameError
)

// Absent reports that the zone says for certain that no such record exists.
func (s Status) Absent() bool { return s == NoData || s == NameError }

// Answer is the result of Lookup.
type Answer struct {
	Status Status
	// Wildcard is the owner that the records were synthesized from (RFC 4592);
	// "" where the name itself has them.
	Wildcard Name

	node Node
	typ  Type
}

// Records returns the RRset if it was found, the CNAME if the name is an alias,
// and else nil. It collects them each time.
func (a Answer) Records() []Record {
	switch a.Status {
	case Found:
		return a.node.RRset(a.typ)
	case Aliased:
		return a.node.RRset(TypeCNAME)
	}
	return nil
}

// Lookup answers a question as a server with this zone would (RFC 1034,
// section 4.3.2; RFC 4592), without following a CNAME.
func (z *Zone) Lookup(name Name, t Type) Answer {
	if !name.Within(z.Apex) || z.Cut(name) != "" {
		return Answer{}
	}
	if z.underDNAME(name) {
		return Answer{}
	}
	if n, ok := z.Node(name); ok {
		return z.answer(name, n, t, "")
	}
	absent := Answer{Status: NameError}
	if z.wild > 0 {
		if _, ent := z.ents[name]; ent {
			absent.Status = NoData
		} else if w, ok := z.closestWildcard(name); ok {
			if z.Unread(name, t) {
				return Answer{} // if name has a record, the wildcard is not for it
			}
			return z.answer(name, w, t, w.Name())
		}
	}
	if !z.Complete || z.Unread(name, t) {
		return Answer{}
	}
	return absent
}

// NodeFor returns the node whose records answer for a name: its own, or that of
// a wildcard (RFC 4592). ok is false if there is none, or if the zone does not
// answer for the name. Unlike Lookup it collects no records.
func (z *Zone) NodeFor(name Name) (n Node, ok bool) {
	if !name.Within(z.Apex) || z.Cut(name) != "" || z.underDNAME(name) {
		return Node{}, false
	}
	if n, ok = z.Node(name); ok || z.wild == 0 {
		return n, ok
	}
	if _, ent := z.ents[name]; ent {
		return Node{}, false
	}
	return z.closestWildcard(name)
}

func (z *Zone) answer(name Name, n Node, t Type, wildcard Name) Answer {
	a := Answer{Wildcard: wildcard, node: n, typ: t}
	switch {
	case n.Has(t):
		a.Status = Found
		return a
	case n.Has(TypeCNAME):
		a.Status = Aliased
		return a
	}
	if !z.Complete || z.Unread(name, t) {
		return Answer{}
	}
	return Answer{Status: NoData, Wildcard: wildcard}
}

// closestWildcard returns the wildcard that answers for a name without a node,
// if its closest encloser has one (RFC 4592, section 3.3.1).
func (z *Zone) closestWildcard(name Name) (Node, bool) {
	for p := name.Parent(); p.Within(z.Apex); p = p.Parent() {
		if w, ok := z.Node("\x01*" + p); ok {
			return w, true
		}
		if _, ok := z.Node(p); ok {
			return Node{}, false
		}
		if _, ok := z.ents[p]; ok {
			return Node{}, false
		}
	}
	return Node{}, false
}

// Cut returns the delegation at or above name and below the apex, "" if the
// zone answers for name itself (RFC 1034, section 4.2.1).
func (z *Zone) Cut(name Name) Name {
	if z.cuts == 0 {
		return ""
	}
	var cut Name
	for n := name; n.Below(z.Apex); n = n.Parent() {
		if node, ok := z.Node(n); ok && node.Has(TypeNS) {
			cut = n
		}
	}
	return cut
}

// Cuts returns the number of delegations below the apex.
func (z *Zone) Cuts() int { return z.cuts }

// underDNAME reports whether a DNAME above name redirects it (RFC 6672).
func (z *Zone) underDNAME(name Name) bool {
	if len(z.indexesOf(TypeDNAME)) == 0 {
		return false
	}
	for n := name.Parent(); n.Within(z.Apex); n = n.Parent() {
		if node, ok := z.Node(n); ok && node.Has(TypeDNAME) {
			return true
		}
	}
	return false
}
