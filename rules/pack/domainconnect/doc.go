// Package domainconnect reads Domain Connect templates, applies them to zones
// and makes rule packs of them.
//
// A template is a JSON file in which the provider of a service says which
// records a customer's zone needs (Domain Connect, spec 2.3 and
// draft-ietf-dconn-domainconnect-01). It stands for a domain, for a host below
// it if one is given, and for values of its variables.
//
// Apply follows the conflict rules of the specification. It departs from what
// the programs of DNS providers do where those would break a zone:
//
//   - An SPFM record is merged term by term. New terms stand before the first
//     "all" or redirect, so they follow those that are there; what the zone has
//     as its "all" or redirect stays, and "~all" is only added where there is
//     neither. Several SPF records of one name become one, and so do several
//     SPFM records of one host. A TXT record with the text of an SPF record is
//     merged as well, unless it lets nobody pass or its own conflict mode
//     removes the record that is there.
//   - The TTL of a template is for RRsets that are new, since an RRset has one
//     TTL (RFC 2181, section 5.2): a record that joins others takes theirs, and
//     one that says the same with another TTL is left alone.
//   - What is in the zone already is never removed and added again.
//   - SRV records conflict with those of the same service and protocol, which
//     is to say of the same owner, and not with all below a host.
//   - An alias removes all that stands beside it, not only some types
//     (RFC 1034, section 3.6.2).
//   - NS records at the apex remove nothing.
//   - A TXT conflict mode may be written in any case of letters, and a prefix
//     such as v=DMARC1 matches in any.
//   - Host "." is taken for the target of MX and SRV records, where it means that
//     there is no such service (RFC 7505, RFC 2782).
//   - A zone does not tell which template a record came from, so nothing is
//     removed for that alone (multiInstance, essential).
//
// Records of the types REDIR301, REDIR302 and APEXCNAME are no DNS records; they
// are left out, with a note.
package domainconnect
