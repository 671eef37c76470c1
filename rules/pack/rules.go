package pack

import (
	"github.com/zonelint/zonelint/rules"
)

// Rules returns the rules of this package for the packs that s chooses. They
// share one look at a zone, so make them once for many zones.
func Rules(s Selector) []*rules.Rule {
	packs := subject(s)
	on := func(find func(*rules.Pass, *check)) rules.Runner { return rules.On(packs, perCheck(find)) }
	clients := clientSubject(s)
	rs := []*rules.Rule{
		mxMissingRule(on(mxMissing)),
		mxForeignRule(on(mxForeign)),
		mxPreferenceRule(on(mxPreference)),
		mxMixedRule(on(mxMixed)),
		gatewayBypassedRule(on(gatewayBypassed)),
		spfMissingRule(on(spfMissing)),
		spfIncludeRule(on(spfInclude)),
		dmarcMissingRule(on(dmarcMissing)),
		dmarcWeakRule(on(dmarcWeak)),
		recordMissingRule(on(recordMissing)),
		recordWrongRule(on(recordWrong)),
		recordConflictRule(on(recordConflict)),
		recordUnwantedRule(on(recordUnwanted)),
		leftoverRule(rules.On(packs, leftover)),
		unclearRule(rules.On(packs, unclear)),
		mxConsumerRule(rules.On(rules.Zones, mxConsumer(NewDetector(s)))),
		clientRetiredRule(rules.On(clients, clientRetired)),
		clientPortRule(rules.On(clients, clientPort)),
		clientPlainRule(rules.On(clients, clientPlain)),
		clientSRVRule(s, rules.On(packs, clientSRV(s.Given))),
	}
	for _, r := range rs {
		if r.Packs == nil {
			r.Packs = []string{"webmo"}
		}
	}
	return rs
}

func mxMissingRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-mx-missing",
		Severity: rules.Error,
		Summary:  "an MX record of the mail host is missing",
		What: "The apex lacks an MX record that the mail host asks for. It is a warning where other servers of the host are named. " +
			"Nothing is said where an MX record names the host's server without its final dot: zone-doubled-origin mends that.",
		Why: "Without any MX record of the host, mail for the domain is delivered to the address of the domain itself, or nowhere: it does not reach the mailboxes. " +
			"With some of them, mail waits at the sender while the servers that are named cannot be reached.",
		Bad:        "@ IN MX 10 mx.webmo.fr.\n",
		Good:       "@ IN MX 10 mx.webmo.fr.\n@ IN MX 20 mxsecondary.webmo.fr.\n",
		Refs:       []string{"RFC 5321, section 5.1"},
		Fix:        rules.Safe,
		Supersedes: []string{"mx-missing"},
		Run:        run,
	}
}

func mxForeignRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-mx-foreign",
		Severity: rules.Error,
		Summary:  "an MX record of another host stands beside or in place of the mail host's",
		What: "The mail host wants its MX records to be the only ones, and the apex has one that names another host, or the null MX. " +
			"A server of the host counts as its own though the pack does not list it, and so does a name of the zone that is an alias of one.",
		Why: "A sender delivers to whichever MX record comes first or answers, and then is done. " +
			"Mail that another host takes does not reach the mailboxes; a null MX says that there is no mail at all.",
		Bad:  "@ IN MX 5 mx.example.net.\n@ IN MX 10 mx.webmo.fr.\n@ IN MX 20 mxsecondary.webmo.fr.\n",
		Good: "@ IN MX 10 mx.webmo.fr.\n@ IN MX 20 mxsecondary.webmo.fr.\n",
		Refs: []string{"RFC 5321, section 5.1", "RFC 7505, section 3"},
		Fix:  rules.Unsafe,
		Run:  run,
	}
}

func mxPreferenceRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-mx-preference",
		Severity: rules.Warning,
		Summary:  "the MX records of the mail host are tried in another order than it asks for",
		What: "Of two MX records of the mail host, the one that it wants tried first has no lower preference than the other. " +
			"Other figures that give the same order are as good.",
		Why: "Senders try the lowest preference first, and share mail out among equals. " +
			"A secondary server that gets mail first delays it, and may treat it as spam or refuse it.",
		Bad:  "@ IN MX 20 mx.webmo.fr.\n@ IN MX 10 mxsecondary.webmo.fr.\n",
		Good: "@ IN MX 1 mx.webmo.fr.\n@ IN MX 5 mxsecondary.webmo.fr.\n",
		Refs: []string{"RFC 5321, section 5.1"},
		Fix:  rules.Unsafe,
		Run:  run,
	}
}

func spfMissingRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-spf-missing",
		Severity: rules.Warning,
		Summary:  "there is no SPF record that passes the mail host's servers",
		What: "The apex has no SPF record, and the mail host asks for one. " +
			"Nothing is said where a record is meant for SPF but void: the SPF rules tell how to mend that one.",
		Why: "Receivers cannot tell mail that the host sends for the domain from forged mail. " +
			"The large mailbox providers refuse mail without SPF or DKIM, or take it for spam.",
		Bad:        "@ IN TXT \"site-verification=1234\"\n",
		Good:       "@ IN TXT \"v=spf1 a mx include:spf.webmo.fr ~all\"\n",
		Refs:       []string{"RFC 7208, section 3", "RFC 7208, section 10.1.2"},
		Fix:        rules.Safe,
		Supersedes: []string{"spf-missing"},
		Run:        run,
	}
}

func spfIncludeRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-spf-include",
		Severity: rules.Warning,
		Summary:  "the SPF record does not include the mail host's",
		What: "The SPF record at the apex has no include of the mail host's SPF record that passes, neither itself nor by way of a record of the same zone. " +
			"Whatever else it passes is its own matter. Nothing is said where a redirect to another zone decides. " +
			"A host may want a redirect instead, which has no effect beside all. " +
			"It is an error where the record passes nobody at all.",
		Why: "Receivers find mail that is sent through the host from a server that the domain does not name. " +
			"By the record's last term they refuse it or take it for spam, and DMARC cannot pass by SPF.",
		Bad:  "@ IN TXT \"v=spf1 mx include:spf.example.net ~all\"\n",
		Good: "@ IN TXT \"v=spf1 mx include:spf.example.net include:spf.webmo.fr ~all\"\n",
		Refs: []string{"RFC 7208, section 5.2", "RFC 7208, section 6.1", "RFC 7208, section 10.1.2"},
		Fix:  rules.Safe,
		// Which removes the redirect, and not what is in its way.
		Supersedes: []string{"spf-redirect-ignored"},
		Run:        run,
	}
}

func dmarcMissingRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-dmarc-missing",
		Severity: rules.Warning,
		Summary:  "there is no DMARC record, which the mail host advises",
		What: "Nothing at _dmarc below the apex is meant as a DMARC record. Any policy satisfies the pack. " +
			"Nothing is said where the record stands at the apex, where receivers do not look: dmarc-misplaced moves it.",
		Why: "Receivers are told nothing about mail that forges the domain, and send no reports. " +
			"Providers that ask bulk senders for DMARC turn their mail away.",
		Bad:        "@ IN TXT \"v=spf1 a mx include:spf.webmo.fr ~all\"\n",
		Good:       "_dmarc IN TXT \"v=DMARC1; p=none\"\n",
		Refs:       []string{"RFC 9989, section 4.5", "RFC 9989, section 4.10"},
		Fix:        rules.Safe,
		Supersedes: []string{"dmarc-missing"},
		Run:        run,
	}
}

func recordMissingRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-record-missing",
		Severity: rules.Warning,
		Summary:  "a record that the mail host asks for is missing",
		What: "A name that the mail host wants to be an alias of one of its own does not exist in the zone. " +
			"What a wildcard gives for the name counts; names below a delegation are not judged.",
		Why: "Mail is delivered all the same. Mail programs that look for their settings, or were set up with the name, find no server.",
		Bad: "pop IN CNAME pop.webmo.fr.\nimap IN CNAME imap.webmo.fr.\nsmtp IN CNAME smtp.webmo.fr.\n",
		Good: "autoconfig IN CNAME autoconfig.webmo.fr.\npop IN CNAME pop.webmo.fr.\n" +
			"imap IN CNAME imap.webmo.fr.\nsmtp IN CNAME smtp.webmo.fr.\n",
		Refs: []string{"RFC 1034, section 3.6.2"},
		Fix:  rules.Safe,
		Run:  run,
	}
}

func recordWrongRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-record-wrong",
		Severity: rules.Warning,
		Summary:  "an alias that the mail host asks for points elsewhere",
		What: "A name that the mail host wants to be an alias of one of its own is an alias of another name, " +
			"and the zone's own CNAME records do not lead from there to the host's.",
		Why:  "Mail programs that use the name talk to a server that does not have the mailboxes, often that of a host before.",
		Bad:  "imap IN CNAME imap.example.net.\n",
		Good: "imap IN CNAME mail\nmail IN CNAME imap.webmo.fr.\n",
		Refs: []string{"RFC 1034, section 3.6.2"},
		Fix:  rules.Unsafe,
		Run:  run,

		Supersedes: []string{"pack-client-retired", "pack-client-port", "pack-client-plain"},
	}
}

func recordConflictRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-record-conflict",
		Severity: rules.Warning,
		Summary:  "the name of an alias that the mail host asks for holds other records",
		What:     "A name that the mail host wants to be an alias of one of its own has other data, such as an address.",
		Why: "Mail programs that use the name talk to whatever server the address is. " +
			"A CNAME record cannot be put beside other data, so that has to go first.",
		Bad:  "smtp IN A 192.0.2.25\n",
		Good: "smtp IN CNAME smtp.webmo.fr.\n",
		Refs: []string{"RFC 1034, section 3.6.2", "RFC 2181, section 10.1"},
		Fix:  rules.Unsafe,
		Run:  run,
	}
}

func mxMixedRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-mx-mixed",
		Severity: rules.Warning,
		Summary:  "MX records of two sets of the mail host stand together",
		What: "The mail host has several sets of MX records, of which a domain publishes one, and the apex has records of two. " +
			"Nothing is said of hosts whose servers may be combined at will.",
		Why: "Mail reaches the host, but by servers that it set up for different purposes, such as an old and a new service. " +
			"When one of them is switched off, a part of the mail is late or lost.",
		Bad:  "@ IN MX 1 smtp.google.com.\n@ IN MX 5 alt1.aspmx.l.google.com.\n",
		Good: "@ IN MX 1 smtp.google.com.\n",
		Refs: []string{"RFC 5321, section 5.1"},
		Fix:  rules.Unsafe,
		Run:  run,

		Packs: []string{"google-workspace"},
	}
}

func gatewayBypassedRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-gateway-bypassed",
		Severity: rules.Warning,
		Summary:  "an MX record of the mailbox host leads past the gateway that filters its mail",
		What:     "The MX records name a gateway and, beside it, a server of the host that keeps the mailboxes.",
		Why: "A sender may choose any MX record. Those of spam choose the one of the mailbox host, which takes it without the gateway's filter, " +
			"and mail that comes this way is missing from the gateway's archive.",
		Bad:  "@ IN MX 10 eu-smtp-inbound-1.mimecast.com.\n@ IN MX 10 eu-smtp-inbound-2.mimecast.com.\n@ IN MX 20 example-com.mail.protection.outlook.com.\n",
		Good: "@ IN MX 10 eu-smtp-inbound-1.mimecast.com.\n@ IN MX 10 eu-smtp-inbound-2.mimecast.com.\n",
		Refs: []string{"RFC 5321, section 5.1"},
		Fix:  rules.Unsafe,
		Run:  run,

		Packs: []string{"microsoft365", "mimecast"},
	}
}

func dmarcWeakRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-dmarc-weak",
		Severity: rules.Warning,
		Summary:  "the DMARC policy is milder than the one that the pack asks for",
		What:     "The DMARC record at _dmarc is valid, and its policy lets more through than the least that the pack accepts.",
		Why:      "Receivers deliver mail that forges the domain, which the host, or a domain without any mail, means to have refused.",
		Bad:      "_dmarc IN TXT \"v=DMARC1; p=none\"\n",
		Good:     "_dmarc IN TXT \"v=DMARC1; p=reject\"\n",
		Refs:     []string{"RFC 9989, section 4.7"},
		Fix:      rules.Unsafe,
		Run:      run,

		Packs: []string{"no-mail"},
	}
}

func recordUnwantedRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:         "pack-record-unwanted",
		Severity:   rules.Info,
		Summary:    "a record is there that the mail host once asked for, or that does harm there",
		What:       "The zone has a record that the pack lists as obsolete or, which is a warning, as forbidden.",
		Why:        "A record that nothing uses is a trap for whoever reads the zone next; one that the host forbids keeps mail programs or the set-up from working.",
		Bad:        "sip IN CNAME sipdir.online.lync.com.\n",
		Good:       "autodiscover IN CNAME autodiscover.outlook.com.\n",
		Refs:       []string{"RFC 1034, section 3.6.2"},
		Fix:        rules.Unsafe,
		Supersedes: []string{"mx-m365-invalid"},
		Run:        run,

		Packs: []string{"microsoft365"},
	}
}

func leftoverRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-leftover",
		Severity: rules.Info,
		Summary:  "a record of another mail host is left over",
		What: "The MX records lead to one mail host, and a record by which mail programs find their servers, or a DKIM key, leads to another. " +
			"Nothing is said where the SPF record still passes that other host, which then sends mail for the domain.",
		Why:  "Mail programs that look for their settings are sent to a server that does not have the mailboxes any more; it asks for a password that is not its own.",
		Bad:  "@ IN MX 10 mx.webmo.fr.\n@ IN MX 20 mxsecondary.webmo.fr.\nautodiscover IN CNAME autodiscover.outlook.com.\n",
		Good: "@ IN MX 10 mx.webmo.fr.\n@ IN MX 20 mxsecondary.webmo.fr.\n",
		Refs: []string{"RFC 1034, section 3.6.2"},
		Fix:  rules.Unsafe,
		Run:  run,
	}
}

func unclearRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-unclear",
		Severity: rules.Info,
		Summary:  "the mail host has the MX records of several packs",
		What:     "An MX record is what two packs or more ask for, and nothing else in the zone tells which of them is meant. None of them is then checked.",
		Why:      "What the host needs besides MX records is not known, so its absence cannot be told.",
		Bad:      "@ IN MX 10 inbound-smtp.eu-west-1.amazonaws.com.\n",
		Good:     "@ IN MX 10 inbound-smtp.eu-west-1.amazonaws.com.\nautodiscover IN CNAME autodiscover.mail.eu-west-1.awsapps.com.\n",
		Refs:     []string{"RFC 5321, section 5.1"},
		Run:      run,

		Packs: []string{},
	}
}

func clientRetiredRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-client-retired",
		Severity: rules.Warning,
		Summary:  "a name or service for mail programs leads to a server that its host has given up",
		What:     "A CNAME or SRV record points at a server that a pack lists as retired, or that belongs to a service that has closed.",
		Why: "Mail programs that use the record find no server. " +
			"If the old name is ever given to someone else, they hand over the user's password.",
		Bad:   "imap IN CNAME imap.myopera.com.\n",
		Good:  "imap IN CNAME imap.laposte.net.\n",
		Refs:  []string{"RFC 6186, section 3", "RFC 1034, section 3.6.2"},
		Fix:   rules.Unsafe,
		Run:   run,
		Packs: []string{},

		Supersedes: []string{"pack-leftover"},
	}
}

func clientPortRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-client-port",
		Severity: rules.Warning,
		Summary:  "an SRV record names a port or a protocol that the host's server does not have",
		What: "An SRV record for mail programs points at a server that a pack knows, and the server does not have the service on that port, " +
			"or is for another protocol. It is advice where the port is the usual one of the service and the host's settings leave it out.",
		Why:   "Mail programs that find their settings by the record fail to connect, and the user cannot set up the account.",
		Bad:   "_imaps._tcp IN SRV 0 1 9993 imap.gmx.com.\n",
		Good:  "_imaps._tcp IN SRV 0 1 993 imap.gmx.com.\n",
		Refs:  []string{"RFC 6186, section 3", "RFC 8314, section 5.1"},
		Fix:   rules.Unsafe,
		Run:   run,
		Packs: []string{},

		Supersedes: []string{"srv-port-wrong", "srv-port-unusual"},
	}
}

func clientPlainRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-client-plain",
		Severity: rules.Warning,
		Summary:  "an SRV record leads mail programs to a port without TLS",
		What:     "An SRV record for mail programs points at a port on which the server, as far as its host says, has no TLS.",
		Why:      "Passwords and mail can be read and changed by anyone on the way.",
		Bad:      "_imap._tcp IN SRV 0 1 143 imap.aliceadsl.fr.\n",
		Good:     "_imaps._tcp IN SRV 0 1 993 imap.gmx.com.\n",
		Refs:     []string{"RFC 8314, section 3"},
		Fix:      rules.Manual,
		Run:      run,
		Packs:    []string{},
	}
}

func mxConsumerRule(run rules.Runner) *rules.Rule {
	return &rules.Rule{
		ID:       "pack-mx-consumer",
		Severity: rules.Warning,
		Summary:  "an MX record names a server of a provider that takes no customers' domains",
		What:     "An MX record at the apex names a server that a provider runs for the addresses under its own domains.",
		Why:      "The server refuses mail for any other domain, so the sender gets it back as undeliverable.",
		Bad:      "@ IN MX 10 mx01.posteo.de.\n",
		Good:     "@ IN MX 10 mx.webmo.fr.\n@ IN MX 20 mxsecondary.webmo.fr.\n",
		Refs:     []string{"RFC 5321, section 3.6.2"},
		Fix:      rules.Manual,
		Run:      run,
		Packs:    []string{},
	}
}
