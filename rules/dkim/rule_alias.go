package dkim

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
	"github.com/zonelint/zonelint/zone/resolve"
)

// aliases is the subject of every CNAME at a selector.
var aliases = &rules.Subject[zone.Record]{Each: func(p *rules.Pass, visit func(zone.Record)) {
	for r := range p.Zone.OfTypeAt(zone.TypeCNAME, selector) {
		if p.Zone.Cut(r.Name) == "" {
			visit(r)
		}
	}
}}

var aliasTarget = &rules.Rule{
	ID:       "dkim-cname-target",
	Severity: rules.Warning,
	Summary:  "the CNAME of a selector leads to no DKIM key",
	What: "A selector is a CNAME, and certainly no key that verifiers can use stands where it leads. A key that is revoked there is advice. " +
		"The target is looked for in the zone, in the other zones that are checked and in live DNS if asked for; where none of them knows, nothing is said. " +
		"Keys within the zone are judged where they stand.",
	Why: "A CNAME hands the key to whoever runs the target, mostly the mail host. Without a key there the signatures with this selector fail; " +
		"only if no mail is signed with it does that not matter.",
	Bad:  "s1._domainkey IN CNAME key1\n",
	Good: "s1._domainkey IN CNAME key1\nkey1 IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
	Refs: []string{"RFC 6376, section 3.6.2", "RFC 6376, section 6.1.2", "RFC 1034, section 3.6.2"},
	Fix:  rules.Manual,
	Run:  rules.On(aliases, checkAlias),
}

func checkAlias(p *rules.Pass, r zone.Record) {
	a := p.Lookup(r.Name, zone.TypeTXT)
	if len(a.Aliases) == 0 {
		return // a TXT record stands beside it
	}
	what, severity := "", rules.Warning
	switch {
	case a.Status == zone.NameError:
		what = "nothing"
	case a.Status == zone.NoData:
		what = "no TXT record"
	case a.Status == zone.Found:
		what, severity = unusable(a)
	}
	if what == "" {
		return
	}
	p.Report(rules.At(r, zone.Field(0),
		fmt.Sprintf("%s leads to %s, where there is %s, so signatures with this selector fail. Have the key published there, or remove the CNAME if nothing signs with it.", r.Name, a.Name, what)).
		As(severity).
		WithFix(rules.Manual, fmt.Sprintf("have the mail host publish the key at %s, or remove the CNAME", a.Name)))
}

// unusable says why there is no key among the TXT records that were found, ""
// if there is one, or if the rules about keys say it.
func unusable(a resolve.Answer) (what string, severity rules.Severity) {
	var key Record
	keys := 0
	data := map[string]bool{}
	for _, r := range a.Records {
		d := Parse(r.Text(), nil)
		if d.Meant && !data[r.Data] {
			data[r.Data] = true
			key = d
			keys++
		}
	}
	switch {
	case keys == 0:
		return "no DKIM key", rules.Warning
	case a.From == resolve.Itself:
		return "", 0
	case keys > 1:
		return fmt.Sprintf("not one DKIM key but %d", keys), rules.Warning
	case key.Key.Form == KeyRevoked && !key.Debris:
		return "a key that is revoked", rules.Info
	case !key.Sound():
		return "a key that verifiers cannot read", rules.Warning
	case key.Key.Bits > 0 && key.Key.Bits < 1024:
		return fmt.Sprintf("a key of %d bits, which verifiers must refuse", key.Key.Bits), rules.Warning
	case key.voidVersion():
		return "a key with another version than DKIM1", rules.Warning
	}
	return "", 0
}

// voidVersion reports whether verifiers discard the record for its version.
func (r *Record) voidVersion() bool { return r.value('v', "DKIM1") != "DKIM1" }
