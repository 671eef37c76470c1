package zone

// Unread reports whether an entry of the source that could not be read may be
// a record of this name and type, so that nobody can say that there is none.
func (z *Zone) Unread(name Name, t Type) bool {
	if len(z.Problems) == 0 {
		return false
	}
	z.unreadOnce.Do(func() {
		z.unread = map[Key]struct{}{}
		for _, pr := range z.Problems {
			if pr.Lost {
				z.unread[Key{pr.Name, pr.Type}] = struct{}{}
			}
		}
	})
	for _, n := range [...]Name{name, ""} {
		for _, t := range [...]Type{t, TypeCNAME, 0} {
			if _, ok := z.unread[Key{n, t}]; ok {
				return true
			}
		}
	}
	return false
}
