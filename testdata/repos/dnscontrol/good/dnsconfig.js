var REG = NewRegistrar("none");
var CF = NewDnsProvider("cloudflare");

// What webmo asks for.
var WEBMO = [
    MX("@", 10, "mx.webmo.fr."),
    MX("@", 20, "mxsecondary.webmo.fr."),
    TXT("@", "v=spf1 a mx include:spf.webmo.fr ~all"),
    CNAME("autoconfig", "autoconfig.webmo.fr."),
    CNAME("imap", "imap.webmo.fr."),
    CNAME("pop", "pop.webmo.fr."),
    CNAME("smtp", "smtp.webmo.fr."),
];

D("example.com", REG, DnsProvider(CF), DefaultTTL(3600),
    A("@", "192.0.2.80"),
    WEBMO,
    TXT("_dmarc", "v=DMARC1; p=quarantine; " +
        "rua=mailto:dmarc@example.com"),
END);

// The other mail host of example.net is being moved.
D("example.net", REG, DnsProvider(CF), NO_PURGE,
    TXT("@", "v=spf1 include:_spf.example.org -all"),
END);
