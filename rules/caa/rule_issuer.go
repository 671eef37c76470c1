package caa

import (
	"fmt"
	"strings"

	"github.com/zonelint/zonelint/rules"
	"github.com/zonelint/zonelint/rules/spelling"
)

var issuer = &rules.Rule{
	ID:       "caa-issuer",
	Severity: rules.Warning,
	Summary:  "a CAA record names a CA that is most likely misspelt",
	What: "The domain name of the CA in an issue, issuewild or issuemail property has no dot, or is a letter or two away from that of a large CA. " +
		"zonelint does not know all CAs and looks at nothing else of the name.",
	Why: "A CA compares the name with its own, octet by octet but for the case. Under a misspelt name it does not issue, " +
		"so that the certificate of the mail server or of the MTA-STS policy host cannot be renewed.",
	Bad: `@ IN CAA 0 issue "letsencrypt.com"
`,
	Good: `@ IN CAA 0 issue "letsencrypt.org"
`,
	Refs: []string{"RFC 8659, section 4.2"},
	Fix:  rules.Unsafe,
	Run:  each(checkIssuer),
}

// issuers are names that large CAs take for their own, as their documents say.
var issuers = []string{
	"letsencrypt.org", "digicert.com", "sectigo.com", "comodoca.com", "comodo.com", "globalsign.com", "pki.goog", "amazon.com", "amazontrust.com",
	"amazonaws.com", "awstrust.com", "entrust.net", "godaddy.com", "starfieldtech.com", "ssl.com", "buypass.com", "buypass.no", "certum.pl", "certum.eu",
	"harica.gr", "swisssign.com", "telesec.de", "usertrust.com", "trust-provider.com", "geotrust.com", "thawte.com", "symantec.com", "rapidssl.com",
	"quovadisglobal.com", "actalis.it", "identrust.com", "zerossl.com", "d-trust.net", "microsoft.com", "apple.com", "certigna.fr", "cybertrust.ne.jp",
}

// nearIssuer returns the name of the large CA that another name most likely is
// meant to be; "" if it is one itself or near to none.
func nearIssuer(name string) string {
	if name == "" || len(name) > 64 {
		return ""
	}
	near, distance := "", 3
	label := strings.IndexByte(name, '.') < 0
	for _, known := range issuers {
		if name == known {
			return ""
		}
		// Short names are near to many others that are no mistake.
		allowed := 0
		if len(known) >= 9 {
			allowed = 1
		}
		if len(known) >= 14 {
			allowed = 2
		}
		switch most := min(allowed, distance-1); {
		case most > 0 && spelling.Within(name, known, most):
			near, distance = known, spelling.Distance(name, known)
		case near == "" && (label && len(name) < len(known) && known[len(name)] == '.' && known[:len(name)] == name || name == "letsencrypt.com" && known == "letsencrypt.org"):
			near = known
		}
	}
	return near
}

func checkIssuer(p *rules.Pass, q *property) {
	if q.issue.Denies() {
		return
	}
	name := q.issue.Issuer.Of(q.value)
	near := nearIssuer(q.issuer())
	switch {
	case near != "":
		f := rules.At(q.Record, at(q.issue.Issuer), fmt.Sprintf("The CA is named %q, but %q is most likely meant; under another name that CA issues no certificate. Correct the name.", excerpt(name), near))
		if q.clashes() {
			p.Report(f.WithFix(rules.Manual, "remove this record if another one of this name stands for "+near))
			return
		}
		p.Report(f.WithFix(rules.Unsafe, "name "+near, q.with(q.replaced(q.issue.Issuer, near))))
	case !strings.Contains(name, "."):
		f := rules.At(q.Record, at(q.issue.Issuer), fmt.Sprintf("%q has no dot and so is hardly the domain name of a CA, and no CA issues a certificate by it. Write the name as the CA documents it.", excerpt(name)))
		p.Report(f.WithFix(rules.Manual, "write the domain name of the CA as the CA documents it for CAA records"))
	}
}
