package autoconfig

// service is a service that mail programs look for with SRV records.
type service struct {
	label string // of the owner
	what  string // protocol and TLS
	port  uint16 // the usual one
	twin  string // the label of the same protocol with TLS begun in the other way; "" if none
	// mail says that it is one of the protocols of mail proper, which hardly
	// ever have another port.
	mail bool
}

// services by label: RFC 6186, section 3; RFC 8314, section 5.1; RFC 6764;
// RFC 5804, section 1.8; RFC 8620, section 2.2; and the autodiscover
// of Microsoft (MS-OXDISCO).
var services = map[string]*service{
	"_imap":         {"_imap", "IMAP with STARTTLS", 143, "_imaps", true},
	"_imaps":        {"_imaps", "IMAP over TLS", 993, "_imap", true},
	"_pop3":         {"_pop3", "POP3 with STARTTLS", 110, "_pop3s", true},
	"_pop3s":        {"_pop3s", "POP3 over TLS", 995, "_pop3", true},
	"_submission":   {"_submission", "submission with STARTTLS", 587, "_submissions", true},
	"_submissions":  {"_submissions", "submission over TLS", 465, "_submission", true},
	"_sieve":        {"_sieve", "ManageSieve", 4190, "", false},
	"_jmap":         {"_jmap", "JMAP over HTTPS", 443, "", false},
	"_caldav":       {"_caldav", "CalDAV without TLS", 80, "_caldavs", false},
	"_caldavs":      {"_caldavs", "CalDAV over TLS", 443, "_caldav", false},
	"_carddav":      {"_carddav", "CardDAV without TLS", 80, "_carddavs", false},
	"_carddavs":     {"_carddavs", "CardDAV over TLS", 443, "_carddav", false},
	"_autodiscover": {"_autodiscover", "Autodiscover", 443, "", false},
}

// byPort is the service of mail that a port belongs to.
var byPort = map[uint16]string{
	25: "mail between servers", 110: "_pop3", 143: "_imap", 465: "_submissions", 587: "_submission", 993: "_imaps", 995: "_pop3s", 4190: "_sieve",
}

// aliases are labels that stand for a service and that no mail program looks
// for.
var aliases = map[string]string{
	"_imap4": "_imap", "_imap4s": "_imaps", "_imap-s": "_imaps", "_imapssl": "_imaps", "_imap-ssl": "_imaps", "_imaptls": "_imaps",
	"_pop": "_pop3", "_pops": "_pop3s", "_pop3-s": "_pop3s", "_pop3ssl": "_pop3s", "_pop3-ssl": "_pop3s",
	"_smtp": "_submission", "_smtps": "_submissions", "_smtp-submission": "_submission", "_smtpsubmission": "_submission", "_submit": "_submission", "_msa": "_submission",
	"_submission-s": "_submissions", "_smtp-submissions": "_submissions", "_managesieve": "_sieve",
}
