package dkim

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spelling"
	"github.com/zonelint/zonelint/zone"
)

// strays is the subject of the TXT records that begin like a DKIM key, stand at
// no selector and are not what the CNAME of one leads to.
var strays = &rules.Subject[zone.Record]{Each: func(p *rules.Pass, visit func(zone.Record)) {
	var led map[zone.Name]bool
	for r := range p.Zone.OfType(zone.TypeTXT) {
		if !beginsLikeKey(r.TextPrefix(16)) || strings.Contains(string(r.Name.Parent()), label) || reserved(r.Name) || p.Zone.Cut(r.Name) != "" {
			continue
		}
		if led == nil {
			led = targets(p.Zone)
		}
		if !led[r.Name] {
			visit(r)
		}
	}
}}

// targets returns the owners of the zone that the CNAMEs of selectors lead to.
func targets(z *zone.Zone) map[zone.Name]bool {
	out := map[zone.Name]bool{}
	for r := range z.OfTypeAt(zone.TypeCNAME, selector) {
		if n, ok := end(z, r); ok {
			out[n.Name()] = true
		}
	}
	return out
}

// beginsLikeKey reports whether a text begins with the version of a DKIM key.
func beginsLikeKey(text string) bool {
	const version = "v=dkim"
	text = strings.TrimLeft(text, " \t\"'")
	return len(text) >= len(version) && strings.EqualFold(text[:len(version)], version)
}

var misplaced = &rules.Rule{
	ID:       "dkim-misplaced",
	Severity: rules.Error,
	Summary:  "a DKIM key stands where no verifier looks",
	What: "A TXT record that begins with v=DKIM1 stands at a domain that is used for mail, at _domainkey without a selector, or below a label that is nearly _domainkey. " +
		"The latter is a warning, since a CNAME could lead there. At other names keys may stand for the CNAMEs of other zones, and are left alone.",
	Why:  "Verifiers look for the key at <selector>._domainkey.<domain> and nowhere else, so signatures with it fail.",
	Bad:  "_domainkey IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
	Good: "s1._domainkey IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n",
	Refs: []string{"RFC 6376, section 3.6.2.1"},
	Fix:  rules.Unsafe,
	Run:  rules.On(strays, checkMisplaced),
}

func checkMisplaced(p *rules.Pass, r zone.Record) {
	severity, unless := rules.Error, ""
	n, _ := p.Zone.Node(r.Name)
	to := meantSelector(r.Name)
	switch {
	case to != "":
		severity, unless = rules.Warning, ", unless a CNAME leads here"
	case strings.HasPrefix(string(r.Name), label):
	case r.Name == p.Zone.Apex, n.Has(zone.TypeMX), hasSPF(n):
	default:
		return
	}
	f := rules.At(r, zone.Part{Kind: zone.PartOwner}, "").As(severity)
	if to == "" {
		f.Message = fmt.Sprintf("This DKIM key stands at %s, but verifiers look for keys at SELECTOR._domainkey of the domain alone, so its signatures fail. Move it to its selector.", r.Name)
		p.Report(f.WithFix(rules.Manual, "move it to SELECTOR._domainkey, with the selector that the signing server uses"))
		return
	}
	f.Message = fmt.Sprintf("This DKIM key stands at %s, but verifiers look for it at %s, so its signatures fail%s. Move it there.", r.Name, to, unless)
	if d := Parse(r.Text(), nil); p.Zone.Lookup(to, zone.TypeTXT).Status.Absent() && d.clean() {
		f = f.WithFix(rules.Unsafe, "move it to "+to.String(), zone.Move(r, to)...)
	} else {
		f = f.WithFix(rules.Manual, "publish it at "+to.String()+", and remove it here")
	}
	p.Report(f)
}

// clean reports whether the record is a key that gives rise to nothing else.
func (r *Record) clean() bool {
	k := &r.Key
	if !r.Sound() || r.voidVersion() || k.Form == KeyPKCS1 || k.Padding || k.Trailing > 0 || k.Form == KeyRSA && k.Bits < 2048 {
		return false
	}
	for i := range r.Tags {
		if r.Tags[i].Faults != 0 {
			return false
		}
	}
	return true
}

// meantSelector returns the selector that an owner was probably meant to be:
// one label is nearly "_domainkey" ("s1.domainkey"), or ends in it for want of a
// dot ("s1_domainkey"). It is "" for others.
func meantSelector(owner zone.Name) zone.Name {
	labels := owner.Labels()
	for i, l := range labels {
		l = strings.ToLower(l)
		if before, ok := strings.CutSuffix(l, "_domainkey"); ok && before != "" && len(labels) > i+1 {
			return join(append(labels[:i:i], before), labels[i+1:])
		}
		if i > 0 && len(labels) > i+1 && len(l) <= 14 && l != "_domainkey" && spelling.Distance(strings.Trim(l, "_-"), "domainkey") <= 1 {
			return join(labels[:i], labels[i+1:])
		}
	}
	return ""
}

// join returns the name with "_domainkey" between a selector and a domain, ""
// if it is none or not plain.
func join(selector, domain []string) zone.Name {
	for _, l := range append(selector[:len(selector):len(selector)], domain...) {
		if l == "" || strings.ContainsFunc(l, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`.\"();@$`, c) }) {
			return ""
		}
	}
	name, err := zone.ParseName(strings.Join(selector, ".")+"._domainkey."+strings.Join(domain, "."), zone.Root)
	if err != nil {
		return ""
	}
	return name
}

func hasSPF(n zone.Node) bool {
	for r := range n.Of(zone.TypeTXT) {
		if strings.EqualFold(strings.TrimSuffix(r.TextPrefix(len("v=spf1 ")), " "), "v=spf1") {
			return true
		}
	}
	return false
}
