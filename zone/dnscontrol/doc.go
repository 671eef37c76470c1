// Package dnscontrol reads the zones of a DNSControl configuration, as
// "dnscontrol print-ir" writes them: JSON, raw (--raw, which needs no network)
// or normalised. A finding points at the line of dnsconfig.js that made the
// record, if the JSON tells it and the file is at hand, else at the place in
// the JSON.
package dnscontrol
