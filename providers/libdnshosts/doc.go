// Package libdnshosts describes the providers that are reached through a package
// of libdns.
//
// Each package was read before it was taken, for what it does to the records of
// mail. None of them is fit to write: that takes deletions by value, MX records
// with their preference, and answers that tell what was done. Those here read a
// zone whole and rightly. Unfit are those of which not even that can be said.
//
// Those for deSEC, DigitalOcean, Gandi, Hetzner, OVHcloud and Route 53 have faults
// of the same kind, told in the packages that take their place. dnsimple has no
// version for libdns 1.
package libdnshosts
