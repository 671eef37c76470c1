package spf

// IncludeEdit returns the edit of the record's text after which it passes the
// hosts that pass for the domain: an include is put behind the last one that
// is in force, else behind the last mechanism before "all", else first; an
// include of the domain with another qualifier gets "+". The offsets are those
// that zone.Record.WithText takes. It returns false if nothing is to do, or if
// receivers do not take the text as an SPF record.
func (r *Record) IncludeEdit(domain string) (Edit, bool) {
	if r.Form != SPF || r.Includes(domain) {
		return Edit{}, false
	}
	at := r.VersionTo
	behindInclude := false
	for _, t := range r.tested() {
		switch {
		case t.Kind == Include && sameDomain(t.Domain, domain) && !t.Faulty:
			return Edit{t.From, t.To, "include:" + domain}, true
		case t.Kind == Include:
			at, behindInclude = t.To, true
		case !t.Kind.Modifier() && !behindInclude:
			at = t.To
		}
	}
	return Edit{at, at, " include:" + domain}, true
}

// AddInclude returns the text of an SPF record with an include of the domain
// in force, as IncludeEdit puts it; the same text if nothing is to do.
func AddInclude(text, domain string) string {
	e, ok := Parse(text).IncludeEdit(domain)
	if !ok {
		return text
	}
	return applied(text, []Edit{e})
}
