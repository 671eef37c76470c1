package spf

import (
	"fmt"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

// The sizes of DNS messages, in octets.
const (
	plainUDP = 512  // without EDNS0 (RFC 1035, section 4.2.1)
	wideUDP  = 1232 // what most servers send at most over UDP with EDNS0
)

var size = &recordRule{
	Rule: rules.Rule{
		ID:       "spf-size",
		Severity: rules.Info,
		Summary:  "the TXT records beside an SPF record make a large answer",
		What: "The answer with all TXT records of a name that has an SPF record is longer than 512 octets: header, question, and 12 octets, the strings and their lengths for each record. " +
			"From 1232 octets on it is a warning.",
		Why: "An answer of more than 512 octets does not fit into a plain UDP packet, and one of more than 1232 often not into any: the receiver must ask again over TCP. " +
			"Where that is not possible the SPF record is not found.",
		Bad:  "@ IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\n" + manyTXT(9),
		Good: "@ IN TXT \"v=spf1 ip4:192.0.2.1 -all\"\n" + manyTXT(5),
		Refs: []string{"RFC 7208, section 3.4", "https://www.dnsflagday.net/2020/"},
		Fix:  rules.Manual,
	},
	judge: func(c *Candidate) []verdict {
		if c.grower == nil || c.SPF.Form != SPF {
			return nil
		}
		n, ok := c.grower.zone.Node(c.Record.Name)
		if !ok || !n.Multi() && len(c.Record.Data) < plainUDP/2 {
			return nil
		}
		// Header, question, and for each record a compressed owner, type, class,
		// TTL and length (RFC 1035, section 4.1).
		octets := 12 + len(n.Name()) + 4
		for r := range n.Of(zone.TypeTXT) {
			octets += 12 + len(r.Data)
		}
		if octets <= plainUDP {
			return nil
		}
		for r := range n.Of(zone.TypeTXT) {
			if mayBeSPF(r) && Parse(r.Text()).Form == SPF {
				if r.Loc != c.Record.Loc || r.Data != c.Record.Data {
					return nil // it is told of the first SPF record
				}
				break
			}
		}
		v := verdict{from: c.SPF.VersionFrom, to: c.SPF.VersionTo, message: fmt.Sprintf(
			"The answer with all TXT records of %s has %d octets, and more than 512 do not fit into a plain UDP packet. Move or remove TXT records that are not needed, or shorten the SPF record.", c.Record.Name, octets)}
		if octets > wideUDP {
			v.severity = rules.Warning
			v.message = fmt.Sprintf(
				"The answer with all TXT records of %s has %d octets, so most receivers must ask again over TCP, and those that cannot find no SPF record. Remove TXT records that are not needed, or shorten the SPF record.", c.Record.Name, octets)
		}
		return []verdict{v}
	},
	mend: func(*Candidate) []mending {
		return []mending{{safety: rules.Manual, description: "remove TXT records that are not needed, or put parts of the SPF record into included ones"}}
	},
}

// manyTXT is records of some services that want to see a token, of 60 octets
// each in an answer.
func manyTXT(n int) string {
	out := ""
	for i := range n {
		out += fmt.Sprintf("@ IN TXT \"service%d-verification=0123456789abcdef01234567\"\n", i)
	}
	return out
}
