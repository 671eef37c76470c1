// Package zone is the model that everything else in zonelint stands on: names,
// records, RRsets, zones, places in a source, and changes. It does no I/O and
// knows nothing of mail.
//
// Names and RDATA are kept in wire format (RFC 1035, sections 3.1 and 3.3),
// with domain names in lower case and never compressed, so that equal means
// the same in DNS terms and a value from a master file, a YAML file or a
// provider's API compares without knowledge of how it was written.
package zone
