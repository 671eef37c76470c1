package libdnshosts

// Host is a provider whose zones are not read.
type Host struct {
	Name    string
	Version string // of the package of libdns that was read
	// Fault is why its answers cannot be trusted, "it ...".
	Fault string
}

// Unfit are the providers whose packages of libdns, as they were read in 2026-11,
// say things of a zone that may be wrong without anybody noticing; in the order
// of their names.
var Unfit = []Host{
	{"azure", "v0.5.0", "gives an empty zone, and no error, if it meets a type that it does not know, and makes several TXT records of one of several strings, as DKIM keys are"},
	{"bunny", "v1.6.1", "reads disabled records as if they were served, and says that it deleted what it did not find"},
	{"googleclouddns", "v1.2.0", "reads RRsets with a routing policy as absent, and writes MX records in quotes"},
	{"infomaniak", "v0.2.0", "leaves out the records of the zone's own name"},
	{"ionos", "v1.2.0", "reads disabled records as if they were served, and fails on SRV records and texts of several strings"},
	{"linode", "v0.5.0", "doubles the service in the names of SRV records, fails on PTR records, and drops what it cannot write without an error"},
	{"porkbun", "v1.1.0", "leaves out MX and NS records, and all others that it does not know, without an error"},
	{"scaleway", "v0.3.1", "reads the first page of a zone only"},
}
