package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zonelint/zonelint/zone"
)

// losses says what works no more, the worst first: mail that comes in, mail
// that goes out, mail programs, signatures, and the rest.
func (x *mover) losses() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, p := range x.from {
		x.losesMX(p, say)
	}
	for _, p := range x.from {
		if terms := x.lostTerms(p); len(terms) > 0 {
			also := ""
			if senders := x.sharing(p); len(senders) > 0 {
				also = fmt.Sprintf("; if %s sends for the domain too, name it with --pack as well", enumerate(senders))
			}
			say("mail sent through %s no longer passes SPF: %s %s removed%s", p.ID, enumerate(terms), isAre(terms), also)
		}
	}
	for _, d := range x.gone {
		if x.programsUse(d) {
			say("%s", x.programs(d))
		}
	}
	for _, p := range x.from {
		x.losesKeys(p, say)
	}
	for _, d := range x.gone {
		x.losesOther(d, say)
	}
	return out
}

func (x *mover) losesMX(p *Pack, say func(string, ...any)) {
	if !slices.ContainsFunc(x.gone, func(d departure) bool { return d.of == p && d.takesMail() }) {
		return
	}
	var hosts []string
	for _, o := range append(slices.Clone(x.to), x.gateways...) {
		if slices.ContainsFunc(x.after.RRset(x.z.Apex, zone.TypeMX), func(r zone.Record) bool { return newHolding(x.after, x.after.Apex, o, x.given, x.detector).serving(r) }) {
			hosts = append(hosts, o.ID)
		}
	}
	switch {
	case slices.ContainsFunc(x.to, func(o *Pack) bool { return o.Kind == NoMail }):
		say("mail for %s is refused; until now %s takes it", x.z.Apex, p.ID)
	case len(hosts) > 0:
		say("mail for %s goes to %s instead of %s", x.z.Apex, enumerate(hosts), p.ID)
	default:
		say("mail for %s no longer goes to %s", x.z.Apex, p.ID)
	}
}

// lostTerms returns the SPF terms of a pack that go.
func (x *mover) lostTerms(p *Pack) []string {
	var terms []string
	for _, s := range x.sites {
		for i, g := range s.gone {
			t := s.parsed.Terms[g]
			if text := s.parsed.Text[t.From:t.To]; s.of[i] == p && !slices.Contains(terms, text) {
				terms = append(terms, text)
			}
		}
	}
	return terms
}

// sharing returns the senders that have the same SPF terms as a pack.
func (x *mover) sharing(p *Pack) []string {
	var ids []string
	for _, s := range x.sites {
		for i, g := range s.gone {
			name, err := zone.ParseName(s.parsed.Terms[g].Domain, zone.Root)
			if err != nil || s.of[i] != p {
				continue
			}
			for o := range x.detector.spf.of(name) {
				if o.Kind == Sender && o.ID != p.ID && !slices.Contains(ids, o.ID) {
					ids = append(ids, o.ID)
				}
			}
		}
	}
	return ids
}

// programsUse reports whether a record that goes leads mail programs to their
// servers.
func (x *mover) programsUse(d departure) bool {
	switch d.Type {
	case zone.TypeCNAME, zone.TypeSRV, zone.TypeA, zone.TypeAAAA:
	default:
		return false
	}
	if x.policy != nil && d.Name == x.policy.Name || d.isKey() {
		return false
	}
	if d.want == nil {
		return d.of.Kind != Sender
	}
	if d.want.Purpose == ForClients {
		return true
	}
	label := d.Name.Label()
	return d.want.Purpose == "" && slices.Contains([]string{"autoconfig", "autodiscover", "imap", "imaps", "pop", "pop3", "smtp", "mail", "webmail", "_autodiscover", "_imap", "_imaps", "_pop3", "_pop3s", "_submission", "_submissions"}, label)
}

// programs says what becomes of mail programs that use a record that goes.
func (x *mover) programs(d departure) string {
	was := d.Target()
	to := was.String()
	if d.Type == zone.TypeA || d.Type == zone.TypeAAAA {
		to = d.Addr().String()
	}
	for _, r := range x.after.RRset(d.Name, d.Type) {
		if r.Type == d.Type && r.Target() != "" && r.Target() != zone.Root {
			return fmt.Sprintf("mail programs that use %s reach %s instead of %s", d.Name, r.Target(), to)
		}
	}
	if n, ok := x.after.Node(d.Name); ok && n.Has(zone.TypeCNAME) {
		return fmt.Sprintf("mail programs that use %s reach %s instead of %s", d.Name, x.after.RRset(d.Name, zone.TypeCNAME)[0].Target(), to)
	}
	if was == zone.Root {
		return fmt.Sprintf("mail programs that look for %s are no longer told that there is no such service", d.Name)
	}
	return fmt.Sprintf("mail programs that use %s find no server; until now it is %s", d.Name, to)
}

// isKey reports whether a record is a DKIM key, or an alias of one.
func (d departure) isKey() bool {
	if d.want != nil {
		return d.want.Purpose == ForDKIM
	}
	return strings.EqualFold(d.Name.Parent().Label(), "_domainkey")
}

func (x *mover) losesKeys(p *Pack, say func(string, ...any)) {
	var names []string
	for _, d := range x.gone {
		if d.of == p && d.isKey() {
			names = append(names, d.Name.String())
		}
	}
	if len(names) == 0 {
		return
	}
	keys := "key"
	if len(names) > 1 {
		keys = "keys"
	}
	say("mail that %s has signed and that is still on its way fails DKIM: the %s at %s %s removed; to be sure, put that back for a week", p.ID, keys, enumerate(names), isAre(names))
}

func (x *mover) losesOther(d departure, say func(string, ...any)) {
	switch {
	case x.policy != nil && d.Name == x.policy.Name:
		say("the DMARC policy of %s is no longer kept by %s: %s %s takes the place of the alias", x.z.Apex, d.of.ID, x.policy.Type, x.policy.RData())
	case d.takesMail() || d.isKey() || x.programsUse(d):
	case d.want == nil:
		say("%s %s %s of %s is removed", d.Name, d.Type, d.RData(), d.of.ID)
	case d.want.Purpose == ForVerification || d.Name == x.z.Apex:
		say("services of %s that look for %s %s no longer see that the domain is the customer's", d.of.ID, d.Type, d.RData())
	case d.want.Purpose == ForBounces:
		say("mail that %s sends has no return path in the domain: %s %s is removed", d.of.ID, d.Name, d.Type)
	case d.want.Purpose == ForTracking:
		say("links in mail that was sent through %s lead nowhere: %s %s is removed", d.of.ID, d.Name, d.Type)
	default:
		say("%s %s %s of %s is removed", d.Name, d.Type, d.RData(), d.of.ID)
	}
}

func isAre(parts []string) string {
	if len(parts) == 1 {
		return "is"
	}
	return "are"
}

// remarks says what stays, and what is to be done besides.
func (x *mover) remarks() []string {
	out := slices.Clone(x.notes)
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if i := slices.IndexFunc(x.gone, departure.takesMail); i >= 0 {
		say("for up to %d seconds, the TTL of the old MX records, senders still deliver to %s: keep its mailboxes until then", x.gone[i].TTL, x.gone[i].of.ID)
		if name, err := x.z.Apex.Child("_mta-sts"); err == nil {
			if _, ok := x.z.Node(name); ok && len(x.mx) > 0 {
				say("the MTA-STS policy of %s must list the new MX servers before the change, or senders that heed it deliver nothing", x.z.Apex)
			}
		}
	}
	for _, k := range x.sites {
		if len(k.gone) > 0 && k.next == nil {
			say("the SPF record of %s goes as a whole, since it names nobody else: publish one that names who sends for the domain now", x.z.Apex)
		}
	}
	for _, g := range x.gateways {
		say("%s takes the mail before the mailbox host: tell it where the mailboxes are now, and name it with --pack too", g.ID)
	}
	for _, h := range x.old {
		if h.pack.SPF == nil || len(x.lostTerms(h.pack)) > 0 {
			continue
		}
		for _, v := range h.pack.SPF.Terms {
			if _, known := h.scope.render(v); !known && !v.telling() && x.after.RRset(x.z.Apex, zone.TypeTXT) != nil {
				say("which term of the SPF record is that of %s is not known%s", h.pack.ID, h.whereFrom(v))
			}
		}
	}
	for r := range x.after.OfType(zone.TypeMX) {
		for _, h := range x.old {
			if r.Name != x.z.Apex && anyMatches(h.pack.Detect.MX, r.Target()) {
				say("%s MX %s stays: it is the mail of another name than %s", r.Name, r.RData(), x.z.Apex)
			}
		}
	}
	x.strandedAliases(say)
	x.unknownKeys(say)
	return out
}

// strandedAliases names the aliases of names that are gone.
func (x *mover) strandedAliases(say func(string, ...any)) {
	for r := range x.after.OfType(zone.TypeCNAME) {
		target := r.Target()
		if !target.Below(x.z.Apex) || !slices.ContainsFunc(x.gone, func(d departure) bool { return d.Name == target }) {
			continue
		}
		if _, ok := x.after.Node(target); !ok {
			say("%s is an alias of %s, which is gone: point it elsewhere or remove it", r.Name, target)
		}
	}
}

// unknownKeys names the keys of the zone of which nothing tells whose they are,
// where an old host has its keys at selectors that nobody knows.
func (x *mover) unknownKeys(say func(string, ...any)) {
	var ids []string
	for _, h := range x.old {
		for i := range h.pack.compiled.records {
			w := &h.pack.compiled.records[i]
			if w.Purpose == ForDKIM && w.Text != nil && !w.Name.Fixed() && !slices.Contains(ids, h.pack.ID) &&
				!slices.ContainsFunc(x.gone, func(d departure) bool { return d.want == w }) {
				ids = append(ids, h.pack.ID)
			}
		}
	}
	if len(ids) == 0 || len(x.z.Apex)+len(keysAt) > zone.MaxName {
		return
	}
	var names []string
	for r := range x.after.OfType(zone.TypeTXT) {
		if r.Name.Below(keysAt+x.z.Apex) && isKey(r) && x.keeper(r) == nil && x.z.RRset(r.Name, r.Type) != nil {
			names = append(names, r.Name.String())
		}
	}
	if len(names) > 0 {
		stays := "stay"
		if len(names) == 1 {
			stays = "stays"
		}
		say("%s %s, since a key does not tell whose it is: remove what is of %s", enumerate(names), stays, enumerate(ids))
	}
}
