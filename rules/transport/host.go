package transport

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/zone"
)

var stsHostMissing = &rules.Rule{
	ID:       "sts-host-missing",
	Severity: rules.Error,
	Summary:  "the host that serves the MTA-STS policy does not exist",
	What: "A domain has an MTA-STS record at _mta-sts, and the host mta-sts certainly has no address: in the zone, or behind a CNAME where that leads to is known. " +
		"It is a warning at a domain without MX, whose record may only be there for the CNAMEs of other domains.",
	Why: "Senders fetch the policy itself from https://mta-sts.example.com/.well-known/mta-sts.txt. Without the host they get none and deliver as if there were no MTA-STS.",
	Bad: `@ IN MX 10 mx.example.net.
_mta-sts IN TXT "v=STSv1; id=20261121"
`,
	Good: `@ IN MX 10 mx.example.net.
_mta-sts IN TXT "v=STSv1; id=20261121"
mta-sts IN CNAME mta-sts.example.net.
`,
	Refs: []string{"RFC 8461, section 3.2", "RFC 8461, section 3.3"},
	Fix:  rules.Manual,
	Run:  STS.check(checkHost),
}

func checkHost(p *rules.Pass, s *Set) {
	if s.Place != AtPolicy || !strings.HasPrefix(string(s.Name), STS.wire) {
		return
	}
	domain := s.Name.Parent()
	host, err := domain.Child("mta-sts")
	if err != nil {
		return
	}
	a := p.Lookup(host, zone.TypeA)
	if !a.Status.Absent() || !p.Lookup(host, zone.TypeAAAA).Status.Absent() {
		return
	}
	severity := rules.Warning
	if s.zone.Lookup(domain, zone.TypeMX).Status == zone.Found {
		severity = rules.Error
	}
	what := "has no address in the zone, so MTA-STS has no effect. Add its address or CNAME"
	if len(a.Aliases) > 0 {
		what = fmt.Sprintf("is a CNAME to %s, which has no address, so MTA-STS has no effect. Correct the CNAME", a.Name)
	}
	f := rules.At(s.Entries[0].RR, zone.Part{Kind: zone.PartOwner}, fmt.Sprintf(
		"%s has an MTA-STS record, but the host %s, from which senders fetch the policy, %s.", domain, host, what)).As(severity)
	// What is missing is a record of the host.
	f.Name, f.Type = host, zone.TypeA
	p.Report(f.WithFix(rules.Manual, fmt.Sprintf("add %s with the address of the web server that has the policy", host)))
}
